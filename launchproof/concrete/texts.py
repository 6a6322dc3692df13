"""Which text stands for which name: the only thing that a wire carries of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar, cast

from launchproof.declare.names import Name
from launchproof.errors import EffectError

N = TypeVar("N", bound=Name)

STRAY: Final = 10_000_000
"""Names that nobody minted are numbered from here: they stand for texts that nobody sent."""


class Texts:
    """The names of one run with their texts, each for ever: nothing is forgotten, or used again."""

    def __init__(self, spell: Callable[[Name], str]) -> None:
        """Start without names; `spell` gives the text of one when it is first needed."""
        self._spell = spell
        self._texts: dict[Name, str] = {}
        self._names: dict[tuple[type[Name], str], Name] = {}
        self._minted: dict[type[Name], int] = {}

    def mint(self, sort: type[N]) -> N:
        """Make a name that was never there before, and its text."""
        number = self._minted.get(sort, 0)
        self._minted[sort] = number + 1
        made = sort(number)
        self.of(made)
        return made

    def of(self, name: Name) -> str:
        """Give the text of a name; two names of one text are an `EffectError`."""
        found = self._texts.get(name)
        if found is None:
            found = self._spell(name)
            known = self._names.setdefault((type(name), found), name)
            if known != name:
                raise EffectError(f"{name!r} and {known!r} both read {found!r}; make every text a fresh one")
            self._texts[name] = found
        return found

    def read(self, sorts: Iterable[type[N]], text: str) -> N:
        """Give the name that a text stands for; one that nobody minted, if it stands for none."""
        wanted = list(sorts)
        for sort in wanted:
            found = self._names.get((sort, text))
            if found is not None:
                return cast("N", found)
        stray = wanted[0](STRAY + len(self._texts))
        self._texts[stray] = text
        self._names[wanted[0], text] = stray
        return stray

    def minted(self, sort: type[Name]) -> Iterable[str]:
        """Give the texts of all names of a sort that were minted so far."""
        return [self._texts[sort(number)] for number in range(self._minted.get(sort, 0))]
