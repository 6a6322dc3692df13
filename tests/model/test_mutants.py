"""Every small mistake in the protocol is noticed by a property, or it is argued why none need notice it."""

from __future__ import annotations

import os

import pytest

from launchproof.mutation import Subject, mutants_of, mutate, wrong_arguments
from model import PROTOCOL
from properties import PROPERTIES
from properties.survivors import SURVIVORS

SUBJECT = Subject(PROTOCOL, PROPERTIES, SURVIVORS)


def subject() -> Subject:
    """Give what every process mutates."""
    return SUBJECT


def test_there_is_an_argument_for_existing_mutants_only() -> None:
    """No argument outlives its mutant."""
    assert {name for survivor in SURVIVORS for name in survivor.names} <= {m.name for m in mutants_of(PROTOCOL)}


@pytest.mark.parametrize(
    "part", [pytest.param(slice(3, None, 24), marks=pytest.mark.thorough), pytest.param(slice(None), marks=pytest.mark.nightly)]
)
def test_no_mutant_survives_without_an_argument(part: slice) -> None:
    """All are killed or argued, none is undecided, and no argument is for one that is killed."""
    answer = mutate(subject, mutants_of(PROTOCOL)[part], workers=os.cpu_count() or 1)
    assert [t.mutant.name for t in answer.unargued] == []
    assert list(wrong_arguments(answer)) == []
    assert answer.exit_status == 0
