"""A flag of a message can be asked about: flipped wherever the message is said, it breaks something, or it does not."""

from __future__ import annotations

from enum import Enum

import pytest
from attrs import frozen

from launchproof import Machine, Post, Posted, Protocol, To, always
from launchproof.changes.flags import flag_names
from launchproof.changes.why import parts, why
from launchproof.changes.why_text import why_lines


class Place(Enum):
    """Where somebody is."""

    HERE = "here"
    THERE = "there"


@frozen
class Note:
    """What one tells the other."""

    secret: bool
    colour: Place
    target: Place | None


@frozen
class Quiet:
    """Nobody said anything."""


@frozen
class Said:
    """The note is written."""


@frozen
class Listening:
    """Nobody heard anything."""


@frozen
class Heard:
    """A note came."""

    secret: bool


writer = Machine("writer", initial=Quiet(), phases=(Quiet, Said), origin=lambda _: Place.HERE, window=Place.HERE)
reader = Machine("reader", initial=Listening(), phases=(Listening, Heard), origin=lambda _: Place.THERE)


@writer.transition("toy.write")
def write(_writer: Quiet) -> To[Said, Note]:
    """Write an open note."""
    return To(Said(), Note(secret=False, colour=Place.HERE, target=Place.HERE))


@reader.transition("toy.read")
def read(_reader: Listening, heard: Posted[Note]) -> To[Heard]:
    """Read a note."""
    return To(Heard(heard.message.secret))


@always("toy.read")
def nobody_reads(reader: Listening | Heard) -> bool:
    """No note is read that is meant for somebody else."""
    return isinstance(reader, Listening)


PROTOCOL = Protocol("notes", (writer, reader), (Post("paper", "writer", "reader", (Note,)),))


def told(name: str) -> list[list[str]]:
    """Tell what each flip of a flag does."""
    return [list(why_lines(why(part, PROTOCOL, (nobody_reads,)))) for part in parts(PROTOCOL, name)]


def test_a_flag_that_may_be_nothing_is_taken_away() -> None:
    """Without its target the note is read by whoever is there."""
    (lines,) = told("Note.target")
    assert lines[:5] == [
        "Note.target: What one tells the other.",
        "asked for by toy.write",
        "",
        "Note.target = nothing:",
        "nobody-reads — refuted in 2 steps",
    ]


def test_a_flag_is_flipped() -> None:
    """What is true or false becomes the opposite; here that breaks nothing."""
    (lines,) = told("Note.secret")
    assert lines[3] == "Note.secret = the opposite, nothing breaks."


def test_each_other_member_is_tried() -> None:
    """A field of an enum takes each of its members in turn."""
    assert [lines[3] for lines in told("Note.colour")] == [
        "Note.colour = here, nothing breaks.",
        "Note.colour = there, nothing breaks.",
    ]


def test_the_flags_of_a_protocol() -> None:
    """Flags are the fields of messages that somebody says."""
    assert flag_names(PROTOCOL) == ["Note.secret", "Note.colour", "Note.target"]


@pytest.mark.parametrize("name", ["Note", "Note.", "Note.size", "Letter.secret"])
def test_what_is_no_flag_is_no_part(name: str) -> None:
    """A message alone, another field, and another message stand for nothing."""
    assert list(parts(PROTOCOL, name)) == []
