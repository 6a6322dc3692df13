"""Declaring a protocol: names, messages, machines, transitions, guards, capabilities, properties."""

from launchproof.declare.channels import ASKER, Channel, Exchange, Instant, Lifetime, Post, Posted, Sent
from launchproof.declare.environment import Assumption, Capability, Choice
from launchproof.declare.fairness import Fairness, strongly, unfair, weakly
from launchproof.declare.machine import Guard, Guarded, Machine, To, Transition, when
from launchproof.declare.names import Name, New, Pick, memory, registry
from launchproof.declare.progress import leads_to, settles
from launchproof.declare.project import Addition, Statement, Survivor
from launchproof.declare.properties import Place, Property, always, each_step, sometimes, wherever
from launchproof.declare.protocol import Protocol

__all__ = [
    "ASKER",
    "Addition",
    "Assumption",
    "Capability",
    "Channel",
    "Choice",
    "Exchange",
    "Fairness",
    "Guard",
    "Guarded",
    "Instant",
    "Lifetime",
    "Machine",
    "Name",
    "New",
    "Pick",
    "Place",
    "Post",
    "Posted",
    "Property",
    "Protocol",
    "Sent",
    "Statement",
    "Survivor",
    "To",
    "Transition",
    "always",
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
