"""The embed lifecycle over real strings and a clock: what the abstract model's names and values are.

The run's clock is the servers'. A host or an embed has a clock of its own that is wrong by its skew,
and a timer that is set by it fires early or late.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from attrs import asdict, evolve, fields_dict

from launchproof.concrete import Act, Concretion, Deadline, Form, Run, World
from launchproof.concrete.agree import agrees
from launchproof.declare.channels import Posted
from launchproof.declare.names import Name
from launchproof.semantics.steps import Detailed
from model.addresses import ACCESS, LAUNCH, launch_url, origin_of, tokens_in
from model.api import LaunchState
from model.environment import TIME
from model.lies import Lie
from model.messages import Document, LaunchCreated, MintAnswer, SessionCreated, SessionRefreshed
from model.mint_body import GOOD, Defect, MintBody
from model.names import (
    AccessToken,
    DocumentId,
    Grant,
    LaunchToken,
    Origin,
    Page,
    Reported,
    SessionId,
    Url,
    Window,
    of_somebody,
)

TALLEST: Final = 4000
"""The height in px beyond which the host lets no iframe grow."""

HOSTS: Final = {
    "plain": ("https://app.example.com/page", "https://app.example.com"),
    "port": ("https://app.example.com:8443/page", "https://app.example.com:8443"),
    "upper case": ("HTTPS://App.Example.COM/page", "https://app.example.com"),
    "default port": ("https://app.example.com/page", "https://app.example.com:443"),
    "trailing dot": ("https://app.example.com./page", "https://app.example.com."),
    "not ASCII": ("https://bücher.example/page", "https://xn--bcher-kva.example"),
}
"""Pages that embed: the address as the user typed it, and the origin as the operator allowed it."""

EMBEDS: Final = (
    "https://embed.meshes.io",
    "https://embed.meshes.io:8443",
    "https://EMBED.Meshes.io",
    "https://embed.meshes.io.",
    "https://embed.meshes.io:443",
)
PATHS: Final = (
    "/workspace/dashboard",
    "/workspace/reports?from=2024-01-01&to=&q=a%20b",
    "/workspace/notes#section-2",
    "/workspace/start?launch=old&access_token=#top",
    "/workspace/Übersicht/größe?ä=ö",
    "/workspace/a/../dashboard/./x",
    "/workspace/100%25/~alice",
)
HEIGHTS: Final[dict[Reported, tuple[Any, ...]]] = {
    Reported.MISSING: (None, math.nan, "tall", "600", "", [], {}),
    Reported.SHORT: (0, -1, 479.999, -1e308, 1),
    Reported.WITHIN: (480, 612.5, TALLEST, 480.0),
    Reported.BEYOND: (TALLEST + 1, 4000.001, 2**53, 1.7e308),
    Reported.INFINITE: (math.inf,),
}
OUT_OF_BOUNDS: Final[dict[Defect, tuple[str, tuple[Any, ...]]]] = {
    Defect.WORKSPACE: (
        "workspace_id",
        ("dashboard", "", "550e8400e29b41d4a716446655440000", "550E8400-E29B-41D4-A716-446655440000"),
    ),
    Defect.ROLE: ("role", ("root", "", "Admin", "owner ")),
    Defect.TTL_SHORT: ("ttl_seconds", (299, 0, -1800)),
    Defect.TTL_LONG: ("ttl_seconds", (3601, 86_400, 2**63)),
    Defect.LAUNCH_TTL_SHORT: ("launch_ttl_seconds", (14, 0, -30)),
    Defect.LAUNCH_TTL_LONG: ("launch_ttl_seconds", (61, 3600)),
    Defect.LAUNCH_PATH: ("launch_path", ("/admin", "workspace/x", "https://elsewhere.example/workspace/", "/Workspace/x")),
    Defect.LAUNCH_PATH_DOTS: (
        "launch_path",
        ("/workspace/../admin", "/workspace/%2e%2e/admin", "/workspace/.%2E/", "/workspace/..\\..\\admin"),
    ),
    Defect.NO_ORIGINS: ("allowed_origins", ((),)),
    Defect.MANY_ORIGINS: ("allowed_origins", (tuple(f"https://a{i}.example" for i in range(11)),)),
    Defect.NO_ORIGIN: (
        "allowed_origins",
        (("*",), ("null",), ("https://app.example.com/",), ("app.example.com",), ("https://...",)),
    ),
}
"""Mints that must be refused: the field, and values of it."""


# -- names -------------------------------------------------------------------------------------------


def digest(run: Run, name: Name) -> bytes:
    """Give 32 bytes that belong to a name of a run alone."""
    return hashlib.sha256(f"{run.salt}/{type(name).__name__}/{name.number}".encode()).digest()


def compact(data: bytes) -> str:
    """Write bytes as base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(shape: str, data: bytes, run: Run) -> str:
    """Write a token in one of the shapes that tokens have."""
    if shape == "jwt":
        now = int(run.now)
        claims = {"iss": "meshes", "iat": now, "exp": now + int(str(run.setup["ttl"])), "jti": data[:16].hex()}
        header = compact(b'{"alg":"HS256","typ":"JWT"}')
        return f"{header}.{compact(json.dumps(claims).encode())}.{compact(data)}"
    if shape == "base64":
        return base64.b64encode(b"\xfb\xff\xfe" + data).decode()
    if shape == "printable":
        return f"a+b/c=d&e#f?g%2Fh {data[:12].hex()};:@[]{{}}|\\^`'\"<>"
    if shape == "unicode":
        return f"schlüssel-鍵-{data[:12].hex()}-é"
    return compact(data)


