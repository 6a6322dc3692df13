"""Bugs that real implementations have, planted into the concrete side alone, are found; the sound one is clean."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from attrs import asdict, evolve

from launchproof.concrete import Act, Concretion, Form, Run, Watcher, World, watcher
from launchproof.concrete.choices import Choices
from launchproof.concrete.concretion import Scalar, Watch, no_deadlines
from launchproof.errors import EffectError
from launchproof.semantics.steps import Semantics
from launchproof.walk.check import REFINEMENT, Check
from launchproof.walk.walker import Chooser, Failure, Walker, waits
from model import PROTOCOL
from model.addresses import LAUNCH, origin_of, tokens_in
from model.api import LaunchState
from model.messages import Document, MintAnswer, Resize, SessionCreated
from model.mint_body import GOOD, Defect, MintBody
from model.names import AccessToken, LaunchToken, Origin, Page, Reported, Url
from properties.reality import (
    HEIGHTS,
    HOSTS,
    OUT_OF_BOUNDS,
    REALITY,
    TALLEST,
    TIMERS,
    address_of,
    note,
    own_body,
    read_body,
    read_document,
    read_origin,
    spell,
    write_body,
    write_document,
    write_origins,
)
from properties.strings import WATCHERS

RUNS: Final = 300
STEPS: Final = 60
EXPIRY: Final = ("expire_launch", "lapse_access")


@cache
def choices(*capabilities: str) -> Choices:
    """Learn the protocol once for all tests, with some capabilities or (none named) all: no bug is in a step of the model."""
    return Choices(Semantics(PROTOCOL.with_capabilities(*capabilities) if capabilities else PROTOCOL))


def checked(concretion: Concretion, watchers: tuple[Watcher, ...] = (), embeds: int = 1, only: tuple[str, ...] = ()) -> Check:
    """Judge runs of the protocol as it reads in such a reality."""
    check = Check(choices(*only).semantics, (), concretion, watchers, embeds)
    check.choices = choices(*only)
    return check


def pinned(concretion: Concretion, **options: Scalar) -> Concretion:
    """Leave an option no choice."""
    return evolve(concretion, options={**concretion.options, **{name: (value,) for name, value in options.items()}})


def shaped(shape: str) -> dict[str, Scalar]:
    """Let launch tokens have one shape."""
    return {"launch_token": shape}


def planted(form: Form, *kinds: type) -> Concretion:
    """Let the values of some classes read in another way."""
    return evolve(REALITY, forms={**REALITY.forms, **dict.fromkeys(kinds, form)})


def found(check: Check, runs: int = RUNS, steps: int = STEPS) -> Failure | None:
    """Walk until something breaks."""
    walker = Walker(check)
    walks = (walker.run(0, number, steps) for number in range(runs))
    return next((walk.failure for walk in walks if walk.failure is not None), None)


# -- planted bugs ------------------------------------------------------------------------------------


def concatenated(run: Run, url: Url) -> str:
    """Build a launch URL by joining texts."""
    launch = "" if url.launch is None else f"?launch={run.texts.of(url.launch)}"
    return f"{address_of(run, url.origin)}{run.setup['path']}{launch}"


def split_at_launch(run: Run, text: str) -> Url:
    """Read whatever follows ``launch=``, as it is written."""
    launch = text.split("launch=")[1] if "launch=" in text else None
    return Url(read_origin(run, text), None if launch is None else run.texts.read((LaunchToken,), launch))


def split_at_ampersand(run: Run, text: str) -> Url:
    """Read what follows ``launch=`` up to the next parameter, without decoding it."""
    launch = re.split("[&#]", text.split("launch=")[1])[0] if "launch=" in text else None
    return Url(read_origin(run, text), None if launch is None else run.texts.read((LaunchToken,), launch))


def lower_case_url(run: Run, url: Url) -> str:
    """Write a URL in lower case, token and all."""
    return str(REALITY.forms[Url].write(run, url)).lower()


def origin_by_letter(run: Run, text: str) -> Origin:
    """Compare a message's origin with the server's part of the configured address, letter by letter."""
    return next(o for o in Origin if "://".join(urlsplit(address_of(run, o))[:2]) == text)


def origin_without_dot(run: Run, origin: Origin) -> str:
    """Write an origin without the dot at its end."""
    return origin_of(address_of(run, origin)).rstrip(".")


def origin_exactly(run: Run, text: str) -> Origin:
    """Read an origin as the browser compares it."""
    return next(o for o in Origin if origin_of(address_of(run, o)) == text)


def allowed_by_letter(run: Run, data: dict[str, Any]) -> Document:
    """Compare allowed origins with the page's letter by letter."""
    page = origin_of(address_of(run, Origin.HOST))
    origins = tuple(Origin.HOST.value if o == page else o for o in data["allowed_origins"])
    return evolve(read_document(run, data), origins=origins)


