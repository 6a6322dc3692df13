"""PROTOCOL.md: the protocol explained in pictures and tables, for somebody who has never seen it."""

from __future__ import annotations

from typing import Final

from launchproof.draw.page import Page, Show

PAGE: Final = Page(
    "PROTOCOL.md",
    (
        """
# The embed session lifecycle, in pictures

Every picture and table here is drawn from the model (`uv run launchproof draw`); none is kept by hand. The model is
proved (`uv run launchproof verify`); [README](README.md) says what that rests on.

A customer's **host** page shows the product's **embed** in an iframe. The customer's **backend** mints a session at the
Session **API** and gets two credentials: a *launch URL*, good for the iframe's first document request and nothing
else, and an *access token*, which works and is never put in a URL. The host mounts the launch URL; the embed says
`meshes:ready`; the host answers with the access token (`meshes:auth`).

How to read a sequence: time goes down, a lane is a party. Numbered boxes are steps; a box without a number happens in
the same instant as the one before it. A solid arrow is a window message, a dashed one a request or an answer, a dotted
one happens at once. Blue is what the environment does: the user, time, the network. The wide grey bar on a lane is a
document, the narrow dark one an access token that is held.
""",
        "## First load",
        Show("first-load"),
        "## A refresh, ahead of expiry\n\nThe session stays; the iframe stays; only the access token is new.",
        Show("scheduled-refresh"),
        "When the answer is lost on the way, the host asks again; the server has made a token that nobody will ever use.",
        Show("lost-refresh"),
        "## A 401\n\nA call that is refused makes the embed ask early.",
        Show("early-refresh"),
        "After a revocation there is nothing to refresh: the host starts over with a fresh session.",
        Show("revocation"),
        """
## A hard reload

A reload requests the launch URL again. It is spent, so the iframe gets an error page, which says nothing; the host
learns of it by the second load event, and mounts afresh with a fresh session.
""",
        Show("hard-reload"),
        "Removing the component and mounting it again takes a fresh session, too.",
        Show("remount"),
        "## OAuth leaves the page\n\nIn a new tab, the embed stays where it is.",
        Show("oauth-in-a-tab"),
        "By redirect, the page is gone, and comes back as a new one: with a fresh session.",
        Show("oauth-by-redirect"),
        """
## The machines

A thick box is where a machine starts; a doubled one is where it may stay for ever; a crossed-out one is reached by no run under
the default assumptions. A dashed grey box stands for several phases. A transition that stays in its phase stands inside the box.
""",
        Show("lifecycle"),
        "### The host",
        Show("host"),
        "### The iframe",
        Show("frame"),
        "### Authorization of a connection",
        Show("setup"),
        "### A second tab",
        Show("second_tab"),
        "## Which message is legal when",
        "### The host",
        Show("host-messages"),
        "### The iframe",
        Show("frame-messages"),
        "### The Session API",
        Show("api-messages"),
        "### The backend",
        Show("backend-messages"),
        "## What each guard checks",
        Show("guards"),
        "## What the environment may do",
        Show("capabilities"),
        """
## What comes about

Nothing bad happens on a page that never loads, so progress is proved, too: of every fair run. Machines go on, what is in flight
arrives, the network recovers, and who is asked to authorize decides or gives up.
""",
        Show("progress"),
        "## What the pages leave open",
        Show("assumptions"),
        "## Every statement, and where it is built",
        Show("statements"),
    ),
)
"""The page; its pictures and tables come from the drawings of the same names."""
