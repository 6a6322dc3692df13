"""Tables say what the declarations say, in every format."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from launchproof import Lifetime, Protocol, Sent, Statement, To, leads_to, settles
from launchproof.draw.picture import Cell, Table, Tone
from launchproof.draw.table_dot import WIDEST, dot
from launchproof.draw.table_markdown import markdown
from launchproof.draw.table_text import HANGING, SPLITS, layout, least_width, text, wrapped
from launchproof.draw.tables import (
    assumptions_table,
    capabilities_table,
    gives_back,
    guards_table,
    phase_by_message,
    progress_table,
    property_by_capability,
    statements_by_citation,
    transitions_table,
)
from launchproof.search.verdicts import Verdict
from launchproof.verify.matrix import EVERYTHING, Matrix, verify_matrix
from model import PROTOCOL
from model.statements import STATEMENTS
from properties import PROPERTIES
from tests.seeds import same_under_seeds
from tests.toy import toy_claims
from tests.toy import toy_protocol as toy
from tests.toy.toy_broken import never_holds

ROOT = Path(__file__).parents[2]
TOY = toy.PROTOCOL
DASH = ("—",)


def plain(table: Table) -> list[list[tuple[str, ...]]]:
    """Give the lines of a table's cells."""
    return [[cell.lines for cell in row] for row in table.rows]


def tones(cell: Cell) -> list[Tone]:
    """Give the tone of each line."""
    return [tone for _, tone in cell.toned]


def every_table() -> list[Table]:
    """Make every table of the embed protocol but the one that needs a search."""
    return [
        *(phase_by_message(PROTOCOL, m) for m in PROTOCOL.machines),
        *(transitions_table(PROTOCOL, m) for m in PROTOCOL.machines),
        guards_table(PROTOCOL),
        statements_by_citation(STATEMENTS, PROTOCOL, PROPERTIES),
        capabilities_table(PROTOCOL),
        assumptions_table(PROTOCOL),
    ]


TABLES = every_table()
NAMED = pytest.mark.parametrize("table", TABLES, ids=[t.name for t in TABLES])


# --- which message is legal when -------------------------------------------------------------------


def test_what_a_machine_does_about_each_message() -> None:
    """A cell holds the transitions with their guards; where nothing handles the message there is a faint dash."""
    table = phase_by_message(TOY, toy.client)
    assert table.columns == ("phase", "Give", "Lost", "of itself")
    assert plain(table) == [
        [("Idle",), DASH, DASH, ("ask",)],
        [("Waiting",), ("take",), ("retry [first_time]", "give_up, where retry cannot"), DASH],
        [("Holding",), DASH, DASH, ("throw_away (greed)",)],
    ]
    assert [tones(table.rows[i][3]) for i in range(3)] == [[Tone.PLAIN], [Tone.FAINT], [Tone.ENVIRONMENT]]
    assert "Can never arrive here: Ask." in table.notes
    assert "Assumed: retrying = yes." in table.notes


def test_a_server_hears_what_is_sent_to_it() -> None:
    """The columns are the messages of this machine alone."""
    table = phase_by_message(TOY, toy.server)
    assert table.columns == ("phase", "Ask", "of itself")
    assert plain(table) == [[("Serving",), ("give",), DASH]]
    assert "Can never arrive here: Give, Lost." in table.notes


def test_messages_that_arrive_in_vain() -> None:
    """What every phase drops is no column, and a note says so."""
    table = phase_by_message(TOY.assuming(retrying="no"), toy.client)
    assert table.columns == ("phase", "Give", "of itself")
    assert "Can arrive, and is dropped in every phase: Lost." in table.notes


def test_messages_that_nobody_says() -> None:
    """What is heard, but never said, is a column, and a note says so."""
    table = phase_by_message(TOY.without_capabilities("network", "greed"), toy.client)
    assert table.columns == ("phase", "Give", "Lost", "of itself")
    assert "Would be heard, and can never arrive, as nobody says it: Lost." in table.notes
    assert "Switched off: greed." in table.notes
    assert plain(table)[2][3] == DASH


