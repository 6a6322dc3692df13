"""An interruption waits for a place where everything fits together."""

from __future__ import annotations

import signal

import pytest

from launchproof.search.vector.interruptions import Interruptions


def test_an_interruption_waits_until_it_is_heeded() -> None:
    """Ctrl-C does nothing until it is asked for, and interrupts once."""
    with Interruptions() as kept:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            kept.heed()
        kept.heed()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_was_not_heeded_interrupts_in_the_end() -> None:
    """Nothing is forgotten."""
    with pytest.raises(KeyboardInterrupt), Interruptions():
        signal.raise_signal(signal.SIGINT)


def test_a_second_one_does_not_wait() -> None:
    """Who presses twice is not kept waiting."""
    kept = Interruptions()
    with kept:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        kept.pending = False
