"""Sequences: what is drawn of a run, and that each renderer draws all of it, readably and the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from enum import Enum
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve, field, frozen

from launchproof import Capability, Exchange, Instant, Lifetime, Machine, Name, New, Post, Posted, Protocol, Sent, To
from launchproof.draw.goals import Goal, shortest_run
from launchproof.draw.picture import Arrow, Lane, Remark, Sequence, Span, Tone, Way
from launchproof.draw.sequence_dot import dot
from launchproof.draw.sequence_layout import Box, layout
from launchproof.draw.sequence_mermaid import mermaid
from launchproof.draw.sequence_text import text
from launchproof.draw.sequences import LONGEST, Focus, message_text, sequence_of
from launchproof.errors import DrawError
from launchproof.search.trace import Trace, tell
from launchproof.semantics.steps import Semantics
from model import PROTOCOL as MODEL
from model.names import AccessToken, DocumentId
from tests.seeds import same_under_seeds
from tests.toy.toy_protocol import PROTOCOL as TOY

ROOT: Final = Path(__file__).parents[2]


# -- a reader that shows papers, and a desk that hands out keys --------------------------------------


class Paper(Name):
    """A document."""


class Key(Name):
    """What lasts."""


class Site(Enum):
    """Origins."""

    HOME = "https://home.example"
    AWAY = "https://away.example"


class Window(Enum):
    """Windows."""

    READER = "the reader"
    DESK = "the desk"


@frozen
class Blank:
    """Nothing is shown."""


@frozen
class Showing:
    """A paper is shown."""

    paper: Paper


@frozen
class Holding:
    """A paper is shown, and there is a key."""

    paper: Paper
    key: Key


@frozen
class Open:
    """The desk is open."""


@frozen
class Empty:
    """Nothing was counted."""


@frozen
class Counted:
    """Something was counted."""


@frozen
class Hello:
    """A posted message."""

    paper: Paper


@frozen
class Welcome:
    """Its answer."""

    paper: Paper
    target: Site | None = None


@frozen
class AskOne:
    """A request."""


@frozen
class AskTwo:
    """Another request."""


@frozen
class Give:
    """An answer."""

    key: Key


@frozen
class Lost:
    """No answer."""


@frozen
class Count:
    """Told at once."""


def site_of(phase: object) -> Site | None:
    """Give the origin of what is shown."""
    return None if isinstance(phase, Blank) else Site.HOME


USER: Final = Capability("user", "loads papers.")
NETWORK: Final = Capability("network", "loses messages.")
PAPER: Final = Lifetime("the paper", ("to_reader", "calls"), "What a paper asked for goes with it.")

reader: Final = Machine("reader", initial=Blank(), phases=(Blank, Showing, Holding), origin=site_of, window=Window.READER)
desk: Final = Machine("desk", initial=Open(), phases=(Open,), window=Window.DESK)
counter: Final = Machine("counter", initial=Empty(), phases=(Empty, Counted))


@reader.transition("toy", capability=USER, ends=PAPER)
def load(reader: Blank | Showing | Holding, paper: New[Paper]) -> To[Showing]:
    """Show a paper."""
    return To(Showing(paper))


@reader.transition("toy")
def greet(reader: Showing) -> To[Showing, Hello]:
    """Say hello."""
    return To(reader, Hello(reader.paper))


@reader.transition("toy")
def be_welcome(reader: Showing, heard: Posted[Welcome]) -> To[Showing]:
    """Hear a welcome."""
    return To(reader)


@reader.transition("toy")
def ask_one(reader: Showing | Holding) -> To[Showing | Holding, AskOne]:
    """Ask."""
    return To(reader, AskOne())


@reader.transition("toy")
def ask_two(reader: Showing | Holding) -> To[Showing | Holding, AskTwo]:
    """Ask for something else."""
    return To(reader, AskTwo())


@reader.transition("toy")
def take(reader: Showing | Holding, heard: Sent[Give]) -> To[Holding]:
    """Keep the key."""
    return To(Holding(reader.paper, heard.message.key))


@reader.transition("toy")
def note_loss(reader: Showing | Holding, heard: Sent[Lost]) -> To[Showing]:
    """Notice that something was lost."""
    return To(Showing(reader.paper))


@desk.transition("toy")
def welcome(desk: Open, heard: Posted[Hello]) -> To[Open, Welcome, Count]:
    """Answer, and have it counted."""
    return To(desk, Welcome(heard.message.paper, target=Site.HOME), Count())


@desk.transition("toy")
def misdirect(desk: Open, heard: Posted[Hello]) -> To[Open, Welcome]:
    """Answer to another origin."""
    return To(desk, Welcome(heard.message.paper, target=Site.AWAY))


@desk.transition("toy")
def serve_one(desk: Open, heard: Sent[AskOne], key: New[Key]) -> To[Open, Give]:
    """Give a key."""
    return To(desk, Give(key))


@desk.transition("toy")
def serve_two(desk: Open, heard: Sent[AskTwo], key: New[Key]) -> To[Open, Give]:
    """Give another key."""
    return To(desk, Give(key))


@counter.transition("toy")
def count(counter: Empty | Counted, heard: Sent[Count]) -> To[Counted]:
    """Count."""
    return To(Counted())


PAPERS: Final = Protocol(
    "papers",
    (reader, desk, counter),
    (
        Post("to_desk", "reader", "desk", (Hello,)),
        Post("to_reader", "desk", "reader", (Welcome,)),
        Exchange(
            "calls",
            "reader",
            {AskOne: "desk", AskTwo: "desk", Give: "reader", Lost: "reader"},
            lost=Lost(),
            unreliable="network",
            cites=("toy",),
        ),
        Instant("counting", ("desk",), {Count: "counter"}),
    ),
    (USER, NETWORK),
)
FOCUS: Final = Focus((Paper,), (Key,))


def run(*steps: str, protocol: Protocol = PAPERS) -> Trace:
    """Give the shortest run in which these things happen."""
    semantics = Semantics(protocol)
    return tell(semantics, shortest_run(semantics, Goal("a run", "for a test", steps)))


def drawn(*steps: str, breaks: str = "", reason: tuple[str, ...] = (), focus: Focus = FOCUS) -> Sequence:
    """Draw a run of the papers."""
    return sequence_of(run(*steps), PAPERS, "run", "A run", breaks, reason, focus=focus)


def arrow(sequence: Sequence, message: str) -> Arrow:
    """Find the only arrow of a message."""
    (found,) = (a for a in sequence.arrows if a.text.startswith(message))
    return found


def first_load() -> Sequence:
    """Draw the first load of the model."""
    trace = run("open_page", "take_token", "call_api", "finish_call", protocol=MODEL)
    return sequence_of(trace, MODEL, "first-load", "First load", focus=Focus((DocumentId,), (AccessToken,)))


def hard_reload() -> Sequence:
    """Draw a hard reload of the model's frame, broken and repeating, so that everything is in it."""
    trace = run("open_page", "take_token", "reload_frame", "show_error", "remount_after_load", "take_token", protocol=MODEL)
    return sequence_of(
        evolve(trace, loop_from=8),
        MODEL,
        "hard-reload",
        "Hard reload; #1",
        "a-property",
        ("host = Live; and so on, #2", "x" * 30 + " y" * 40),
        focus=Focus((DocumentId,), (AccessToken,)),
    )


