"""Whether a URL gives a secret away, to whoever reads it in a log and knows how texts are commonly written.

A *reading* is what somebody may make of a text: percent-decoded, decoded from base64 or hex, without the
names of its parameters. Only a whole secret counts: its beginning may be common to many.

Almost all URLs are clean, so there are two passes. The *sieve* holds the letters and digits of all readings
of a URL, in lower case; what is not in it is in none of them. What is in it is looked for once more,
part by part and to the letter, and that alone decides.
"""

from __future__ import annotations

import re
import string
from binascii import a2b_base64, unhexlify
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, product
from typing import Final
from urllib.parse import unquote_to_bytes

from attrs import define, field, frozen

SHORTEST: Final = 16
"""A secret of fewer characters would be found by accident."""

SHORTEST_FLAT: Final = 12
"""So much of a secret must be left where only a part of its characters counts: its letters and digits, for example."""

SHORTEST_END: Final = 4
"""What is cut off either end of a split secret has so many: fewer may stand there by accident."""

REMEMBERED: Final = 4096
"""The answers for so many URLs are kept."""

AS_IT_IS: Final = "as it is"
PEELS: Final = (AS_IT_IS, "percent-encoded", "percent-encoded twice", "percent-encoded three times")
BY_PARAMETERS: Final = "split by parameters"
SEVERAL: Final = "several parts"
PLACES: Final = ("scheme", "userinfo", "host", "path", "query", "fragment")

