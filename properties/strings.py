"""What must hold of the strings themselves: what a reader of logs, a server and a clock would see."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import urldefrag

from launchproof.concrete import Act, Watcher, World, watcher
from launchproof.concrete.concretion import Watch
from launchproof.leaks import Reader
from model.addresses import origin_of
from model.environment import TIME
from model.frame_phases import Asking, Requesting, Running, Shown
from model.messages import (
    ApiCall,
    Auth,
    CallAnswered,
    Document,
    GetDocument,
    LaunchRefused,
    NetworkError,
    SessionCreated,
    SessionRefreshed,
    Unauthorized,
    Visited,
)
from model.names import THEIR_ACCESS, AccessToken, LaunchToken, Origin, Sink, Url
from properties.reality import address_of


def urls_seen(world: World, act: Act) -> Iterator[tuple[Sink, str]]:
    """Yield the URLs that reach one of the five sinks by an act (bootstrap.no-token-in-url)."""
    heard = act.heard.message if act.heard is not None else None
    if isinstance(heard, Visited):
        yield Sink.HISTORY, written(world, heard.url)
    if isinstance(heard, GetDocument) and act.machine == "api":
        yield Sink.LOGS, written(world, heard.url)
    if act.machine != "frame":
        return
    shown: Shown | None = getattr(act.after, "shown", None)
    if isinstance(act.before, Requesting) and isinstance(heard, LaunchRefused | NetworkError):
        yield Sink.ERROR_TRACES, written(world, act.before.url)
    if shown is None:
        return
    location = written(world, shown.location)
    if act.name == "announce_ready":
        yield Sink.ANALYTICS, location
    if act.name == "navigate_inside":
        yield Sink.HISTORY, location
    if any(isinstance(said, ApiCall) for said in act.said):
        yield Sink.REFERRERS, urldefrag(location).url
    if isinstance(act.before, Running | Asking) and isinstance(heard, Unauthorized | NetworkError):
        yield Sink.ERROR_TRACES, location


def written(world: World, url: Url) -> str:
    """Give a URL as the browser has it."""
    return str(world.run.wire.text_of(url))


@watcher("bootstrap.no-token-in-url")
def no_access_token_in_any_sink() -> Watch:
    """No access token can be read, in whatever encoding, from a URL in history, logs, analytics, error traces or referrers."""
    reader = Reader()

    def watch(world: World, act: Act) -> str | None:
        for said in act.said if act.machine == "api" else ():
            if isinstance(said, SessionCreated | SessionRefreshed):
                reader.learn(world.run.texts.of(said.access))
        if act.name == "open_page":
            reader.learn(world.run.texts.of(THEIR_ACCESS))
        for sink, url in urls_seen(world, act):
            leak = reader.read(url)
            if leak is not None:
                return f"{sink.value} has {url}: in its {leak.place}, {leak.encoding}, is the access token {leak.secret}"
        return None

    return watch


@watcher("bootstrap.launch-starts-frame", "public.launch-error")
def no_launch_token_serves_twice() -> Watch:
    """In all tabs, embeds and sessions of a run, no launch token gets a document twice."""
    served: Counter[str] = Counter()

    def watch(world: World, act: Act) -> str | None:
        if act.machine != "api" or act.heard is None or not isinstance(act.heard.message, GetDocument):
            return None
        launch = act.heard.message.url.launch
        if launch is None or launch.rigid or not any(isinstance(said, Document) for said in act.said):
            return None
        text = world.run.texts.of(launch)
        served[text] += 1
        return f"the launch token {text} got a document {served[text]} times" if served[text] > 1 else None

    return watch


@watcher("bootstrap.launch-short-lived", "public.ttl-bounds")
def no_token_serves_after_its_time() -> Watch:
    """By the server's clock, no token of the page's sessions serves anything after its time."""

    def watch(world: World, act: Act) -> str | None:
        if act.machine != "api" or act.heard is None or TIME.name not in world.run.choices.semantics.protocol.enabled:
            return None
        for said in act.said:
            token = used(act.heard.message, said)
            session = act.before.by_access(token) or act.before.by_launch(token) if token is not None else None
            if token is None or token not in world.notes or session is None or token in session.older:
                continue
            if world.run.now > world.notes[token]:
                return f"{world.run.texts.of(token)} was over at {world.notes[token]:g} s, and served at {world.run.now:g} s"
        return None

    return watch


def used(heard: object, said: object) -> AccessToken | LaunchToken | None:
    """Give the token that was good for an answer."""
    if isinstance(heard, GetDocument) and isinstance(said, Document):
        return heard.url.launch
    if isinstance(heard, ApiCall) and isinstance(said, CallAnswered):
        return heard.bearer
    return None


@watcher("quickstart.auth-on-ready", "quickstart.embed-origin")
def token_addressed_to_embed_only() -> Watch:
    """The target origin of every posted token is, letter by letter, the origin of the embed's address."""

    def watch(world: World, act: Act) -> str | None:
        for said, text in zip(act.said, act.said_texts, strict=True):
            if act.machine == "host" and isinstance(said, Auth):
                target = json.loads(text)["data"]["target"]
                if target != origin_of(address_of(world.run, Origin.EMBED)):
                    return f"a token was posted to {target}"
        return None

    return watch


WATCHERS: Final[tuple[Watcher, ...]] = (
    no_access_token_in_any_sink,
    no_launch_token_serves_twice,
    no_token_serves_after_its_time,
    token_addressed_to_embed_only,
)