# -- extracting --------------------------------------------------------------------------------------


def test_each_act_and_each_message_has_a_row_of_its_own() -> None:
    """Who does what is a remark with the step's number and the phase it comes to; what it says follows below."""
    sequence = drawn("load", "greet", "welcome")
    assert sequence.lanes == (Lane("reader", "reader"), Lane("desk", "desk"), Lane("counter", "counter"))
    assert sequence.remarks == (
        Remark("reader", 0, "1. user: load\nBlank → Showing", Tone.ENVIRONMENT),
        Remark("reader", 1, "2. greet"),
        Remark("desk", 3, "3. welcome"),
        Remark("counter", 6, "count\nEmpty → Counted"),
    )
    assert sequence.arrows == (
        Arrow("reader", "desk", "Hello(paper-1)", Way.POST, 2, 3),
        Arrow("desk", "reader", "Welcome(paper-1)", Way.POST, 4, None),
        Arrow("desk", "counter", "Count", Way.INSTANT, 5, 5),
    )
    assert sequence.rows == 7


def test_requests_may_overtake_each_other() -> None:
    """An exchange matches what is heard to what was said: the arrow of the second request crosses the first one's."""
    sequence = drawn("load", "ask_one", "ask_two", "serve_two", "serve_one")
    first, second = arrow(sequence, "AskOne"), arrow(sequence, "AskTwo")
    assert first.heard is not None
    assert second.heard is not None
    assert first.said < second.said < second.heard < first.heard


