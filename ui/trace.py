"""Times of taps and frames as the screen itself saw them, a JSON line each, on the machine's monotonic clock.

`{"what": "drawn", "t_ns"}` once, after the first frame; `{"what": "tap", "order_id", "t_ns"}`,
`{"what": "placed", …}`, `{"what": "kitchen_frame", "order_id", "t_ns"}`.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import IO, Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtQuick import QQuickWindow


class Trace(QObject):
    """Writes nothing when there is no file. Lines reach the file at once."""

    def __init__(self, path: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: IO[str] | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)
        self._next: list[dict[str, Any]] = []  # appeared, not yet in a frame
        self._drawn: list[dict[str, Any]] = []  # in the frame that is being drawn
        self._seen: set[tuple[str, str]] = set()

    @property
    def on(self) -> bool:
        return self._file is not None

    def write(self, what: str, t_ns: int | None = None, **fields: Any) -> None:
        """One line now; `t_ns` when the moment was earlier (`time.monotonic_ns()`)."""
        if self._file is not None:
            row = {"what": what, **fields, "t_ns": time.monotonic_ns() if t_ns is None else t_ns}
            self._file.write(json.dumps(row) + "\n")

    def watch(self, window: QQuickWindow) -> None:
        """Follows a window's frames: direct, no queue, so that the time is the frame's and not the event loop's."""
        direct = Qt.ConnectionType.DirectConnection
        window.afterSynchronizing.connect(self._synchronized, direct)
        window.frameSwapped.connect(self._swapped, direct)

    def appeared(self, what: str, order_id: str, **fields: Any) -> None:
        """Something is in the scene from now on; its line is written when the frame that shows it is on the screen.
        Only the first time for each `what` and `order_id`."""
        if self._file is None or (what, order_id) in self._seen:
            return
        self._seen.add((what, order_id))
        self._next.append({"what": what, "order_id": order_id, **fields})

    @Slot()
    def _synchronized(self) -> None:
        self._drawn, self._next = self._drawn + self._next, []

    @Slot()
    def _swapped(self) -> None:
        if self._drawn:
            now = time.monotonic_ns()
            drawn, self._drawn = self._drawn, []
            for row in drawn:
                self.write(t_ns=now, **row)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
