"""A secret is found in a URL wherever and however it is written there, and nothing else is taken for one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from itertools import product
from random import Random
from urllib.parse import quote, quote_plus

import pytest

from launchproof.leaks import REMEMBERED, Leak, Reader, sieve

Write = Callable[[str], str]

JWT_HEADER = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")


def jwt(session: str, signature: str) -> str:
    """Write a token whose header and first claims are those of every other."""
    claims = json.dumps({"iss": "https://api.shop.example", "aud": "embed", "session": session}).encode()
    return f"{JWT_HEADER}.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.{signature}"


SECRETS = {
    "jwt": jwt("session-0001", "x3Jq8-Zk_0aYtVw7LmPbRcNdEf51GhIiUoQsTg2XyA4"),
    "base64": "Zm9v+mFy/2Jhei9x+dXV4L2Nvcmdl/3JhdWx0eA==",
    "delimiters": "k#1?vR&2/wT%3=zQ8tL:mN@0pX.5",
    "escape-like": "a%41bQ8tLmN0pX5%2fRwZ7-yK",
    "spaces": "open sesame + 40 thieves & co",
    "unicode": "čaj-Übergröße-ключ-日本語-42x",
    "urlsafe": "q7_Vx2mN-8sKdLw0ZtYbRcJfHgEaPiUoTn4G5v6B1A3",
}
assert len(SECRETS["urlsafe"]) == 43

ODD = {
    "tildes": "~~~~~~~~???>>>>>>~~~~~~token",
    "hash": "wK3vR2mQ8tL#mN0pX5zB7y",
    "slash": "wK3vR2mQ8tLmN0pX5z/b",
    "quotes": 'w"K3v\\R2mQ8tLmN0pX5z"y',
    "mixed-case": "Q7Vx2mN-8sKdLw0ZtYbR",
    "delimiters-only": "#?&/%=:@.!$'()*+,;~",
}

PLACES = {
    "path": "https://shop.example/a/{}/b?x=1#top",
    "query": "https://shop.example/a?x=1&t={}&y=2#top",
    "fragment": "https://shop.example/a?x=1#t={}&y=2",
    "userinfo": "https://user:{}@shop.example/a?x=1",
    "host": "https://{}.shop.example/a?x=1",
}

ENDS_PLACE = {"path": "?#", "query": "#", "fragment": "", "userinfo": "/?#@", "host": "/?#@"}
"""The characters that, written as they are, make what follows another part of the URL."""


def percent_all(text: str, digits: str = "02X") -> str:
    """Percent-encode every character."""
    return "".join(f"%{byte:{digits}}" for byte in text.encode())


def percent_some(text: str) -> str:
    """Percent-encode what needs it, and every third character that does not, in mixed digits."""
    return "".join(percent_all(c, "02x") if n % 3 == 0 else quote(c, safe="") for n, c in enumerate(text))


def base64_of(text: str, before: str = "", after: str = "", *, urlsafe: bool = False, padded: bool = True) -> str:
    """Write base64 of a text inside a longer one; what a URL gives a meaning is left as it is."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    written = encode(f"{before}{text}{after}".encode()).decode()
    return written if padded else written.rstrip("=")


def hex_of(text: str) -> str:
    """Write a text's bytes in hex."""
    return text.encode().hex()


