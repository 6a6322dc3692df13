"""Declaring a protocol: names, messages, machines, transitions, guards, capabilities, properties."""

from launchproof.declare.channels import ASKER, Channel, Exchange, Instant, Lifetime, Listener, Post, Posted, Sent
from launchproof.declare.copies import Composition, composed
from launchproof.declare.environment import Assumption, Capability, Choice
from launchproof.declare.fairness import Fairness, strongly, unfair, weakly
from launchproof.declare.machine import Guard, Guarded, Machine, To, Transition, when
from launchproof.declare.names import Name, New, Pick, memory, registry
from launchproof.declare.progress import leads_to, settles
from launchproof.declare.project import Addition, Statement, Survivor
from launchproof.declare.properties import Place, Property, always, each_step, sometimes, wherever
from launchproof.declare.protocol import Protocol
from launchproof.declare.scopes import Scope

__all__ = [
    "ASKER",
    "Addition",
    "Assumption",
    "Capability",
    "Channel",
    "Choice",
    "Composition",
    "Exchange",
    "Fairness",
    "Guard",
    "Guarded",
    "Instant",
    "Lifetime",
    "Listener",
    "Machine",
    "Name",
    "New",
    "Pick",
    "Place",
    "Post",
    "Posted",
    "Property",
    "Protocol",
    "Scope",
    "Sent",
    "Statement",
    "Survivor",
    "To",
    "Transition",
    "always",
    "composed",
    "each_step",
    "leads_to",
    "memory",
    "registry",
    "settles",
    "sometimes",
    "strongly",
    "unfair",
    "weakly",
    "when",
    "wherever",
]
