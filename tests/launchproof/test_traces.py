"""Saved traces: written and read without loss, refused where they do not fit, replayed as runs of the protocol."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict, evolve, frozen
from click.testing import CliRunner, Result

from launchproof import New, Property, Protocol, Sent, To
from launchproof.cli.main import main
from launchproof.errors import TraceError
from launchproof.report.trace_text import trace_lines
from launchproof.search.exhaustive import search
from launchproof.search.trace import Hop
from launchproof.search.verdicts import Verdict
from launchproof.semantics.steps import Semantics
from launchproof.traces import SavedAct, SavedStep, SavedTrace, from_trace, full, read, record, replay, write
from tests.launchproof.test_toys import SAMPLES, Colour, Idle, Origin, Tok, Window, chattering, leaking, shop_is_empty, stuck
from tests.seeds import same_under_seeds
from tests.toy import toy_broken
from tests.toy.toy_claims import CLAIMS
from tests.toy.toy_protocol import PROTOCOL, Ask, Give, Holding, Serving, Token, Tries, Waiting, client, server

ROOT = Path(__file__).parents[2]
TOY = ROOT / "tests" / "toy"
LOSING = PROTOCOL.assuming(retrying="no")


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test leave its project on the import path."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def run(*arguments: str | Path, project: Path = TOY) -> Result:
    """Run a command on a project."""
    return CliRunner().invoke(main, [*map(str, arguments), "--project", str(project)])


def last_line(result: Result) -> str:
    """Give the last line of an output."""
    return result.stdout.splitlines()[-1]


def refuted(protocol: Protocol, properties: Sequence[Property]) -> list[SavedTrace]:
    """Give the counterexamples of a protocol."""
    found = search(protocol, properties).properties
    return [from_trace(protocol, r.trace, r.property.name) for r in found if r.trace and r.verdict is Verdict.REFUTED]


def counterexample(protocol: Protocol, name: str, properties: Sequence[Property] = CLAIMS) -> SavedTrace:
    """Give one property's counterexample."""
    return next(saved for saved in refuted(protocol, properties) if saved.breaks == name)


def walked(protocol: Protocol, *names: str) -> SavedTrace:
    """Record the run in which these things are done, one a step."""
    semantics = Semantics(protocol)
    state, hops = semantics.initial(), list[Hop]()
    for name in names:
        choices = semantics.successors(state)
        position = next(n for n, (_, step) in enumerate(choices) if step.micros[0].name == name)
        hops.append((state, position))
        state = choices[position][0]
    return record(semantics, hops)


# -- recording ---------------------------------------------------------------------------------------


@frozen
class Heap:
    """A value of every kind."""

    toks: frozenset[Tok]
    colours: tuple[Colour, ...]
    one: tuple[int]
    text: str
    maybe: float | None


def test_values_are_told_in_full() -> None:
    """Nothing is left out, sets are sorted, and strings are told from names."""
    heap = Heap(frozenset({Tok(2), Tok(10), Tok(-1)}), (Colour.RED, Colour.BLUE), (1,), "it's", None)
    assert full(heap) == (
        'Heap(toks={tok-of-theirs, tok-3, tok-11}, colours=(Colour.RED, Colour.BLUE), one=(1,), text="it\'s", maybe=None)'
    )
    envelope = full(Sent(Ask(), "client", "server", "calls"))
    assert envelope == "Sent(message=Ask(), sender='client', receiver='server', channel='calls')"


def test_a_run_is_recorded_as_it_happened() -> None:
    """Who acts, what is heard and said, with the run's own names; and the setting."""
    saved = walked(LOSING.without_capabilities("greed"), "ask", "give", "take")
    assert (saved.protocol, saved.without, saved.assume) == ("toy", ("greed",), {"retrying": "no"})
    assert (saved.breaks, saved.setup) == (None, None)
    assert saved.steps[1] == SavedStep(
        "server",
        0.0,
        (SavedAct("server", "give", full(Sent(Ask(), "client", "server", "calls")), ("Give(token=token-1)",), {}),),
    )


