"""Everything that remembers URLs, and whoever reads them; with all who forge messages.

What was visited is in the browser's history, in logs, in what analytics and error traces collect
and in referrers (bootstrap.no-token-in-url). Readers are assumed to read at once: knowing more can
only let them do more, since nobody has to do anything with what they know.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from launchproof import Machine, Pick, Sent, To, memory
from model.channels import (
    FOREIGN_TO_FRAME,
    FOREIGN_TO_HOST,
    FORMER_TO_HOST,
    REPLAYS,
    SIBLING_TO_FRAME,
    SIBLING_TO_HOST,
)
from model.environment import FOREIGN_WINDOW, OTHER_CUSTOMER, SCANNER, SIBLING_FRAME, URL_READER, USER
from model.lies import Lie
from model.messages import ApiCall, Auth, FrameSays, GetDocument, GoBack, Restore, Visited
from model.names import OLD_LAUNCH, THEIR_ACCESS, THEIR_DOCUMENT, THEIR_SESSION, LaunchToken, Origin, Requester, Sink, Url


@frozen
class Remembered:
    """The launch tokens in URLs that were visited (access tokens are never in any: a property).

    Tokens that nobody can use any more are forgotten one by one; `OLD_LAUNCH` stands for all of them.
    """

    launches: frozenset[LaunchToken] = memory()


urls: Final = Machine(
    "urls",
    initial=Remembered(frozenset({OLD_LAUNCH})),
    phases=(Remembered,),
    meaning="what remembers URLs, and strangers who read them or forge messages",
)


@urls.transition("bootstrap.no-token-in-url")
def remember(urls: Remembered, heard: Sent[Visited]) -> To[Remembered]:
    """Keep the launch token of a URL that was visited."""
    launch = heard.message.url.launch
    return To(urls if launch is None else Remembered(urls.launches | {launch}))


def requested(launch: LaunchToken, by: Requester) -> GetDocument:
    """Make a document request for a launch URL that was found somewhere."""
    return GetDocument(Url(Origin.EMBED, launch), by)


@urls.transition("bootstrap.launch-is-not-runtime", capability=SCANNER, via=REPLAYS.name)
def scan(urls: Remembered, found: Pick[LaunchToken]) -> To[Remembered, GetDocument]:
    """Fetch a launch URL, perhaps before the iframe's own request arrives."""
    return To(urls, requested(found, Requester.SCANNER))


@urls.transition("bootstrap.no-token-in-url", capability=URL_READER, via=REPLAYS.name)
def replay(urls: Remembered, found: Pick[LaunchToken], _sink: Pick[Sink]) -> To[Remembered, GetDocument]:
    """Request a launch URL that was read from one of the five sinks."""
    return To(urls, requested(found, Requester.READER))


@urls.transition("bootstrap.launch-is-not-runtime", capability=URL_READER, via=REPLAYS.name)
def call_with_launch(urls: Remembered, found: Pick[LaunchToken]) -> To[Remembered, ApiCall]:
    """Call the API with a launch token as if it were an access token."""
    return To(urls, ApiCall(found))


@urls.transition("bootstrap.launch-starts-frame", capability=FOREIGN_WINDOW, via=REPLAYS.name)
def frame_the_embed(urls: Remembered, found: Pick[LaunchToken]) -> To[Remembered, GetDocument]:
    """Load a launch URL in a foreign page's iframe."""
    return To(urls, requested(found, Requester.FOREIGN_FRAME))


@urls.transition("bootstrap.launch-starts-frame", capability=USER, via=REPLAYS.name)
def duplicate_tab(urls: Remembered, found: Pick[LaunchToken]) -> To[Remembered, GetDocument]:
    """Duplicate the tab: the copy requests the iframe's address again."""
    return To(urls, requested(found, Requester.DUPLICATE))


@urls.transition("quickstart.hard-reload")
def restore_address(urls: Remembered, heard: Sent[GoBack], found: Pick[LaunchToken]) -> To[Remembered, Restore]:
    """Give a restored iframe an address from the history."""
    return To(urls, Restore(found))


@urls.transition("quickstart.embed-origin", capability=FOREIGN_WINDOW, via=FOREIGN_TO_HOST.name)
def foreign_post_to_host(urls: Remembered, lie: Pick[Lie]) -> To[Remembered, FrameSays]:
    """Post to the host from another origin's window."""
    return To(urls, lie.value)


@urls.transition("quickstart.source", capability=SIBLING_FRAME, via=SIBLING_TO_HOST.name)
def sibling_post_to_host(urls: Remembered, lie: Pick[Lie]) -> To[Remembered, FrameSays]:
    """Post to the host from a second embed on the page."""
    return To(urls, lie.value)


@urls.transition("ours.late-messages", "quickstart.source", capability=SIBLING_FRAME, via=FORMER_TO_HOST.name)
def former_frame_posts(urls: Remembered, lie: Pick[Lie]) -> To[Remembered, FrameSays]:
    """Post to the host from an iframe that was removed: what it had in flight may arrive at any moment."""
    return To(urls, lie.value)


@urls.transition("ours.auth-from-parent", capability=OTHER_CUSTOMER, via=FOREIGN_TO_FRAME.name)
def foreign_post_to_frame(urls: Remembered) -> To[Remembered, Auth]:
    """Offer the embed another customer's token, from another origin's window."""
    return To(urls, Auth(THEIR_ACCESS, THEIR_SESSION, THEIR_DOCUMENT, target=None))


@urls.transition("ours.auth-from-parent", capability=OTHER_CUSTOMER, via=SIBLING_TO_FRAME.name)
def sibling_post_to_frame(urls: Remembered) -> To[Remembered, Auth]:
    """Offer the embed another customer's token, from a second embed on the page."""
    return To(urls, Auth(THEIR_ACCESS, THEIR_SESSION, THEIR_DOCUMENT, target=None))