def allowed_by_beginning(run: Run, data: dict[str, Any]) -> Document:
    """Take any origin for allowed that begins like one that is."""
    page = origin_of(address_of(run, Origin.HOST))
    origins = tuple(Origin.HOST.value if page.startswith(o) else o for o in data["allowed_origins"])
    return evolve(read_document(run, data), origins=origins)


def lower_case_token(run: Run, token: AccessToken) -> str:
    """Carry a token in lower case."""
    return run.texts.of(token).lower()


def read_token(run: Run, text: str) -> AccessToken:
    """Read a token as it comes."""
    return run.texts.read((AccessToken,), text)


def number(value: Any) -> float:
    """Give the number that JavaScript compares a value as."""
    if value is None or value in ("", []):
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def not_less_than_minimum(_run: Run, height: Any) -> Reported:
    """Check a height with ``height >= 480`` and the maximum."""
    if not number(height) >= 480:
        return Reported.SHORT
    return Reported.WITHIN if number(height) <= TALLEST else Reported.BEYOND


def not_nan_only(_run: Run, height: Any) -> Reported:
    """Check a height with ``isNaN``, which makes a number of a text first."""
    value = number(height)
    if math.isnan(value):
        return Reported.MISSING
    if math.isinf(value):
        return Reported.INFINITE
    if value < 480:
        return Reported.SHORT
    return Reported.WITHIN if value <= TALLEST else Reported.BEYOND


def path_by_beginning(run: Run, data: dict[str, Any]) -> MintBody:
    """Check a launch path by its beginning alone."""
    inside = str(data["launch_path"]).startswith("/workspace/")
    return read_body(run, {**data, "launch_path": "/workspace/x"} if inside else data)


def longest_ttl_only(run: Run, data: dict[str, Any]) -> MintBody:
    """Check that a lifetime is not too long, and forget that it may be too short."""
    return read_body(run, {**data, "ttl_seconds": max(300, data["ttl_seconds"])})


def without_zone(kind: type) -> Form:
    """Write an expiry without its time zone."""
    form = REALITY.forms[kind]

    def write(run: Run, answer: Any) -> dict[str, Any]:
        data: dict[str, Any] = form.write(run, answer)
        return {**data, "expires_at": data["expires_at"].removesuffix("+00:00")}

    return Form(write, form.read)


def swapped_lifetimes(world: World, act: Act) -> None:
    """Give the launch token the access token's lifetime, and the other way round."""
    note(world, act)
    for said in act.said:
        if act.machine == "api" and isinstance(said, SessionCreated) and said.launch_url.launch is not None:
            launch = said.launch_url.launch
            world.notes[launch], world.notes[said.access] = world.notes[said.access], world.notes[launch]


def one_launch_text(run: Run, name: Any) -> str:
    """Give every launch token the same text."""
    return "launch-token-of-the-day" if isinstance(name, LaunchToken) else spell(run, name)


URL_FORM: Final = REALITY.forms[Url]
ORIGIN_FORM: Final = REALITY.forms[Origin]
BODY_FORM: Final = REALITY.forms[MintBody]
HEIGHT_FORM: Final = REALITY.forms[Reported]

