"""The customer's backend: the only place where the management credential is."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from launchproof import Machine, Pick, Sent, To, when
from model.environment import FRESH_LAUNCH, OPERATOR
from model.messages import (
    AskLaunch,
    AskMint,
    AskRefresh,
    AskTabSession,
    BodyRefused,
    CreateLaunch,
    CreateSession,
    LaunchAnswer,
    LaunchCreated,
    LaunchUnavailable,
    MintAnswer,
    MintRefused,
    NoLaunch,
    RefreshAnswer,
    RefreshRefused,
    RefreshSession,
    SessionCreated,
    SessionGone,
    SessionRefreshed,
    TabSession,
)
from model.mint_body import GOOD, Defect
from model.names import ManagementCredential, Page


@frozen
class Trusted:
    """The backend is up, and has the management credential."""

    credential: ManagementCredential


backend: Final = Machine(
    "backend",
    initial=Trusted(ManagementCredential()),
    phases=(Trusted,),
    meaning="the customer's backend",
)


def for_first_page(_backend: Trusted, heard: Sent[SessionCreated]) -> bool:
    """The page asked for this session."""
    return heard.message.page is Page.FIRST


def for_second_tab(_backend: Trusted, heard: Sent[SessionCreated]) -> bool:
    """The second tab asked for this session."""
    return heard.message.page is Page.SECOND


@backend.transition("quickstart.mint-on-backend", "quickstart.mint-body")
def mint(backend: Trusted, heard: Sent[AskMint]) -> To[Trusted, CreateSession]:
    """Mint a session with the management credential, for the person who is logged in."""
    return To(backend, CreateSession(backend.credential, GOOD, Page.FIRST))


@backend.transition("quickstart.mint-body", "public.mint-bounds", capability=OPERATOR)
def mint_with_defect(backend: Trusted, heard: Sent[AskMint], defect: Pick[Defect]) -> To[Trusted, CreateSession]:
    """Mint with one field out of bounds."""
    return To(backend, CreateSession(backend.credential, defect.value, Page.FIRST))


@backend.transition("quickstart.mint-answer", "quickstart.mint-on-backend")
@when(for_first_page, "quickstart.mint-answer")
def pass_on_session(backend: Trusted, heard: Sent[SessionCreated]) -> To[Trusted, MintAnswer]:
    """Hand the page what was minted, and nothing else."""
    got = heard.message
    return To(backend, MintAnswer(got.session, got.access, got.launch_url, got.expires_in))


@backend.transition("public.mint-bounds")
def pass_on_refused_mint(backend: Trusted, heard: Sent[BodyRefused]) -> To[Trusted, MintRefused]:
    """Tell the page that there is nothing to mount."""
    return To(backend, MintRefused())


@backend.transition("refresh.host-steps", "quickstart.refresh-on-request")
def refresh(backend: Trusted, heard: Sent[AskRefresh]) -> To[Trusted, RefreshSession]:
    """Refresh a session with the management credential."""
    return To(backend, RefreshSession(backend.credential, heard.message.session))


@backend.transition("refresh.host-steps", "refresh.no-launch-url")
def pass_on_token(backend: Trusted, heard: Sent[SessionRefreshed]) -> To[Trusted, RefreshAnswer]:
    """Hand the page the new access token."""
    return To(backend, RefreshAnswer(heard.message.session, heard.message.access))


@backend.transition("public.revoke")
def pass_on_gone(backend: Trusted, heard: Sent[RefreshRefused]) -> To[Trusted, SessionGone]:
    """Tell the page that the session is gone."""
    return To(backend, SessionGone(heard.message.session))


@backend.transition("quickstart.hard-reload", given=FRESH_LAUNCH("yes"))
def relaunch(backend: Trusted, heard: Sent[AskLaunch]) -> To[Trusted, CreateLaunch]:
    """Ask for a fresh launch URL of a session."""
    return To(backend, CreateLaunch(backend.credential, heard.message.session))


@backend.transition("quickstart.hard-reload", given=FRESH_LAUNCH("yes"))
def pass_on_launch(backend: Trusted, heard: Sent[LaunchCreated]) -> To[Trusted, LaunchAnswer]:
    """Hand the page the fresh launch URL."""
    return To(backend, LaunchAnswer(heard.message.session, heard.message.launch_url))


@backend.transition("public.revoke", given=FRESH_LAUNCH("yes"))
def pass_on_no_launch(backend: Trusted, heard: Sent[LaunchUnavailable]) -> To[Trusted, NoLaunch]:
    """Tell the page that the session is gone."""
    return To(backend, NoLaunch())


@backend.transition("quickstart.mint-on-backend")
def mint_for_second_tab(backend: Trusted, heard: Sent[AskTabSession]) -> To[Trusted, CreateSession]:
    """Mint the second tab a session of its own."""
    return To(backend, CreateSession(backend.credential, GOOD, Page.SECOND))


@backend.transition("quickstart.mint-answer")
@when(for_second_tab, "quickstart.mint-answer")
def pass_on_tab_session(backend: Trusted, heard: Sent[SessionCreated]) -> To[Trusted, TabSession]:
    """Hand the second tab what was minted."""
    got = heard.message
    return To(backend, TabSession(got.session, got.access, got.launch_url))