def spell(run: Run, name: Name) -> str:
    """Give a name's text (public.session-id)."""
    data = digest(run, name)
    if isinstance(name, SessionId):
        return f"sess_{UUID(bytes=data[:16], version=4)}"
    if isinstance(name, LaunchToken):
        return token(str(run.setup["launch_token"]), data, run)
    if isinstance(name, AccessToken):
        return token(str(run.setup["access_token"]), data, run)
    return f"{'doc' if isinstance(name, DocumentId) else type(name).__name__}_{data[:8].hex()}"


# -- addresses ---------------------------------------------------------------------------------------


def address_of(run: Run, origin: Origin) -> str:
    """Give the address at which an origin really is."""
    if origin is Origin.HOST:
        return HOSTS[str(run.setup["host"])][0]
    return str(run.setup["embed"]) if origin is Origin.EMBED else origin.value


def read_origin(run: Run, text: str) -> Origin:
    """Tell whose origin a text is."""
    return next(o for o in Origin if origin_of(address_of(run, o)) == origin_of(text))


def write_url(run: Run, url: Url) -> str:
    """Write a URL with the tokens that are in it."""
    known: dict[Url, str] = run.notes.setdefault("urls", {})
    if url not in known:
        pairs = ((LAUNCH, url.launch), (ACCESS, url.access))
        tokens = {key: run.texts.of(name) for key, name in pairs if name is not None}
        known[url] = launch_url(address_of(run, url.origin), str(run.setup["path"]), tokens)
    return known[url]


def read_url(run: Run, text: str) -> Url:
    """Read a URL: its origin, and the tokens in it."""
    tokens = tokens_in(text)
    launch, access = tokens.get(LAUNCH), tokens.get(ACCESS)
    return Url(
        read_origin(run, text),
        None if launch is None else run.texts.read((LaunchToken,), launch),
        None if access is None else run.texts.read((AccessToken,), access),
    )


def write_origins(run: Run, origins: tuple[str, ...]) -> list[str]:
    """Write allowed origins as the operator configured them."""
    return [HOSTS[str(run.setup["host"])][1] if o == Origin.HOST.value else o for o in origins]


def read_origins(run: Run, origins: list[str]) -> tuple[str, ...]:
    """Read allowed origins as a grant has them: one that is the page's own counts as such, however it is written."""
    page = origin_of(address_of(run, Origin.HOST))
    return of_somebody(Origin.HOST.value if "://" in o and origin_of(o) == page else o for o in origins)


# -- what is said ------------------------------------------------------------------------------------


def turn(run: Run, what: str, of: int) -> int:
    """Take turns: give the next of so many values."""
    run.notes[what] = run.notes.get(what, int(str(run.setup["turn"]))) + 1
    return int(run.notes[what]) % of


def write_height(run: Run, reported: Reported) -> Any:
    """Write a height that is reported as this."""
    values = HEIGHTS[reported]
    return values[turn(run, "height", len(values))]