def test_answers_arrive_at_who_asked() -> None:
    """A server's answer can arrive at the machines that may have asked, and at no other."""
    never = {m.name: next(n for n in phase_by_message(PROTOCOL, m).notes if "never arrive here" in n) for m in PROTOCOL.machines}
    assert "LaunchRefused" not in never["frame"]
    assert "LaunchRefused" in never["host"]
    assert "Unauthorized" not in never["frame"]
    assert "Unauthorized" in never["backend"]


def test_what_the_embed_hears_can_arrive() -> None:
    """No machine of the default protocol listens for what nobody says to it."""
    for machine in PROTOCOL.machines:
        assert not any("nobody says it" in note for note in phase_by_message(PROTOCOL, machine).notes), machine.name


def test_a_transition_that_hears_two_messages_stands_in_both_columns() -> None:
    """Whichever of them comes, it is handled."""
    table = phase_by_message(PROTOCOL, PROTOCOL.machine("frame"))
    row = next(row for row in table.rows if row[0].lines == ("Requesting",))
    found = [head for head, cell in zip(table.columns, row, strict=True) if cell.lines == ("show_error",)]
    assert found == ["LaunchRefused", "NetworkError"]


@toy.client.alternative("toy.answer")
def shrug(client: toy.Holding, heard: Sent[toy.Give]) -> To[toy.Holding]:
    """Ignore a second token."""
    return To(client)


@toy.client.alternative("toy.answer")
def swap(client: toy.Holding, heard: Sent[toy.Give]) -> To[toy.Holding]:
    """Take the second token instead."""
    return To(toy.Holding(heard.message.token))


@toy.client.alternative("toy.answer")
def swap_slowly(client: toy.Holding, heard: Sent[toy.Give]) -> To[toy.Holding]:
    """Take the second token instead, in two lines."""
    client = toy.Holding(heard.message.token)
    return To(client)


@toy.client.alternative("toy.answer", ends=Lifetime("the calls", ("calls",), "what was asked"))
def hang_up(client: toy.Holding, heard: Sent[toy.Give]) -> To[toy.Holding]:
    """Hear nothing more."""
    return To(client)


def test_what_is_ignored_on_purpose_is_faint_and_named() -> None:
    """A transition that gives back the phase as it was and says nothing is ignored on purpose; one that changes a field not."""
    ignoring = phase_by_message(TOY.adding(shrug), toy.client)
    assert ignoring.rows[2][1] == Cell(("shrug (ignored)",), Tone.FAINT)
    assert any(note.startswith("(ignored)") for note in ignoring.notes)
    for done in (swap, swap_slowly, hang_up):
        assert phase_by_message(TOY.adding(done), toy.client).rows[2][1] == Cell((done.name,))
    assert not any("(ignored)" in note for note in phase_by_message(TOY, toy.client).notes)


def test_only_a_function_whose_source_says_so_gives_back_what_it_was_given() -> None:
    """Statements before the return, another return, and a missing source count as a change."""
    assert gives_back(shrug.function)
    assert not gives_back(swap.function)
    assert not gives_back(swap_slowly.function)
    namespace: dict[str, Any] = {}
    exec("def built(phase):\n    return To(phase)", namespace)  # noqa: S102 - a function without a source
    assert not gives_back(namespace["built"])
    assert not gives_back(len)


def test_a_dropped_guard_and_a_new_transition_change_the_table() -> None:
    """The table is of the protocol that it was given."""
    assert plain(phase_by_message(TOY.without_guard("first_time"), toy.client))[1][2][0] == "retry"
    assert plain(phase_by_message(TOY.adding(swap), toy.client))[2][1] == ("swap",)
    assert plain(phase_by_message(TOY.without("take"), toy.client))[1][1:] == [
        ("retry [first_time]", "give_up, where retry cannot"),
        DASH,
    ]