ENCODINGS: dict[str, tuple[Write, str]] = {
    "raw": (str, "as it is"),
    "percent-first": (lambda s: percent_all(s[0]) + quote(s[1:], safe=""), "percent-encoded"),
    "percent-all": (percent_all, "percent-encoded"),
    "percent-all-lower": (partial(percent_all, digits="02x"), "percent-encoded"),
    "percent-some": (percent_some, "percent-encoded"),
    "percent-twice": (lambda s: quote(percent_all(s), safe=""), "percent-encoded twice"),
    "percent-three-times": (lambda s: quote(quote(percent_all(s))), "percent-encoded three times"),
    "base64": (base64_of, "base64"),
    "base64-unpadded": (partial(base64_of, padded=False), "base64"),
    "base64-escaped": (lambda s: quote(base64_of(s), safe=""), "base64"),
    "base64url": (partial(base64_of, urlsafe=True), "base64url"),
    "base64url-unpadded": (partial(base64_of, urlsafe=True, padded=False), "base64url"),
    "base64-at-0": (partial(base64_of, before="987", after=", and more"), "base64"),
    "base64-at-1": (partial(base64_of, before="9876", after=", and more"), "base64"),
    "base64-at-2": (partial(base64_of, before="98765", after=", and more"), "base64"),
    "base64url-in-json": (lambda s: base64_of(json.dumps({"t": s}, ensure_ascii=False), urlsafe=True, padded=False), "base64url"),
    "base64-of-percent": (lambda s: base64_of(percent_all(s)), "percent-encoded, then base64"),
    "hex-lower": (hex_of, "hex"),
    "hex-upper": (lambda s: hex_of(s).upper(), "hex"),
    "hex-of-percent": (lambda s: hex_of(percent_all(s)), "percent-encoded, then hex"),
    "hex-at-odd-offset": (lambda s: f"f{hex_of(s)}", "hex"),
    "swapped-case": (str.swapcase, "in another case"),
    "upper-case-percent": (lambda s: percent_all(s.swapcase()), "percent-encoded, in another case"),
}
"""How a secret may be written, and the words for it.

None of these is left out for any place: a raw ``#`` or ``/`` within a host or userinfo, and one of
base64's ``/``, end the host, but the URL can be written all the same, and is one that a careless
program writes. The secret is then found in several parts.
"""

NEIGHBOURS = {
    "path": ("/", "split by /"),
    "query": ("&u=", "split by parameters"),
    "fragment": ("&u=", "split by parameters"),
    "userinfo": (":", "split by :"),
    "host": (".", "split by ."),
}
"""What stands between two neighbouring values. A host or userinfo has no parameters, a path none that are common."""


def reader_of(*secrets: str) -> Reader:
    """Make a reader that knows these secrets."""
    reader = Reader()
    for secret in secrets:
        reader.learn(secret)
    return reader