PARTS: Final = re.compile(
    rb"(?:(?P<scheme>[^:/?#]+):)?(?://(?:(?P<userinfo>[^/?#]*)@)?(?P<host>[^/?#]*))?"
    rb"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
ESCAPE: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
PARAMETER: Final = re.compile(rb"[?&#;][^=?&#;]*=")

LOWER: Final = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
PUNCTUATION: Final = (string.punctuation + string.whitespace).encode()
ALPHABET: Final = bytes.maketrans(b"-_", b"+/")


@frozen
class Leak:
    """A secret that a URL gives away: in which part of the URL, and how it is written there."""

    secret: str
    place: str
    encoding: str


@define(eq=False)
class Reader:
    """Knows secrets, and finds them in URLs. Of several in one URL it names the one learned first."""

    _needles: dict[tuple[bytes, str], None] = field(factory=dict, init=False, repr=False)
    _answers: dict[str, Leak | None] = field(factory=dict, init=False, repr=False)

    def learn(self, secret: str) -> None:
        """Look for this secret from now on; one that is too short, or cannot be printed, is a `ValueError`."""
        if len(secret) < SHORTEST:
            raise ValueError(f"a secret of {len(secret)} characters would be found by accident; give at least {SHORTEST}")
        if not secret.isprintable():
            raise ValueError("a secret with a character that cannot be printed is not looked for; give a printable one")
        for shape in shapes_of(secret):
            self._needles.update({(flat(shape), secret): None, (flat(folded(shape)), secret): None})
        self._answers.clear()

    def read(self, url: str) -> Leak | None:
        """Tell which secret the URL gives away, if it does."""
        if url in self._answers:
            return self._answers[url]
        if len(self._answers) >= REMEMBERED:
            self._answers.clear()
        answer = self._answers[url] = self._look(url)
        return answer

    def _look(self, url: str) -> Leak | None:
        letters = sieve(url)
        for needle, secret in self._needles:
            if needle in letters:
                leak = explained(secret, url)
                if leak is not None:
                    return leak
        return None


# --- the sieve --------------------------------------------------------------------------------


@lru_cache(maxsize=REMEMBERED)
def sieve(url: str) -> bytes:
    """Give the letters and digits of all readings of a URL, a zero byte between any two readings."""
    says, carriers = readings(in_bytes(url))
    written = b"\0".join(says)
    coded = [data for text in carriers for code in CODES for data in code.read(text)]
    inner = [level for data in coded if b"%" in data for level in peeled(data)[1:]]
    letters = flat(b"\0".join([written, *coded, *inner]))
    return letters if written.isascii() else letters + b"\0" + flat(folded(written))


def in_bytes(text: str) -> bytes:
    """Encode a text; half a surrogate pair is none's secret, but may well stand in a URL."""
    return text.encode("utf-8", "surrogatepass")


def flat(text: bytes) -> bytes:
    """Keep letters and digits, those of ASCII in lower case, and all that is not ASCII."""
    return text.translate(LOWER, PUNCTUATION)


def folded(text: bytes) -> bytes:
    """Make letters that differ in case alone the same, in any script."""
    return text.decode("utf-8", "surrogateescape").casefold().encode("utf-8", "surrogateescape")


# --- readings ---------------------------------------------------------------------------------


def readings(text: bytes) -> tuple[dict[bytes, str], dict[bytes, str]]:
    """Give what a text says, with words for how it is written, and those of it that may hold base64 and hex."""
    levels = peeled(text)
    bare = without_names(levels)
    says = {level: PEELS[times] for times, level in enumerate(levels)}
    last = {levels[-1]: AS_IT_IS}
    return says | bare | says, last | bare | last


def peeled(text: bytes) -> list[bytes]:
    """Percent-decode a text up to three times, as long as it is encoded; the text itself comes first."""
    levels = [text]
    while len(levels) < len(PEELS) and ESCAPE.search(levels[-1]):
        levels.append(unquote_to_bytes(levels[-1]))
    return levels


def without_names(levels: Sequence[bytes]) -> dict[bytes, str]:
    """Take the parameters' names out, so that their values follow each other; then percent-decode."""
    found: dict[bytes, str] = {}
    for times, level in enumerate(levels):
        bare = PARAMETER.sub(b"&", level)
        if bare != level:
            inner = peeled(bare)
            words = PEELS[min(times + len(inner), len(PEELS)) - 1]
            found.setdefault(inner[-1], BY_PARAMETERS if words == AS_IT_IS else f"{words}, {BY_PARAMETERS}")
    return found


def from_base64(letters: bytes) -> list[bytes]:
    """Decode base64 of either alphabet, without padding, from each offset: as many bytes as the letters hold whole."""
    plain = letters.translate(ALPHABET) + b"AAA"
    sizes = [(offset, max(0, len(letters) - offset)) for offset in range(4)]
    return [a2b_base64(plain[offset : offset + size + -size % 4])[: size * 3 // 4] for offset, size in sizes]


def from_hex(digits: bytes) -> list[bytes]:
    """Decode hex from each offset."""
    end = len(digits)
    return [unhexlify(digits[: end - end % 2]), unhexlify(digits[1 : end - 1 + end % 2])]


@frozen
class Code:
    """A way to write bytes in letters; `others` are all bytes that it does not use, which are skipped."""

    words: str
    others: bytes
    decode: Callable[[bytes], list[bytes]]

    def read(self, text: bytes) -> list[bytes]:
        """Decode a text, wherever in it the code begins."""
        letters = text.translate(None, self.others)
        return self.decode(letters) if len(letters) > SHORTEST else []


def all_but(kept: str) -> bytes:
    """Give all bytes but those of some characters."""
    return bytes(set(range(256)) - set(kept.encode()))


ALPHANUMERIC: Final = string.ascii_letters + string.digits
CODES: Final = (
    Code("base64", all_but(f"{ALPHANUMERIC}+/"), from_base64),
    Code("base64url", all_but(f"{ALPHANUMERIC}-_"), from_base64),
    Code("hex", all_but(string.hexdigits), from_hex),
)
"""A text without a letter that only one alphabet has is called base64."""


# --- the second look --------------------------------------------------------------------------


def unchanged(text: bytes) -> bytes:
    """Take a text to the letter."""
    return text


def spaced(text: bytes) -> bytes:
    """Read ``+`` as a space, as forms write it."""
    return text.replace(b"+", b" ")


def one_alphabet(text: bytes) -> bytes:
    """Write base64url as base64."""
    return text.translate(ALPHABET)


WAYS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "": unchanged,
    "with + for spaces": spaced,
    "in another case": lambda text: folded(spaced(text)),
    "in another alphabet of base64": one_alphabet,
    "with backslashes": lambda text: text.replace(b"\\", b""),
}
"""How a text may differ from the secret and still be it: each way makes the two the same."""


def explained(secret: str, url: str) -> Leak | None:
    """Find the secret in as few neighbouring parts of the URL as hold it, and say how it is written there."""
    shapes = shapes_of(secret)
    for place, seams, text in windows(in_bytes(url)):
        words = words_for(shapes, text)
        if words is not None:
            if seams and not any("split by" in word for word in words):
                words = [*words, f"split by {named(seams)}"]
            return Leak(secret, place, ", ".join(words) or AS_IT_IS)
    return None


def shapes_of(secret: str) -> list[bytes]:
    """Give a secret in bytes, and percent-decoded if it happens to read like that."""
    itself, *inner = peeled(in_bytes(secret))
    return [itself, *(level for level in inner if len(level) >= SHORTEST)]


def windows(url: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield each part of a URL, then each two neighbours, and so on: the place, what is between, the text."""
    match = PARTS.fullmatch(url)
    if match is None:
        raise AssertionError(f"{url!r} cannot be parted")
    spans = [(place, *match.span(place)) for place in PLACES if match[place]]
    for width in range(1, len(spans) + 1):
        for first in range(len(spans) - width + 1):
            chosen = spans[first : first + width]
            seams = b"".join(url[end:start] or b"/" for (_, _, end), (_, start, _) in pairwise(chosen))
            yield (chosen[0][0] if width == 1 else SEVERAL), seams, url[chosen[0][1] : chosen[-1][2]]


def words_for(shapes: Sequence[bytes], text: bytes) -> list[str] | None:
    """Say how a text writes the secret, the plainest way first; nothing if it does not."""
    says, carriers = readings(text)
    for data, encoding in says.items():
        how = way_of(shapes, data)
        if how is not None:
            return told(encoding, how)
    for (data, encoding), code in product(carriers.items(), CODES):
        words = coded_words(shapes, data, code)
        if words is not None:
            return told(*words, BY_PARAMETERS if BY_PARAMETERS in encoding else "")
    return None


def told(*words: str) -> list[str]:
    """Leave out what goes without saying; parameters split by their delimiters."""
    plain = [word for word in words if word not in {"", AS_IT_IS}]
    if any(BY_PARAMETERS in word for word in plain):
        return [word for word in plain if BY_PARAMETERS in word or not word.startswith("split by")]
    return plain


def way_of(shapes: Sequence[bytes], text: bytes) -> str | None:
    """Say in which way a text is like the secret: to the letter, nearly, or in pieces."""
    for how, change in WAYS.items():
        wanted = (change(shape) for shape in shapes)
        if any(len(shape) >= SHORTEST_FLAT and shape in change(text) for shape in wanted):
            return how
    pieces = (split_words(folded(shape), folded(text)) for shape in shapes)
    return next((words for words in pieces if words is not None), None)


def split_words(secret: bytes, text: bytes) -> str | None:
    """Say what stands between the pieces of a secret, if a text has all its letters and digits in order."""
    wanted = flat(secret)
    if len(wanted) < SHORTEST_FLAT:
        return None
    own = gaps(secret, spots(secret, PUNCTUATION))
    where, letters = spots(text, PUNCTUATION), flat(text)
    start = letters.find(wanted)
    while start >= 0:
        found = gaps(text, where[start : start + len(wanted)])
        new = {at: unlike(gap, own.get(at, b"")) for at, gap in found.items()}
        words = gap_words({at: gap for at, gap in new.items() if gap}, len(wanted))
        if words is not None:
            return words or "with less punctuation"
        start = letters.find(wanted, start + 1)
    return None


def unlike(gap: bytes, own: bytes) -> bytes:
    """Give what a gap has that the secret itself does not have there: other characters, or more of them."""
    return gap.translate(None, own) or gap[len(own) :]


def coded_words(shapes: Sequence[bytes], text: bytes, code: Code) -> tuple[str, str, str] | None:
    """Say how a code's letters in a text write the secret, and what else stands between those letters.

    Which letters these are is found by taking away from either end as many as can be missed.
    """
    letters = text.translate(None, code.others)
    words = decoded_words(shapes, letters, code)
    if words is None:
        return None
    end = bisect_left(range(len(letters)), 1, key=lambda end: decoded_words(shapes, letters[:end], code) is not None)
    beyond = bisect_left(range(end), 1, key=lambda start: decoded_words(shapes, letters[start:end], code) is None)
    where = spots(text, code.others)[beyond - 1 : end]
    between = gap_words(gaps(text, where), len(where))
    return None if between is None else (*words, between)


def decoded_words(shapes: Sequence[bytes], letters: bytes, code: Code) -> tuple[str, str] | None:
    """Say how a code's letters write the secret."""
    for data in code.decode(letters):
        for times, level in enumerate(peeled(data)):
            how = way_of(shapes, level)
            if how is not None:
                return (f"{PEELS[times]}, then {code.words}" if times else code.words), how
    return None


def gap_words(found: Mapping[int, bytes], length: int) -> str | None:
    """Say what splits so many letters; nothing if a piece at either end may stand there by accident."""
    if not found:
        return ""
    if min(found) < SHORTEST_END or max(found) > length - SHORTEST_END:
        return None
    return f"split by {named(b''.join(found.values()))}"


def spots(text: bytes, skipped: bytes) -> list[int]:
    """List where a text's letters stand, without those that are skipped."""
    return [at for at, byte in enumerate(text) if byte not in skipped]


def gaps(text: bytes, where: Sequence[int]) -> dict[int, bytes]:
    """Give what stands between letters that are no neighbours, by how many letters stand before it."""
    pairs = enumerate(pairwise(where), start=1)
    return {count: text[before + 1 : after] for count, (before, after) in pairs if after > before + 1}


def named(seams: bytes) -> str:
    """Name each character of punctuation once, in order."""
    characters = [chr(byte) for byte in seams if byte in PUNCTUATION]
    return " and ".join(dict.fromkeys("white space" if c.isspace() else c for c in characters)) or "other text"
