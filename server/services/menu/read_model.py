"""The newest menu of each audience: all stores, one store by head office, one store by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from server.services.carte import Carte
from server.services.fact import At, Fact
from server.services.menu import events
from server.services.menu.events import Menu, MenuPublished
from server.services.read_model import Changed, ReadModel

TYPES: dict[str, type[Any]] = {events.PUBLISHED: MenuPublished}


class MenuState(msgspec.Struct, frozen=True, array_like=True):
    at: At
    published: MenuPublished


class Sold(msgspec.Struct, frozen=True):
    """The menu that holds, with its look-ups."""

    at: At
    version: str
    carte: Carte


class Menus(ReadModel[MenuState]):
    """Aggregates are stores; `""` is all of them. A publication replaces the one before, so no facts are kept.

    `store_of` answers which store a log belongs to, `""` for head office.
    """

    name, version, types, keeps_facts = "menu", 1, TYPES, False

    def __init__(self, folder: Path, log_id: str, store_of: Callable[[str], str]) -> None:
        self._store_of = store_of
        self._sold: dict[str, Sold] = {}
        super().__init__(folder, log_id, MenuState)

    def key(self, fact: Fact) -> str:
        store = self._store_of(fact.at[1])
        return store or fact.at[3].partition("/")[2]

    def evolve(self, key: str, state: MenuState | None, fact: Fact) -> MenuState:
        return state if state is not None and state.at >= fact.at else MenuState(fact.at, fact.data)

    def opened(self) -> None:
        self._sold = {key: _sold(state) for key, state in self.all_states().items()}

    def committed(self, changed: dict[str, Changed]) -> None:
        new = {key: _sold(c.after) for key, c in changed.items() if c.after is not c.before}
        self._sold = self._sold | new

    def newest_publication(self) -> int:
        """The place in time of the latest menu of any audience; 0 when there is none."""
        return max((sold.at[0] for sold in self._sold.values()), default=0)

    def everybodys(self) -> list[Menu]:
        """The newest menu of each audience."""
        return [sold.carte.menu for sold in self._sold.values()]

    def sold(self, store: str) -> Sold | None:
        """The newest of what is meant for all stores and what is meant for (or by) this one."""
        found = [self._sold[key] for key in {"", store} if key in self._sold]
        return max(found, key=lambda s: s.at, default=None)


def _sold(state: MenuState) -> Sold:
    return Sold(state.at, state.published.version, Carte(state.published.menu))