def test_every_transition_of_the_embed_stands_in_its_machines_table() -> None:
    """Each active transition stands in every row of a phase that it leaves, and in no other row."""
    for machine in PROTOCOL.machines:
        table = phase_by_message(PROTOCOL, machine)
        for t in (t for t in PROTOCOL.active if t.machine == machine.name):
            rows = {
                row[0].lines[0] for row in table.rows for cell in row[1:] for line in cell.lines if re.match(rf"{t.name}\b", line)
            }
            assert rows == {p.__name__ for p in t.signature.leaves}, t.name


# --- transitions and guards ------------------------------------------------------------------------


def test_the_table_of_transitions() -> None:
    """From where, on hearing what under which conditions, to where, saying what, and what that means."""
    table = transitions_table(TOY.assuming(retrying="no"), toy.client)
    assert plain(table) == [
        [("ask",), ("Idle",), ("of itself",), ("Waiting",), ("Ask",), ("Ask for a token.",)],
        [("take",), ("Waiting",), ("Give",), ("Holding",), DASH, ("Keep the token.",)],
        [
            ("retry",),
            ("Waiting",),
            ("Lost", "[first_time]", "only assuming retrying = yes"),
            ("Waiting",),
            ("Ask",),
            ("Ask again.",),
        ],
        [
            ("give_up",),
            ("Waiting",),
            ("Lost", "where retry cannot", "only assuming retrying = yes"),
            ("Idle",),
            DASH,
            ("Stop asking.",),
        ],
        [("throw_away",), ("Holding",), ("(greed)",), ("Idle",), DASH, ("Want another token.",)],
    ]
    assert [row[0].tone for row in table.rows] == [Tone.PLAIN, Tone.PLAIN, Tone.FAINT, Tone.FAINT, Tone.PLAIN]
    assert table.notes == ("As the protocol is set, these cannot fire: retry, give_up.", "Assumed: retrying = no.")


def test_every_transition_of_the_embed_is_told() -> None:
    """The machines' tables hold every transition once, also those that cannot fire."""
    told = [row[0].lines[0] for m in PROTOCOL.machines for row in transitions_table(PROTOCOL, m).rows]
    assert told == [t.name for t in PROTOCOL.transitions]


def test_the_table_of_guards() -> None:
    """What a guard checks, where it stands, and who asks for it."""
    assert plain(guards_table(TOY)) == [[("first_time",), ("The client asked only once.",), ("retry",), ("ours.retry",)]]
    assert guards_table(TOY).rows[0][2].tone is Tone.PLAIN
    assert guards_table(TOY.assuming(retrying="no")).rows[0][2].tone is Tone.FAINT
    assert guards_table(TOY.without_guard("first_time")).rows == ()


def test_a_guard_under_an_assumption_says_so() -> None:
    """A guard that counts only under an answer to an open question is told with it."""
    rows = {row[0].lines[0]: row for row in guards_table(PROTOCOL).rows}
    assert rows["for_this_document"][2].lines == ("take_token (only assuming answer-binding = document)",)
    assert list(rows) == list(dict.fromkeys(g.name for t in PROTOCOL.transitions for g in t.guards))


# --- statements, capabilities, assumptions, verdicts --------------------------------------------------


def test_the_table_of_statements() -> None:
    """Each statement with its citations, kind by kind."""
    assert plain(statements_by_citation(toy_claims.STATEMENTS, TOY, toy_claims.CLAIMS)) == [
        [("toy.ask",), ("The client asks.",), ("ask", "take", "throw_away"), DASH, ("asked-once",)],
        [("toy.answer",), ("The server answers.",), ("give",), DASH, ("client-gets-a-token", "tokens-are-tokens")],
        [("toy.lossy",), ("The network loses messages.",), ("channel calls",), DASH, ("loss-is-noticed",)],
        [("ours.retry",), ("The client asks again.",), ("retry", "give_up"), ("first_time",), DASH],
    ]


