"""Which start of a log gave a position out.

When an older state of the disk is put back, the log gives positions again that it has given before, to other events.
Each start therefore has a mark, kept with the position at which it began: a position that comes back with a mark which
this disk knows, and not from behind the place where the next start began, is the one that was meant.
"""

from __future__ import annotations

import logging
import sqlite3

import msgspec

from server.log.sums import checked, summed

KEY = "starts"

MOST = 200
"""Starts remembered; whoever comes back with an older position begins anew."""

MARK_BYTES = 6

logger = logging.getLogger("pilotlight.log")


class Starts(msgspec.Struct, frozen=True):
    """`marks`, oldest first: of each start its mark, and the log's position when it began. The last is the present."""

    marks: list[tuple[str, int]]

    def mark(self, position: int) -> str:
        """Of the start that gave this position first: what is told of an event stays the same over restarts."""
        return next((mark for mark, start in reversed(self.marks) if start < position), self.marks[0][0])

    def is_here(self, position: int, mark: str) -> bool:
        """Whether a position that was given out under this mark means the same event still."""
        ends = [start for _, start in self.marks[1:]]
        for (known, _), end in zip(self.marks, [*ends, position], strict=True):
            if known == mark:
                return position <= end
        return False


def begin(db: sqlite3.Connection, position: int, secret: bytes, log_id: str, write: bool) -> Starts:
    """Adds this start to those of log `log_id`. `write` False: the disk is full, and the next start will not know of
    it. What can't be read is forgotten: whoever follows begins anew, and misses nothing."""
    found = db.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone()
    before: list[tuple[str, int]] = []
    if found is not None:
        try:
            of_log, marks = msgspec.msgpack.decode(checked(found[0], KEY), type=tuple[str, list[tuple[str, int]]])
            before = marks if of_log == log_id else []
        except (msgspec.MsgspecError, TypeError) as e:
            logger.warning("which starts gave positions out can't be read: %s", e)
    starts = Starts([*before, (secret[:MARK_BYTES].hex(), position)][-MOST:])
    if write:
        packed = summed(msgspec.msgpack.encode((log_id, starts.marks)), KEY)
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (KEY, packed))
    return starts
