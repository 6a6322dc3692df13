"""What `launchproof cuts` writes, for people and for programs, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve, frozen
from click.testing import CliRunner, Result

from launchproof import Machine, Protocol, To, always, when
from launchproof.cli.main import main
from launchproof.cuts import cut_sets
from launchproof.cuts.cut_sets import LimitError
from launchproof.cuts.fault_tree import fault_tree
from launchproof.cuts.real import Subject
from launchproof.cuts.text import notes, so_far
from launchproof.draw.render import rendered
from launchproof.search.builtin import BUILTIN
from launchproof.search.exhaustive import Limits

HERE = Path(__file__).parent.parent / "toy"


@frozen
class Shut:
    """A door is shut."""


@frozen
class Open:
    """A door is open."""


door = Machine("door", initial=Shut(), phases=(Shut, Open), resting=(Shut, Open))


def locked(_door: Shut) -> bool:
    """The door is not locked."""
    return False


def barred(_door: Shut) -> bool:
    """The door is not barred."""
    return False


def oiled(_door: Shut) -> bool:
    """The door is oiled."""
    return True


@door.transition("toy.open")
@when(locked, "toy.key")
@when(barred, "toy.bar")
@when(oiled, "toy.oil")
def open_up(_door: Shut) -> To[Open]:
    """Open the door."""
    return To(Open())


@always("toy.shut")
def stays_shut(door: Open | Shut) -> bool:
    """The door stays shut."""
    return isinstance(door, Shut)


PROTOCOL = Protocol("door", (door,), (), (), ())
PROPERTIES = (stays_shut,)


def subject() -> Subject:
    """Give the door."""
    return Subject(PROTOCOL, (*PROPERTIES, *BUILTIN))


def run(*args: str) -> Result:
    """Run the command on the toy project."""
    return CliRunner().invoke(main, ["cuts", *args, "--project", str(HERE), "--workers", "1"], catch_exceptions=False)


def test_what_protects_together_is_one_cut_set() -> None:
    """Two guards that hold the same thing back are one cut set of two; a guard that always holds is in none."""
    found = cut_sets(subject)
    assert [(cut.claim, cut.lost, cut.steps) for cut in found.cuts] == [("stays-shut", ("barred", "locked"), 1)]
    assert found.silent == ("barred", "locked", "oiled")
    assert found.sizes == {"stays-shut": 3, "no-deadlock": 3, "bounded-queues": 3}


def test_a_smaller_size_says_less() -> None:
    """Up to a size of one, nothing is found to break, and that is what is said to be known."""
    found = cut_sets(subject, size=1)
    assert (found.cuts, found.sizes["stays-shut"]) == ((), 1)


def test_what_is_broken_anyway_has_no_cut_sets() -> None:
    """A property that breaks with every guard in place is named, and nothing is said to protect it."""
    found = cut_sets(lambda: Subject(PROTOCOL.without_guard("locked").without_guard("barred"), PROPERTIES))
    assert (found.cuts, found.broken) == ((), ("stays-shut",))
    assert next(iter(notes(found, PROPERTIES))) == "broken with nothing lost, so nothing is said of it: stays-shut"


def test_two_processes_find_the_same() -> None:
    """However many processes share the work, the answer is the same, but for the time it took."""
    one, two = (evolve(cut_sets(subject, workers=workers), seconds=0.0) for workers in (1, 2))
    assert evolve(one, protocol=PROTOCOL) == evolve(two, protocol=PROTOCOL)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_limit_of_states_is_that_of_all_processes_together(workers: int) -> None:
    """A limit that all states together pass ends the search undecided, whichever process found them; none else does."""
    whole = cut_sets(subject, workers=workers)
    stopped = cut_sets(subject, workers=workers, limits=Limits(states=whole.states - 1))
    assert stopped.stopped == f"more than {whole.states - 1} states"
    assert cut_sets(subject, workers=workers, limits=Limits(states=whole.states)).stopped == ""


def test_the_fault_tree() -> None:
    """What must be lost together stands below one gate."""
    drawn = rendered(fault_tree(stays_shut, cut_sets(subject)), "text").decode()
    assert "stays-shut" in drawn
    tree = fault_tree(stays_shut, cut_sets(subject))
    assert [(edge.tail, edge.head, edge.lines) for edge in tree.edges] == [
        ("breach", "and-0", ("1 step",)),
        ("and-0", "barred", ()),
        ("and-0", "locked", ()),
    ]


def test_the_table() -> None:
    """The toy's answers are single points of failure; what nothing breaks is named."""
    result = run()
    assert result.exit_code == 0
    assert "retrying=no" in result.stdout
    assert "minimal cut sets" in result.stdout


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        (("--max-seconds", "0.0001"), "more than 0.0001 seconds"),
        (("--max-states", "1"), "more than 1 states"),
        (("--max-memory", "1K"), "more than 1K of memory"),
    ],
)
def test_beyond_a_limit_it_says_what_is_known(limit: tuple[str, str], why: str) -> None:
    """A limit ends the search undecided, and nothing is taken for complete that is not."""
    result = run(*limit)
    assert result.exit_code == 3
    assert f"undecided: {why}; not even single losses are known" in result.stderr
    assert "not looked at" in result.stdout