def test_statements_that_nothing_cites_and_citations_of_no_statement_stand_out() -> None:
    """Both are told in a note, and what nothing cites in colour, too."""
    table = statements_by_citation((Statement("toy.extra", "More.", "page"), *toy_claims.STATEMENTS[1:]), TOY, toy_claims.CLAIMS)
    assert [row[0].tone for row in table.rows] == [Tone.BROKEN, Tone.PLAIN, Tone.PLAIN, Tone.PLAIN]
    assert table.notes == ("Cited by nothing: toy.extra.", "Cited, but no statement: toy.ask.")


def test_every_statement_of_the_embed_appears() -> None:
    """One row for each statement, and all of them are cited."""
    table = statements_by_citation(STATEMENTS, PROTOCOL, PROPERTIES)
    assert [row[0].lines[0] for row in table.rows] == [s.id for s in STATEMENTS]
    assert table.notes == ()


def test_the_table_of_capabilities() -> None:
    """What each may do, by which transitions and losses, and whether it is on."""
    assert plain(capabilities_table(TOY.without_capabilities("greed"))) == [
        [("network",), ("loses requests and answers.",), ("loses what is on calls",), ("on",)],
        [("greed",), ("lets the client throw its token away.",), ("throw_away (client)",), ("off",)],
    ]


def test_the_table_of_assumptions() -> None:
    """Which answer is assumed, which is the default, and what depends on it."""
    assert plain(assumptions_table(TOY.assuming(retrying="no"))) == [
        [
            ("retrying",),
            ("Does the client ask again?",),
            ("yes (default)", "no (assumed)"),
            ("retry (yes)", "give_up (yes)"),
            ("Without it the client may wait for ever.",),
        ]
    ]
    assert plain(assumptions_table(TOY))[0][2] == ("yes (assumed, default)", "no")


def test_properties_by_capability() -> None:
    """A verdict per property and column, refutations in their colour, and the states that were searched."""
    table = property_by_capability(verify_matrix(TOY, (toy_claims.loss_is_noticed, toy_claims.asked_once, never_holds)))
    assert table.columns == ("property", EVERYTHING, "without network", "without greed")
    assert plain(table) == [
        [("loss-is-noticed",), ("proved",), ("vacuous",), ("proved",)],
        [("asked-once",), ("proved",), ("proved",), ("proved",)],
        [("never-holds",), ("refuted",), ("refuted",), ("refuted",)],
        [("no-deadlock",), ("proved",), ("proved",), ("proved",)],
        [("bounded-queues",), ("proved",), ("proved",), ("proved",)],
        [("states",), ("8",), ("4",), ("8",)],
    ]
    assert tones(table.rows[2][1]) == [Tone.BROKEN]
    assert tones(table.rows[0][2]) == [Tone.FAINT]
    assert table.notes == ("asked-once is claimed without network, in every column: only the network makes the client ask again",)


def test_a_search_that_was_stopped_is_told() -> None:
    """What is undecided is so because of a limit."""
    matrix = verify_matrix(TOY, (never_holds,))
    stopped = Matrix(
        matrix.protocol, matrix.columns, matrix.properties, dict.fromkeys(matrix.cells, Verdict.UNDECIDED), {}, 0.0, "more than 3"
    )
    table = property_by_capability(stopped)
    assert {cell.lines for row in table.rows[:-1] for cell in row[1:]} == {("undecided",)}
    assert plain(table)[-1][1:] == [DASH, DASH, DASH]
    assert table.notes == ("Undecided where the search was stopped: more than 3.",)


# --- Markdown --------------------------------------------------------------------------------------


def markdown_cells(line: str) -> list[str]:
    """Part a row of a Markdown table as GitHub does: at each bar without a backslash before it."""
    return [c.strip() for c in re.findall(r"((?:\\.|[^\\|])*)\|", line.removeprefix("|"))]


@NAMED
def test_markdown_is_well_formed(table: Table) -> None:
    """Every row has as many cells as there are columns, and a line of its own."""
    rows = [line for line in markdown(table).splitlines() if line.startswith("|")]
    assert len(rows) == len(table.rows) + 2
    assert {len(markdown_cells(row)) for row in rows} == {len(table.columns)}


