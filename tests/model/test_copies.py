"""Several embeds on a page, and several tabs: what holds of one holds of each, and they keep apart."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from attrs import evolve

from launchproof import New, Posted, Property, Protocol, Sent, To, composed
from launchproof.declare.channels import Overheard
from launchproof.declare.lifting import between, lifted
from launchproof.search.exhaustive import search
from launchproof.search.vector.engine import VectorSearch
from launchproof.search.verdicts import SearchResult, Verdict
from launchproof.semantics.steps import Semantics, State
from model import PROTOCOL
from model.api import Serving, Session, api
from model.messages import CreateSession, SessionCreated
from model.names import AccessToken, LaunchToken, Origin, SessionId, Url
from properties import PROPERTIES
from properties.page import strangers_change_nothing
from properties.scopes import SCOPES

SAFETY = [p for p in PROPERTIES if not p.under and p.future is None]
ALONE = PROTOCOL.with_capabilities()
"""Nobody does anything but the machines themselves: no stranger, no forgery."""


def searched(protocol: Protocol, embeds: int, tabs: int, properties: Sequence[Property] = SAFETY) -> SearchResult:
    """Search so many copies, judging what holds of each and between every two."""
    composition = composed(protocol, list(zip(SCOPES, (embeds, tabs), strict=True)))
    claims = [*(made for _, made in lifted(composition, properties)), *(made for _, made in between(composition))]
    return search(composition.protocol, claims, engine="vector")


def refuted(result: SearchResult) -> set[str]:
    """Name the claims that do not hold (a witness that was not found is no such claim)."""
    return {r.property.name for r in result.properties if r.verdict is Verdict.REFUTED and r.property.kind != "sometimes"}


@pytest.mark.parametrize(
    ("embeds", "tabs", "counts"),
    [
        (2, 1, (3_699, 45_324, 40)),
        pytest.param(1, 2, (3_871, 46_550, 41), marks=pytest.mark.thorough),
    ],
)
def test_two_by_themselves_are_proved(embeds: int, tabs: int, counts: tuple[int, int, int]) -> None:
    """Two embeds on a page, or two tabs, with nobody else around: all that holds of one holds of both, and between them."""
    result = searched(ALONE, embeds, tabs)
    assert result.closed
    assert refuted(result) == set()
    assert (result.states, result.steps, result.depth) == counts
    spoke = {r.property.name: r.verdict for r in result.properties}
    pairs = [name for name in spoke if name.endswith(("-1.1-2.1", "-2.1-1.1", "-1.1-1.2", "-1.2-1.1"))]
    assert len(pairs) == (12 if embeds == 2 else 10)
    assert {spoke[name] for name in pairs} == {Verdict.PROVED}


@pytest.mark.thorough
@pytest.mark.parametrize("capability", sorted(PROTOCOL.enabled - {"user"}))
def test_two_embeds_under_one_capability_are_proved(capability: str) -> None:
    """Whatever else a single capability does, two embeds of a page keep apart."""
    result = searched(PROTOCOL.with_capabilities(capability), 2, 1)
    assert result.closed
    assert refuted(result) == set()


def test_without_the_source_check_two_embeds_are_mixed_up() -> None:
    """A host that does not look at the source takes the other embed's messages, with no stranger around."""
    result = searched(ALONE.without_guard("from_our_frame"), 2, 1, [strangers_change_nothing])
    broken = refuted(result)
    assert {"strangers-change-nothing", "answers-stay-at-home-1.1-2.1", "answers-stay-at-home-2.1-1.1"} <= broken
    trace = next(r.trace for r in result.properties if r.property.name == "answers-stay-at-home-1.1-2.1")
    assert trace is not None
    answers = [act for act in trace.steps[-1].acts if act.name.startswith("answer_ready")]
    assert [(act.machine, type(act.heard), act.said[0].document) for act in answers] == [  # type: ignore[attr-defined]
        ("host_2", Posted, document := answers[0].said[0].document),  # type: ignore[attr-defined]
        ("host", Overheard, document),
    ]


