"""Answers for programs: plain dictionaries, ready for ``json.dumps``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from launchproof.declare.protocol import Protocol
from launchproof.report.trace_text import Told, heard_text, said_text
from launchproof.report.values import differences
from launchproof.search.engines import UNTOLD
from launchproof.search.trace import Act, Trace, TraceStep
from launchproof.verify.answer import Judged, Verification
from launchproof.verify.matrix import Matrix

Json = dict[str, Any]


def verification_json(answer: Verification) -> Json:
    """Give a whole answer."""
    return {
        "verdict": answer.verdict.value,
        "stopped": answer.stopped or None,
        "engine": answer.engine,
        "states": answer.states,
        "steps": counted(answer.steps),
        "depth": counted(answer.depth),
        "seconds": round(answer.seconds, 3),
        "bytes_per_state": answer.bytes_per_state,
        "properties": [judged_json(judged, answer.protocol) for judged in answer.properties],
        "transitions": [{"name": t.name, "machine": t.machine, "fired": t.fired} for t in answer.transitions],
        "vacuous": [{"what": v.what, "kind": v.kind, "explained": v.explained} for v in answer.vacuous],
        "reduced": list(answer.reduced),
        "left_out": list(answer.left_out),
        **setting_json(answer.protocol),
    }


def counted(number: int) -> int | None:
    """Give a count; none where none was taken."""
    return None if number == UNTOLD else number


def setting_json(protocol: Protocol) -> Json:
    """Give what is assumed and what is switched on."""
    return {
        "assumptions": {c.assumption: c.value for c in protocol.assumed},
        "capabilities": {c.name: c.name in protocol.enabled for c in protocol.capabilities},
    }


def judged_json(judged: Judged, protocol: Protocol) -> Json:
    """Give one property's verdict."""
    trace = judged.counterexample()
    return (
        {
            "name": judged.property.name,
            "kind": judged.property.kind,
            "cites": list(judged.property.cites),
            "verdict": judged.verdict.value,
            "under": list(judged.under),
            "counterexample": None if trace is None else trace_json(trace, protocol),
        }
        | ({"why": judged.why} if judged.why else {})
        | ({} if trace is None else future_json(trace))
    )


def future_json(trace: Trace) -> Json:
    """Give what a run that goes on for ever, or breaks a promise, has beyond its steps."""
    numbers = {"loop_from": trace.loop_from, "premise_at": trace.premise_at, "broken_at": trace.broken_at}
    found: Json = {name: number for name, number in numbers.items() if number is not None}
    if trace.forbidden:
        found["forbidden"] = trace.forbidden
    if trace.fairly is not None:
        fairly = trace.fairly
        found["fair"] = {"taken": list(fairly.taken), "paused": list(fairly.paused), "unfair": list(fairly.unfair)}
    return found


def trace_json(trace: Trace, protocol: Protocol) -> list[Json]:
    """Give a run as its steps."""
    return [step_json(step, protocol) for step in trace.steps]


def step_json(step: TraceStep, protocol: Protocol) -> Json:
    """Give one step: who began it, what each machine did, and what changed."""
    told = Told(protocol, step)
    return {
        "actor": step.actor,
        "acts": [act_json(act, told) for act in step.acts],
        "changes": [line for slot, before, after in step.changes for line in differences(slot, before, after)],
    }


def act_json(act: Act, told: Told) -> Json:
    """Give what one machine did."""
    return {
        "machine": act.machine,
        "transition": act.name,
        "meaning": act.meaning,
        "heard": None if act.heard is None else heard_text(act.heard),
        "said": [f"{said_text(message)}{told.receiver(act, message)}" for message in act.said],
    }


def matrix_json(matrix: Matrix) -> Json:
    """Give property × capability."""
    return {
        "verdict": matrix.verdict.value,
        "stopped": matrix.stopped or None,
        "engine": matrix.engine,
        "seconds": round(matrix.seconds, 3),
        "columns": list(matrix.columns),
        "states": dict(matrix.states),
        "properties": [
            {
                "name": prop.name,
                "kind": prop.kind,
                "cites": list(prop.cites),
                "under": list(prop.under),
                "verdicts": verdicts_json(matrix, prop.name),
            }
            for prop in matrix.properties
        ],
        **setting_json(matrix.protocol),
    }


def verdicts_json(matrix: Matrix, name: str) -> Mapping[str, str]:
    """Give one property's verdict in each column."""
    return {column: matrix.cells[name, column].value for column in matrix.columns}
