"""Python's garbage collection, out of the way of frames.

Left to itself it looks through everything that lives, thirty milliseconds on a quick machine, whenever enough was made:
in the middle of a scroll; and in whichever thread that was, where the timers of a window that is gone can't be stopped
and bring the process down later. Here what was there at the start is never looked at again, and the rest when nobody
has touched the screen for a moment, always in the screen's own thread.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 5_000
QUIET_S = 2.0
"""Nobody's finger is on the glass, and what it set in motion has come to rest."""

MOST = 200_000
"""Objects made and not gone since the last look, some twenty megabytes: then it is looked at once, frame or not."""

FEWEST = 2_000
"""Not worth a look."""


class Tidy(QObject):
    """From `start` to `stop`. `quiet_s` says for how many seconds nobody has touched the screen."""

    def __init__(self, quiet_s: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._quiet_s = quiet_s
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Once the screen stands."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        gc.enable()
        gc.unfreeze()

    def look(self) -> None:
        made = gc.get_count()[0]
        if made > MOST or (made > FEWEST and self._quiet_s() >= QUIET_S):
            gc.collect()