def test_what_was_picked_is_recorded() -> None:
    """Picks are recorded, by the names of the run; fresh names are not."""
    saved = walked(leaking(), "mint", "replay")
    assert [act.given for step in saved.steps for act in step.acts] == [{}, {}, {"tok": "tok-1"}, {}]


def test_a_concrete_run_is_recorded_with_its_pauses() -> None:
    """Seconds go before each step, as many as there are steps."""
    semantics = Semantics(PROTOCOL)
    hops = [(semantics.initial(), 0)]
    saved = record(semantics, hops, setup={"seed": 3, "clock": None}, pauses=[2])
    assert (saved.setup, saved.steps[0].pause) == ({"seed": 3, "clock": None}, 2.0)
    with pytest.raises(ValueError, match="shorter"):
        record(semantics, hops * 2, pauses=[2])


# -- files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s[0].__qualname__)
def test_a_file_holds_the_whole_run(sample: tuple[Callable[[], Protocol], Sequence[Property]], tmp_path: Path) -> None:
    """What is written is read again, and replays to the same trace, which breaks the same property."""
    protocol = sample[0]()
    for result in search(protocol, sample[1]).properties:
        if result.trace is None or result.verdict is not Verdict.REFUTED:
            continue
        saved = from_trace(protocol, result.trace, result.property.name)
        write(saved, tmp_path / "run.trace.json")
        assert read(tmp_path / "run.trace.json") == saved
        done = replay(saved, protocol, sample[1])
        assert done.as_expected
        assert done.at == len(result.trace.steps)
        assert done.trace == result.trace