def halves(secret: str) -> tuple[str, str]:
    """Cut a secret in the middle."""
    return secret[: len(secret) // 2], secret[len(secret) // 2 :]


def place_expected(place: str, written: str) -> str:
    """Name the place that a URL has the text in, if it does not reach into other parts."""
    return "several parts" if set(ENDS_PLACE[place]) & set(written) else place


# --- every place, every encoding --------------------------------------------------------------


@pytest.mark.parametrize(("place", "encoding", "kind"), list(product(PLACES, ENCODINGS, SECRETS)))
def test_a_secret_is_found_in_every_part_of_a_url_in_every_encoding(place: str, encoding: str, kind: str) -> None:
    """The leak names the secret; it names the part, if what is written there does not end the part."""
    write, _ = ENCODINGS[encoding]
    secret, written = SECRETS[kind], write(SECRETS[kind])
    leak = reader_of(*SECRETS.values()).read(PLACES[place].format(written))
    assert leak is not None
    assert leak.secret == secret
    if place_expected(place, written) == place:
        assert leak.place == place


@pytest.mark.parametrize(("place", "encoding"), list(product(PLACES, ENCODINGS)))
def test_the_words_say_how_a_plain_secret_is_written(place: str, encoding: str) -> None:
    """A text in base64 without a letter of one alphabet alone is called base64; else the words are exact."""
    secret = SECRETS["urlsafe"]
    write, words = ENCODINGS[encoding]
    written = write(secret)
    if words == "base64url" and not set(written) & set("-_"):
        words = "base64"
    assert reader_of(secret).read(PLACES[place].format(written)) == Leak(secret, place_expected(place, written), words)


def test_base64_and_base64url_are_told_apart_by_the_letters_that_differ() -> None:
    """Where the secret's own letters hold ``+`` or ``-`` the alphabet is known."""
    secret = ODD["tildes"]
    plain, urlsafe = base64_of(secret), base64_of(secret, urlsafe=True)
    assert set(plain) & set("+/")
    reader = reader_of(secret)
    assert reader.read(f"https://a.example/?t={plain}") == Leak(secret, "query", "base64")
    assert reader.read(f"https://a.example/?t={urlsafe}") == Leak(secret, "query", "base64url")


# --- split ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "kind"), list(product(PLACES, SECRETS)))
def test_a_secret_split_over_two_neighbouring_values_is_found(place: str, kind: str) -> None:
    """The halves are two parameters, two segments, name and password, or two labels, each percent-encoded."""
    first, second = (quote(half, safe="") for half in halves(SECRETS[kind]))
    between, words = NEIGHBOURS[place]
    leak = reader_of(SECRETS[kind]).read(PLACES[place].format(f"{first}{between}{second}"))
    assert leak is not None
    assert (leak.secret, leak.place) == (SECRETS[kind], place)
    assert words in leak.encoding


@pytest.mark.parametrize(("place", "kind"), list(product(PLACES, SECRETS)))
def test_a_secret_split_by_the_fragment_is_found(place: str, kind: str) -> None:
    """What follows the first ``#`` is the fragment; a second one within it parts nothing, but is found too."""
    first, second = (quote(half, safe="") for half in halves(SECRETS[kind]))
    leak = reader_of(SECRETS[kind]).read(PLACES[place].format(f"{first}#{second}"))
    assert leak is not None
    assert leak.place == ("fragment" if place == "fragment" else "several parts")
    assert "split by #" in leak.encoding


@pytest.mark.parametrize("mark", "#?&=/.:@;,+ ~|")
def test_a_secret_with_a_delimiter_put_into_it_is_found(mark: str) -> None:
    """Whatever punctuation is in the midst of a secret, the words name it."""
    first, second = halves(SECRETS["urlsafe"])
    leak = reader_of(SECRETS["urlsafe"]).read(f"https://shop.example/a?t={first}{mark}{second}")
    assert leak is not None
    assert leak.encoding == f"split by {'white space' if mark == ' ' else mark}"
    assert leak.place == ("several parts" if mark == "#" else "query")


def test_a_raw_delimiter_of_the_secret_itself_splits_it() -> None:
    """A token with ``#`` that is written as it is reaches from the query into the fragment."""
    secret = ODD["hash"]
    leak = reader_of(secret).read(f"https://shop.example/a?t={secret}")
    assert leak == Leak(secret, "several parts", "split by #")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://shop.example/a/{0}?t={1}", "split by parameters"),
        ("https://shop.example/a/{0}?{1}", "split by ?"),
        ("https://shop.example/a?t={0}#u={1}&v=2", "split by parameters"),
        ("https://shop.example/a;p={0};q={1}", "split by parameters"),
        ("https://shop.example/a?next=https%3A%2F%2Fb.example%2F%3Fp%3D{0}%26q%3D{1}", "percent-encoded, split by parameters"),
    ],
)
def test_a_secret_split_over_parts_is_found(url: str, words: str) -> None:
    """Halves follow each other with nothing but delimiters, and names of parameters, between them."""
    leak = reader_of(SECRETS["urlsafe"]).read(url.format(*halves(SECRETS["urlsafe"])))
    assert leak is not None
    assert leak.encoding == words


def test_halves_with_a_text_between_them_are_no_secret() -> None:
    """A port, for example, is no delimiter."""
    first, second = halves(SECRETS["urlsafe"])
    assert reader_of(SECRETS["urlsafe"]).read(f"https://{first}:8080/{second}") is None


