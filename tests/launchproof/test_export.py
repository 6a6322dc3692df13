"""``launchproof export``: the model has as many states as the search finds, and SPIN says so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from launchproof import Instant, Machine, Protocol, Sent, To
from launchproof.cli.main import main
from launchproof.export.c import LONGEST, array
from launchproof.export.promela import promela
from launchproof.export.tables import learned
from launchproof.search.exhaustive import Limits
from launchproof.search.vector.engine import VectorSearch
from launchproof.semantics.steps import Semantics
from model import PROTOCOL
from tests.launchproof import test_toys as toys
from tests.launchproof.test_against_naive import random_case
from tests.launchproof.test_vector import TOYS

ROOT = Path(__file__).parents[2]
TOY = ROOT / "tests" / "toy"
ENDING = tuple((name, make) for name, make in TOYS if name != "chattering")

needs_spin = pytest.mark.skipif(
    shutil.which("spin") is None or shutil.which("gcc") is None, reason="SPIN or gcc is not installed: nothing to compare with"
)


def closed(protocol: Protocol, keep: int = 1) -> VectorSearch:
    """Search a protocol."""
    search = VectorSearch(Semantics(protocol, keep), (), Limits(states=20_000))
    assert search.run().closed
    return search


def counted(model: str, where: Path) -> str:
    """Have SPIN count the states of a model; give what it says."""
    (where / "model.pml").write_text(model, encoding="utf-8")

    def run(*command: str) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=where).stdout

    run("spin", "-a", "model.pml")
    run("gcc", "-O0", "-w", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c")
    return run("./pan", "-E", "-m100000", "-w16")


def stored(model: str, where: Path) -> int:
    """Give how many states SPIN counts, where it has no complaint."""
    told = counted(model, where)
    assert "errors: 0" in told
    assert "max search depth too small" not in told
    found = re.search(r"(\d+) states, stored", told)
    assert found is not None
    return int(found[1])


MADE: tuple[tuple[str, Callable[[], Protocol], int], ...] = (
    ("lossy", toys.lossy, 1),
    ("leaking", toys.leaking, 2),
)


@needs_spin
@pytest.mark.parametrize(("make", "keep"), [case[1:] for case in MADE], ids=[case[0] for case in MADE])
def test_spin_stores_as_many_states(make: Callable[[], Protocol], keep: int, tmp_path: Path) -> None:
    """One state of SPIN for each state of ours: with losses, and with a choice of what to forget."""
    search = closed(make(), keep)
    assert stored(promela(learned(search)), tmp_path) == len(search.states)


def test_no_piece_of_c_is_longer_than_spin_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a table is, no function that puts it together is."""
    monkeypatch.setattr("launchproof.export.c.PIECE", 2)
    pieces = list(array("numbers", range(10_000)))
    assert max(map(len, pieces)) < LONGEST
    assert sum(piece.count("memcpy(") for piece in pieces) == 5_000


