"""Claims of progress: what gets stuck is found, and every disturbance that has to end is one that has to."""

from __future__ import annotations

import pytest
from attrs import evolve

from launchproof import To, settles
from launchproof.declare import Property
from launchproof.search.engines import VECTOR
from launchproof.search.exhaustive import search
from launchproof.search.verdicts import Verdict
from model import PROTOCOL
from model.channels import HEIGHTS
from model.frame import frame
from model.frame_phases import Running
from model.host import Live
from model.messages import Resize, SetHeight
from model.names import Reported
from properties import PROPERTIES
from properties.progress import LOADERS
from tests.model.stuck import STUCK, Stuck

AROUND = ("user", "time", "network", "administrator")
"""What is switched on beside the mistakes, to be quick."""

CLAIMS = tuple(p for p in PROPERTIES if p.future is not None)


@pytest.mark.thorough
@pytest.mark.parametrize("stuck", STUCK, ids=lambda s: f"{s.name}-{s.refuted_by}")
def test_a_mistake_is_found(stuck: Stuck, by_name: dict[str, Property]) -> None:
    """The expected claim is refuted, by a run of the expected stem and loop."""
    protocol = stuck.breaks(PROTOCOL).with_capabilities(*AROUND)
    found = search(protocol, [by_name[stuck.refuted_by]], engine=VECTOR).properties[0]
    assert found.verdict is Verdict.REFUTED
    assert found.trace is not None
    steps = len(found.trace.steps)
    stem = steps if found.trace.loop_from is None else found.trace.loop_from
    assert (stem, steps - stem) == (stuck.stem, stuck.loop)


def test_there_are_two_mistakes_for_each_claim() -> None:
    """Every claim of progress has at least two mistakes that refute it."""
    for claim in CLAIMS:
        assert len({s.name for s in STUCK if s.refuted_by == claim.name}) > 1, claim.name


def with_one(claim: Property, name: str) -> Property:
    """Let a disturbance that the claim takes to end go on for ever."""
    assert claim.future is not None
    others = tuple(n for n in claim.future.quiet if n != name)
    return evolve(claim, name=f"{claim.name} with {name}", future=evolve(claim.future, quiet=others))


SURVIVING = [("refusals-come-to-an-end", name) for name in LOADERS]
"""A further load during a refresh costs a refusal only where the session survives it: with fresh-launch=yes."""


@pytest.mark.thorough
def test_every_disturbance_has_to_end() -> None:
    """Where a claim takes a disturbance to happen finitely often, it is refuted by one that goes on for ever."""
    pairs = [(claim, name) for claim in CLAIMS if claim.future is not None for name in claim.future.quiet]
    variants = [with_one(claim, name) for claim, name in pairs if (claim.name, name) not in SURVIVING]
    assert len(variants) == len(pairs) - len(SURVIVING)
    found = search(PROTOCOL, variants, engine=VECTOR)
    assert [r.property.name for r in found.properties if r.property in variants and r.verdict is not Verdict.REFUTED] == []


@pytest.mark.parametrize(("refuted", "capability"), SURVIVING)
def test_loads_cause_refusals_where_the_session_survives_them(
    refuted: str, capability: str, by_name: dict[str, Property]
) -> None:
    """With fresh-launch=yes, who loads the iframe again and again in the wrong moment gets a 401 each time."""
    protocol = PROTOCOL.assuming(fresh_launch="yes").with_capabilities(capability)
    claim = by_name[refuted]
    found = {r.property.name: r.verdict for r in search(protocol, [claim, with_one(claim, capability)], engine=VECTOR).properties}
    assert found[f"{claim.name} with {capability}"] is Verdict.REFUTED
    assert found[claim.name] is not Verdict.REFUTED


@settles("quickstart.resize", quiet=("report_height",), because="contents change finitely often")
def heights_come_to_rest(before: Live, said: SetHeight) -> bool:
    """The height comes to rest when the content does."""
    return False


@frame.alternative("quickstart.resize", via=HEIGHTS.name)
def report_what_it_was_given(frame: Running) -> To[Running, Resize]:
    """Report the height that the iframe was given, and a little more, since the content fills it."""
    return To(frame, Resize(Reported.BEYOND))


def test_growth_without_end_is_a_lasso() -> None:
    """Where the content fills its iframe, each height causes the next one; otherwise heights come to rest."""
    there = PROTOCOL.with_capabilities()
    assert search(there, [heights_come_to_rest], engine=VECTOR).properties[0].verdict is Verdict.PROVED
    found = search(there.adding(report_what_it_was_given), [heights_come_to_rest], engine=VECTOR).properties[0]
    assert found.trace is not None
    loop = [act.name for step in found.trace.steps[found.trace.loop_from :] for act in step.acts]
    assert "report_height" not in loop
    assert loop[loop.index("report_what_it_was_given") + 1] == "resize"