def test_a_secret_in_three_parameters_is_found() -> None:
    """Any number of pieces may be told apart."""
    secret = SECRETS["urlsafe"]
    leak = reader_of(secret).read(f"https://a.example/?p={secret[:14]}&q={secret[14:30]}&r={secret[30:]}")
    assert leak == Leak(secret, "query", "split by parameters")


@pytest.mark.parametrize("encode", [base64_of, partial(base64_of, urlsafe=True), hex_of])
@pytest.mark.parametrize("url", ["https://a.example/?p={}&q={}", "https://a.example/?p={}#{}", "https://a.example/?p={}#q={}"])
@pytest.mark.parametrize("kind", SECRETS)
def test_base64_and_hex_that_are_split_are_put_together_again(encode: Write, url: str, kind: str) -> None:
    """Two halves of an encoded secret give it away as well."""
    leak = reader_of(SECRETS[kind]).read(url.format(*halves(encode(SECRETS[kind]))))
    assert leak is not None
    assert leak.encoding.startswith(("base64", "hex"))


def test_a_piece_that_may_stand_there_by_accident_splits_no_secret() -> None:
    """A secret that lacks its last letter is not completed by the name of the next parameter."""
    secret = SECRETS["urlsafe"]
    assert reader_of(secret).read(f"https://a.example/?t={secret[:-1]}&{secret[-1]}=1") is None
    assert reader_of(secret).read(f"https://a.example/{secret[0]}/{secret[1:]}") is None


def test_a_delimiter_near_the_end_is_not_the_secrets_own_if_there_are_more() -> None:
    """A secret that lacks its last letter, after a slash of its own, is not completed by the next segment."""
    secret = ODD["slash"]
    reader = reader_of(secret)
    assert reader.read(f"https://a.example/{secret[:-1]}/{secret[-1]}") is None
    assert reader.read(f"https://a.example/{secret}") == Leak(secret, "path", "as it is")


# --- other ways of writing --------------------------------------------------------------------


def test_plus_for_a_space_is_read_as_forms_write_it() -> None:
    """A secret with spaces and a plus sign of its own is found in a form's query."""
    secret = SECRETS["spaces"]
    leak = reader_of(secret).read(f"https://a.example/?t={quote_plus(secret)}")
    assert leak == Leak(secret, "query", "percent-encoded, with + for spaces")


def test_a_secret_with_quotes_is_found_in_json() -> None:
    """JSON writes a backslash before a quotation mark and before a backslash."""
    secret = ODD["quotes"]
    state = json.dumps({"t": secret})
    reader = reader_of(secret)
    assert reader.read(f"https://a.example/#{quote(state)}") == Leak(secret, "fragment", "percent-encoded, with backslashes")
    assert reader.read(f"https://a.example/#{base64_of(state)}") == Leak(secret, "fragment", "base64, with backslashes")


def test_a_base64_secret_is_found_in_the_other_alphabet() -> None:
    """A secret that is base64 itself may be written as base64url."""
    secret = SECRETS["base64"]
    leak = reader_of(secret).read(f"https://a.example/?t={secret.replace('+', '-').replace('/', '_')}")
    assert leak == Leak(secret, "query", "in another alphabet of base64")


def test_a_secret_without_its_punctuation_is_found() -> None:
    """Padding carries nothing, nor do a token's hyphens."""
    assert reader_of(SECRETS["base64"]).read(f"https://a.example/?t={SECRETS['base64'].rstrip('=')}") == Leak(
        SECRETS["base64"], "query", "with less punctuation"
    )


def test_an_upper_case_token_is_found_in_a_host_in_lower_case() -> None:
    """Browsers write hosts in lower case."""
    secret = ODD["mixed-case"]
    assert reader_of(secret).read(f"https://{secret.lower()}.shop.example/") == Leak(secret, "host", "in another case")