def test_a_written_file_is_whole_and_alone(tmp_path: Path) -> None:
    """A file is written with its directories, ends in a newline, and leaves nothing beside it."""
    file = tmp_path / "new" / "run.trace.json"
    saved = evolve(walked(PROTOCOL, "ask"), setup={"text": "…", "int": 1, "float": 1.5, "yes": True, "none": None})
    for _ in range(2):
        write(saved, file)
    assert [p.name for p in file.parent.iterdir()] == [file.name]
    text = file.read_text(encoding="utf-8")
    assert text.startswith('{\n  "format": "launchproof-trace/1",\n  "protocol": "toy",\n')
    assert text.endswith("}\n")
    assert "…" in text
    assert read(file) == saved


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A directory that is none is told in one line."""
    (tmp_path / "file").touch()
    with pytest.raises(TraceError, match=r"run\.trace\.json: it cannot be written \(.*\); name a folder that can be written to"):
        write(walked(PROTOCOL, "ask"), tmp_path / "file" / "run.trace.json")


GONE = object()


def changed(where: Sequence[str | int], value: Any) -> dict[str, Any]:
    """Give what is in a file, with one place changed, or taken out."""
    made: dict[str, Any] = json.loads(json.dumps({"format": "launchproof-trace/1", **as_json(walked(PROTOCOL, "ask", "give"))}))
    place: Any = made
    for key in where[:-1]:
        place = place[key]
    if value is GONE:
        del place[where[-1]]
    else:
        place[where[-1]] = value
    return made


def as_json(saved: SavedTrace) -> dict[str, Any]:
    """Give a trace as plain values."""
    return asdict(saved)


ACT = ("steps", 1, "acts", 0)
MISFITS = [
    (("format",), "launchproof-trace/2", "$.format: it is not 'launchproof-trace/1'; save the run again with this version"),
    (("format",), GONE, "$.format: the key is missing; add it, as 'launchproof-trace/1'"),
    (("protocol",), GONE, "$.protocol: the key is missing; add it, or save the run again"),
    (("protocol",), 3, "$.protocol: it is 3, not a string; write a string there"),
    (("protocol",), None, "$.protocol: it is null, not a string; write a string there"),
    (("without",), "time", "$.without: it is a string, not a list; write a list there"),
    (("without",), [True], "$.without[0]: it is true, not a string; write a string there"),
    (("assume",), [], "$.assume: it is a list, not an object; write an object there"),
    (("assume",), {"retrying": 1}, "$.assume['retrying']: it is 1, not a string; write a string there"),
    (("breaks",), False, "$.breaks: it is false, not a string; write a string there"),
    (("setup",), "", "$.setup: it is a string, not an object; write an object there"),
    (("setup",), {"a": {}}, "$.setup['a']: it is an object, not a single value; write a single value there"),
    (("steps",), {}, "$.steps: it is an object, not a list; write a list there"),
    (("steps", 1), [], "$.steps[1]: it is a list, not an object; write an object there"),
    (("steps", 1, "pause"), True, "$.steps[1].pause: it is true, not a number of seconds from 0 on"),
    (("steps", 1, "pause"), "1", "$.steps[1].pause: it is a string, not a number of seconds from 0 on"),
    (("steps", 1, "pause"), -1, "$.steps[1].pause: it is -1, not a number of seconds from 0 on"),
    (("steps", 1, "extra"), 1, "$.steps[1]: there is an unknown key 'extra'; take it out; the keys are actor, pause, acts"),
    ((*ACT, "does"), GONE, "$.steps[1].acts[0].does: the key is missing; add it, or save the run again"),
    ((*ACT, "does"), None, "$.steps[1].acts[0].does: it is null, not a string; write a string there"),
    ((*ACT, "hears"), 1, "$.steps[1].acts[0].hears: it is 1, not a string; write a string there"),
    ((*ACT, "says"), [None], "$.steps[1].acts[0].says[0]: it is null, not a string; write a string there"),
    ((*ACT, "given"), {"x": 1}, "$.steps[1].acts[0].given['x']: it is 1, not a string; write a string there"),
    (("extra",), 1, "$: there is an unknown key 'extra'; take it out; the keys are protocol, without, assume, breaks, setup"),
]


@pytest.mark.parametrize(("where", "value", "says"), MISFITS)
def test_what_does_not_fit_is_refused(where: Sequence[str | int], value: Any, says: str, tmp_path: Path) -> None:
    """Each misfit is one line with the file, the place in it, what is wrong there, and the fix."""
    file = tmp_path / "run.trace.json"
    file.write_text(json.dumps(changed(where, value)), encoding="utf-8")
    with pytest.raises(TraceError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}: {says}")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "it is no valid JSON (Expecting property name"),
        (b"", "it is no valid JSON (Expecting value: line 1 column 1 (char 0)); correct it, or save the run again"),
        (b"[" * 100_000, "it is no valid JSON ("),
        (b'{"a": 1, "a": 2}', "it is no valid JSON (the key 'a' stands twice in an object); correct it"),
        (b'{"a": NaN}', "it is no valid JSON (NaN is no number there); correct it"),
        (b"\xff", "it is no valid UTF-8 (invalid start byte); save the run again"),
        (b"[]", '$: it is not an object; write {"format": …, "steps": […]}, or save the run again'),
    ],
)
def test_what_is_no_json_object_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    """A file of another kind is one line, too."""
    file = tmp_path / "run.trace.json"
    file.write_bytes(content)
    with pytest.raises(TraceError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}: {says}")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A wrong name is one line."""
    result = run("replay", tmp_path / "none.trace.json")
    assert result.exit_code == 2
    assert result.stderr == (
        f"launchproof: {tmp_path}/none.trace.json: it cannot be read (No such file or directory); "
        "correct the name, or check its permissions\n"
    )


def test_pauses_may_be_whole_numbers(tmp_path: Path) -> None:
    """A pause is a number, however it is written."""
    file = tmp_path / "run.trace.json"
    file.write_text(json.dumps(changed(("steps", 1, "pause"), 2)), encoding="utf-8")
    assert repr(read(file).steps[1].pause) == "2.0"


# -- replaying ---------------------------------------------------------------------------------------


def test_every_breach_is_told_once_and_the_expected_one_first() -> None:
    """A run that breaks several properties at different steps tells each with its first step."""
    claims = (toy_broken.never_takes, toy_broken.never_holds, toy_broken.nowhere, toy_broken.never_idle)
    saved = walked(PROTOCOL, "ask", "give", "take", "throw_away")
    done = replay(saved, PROTOCOL, claims)
    assert {b.property.name: b.at for b in done.breaches} == {"never-idle": 0, "nowhere": 2, "never-takes": 3, "never-holds": 3}
    assert (done.breaks, done.at, done.as_expected) == (toy_broken.never_idle, 0, False)
    expected = replay(evolve(saved, breaks="never-holds"), PROTOCOL, claims)
    assert (expected.breaks, expected.at, expected.as_expected) == (toy_broken.never_holds, 3, True)


