"""What a part is for: it is taken away, and the answer tells what breaks, or what still protects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

from launchproof import Machine, Property, Protocol, To, always, when
from launchproof.changes.why import Part, parts, why
from launchproof.changes.why_text import why_json, why_lines
from launchproof.cli.main import main
from tests.toy.toy_claims import CLAIMS
from tests.toy.toy_protocol import PROTOCOL as TOY_PROTOCOL

TOY = Path(__file__).parents[1] / "toy"


@frozen
class Shut:
    """The door is shut."""


@frozen
class Open:
    """The door is open."""


door = Machine("door", initial=Shut(), phases=(Shut, Open), resting=(Shut, Open))


def locked(door: Shut) -> bool:
    """Somebody has the key: nobody has."""
    return False


def barred(door: Shut) -> bool:
    """Somebody takes the bar away: nobody does."""
    return False


@door.transition("toy.door")
@when(locked, "toy.key")
@when(barred, "toy.bar")
def open_up(door: Shut) -> To[Open]:
    """Open the door."""
    return To(Open())


@door.transition("toy.door")
def knock(door: Shut) -> To[Shut]:
    """Knock."""
    return To(door)


@always("toy.door")
def stays_shut(door: Shut | Open) -> bool:
    """The door stays shut."""
    return isinstance(door, Shut)


PROTOCOL = Protocol("door", (door,), ())


def part(name: str, protocol: Protocol = PROTOCOL) -> Part:
    """Give the only part of a name."""
    (found,) = parts(protocol, name)
    return found


def told(name: str, protocol: Protocol = PROTOCOL, properties: tuple[Property, ...] = (stays_shut,)) -> list[str]:
    """Tell why a part is there."""
    return list(why_lines(why(part(name, protocol), protocol, properties)))


def test_what_stands_behind_a_guard_is_named() -> None:
    """Where another guard protects as well, nothing breaks, and the other is named with what breaks without both."""
    assert told("locked") == [
        "locked: Somebody has the key: nobody has.",
        "asked for by toy.key",
        "",
        "without guard locked, nothing breaks.",
        "barred still protects: without both, stays-shut breaks in 1 step.",
    ]


def test_the_last_defence_has_a_story() -> None:
    """Where nothing else protects, the shortest failure is told, with what broke."""
    lines = told("locked", PROTOCOL.without_guard("barred"))
    assert lines[3] == "without guard locked:"
    assert "  1. door · open up" in lines
    assert "breaks stays-shut: The door stays shut." in lines


def test_what_is_needless_is_said_to_be() -> None:
    """A transition without which nothing breaks has no guards behind it either."""
    assert told("knock")[-1] == "without transition knock, nothing breaks."


def test_an_open_question_is_answered_otherwise() -> None:
    """Each other answer is tried, and says what breaks."""
    (found,) = parts(TOY_PROTOCOL, "retrying")
    answer = why(found, TOY_PROTOCOL, CLAIMS)
    assert found.taken == "assuming retrying = no"
    assert [b.claim.name for b in answer.broken] == ["loss-is-noticed", "no-deadlock"]
    assert [b.steps for b in answer.broken] == [3, 3]


def test_the_soonest_failure_comes_first() -> None:
    """All that breaks is told, by the length of its run; a witness that is not there comes last."""
    answer = why(part("give", TOY_PROTOCOL), TOY_PROTOCOL, CLAIMS)
    assert [b.steps for b in answer.broken] == sorted(b.steps for b in answer.broken)
    assert [b.claim.name for b in answer.broken if b.trace is None] == ["client-gets-a-token"]
    assert "(no run shows it)" in "\n".join(why_lines(answer))


def test_the_answer_as_plain_data() -> None:
    """The same is in the JSON: what was taken away, what breaks, by which run, and what stands behind."""
    data = json.loads(json.dumps(why_json(why(part("locked"), PROTOCOL, (stays_shut,)))))
    assert (data["kind"], data["taken"], data["breaks"]) == ("guard", "without guard locked", [])
    (behind,) = data["behind"]
    assert (behind["guard"], behind["property"], behind["run"]) == ("barred", "stays-shut", ["open_up"])


def run(*arguments: str) -> Result:
    """Ask on the command line."""
    return CliRunner().invoke(main, ["why", *arguments, "--project", str(TOY)])


def test_the_command_tells_and_draws(tmp_path: Path) -> None:
    """The story is written, and drawn where it is asked for."""
    result = run("give_up", "--draw", str(tmp_path / "story.txt"))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("give_up: Stop asking.\nasked for by ours.retry\n")
    assert "breaks" in (tmp_path / "story.txt").read_text(encoding="utf-8")


def test_the_command_gives_json() -> None:
    """--json writes a list: a name may stand for several parts."""
    (answer,) = json.loads(run("retrying", "--json").stdout)
    assert answer["taken"] == "assuming retrying = no"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("retyr",), "there is no guard, transition, open question or flag of a message 'retyr'; did you mean retry"),
        (("retry", "--draw", "story.gif"), "what format that is, its name does not say"),
        (("retry", "--draw", "story.md"), "cannot be written as markdown"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], says: str) -> None:
    """What is wrong, and how to mend it; exit status 2."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