BUGS: Final[Mapping[str, Concretion]] = {
    "a launch URL is joined": planted(Form(concatenated, URL_FORM.read), Url),
    "a joined launch URL, and a token with &": pinned(
        planted(Form(concatenated, URL_FORM.read), Url), path="/workspace/dashboard", **shaped("printable")
    ),
    "a joined launch URL, and a token with +": pinned(
        planted(Form(concatenated, URL_FORM.read), Url), path="/workspace/dashboard", **shaped("base64")
    ),
    "a joined launch URL, and a page with a query": pinned(
        planted(Form(concatenated, URL_FORM.read), Url), path="/workspace/reports?from=2024-01-01&to=&q=a%20b", **shaped("plain")
    ),
    "a joined launch URL, and a page with a fragment": pinned(
        planted(Form(concatenated, URL_FORM.read), Url), path="/workspace/notes#section-2", **shaped("plain")
    ),
    "a launch URL is split at launch=": planted(Form(URL_FORM.write, split_at_launch), Url),
    "a split launch URL, and a page with a fragment": pinned(
        planted(Form(URL_FORM.write, split_at_launch), Url), path="/workspace/notes#section-2", **shaped("plain")
    ),
    "a token is not decoded": planted(Form(URL_FORM.write, split_at_ampersand), Url),
    "a URL is put in lower case": planted(Form(lower_case_url, URL_FORM.read), Url),
    "an origin is compared as configured": planted(Form(ORIGIN_FORM.write, origin_by_letter), Origin),
    "the embed is configured in upper case": pinned(
        planted(Form(ORIGIN_FORM.write, origin_by_letter), Origin), embed="https://EMBED.Meshes.io", host="plain"
    ),
    "the embed is configured with its default port": pinned(
        planted(Form(ORIGIN_FORM.write, origin_by_letter), Origin), embed="https://embed.meshes.io:443", host="plain"
    ),
    "the page is opened in upper case": pinned(
        planted(Form(ORIGIN_FORM.write, origin_by_letter), Origin), embed="https://embed.meshes.io", host="upper case"
    ),
    "the page is not in ASCII": pinned(
        planted(Form(ORIGIN_FORM.write, origin_by_letter), Origin), embed="https://embed.meshes.io", host="not ASCII"
    ),
    "an origin's dot is cut off": planted(Form(origin_without_dot, origin_exactly), Origin),
    "allowed origins are compared letter by letter": planted(Form(write_document, allowed_by_letter), Document),
    "allowed origins are compared by their beginning": planted(Form(write_document, allowed_by_beginning), Document),
    "an access token is put in lower case": planted(Form(lower_case_token, read_token), AccessToken),
    "a height is compared with the minimum alone": planted(Form(HEIGHT_FORM.write, not_less_than_minimum), Reported),
    "a height is checked with isNaN": planted(Form(HEIGHT_FORM.write, not_nan_only), Reported),
    "a launch path is checked by its beginning": planted(Form(BODY_FORM.write, path_by_beginning), MintBody),
    "a lifetime may be as short as it likes": planted(Form(BODY_FORM.write, longest_ttl_only), MintBody),
    "a new session's expiry has no time zone": planted(without_zone(SessionCreated), SessionCreated),
    "a passed-on expiry has no time zone": planted(without_zone(MintAnswer), MintAnswer),
    "lifetimes are swapped": evolve(REALITY, note=swapped_lifetimes),
}
"""Each is a reality with one bug; those with options that are pinned have it in one setting."""

OF_MINTS: Final = ("a launch path is checked by its beginning", "a lifetime may be as short as it likes")
"""These are met where an operator misconfigures a mint, which is rare where much else can happen."""


