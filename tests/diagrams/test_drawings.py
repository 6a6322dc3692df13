"""The drawings of the embed are those of its model as it is, they follow it, and PROTOCOL.md answers what is asked."""

from __future__ import annotations

import html
import re
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from diagrams import DRAWINGS
from diagrams.machines import MACHINES, OURS
from diagrams.page import PAGE
from diagrams.runs import GOALS, RUNS
from diagrams.tables import TABLES
from launchproof import Posted, Protocol, Sent, To, when
from launchproof.draw.gallery import Drawing, Gallery
from launchproof.draw.goals import Goal
from launchproof.draw.page import Show, page_text
from launchproof.draw.picture import Picture, Sequence, Table
from launchproof.draw.project import load_drawn
from launchproof.draw.reachable import explored
from launchproof.draw.render import SUFFIXES, rendered
from launchproof.errors import DrawError
from launchproof.project import load_project
from launchproof.search.coverage import coverage_of
from launchproof.search.exhaustive import Limits
from model import PROTOCOL
from model.host import Failed, Launching, Live, Minting, Refreshing, host
from model.messages import MintRefused, Resize, Unmount
from model.statements import STATEMENTS
from properties import PROPERTIES
from tests.seeds import same_under_seeds

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "diagrams" / "drawn"
BY_NAME: Final = {drawing.name: drawing for drawing in DRAWINGS}


@cache
def reached() -> frozenset[type]:
    """Give the phases that a run reaches, from a few states if those have all that a transition leads to."""
    declared = {type(m.initial) for m in PROTOCOL.machines} | {p for t in PROTOCOL.active for p in t.signature.reaches}
    few = coverage_of(explored(PROTOCOL, Limits(states=5000)).semantics).phases
    return few if few == declared else Gallery(PROTOCOL).reached


def gallery(protocol: Protocol = PROTOCOL) -> Gallery:
    """Give what is drawn from; phases that no run of the model reaches are known."""
    made = Gallery(protocol, PROPERTIES, STATEMENTS)
    made.__dict__["reached"] = reached()
    made.__dict__["moves"] = frozenset()
    return made


@cache
def picture(drawing: Drawing) -> Picture:
    """Make a drawing's picture."""
    return drawing.make(gallery())


def texts(drawing: Drawing) -> list[str]:
    """Name the formats of a drawing that need no layout."""
    return [form for form in drawing.formats if form not in {"svg", "png", "pdf"}]


KEPT: Final = [pytest.param(d, form, id=f"{d.name}.{SUFFIXES[form]}") for d in DRAWINGS for form in texts(d)]

# -- what is committed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("drawing", "form"), KEPT)
def test_a_drawing_is_the_models(drawing: Drawing, form: str) -> None:
    """The file is, byte by byte, what is drawn now; where it is not, run `launchproof draw`."""
    assert (FOLDER / f"{drawing.name}.{SUFFIXES[form]}").read_bytes() == rendered(picture(drawing), form)


def words(text: str) -> list[str]:
    """Give the lines of a label or text, without the spaces that only place them."""
    return [squeezed for line in re.split(r"\\[nlr]", text) if (squeezed := " ".join(line.replace(r"\\", "\\").split()))]


def labels(dot: str) -> Counter[str]:
    """Give all lines of the labels of a DOT text."""
    found = re.findall(r'\blabel=("(?:[^"\\]|\\.)*"|[^\s\]]+)', dot)
    bare = [label[1:-1].replace(r"\"", '"') if label.startswith('"') else label for label in found]
    return Counter(line for label in bare for line in words(label))


@pytest.mark.parametrize("drawing", [d for d in DRAWINGS if "svg" in d.formats], ids=lambda d: d.name)
def test_an_svg_says_what_is_drawn(drawing: Drawing) -> None:
    """Wherever its texts were put, they are those of the drawing as it is now, each as often."""
    svg = (FOLDER / f"{drawing.name}.svg").read_text(encoding="utf-8")
    said = Counter(line for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg) for line in words(html.unescape(text)))
    assert said == labels(rendered(picture(drawing), "dot").decode())
    assert sum(said.values()) > 10


def test_the_page_is_the_models() -> None:
    """PROTOCOL.md is what is drawn now; where it is not, run `launchproof draw`."""
    page = page_text(PAGE, DRAWINGS, picture, FOLDER, ROOT)
    assert (ROOT / "PROTOCOL.md").read_text(encoding="utf-8") == page


def test_no_drawing_is_left_over() -> None:
    """In the folder is what is drawn, and nothing that once was."""
    kept = {f"{d.name}.{SUFFIXES[form]}" for d in DRAWINGS for form in d.formats}
    assert {file.name for file in FOLDER.iterdir()} == kept