@given(st.lists(st.text(alphabet="ab_*|\\`<>&~[](). -#1", max_size=12), min_size=2, max_size=4))
def test_markdown_says_what_the_cells_say(lines: list[str]) -> None:
    """Taking the backslashes away gives the text back, whatever marks are in it."""
    lines = [" ".join(line.split()) for line in lines]
    rows = markdown(Table("t", "title", ("head", "more"), ((Cell(("x",)), Cell(tuple(lines))),))).splitlines()
    _, cell = markdown_cells(rows[-1])
    told = [html.unescape(re.sub(r"\\(.)", r"\1", part)) for part in cell.split("<br>")]
    assert told == lines
    bare = re.sub(r"\\.", "", cell.replace("<br>", ""))
    assert not re.search(r"[*`~|<]", bare)


def test_markdown_tones() -> None:
    """What is faint slants, what is broken is bold; names with underscores stay as they are."""
    cell = Cell(("a_name", "_x", "bad", "—"), tones=(Tone.FAINT, Tone.ENVIRONMENT, Tone.BROKEN, Tone.FAINT))
    assert markdown(Table("t", "T", ("h",), ((cell,),), ("a note",))) == (
        "**T**\n\n| h |\n| --- |\n| *a_name*<br>\\_x<br>**bad**<br>— |\n\n- a note\n"
    )


# --- text ------------------------------------------------------------------------------------------


def test_text_is_aligned() -> None:
    """Columns stand below their heads; rows of several lines are kept apart."""
    assert text(phase_by_message(TOY, toy.client), 60).splitlines()[2:11] == [
        "phase    Give  Lost                       of itself",
        "───────  ────  ─────────────────────────  ──────────────────",
        "Idle     —     —                          ask",
        "",
        "Waiting  take  retry [first_time]         —",
        "               give_up, where retry",
        "                 cannot",
        "",
        "Holding  —     —                          throw_away (greed)",
    ]


@NAMED
@pytest.mark.parametrize("width", [60, 100, 180])
def test_text_keeps_to_its_width(table: Table, width: int) -> None:
    """No line is longer, and none ends in a blank."""
    for line in text(table, width).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


def test_a_table_that_is_too_wide_becomes_blocks() -> None:
    """Each row is a block; what is empty in it is told in one line."""
    lines = text(phase_by_message(PROTOCOL, PROTOCOL.machine("host")), 70).splitlines()
    start = lines.index("Launching")
    assert lines[start : start + 3] == [
        "Launching",
        "  Ready          answer_ready [from_embed_origin, from_our_frame]",
        "  Resize         resize [from_embed_origin, from_our_frame,",
    ]
    assert any(line.startswith("  —              MintAnswer, MintRefused") for line in lines[start:])


NAMES = st.text(alphabet="abAB_-. []", min_size=1, max_size=60).map(lambda t: " ".join(t.split()) or "x")


@given(NAMES, st.integers(1, 40), st.sampled_from(SPLITS), st.sampled_from([0, HANGING]))
def test_wrapping_loses_nothing(told: str, extra: int, split: str, hang: int) -> None:
    """The lines hold the text, none is wider than asked for, and all but the first are indented."""
    width = max(least_width([told], split), extra)
    lines = wrapped(told, width, split, hang)
    assert "".join(lines).replace(" ", "") == told.replace(" ", "")
    assert all(len(line) <= width for line in lines)
    assert all(line.startswith(" " * hang) for line in lines[1:])
    assert lines == [told] or len(told) > width


# --- DOT -------------------------------------------------------------------------------------------


def label(table: Table) -> ET.Element:
    """Read the HTML-like label of a table's node."""
    found = re.search(r"label=<(<TABLE.*</TABLE>)>", dot(table), re.DOTALL)
    assert found is not None
    return ET.fromstring(found[1])  # noqa: S314 - our own


def words(element: ET.Element) -> str:
    """Give all text of an element without its blanks."""
    return "".join("".join(element.itertext()).replace("\u00a0", "").split())