def test_a_scheme_and_a_relative_url_are_read_too() -> None:
    """A URL need not be complete, nor usual."""
    reader = reader_of("q7vx2mn8skdlw0ztybr")
    assert reader.read("q7vx2mn8skdlw0ztybr:x") == Leak("q7vx2mn8skdlw0ztybr", "scheme", "as it is")
    assert reader.read("/a?t=q7vx2mn8skdlw0ztybr") == Leak("q7vx2mn8skdlw0ztybr", "query", "as it is")
    assert reader.read("q7vx2mn8skdlw0ztybr") == Leak("q7vx2mn8skdlw0ztybr", "path", "as it is")


def test_bytes_that_are_no_text_hide_nothing() -> None:
    """Escapes that are no UTF-8, and half a surrogate pair, may stand beside a secret."""
    for secret in SECRETS.values():
        leak = reader_of(secret).read(f"https://a.example/?x=\ud800&t=%ff%C3{percent_all(secret)}%e2%zz%")
        assert leak == Leak(secret, "query", "percent-encoded")


def test_a_secret_of_punctuation_is_found_to_the_letter_only() -> None:
    """Without letters there is nothing left to find once the delimiters are out."""
    secret = ODD["delimiters-only"]
    reader = reader_of(secret)
    assert reader.read("https://a.example/?t=1") is None
    assert reader.read(f"https://a.example/?t={quote(secret, safe='')}") == Leak(secret, "query", "percent-encoded")
    assert reader.read(f"https://a.example/#{hex_of(secret)}") == Leak(secret, "fragment", "hex")
    assert reader_of("\\" * 16).read("https://a.example/\\") is None


# --- no false alarms --------------------------------------------------------------------------


def random_token(random: Random, length: int) -> str:
    """Make up a token that is safe in URLs."""
    return base64.urlsafe_b64encode(random.randbytes(length)).decode()[:length]