def test_a_run_without_steps() -> None:
    """What the initial state breaks is told at step 0."""
    done = replay(counterexample(PROTOCOL, "never-idle", [toy_broken.never_idle]), PROTOCOL, [toy_broken.never_idle])
    assert (done.breaks, done.at, len(done.trace.steps)) == (toy_broken.never_idle, 0, 0)


def test_a_deadlock_and_endless_growth_are_judged() -> None:
    """The built-in properties break in a replay as in the search, and the loop is found again."""
    lazy = stuck((Idle,))
    assert [(b.property.name, b.at) for b in replay(walked(lazy, "begin"), lazy, ()).breaches] == [("no-deadlock", 1)]
    (saved,) = refuted(chattering(), ())
    done = replay(saved, chattering(), ())
    assert (done.breaks and done.breaks.name, done.at, done.trace.loop_from) == ("bounded-queues", 3, 2)
    longer = walked(chattering(), *["chatter"] * 4)
    assert replay(longer, chattering(), ()).at == 3


def test_a_property_is_judged_where_it_is_claimed_or_expected() -> None:
    """A property claimed without a capability is judged in a run with it only if the file names it."""
    saved = walked(PROTOCOL, "ask", "lose_request_on_calls", "retry")
    assert replay(saved, PROTOCOL, CLAIMS).breaks is None
    assert replay(evolve(saved, breaks="asked-once"), PROTOCOL, CLAIMS).at == 3


def test_what_fits_several_states_is_followed_into_all_of_them() -> None:
    """The model keeps one abandoned token, whichever: a later step tells which one the run was about."""
    first = walked(leaking(), "mint", "mint", "mint", "replay")
    tokens = {"tok-1", "tok-2", "tok-3"}
    assert first.steps[-1].acts[0].given["tok"] in tokens
    for token in tokens:
        other = evolve(first, steps=(*first.steps[:-1], renamed(first.steps[-1], token)))
        done = replay(other, leaking(), [shop_is_empty])
        assert from_trace(leaking(), done.trace) == other
        assert (done.breaks, done.at) == (shop_is_empty, 1)
    with pytest.raises(TraceError) as caught:
        replay(evolve(first, steps=(*first.steps[:-1], renamed(first.steps[-1], "tok-4"))), leaking(), ())
    assert str(caught.value) == (
        "trace: $.steps[3]: the model allows no such step: thief · replay, given tok=tok-4; "
        "possible there: thief · replay, given tok=tok-1, which says Use(tok=tok-1); "
        "thief · replay, given tok=tok-3, which says Use(tok=tok-3); "
        "thief · replay, given tok=tok-2, which says Use(tok=tok-2); shop · mint"
    )


def renamed(step: SavedStep, token: str) -> SavedStep:
    """Give the step of the thief with another token."""
    old = step.acts[0].given["tok"]
    return evolve(
        step,
        acts=tuple(
            SavedAct(a.machine, a.does, a.hears and a.hears.replace(old, token), tuple(s.replace(old, token) for s in a.says), g)
            for a, g in zip(step.acts, ({"tok": token}, {}), strict=True)
        ),
    )


@client.alternative("toy.ask")
def take_and_ask(client: Waiting, heard: Sent[Give]) -> To[Holding, Ask]:
    """Keep the token, and ask for more."""
    return To(Holding(heard.message.token), Ask())


@server.alternative("toy.answer")
def give_twice(server: Serving, heard: Sent[Ask], token: New[Token]) -> To[Serving, Give, Give]:
    """Give a token two times."""
    return To(server, Give(token), Give(token))


GIVEN = "Sent(message=Give(token=token-1), sender='server', receiver='client', channel='calls')"