def test_the_project_names_these_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `launchproof draw` writes is what is tested here."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    drawn = load_drawn(load_project(ROOT))
    assert (drawn.drawings, drawn.folder, drawn.page) == (DRAWINGS, FOLDER, PAGE)


# -- all of the model is drawn ----------------------------------------------------------------------------


def test_every_machine_with_phases_is_drawn() -> None:
    """A machine that can be in one phase only needs no diagram; every other one has its own."""
    assert [d.name for d in MACHINES[1:]] == [m.name for m in PROTOCOL.machines if len(m.phases) > 1]


def test_a_machines_diagram_names_all_that_it_does() -> None:
    """Each transition that can fire, its guards, and what it hears and says, is there by name."""
    for machine in (m for m in PROTOCOL.machines if m.name in BY_NAME):
        found = set(re.findall(r"\w+", rendered(picture(BY_NAME[machine.name]), "dot").decode()))
        for transition in (t for t in PROTOCOL.active if t.machine == machine.name):
            heard = transition.signature.heard
            spoken = [*(heard.messages if heard is not None else ()), *transition.signature.says]
            assert {transition.name, *(g.name for g in transition.guards), *(m.__name__ for m in spoken)} <= found


def test_what_no_run_reaches_is_crossed_out() -> None:
    """Under the default answers the host never relaunches, and nothing else is out of reach."""
    phases = {p.__name__ for m in PROTOCOL.machines for p in m.phases if p not in reached()}
    crossed = re.findall("✕ (\\w+)", "".join((FOLDER / f"{d.name}.dot").read_text(encoding="utf-8") for d in MACHINES[1:]))
    assert set(crossed) == phases == {"Relaunching"}


@pytest.mark.parametrize("goal", GOALS, ids=lambda g: g.name)
def test_a_sequence_shows_what_it_is_about(goal: Goal) -> None:
    """What its goal names happens in it, in this order."""
    told = rendered(picture(BY_NAME[goal.name]), "text").decode()
    place = 0
    for step in goal.steps:
        words_of = "loses" if step.startswith("lose_answer") else step.replace("_", " ")
        assert words_of in told[place:], step
        place += told[place:].index(words_of) + len(words_of)


# -- the page ----------------------------------------------------------------------------------------------


def protocol_md() -> str:
    """Read PROTOCOL.md."""
    return (ROOT / "PROTOCOL.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Give what stands below a heading of the page, up to the next one of its rank."""
    rank = title.split(maxsplit=1)[0]
    _, found, below = protocol_md().partition(f"\n{title}\n")
    assert found, title
    return re.split(rf"^#{{1,{len(rank)}}} ", below, maxsplit=1, flags=re.MULTILINE)[0]


def test_every_image_is_there() -> None:
    """A link leads to a file of the repository, and to a picture that is not empty."""
    links = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", protocol_md())
    assert len(links) == len(MACHINES) + len(RUNS)
    for link in links:
        assert (ROOT / link).read_bytes().rstrip().endswith(b"</svg>")
    assert protocol_md().count("](diagrams/") == len(links)


def test_every_drawing_is_on_the_page() -> None:
    """Once; nothing is drawn that nobody sees, and what is linked is kept as SVG."""
    shown = [part.drawing for part in PAGE.parts if isinstance(part, Show)]
    assert sorted(shown) == sorted(BY_NAME)
    assert all(isinstance(picture(d), Table) or "svg" in d.formats for d in DRAWINGS)


@pytest.mark.parametrize(
    ("title", "drawing", "told"),
    [
        ("## First load", "first-load", ["open page", "MintAnswer", "Mount", "Ready", "Auth", "take token"]),
        ("## A refresh, ahead of expiry", "scheduled-refresh", ["ask ahead", "TokenRefresh", "RefreshAnswer", "Auth"]),
        ("## A refresh, ahead of expiry", "lost-refresh", ["loses", "refresh again"]),
        ("## A 401", "early-refresh", ["Unauthorized", "ask after refusal", "TokenRefresh", "Auth"]),
        ("## A 401", "revocation", ["revoke", "Unauthorized", "SessionGone", "replace gone session", "AskMint"]),
        ("## A hard reload", "hard-reload", ["reload frame", "LoadedAgain", "LaunchRefused", "remount after load", "AskMint"]),
        ("## A hard reload", "remount", ["unmount", "mount anew", "AskMint"]),
        ("## OAuth leaves the page", "oauth-in-a-tab", ["set up in tab", "authorize in tab"]),
        ("## OAuth leaves the page", "oauth-by-redirect", ["LeavePage", "ReturnPage", "return from authorization", "AskMint"]),
    ],
)
def test_the_page_answers(title: str, drawing: str, told: list[str]) -> None:
    """Who asks what happens finds a heading, below it a picture, and in the picture what is said and done, in order."""
    assert f"(diagrams/drawn/{drawing}.svg)" in section(title)
    found = picture(BY_NAME[drawing])
    assert isinstance(found, Sequence)
    assert BY_NAME[drawing] in RUNS
    text = rendered(found, "text").decode()
    place = 0
    for words_of in told:
        assert words_of in text[place:], words_of
        place += text[place:].index(words_of) + len(words_of)


@pytest.mark.parametrize(
    ("title", "machine"),
    [("### The host", "host"), ("### The iframe", "frame"), ("### The Session API", "api"), ("### The backend", "backend")],
)
def test_the_page_says_which_message_is_legal_when(title: str, machine: str) -> None:
    """Of each party there is a table with a row for each phase, and a column for each message that it hears."""
    below = section("## Which message is legal when").partition(title)[2]
    table = below.partition("\n### ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    declared = PROTOCOL.machine(machine)
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]] == [p.__name__ for p in declared.phases]
    heard = [t.signature.heard for t in PROTOCOL.active if t.machine == machine]
    messages = {m.__name__ for h in heard if h is not None for m in h.messages}
    assert messages <= set(lines[0].strip("| ").split(" | "))
    assert {t.name for t in PROTOCOL.active if t.machine == machine} <= set(re.findall(r"\w+", table))