def random_uuid(random: Random) -> str:
    """Make up a UUID."""
    digits = random.randbytes(16).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def near_miss(random: Random) -> str:
    """Take a secret without its last third."""
    secret = random.choice(list(SECRETS.values()))
    return secret[: len(secret) * 2 // 3]


VALUES: list[Callable[[Random], str]] = [
    lambda random: random_token(random, random.randrange(16, 64)),
    random_uuid,
    lambda random: jwt(f"session-{random.randrange(2, 10_000):04}", random_token(random, 43)),
    lambda random: percent_all(random_token(random, 20)),
    lambda random: quote(quote("".join(chr(random.randrange(32, 0x500)) for _ in range(20)))),
    lambda random: base64.b64encode(random.randbytes(random.randrange(60))).decode(),
    lambda random: random.randbytes(random.randrange(60)).hex(),
    lambda random: f"20{random.randrange(100):02}-{random.randrange(1, 13):02}-01T10%3A30%3A00Z",
    lambda random: quote(near_miss(random), safe=""),
    lambda random: base64_of(near_miss(random), urlsafe=True),
    lambda random: hex_of(near_miss(random)),
    lambda random: random.choice(["en-US", "dark", "checkout", "true", "a/b/c", "https%3A%2F%2Fshop.example%2Fcart"]),
]


def random_url(random: Random) -> str:
    """Make up a URL as they stand in logs."""

    def value() -> str:
        """Make up any text that is common in URLs."""
        return random.choice(VALUES)(random)

    path = "/".join(value() for _ in range(random.randrange(3)))
    query = "&".join(f"{random.choice(['t', 'id', 'next', 'state'])}={value()}" for _ in range(random.randrange(3)))
    fragment = f"#{value()}" if random.random() < 0.3 else ""
    userinfo = f"user:{quote(value(), safe='')}@" if random.random() < 0.1 else ""
    return f"https://{userinfo}shop.example/{path}?{query}{fragment}"


def test_random_urls_give_nothing_away() -> None:
    """Of 20,000 URLs with other tokens, UUIDs, dates, encoded texts and beginnings of secrets, none is flagged."""
    random = Random(20)
    reader = reader_of(*SECRETS.values(), *(random_token(random, 43) for _ in range(24)))
    assert [url for url in (random_url(random) for _ in range(20_000)) if reader.read(url) is not None] == []


def test_a_jwt_is_not_taken_for_another_with_the_same_header_and_claims() -> None:
    """Only the whole token counts, its signature with it."""
    other = jwt("session-0001", "y3Jq8-Zk_0aYtVw7LmPbRcNdEf51GhIiUoQsTg2XyA4")
    assert reader_of(SECRETS["jwt"]).read(f"https://a.example/?t={other}") is None


@pytest.mark.parametrize(("place", "encoding", "kind"), list(product(PLACES, ENCODINGS, SECRETS)))
def test_a_secret_without_its_last_letter_is_not_flagged(place: str, encoding: str, kind: str) -> None:
    """Nor is one with another letter in its place. Padding is no letter."""
    secret = SECRETS[kind]
    reader, (write, _) = reader_of(secret), ENCODINGS[encoding]
    most = secret.rstrip("=")[:-1]
    assert reader.read(PLACES[place].format(write(most))) is None
    assert reader.read(PLACES[place].format(write(f"{most}Q"))) is None
    assert reader.read(PLACES[place].format(write(secret[1:]))) is None


# --- the reader -------------------------------------------------------------------------------


def test_a_short_secret_is_refused() -> None:
    """The error says how long a secret must be, and why."""
    with pytest.raises(ValueError, match="a secret of 15 characters would be found by accident; give at least 16"):
        Reader().learn("a" * 15)


@pytest.mark.parametrize("bad", ["\n", "\0", "\ud800"])
def test_a_secret_that_cannot_be_printed_is_refused(bad: str) -> None:
    """A control character, or half a surrogate pair, is no part of a token."""
    with pytest.raises(ValueError, match="cannot be printed"):
        Reader().learn(f"q7Vx2mN8sKdLw0ZtYbR{bad}")


def test_a_secret_learned_later_is_found_in_a_url_read_before() -> None:
    """An answer is remembered no longer than it holds."""
    reader, url = Reader(), f"https://a.example/?t={SECRETS['urlsafe']}"
    assert reader.read(url) is None
    reader.learn(SECRETS["urlsafe"])
    assert reader.read(url) == reader.read(url) == Leak(SECRETS["urlsafe"], "query", "as it is")


def test_of_two_secrets_the_first_learned_is_named() -> None:
    """The answer depends on nothing but what was learned, in which order."""
    jwt_secret, urlsafe = SECRETS["jwt"], SECRETS["urlsafe"]
    url = f"https://a.example/?a={urlsafe}&b={jwt_secret}"
    for first, second in ((jwt_secret, urlsafe), (urlsafe, jwt_secret)):
        leak = reader_of(first, second).read(url)
        assert leak is not None
        assert leak.secret == first


def test_secrets_that_differ_in_punctuation_alone_are_all_looked_for() -> None:
    """One that consists of delimiters does not hide another."""
    first, second = ODD["delimiters-only"], ODD["delimiters-only"][::-1]
    leak = reader_of(first, second).read(f"https://a.example/?t={quote(second, safe='')}")
    assert leak == Leak(second, "query", "percent-encoded")


def test_answers_are_remembered_within_bounds() -> None:
    """A reader of many URLs does not grow for ever."""
    reader = reader_of(SECRETS["urlsafe"])
    for number in range(REMEMBERED + 10):
        assert reader.read(f"/{number}") is None
    assert len(reader._answers) <= REMEMBERED
    assert sieve.cache_info().maxsize == REMEMBERED


def test_a_reader_shows_no_secrets() -> None:
    """Printing a reader gives nothing away itself."""
    assert SECRETS["urlsafe"] not in repr(reader_of(SECRETS["urlsafe"]))
