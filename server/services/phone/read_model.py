"""The keys in force. One row, and what it says is held in memory: it is asked with every request of a phone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from server.services.fact import Fact
from server.services.phone.events import KEY_MADE, KEYS, MAX_KEYS, SECRET_BYTES, KeyMade, key_id_of
from server.services.read_model import Changed, ReadModel


class KeysState(msgspec.Struct, frozen=True, array_like=True):
    """`keys` in the order in which they were made; `replaced` are ids that hold no longer, whenever their key comes."""

    keys: dict[str, bytes] = {}
    replaced: list[str] = []


def evolve(state: KeysState, fact: Fact) -> KeysState:
    data: KeyMade = fact.data
    if len(data.secret) != SECRET_BYTES or data.key_id != key_id_of(data.secret):
        return state  # no terminal of ours makes such a key
    replaced = list(dict.fromkeys([*state.replaced, *(k for k in data.replaces if k != data.key_id)]))
    keys = {k: s for k, s in {**state.keys, data.key_id: data.secret}.items() if k not in replaced}
    newest = list(keys)[-MAX_KEYS:]
    return KeysState({k: keys[k] for k in newest}, replaced)


class Keys(ReadModel[KeysState]):
    """`all`: the secrets by key id, the eldest first."""

    name, version, types = "phone", 1, {KEY_MADE: KeyMade}

    def __init__(self, folder: Path, log_id: str = "") -> None:
        self.all: dict[str, bytes] = {}
        super().__init__(folder, log_id, KeysState)

    def key(self, fact: Fact) -> str:
        return KEYS

    def opened(self) -> None:
        self.all = self._keys(self.all_states())

    def committed(self, changed: dict[str, Changed]) -> None:
        if KEYS in changed:
            self.all = self._keys({KEYS: changed[KEYS].after})

    def gone(self, db: sqlite3.Connection, keys: list[str]) -> None:
        if KEYS in keys:
            self.all = {}

    def evolve(self, key: str, state: KeysState | None, fact: Fact) -> KeysState:
        return evolve(state or KeysState(), fact)

    @staticmethod
    def _keys(states: dict[str, KeysState]) -> dict[str, bytes]:
        state = states.get(KEYS)
        return dict(state.keys) if state is not None else {}