def read_height(_run: Run, height: Any) -> Reported:
    """Tell a reported height by what ``Number.isFinite`` and the bounds say of it."""
    if isinstance(height, bool) or not isinstance(height, int | float) or math.isnan(height):
        return Reported.MISSING
    if math.isinf(height):
        return Reported.INFINITE
    if height < 480:
        return Reported.SHORT
    return Reported.WITHIN if height <= TALLEST else Reported.BEYOND


def own_body(run: Run) -> MintBody:
    """Give the body of this run's good mints."""
    setup = run.setup
    return MintBody(
        workspace_id=str(UUID(bytes=hashlib.sha256(run.salt.encode()).digest()[:16], version=4)),
        role=str(setup["role"]),
        ttl_seconds=int(str(setup["ttl"])),
        launch_ttl_seconds=int(str(setup["launch_ttl"])),
        launch_path=str(setup["path"]),
        allowed_origins=(HOSTS[str(setup["host"])][1],),
    )


def write_body(run: Run, body: MintBody) -> dict[str, Any]:
    """Write a mint's body; what is out of bounds is so in one of many ways."""
    written = own_body(run)
    if body != GOOD:
        name, values = OUT_OF_BOUNDS[Defect(body)]
        written = evolve(written, **{name: values[turn(run, "defect", len(values))]})
    return asdict(written)


def read_body(run: Run, data: dict[str, Any]) -> MintBody:
    """Read a mint's body: a good one counts as `GOOD`, another as having the defect that it has."""
    body = MintBody(**{**data, "allowed_origins": tuple(data["allowed_origins"])})
    if body.acceptable:
        return GOOD
    own = own_body(run)
    wrong = next(name for name in fields_dict(MintBody) if not evolve(own, **{name: getattr(body, name)}).acceptable)
    value = getattr(body, wrong)
    return next(defect.value for defect, (name, values) in OUT_OF_BOUNDS.items() if name == wrong and value in values)


def write_grant(run: Run, grant: Grant) -> dict[str, Any]:
    """Write a grant as this run's mints have it."""
    own = own_body(run)
    role = own.role if grant.role == GOOD.role else grant.role
    return {"workspace_id": own.workspace_id, "role": role, "allowed_origins": write_origins(run, grant.origins)}


def read_grant(run: Run, data: dict[str, Any]) -> Grant:
    """Read a grant: the workspace and role of this run's mints are `GOOD`'s."""
    own = own_body(run)
    good = data["workspace_id"] == own.workspace_id and data["role"] == own.role
    origins = read_origins(run, data["allowed_origins"])
    return Grant(GOOD.workspace_id, GOOD.role, origins) if good else Grant(data["workspace_id"], data["role"], origins)


def write_document(run: Run, document: Document) -> dict[str, Any]:
    """Write what the embed's document knows of its session."""
    texts = run.texts
    origins = write_origins(run, document.origins)
    return {"document": texts.of(document.document), "session_id": texts.of(document.session), "allowed_origins": origins}


def read_document(run: Run, data: dict[str, Any]) -> Document:
    """Read what the embed's document knows of its session."""
    read = run.texts.read
    origins = read_origins(run, data["allowed_origins"])
    return Document(read((DocumentId,), data["document"]), read((SessionId,), data["session_id"]), origins)


EPOCH: Final = datetime(2024, 2, 29, 23, 59, 30, tzinfo=UTC)


def answered(kind: Any) -> Form:
    """Give the form of a mint's answer: its expiry is a moment, beside the answer's own date."""

    def write(run: Run, answer: Any) -> dict[str, Any]:
        date = EPOCH + timedelta(seconds=run.now)
        expires_in = int(str(run.setup["ttl"])) if answer.expires_in == GOOD.ttl_seconds else answer.expires_in
        found = {
            "session_id": run.texts.of(answer.session),
            "access_token": run.texts.of(answer.access),
            "launch_url": write_url(run, answer.launch_url),
            "expires_at": (date + timedelta(seconds=expires_in)).isoformat(),
            "date": date.isoformat(),
        }
        return found | ({"page": answer.page.name} if kind is SessionCreated else {})

    def read(run: Run, data: dict[str, Any]) -> Any:
        lasts = datetime.fromisoformat(data["expires_at"]) - datetime.fromisoformat(data["date"])
        expires_in = GOOD.ttl_seconds if lasts == timedelta(seconds=int(str(run.setup["ttl"]))) else int(lasts.total_seconds())
        session = run.texts.read((SessionId,), data["session_id"])
        access = run.texts.read((AccessToken,), data["access_token"])
        rest: tuple[Any, ...] = (session, access, read_url(run, data["launch_url"]), expires_in)
        return SessionCreated(Page[data["page"]], *rest) if kind is SessionCreated else kind(*rest)

    return Form(write, read)