def test_posts_are_heard_in_the_order_in_which_they_were_said() -> None:
    """Equal messages on a post are matched first in, first out, so their arrows do not cross."""
    sequence = drawn("load", "greet", "greet", "welcome", "welcome")
    one, other = (a for a in sequence.arrows if a.text == "Hello(paper-1)")
    assert one.heard is not None
    assert other.heard is not None
    assert one.said < other.said
    assert one.heard < other.heard


def test_what_the_network_loses_ends_and_its_sender_hears_of_it() -> None:
    """A lost request has no end but a reason; the network's act is the environment's, and so is told what follows."""
    sequence = drawn("load", "ask_one", "lose_request_on_calls", "note_loss")
    assert (arrow(sequence, "AskOne").heard, arrow(sequence, "AskOne").lost) == (None, "lost in step 3")
    assert [(r.text, r.tone) for r in sequence.remarks[-2:]] == [
        ("3. network: loses AskOne", Tone.ENVIRONMENT),
        ("4. note loss\nhears Lost", Tone.PLAIN),
    ]


def test_what_dies_with_a_lifetime_says_with_which() -> None:
    """A request is gone with the paper that made it."""
    assert arrow(drawn("load", "ask_one", "load"), "AskOne").lost == "gone with the paper"


def test_a_message_for_another_origin_is_dropped_without_a_word() -> None:
    """The reason says that the target origin differs, not that nobody listens."""
    sequence = drawn("load", "greet", "misdirect", "reader drops it")
    assert (arrow(sequence, "Welcome").heard, arrow(sequence, "Welcome").lost) == (None, "for another origin")


def test_a_message_that_nobody_listens_to_is_lost() -> None:
    """A welcome that comes after the key is not heard, and the drop is a step of its own."""
    sequence = drawn("load", "greet", "ask_one", "serve_one", "take", "welcome", "reader drops it")
    assert arrow(sequence, "Welcome").lost == "nobody listens"
    assert sequence.remarks[-1].text == "7. drops Welcome"


def test_what_is_on_its_way_at_the_end_is_not_lost() -> None:
    """An arrow without an end and without a reason is still on its way."""
    assert (arrow(drawn("load", "greet"), "Hello").heard, arrow(drawn("load", "greet"), "Hello").lost) == (None, "")


def test_a_reload_begins_a_new_document() -> None:
    """A document lasts from where it is shown to where another one takes its place."""
    assert drawn("load", "greet", "load").spans == (
        Span("reader", 0, 3, "paper-1"),
        Span("reader", 3, None, "paper-2"),
    )


def test_documents_without_a_name_last_as_long_as_their_origin() -> None:
    """Where no sort of names tells documents apart, what lasts is the origin that is shown."""
    assert drawn("load", "greet", "load", focus=Focus()).spans == (Span("reader", 0, None, "https://home.example"),)


