"""A second tab of the same person: its own mint, launch and token, in one step each.

It is told coarsely, because what could go wrong lies between it and the first page: the server's
table, which both share, and launch URLs that a duplicated tab has copied (`duplicate_tab`).
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from launchproof import Machine, Sent, To
from model.channels import SECOND_TAB
from model.environment import USER
from model.messages import AskTabSession, Document, GetDocument, LaunchRefused, TabSession
from model.names import AccessToken, Requester, SessionId


@frozen
class NoTab:
    """There is no second tab."""


@frozen
class TabMinting:
    """The tab asked for its session."""


@frozen
class TabLaunching:
    """The tab requested its embed's document."""

    session: SessionId
    access: AccessToken


@frozen
class TabLive:
    """The tab's embed works."""

    session: SessionId
    access: AccessToken


second_tab: Final = Machine(
    "second_tab",
    initial=NoTab(),
    phases=(NoTab, TabMinting, TabLaunching, TabLive),
    resting=(NoTab, TabLive),
    meaning="a second tab of the same person",
)


@second_tab.transition("quickstart.mint-on-backend", capability=USER)
def open_second_tab(second_tab: NoTab) -> To[TabMinting, AskTabSession]:
    """Open the page in a second tab, which mints for itself."""
    return To(TabMinting(), AskTabSession())


@second_tab.transition("quickstart.mount", via=SECOND_TAB.name)
def launch_second_tab(second_tab: TabMinting, heard: Sent[TabSession]) -> To[TabLaunching, GetDocument]:
    """Mount the second tab's own launch URL."""
    got = heard.message
    return To(TabLaunching(got.session, got.access), GetDocument(got.launch_url, Requester.FIRST_LOAD))


@second_tab.transition("quickstart.auth-on-ready")
def run_second_tab(second_tab: TabLaunching, heard: Sent[Document]) -> To[TabLive]:
    """Work in the second tab."""
    return To(TabLive(second_tab.session, second_tab.access))


@second_tab.transition("quickstart.hard-reload", capability=USER)
def close_second_tab(second_tab: TabLive) -> To[NoTab]:
    """Close the second tab."""
    return To(NoTab())


__all__ = ["LaunchRefused", "second_tab"]