# -- time --------------------------------------------------------------------------------------------


def note(world: World, act: Act) -> None:
    """Note when each token is over, and when each transition last fired."""
    setup, now = world.run.setup, world.run.now
    world.notes[act.name] = now
    for said in act.said if act.machine == "api" else ():
        if isinstance(said, SessionCreated | SessionRefreshed):
            world.notes[said.access] = now + int(str(setup["ttl"]))
        if isinstance(said, SessionCreated | LaunchCreated) and said.launch_url.launch is not None:
            world.notes[said.launch_url.launch] = now + int(str(setup["launch_ttl"]))


def deadlines(world: World) -> Iterator[Deadline]:
    """Give the moments at which the tokens of sessions in use are over (public.ttl-bounds)."""
    if TIME.name not in world.run.choices.semantics.protocol.enabled:
        return
    alive = world.reading.alive
    for session in world.phase("api").sessions:
        if session.id not in alive or session.page is not Page.FIRST:
            continue
        if not session.revoked and session.launch_state is LaunchState.UNSPENT:
            yield Deadline(world.notes[session.launch], "expire_launch", session)
        if not session.revoked and not session.lapsed:
            yield Deadline(world.notes[session.access], "lapse_access", session)


TIMERS: Final = {"stop_waiting_for_ready": ("mount", "ready_timeout"), "give_up": ("ask_after_refusal", "patience")}
"""Timers: what sets them, and the option that says for how many seconds."""


def due(world: World, chosen: Detailed) -> float:
    """Give the moment at which a timer fires, or a token is over; anything else may happen now."""
    run, plan = world.run, chosen.step.micros[0]
    if plan.name in TIMERS:
        since, option = TIMERS[plan.name]
        return float(world.notes.get(since, run.now)) + float(str(run.setup[option]))
    if plan.name == "ask_ahead":
        over = world.notes.get(world.phase("frame").access, run.now)
        return float(over) - float(str(run.setup["ahead"])) - float(str(run.setup["embed_skew"]))
    if plan.actor == TIME.name and plan.given:
        picked = plan.given[0][1]
        moments = (d.at for d in deadlines(world) if d.transition == plan.name and agrees(picked, d.pick, world.reading))
        return next(moments, run.now)
    return run.now


def overheard(world: World, act: Act) -> Iterator[tuple[str, Lie]]:
    """Tell what the host hears of another embed on its page: all listeners of a window hear all its messages."""
    if act.machine == "host" and isinstance(act.heard, Posted) and act.heard.source is Window.FRAME:
        for lie in Lie:
            if isinstance(act.heard.message, type(lie.value)):
                yield "sibling_post_to_host", lie


REALITY: Final = Concretion(
    options={
        "host": tuple(HOSTS),
        "embed": EMBEDS,
        "path": PATHS,
        "launch_token": ("plain", "jwt", "base64", "printable", "unicode"),
        "access_token": ("jwt", "plain", "base64", "printable", "unicode"),
        "role": ("member", "admin", "owner"),
        "ttl": (1800, 300, 3600, 301, 617),
        "launch_ttl": (30, 15, 60, 16),
        "ahead": (60, 5, 299),
        "embed_skew": (0, -45, 45, 3600, -3600),
        "ready_timeout": (10, 3, 90),
        "patience": (15, 1, 400),
        "turn": tuple(range(7)),
    },
    spell=spell,
    forms={
        Origin: Form(lambda run, origin: origin_of(address_of(run, origin)), read_origin),
        Url: Form(write_url, read_url),
        Reported: Form(write_height, read_height),
        MintBody: Form(write_body, read_body),
        Grant: Form(write_grant, read_grant),
        Document: Form(write_document, read_document),
        SessionCreated: answered(SessionCreated),
        MintAnswer: answered(MintAnswer),
    },
    deadlines=deadlines,
    due=due,
    note=note,
    overheard=overheard,
    pauses=(0.0, 0.02, 0.02, 0.3, 0.3, 0.3, 2.0, 2.0, 20.0, 400.0, 4000.0),
)
"""How the embed lifecycle reads in reality."""
