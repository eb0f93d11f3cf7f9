"""What head office can say about each store's line."""

from __future__ import annotations

from typing import Literal

import msgspec


class TerminalLine(msgspec.Struct, frozen=True):
    """One terminal of a store, as head office sees it. `carries`: it has the store's line to head office now.

    `connected`: it is in touch with the terminal that carries the line; False when that is not known.
    """

    device_id: str
    label: str
    role: str
    connected: bool
    carries: bool = False


class StoreLine(msgspec.Struct, frozen=True):
    """One store. Times are RFC 3339 UTC, `""` for never.

    `line`: `connected` now, `lost` since `since`, or `never` heard directly. `events_behind`: of the store's that head
    office knows of and does not hold. `office_events_behind`: of head office's that the store is not known to hold.
    `menu_version`: what the store was last known to hold, `""` for none; `menu_wanted`: what it should hold;
    `menu_current`: they are the same; `menu_since`: when that became known.
    """

    store: str
    name: str
    line: Literal["connected", "lost", "never"]
    since: str
    last_heard: str
    events_behind: int
    office_events_behind: int
    menu_version: str
    menu_name: str
    menu_wanted: str
    menu_current: bool
    menu_since: str
    terminals: list[TerminalLine] = []