def test_a_token_lasts_while_a_phase_holds_it() -> None:
    """A key begins where it is taken, and ends where another one takes its place."""
    sequence = drawn("load", "ask_one", "serve_one", "take", "ask_two", "serve_two", "take")
    rows = [r.row for r in sequence.remarks if "take" in r.text]
    assert [s for s in sequence.spans if s.token] == [
        Span("reader", rows[0], rows[1], "key-1", token=True),
        Span("reader", rows[1], None, "key-2", token=True),
    ]


def test_the_broken_step_is_the_last_and_says_why() -> None:
    """What a run breaks stands in a row of its own below its last step, on the lane that acted."""
    sequence = drawn("load", "greet", breaks="no-greeting", reason=("reader = Showing",))
    assert sequence.remarks[-1] == Remark("reader", 3, "breaks no-greeting\nreader = Showing", Tone.BROKEN)
    assert [r.tone for r in sequence.remarks].count(Tone.BROKEN) == 1


def test_a_loop_begins_in_the_row_of_its_step() -> None:
    """The step from which a run repeats is passed on as the row in which it begins."""
    trace = evolve(run("load", "greet", "greet"), loop_from=2)
    assert sequence_of(trace, PAPERS, "run", "A run").loop_from == 3


def test_machines_that_take_no_part_are_left_out_and_named() -> None:
    """Who only listens, without another phase, has no lane; nor has who is hidden; a note says who is not drawn."""
    sequence = first_load()
    assert [lane.id for lane in sequence.lanes] == ["host", "frame", "backend", "api"]
    assert sequence.notes == ("not drawn: element, setup, urls",)
    hidden = drawn("load", "greet", "welcome", focus=Focus(hide=("counter", "reader")))
    assert [lane.id for lane in hidden.lanes] == ["desk"]
    assert [r.text for r in hidden.remarks] == ["3. welcome\nhears Hello(paper-1)"]
    assert hidden.arrows == ()


def test_an_empty_run_can_be_drawn() -> None:
    """A run without steps has no lanes, and no renderer minds."""
    sequence = sequence_of(Trace((), {}), PAPERS, "none", "Nothing", "a-property")
    assert (sequence.lanes, sequence.rows) == ((), 0)
    for render in (dot, mermaid, text):
        assert "Nothing" in render(sequence)


@frozen
class Long:
    """A message with too much in it."""

    first: str
    key: Key
    inner: Hello = field(factory=lambda: Hello(Paper(0)))
    flag: bool = True


def test_a_message_reads_by_its_names_and_tokens_stay_longest() -> None:
    """What does not fit is an ellipsis; no name is cut in two."""
    assert message_text(Long("short", Key(0))) == "Long(key-1, paper-1, short, flag)"
    crowded = Long("x" * LONGEST, Key(0))
    assert message_text(crowded) == "Long(key-1, paper-1, …)"
    assert message_text(Hello(Paper(0))) == "Hello(paper-1)"
    assert message_text(AskOne()) == "AskOne"


# -- goals -------------------------------------------------------------------------------------------


def test_a_goal_that_is_misspelled_is_told_what_is_near() -> None:
    """A name that nothing has is an error with the names that are spelled alike."""
    with pytest.raises(DrawError, match=r"goal a run: step 2: nothing is called 'gret'.*did you mean greet"):
        run("load", "gret")


def test_a_goal_that_cannot_be_reached_says_after_what() -> None:
    """A transition that the environment must prepare is an error that names the step before it."""
    with pytest.raises(DrawError, match=r"step 2: give_up cannot be reached after ask, by what machines do"):
        run("ask", "give_up", protocol=TOY)
    with pytest.raises(DrawError, match=r"step 1: retry cannot be reached from the initial state"):
        run("retry", protocol=TOY)


def test_a_goal_may_name_what_the_network_does() -> None:
    """Losses are named as traces name them; the rest of the run follows of itself."""
    trace = run("lose_answer_on_calls", "take", protocol=TOY)
    assert [step.acts[0].name for step in trace.steps] == ["ask", "give", "lose_answer_on_calls", "retry", "give", "take"]


# -- renderers ---------------------------------------------------------------------------------------