def broken_by(bug: str, concretion: Concretion, runs: int = RUNS) -> Failure | None:
    """Walk, judged by all watchers, among the capabilities that a bug takes."""
    if bug in OF_MINTS:
        return found(checked(concretion, WATCHERS, only=("operator",)), runs * 2, steps=8)
    return found(checked(concretion, WATCHERS), runs)


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_found(bug: str) -> None:
    """What an implementation gets wrong is found as a step that refines none of the model's."""
    failure = broken_by(bug, BUGS[bug])
    assert failure is not None
    assert failure.breaks == REFINEMENT


@pytest.mark.parametrize("bug", BUGS)
def test_the_sound_one_is_clean(bug: str) -> None:
    """In the same settings, an implementation without the bug takes no other steps than the model's."""
    assert broken_by(bug, evolve(REALITY, options=BUGS[bug].options), runs=2) is None


@pytest.mark.parametrize("what", ["lower case", "time zone", "time"])
def test_a_finding_says_where_they_part(what: str) -> None:
    """The two sides are told: the model's, and what it is in reality."""
    bug, said = {
        "lower case": ("an access token is put in lower case", "what is heard"),
        "time zone": ("a passed-on expiry has no time zone", "TypeError"),
        "time": ("lifetimes are swapped", "it does not let this happen yet"),
    }[what]
    failure = broken_by(bug, BUGS[bug])
    assert failure is not None
    assert "the model has" in failure.detail
    assert said in failure.detail


def test_a_token_that_is_used_again_is_an_error() -> None:
    """A server that gives two sessions one launch text is stopped at the second."""
    with pytest.raises(EffectError, match="launch-token-of-the-day"):
        found(checked(evolve(REALITY, spell=one_launch_text), WATCHERS))


def test_a_token_that_never_expires_is_found() -> None:
    """Where no deadline ever comes, something is served after its time, and the watcher says so."""
    failure = found(checked(evolve(REALITY, deadlines=no_deadlines), WATCHERS))
    assert failure is not None
    assert failure.breaks == "no-token-serves-after-its-time"
    assert "was over at" in failure.detail


# -- what is sound -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("option", "value"), [(o, v) for o, values in REALITY.options.items() for v in values])
def test_every_setting_runs_clean(option: str, value: Scalar) -> None:
    """Whatever an option is set to, runs refine the model, and no watcher says anything."""
    assert found(checked(pinned(REALITY, **{option: value}), WATCHERS), runs=1) is None


def test_every_value_takes_part() -> None:
    """Runs are set up with every value of every option, and a third of them with the plainest."""
    setups = [REALITY.setup(Random(f"0/{run}")) for run in range(RUNS)]
    assert all({setup[name] for setup in setups} == set(values) for name, values in REALITY.options.items())
    plainest = [s for s in setups if all(s[name] == values[0] for name, values in REALITY.options.items())]
    assert RUNS / 4 < len(plainest) < RUNS / 2


@cache
def sound() -> Check:
    """Judge sound runs by refinement alone."""
    return checked(REALITY)


def fresh_run(**options: Scalar) -> Run:
    """Start a run in the plainest setting but for some options."""
    return sound().start({**{name: values[0] for name, values in REALITY.options.items()}, "salt": 7, **options})


@pytest.mark.parametrize(("reported", "height"), [(r, h) for r, heights in HEIGHTS.items() for h in heights], ids=repr)
def test_every_height_reads_back(reported: Reported, height: Any) -> None:
    """A height that crosses the wire is read as what it was written for."""
    text = json.dumps({"type": "Resize", "data": {"height": height}})
    assert fresh_run().wire.read(text) == Resize(reported)


def test_every_height_is_written() -> None:
    """There are heights of every kind, and taking turns, all of them are written."""
    run = fresh_run()
    assert set(HEIGHTS) == set(Reported)
    for reported, heights in HEIGHTS.items():
        written = [HEIGHT_FORM.write(run, reported) for _ in heights]
        assert sorted(map(repr, written)) == sorted(map(repr, heights))