@NAMED
def test_the_drawing_holds_every_cell(table: Table) -> None:
    """The title, the head, each row, and the notes, all within the width."""
    rows = label(table).findall("TR")
    assert words(rows[0]) == "".join(table.title.split())
    cells = [[words(cell) for cell in row.findall("TD")] for row in rows[1 : len(table.rows) + 2]]
    assert cells[0] == ["".join(c.split()) for c in table.columns]
    assert cells[1:] == [["".join("".join(c.lines).split()) for c in row] for row in table.rows]
    assert len(rows) == len(table.rows) + 2 + bool(table.notes)
    assert layout(table, WIDEST, 2) is not None


def test_the_drawing_escapes_and_colours() -> None:
    """Marks of HTML are text; tones are colours, and broken ones are bold, too."""
    cell = Cell(("a < b & c", "theirs", "wrong"), tones=(Tone.PLAIN, Tone.ENVIRONMENT, Tone.BROKEN))
    made = label(Table("t", "<T>", ("h",), ((cell,),)))
    assert words(made) == "<T>ha<b&ctheirswrong"
    colours = {words(font): font.attrib["COLOR"] for font in made.iter("FONT") if "COLOR" in font.attrib}
    assert colours == {"theirs": "#0550ae", "wrong": "#b3261e"}
    assert "wrong" in [words(b) for b in made.iter("B")]


def test_more_columns_than_there_is_room_for_are_drawn_all_the_same() -> None:
    """Nothing is left out; the drawing gets wider."""
    heads = tuple(f"Column{i}" for i in range(60))
    made = label(Table("t", "T", heads, (tuple(Cell((h,)) for h in heads),)))
    assert words(made.findall("TR")[2]) == "".join(heads)


@pytest.mark.filterwarnings("ignore")
def test_graphviz_draws_it() -> None:
    """The drawing of the widest table is about 1400 pixels wide at most."""
    pygraphviz = pytest.importorskip("pygraphviz")
    graph = pygraphviz.AGraph(string=dot(phase_by_message(PROTOCOL, PROTOCOL.machine("frame"))))
    graph.layout(prog="dot")
    width = float(graph.get_node("table").attr["width"])
    assert 8 < width * 96 < 1450


# --- the same every time ---------------------------------------------------------------------------


def told() -> str:
    """Write everything in every format."""
    matrix = property_by_capability(verify_matrix(TOY, toy_claims.CLAIMS))
    return "\n".join(write(t) for t in (*TABLES, matrix) for write in (markdown, dot, lambda t: text(t, 100)))


@pytest.mark.thorough
def test_the_hash_seed_changes_nothing() -> None:
    """All tables are the same whatever the order of sets in memory."""
    assert "answer_ready" in same_under_seeds("from tests.launchproof.test_draw_tables import told; print(told())")


def test_tables_are_values() -> None:
    """The same declarations give equal tables, other declarations others."""
    assert phase_by_message(TOY, toy.client) == phase_by_message(TOY, toy.client)
    other: Protocol = evolve(TOY, name="another")
    assert phase_by_message(other, toy.client) == phase_by_message(TOY, toy.client)
    assert guards_table(TOY) != guards_table(TOY.without_guard("first_time"))


# -- progress ------------------------------------------------------------------------------------------


def test_progress_is_told_with_what_it_rests_on() -> None:
    """A claim stands with its goals and with what it takes to end; one without goals stays so; others are left out."""

    def has_it(client: toy.Holding) -> bool:
        """The client has a token."""
        return True

    @leads_to("toy.ask", to=has_it, quiet=("network",), because="a network works in the end")
    def is_answered(client: toy.Waiting) -> bool:
        """Who asks is answered."""
        return True

    @settles("toy.ask")
    def comes_to_rest(client: toy.Waiting) -> bool:
        """Nobody waits any more."""
        return False

    assert plain(progress_table((*toy_claims.CLAIMS, is_answered, comes_to_rest))) == [
        [("is-answered: Who asks is answered.",), ("The client has a token.",), ("network: a network works in the end",)],
        [("comes-to-rest: Nobody waits any more.",), ("it stays so from some point on",), ("—",)],
    ]