SEQUENCES: Final[dict[str, Callable[[], Sequence]]] = {
    "first load": first_load,
    "hard reload": hard_reload,
    "overtaking": lambda: drawn("load", "ask_one", "ask_two", "serve_two", "serve_one"),
    "lost": lambda: drawn("load", "ask_one", "lose_request_on_calls", "note_loss", breaks="it", reason=("why",)),
    "dropped": lambda: drawn("load", "greet", "misdirect", "reader drops it"),
    "tokens": lambda: drawn("load", "ask_one", "serve_one", "take", "ask_two", "serve_two", "take"),
    "on its way": lambda: drawn("load", "greet"),
    "to itself": lambda: Sequence(
        "self",
        "To itself",
        (Lane("a", "a"), Lane("b", "b")),
        3,
        (Arrow("a", "a", "Told", Way.POST, 0, 2), Arrow("b", "b", "Told(b)", Way.INSTANT, 1, 1)),
        (Remark("a", 0, "one"), Remark("b", 0, "two"), Remark("a", 2, "three")),
        loop_from=0,
    ),
}


@pytest.fixture(params=SEQUENCES)
def sequence(request: pytest.FixtureRequest) -> Sequence:
    """Give each of the sequences."""
    return SEQUENCES[request.param]()


def words(sequence: Sequence) -> set[str]:
    """List the words of every text of a sequence, without brackets and the like."""
    texts = [sequence.title, *sequence.notes]
    texts += [lane.label for lane in sequence.lanes]
    texts += [part for a in sequence.arrows for part in (a.text, a.lost)]
    texts += [r.text for r in sequence.remarks]
    texts += [s.label for s in sequence.spans]
    return {word for text_ in texts for word in text_.split()}


def test_every_text_is_in_every_drawing(sequence: Sequence) -> None:
    """No renderer leaves a word out: of the title, lanes, messages, reasons, remarks, spans and notes."""
    for drawing in (dot(sequence), text(sequence, 1000)):
        assert [w for w in words(sequence) if w not in drawing] == []
    drawing = mermaid(sequence)
    for code, character in (("#59;", ";"), ("#35;", "#"), ("<br/>", " ")):
        drawing = drawing.replace(code, character)
    assert [w for w in words(sequence) if w not in drawing] == []


