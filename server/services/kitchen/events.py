"""What the kitchen does to its tickets. A ticket is an order as one kitchen sees it; its id is the order's."""

from __future__ import annotations

import msgspec

from server.services.asked import FromCommand

TOPIC = "kitchen"
BUMPED = "kitchen.bumped/1"
RECALLED = "kitchen.recalled/1"


class Bumped(FromCommand, frozen=True):
    """These lines are made. `done`: with them the whole ticket is, and the order is ready."""

    line_ids: list[str]
    done: bool
    station: str = ""
    by: str = ""


class Recalled(FromCommand, frozen=True):
    """The ticket is back on the screen. `line_ids` empty: all its lines."""

    line_ids: list[str] = []
    station: str = ""
    by: str = ""


class TicketLine(msgspec.Struct, frozen=True):
    """`details` are ready to print, one choice a line: `+ Extra cheese ×2`, `no Onions`.

    `station` is where the line is made; a combo's dishes may be made at several `stations`.
    """

    line_id: str
    name: str
    quantity: int
    details: list[str] = []
    note: str = ""
    station: str = ""
    bumped: bool = False
    changed: bool = False  # added or altered since the ticket was first shown
    warning: str = ""
    stations: list[str] = []
    guest: str = ""  # for whom it is

    def at_station(self, station: str) -> bool:
        """Whether a station makes it; a line without a station is made by whoever sees it."""
        return not self.stations or station in self.stations


class Ticket(msgspec.Struct, frozen=True):
    """One ticket: the shape of `GET /v1/tickets`. Times are ms since 1970.

    `done_ms` is None while it is on the screen. `removed` lines were taken off after it was first shown. It is
    brought to a `table` or a `stand`, or called out.
    """

    order_id: str
    number: str
    dining: str
    released_ms: int
    lines: list[TicketLine]
    customer_name: str = ""
    channel: str = ""
    taken_by: str = ""
    done_ms: int | None = None
    voided: bool = False
    removed: list[TicketLine] = []
    recalled: bool = False
    table: str = ""
    stand: str = ""
