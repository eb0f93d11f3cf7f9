"""A wish to end, which a signal handler may utter at any moment."""

from __future__ import annotations

import contextlib
from queue import Empty, SimpleQueue


class Ending:
    """As `threading.Event`, for one that waits. An Event's lock is held for a moment of each wait by the thread that
    waits, and a handler runs in the main one: a signal in that moment would wait for itself for ever. `SimpleQueue.put`
    may be called again while it runs."""

    def __init__(self) -> None:
        self._said: SimpleQueue[None] = SimpleQueue()
        self._ends = False

    def set(self) -> None:
        """From any thread, or a signal handler."""
        self._ends = True
        self._said.put(None)

    def is_set(self) -> bool:
        return self._ends

    def wait(self, timeout_s: float) -> bool:
        """Whether it was said, at once or within `timeout_s`."""
        if not self._ends:
            with contextlib.suppress(Empty):
                self._said.get(timeout=timeout_s)
        return self._ends
