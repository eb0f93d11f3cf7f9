"""The read models of all services together: events in, and what happens when the disk under them fails.

Tables are disposable, but what is decided or shown must come from whole ones. When a write or a read of theirs fails
they are not `whole` until `catch_up` has mended them: a file that is damaged is made anew from the log; one that only
could not be written (a full disk, a failing one) is kept, opened again, and follows on from where it stood.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from errno import ENOSPC
from pathlib import Path
from typing import Any

import msgspec

from server.event import Event
from server.services.fact import Fact
from server.services.read_model import Changed, ReadModel, ReadModelLost
from server.services.retention.events import ARCHIVED
from server.services.table_file import disk_failed

logger = logging.getLogger("pilotlight.tables")

KEPT_TRIES = 3
"""So often in a row a file that the disk did not take is opened again before it is made anew all the same."""

READ_ERRORS = (sqlite3.Error, msgspec.MsgspecError, UnicodeDecodeError)
"""What reading from a file that is not as it was written ends with."""

NOBODY: frozenset[str] = frozenset()

FULL_BELOW_BYTES = 1024 * 1024
"""Less free space than this, and no file is made."""

NOT_READY = "What is shown here is being built anew from the log. Try again in a moment."


class Tables:
    """`apply` and `catch_up`'s turns run in one thread at a time; `suspect` and the properties may be used in any."""

    def __init__(self, models: Sequence[ReadModel[Any]]) -> None:
        self._models = tuple(models)
        self._concerned: dict[str, set[str]] = {ARCHIVED: {model.name for model in models}}  # by type: models
        for model in models:
            for fact_type in model.types:
                self._concerned.setdefault(fact_type, set()).add(model.name)
        self._turn = threading.Lock()
        self._lost: dict[str, Exception] = {}  # by model: what went wrong
        self._tries: dict[str, int] = {}
        self._whole = True
        self.losses = 0
        self.shown = 0  # the position up to which everything was told when they were last whole

    @property
    def whole(self) -> bool:
        """Whether anything may be decided or shown from them."""
        return self._whole

    @property
    def cursor(self) -> int:
        """The log position up to which every read model has applied."""
        return min([model.cursor for model in self._models])

    def shrink(self, pages: int) -> int:
        """Gives up to so many pages of each file back to the disk; returns how many. Not while they are not whole."""
        with self._turn:
            if not self._whole:
                return 0
            try:
                return sum(model.shrink(pages) for model in self._models)
            except sqlite3.Error as e:
                logger.warning("the tables can't be made smaller: %s", e)
                return 0

    def tidy(self) -> None:
        """What writing has left to be done, in a moment in which nobody waits for it."""
        with self._turn:
            try:
                for model in self._models if self._whole else ():
                    model.tidy()
            except sqlite3.Error as e:  # it is tried again with the next write, which says what is wrong
                logger.warning("the tables can't be tidied up: %s", e)

    def suspect(self, error: Exception) -> None:
        """Reading failed, or gave back what nobody had written: all of them are looked at before they are believed."""
        with self._turn:
            self._lose({model.name: error for model in self._models})

    def apply(
        self, facts: list[tuple[int, Fact]], events: list[Event], position: int | None, *, mending: bool = False
    ) -> dict[str, dict[str, Changed]]:
        """What changed, by read model. Raises `ReadModelLost` when a file failed, and until they are whole again."""
        with self._turn:
            if not self._whole and not mending:
                raise ReadModelLost(NOT_READY)
            changed: dict[str, dict[str, Changed]] = {}
            lost: dict[str, Exception] = {}
            concerned: set[str] = set()
            for fact_type in {fact.type for _, fact in facts}:
                concerned |= self._concerned.get(fact_type, NOBODY)
            for model in self._models:
                name, cursor = model.name, model.cursor
                after = position if position is not None else cursor_after(cursor, events)
                changed[name] = {}
                try:
                    if name in concerned:
                        changed[name] = model.apply(facts, after)
                    elif after is not None and after > cursor:
                        model.pass_over(after)
                except sqlite3.Error as e:
                    lost[name] = e
            if lost:
                self._lose(lost)
                raise ReadModelLost(f"The {' and '.join(lost)} tables failed ({next(iter(lost.values()))}).")
            self._tries.clear()
            return changed

    def _lose(self, lost: dict[str, Exception]) -> None:
        for name, error in lost.items():
            logger.warning("the %s tables failed: %s", name, error)
        if self._whole:
            self.shown = self.cursor
            self.losses += 1
        self._whole = False
        self._lost |= lost

    def mend(self, position: int) -> None:
        """Opens again or makes anew what was lost. Raises `ReadModelLost` when the disk does not let us."""
        with self._turn:
            for model in self._models:
                error = self._lost.get(model.name)
                try:
                    if error is not None:
                        self._mend(model, error)
                        del self._lost[model.name]
                    if model.cursor > position:  # made from a log that is gone
                        model.start_over()
                except (OSError, sqlite3.Error) as e:
                    raise ReadModelLost(f"The {model.name} tables can't be written ({reason(e)}).") from e

    def _mend(self, model: ReadModel[Any], error: Exception) -> None:
        if is_full(model.path.parent):
            # Not only would it fail: where a file system has no block for a page of shared memory, the process dies.
            raise OSError(ENOSPC, "the disk is full")
        tries = self._tries[model.name] = self._tries.get(model.name, 0) + 1
        if tries <= KEPT_TRIES:
            if disk_failed(error):
                return model.reopen()
            if not isinstance(error, sqlite3.Error):
                model.reopen()
                if model.sound():
                    return None
        return model.start_over()

    def made_whole(self) -> None:
        """Everything up to the log's end is in them."""
        with self._turn:
            self._whole = not self._lost


def is_full(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free < FULL_BELOW_BYTES
    return False


def reason(error: BaseException) -> str:
    """What the system said, without a full stop."""
    return str(getattr(error, "strerror", None) or error).rstrip(".")


def cursor_after(cursor: int, events: list[Event]) -> int | None:
    """Where a cursor stands after these events; None when others are missing before or between them."""
    if not events:
        return None
    first, last = events[0].position, events[-1].position
    return last if first <= cursor + 1 and last - first + 1 == len(events) else None
