"""``--copies``, ``--SCOPE N``, ``--reduce`` and ``--safety`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.launchproof.test_cli import ROOT, as_json, one_line, run, write

TIMED = ("seconds",)


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    """Leave out what differs from run to run."""
    return {key: value for key, value in answer.items() if key not in TIMED}


def test_copies_are_judged_each_and_between_every_two() -> None:
    """Two clients: what is claimed of one is claimed of both, and between them; the counts are those of the product."""
    result = run("verify", "--copies", "clients=2")
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.stdout.splitlines() if " proved" in line]
    assert {"client-gets-a-token", "client-gets-a-token-2", "tokens-differ-1-2", "tokens-differ-2-1"} <= set(names)
    assert result.stdout.splitlines()[-1].startswith("proved: 64 states, ")


def test_the_scope_names_an_option() -> None:
    """``--clients 2``, ``--clients=2`` and ``--copies clients=2`` are the same; one copy is none."""
    long = as_json(run("verify", "--json", "--copies", "clients=2"))
    for short in (("--clients", "2"), ("--clients=2",)):
        assert untimed(as_json(run("verify", "--json", *short))) == untimed(long)
    one = as_json(run("verify", "--json"))
    assert untimed(as_json(run("verify", "--json", "--clients", "1"))) == untimed(one)


def test_one_property_of_all() -> None:
    """``--property`` takes the declared name, of a claim about one copy or about two."""
    for name, wanted in (
        ("asked-once", {"asked-once", "asked-once-2"}),
        ("tokens-differ", {"tokens-differ-1-2", "tokens-differ-2-1"}),
    ):
        answer = as_json(run("verify", "--json", "--clients", "2", "--property", name))
        assert {p["name"] for p in answer["properties"]} == wanted


def test_reduced_by_symmetry() -> None:
    """The reduced search has a state for each orbit, says so, and gives the same verdicts."""
    full = as_json(run("verify", "--json", "--clients", "3"))
    small = as_json(run("verify", "--json", "--clients", "3", "--reduce", "symmetry"))
    assert (full["states"], small["states"]) == (8**3, 120)
    assert (full["reduced"], small["reduced"]) == ([], ["symmetry"])
    assert {p["name"]: p["verdict"] for p in full["properties"]} == {p["name"]: p["verdict"] for p in small["properties"]}
    told = run("verify", "--clients", "3", "--reduce", "symmetry").stdout
    assert "reduced by symmetry: a state stands for all that differ by which copy is which" in told


def test_a_refuted_copy_is_told() -> None:
    """What is refuted of copies has a counterexample of its own for each, in the reduced search too."""
    arguments = ("verify", "--json", "--clients", "2", "--assume", "retrying=no")
    full, small = as_json(run(*arguments)), as_json(run(*arguments, "--reduce", "symmetry"))
    for answer in (full, small):
        assert answer["verdict"] == "refuted"
    assert [p["counterexample"] for p in small["properties"]] == [p["counterexample"] for p in full["properties"]]


def test_what_copies_never_do_is_explained_by_what_one_does() -> None:
    """What never happens because something is switched off is looked for with one copy of everything."""
    answer = as_json(run("verify", "--json", "--clients", "2", "--without-capability", "network"))
    assert answer["verdict"] == "proved"
    explained = {item["what"]: item["explained"] for item in answer["vacuous"]}
    assert explained["retry_2"] is True
    assert explained["loss-is-noticed-2"] is True
    assert set(explained.values()) == {True}


AHEAD = '''
from launchproof import Scope, leads_to
from tests.toy.toy_protocol import PROTOCOL, Holding, Idle, Waiting


def done(client: Holding | Idle) -> bool:
    """It is over."""
    return True


@leads_to("toy.ask", to=done)
def waiting_ends(client: Waiting) -> bool:
    """Every wait comes to an end."""
    return True


CLAIMS = (waiting_ends,)
SCOPES = (Scope("clients", "clients of one server", ("client",)),)
'''


def test_claims_about_the_rest_of_a_run(tmp_path: Path) -> None:
    """They are judged of each copy; a reduced search refuses them, and ``--safety`` leaves them out by name."""
    where = write(tmp_path, "ahead", AHEAD)
    with (where / "pyproject.toml").open("a", encoding="utf-8") as table:
        table.write('scopes = "ahead:SCOPES"\n')
    judged = as_json(run("verify", "--json", "--clients", "2", project=where))
    assert {p["name"]: p["verdict"] for p in judged["properties"]}["waiting-ends-2"] == "proved"
    refused = one_line(run("verify", "--clients", "2", "--reduce", "symmetry", project=where))
    assert "waiting-ends and 1 others speak of the rest of a run, which it cannot judge; add --safety" in refused
    safe = run("verify", "--clients", "2", "--reduce", "symmetry", "--safety", project=where)
    assert safe.exit_code == 0
    assert "left out, not judged: waiting-ends" in safe.stdout
    assert as_json(run("verify", "--json", "--safety", project=where))["left_out"] == ["waiting-ends"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--copies", "clients"), "--copies clients: it is not SCOPE=N with N at least 1; write for example --copies clients=2"),
        (("--clients", "two"), "--copies clients=two: it is not SCOPE=N with N at least 1"),
        (("--clients", "0"), "--copies clients=0: it is not SCOPE=N with N at least 1"),
        (("--clients", "-1"), "--copies clients=-1: it is not SCOPE=N with N at least 1"),
        (("--cleints", "2"), "--copies cleints=2: there is no scope 'cleints'; the project declares clients"),
        (("--clients", "2", "--clients", "3"), "--copies clients=3: there are 2 of them already; say it once"),
        (("--clients", "2", "--save", "there"), "--save goes with one copy of everything"),
        (("--reduce", "symmetry"), "--reduce symmetry: there is one of everything; compose copies with --copies SCOPE=N"),
        (("--clients", "2", "--reduce", "symmetry", "--engine", "plain"), "--reduce symmetry: the plain engine cannot do it"),
        (("--clients", "2", "--reduce", "symmetry", "--matrix"), "--reduce goes with one verification, and --matrix takes many"),
    ],
)
def test_mistakes_are_one_line(arguments: tuple[str, ...], complaint: str) -> None:
    """Each mistake is told in one line, with status 2."""
    assert complaint in one_line(run("verify", *arguments))


def test_a_project_without_scopes(tmp_path: Path) -> None:
    """Where nothing can be copied, the complaint says so."""
    where = write(tmp_path, "bare", "from tests.toy.toy_claims import CLAIMS\nfrom tests.toy.toy_protocol import PROTOCOL\n")
    assert "there is no scope 'clients'; the project declares none" in one_line(run("verify", "--clients", "2", project=where))


def test_an_option_without_a_value_is_clicks_business() -> None:
    """An unknown option that nothing follows is refused as ever."""
    result = run("verify", "--clients")
    assert result.exit_code == 2
    assert "--clients" in result.stderr


@pytest.mark.thorough
def test_the_model_declares_its_scopes() -> None:
    """The project itself has embeds and tabs."""
    answer = as_json(run("verify", "--json", "--safety", "--embeds", "2", "--property", "one-page", *ALONE, project=ROOT))
    assert {p["name"]: p["verdict"] for p in answer["properties"]} == {"one-page-1-2": "proved", "one-page-2-1": "proved"}
    assert answer["states"] == 3_699


ALONE = tuple(
    part
    for name in (
        "user",
        "time",
        "network",
        "scanner",
        "url-reader",
        "foreign-window",
        "sibling-frame",
        "navigated-frame",
        "other-customer",
        "administrator",
        "operator",
    )
    for part in ("--without-capability", name)
)
