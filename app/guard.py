"""Watches a screen from outside: one that shows no frames any more, or has gone, is ended and started again.

A process that lives proves nothing: a screen may hang in a loop, in its graphics driver, or be stopped. So what is
watched are frames that were shown (`ui.watched`). A screen that fails again and again is not started for ever: then
another, plain one says that the terminal is out of order.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from app.child import Child
from app.ending import Ending
from app.saying import warn
from ui.watched import AGAIN, WATCHED

FIRST_FRAME_S = 60.0
"""A screen that starts may take so long: a slow disk, a machine that starts everything at once."""

LOOK_S = 0.2
STOOD_STILL_S = 2.0
"""When we did not get to look for so long the whole machine stood still, and no time counts against the screen."""

MOST_FAILURES = 5
WITHIN_S = 600.0
"""So many failures within ten minutes: starting it again does not help, and customers see it flicker."""

STEADY_S = 60.0
"""A screen that drew for so long was well; the next failure is the first again as far as pauses go."""

PAUSES_S = (0.0, 0.5, 1.0, 2.0, 5.0)
ENDING_S = 8.0
"""A screen that is asked to end gets so long, and is killed then."""

Why = Literal["frozen", "died", "again", "ended"]


class Guard:
    """Runs a screen until it ends in order. `command(plain)` gives what to start: the screen, or with `plain` the one
    that says that this terminal is out of order. `told(why)` hears of each failure, and "failing" when it is given up.

    `run` returns the exit status of a screen that ended in order (`stays`: only `AGAIN` and `stop` are in order), or of
    the last one where none ever showed anything.
    """

    def __init__(
        self,
        command: Callable[[bool], list[str]],
        *,
        frozen_after_s: float,
        stays: bool = True,
        told: Callable[[str], None] = lambda why: None,
        environment: dict[str, str] | None = None,
        first: Child | None = None,
    ) -> None:
        """`first`: a screen that was begun already."""
        self._command = command
        self._frozen_after_s = frozen_after_s
        self._stays = stays
        self._told = told
        self._environment = dict(os.environ if environment is None else environment) | {WATCHED: "1"}
        self._stop = Ending()
        self._failures: deque[float] = deque(maxlen=MOST_FAILURES)
        self._in_a_row = 0
        self._plain = False
        self.seen = False  # any screen of ours has shown a frame
        self._heard_at = 0.0  # when this screen last told of a frame; 0 for not yet
        self._first = first
        self.child: Child | None = None

    def stop(self) -> None:
        """Ends the screen, and `run`. May be called from a signal handler or another thread."""
        self._stop.set()

    def run(self) -> int:
        while True:
            started = time.monotonic()
            why, status = self._one()
            if self._stop.is_set() or why in ("again", "ended"):
                return status
            now = time.monotonic()
            if now - started > STEADY_S:
                self._in_a_row = 0
            self._failed(why, now)
            if self._plain and not self.seen:
                return status or 1  # no display, no library: whoever started this must hear of it
            self._stop.wait(PAUSES_S[min(self._in_a_row, len(PAUSES_S) - 1)])
            self._in_a_row += 1

    def _failed(self, why: Why, now: float) -> None:
        what = "showed nothing any more" if why == "frozen" else "ended by itself"
        warn(f"The screen {what}; it is started again.")
        if not self._plain:
            self._told(why)
        self._failures.append(now)
        if not self._plain and len(self._failures) == MOST_FAILURES and now - self._failures[0] < WITHIN_S:
            self._plain = True
            if not self.seen:
                warn("The screen can't be shown on this machine.")
                return
            warn("The screen fails again and again: it says “out of order” now.")
            self._told("failing")

    def _one(self) -> tuple[Why, int]:
        """One screen from its start to its end."""
        self._heard_at = 0.0
        first, self._first = self._first, None
        child: Child = first or subprocess.Popen(
            self._command(self._plain), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=self._environment
        )
        self.child = child
        threading.Thread(target=self._hear, args=(child,), name="beat", daemon=True).start()
        began = looked = time.monotonic()
        while child.poll() is None:
            if self._stop.wait(LOOK_S):
                end(child)
                return "ended", 0
            now = time.monotonic()
            if now - looked > STOOD_STILL_S:
                began += now - looked
                self._heard_at += now - looked if self._heard_at else 0.0
            looked = now
            heard = self._heard_at
            if now - (heard or began) > (self._frozen_after_s if heard else FIRST_FRAME_S):
                child.kill()
                return "frozen", child.wait()
        status = child.wait()
        if status == AGAIN:
            return "again", AGAIN
        if status == 0 and not self._stays:
            return "ended", 0
        return "died", status

    def _hear(self, child: Child) -> None:
        assert child.stdout is not None
        with child.stdout as pipe:
            while os.read(pipe.fileno(), 64):
                if child is self.child:
                    self._heard_at, self.seen = time.monotonic(), True


def end(child: Child) -> None:
    """Asks a screen to end; one that does not, or stands still, is killed."""
    child.terminate()
    try:
        child.wait(timeout=ENDING_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
