"""An access token that is planted into a URL is caught in every place and encoding, and clean runs raise no alarm."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from attrs import evolve

from launchproof.concrete import Act, Concretion, Form, Run, World
from launchproof.concrete.choices import Choices
from launchproof.semantics.steps import Semantics
from launchproof.walk.check import Check
from launchproof.walk.walker import Failure, Walker
from model import PROTOCOL
from model.names import AccessToken, Sink, Url
from properties import strings
from properties.reality import REALITY, read_url, write_url
from properties.strings import WATCHERS, no_access_token_in_any_sink

RUNS: Final = 100
STEPS: Final = 40
SHAPES: Final = REALITY.options["access_token"]

PLACES: Final[Mapping[str, str]] = {
    "path": "https://embed.meshes.io/workspace/{}/x?y=1#top",
    "query": "https://embed.meshes.io/workspace?y=1&t={}&z=2#top",
    "fragment": "https://embed.meshes.io/workspace?y=1#t={}&z=2",
    "userinfo": "https://user:{}@embed.meshes.io/workspace?y=1",
    "host": "https://{}.meshes.io/workspace?y=1",
}


def percent(text: str) -> str:
    """Percent-encode every character."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def halves(text: str) -> str:
    """Put a token's second half into the fragment, or after a further ``#`` there."""
    middle = len(text) // 2
    return f"{text[:middle]}#{text[middle:]}"


ENCODINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "raw": str,
    "percent once": percent,
    "percent twice": lambda token: quote(percent(token), safe=""),
    "base64": lambda token: base64.b64encode(token.encode()).decode(),
    "base64url": lambda token: base64.urlsafe_b64encode(token.encode()).decode().rstrip("="),
    "hex": lambda token: token.encode().hex(),
    "another case": str.swapcase,
    "split by fragment": halves,
}
EXACT: Final = {"percent once": "percent-encoded", "percent twice": "percent-encoded twice", "hex": "hex"}
"""Encodings that leave no delimiter in a token: the place is then the one it was planted in."""


@cache
def choices() -> Choices:
    """Learn the protocol once for all tests."""
    return Choices(Semantics(PROTOCOL))


def checked(concretion: Concretion) -> Check:
    """Judge runs of the protocol by the watchers alone."""
    check = Check(choices().semantics, (), concretion, WATCHERS)
    check.choices = choices()
    return check


@cache
def sound(shape: object = None) -> Check:
    """Judge sound runs, where all access tokens have one shape, if one is given."""
    return checked(REALITY if shape is None else with_tokens(REALITY, shape))


def found(check: Check, runs: int = RUNS, steps: int = STEPS) -> Failure | None:
    """Walk until something breaks."""
    walker = Walker(check)
    walks = (walker.run(0, number, steps) for number in range(runs))
    return next((walk.failure for walk in walks if walk.failure is not None), None)


def with_tokens(concretion: Concretion, shape: object) -> Concretion:
    """Let all access tokens have one shape."""
    return evolve(concretion, options={**concretion.options, "access_token": (str(shape),)})


Seen = Callable[[World, Act], Iterator[tuple[Sink, str]]]


def leaking(write: Callable[[str], str], act_name: str) -> Seen:
    """Give what is seen where, beside all else, a machine puts the token that it holds into an address in the history."""
    sound = strings.urls_seen

    def seen(world: World, act: Act) -> Iterator[tuple[Sink, str]]:
        yield from sound(world, act)
        if act.name == act_name:
            yield Sink.HISTORY, write(world.run.texts.of(act.after.access))

    return seen


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("place", PLACES)
def test_a_planted_leak_is_caught(place: str, encoding: str, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's access token in an address is caught, wherever it stands and however it is written."""
    monkeypatch.setattr(strings, "urls_seen", leaking(lambda token: PLACES[place].format(ENCODINGS[encoding](token)), "mount"))
    failure = found(sound(shape))
    assert failure is not None
    assert failure.breaks == no_access_token_in_any_sink.name
    assert failure.detail.startswith(f"{Sink.HISTORY.value} has ")
    if encoding in EXACT:
        assert f"in its {place}, {EXACT[encoding]}, is the access token" in failure.detail


@pytest.mark.parametrize("act", ["send_new_token", "take_token", "ask_ahead"])
def test_a_leak_deep_in_a_run_is_caught(act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that leaks late, after a refresh or from the embed, is caught as well."""
    monkeypatch.setattr(strings, "urls_seen", leaking(lambda token: PLACES["query"].format(quote(token, safe="")), act))
    failure = found(sound(), steps=200)
    assert failure is not None
    assert failure.breaks == no_access_token_in_any_sink.name


@pytest.mark.parametrize("place", PLACES)
def test_half_a_token_is_no_leak(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first third of a token, which others have as well, raises no alarm."""
    monkeypatch.setattr(strings, "urls_seen", leaking(lambda token: PLACES[place].format(token[: len(token) // 3]), "mount"))
    assert found(sound("jwt"), runs=3) is None


# -- planted into the launch URL itself ----------------------------------------------------------------


def in_path(url: str, token: str) -> str:
    """Put a token into the path, in hex."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}/{token.encode().hex()}"))


def in_query(url: str, token: str) -> str:
    """Put a token into the query, as another parameter."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"{parts.query}&token={quote(token, safe='')}"))


def in_fragment(url: str, token: str) -> str:
    """Put a token into the fragment, as base64."""
    return urlunsplit(urlsplit(url)._replace(fragment=base64.urlsafe_b64encode(token.encode()).decode()))


def in_userinfo(url: str, token: str) -> str:
    """Put a token before the host, as a password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"embed:{percent(token)}@{parts.netloc}"))


def in_host(url: str, token: str) -> str:
    """Put a token before the host, as a server's name."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{token.encode().hex()}.{parts.netloc}"))


def without_server(url: str) -> str:
    """Take the server's name off again, as a server with any name does."""
    parts = urlsplit(url)
    first, _, rest = parts.netloc.partition(".")
    return urlunsplit(parts._replace(netloc=rest)) if len(first) > 20 and "@" not in first else url


PLANTS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "path": in_path,
    "query": in_query,
    "fragment": in_fragment,
    "userinfo": in_userinfo,
    "host": in_host,
}


def server_side_rendered(plant: Callable[[str, str], str]) -> Form:
    """Write every address with the newest access token in it; read it as if it were not there."""

    def write(run: Run, url: Url) -> str:
        newest = [*run.texts.minted(AccessToken)][-1:]
        text = write_url(run, url)
        return plant(text, newest[0]) if newest else text

    def read(run: Run, text: str) -> Any:
        return read_url(run, without_server(text))

    return Form(write, read)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("place", PLANTS)
def test_a_token_in_the_launch_url_is_caught(place: str, shape: str) -> None:
    """A server that puts the access token into its launch URLs is caught, although no reader of them minds."""
    form = server_side_rendered(PLANTS[place])
    failure = found(checked(with_tokens(evolve(REALITY, forms={**REALITY.forms, Url: form}), shape)))
    assert failure is not None
    assert failure.breaks == no_access_token_in_any_sink.name
    assert f"in its {place}, " in failure.detail


# -- no false alarm ------------------------------------------------------------------------------------


def test_clean_runs_raise_no_alarm() -> None:
    """In two hundred runs no watcher says anything."""
    assert found(sound(), runs=200, steps=25) is None


@pytest.mark.nightly
def test_many_clean_runs_raise_no_alarm() -> None:
    """In ten thousand runs no watcher says anything."""
    assert found(sound(), runs=10_000) is None
