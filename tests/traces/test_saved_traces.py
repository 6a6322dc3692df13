"""The saved runs in this folder are runs of the protocol as it is, and break what they say.

After a change of the model that means to change them, ``python -m tests.traces.test_saved_traces``
saves them again.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

from launchproof.declare import Property
from launchproof.errors import TraceError
from launchproof.search.exhaustive import search
from launchproof.search.trace import Hop
from launchproof.semantics.steps import Semantics, State, Step
from launchproof.traces import SavedTrace, from_trace, read, record, replay, write
from model import PROTOCOL
from properties import PROPERTIES
from tests.model.broken import BROKEN as MISTAKES
from tests.model.broken import Broken as Mistake

HERE: Final = Path(__file__).parent
FILES: Final = sorted(HERE.glob("*.trace.json"))

FIRST_LOAD: Final = ("open_page", "take_token")
ANOTHER_CALL: Final = ("call_api", "finish_call")


SHORT: Final = 7
"""Mistakes that show after so few steps are recorded and replayed here; it is quick to find them."""

ABANDONED_TWICE: Final = ("open_page", "mount", "reload_page", "mount", "reload_page")
"""Two sessions whose launch URLs leaked are abandoned; the model keeps one of them, whichever."""


@frozen
class Broken:
    """A property that is refuted under another answer to an open question."""

    property: str
    question: str
    answer: str


STORIES: Final[dict[str, tuple[str, ...]]] = {
    "first-load": (*FIRST_LOAD, *ANOTHER_CALL),
    "scheduled-refresh": (*FIRST_LOAD, "ask_ahead", "take_token", *ANOTHER_CALL),
    "refresh-after-401": (*FIRST_LOAD, "lapse_access", "call_api", "ask_after_refusal", "take_token", *ANOTHER_CALL),
    "hard-reload": (*FIRST_LOAD, "reload_frame", "show_error", "remount_after_load", "take_token"),
    "oauth-in-a-tab": (*FIRST_LOAD, "set_up_in_tab", "authorize_in_tab", *ANOTHER_CALL),
    "oauth-by-page-redirect": (*FIRST_LOAD, "set_up_in_page", "authorize_in_page", "take_token"),
    "revocation": (*FIRST_LOAD, "revoke", "call_api", "ask_after_refusal", "replace_gone_session", "take_token"),
    "lost-mint": ("open_page", "lose_answer_on_mint_call", "mint_again", "take_token"),
}
"""What happens in each run that breaks nothing, in this order, with as few steps between as can be."""

BROKEN: Final = {
    "launch-used-twice": Broken("launch-accepted-once", "launch-use", "expiry-only"),
    "launch-used-on-return": Broken("returning-reuses-no-launch", "launch-use", "expiry-only"),
    "refreshes-cross": Broken("one-refresh-in-flight", "second-refresh", "start-another"),
}


def told(names: tuple[str, ...]) -> SavedTrace:
    """Give the shortest run in which these things happen in turn, and otherwise only what machines do of themselves."""
    semantics = Semantics(PROTOCOL)
    return record(semantics, path(semantics, names)[0])


def path(semantics: Semantics, names: tuple[str, ...]) -> tuple[list[Hop], State]:
    """Find that run's path of states, and where it ends."""
    state = semantics.initial()
    hops: list[Hop] = []
    for name in names:
        further, state = way(semantics, state, name)
        hops += further
    return hops, state


def way(semantics: Semantics, start: State, name: str) -> tuple[list[Hop], State]:
    """Find the shortest way to a step in which something happens, and the state after it."""
    ways: dict[State, list[Hop]] = {start: []}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        for position, (after, step) in enumerate(semantics.successors(state)):
            further = [*ways[state], (state, position)]
            if happens(step, name):
                return further, after
            if step.own and after not in ways:
                ways[after] = further
                waiting.append(after)
    raise LookupError(name)


def happens(step: Step, name: str) -> bool:
    """Whether something of this name is done in a step."""
    return any(plan.name == name for plan in step.micros)


def refuted(broken: Broken) -> SavedTrace:
    """Give the shortest run that breaks the property."""
    other = PROTOCOL.assuming(**{broken.question: broken.answer})
    prop = next(p for p in PROPERTIES if p.name == broken.property)
    found = search(other, [prop], refute_only=True).properties[0]
    if found.trace is None:
        raise LookupError(broken.property)
    return from_trace(other, found.trace, broken.property)


