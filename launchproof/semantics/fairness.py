"""Which steps are fair as one: the group of each step, by how it begins.

==============================================  ===================================================
a transition that a machine takes of itself     a group of its own, weak
a transition of a capability, not heard         none: it is unfair
taking a message off a channel                  a group for each channel and receiver, weak,
                                                whether it is handled or dropped, and whoever's
                                                transition handles it
the same, handled by a transition that says     that group, and another one of the transition's own
``fair=`` (or whose capability does)
losing a message                                none: it is unfair
hearing that a message was lost                 a group for each channel, weak: nothing was delivered
==============================================  ===================================================

A transition's own ``fair=`` goes before its capability's, and that before the default; what is unfair in the end is in no
group, as nothing is owed to it. What follows in the same step, heard as it is said, decides nothing.

A group is all there is to be fair to: on an `Exchange`, a message may be overtaken for ever by others to
the same receiver; of a transition that picks, one pick may be taken for ever and another one never.
"""

from __future__ import annotations

from attrs import define, field, frozen

from launchproof.declare.channels import Exchange, Post, Sent
from launchproof.declare.fairness import DELIVERED, ENVIRONMENT, OF_ITSELF, UNFAIR, Fairness
from launchproof.declare.machine import Transition
from launchproof.declare.protocol import Protocol
from launchproof.semantics.plans import NOTHING, Plan
from launchproof.semantics.steps import Semantics, Step


@frozen
class Group:
    """Steps that are fair as one; `name` is what a report calls them."""

    name: str
    fairness: Fairness


def declared(protocol: Protocol, transition: Transition) -> Fairness | None:
    """Give the fairness that was declared for a transition: its own, or its capability's."""
    if transition.fair is not None:
        return transition.fair
    return next((c.fair for c in protocol.capabilities if c.name == transition.capability), None)


def of_transition(protocol: Protocol, transition: Transition) -> Fairness:
    """Give the fairness of a transition that hears no message."""
    return declared(protocol, transition) or (OF_ITSELF if transition.capability is None else ENVIRONMENT)


def of_deliveries(channel: Post | Exchange) -> Fairness:
    """Give the fairness of what is in flight on a channel."""
    return channel.fair or DELIVERED


def of_losses(protocol: Protocol, channel: Exchange) -> Fairness:
    """Give the fairness of losing something on a channel."""
    return next((c.fair for c in protocol.capabilities if c.name == channel.unreliable), None) or ENVIRONMENT


@define(eq=False)
class Groups:
    """The groups of one semantics, numbered in the order in which they are met."""

    semantics: Semantics
    met: dict[Group, int] = field(factory=dict)

    def of(self, step: Step) -> tuple[int, ...]:
        """Give the numbers of the groups that a step belongs to."""
        groups = groups_of(self.semantics, step.micros[0], step.queue)
        return tuple(sorted(self.met.setdefault(group, len(self.met)) for group in groups))


def groups_of(semantics: Semantics, first: Plan, queue: int) -> list[Group]:
    """Give the groups that a step belongs to, by how it begins, and where its message was taken from."""
    return [group for group in all_of(semantics, first, queue) if group.fairness.kind != UNFAIR]


def all_of(semantics: Semantics, first: Plan, queue: int) -> list[Group]:
    """Give what a step is one of, fair or not."""
    protocol = semantics.protocol
    if queue == NOTHING:
        if first.transition is None:
            raise AssertionError("only what is heard can be dropped")
        return [Group(first.name, of_transition(protocol, first.transition))]
    channel = semantics.queues[queue - semantics.machines]
    if first.machine == NOTHING and isinstance(channel, Exchange):
        return [Group(f"losses on {channel.name}", of_losses(protocol, channel))]
    if isinstance(channel, Exchange) and tells_a_loss(channel, semantics.interner.values[first.heard]):
        return [Group(f"losses told on {channel.name}", DELIVERED)]
    found = [Group(f"deliveries on {channel.name} to {semantics.slots[first.machine]}", of_deliveries(channel))]
    own = None if first.transition is None else declared(protocol, first.transition)
    return found if own is None else [*found, Group(first.name, own)]


def tells_a_loss(channel: Exchange, heard: object) -> bool:
    """Whether an item says that something was lost, and is no request or answer that arrived."""
    return channel.lost is not None and isinstance(heard, Sent) and isinstance(heard.message, type(channel.lost))