@needs_spin
def test_tables_in_pieces_are_put_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Cut into the smallest pieces, the tables say the same."""
    monkeypatch.setattr("launchproof.export.c.PIECE", 2)
    monkeypatch.setattr("launchproof.export.c.CASES", 2)
    search = closed(toys.leaking(), 2)
    assert stored(promela(learned(search)), tmp_path) == len(search.states)


@needs_spin
@pytest.mark.thorough
@pytest.mark.parametrize("make", [make for _, make in ENDING], ids=[name for name, _ in ENDING])
def test_every_toy(make: Callable[[], Protocol], tmp_path: Path) -> None:
    """So it is for every toy whose states come to an end, and for one that never moves."""
    search = closed(make())
    assert stored(promela(learned(search)), tmp_path) == len(search.states)


@needs_spin
@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.thorough if seed < 45 else pytest.mark.nightly) for seed in range(40, 60)]
)
def test_random_protocols(seed: int, tmp_path: Path) -> None:
    """So it is for random protocols, two orphans kept."""
    search = VectorSearch(Semantics(random_case(seed).protocol, 2), (), Limits(states=5000))
    if search.run().closed:
        assert stored(promela(learned(search)), tmp_path) == len(search.states)


@needs_spin
@pytest.mark.thorough
def test_the_default_protocol(tmp_path: Path) -> None:
    """So it is for the real protocol."""
    search = VectorSearch(Semantics(PROTOCOL), ())
    search.run()
    assert stored(promela(learned(search)), tmp_path) == len(search.states)


# --- the command ---------------------------------------------------------------------------------


def launchproof(*arguments: str) -> Result:
    """Run the command for the toy."""
    return CliRunner().invoke(main, ["export", *arguments, "--project", str(TOY)])


def test_it_writes_a_file_or_to_standard_output(tmp_path: Path) -> None:
    """The model goes to a file, or to standard output; it tells of every slot what its numbers mean."""
    file = tmp_path / "toy.pml"
    done = launchproof("--to", "promela", "--out", str(file))
    assert done.exit_code == 0
    assert done.stderr == f"wrote {file}\n"
    model = file.read_text(encoding="utf-8")
    assert model == launchproof("--to", "promela").stdout
    for slot in ("byte s0_client;", "byte s1_server;", "byte s2_calls;"):
        assert slot in model
    assert "  3 Holding(token=token-1)" in model


def test_capabilities_and_assumptions_are_heeded() -> None:
    """Without the network there are fewer states, and the client that never asks again has others."""
    whole = launchproof("--to", "promela").stdout
    reliable = launchproof("--to", "promela", "--without-capability", "network").stdout
    assert "The protocol toy: 8 states." in whole
    assert "The protocol toy: 4 states." in reliable
    assert launchproof("--to", "promela", "--assume", "retrying=no").stdout not in {whole, reliable}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "which language? write --to promela"),
        (("--to", "tla"), "'tla' is not 'promela'"),
        (("--to", "promela", "--max-states", "0"), "0 is not in the range"),
        (("--to", "promela", "--capability", "netwrok"), "there is no capability 'netwrok'; did you mean network?"),
        (("--to", "promela", "--assume", "retrying"), "it is not KEY=VALUE"),
        (("--to", "promela", "--out", "no/such/folder/x.pml"), "it cannot be written (No such file or directory)"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments: tuple[str, ...], complaint: str) -> None:
    """What is wrong is said in one line."""
    done = launchproof(*arguments)
    assert done.exit_code == 2
    assert complaint in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_limit_leaves_nothing_written(tmp_path: Path) -> None:
    """A search that did not close has no model."""
    file = tmp_path / "toy.pml"
    done = launchproof("--to", "promela", "--max-states", "3", "--out", str(file))
    assert done.exit_code == 3
    assert done.stderr == "undecided: more than 3 states; nothing is written\n"
    assert not file.exists()


def test_the_hash_seed_changes_nothing() -> None:
    """The same protocol gives the same model, to the letter."""
    command = [sys.executable, "-c", "from launchproof.cli.main import main; main()", "export", "--to", "promela"]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TOY, env=environment(seed)) for seed in ("1", "2")
    ]
    first, second = (process.communicate()[0] for process in running)
    assert "active proctype toy()" in first
    assert first == second


def environment(seed: str) -> dict[str, str]:
    """Give the environment of a process with a hash seed."""
    return {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}


def waking() -> Protocol:
    """Make a machine that is woken by the first call, and passes later ones on: whose phases matter is learned late."""
    caller = Machine("caller", initial=toys.Serving(), phases=(toys.Serving,))
    sleeper = Machine("sleeper", initial=toys.Idle(), phases=(toys.Idle, toys.Wait))
    last = Machine("last", initial=toys.Idle(), phases=(toys.Idle, toys.Done))

    @caller.transition("toy")
    def call(before: toys.Serving) -> To[toys.Serving, toys.Ask]:
        """Call."""
        return To(before, toys.Ask())

    @sleeper.transition("toy")
    def wake(before: toys.Idle, heard: Sent[toys.Ask]) -> To[toys.Wait]:
        """Wake up."""
        return To(toys.Wait())

    @sleeper.transition("toy")
    def pass_on(before: toys.Wait, heard: Sent[toys.Ask]) -> To[toys.Wait, toys.Msg]:
        """Pass it on."""
        return To(before, toys.Msg())

    @last.transition("toy")
    def finish(before: toys.Idle, heard: Sent[toys.Msg]) -> To[toys.Done]:
        """Finish."""
        return To(toys.Done())

    calls = Instant("calls", ("caller", "sleeper"), {toys.Ask: "sleeper", toys.Msg: "last"})
    return Protocol("waking", (caller, sleeper, last), (calls,))


def test_what_was_forgotten_on_the_way_is_met_again() -> None:
    """Where it was learned late which slots matter, the tables are whole all the same."""
    search = closed(waking())
    assert len(search.states) == 3
    assert any(group.lost for group in search.tables.bundles.groups)
    (case,) = learned(search).beginnings[0].cases.values()
    assert case.slots == (1, 2)
    assert set(case.effects) == {(0, 0), (1, 0), (1, 1)}


@needs_spin
def test_spin_needs_nothing_that_was_forgotten(tmp_path: Path) -> None:
    """SPIN looks up what was learned first, too."""
    assert stored(promela(learned(closed(waking()))), tmp_path) == 3


@needs_spin
def test_spin_stops_where_the_tables_know_nothing(tmp_path: Path) -> None:
    """A step that is missing in the tables is an error, and no end of the search."""
    tables = learned(closed(waking()))
    call, *others = tables.beginnings
    ((number, case),) = call.cases.items()
    partly = evolve(case, effects={key: effects for key, effects in case.effects.items() if key != (1, 0)})
    told = counted(promela(evolve(tables, beginnings=(evolve(call, cases={number: partly}), *others))), tmp_path)
    assert "the tables do not know this step" in told
    assert "errors: 1" in told
