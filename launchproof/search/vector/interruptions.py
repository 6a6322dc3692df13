"""Ctrl-C between chunks: never in the middle of one, where what is stored would not fit together."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class Interruptions:
    """Keeps an interruption until it is heeded; a second one is not kept, so that nobody has to wait.

    Signals arrive in the main thread only; in another one, and where a program handles them itself,
    everything is as it was.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.pending = False
        self._kept = False

    def __enter__(self) -> Self:
        """Begin to keep interruptions."""
        main = threading.current_thread() is threading.main_thread()
        self._kept = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._kept:
            signal.signal(signal.SIGINT, self._keep)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Go back to interrupting at once; what is still kept interrupts now."""
        if self._kept:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if error is None:
            self.heed()

    def _keep(self, number: int, frame: FrameType | None) -> None:
        if self.pending:
            signal.default_int_handler(number, frame)
        self.pending = True

    def heed(self) -> None:
        """Raise the interruption that is kept, if there is one."""
        if self.pending:
            self.pending = False
            raise KeyboardInterrupt