@pytest.mark.thorough
def test_tabs_hear_nothing_of_each_other() -> None:
    """Each tab has a window of its own, so a host that does not look at the source hears its own iframe all the same."""
    assert refuted(searched(ALONE.without_guard("from_our_frame"), 1, 2, [strangers_change_nothing])) == set()


@api.alternative("quickstart.mint-on-backend")
def give_the_session_there_is(
    api: Serving,
    heard: Sent[CreateSession],
    session: New[SessionId],
    launch: New[LaunchToken],
    access: New[AccessToken],
) -> To[Serving, SessionCreated]:
    """Mint once for a customer, and give whoever asks again what was minted."""
    page = heard.message.page
    made = next((s for s in api.sessions if not s.id.rigid), Session(session, launch, access, heard.message.body.grant, page))
    return To(api.having(made), SessionCreated(page, made.id, made.access, Url(Origin.EMBED, made.launch), 1800))


def test_a_server_that_gives_a_session_twice_mixes_embeds_up() -> None:
    """Where the server has one session for a customer, each claim about two embeds' sessions and tokens is refuted."""
    shared = ALONE.replacing("create_session", give_the_session_there_is).without_guard("launch_unspent")
    broken = {name.removesuffix("-1.1-2.1") for name in refuted(searched(shared, 2, 1, ())) if name.endswith("-1.1-2.1")}
    assert {
        "sessions-are-apart",
        "documents-are-apart",
        "tokens-stay-at-home",
        "nothing-is-sent-for-another",
    } <= broken


@pytest.mark.thorough
def test_a_page_is_closed_for_all_its_embeds() -> None:
    """Unless what concerns the page concerns all its embeds at once, one is open on a page that is closed for another."""
    embeds = SCOPES[0]
    parts = {"open_page": "open_page"}
    alone = composed(ALONE, [(evolve(embeds, together={}), 2)])
    together = composed(ALONE, [(evolve(embeds, together=parts), 2)])
    for composition, verdict in ((alone, Verdict.REFUTED), (together, Verdict.PROVED)):
        claims = [made for prop, made in between(composition) if prop.name == "one-page"]
        found = search(composition.protocol, claims, engine="vector")
        assert {r.verdict for r in found.properties[:2]} == {verdict}


# -- one among several ------------------------------------------------------------------------------------


def seen_alone(capabilities: tuple[str, ...], embeds: int) -> tuple[set[State], set[State]]:
    """Give the states of the lifecycle, and those in which the first of several embeds is, seen by itself."""
    protocol = PROTOCOL.with_capabilities(*capabilities)
    single, several = (VectorSearch(Semantics(composed(protocol, [(SCOPES[0], count)]).protocol), ()) for count in (1, embeds))
    assert single.run().closed
    assert several.run().closed
    here, there = single.semantics, several.semantics
    slots = [there.slots.index(slot) for slot in here.slots]
    found: set[State] = set()
    for state in {tuple(state[slot] for slot in slots) for state in several.states[:]}:
        raw = tuple(here.interner.id(there.interner.values[value]) for value in state)
        found.update(tuple(table[value] for value in raw) for table in here.renamings(raw))
    return set(single.states[:]), found


@pytest.mark.parametrize(
    ("capabilities", "embeds"),
    [
        ((), 2),
        *(
            pytest.param(capabilities, embeds, marks=pytest.mark.thorough)
            for capabilities, embeds in ((("time",), 2), (("network",), 2), (("other-customer",), 2), ((), 3))
        ),
    ],
)
def test_an_embed_among_several_is_in_no_other_states_than_alone(capabilities: tuple[str, ...], embeds: int) -> None:
    """Forget the others, and what they alone hold: what is left of the first embed is what it can be without them."""
    alone, among_others = seen_alone(capabilities, embeds)
    assert among_others == alone
