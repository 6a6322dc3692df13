"""A review for programs: JSON, SARIF 2.1.0 for code scanning, and JUnit for test reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import cattrs

from launchproof.changes.as_text import broken_lines, difference_text
from launchproof.changes.review import Behaviour, Review
from launchproof.changes.side import PROVED, REFUTED, Claim, Run, Side

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

Json = dict[str, Any]


def review_json(reviews: Sequence[Review]) -> str:
    """Give all reviews as JSON."""
    return json.dumps([one_json(r) for r in reviews], indent=2, ensure_ascii=False)


def one_json(review: Review) -> Json:
    """Give one review."""
    return {
        "verdict": review.verdict,
        "status": review.status,
        "title": review.title,
        "reason": review.reason,
        "file": review.where,
        "breaks": [claim_json(c) for c in review.breaks],
        "repairs": [c.name for c in review.repairs],
        "refuted_as_before": [c.name for c in review.still_broken],
        "undecided": [c.name for c in review.undecided],
        "vacuous_now": [c.name for c in review.emptied],
        "never_any_more": list(review.surprises),
        "differences": [{**cattrs.unstructure(d), "told": difference_text(d)} for d in review.differences],
        "runs": None if review.added is None else {"added": run_json(review.added), "removed": run_json(review.removed)},
        "guards": None if review.needs is None else cattrs.unstructure(review.needs),
        "before": counts(review.before),
        "after": counts(review.after),
    }


def claim_json(claim: Claim) -> Json:
    """Give a property that breaks."""
    return {
        "property": claim.name,
        "meaning": claim.meaning,
        "cites": list(claim.cites),
        "under": list(claim.under),
        "steps": steps(claim.run),
    }


def steps(run: Run | None) -> list[Json]:
    """Give a run step by step."""
    return [] if run is None else [{"names": list(s.names), "lines": list(s.lines)} for s in run.steps]


def run_json(found: Behaviour | None) -> Json | None:
    """Give a run that only one of the two allows."""
    if found is None:
        return None
    run = None if found.run is None else steps(found.run)
    return {"decided": found.decided, "depth": found.depth, "steps": run}


def counts(side: Side) -> Json:
    """Give how large one side is."""
    return {
        "verdict": side.verdict,
        "stopped": side.stopped or None,
        "states": side.states,
        "steps": side.steps,
        "depth": side.depth,
        "seconds": round(side.seconds, 3),
    }


# -- SARIF --------------------------------------------------------------------------------------------


def sarif(reviews: Sequence[Review]) -> str:
    """Give what breaks as SARIF: a rule for each property, a result for each counterexample."""
    broken = {c.name: c for r in reviews for c in r.breaks}
    driver: Json = {"name": "launchproof", "version": own_version(), "rules": [rule(c) for c in broken.values()]}
    results = [result(r, c, list(broken).index(c.name)) for r in reviews for c in r.breaks]
    results += [note(r) for r in reviews if r.status not in (0, 1)]
    run: Json = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def own_version() -> str:
    """Give the version that is installed."""
    try:
        return version("launchproof")
    except PackageNotFoundError:
        return "0"


def rule(claim: Claim) -> Json:
    """Give a property as a rule."""
    return {
        "id": claim.name,
        "name": "".join(part.capitalize() for part in claim.name.split("-")),
        "shortDescription": {"text": claim.meaning},
        "properties": {"cites": list(claim.cites)},
    }


def result(review: Review, claim: Claim, index: int) -> Json:
    """Give a counterexample, with its steps as a code flow."""
    told = "\n".join(broken_lines(claim, review.touched, full=True))
    made: Json = {
        "ruleId": claim.name,
        "ruleIndex": index,
        "level": "error",
        "message": {"text": f"{review.title}: {told}"},
        "locations": [location(review)],
    }
    if claim.run is not None and claim.run.steps:
        flow = [{"location": {**location(review), "message": {"text": "\n".join(s.lines)}}} for s in claim.run.steps]
        made["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    return made


def note(review: Review) -> Json:
    """Give a review that is no pass, although nothing breaks."""
    return {"ruleId": "undecided", "level": "warning", "message": {"text": review.verdict}, "locations": [location(review)]}


def location(review: Review) -> Json:
    """Give the place that a review is about."""
    uri = Path(review.where).as_posix()
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": max(1, review.line)}}}


# -- JUnit --------------------------------------------------------------------------------------------


def junit(reviews: Sequence[Review]) -> str:
    """Give a test suite for each review, and in it a case for each property."""
    root = ET.Element("testsuites", name="launchproof review")
    for review in reviews:
        suite(root, review)
    ET.indent(root)
    return XML + ET.tostring(root, encoding="unicode") + "\n"


def suite(root: ET.Element, review: Review) -> None:
    """Add one review."""
    broken = {c.name for c in review.breaks}
    open_ = [c for c in review.after.claims if c.name not in broken and c.verdict != PROVED]
    made = ET.SubElement(
        root,
        "testsuite",
        name=review.title,
        tests=str(len(review.after.claims)),
        failures=str(len(broken)),
        errors="0",
        skipped=str(len(open_)),
        time=f"{review.after.seconds:.3f}",
    )
    for claim in review.after.claims:
        case = ET.SubElement(made, "testcase", classname=review.where, name=claim.name)
        if claim.name in broken:
            failure = ET.SubElement(case, "failure", message=claim.meaning, type="refuted")
            failure.text = printable("\n".join(broken_lines(claim, review.touched, full=True)))
        elif claim in open_:
            why = "refuted without the change, too" if claim.verdict == REFUTED else claim.verdict
            ET.SubElement(case, "skipped", message=why)


def printable(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or ord(c) >= ord(" "))


__all__ = ["junit", "review_json", "sarif"]
