"""The services of one node put together: commands in, events decided, views out. `server.node` uses only this.

Threads: `apply` runs in one worker thread at a time; everything else may be called from any thread meanwhile.
Reading after writing: a command must see the events of the commands before it, so call `decide` only when
`cursor` has reached the position of the last event this node appended.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from server.event import Draft, Event
from server.services.decision import Changes, Decision
from server.services.kitchen.events import Ticket
from server.services.membership.events import Member
from server.services.menu.events import Menu
from server.services.orders.events import Order, Sales
from server.services.payments.card_terminal import CardOutcome, CardRequest
from server.services.stock.events import Availability

Progress = Callable[[int, int], None]
"""Called with (events done, events in all) while read models are rebuilt."""

ReadLog = Callable[[int, None, int], Awaitable[tuple[list[Event], int]]]
"""`Log.events`: (after, topics, limit) -> (events, next cursor)."""


class Services:
    """`folder` is where the read models live (`<data>/read`); it may be deleted whenever the node is at rest."""

    def __init__(
        self,
        folder: Path,
        *,
        device_id: str,
        store: str,
        label: str,
        role: str,
        timezone: str = "UTC",
        cutover_hour: int = 4,
        store_of: Callable[[str], str] | None = None,
        device_of: Callable[[str], str] | None = None,
    ) -> None:
        """`store_of` and `device_of` answer for a log id (`lambda i: log.headers()[i].store`); by default every log is
        of our store. `timezone` is an IANA name. Raises `Refused("unknown_timezone")`, and `OSError` for the folder."""
        raise NotImplementedError

    # -- events in ------------------------------------------------------------------------------------------------

    @property
    def cursor(self) -> int:
        """The log position up to which every read model has applied."""
        raise NotImplementedError

    def apply(self, events: list[Event], position: int | None = None) -> Changes:
        """Applies events in arrival order (those already applied are passed over). `position` is the cursor that the
        batch ends at, when that is later than its last event. Raises `ReadModelLost` when a file broke: it has been
        set up anew and `cursor` is 0; call `catch_up` again."""
        raise NotImplementedError

    async def catch_up(self, read: ReadLog, position: int, progress: Progress | None = None) -> None:
        """Applies everything up to `position`: `await services.catch_up(log.events, log.position, show)`.
        The work is done in a worker thread, in large batches."""
        raise NotImplementedError

    def tick(self, now_ms: int) -> Changes:
        """What the passing of time changed (dayparts); call it every few seconds."""
        raise NotImplementedError

    def membership_drafts(self, now_ms: int = 0) -> list[Draft]:
        """What to append about ourselves: at start, and whenever `Changes.members`. Empty when all is said."""
        raise NotImplementedError

    # -- commands -------------------------------------------------------------------------------------------------

    @staticmethod
    def command_id(body: dict[str, Any] | bytes) -> str:
        """The command's id. Raises `Refused` (`missing_field`, `bad_field`) when it is not there or not a UUID."""
        raise NotImplementedError

    def decide(self, name: str, body: dict[str, Any] | bytes, command_id: str, now_ms: int) -> Decision:
        """What the command leads to. Raises `Refused`, and nothing else, whatever the body is."""
        raise NotImplementedError

    def settle(self, request: CardRequest, outcome: CardOutcome) -> Decision:
        """The decision of a `payments.capture` after the card terminal answered."""
        raise NotImplementedError

    def unsettled(self) -> list[CardRequest]:
        """Card payments of this terminal that were attempted and never answered (it died in between): ask the card
        terminal about each at start, with the same payment id, and append what `settle` says."""
        raise NotImplementedError

    # -- views ----------------------------------------------------------------------------------------------------

    def menu(self, store: str | None = None) -> Menu | None:
        """The menu as sold here (or, at head office, in `store`)."""
        raise NotImplementedError

    def menu_version(self, store: str | None = None) -> str:
        """`""` when there is no menu yet."""
        raise NotImplementedError

    def availability(self, now_ms: int | None = None) -> dict[str, Availability]:
        """By item id, for all items of the menu. `now_ms` matters only to dayparts; None is the last known time."""
        raise NotImplementedError

    def order(self, order_id: str) -> Order | None:
        raise NotImplementedError

    def orders(
        self,
        status: str | None = None,
        business_day: str | None = None,
        limit: int = 500,
        open_only: bool = False,
        store: str | None = None,
        number: str | None = None,
    ) -> list[Order]:
        """Newest first. `open_only`: neither collected nor voided, or with money still to take or to give back."""
        raise NotImplementedError

    def ticket(self, order_id: str) -> Ticket | None:
        """None for an order that the kitchen may not see yet, or that is unknown."""
        raise NotImplementedError

    def tickets(
        self, station: str | None = None, include_done_since_ms: int | None = None, done: int = 0
    ) -> list[Ticket]:
        """Those on the screen, oldest first; then those done since a time, or the last `done` of them, newest first."""
        raise NotImplementedError

    def members(self, store: str | None = None) -> list[Member]:
        raise NotImplementedError

    def business_day(self, now_ms: int) -> str:
        """The business day (YYYY-MM-DD) of a moment, by the store's time zone and cut-over hour."""
        raise NotImplementedError

    def sales(self, business_day: str, store: str | None = None) -> Sales:
        raise NotImplementedError

    def stores_sales(self, business_day: str) -> dict[str, Sales]:
        """Head office: each store's sales of a day, for stores that have any."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