def test_the_page_says_what_each_guard_checks() -> None:
    """Every guard of the model has its row, with its meaning and where it stands."""
    below = section("## What each guard checks")
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in below.splitlines() if line.startswith("| ")}
    guards = {g.name: (t.name, g.meaning) for t in PROTOCOL.transitions for g in t.guards}
    assert set(rows) == {*guards, "guard", "---"}
    for name, (where, meaning) in guards.items():
        assert where in rows[name]
        assert html.unescape(rows[name]).replace("\\", "").count(meaning) == 1


def test_the_page_names_every_machine_capability_assumption_and_statement() -> None:
    """What is drawn of the machines is below their heading, and each table has a row for each."""
    for drawing in MACHINES:
        assert f"(diagrams/drawn/{drawing.name}.svg)" in section("## The machines")
    for title, names in (
        ("## What the environment may do", [c.name for c in PROTOCOL.capabilities]),
        ("## What the pages leave open", [a.name for a in PROTOCOL.assumptions]),
        ("## Every statement, and where it is built", [s.id for s in STATEMENTS]),
    ):
        rows = [line.split(" | ")[0].strip("|* ") for line in section(title).splitlines() if line.startswith("| ")]
        assert rows[2:] == names


# -- a change of the model -----------------------------------------------------------------------------------

DIAGRAMS: Final = tuple(d for d in MACHINES if d.name != "lifecycle")


@cache
def written(drawing: Drawing, form: str) -> bytes:
    """Give a drawing of the model as it is."""
    return rendered(picture(drawing), form)


def changed(protocol: Protocol, *drawings: Drawing, form: str = "dot") -> set[str]:
    """Name the drawings that are another for another protocol."""
    view = gallery(protocol)
    return {d.name for d in drawings if rendered(d.make(view), form) != written(d, form)}


GUARDS: Final = sorted({g.name for t in PROTOCOL.transitions for g in t.guards})


@pytest.mark.parametrize("guard", GUARDS)
def test_without_a_guard(guard: str) -> None:
    """The diagrams of the machines that it stands in change, those of the others do not, and the guard table lacks it."""
    protocol = PROTOCOL.without_guard(guard)
    concerned = {t.machine for t in PROTOCOL.active if guard in {g.name for g in t.guards}}
    for form in ("dot", "mermaid"):
        assert changed(protocol, *DIAGRAMS, form=form) == concerned & set(BY_NAME)
    legal = {d.name for d in TABLES if d.name.removesuffix("-messages") in concerned}
    assert changed(protocol, *TABLES, form="markdown") >= legal | {"guards"}
    assert changed(protocol, *(d for d in TABLES if d.name.endswith("-messages")), form="markdown") == legal
    table = rendered(BY_NAME["guards"].make(gallery(protocol)), "markdown").decode()
    assert f"\n| {guard} |" not in table
    assert len(table.splitlines()) == len(written(BY_NAME["guards"], "markdown").splitlines()) - 1


def test_without_a_transition() -> None:
    """Whichever is taken out: its machine's diagram changes, and no other."""
    for transition in PROTOCOL.active:
        protocol = PROTOCOL.without(transition.name)
        assert changed(protocol, *DIAGRAMS) == {transition.machine} & {d.name for d in DIAGRAMS}, transition.name


def test_what_is_not_assumed_is_not_drawn() -> None:
    """A transition that is given under another answer changes no diagram when it is taken out."""
    active = {t.name for t in PROTOCOL.active}
    asleep = [t.name for t in PROTOCOL.transitions if t.name not in active]
    assert asleep
    for name in asleep:
        assert changed(PROTOCOL.without(name), *MACHINES) == set()


