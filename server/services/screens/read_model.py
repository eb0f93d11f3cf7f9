"""The screens, one row a terminal."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from server.services.fact import Fact
from server.services.read_model import Changed, ReadModel
from server.services.screens.state import TYPES, ScreenState, evolve


class Screens(ReadModel[ScreenState]):
    """`all` are the screens by device id: few, so they are held in memory."""

    name, version, types = "screens", 1, TYPES

    def __init__(self, folder: Path, log_id: str = "") -> None:
        self.all: dict[str, ScreenState] = {}
        super().__init__(folder, log_id, ScreenState)

    def opened(self) -> None:
        self.all = self.all_states()

    def committed(self, changed: dict[str, Changed]) -> None:
        self.all = self.all | {key: c.after for key, c in changed.items()}

    def gone(self, db: sqlite3.Connection, keys: list[str]) -> None:
        lost = set(keys)
        self.all = {key: state for key, state in self.all.items() if key not in lost}

    def evolve(self, key: str, state: ScreenState | None, fact: Fact) -> ScreenState:
        return evolve(state or ScreenState(), fact)
