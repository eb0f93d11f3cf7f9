"""A wish to end, which a signal handler may utter at any moment."""

from __future__ import annotations

import time

STEP_S = 0.1
"""How late it may be heard."""


class Ending:
    """As `threading.Event`, without a lock. An Event's is held for a moment of each wait by the thread that waits, and
    a handler runs in the main one: a signal in that moment would wait for itself for ever. (`SimpleQueue.put` may be
    called from a handler, but a `get` with a timeout has been seen to go on waiting for ever, too.)"""

    def __init__(self) -> None:
        self._ends = False

    def set(self) -> None:
        """From any thread, or a signal handler."""
        self._ends = True

    def is_set(self) -> bool:
        return self._ends

    def wait(self, timeout_s: float) -> bool:
        """Whether it was said, at once or within `timeout_s`."""
        until = time.monotonic() + timeout_s
        while not self._ends and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, STEP_S))
        return self._ends