@pytest.mark.parametrize(
    ("defect", "value"), [(d, v) for d, (_, values) in OUT_OF_BOUNDS.items() for v in values], ids=lambda x: str(x)[:40]
)
@pytest.mark.parametrize("host", list(HOSTS))
def test_every_defect_is_refused(defect: Defect, value: Any, host: str) -> None:
    """A mint with one field out of bounds is refused, whatever the others are, and reads as the defect it has."""
    run = fresh_run(host=host)
    body = evolve(own_body(run), **{OUT_OF_BOUNDS[defect][0]: value})
    assert not body.acceptable
    assert read_body(run, json.loads(json.dumps(asdict(body)))) == defect.value


def test_every_defect_is_written() -> None:
    """There are values for every defect, and taking turns, all of them are written."""
    run = fresh_run()
    assert set(OUT_OF_BOUNDS) == set(Defect)
    for defect, (name, values) in OUT_OF_BOUNDS.items():
        written = [write_body(run, defect.value)[name] for _ in range(100)]
        assert {repr(v) for v in written} == {repr(v) for v in values}


@pytest.mark.parametrize("path", REALITY.options["path"])
@pytest.mark.parametrize("host", list(HOSTS))
def test_good_mints_are_good(host: str, path: str) -> None:
    """Every mint that runs make without a defect keeps its bounds, and reads as the good one."""
    run = fresh_run(host=host, path=path)
    assert own_body(run).acceptable
    assert read_body(run, json.loads(json.dumps(write_body(run, GOOD)))) == GOOD


@pytest.mark.parametrize("host", list(HOSTS))
def test_allowed_origins_are_the_page_s(host: str) -> None:
    """The operator allows the origin of the page that the user opens, however the two are written."""
    run = fresh_run(host=host)
    address, allowed = HOSTS[host]
    assert origin_of(address) == origin_of(allowed)
    assert write_origins(run, (Origin.HOST.value,)) == [allowed]


@pytest.mark.parametrize("shape", REALITY.options["launch_token"])
@pytest.mark.parametrize("path", REALITY.options["path"])
def test_a_launch_url_is_read_as_it_was_written(shape: str, path: str) -> None:
    """Of any shape, on any page, the token in the launch URL is the one that was put there, and no other text is."""
    run = fresh_run(launch_token=shape, path=path)
    launch = run.texts.mint(LaunchToken)
    text = URL_FORM.write(run, Url(Origin.EMBED, launch))
    assert tokens_in(text) == {LAUNCH: run.texts.of(launch)}
    assert URL_FORM.read(run, text) == Url(Origin.EMBED, launch)


# -- time --------------------------------------------------------------------------------------------


@watcher("public.ttl-bounds")
def nothing_is_overdue() -> Watch:
    """The clock never goes back, what expires does so at its moment, and then nothing else is due before it."""
    last = 0.0

    def watch(world: World, act: Act) -> str | None:
        nonlocal last
        before, last = last, world.run.now
        if last < before:
            return f"the clock went back from {before} to {last}"
        overdue = [d for w in world.run.worlds for d in REALITY.deadlines(w) if d.at < last]
        if overdue:
            return f"at {last}, {overdue} is still to come"
        if act.name in EXPIRY:
            moments = {world.notes.get(s.launch if act.name == EXPIRY[0] else s.access) for s in act.before.sessions}
            return None if last in moments else f"{act.name} at {last}, and not at any of {moments}"
        return None

    return watch


@watcher("ours.ready-timeout", "public.token-expired", "refresh.scheduled")
def timers_keep_their_time() -> Watch:
    """No timer fires before its moment, by the clock of whoever set it."""

    def watch(world: World, act: Act) -> str | None:
        setup, now = world.run.setup, world.run.now
        if act.name in TIMERS and TIMERS[act.name][0] in world.notes:
            since, option = TIMERS[act.name]
            earliest = world.notes[since] + float(str(setup[option]))
        elif act.name == "ask_ahead" and act.before.access in world.notes:
            earliest = world.notes[act.before.access] - float(str(setup["ahead"])) - float(str(setup["embed_skew"]))
        else:
            return None
        return f"{act.name} at {now}, and not from {earliest} on" if now < earliest else None

    return watch