def test_another_answer_to_an_open_question() -> None:
    """The diagram of the machines that it concerns follow."""
    assert changed(PROTOCOL.assuming(second_refresh="start-another"), *DIAGRAMS) == {"frame", "host"}
    assert changed(PROTOCOL.assuming(second_refresh="start-another"), BY_NAME["assumptions"], form="markdown")


def said(protocol: Protocol, tail: str, head: str) -> set[str]:
    """Give the messages that stand between two machines in the lifecycle."""
    dot = rendered(BY_NAME["lifecycle"].make(gallery(protocol)), "dot").decode()
    (label,) = re.findall(rf'\n\t"{tail} to {head}" \[label="([^"]*)"', dot)
    return {message for line in words(label) for message in line.rstrip(",").split(", ")}


def test_without_a_message() -> None:
    """Where nobody says it any more, it is gone from the lifecycle, and the table of who hears it says so."""
    assert "LeavePage" in said(PROTOCOL, "frame", "host")
    quiet = PROTOCOL.without("set_up_in_page")
    assert said(quiet, "frame", "host") == said(PROTOCOL, "frame", "host") - {"LeavePage"}
    assert said(quiet, "host", "frame") == said(PROTOCOL, "host", "frame")
    table = rendered(BY_NAME["host-messages"].make(gallery(quiet)), "markdown").decode()
    assert "can never arrive, as nobody says it: LeavePage." in table


@host.alternative("public.mint-bounds")
def give_up_minting(host: Minting, heard: Sent[MintRefused]) -> To[Failed]:
    """Tell the user, and leave the iframe as it is."""
    return To(Failed())


def from_nobody(_host: object, heard: Posted[Resize]) -> bool:
    """It comes from nobody."""
    return False


@host.alternative("quickstart.resize")
@when(from_nobody, "quickstart.resize")
def resize(host: Launching | Live | Refreshing, heard: Posted[Resize]) -> To[Launching | Live | Refreshing, Unmount]:
    """Do something else."""
    return To(host, Unmount())


@pytest.mark.parametrize(
    ("name", "protocol", "gone", "new"),
    [
        ("give_up_minting", PROTOCOL.replacing("give_up_minting", give_up_minting), "MintRefused \\l / Unmount", None),
        ("resize", PROTOCOL.replacing("resize", resize), "SetHeight", "[from_nobody]\\l   / Unmount"),
    ],
)
def test_another_message(name: str, protocol: Protocol, gone: str, new: str | None) -> None:
    """What a transition says instead stands in its machine's diagram and tables, and in no other machine's diagram."""
    assert changed(protocol, *DIAGRAMS) == {"host"}
    before, after = (rendered(BY_NAME["host"].make(gallery(p)), "dot").decode() for p in (PROTOCOL, protocol))
    assert gone in before
    assert gone not in after
    assert name in after
    assert new is None or (new in after and new not in before)


def test_a_sequence_follows_the_model() -> None:
    """Of a run that the model no longer has there is no picture, and the reason names the step; other runs stay as they are."""
    assert changed(PROTOCOL.without("show_error"), *(d for d in RUNS if d.name != "hard-reload")) == set()
    with pytest.raises(DrawError, match="goal hard-reload: step 4: nothing is called 'show_error'"):
        BY_NAME["hard-reload"].make(gallery(PROTOCOL.without("show_error")))
    with pytest.raises(DrawError, match="goal first-load: step 2: take_token cannot be reached after open_page"):
        BY_NAME["first-load"].make(gallery(PROTOCOL.without("announce_ready")))


# -- the same every time ---------------------------------------------------------------------------------------


def told() -> str:
    """Write machines, a run and tables, all that needs no search."""
    view = Gallery(PROTOCOL, PROPERTIES, STATEMENTS)
    view.__dict__["reached"] = frozenset({Live, Minting})
    view.__dict__["moves"] = frozenset()
    makers: list[tuple[Callable[[Gallery], Picture], str]] = [
        (drawing.make, form) for drawing in (*MACHINES, BY_NAME["first-load"]) for form in ("dot", "mermaid", "text")
    ]
    makers += [(drawing.make, form) for drawing in TABLES for form in ("markdown", "text")]
    return "\n".join(rendered(make(view), form).decode() for make, form in makers)


def test_the_hash_seed_changes_nothing() -> None:
    """Drawings are the same, byte by byte, whatever the order of sets in memory."""
    written = same_under_seeds("from tests.diagrams.test_drawings import told; print(told())")
    assert written.count("digraph") == len(MACHINES) + 1
    assert set(OURS) <= set(re.findall(r"\w+", written))