@pytest.mark.parametrize(
    ("protocol", "says"),
    [
        (
            PROTOCOL.without("take"),
            (
                f"$.steps[2]: the model allows no such step: client · take, which hears {GIVEN}; "
                "possible there: client · drops it; network · lose_answer_on_calls"
            ),
        ),
        (
            PROTOCOL.replacing("take", take_and_ask),
            (
                f"$.steps[2]: the model allows no such step: client · take, which hears {GIVEN}; "
                "possible there: client · take_and_ask; network · lose_answer_on_calls"
            ),
        ),
        (
            PROTOCOL.replacing("give", evolve(give_twice, name="give")),
            (
                "$.steps[1]: the model allows no such step: server · give, which hears "
                "Sent(message=Ask(), sender='client', receiver='server', channel='calls'), which says Give(token=token-1); "
                "possible there: server · give, which says Give(token=token-1), Give(token=token-1); "
                "network · lose_request_on_calls"
            ),
        ),
        (
            PROTOCOL.without("ask"),
            "$.steps[0]: the model allows no such step: client · ask; possible there: nothing at all",
        ),
        (
            evolve(PROTOCOL, name="other"),
            "$.protocol: it is a run of 'toy', and the project's protocol is 'other'; name the run's project with --project",
        ),
    ],
)
def test_a_run_that_is_none_any_more_is_told_in_one_line(protocol: Protocol, says: str) -> None:
    """After the model changed, the step that it does not allow is named, with what is possible there."""
    with pytest.raises(TraceError) as caught:
        replay(walked(PROTOCOL, "ask", "give", "take"), protocol, CLAIMS, "run.trace.json")
    assert str(caught.value) == f"run.trace.json: {says}"


def test_a_part_within_a_step_is_named() -> None:
    """Where a step begins as it should, the first part that differs is told."""
    saved = walked(leaking(), "mint", "replay")
    first, last = saved.steps
    cases = {
        (last.acts[0],): "$.steps[1].acts[1]: the model allows no such act in this step: nothing more; "
        "possible there: shop · redeem",
        (*last.acts, last.acts[1]): "$.steps[1].acts[2]: the model allows no such act in this step: shop · redeem, which "
        f"hears {last.acts[1].hears}; possible there: nothing more",
        (last.acts[0], evolve(last.acts[1], does="lose\n\x1b")): "$.steps[1].acts[1]: the model allows no such act in this step: "
        f"shop · lose\\n\\x1b, which hears {last.acts[1].hears}; possible there: shop · redeem",
        (): "$.steps[1]: the model allows no such step: nothing; possible there: thief · replay; shop · mint",
    }
    for acts, says in cases.items():
        with pytest.raises(TraceError) as caught:
            replay(evolve(saved, steps=(first, evolve(last, acts=acts))), leaking(), ())
        assert str(caught.value) == f"trace: {says}"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"without": ("greed", "tme")}, "$.without[1]: there is no capability 'tme'; use one of network, greed"),
        ({"assume": {"retry": "no"}}, "$.assume['retry']: there is no such assumption; use one of retrying"),
        ({"assume": {"retrying": "maybe"}}, "$.assume['retrying']: 'maybe' is no choice; use one of yes, no"),
        ({"breaks": "x"}, "$.breaks: there is no property 'x'; use null, or one of client-gets-a-token, asked-once, "),
    ],
)
def test_an_unknown_setting_is_refused(change: dict[str, Any], says: str) -> None:
    """A capability, assumption, answer or property that the project does not have is told with its place."""
    with pytest.raises(TraceError) as caught:
        replay(evolve(walked(PROTOCOL, "ask"), **change), PROTOCOL, CLAIMS, "run.trace.json")
    assert str(caught.value).startswith(f"run.trace.json: {says}")


def test_the_setting_is_the_files() -> None:
    """What the project's protocol has switched off or assumed makes no difference to a file."""
    other = LOSING.without_capabilities("network")
    assert replay(walked(PROTOCOL, "ask", "lose_request_on_calls", "retry"), other, CLAIMS).breaks is None


# -- the command line --------------------------------------------------------------------------------