def test_no_page_is_written_of_nothing(tmp_path: Path) -> None:
    """Where not even single losses are known, there is no page of guards, and that is said."""
    page = tmp_path / "GUARDS.md"
    result = run("--max-states", "1", "--catalogue", str(page))
    assert f"{page}: not written; too little is known" in result.stderr
    assert not page.exists()


def test_what_was_complete_before_a_limit_is_told() -> None:
    """Once all single losses are searched, a limit takes nothing of that back."""

    def tells(what: str, how_far: str, seconds: float) -> None:
        del how_far, seconds
        if what.startswith("sets of 2"):
            raise LimitError("enough")

    found = cut_sets(subject, report=tells)
    assert (found.stopped, found.sizes["stays-shut"]) == ("enough", 1)
    assert so_far(found) == "all cut sets of up to 1 are known, and of larger ones only these"


def test_json() -> None:
    """Programs get every property, how far it was looked, and its cut sets."""
    data = json.loads(run("--json", "--size", "2").stdout)
    by_name = {prop["name"]: prop for prop in data["properties"]}
    assert by_name["bounded-queues"]["known_up_to"] == 2
    assert data["stopped"] == ""
    assert all(set(cut) == {"lost", "steps"} for prop in data["properties"] for cut in prop["cut_sets"])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--property", "nothing"), "there is no property 'nothing'"),
        (("frist_time",), "there is no guard of a machine 'frist_time'; did you mean first_time?"),
        (("--draw", "x.svg"), "--draw x.svg: a fault tree is of one property; name it with --property"),
        (("--draw", "x.what", "--property", "bounded-queues"), "x.what"),
    ],
)
def test_bad_input(args: tuple[str, ...], message: str) -> None:
    """What cannot be asked gets one line and status 2."""
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_drawing(tmp_path: Path) -> None:
    """The fault tree of one property is written to a file."""
    file = tmp_path / "tree.mmd"
    result = run("--property", "bounded-queues", "--draw", str(file))
    assert result.exit_code == 0
    assert "bounded-queues" in file.read_text(encoding="utf-8")


def test_the_hash_seed_changes_nothing() -> None:
    """Whatever the hash seed, the same sets are told in the same order."""
    told = []
    for seed in ("1", "2"):
        command = [
            sys.executable,
            "-c",
            "from launchproof.cli.main import main; main()",
            "cuts",
            "--json",
            "--project",
            str(HERE),
            "--workers",
            "1",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        told.append({key: value for key, value in json.loads(done.stdout).items() if key != "seconds"})
    assert told[0] == told[1]