def overlapping(boxes: tuple[Box, ...]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """List the pairs of texts that cover each other."""
    return [
        (a.lines, b.lines)
        for a, b in combinations(boxes, 2)
        if abs(a.x - b.x) < (a.width + b.width) / 2 and abs(a.y - b.y) < (a.height + b.height) / 2
    ]


def test_no_text_covers_another(sequence: Sequence) -> None:
    """Every text has its own place."""
    assert overlapping(layout(sequence).boxes) == []


def test_a_message_does_not_reach_across_the_next_lane(sequence: Sequence) -> None:
    """The text of an arrow stands between two neighbouring lanes, on neither of their lines."""
    placed = layout(sequence)
    lanes = [s.points[0][0] for s in placed.strokes if s.tone is Tone.FAINT and s.points[0][0] == s.points[-1][0]]
    texts = {a.text for a in sequence.arrows if a.tail != a.head}
    for box in (b for b in placed.boxes if not b.framed and b.lines[0] in texts):
        assert not any(box.x - box.width / 2 < x < box.x + box.width / 2 for x in lanes), box


def test_graphviz_keeps_every_place_and_warns_of_nothing(sequence: Sequence) -> None:
    """The engine leaves each text where it was put, and finds none too large for its box."""
    pygraphviz = pytest.importorskip("pygraphviz")
    done = subprocess.run(
        [sys.executable, "-c", LAY_OUT],
        input=dot(sequence),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert [line for line in done.stderr.splitlines() if line.startswith(("Warning", "Error"))] == []
    found = pygraphviz.AGraph(string=done.stdout)
    placed = layout(sequence).boxes
    offset = None
    for number, box in enumerate(placed):
        x, y = map(float, found.get_node(f"text{number}").attr["pos"].rstrip("!").split(","))
        offset = offset or (x - box.x, y - box.y)
        assert (x - box.x, y - box.y) == pytest.approx(offset, abs=0.2)


LAY_OUT: Final = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.read())
graph.layout(prog="neato", args="-n2")
graph.draw("/dev/null", format="png")
print(graph.to_string())
"""


def test_the_first_load_fits_on_a_page() -> None:
    """The first load is less than 1400 pixels wide."""
    boxes = layout(first_load()).boxes
    assert (max(b.x + b.width / 2 for b in boxes) - min(b.x - b.width / 2 for b in boxes)) * 96 / 72 < 1400


def test_colours_have_two_meanings() -> None:
    """Blue is the environment's, red is what is wrong; nothing else has a colour."""
    drawing = dot(hard_reload())
    assert "#0550ae" in drawing
    assert "#b3261e" in drawing
    assert "#0550ae" not in dot(SEQUENCES["to itself"]())
    assert "#b3261e" not in dot(first_load())


def test_ways_differ_in_shape() -> None:
    """Each way of travelling has its own line in the drawing, and its own words in the legend."""
    drawing = dot(first_load())
    assert all(f"style={style}" in drawing for style in ("solid", "dashed", "dotted"))
    assert all(said in drawing for said in ("window message", "request or answer", "at once"))


def test_mermaid_blocks_are_closed_and_its_own_characters_are_not_used(sequence: Sequence) -> None:
    """Each rectangle and loop has its end, and what Mermaid would read as its own is written as an entity."""
    lines = [line.strip() for line in mermaid(sequence).splitlines()]
    opened = sum(line.startswith(("rect ", "loop ")) for line in lines)
    assert lines.count("end") == opened
    body = "\n".join(lines[lines.index("sequenceDiagram") :])
    for entity in ("#59;", "#35;", "#lt;", "#gt;", "#37;", "#quot;"):
        body = body.replace(entity, "")
    assert not set(";#") & set(body)


def test_mermaid_arrows_tell_how_a_message_travels() -> None:
    """Posts are open arrows, requests dashed, instant ones full, and a lost one ends in a cross."""
    assert "p0-)p1: Auth(" in mermaid(first_load())
    assert "p0-->>p2: AskMint" in mermaid(first_load())
    assert "p0->>p1: Mount(" in mermaid(first_load())
    assert "p0--xp1: AskOne (lost in step 3)" in mermaid(SEQUENCES["lost"]())
    assert "p1-xp0: Welcome(paper-1) (for another origin)" in mermaid(SEQUENCES["dropped"]())


def test_a_terminal_shows_lanes_where_they_fit() -> None:
    """In a hundred columns the first load has its lanes; in forty, and so in a narrow terminal, a line per message."""
    wide = text(first_load())
    assert max(map(len, wide.splitlines())) <= 100
    assert "│─Auth(access-token-1, …)──▸│" in wide
    narrow = text(first_load(), 40)
    assert "host ─▸ frame    Auth(access-token-1, session-id-1, …)" in narrow


def test_a_terminal_marks_what_arrives_later() -> None:
    """A message that others may overtake has a letter where it is said, and again where it is heard."""
    for columns in (100, 10):
        drawing = text(SEQUENCES["overtaking"](), columns)
        said, heard = drawing.index("AskOne"), drawing.index("(a) arrives")
        assert said < drawing.index("AskTwo") < drawing.index("serve two") < heard < drawing.index("serve one")


HASHED: Final = """
from tests.launchproof.test_draw_sequences import SEQUENCES, dot, mermaid, text
import hashlib
print(hashlib.sha256("".join(f(s()) for s in SEQUENCES.values() for f in (dot, mermaid, text)).encode()).hexdigest())
"""


@pytest.mark.thorough
def test_drawings_are_the_same_whatever_the_hash_seed() -> None:
    """The same run is drawn the same, letter by letter, in every process."""
    same_under_seeds(HASHED)