def path_of(name: str) -> Path:
    """Give the file of a story."""
    return HERE / f"{name}.trace.json"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name.partition(".")[0])
def test_a_saved_run_is_one_still_and_breaks_what_it_says(file: Path) -> None:
    """Each file replays to its end, and its last step breaks what it says, and nothing else breaks before."""
    saved = read(file)
    done = replay(saved, PROTOCOL, PROPERTIES, file)
    assert done.as_expected
    assert len(done.trace.steps) == len(saved.steps)
    assert {b.at for b in done.breaches} == (set() if saved.breaks is None else {len(saved.steps)})


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_told_by_its_file(name: str) -> None:
    """Each file that breaks nothing is the shortest run of its story."""
    assert read(path_of(name)) == told(STORIES[name])


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_run_is_as_long_as_the_shortest(name: str, by_name: dict[str, Property]) -> None:
    """Each file that breaks something says what, and in which setting."""
    saved = read(path_of(name))
    assert saved.breaks == BROKEN[name].property
    assert saved.assume == {BROKEN[name].question: BROKEN[name].answer}
    assert saved.breaks in by_name


def test_every_file_has_its_story() -> None:
    """No file is without a story, and no story without a file."""
    assert {path.name for path in FILES} == {path_of(name).name for name in (*STORIES, *BROKEN)}


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.steps <= SHORT], ids=lambda m: f"{m.name}-{m.refuted_by}")
def test_a_counterexample_replays_on_the_broken_protocol(mistake: Mistake, by_name: dict[str, Property], tmp_path: Path) -> None:
    """A counterexample that is written and read again breaks the same property at its last step."""
    protocol = mistake.breaks(PROTOCOL)
    trace = search(protocol, [by_name[mistake.refuted_by]], refute_only=True).properties[0].trace
    assert trace is not None
    file = tmp_path / "run.trace.json"
    write(from_trace(protocol, trace, mistake.refuted_by), file)
    done = replay(read(file), protocol, PROPERTIES, file)
    assert done.as_expected
    assert (done.at, done.trace) == (len(trace.steps), trace)


def test_the_correct_protocol_refuses_what_only_the_mistake_allows(by_name: dict[str, Property]) -> None:
    """On the protocol without the mistake the run stops where the mistake showed."""
    broken = PROTOCOL.without_guard("launch_unspent")
    trace = search(broken, [by_name["launch-accepted-once"]], refute_only=True).properties[0].trace
    assert trace is not None
    with pytest.raises(TraceError, match=r"^trace: \$\.steps\[4\].* the model allows no such .*serve_document.*refuse_document"):
        replay(from_trace(broken, trace, "launch-accepted-once"), PROTOCOL, PROPERTIES)


def test_whichever_abandoned_session_is_kept_is_found_out_later() -> None:
    """A step that fits several states is followed into all of them, until the file says which one it was."""
    semantics = Semantics(PROTOCOL)
    hops, _ = path(semantics, ABANDONED_TWICE)
    state, position = hops[-1]
    taken = semantics.successors(state)[position][1]
    kept = [n for n, (_, step) in enumerate(semantics.successors(state)) if step is taken]
    assert len(kept) > 1
    found: list[set[str]] = []
    for choice in kept:
        after = semantics.successors(state)[choice][0]
        scans = [n for n, (_, step) in enumerate(semantics.successors(after)) if step.micros[0].name == "scan"]
        saved = [record(semantics, [*hops[:-1], (state, choice), (after, n)]) for n in scans]
        assert all(s.steps[: len(hops)] == record(semantics, hops).steps for s in saved)
        assert [from_trace(PROTOCOL, replay(s, PROTOCOL, PROPERTIES).trace) for s in saved] == saved
        found.append({s.steps[-1].acts[0].given["found"] for s in saved})
    leaked = {"launch-token-1", "launch-token-2"}
    assert sorted(sorted(f & leaked) for f in found) == [["launch-token-1"], ["launch-token-2"]]


def save_all() -> None:
    """Save every run again."""
    for name, names in STORIES.items():
        write(told(names), path_of(name))
    for name, broken in BROKEN.items():
        write(refuted(broken), path_of(name))


if __name__ == "__main__":
    save_all()