def test_verify_saves_counterexamples(tmp_path: Path) -> None:
    """Each refuted property's counterexample is a file that replays to the same end."""
    result = run("verify", "--assume", "retrying=no", "--save", tmp_path / "new")
    assert result.exit_code == 1
    names = ["loss-is-noticed", "no-deadlock"]
    assert result.stdout.splitlines()[-2:] == [f"saved {tmp_path}/new/{name}.trace.json" for name in names]
    assert [read(tmp_path / "new" / f"{name}.trace.json").breaks for name in names] == names
    again = run("replay", "--quiet", tmp_path / "new")
    assert again.exit_code == 1
    assert again.stdout.splitlines() == [
        (
            f"{tmp_path}/new/loss-is-noticed.trace.json: replayed 3 steps; "
            "it breaks loss-is-noticed at step 3, and no-deadlock at step 3"
        ),
        (
            f"{tmp_path}/new/no-deadlock.trace.json: replayed 3 steps; "
            "it breaks no-deadlock at step 3, and loss-is-noticed at step 3"
        ),
    ]


def test_verify_saves_beside_json(tmp_path: Path) -> None:
    """With --json the standard output stays JSON; where nothing is refuted nothing is saved."""
    result = run("verify", "--json", "--assume", "retrying=no", "--property", "no-deadlock", "--save", tmp_path)
    assert json.loads(result.stdout)["verdict"] == "refuted"
    assert f"saved {tmp_path}/no-deadlock.trace.json\n" in result.stderr
    proved = run("verify", "--save", tmp_path / "proved")
    assert proved.exit_code == 0
    assert not (tmp_path / "proved").exists()


def test_a_counterexample_is_saved_in_its_own_setting(tmp_path: Path) -> None:
    """A property that is judged without some capabilities is saved without them."""
    write_project(tmp_path, "(evolve(asked_once, judge=lambda client: False),)")
    assert run("verify", "--property", "asked-once", "--save", tmp_path, project=tmp_path).exit_code == 1
    assert read(tmp_path / "asked-once.trace.json").without == ("network",)
    assert run("replay", tmp_path, project=tmp_path).exit_code == 1


