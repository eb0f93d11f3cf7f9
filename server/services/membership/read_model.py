"""The devices of each store, one row a device."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from server.services.fact import Fact
from server.services.membership.state import TYPES, MemberState, evolve
from server.services.read_model import Changed, ReadModel


class Members(ReadModel[MemberState]):
    """`all` are the members by device id: few, and asked for with every order, so they are held in memory."""

    name, version, types = "membership", 2, TYPES

    def __init__(self, folder: Path, log_id: str = "") -> None:
        self.all: dict[str, MemberState] = {}
        super().__init__(folder, log_id, MemberState)

    def opened(self) -> None:
        self.all = self.all_states()

    def committed(self, changed: dict[str, Changed]) -> None:
        self.all = self.all | {key: c.after for key, c in changed.items()}

    def gone(self, db: sqlite3.Connection, keys: list[str]) -> None:
        lost = set(keys)
        self.all = {key: state for key, state in self.all.items() if key not in lost}

    def evolve(self, key: str, state: MemberState | None, fact: Fact) -> MemberState:
        return evolve(state or MemberState(), fact)
