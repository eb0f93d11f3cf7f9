"""Which menu each device holds, and its latest alarms: one row a device."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from server.services.fact import Fact
from server.services.health.events import ALARM, MENU_HELD, Alarm, MenuHeld
from server.services.read_model import Changed, ReadModel

MAX_ALARMS = 20
"""The newest of each device; older ones stay in the log."""


class AlarmAt(msgspec.Struct, frozen=True):
    at_ms: int
    code: str
    text: str
    stream: str = ""


class DeviceHealth(msgspec.Struct, frozen=True):
    """`menu_since_ms`: when the device began to sell from that menu."""

    menu_version: str = ""
    menu_name: str = ""
    menu_since_ms: int = 0
    alarms: tuple[AlarmAt, ...] = ()


def evolve(state: DeviceHealth, fact: Fact) -> DeviceHealth:
    """The state after one more fact, in the order of folds."""
    at_ms = fact.wall_ms
    if isinstance(fact.data, MenuHeld):
        if fact.data.version == state.menu_version:
            return state
        return msgspec.structs.replace(
            state, menu_version=fact.data.version, menu_name=fact.data.name, menu_since_ms=at_ms
        )
    alarm = AlarmAt(at_ms, fact.data.code, fact.data.text, fact.data.stream)
    return msgspec.structs.replace(state, alarms=(*state.alarms, alarm)[-MAX_ALARMS:])


class Healths(ReadModel[DeviceHealth]):
    """`all` are the devices by id: few, so they are held in memory."""

    name, version, types = "health", 1, {ALARM: Alarm, MENU_HELD: MenuHeld}

    def __init__(self, folder: Path, log_id: str = "") -> None:
        self.all: dict[str, DeviceHealth] = {}
        super().__init__(folder, log_id, DeviceHealth)

    def opened(self) -> None:
        self.all = self.all_states()

    def committed(self, changed: dict[str, Changed]) -> None:
        self.all = self.all | {key: c.after for key, c in changed.items()}

    def gone(self, db: sqlite3.Connection, keys: list[str]) -> None:
        lost = set(keys)
        self.all = {key: state for key, state in self.all.items() if key not in lost}

    def evolve(self, key: str, state: DeviceHealth | None, fact: Fact) -> DeviceHealth:
        return evolve(state or DeviceHealth(), fact)
