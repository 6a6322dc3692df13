"""The catalogue of all guards: what each checks, who asks for it, what happens without it, and with what else it protects.

A page in Markdown, with the shortest failure of each guard's smallest cut set as a sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from launchproof.cuts.answer import Cut, CutSets
from launchproof.cuts.lossy import guards_at_work
from launchproof.cuts.real import ANSWER, without
from launchproof.cuts.text import TOGETHER, unbroken
from launchproof.declare.environment import Assumption
from launchproof.declare.machine import Guard
from launchproof.declare.properties import Property
from launchproof.declare.protocol import Protocol
from launchproof.draw.counterexample import counterexample
from launchproof.draw.render import rendered
from launchproof.draw.sequences import EVERYTHING, Focus
from launchproof.search.trace import Trace
from launchproof.verify.budget import Budget
from launchproof.verify.whole import grouped

HEAD = """# Every guard, and what it is for

Generated from the model by `launchproof cuts --catalogue {file}`; none of it is kept by hand. A *cut set* of a property is a
smallest set of guards without which it breaks: of one, a single point of failure; of two or three, defence in depth. {known}
The pictures show the shortest run in which something breaks.
"""


@frozen
class Told:
    """How a cut set's loss is told: the property, the shortest run that breaks it, and where that happens."""

    claim: Property
    trace: Trace
    protocol: Protocol


def catalogue(found: CutSets, file: str, focus: Focus = EVERYTHING, report: Callable[[str], None] | None = None) -> str:
    """Write the page."""
    sections = [
        HEAD.format(file=file, known=known(found)),
        summary(found),
        "## What the machines check",
        *(guard_section(guard, found, focus, report) for guard in guards(found.protocol, at_work=True)),
        "## What the environment is like",
        "These say what the environment can do. They protect nothing; without one, the model would be of another world.",
        "\n".join(f"- `{guard.name}`: {guard.meaning}{cited(guard.cites)}" for guard in guards(found.protocol, at_work=False)),
        *questions(found),
    ]
    return "\n\n".join(section.strip() for section in sections if section.strip()) + "\n"


def known(found: CutSets) -> str:
    """Say how far was looked."""
    runs = "of claims about whole runs (*leads to*, *settles*, *sometimes*) those of one"
    some = f"; of larger ones some ({found.stopped})" if found.stopped else ""
    return f"All of up to {found.complete} are known, {runs}{some}."


def summary(found: CutSets) -> str:
    """Tabulate the properties, single points of failure first."""
    lines = ["| Property | breaks without |", "| --- | --- |"]
    for prop in found.properties:
        cuts = found.of(prop)
        told = "<br>".join(code(cut) for cut in cuts) or f"*{unbroken(found.sizes.get(prop.name, 0))} it*"
        lines.append(f"| `{prop.name}` | {told} |")
    return "\n".join(lines)


def code(cut: Cut) -> str:
    """Write what is lost."""
    return TOGETHER.join(f"`{part}`" for part in cut.lost)


def guards(protocol: Protocol, *, at_work: bool) -> list[Guard]:
    """Give the guards of machines, or those of the environment, in the order in which they stand."""
    mine = guards_at_work(protocol)
    every = {guard.name: guard for transition in protocol.active for guard in transition.guards}
    return [guard for name, guard in every.items() if (name in mine) is at_work]


def cited(cites: Sequence[str]) -> str:
    """Name the statements that ask for something."""
    return f" ({', '.join(f'`{cite}`' for cite in cites)})" if cites else ""


def guard_section(guard: Guard, found: CutSets, focus: Focus, report: Callable[[str], None] | None) -> str:
    """Write all about one guard."""
    if report is not None:
        report(guard.name)
    where = [t for t in found.protocol.active if any(g.name == guard.name for g in t.guards)]
    cites = tuple(dict.fromkeys(cite for t in where for g in t.guards if g.name == guard.name for cite in g.cites))
    cuts = sorted(found.holding(guard.name), key=lambda cut: (len(cut.lost), cut.steps is None, cut.steps or 0))
    lines = [f"### `{guard.name}`", "", f"{guard.meaning}{cited(cites)}", ""]
    lines.append(f"Checked by {', '.join(f'`{t.name}`' for t in where)}.")
    lines += ["", *without_it(guard.name, cuts, found)]
    story = next((told for cut in cuts[:1] if (told := tell(cut, found)) is not None), None)
    if story is not None:
        lines += ["", *picture(cuts[0], story, focus)]
    return "\n".join(lines)


def without_it(name: str, cuts: Sequence[Cut], found: CutSets) -> Iterator[str]:
    """Say what happens without a guard, and in which cut sets it stands."""
    singles = [cut for cut in cuts if cut.single]
    if singles:
        yield f"Without it {breach(singles)}."
    elif name in found.silent:
        yield "Alone, it holds nothing back that no other guard does."
    else:
        yield "Without it alone, nothing breaks."
    together = [cut for cut in cuts if not cut.single]
    for cut in together:
        others = TOGETHER.join(f"`{part}`" for part in cut.lost if part != name)
        yield f"- with {others}: `{cut.claim}`{steps(cut)}"
    if not cuts:
        yield f"It is in no cut set of up to {found.complete}."


def breach(cuts: Sequence[Cut]) -> str:
    """Say which properties break, and how soon."""
    return f"{', '.join(f'`{cut.claim}`{steps(cut)}' for cut in cuts)} {'break' if len(cuts) > 1 else 'breaks'}"


def steps(cut: Cut) -> str:
    """Say how soon."""
    return " (it never happens)" if cut.steps is None else f" (in {cut.steps} step{'' if cut.steps == 1 else 's'})"


def tell(cut: Cut, found: CutSets) -> Told | None:
    """Find the shortest run that breaks the property without a cut set."""
    prop = next(p for p in found.properties if p.name == cut.claim)
    changed = without(found.protocol, cut.lost)
    for under, claimed in grouped(changed, [prop]).items():
        if claimed:
            there = changed.without_capabilities(*under)
            trace = Budget().search("", there, claimed, refute_only=prop.future is None).properties[0].trace
            return None if trace is None else Told(prop, trace, there)
    return None


def picture(cut: Cut, story: Told, focus: Focus) -> Iterator[str]:
    """Yield the story, folded away."""
    drawn: bytes = rendered(counterexample(story.claim, story.trace, story.protocol, focus), "mermaid")
    yield f"<details><summary>Without {code(cut)}: {story.claim.meaning} It breaks.</summary>"
    yield ""
    yield f"```mermaid\n{drawn.decode('utf-8').strip()}\n```"
    yield ""
    yield "</details>"


def questions(found: CutSets) -> Iterator[str]:
    """Yield what breaks under other answers to the open questions."""
    broken = {cut.lost[0] for cut in found.cuts if cut.single and ANSWER in cut.lost[0]}
    if not found.protocol.assumptions:
        return
    yield "## Open questions"
    for question in found.protocol.assumptions:
        yield "\n".join(question_lines(question, found, broken))


def question_lines(question: Assumption, found: CutSets, broken: set[str]) -> Iterator[str]:
    """Yield what breaks under the other answers to one question."""
    assumed = next(choice.value for choice in found.protocol.assumed if choice.assumption == question.name)
    yield f"### `{question.name}`"
    yield ""
    yield f"{question.question} Assumed: *{assumed}*."
    yield ""
    for choice in question.choices:
        part = f"{question.name}{ANSWER}{choice}"
        if choice != assumed:
            cuts = [cut for cut in found.cuts if cut.lost == (part,)] if part in broken else []
            yield f"- *{choice}*: {breach(cuts) if cuts else 'nothing breaks'}"
