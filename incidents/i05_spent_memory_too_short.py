"""The memory of spent tokens is shorter than the tokens' validity.

A token is remembered as spent for seconds, and good for an hour. In between, the same launch is
accepted again.
"""

from __future__ import annotations

from attrs import evolve

from launchproof import Pick, Protocol, To, when
from model.api import LaunchState, Serving, Session, api, ours
from model.environment import TIME

SEEN_IN = "https://github.com/Cvmcosta/ltijs/issues/175"
REFUTED_BY = "launch-accepted-once"


def spent(_api: Serving, session: Session) -> bool:
    """The launch token was used."""
    return session.launch_state is LaunchState.SPENT


@api.alternative("bootstrap.launch-short-lived", capability=TIME)
@when(ours)
@when(spent)
def forget_that_it_was_spent(api: Serving, session: Pick[Session]) -> To[Serving]:
    """Clear the memory of spent tokens, while the token's own time is not over."""
    return To(api.having(evolve(session, launch_state=LaunchState.UNSPENT)))


def apply(protocol: Protocol) -> Protocol:
    """Let the memory run out."""
    return protocol.adding(forget_that_it_was_spent)
