"""What a project says of the concrete: how its values read on the wire, and what time does.

A `Concretion` is plain data and functions. `OPAQUE` serves any protocol: names are random-looking
texts, everything else is written as it is declared, and time stands still.

A `Watcher` is a property of concrete runs: a function that makes a fresh observer for each run,
which is shown every act and says what is wrong with it, if anything is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from launchproof.declare.names import Name, sort_label
from launchproof.declare.properties import names_like
from launchproof.declare.signature import summary
from launchproof.errors import DeclarationError

if TYPE_CHECKING:
    from launchproof.concrete.run import Run
    from launchproof.concrete.world import Act, World
    from launchproof.semantics.steps import Detailed

Scalar = str | int | float | bool | None
Setup = Mapping[str, Scalar]
"""One value for each of a concretion's options: what differs between runs from the start."""


@frozen
class Form:
    """How the values of one class read on the wire.

    `write` gives what JSON can hold, `read` the value back, as the abstract model knows it: several
    texts may be read as one value (any height beyond the maximum), and no value as two.
    """

    write: Callable[[Run, Any], Any]
    read: Callable[[Run, Any], Any]


@frozen
class Deadline:
    """A moment, in seconds of the run's clock, at which a transition of time must fire with this pick."""

    at: float
    transition: str
    pick: object


def spell_opaque(run: Run, name: Name) -> str:
    """Give a name a text that tells nothing: its sort, and a digest."""
    digest = hashlib.sha256(f"{run.salt}/{name!r}".encode()).hexdigest()
    return f"{sort_label(type(name))}-{digest[:24]}"


def no_deadlines(world: World) -> Iterable[Deadline]:
    """Let nothing be due."""
    del world
    return ()


def not_due(world: World, chosen: Detailed) -> float:
    """Let any step happen now."""
    del chosen
    return world.run.now


def observe_nothing(world: World, act: Act) -> None:
    """Note nothing."""
    del world, act


def overhear_nothing(world: World, act: Act) -> Iterable[tuple[str, object]]:
    """Let no lifecycle hear of another."""
    del world, act
    return ()


@frozen
class Concretion:
    """How a protocol reads in reality.

    `options` are what a run's `Setup` chooses from, the plainest value first. `spell` gives the text
    of a name. `forms` say how the values of a class read, where that differs from its fields.
    `deadlines` gives what time will force in a world; `due` the moment before which a step cannot
    happen (a timer's). `note` is shown every act, to keep what those two need in ``world.notes``.
    `overheard` tells what an act of one lifecycle is to another beside it: a transition, and its pick.
    `pauses` are the seconds that may pass before a step.
    """

    options: Mapping[str, Sequence[Scalar]] = field(factory=dict)
    spell: Callable[[Run, Name], str] = spell_opaque
    forms: Mapping[type, Form] = field(factory=dict)
    deadlines: Callable[[World], Iterable[Deadline]] = no_deadlines
    due: Callable[[World, Detailed], float] = not_due
    note: Callable[[World, Act], None] = observe_nothing
    overheard: Callable[[World, Act], Iterable[tuple[str, object]]] = overhear_nothing
    pauses: Sequence[float] = (0.0,)

    def __attrs_post_init__(self) -> None:
        """Refuse an option without a value."""
        for name, values in self.options.items():
            if not values:
                raise DeclarationError(f"option {name}", "it has no values", "give the plainest first")

    def setup(self, random: Random) -> Setup:
        """Choose a value for each option (every third run has the plainest), and a salt for all texts."""
        plain = random.random() < 1 / 3
        chosen = {name: values[0] if plain else random.choice(values) for name, values in self.options.items()}
        return {**chosen, "salt": random.randrange(2**32)}


OPAQUE: Final = Concretion()

Watch = Callable[["World", "Act"], "str | None"]


@frozen
class Watcher:
    """A claim about the strings of a run; `start` gives an observer that says what is wrong with an act."""

    name: str
    meaning: str
    cites: tuple[str, ...]
    start: Callable[[], Watch] = field(repr=False)


def watcher(*cites: str) -> Callable[[Callable[[], Watch]], Watcher]:
    """Declare a claim about concrete runs, from the statements it cites."""

    def make(start: Callable[[], Watch]) -> Watcher:
        culprit = f"watcher {getattr(start, '__name__', start)}"
        if not cites:
            raise DeclarationError(culprit, "it cites no statement", "cite the id of the statement it comes from")
        return Watcher(names_like(start), summary(start, culprit), cites, start)  # type: ignore[arg-type]

    return make
