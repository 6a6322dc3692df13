"""Let refresh return a launch URL too.

A host that has to mount again could use it, and spare a mint.
"""

from __future__ import annotations

from attrs import evolve

from launchproof import New, Protocol, Sent, To, when
from model.api import LaunchState, Serving, api, has_credential, session_unrevoked
from model.messages import RefreshSession, SessionRefreshed
from model.names import AccessToken, LaunchToken, Origin, Url


@api.alternative("refresh.same-session")
@when(has_credential)
@when(session_unrevoked)
def refresh_and_relaunch(
    api: Serving, heard: Sent[RefreshSession], access: New[AccessToken], launch: New[LaunchToken]
) -> To[Serving, SessionRefreshed]:
    """Give the session another access token, and another launch URL."""
    session = next(s for s in api.sessions if s.id == heard.message.session)
    older = (*session.older, session.access)
    new = evolve(session, access=access, lapsed=False, older=older, launch=launch, launch_state=LaunchState.UNSPENT, served=0)
    return To(api.having(new), SessionRefreshed(session.id, access, session.grant, Url(Origin.EMBED, launch)))


def apply(protocol: Protocol) -> Protocol:
    """Refresh so from now on."""
    return protocol.replacing("refresh_session", refresh_and_relaunch)