def test_saving_a_matrix_is_refused(tmp_path: Path) -> None:
    """A matrix has no counterexamples to save."""
    result = run("verify", "--matrix", "--save", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    told = "--save and --draw go with one verification, and --matrix takes many; leave one of them out"
    assert result.stderr == f"launchproof: {told}\n"


def write_project(where: Path, claims: str) -> None:
    """Write a project with the toy's protocol and other claims."""
    name = f"claims_{where.name}"
    (where / f"{name}.py").write_text(
        f"from attrs import evolve\nfrom tests.toy.toy_claims import *\nfrom tests.toy.toy_claims import CLAIMS as every\n"
        f"from tests.toy.toy_broken import *\nfrom tests.toy.toy_protocol import PROTOCOL\nCLAIMS = {claims}\n",
        encoding="utf-8",
    )
    (where / "pyproject.toml").write_text(
        f'[tool.launchproof]\nprotocol = "{name}:PROTOCOL"\nproperties = "{name}:CLAIMS"\n', encoding="utf-8"
    )


def test_a_run_is_told_step_by_step(tmp_path: Path) -> None:
    """The steps, what breaks and why, and the sum of it; a breach before the end is told without the why."""
    write(walked(PROTOCOL, "ask", "give", "take"), tmp_path / "run.trace.json")
    result = run("replay", tmp_path / "run.trace.json")
    assert result.exit_code == 0
    assert result.stdout.startswith("  1. client · ask\n       says   Ask to server\n")
    assert last_line(result) == f"{tmp_path}/run.trace.json: replayed 3 steps; nothing breaks"
    write_project(tmp_path, "(never_holds, nowhere)")
    told = run("replay", tmp_path, project=tmp_path)
    assert told.exit_code == 1
    assert told.stdout.splitlines()[-2:] == [
        "breaks nowhere: There are no tokens.",
        (
            f"{tmp_path}/run.trace.json: replayed 3 steps; it breaks nowhere at step 2, and never-holds at step 3; "
            "the file says that nothing breaks"
        ),
    ]


@pytest.mark.parametrize(
    ("claims", "status", "says"),
    [
        ("(never_holds,)", 1, "replayed 3 steps; it breaks never-holds at step 3"),
        (
            "(evolve(never_holds, judge=lambda c: True),)",
            0,
            "nothing breaks; the file says it breaks never-holds; it does not any more",
        ),
        (
            "(evolve(never_holds, judge=lambda c: True), never_idle)",
            1,
            "it breaks never-idle in the initial state; the file says it breaks never-holds; it does not any more",
        ),
    ],
)
def test_what_the_file_says_is_compared(claims: str, status: int, says: str, tmp_path: Path) -> None:
    """A breach that is none any more is no error, and is told; so is another one."""
    write_project(tmp_path, claims)
    write(evolve(walked(PROTOCOL, "ask", "give", "take"), breaks="never-holds"), tmp_path / "run.trace.json")
    result = run("replay", tmp_path, project=tmp_path)
    assert result.exit_code == status
    assert last_line(result).endswith(says)


def test_json(tmp_path: Path) -> None:
    """The JSON has what the text has."""
    write(counterexample(LOSING, "no-deadlock"), tmp_path / "run.trace.json")
    (tmp_path / "second.trace.json").write_text("{", encoding="utf-8")
    result = run("replay", "--json", tmp_path)
    assert result.exit_code == 2
    first, second = json.loads(result.stdout)
    assert {k: v for k, v in first.items() if k != "run"} == {
        "file": f"{tmp_path}/run.trace.json",
        "error": None,
        "steps": 3,
        "breaks": [{"property": "no-deadlock", "at": 3}, {"property": "loss-is-noticed", "at": 3}],
        "over_real_strings": None,
        "expected": "no-deadlock",
        "as_expected": True,
    }
    assert [step["actor"] for step in first["run"]] == ["client", "network", "client"]
    assert second["error"].startswith(f"{tmp_path}/second.trace.json: it is no valid JSON")


def test_a_directory_is_its_files_in_order(tmp_path: Path) -> None:
    """All *.trace.json in a directory are replayed, whatever becomes of one of them; the worst status counts."""
    for name in ("b", "a", "c"):
        write(walked(PROTOCOL, "ask"), tmp_path / f"{name}.trace.json")
    (tmp_path / "b.trace.json").write_text("[]", encoding="utf-8")
    (tmp_path / "other.json").touch()
    result = run("replay", "--quiet", tmp_path)
    assert result.exit_code == 2
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [f"{tmp_path}/{n}.trace.json" for n in "ac"]
    assert result.stderr.startswith(f"launchproof: {tmp_path}/b.trace.json: $: it is not an object")
    assert result.stderr.count("\n") == 1


def test_a_directory_without_runs(tmp_path: Path) -> None:
    """There is nothing to replay."""
    result = run("replay", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == f"launchproof: {tmp_path}: there is no *.trace.json in it; name a directory that has some\n"


def told() -> str:
    """Spell out some runs, and values with sets in them."""
    runs = [repr(saved) for make, properties in SAMPLES for saved in refuted(make(), properties)]
    replayed = replay(walked(leaking(), "mint", "mint", "mint", "replay"), leaking(), [shop_is_empty])
    sets = full((frozenset(Colour), frozenset(Tries), frozenset({Origin.EMBED, Window.TOP, "x", 1, Tok(3), Tok(1)})))
    return "\n".join([*runs, *trace_lines(replayed.trace, leaking()), sets])


@pytest.mark.thorough
def test_the_hash_seed_changes_nothing() -> None:
    """What is saved and replayed is the same whatever the order of sets in memory."""
    assert "Colour.BLUE" in same_under_seeds("from tests.launchproof.test_traces import told; print(told())")


def test_help_is_light() -> None:
    """The help does not load what reads files."""
    heavy = "{'cattrs', 'launchproof.traces', 'launchproof.search.exhaustive'} & set(sys.modules)"
    code = f"import sys; from launchproof.cli.main import main; main(['--help'], standalone_mode=False); sys.exit(bool({heavy}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert (done.returncode, b"replay" in done.stdout) == (0, True)