def test_time_is_kept() -> None:
    """In runs of three embeds deadlines come in order, each at its moment, and no timer fires early."""
    fired: set[str] = set()
    walker = Walker(checked(REALITY, (nothing_is_overdue, timers_keep_their_time), embeds=3))
    for run in range(10):
        walk = walker.run(0, run, 200)
        assert walk.failure is None
        fired.update(walk.fired)
    assert {*EXPIRY, *TIMERS, "ask_ahead"} <= fired


def test_a_timer_that_fires_early_is_noticed() -> None:
    """Where timers fire at once, the same watcher says so."""
    hasty = evolve(REALITY, due=lambda world, chosen: world.run.now)
    failure = found(checked(hasty, (timers_keep_their_time,)))
    assert failure is not None
    assert failure.breaks == "timers-keep-their-time"


def steps_of(check: Check, seed: str, steps: int) -> Iterator[tuple[Run, int]]:
    """Walk cleanly; give, after each step, the run and how many other embeds overheard it."""
    random = Random(seed)
    run = check.start(REALITY.setup(random))
    chooser = Chooser(random, 0.05)
    for _ in range(steps):
        world = random.randrange(len(run.worlds))
        position = chooser.choose(run.worlds[world].options, partial(waits, run, world))
        taken, trouble = check.take(run, world, position, random.choice(REALITY.pauses))
        assert trouble is None
        assert taken is not None
        yield run, sum(1 for hop in taken.hops if hop.world != taken.world)


def test_embeds_overhear_each_other() -> None:
    """Three embeds on a page hear each other's messages in most runs, and all runs stay clean."""
    check = checked(REALITY, WATCHERS, embeds=3)
    overheard = [sum(count for _, count in steps_of(check, f"page {n}", 250)) for n in range(8)]
    assert sum(map(bool, overheard)) >= len(overheard) / 2


def test_a_page_alone_overhears_nobody() -> None:
    """Where there is one embed, nothing is overheard."""
    assert not any(count for _, count in steps_of(checked(REALITY), "alone", 250))


def test_three_embeds_have_their_own_tokens() -> None:
    """No two of the embeds on a page are ever given the same access token."""
    for run, _ in steps_of(checked(REALITY, embeds=3), "own", 300):
        held = [{s.access for s in world.phase("api").sessions if not s.id.rigid} for world in run.worlds]
        assert len(set.union(*held)) == sum(map(len, held))


SUSPENDED: Final = 4000.0
"""For so many seconds nothing happens but that time goes on: more than any token's lifetime."""


@pytest.mark.parametrize("seed", range(8))
def test_a_suspended_computer_wakes_to_expired_tokens(seed: int) -> None:
    """After a long sleep every token in use is over, and was so at its moment, one after the other."""
    check = checked(REALITY, WATCHERS)
    *_, (run, _) = steps_of(check, f"sleep {seed}", 40 + seed)
    world, wakes = run.worlds[0], run.now + SUSPENDED
    moments = [run.now]
    while any(d.at <= wakes for d in REALITY.deadlines(world)):
        taken, trouble = check.take_at(run, 0, 0, wakes)
        assert trouble is None
        assert taken is not None
        assert {act.name for act in taken.acts} <= set(EXPIRY)
        moments.append(run.now)
    assert moments == sorted(moments)
    for session in world.phase("api").sessions:
        if session.page is Page.FIRST and session.id in world.reading.alive and not session.revoked:
            assert session.launch_state is not LaunchState.UNSPENT
            assert session.lapsed


def test_a_long_sleep_has_something_to_end() -> None:
    """Some of those runs sleep over a launch token's end, and some over an access token's."""
    due: set[str] = set()
    for seed in range(8):
        *_, (run, _) = steps_of(checked(REALITY), f"sleep {seed}", 40 + seed)
        due.update(d.transition for d in REALITY.deadlines(run.worlds[0]) if d.at <= run.now + SUSPENDED)
    assert "lapse_access" in due
