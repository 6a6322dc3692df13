"""What measures beside SPIN: the spaces are as large as they say, wrong counts are refused, and ratios are compared."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest

from benchmarks import against_spin, plot, spin
from benchmarks.lifecycles import lifecycles
from benchmarks.measured import Machine, Measured
from benchmarks.spaces import SPACES
from launchproof.search.exhaustive import search

WHERE = Machine("a processor", 2, 24, "3.11.7", "Linux x86_64", "2026-01-01", 0.0)


def row(engine: str, seconds: float, space: str = "embed", states: int = 1000) -> dict[str, Any]:
    """Make up a measurement."""
    found = attrs.asdict(Measured(states, 10 * states, seconds, 16.0, 40.0))
    return {"space": space, "family": "a family", "engine": engine, **found, "compiling": None}


@pytest.mark.parametrize(("fresh", "base"), [(True, 11), (False, 10)])
def test_lifecycles_multiply(fresh: bool, base: int) -> None:
    """Each client multiplies the states by the same number, whether names are renumbered or not."""
    for clients in (1, 2, 3):
        found = search(lifecycles(clients, fresh=fresh), engine="vector")
        assert (found.states, found.closed) == (base**clients, True)


def test_spaces_have_names_of_their_own_and_grow() -> None:
    """A space is found by its name, and each family's come by size: large ones learn from smaller ones."""
    assert len({space.name for space in SPACES}) == len(SPACES)
    for family in {space.family for space in SPACES}:
        sizes = [space.states for space in SPACES if space.family == family]
        assert sizes == sorted(sizes)


def test_another_count_is_refused() -> None:
    """Where two do not count the same states, nothing is compared."""
    best = {"vector": Measured(10, 20, 1.0, 16.0, 40.0)}
    with pytest.raises(SystemExit, match="SPIN counts 11 states, vector 10: one of them is wrong"):
        against_spin.take(best, "SPIN", Measured(11, 20, 1.0, 50.0, 60.0), SPACES[0])


def test_the_fastest_counts() -> None:
    """Of several times, the shortest is kept."""
    best: dict[str, Measured] = {}
    for seconds in (2.0, 1.0, 3.0):
        against_spin.take(best, "vector", Measured(10, 20, seconds, 16.0, 40.0), SPACES[0])
    assert best["vector"].seconds == 1.0


def test_a_check_compares_multiples_of_spins_time() -> None:
    """On a machine that is half as fast nothing is worse; an engine that alone takes thrice as long is.

    Nothing is said of a space that was not measured before, or is too small to be timed.
    """
    before = [row("vector", 1.0), row("SPIN, breadth-first", 0.5), row("SPIN, depth-first", 0.7)]
    halved = [row("vector", 2.0), row("SPIN, breadth-first", 1.4), row("SPIN, depth-first", 1.0)]
    slower = [row("vector", 3.0), row("SPIN, breadth-first", 0.5)]
    assert list(against_spin.slower(halved, before)) == []
    assert list(against_spin.slower(slower, before)) == ["embed, vector: 6.00 times SPIN's time, and it was 2.00"]
    assert list(against_spin.slower([row("vector", 9.0, "another"), row("SPIN, x", 0.5, "another")], before)) == []
    assert list(against_spin.slower([row("vector", 9.0), row("SPIN, x", 0.05)], before)) == []


def test_a_setting_that_is_hopeless_is_not_tried_on_larger_spaces() -> None:
    """Thrice as long as the fastest, and so long that it is not the start."""
    rows = [row("SPIN, a", 6.0), row("SPIN, b", 30.0), row("SPIN, c", 12.0)]
    assert [against_spin.keeps_up(name, rows) for name in ("SPIN, a", "SPIN, b", "SPIN, c")] == [True, False, True]
    assert against_spin.keeps_up("SPIN, b", [row("SPIN, a", 0.1), row("SPIN, b", 1.0)])


def test_what_is_missing_is_skipped_with_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without SPIN, and without an engine, the rest is measured."""
    monkeypatch.setattr("benchmarks.spin.shutil.which", lambda program: None if program == "spin" else program)
    monkeypatch.setattr(against_spin, "ENGINES", ("vector",))
    monkeypatch.setattr(against_spin, "searched", lambda *_: Measured(27_560, 1, 1.0, 16.0, 40.0))
    rows = list(against_spin.all_measured(SPACES[:1], spin.SETTINGS))
    assert [found["engine"] for found in rows] == ["vector"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "SPIN: skipped, there is no spin here",
        "plain: skipped, there is no such engine",
        "symbolic: skipped, there is no such engine",
    ]


def test_the_plot_draws_every_engine_once_and_of_spin_the_fastest() -> None:
    """A point for each engine and size."""
    rows = [row("vector", 1.0), row("vector", 8.0, states=10_000), row("SPIN, a", 0.5), row("SPIN, b", 0.7)]
    drawn = ET.fromstring(plot.drawn(rows, WHERE))  # noqa: S314 - it is our own
    tags = [element.tag.rpartition("}")[2] for element in drawn.iter()]
    assert tags.count("polyline") == 2
    assert tags.count("circle") == 3
    assert WHERE.told in "".join(drawn.itertext())


def test_a_machine_at_work_is_told() -> None:
    """Times under load are called that."""
    assert "load" not in WHERE.told
    assert attrs.evolve(WHERE, load=3.2).told.endswith("measured under load (3.2)")


def test_the_committed_results_are_those_of_their_table() -> None:
    """The table and the plot show the numbers that `--check` compares with; all count the same states."""
    data = json.loads(against_spin.RESULTS.read_text(encoding="utf-8"))
    where = Machine(**data["machine"])
    assert against_spin.RESULTS.with_suffix(".txt").read_text(encoding="utf-8") == against_spin.table(data["rows"], where)
    assert against_spin.RESULTS.with_suffix(".svg").read_text(encoding="utf-8") == plot.drawn(data["rows"], where)
    counts = {(found["space"], found["states"]) for found in data["rows"]}
    assert len(counts) == len({space for space, _ in counts})
