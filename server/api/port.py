"""Everything the API asks of a node, and the values it gets back.

`server.node.Node` is the real one. Queries marked *any thread* may touch a read model's file; the API calls them in
threads of its own. Everything else is called on the event loop and answers from memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from typing import Any, Literal, Protocol

import msgspec

from server.blobs.room import Blobs
from server.event import Event
from server.services.baskets.events import Parked
from server.services.decision import Changes
from server.services.kitchen.events import Ticket
from server.services.menu.events import Menu
from server.services.orders.events import Order, Sales
from server.services.orders.state import Print
from server.services.screens.events import ScreenLine
from server.services.stock.events import Availability
from server.services.vouchers.events import Voucher


class Device(msgspec.Struct, frozen=True):
    """Who this server is. `store` and `store_name` are `""` at head office."""

    device_id: str
    log_id: str
    label: str
    role: str
    store: str
    store_name: str
    sync_port: int
    version: str
    time_zone: str = ""


class OfficeLine(msgspec.Struct, frozen=True):
    """The line to head office: `none` (not configured), `uplink` (this terminal carries it), `standby` (another one
    does) or `offline`; `since` is RFC 3339 UTC."""

    state: Literal["none", "uplink", "standby", "offline"] = "none"
    since: str = ""


class Peer(msgspec.Struct, frozen=True):
    """Another machine. `events_behind`: of ours that it is not known to hold; `we_behind`: of its that we do not hold.

    `last_seen` is RFC 3339 UTC, `""` for never. `neighbours`: device ids that it is connected to itself.
    `direct`: connected to this very machine, and not only to another one that passes on what either says.
    `api_port`: where it serves its API and phones' pages, at the host of `address`; 0 when it has not said so.
    """

    device_id: str
    label: str
    role: str
    state: Literal["connected", "connecting", "lost"]
    events_behind: int
    last_seen: str
    we_behind: int = 0
    store: str = ""
    address: str = ""
    office: bool = False
    carries_office: bool = False
    neighbours: list[str] = []
    direct: bool = True
    api_port: int = 0


class LateLine(msgspec.Struct, frozen=True):
    """A terminal that was connected and did not hold a sale in time. `last` is RFC 3339 UTC."""

    device_id: str
    label: str
    times: int
    last: str


class SafekeepingLine(msgspec.Struct, frozen=True):
    """Orders and payments since the start, by whether another machine held them when they were thanked for: `kept`,
    `missed` (a terminal was connected and did not in `waits_ms`), `alone` (none was connected).
    `in_a_row`: the latest, all missed, `since`."""

    waits_ms: int = 0
    kept: int = 0
    missed: int = 0
    alone: int = 0
    in_a_row: int = 0
    since: str = ""
    late: list[LateLine] = []


class NoteLine(msgspec.Struct, frozen=True):
    """A warning that stays, over restarts, until somebody says that he has seen it (`POST /v1/notes/{id}/seen`).
    `kind`: `damage` to a disk, where `missing` are the numbers of orders that screens showed before and do not show
    since; `voucher_twice`: two terminals that were apart issued a voucher under one code, and `amount_minor` that was
    paid for the second is on none; `sales_missing`, at head office: a store had let go of sales that are not here."""

    note_id: str
    text: str
    since: str
    missing: list[str] = []
    kind: str = "damage"
    amount_minor: int = 0
    currency: str = ""


class Status(msgspec.Struct, frozen=True):
    """What a screen shows of its own server: the `status` view. `warnings`: what an installer should look at, though
    all works."""

    device_id: str
    label: str
    role: str
    store: str
    store_name: str
    currency: str
    office: OfficeLine
    healthy: bool
    reasons: list[str] = []
    menu_version: str = ""
    business_day: str = ""
    warnings: list[str] = []
    notes: list[NoteLine] = []
    printer: bool = False  # this terminal prints receipts
    vouchers: bool = False  # the shop has issued some
    safekeeping: SafekeepingLine = msgspec.field(default_factory=SafekeepingLine)
    clock_ahead_ms: int = 0  # how far the server's time is ahead of this machine's clock, which was never set


class Metric(msgspec.Struct, frozen=True):
    """One sample for `/metrics`. `name` without the `pilotlight_` in front; a counter's name ends in `_total`."""

    name: str
    value: float
    help: str = ""
    kind: Literal["gauge", "counter"] = "gauge"
    labels: dict[str, str] = {}


class Answered(Protocol):
    """What a command did."""

    @property
    def events(self) -> list[Event]: ...

    @property
    def result(self) -> Any: ...


class TerminalLine(msgspec.Struct, frozen=True):
    """One terminal of a store, as head office sees it. `carries`: it has the store's line to head office now.

    `connected`: it is in touch with the terminal that carries the line; False when that is not known.
    """

    device_id: str
    label: str
    role: str
    connected: bool
    carries: bool = False


class AlarmLine(msgspec.Struct, frozen=True):
    """What a terminal had to tell, in words for people. `at`: RFC 3339 UTC, by that terminal's clock."""

    at: str
    device_id: str
    label: str
    code: str
    text: str


class StoreLine(msgspec.Struct, frozen=True):
    """One store. Times are RFC 3339 UTC, `""` for never.

    `line`: `connected` now, `lost` since `since`, or `never` heard directly. `events_behind`: of the store's that head
    office knows of and does not hold. `office_events_behind`: of head office's that the store is not known to hold.
    `menu_version`: what the store was last known to hold, `""` for none; `menu_wanted`: what it should hold;
    `menu_current`: they are the same; `menu_since`: when that became known. Of a store that is connected those
    terminals count that are in touch. `alarms`: of the last week, the newest first.
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
    alarms: list[AlarmLine] = []


class NodePort(Protocol):
    """The node, as the API sees it."""

    on_changes: list[Callable[[Changes], None]]
    """Called on the event loop after the read models have applied a batch."""

    on_peers: list[Callable[[], None]]
    """Called on the event loop when a peer came, went, or fell behind, and when the line to head office changed."""

    blobs: Blobs
    """Large content that is here, or on its way."""

    # -- who and how ------------------------------------------------------------------------------------------------

    def device(self) -> Device: ...

    def status(self) -> Status: ...

    def peers(self) -> list[Peer]: ...

    def frontier(self) -> dict[str, int]:
        """`{"<log_id>/<topic>": seq}`."""

    def health(self) -> list[str]:
        """Reasons why this server is not well; empty when it is."""

    def warnings(self) -> list[str]:
        """What an installer should look at though all works."""

    def note_seen(self, note_id: str) -> bool:
        """Somebody has seen one of `Status.notes`: it is not told again. False when there is none of this id."""

    def metrics(self) -> list[Metric]: ...

    # -- commands ---------------------------------------------------------------------------------------------------

    async def command(self, name: str, body: bytes) -> Answered:
        """Decides, records and answers; durable when it returns.

        Raises `Refused`, or an exception with `code` and `text` when it could not be saved.
        """

    # -- the log ----------------------------------------------------------------------------------------------------

    def position(self) -> int:
        """The newest position in this machine's log."""

    def mark(self, position: int) -> str:
        """Of the start that gave this position out: it goes with it."""
        ...

    def gave(self, position: int, mark: str) -> bool:
        """Whether a position that was given out under this mark still means the same event."""
        ...

    async def events(self, after: int, topics: Collection[str] | None, limit: int) -> tuple[list[Event], int]:
        """Events after a position in order of arrival, and the position to go on from. An empty list with an
        unchanged position means: that was all."""

    def subscribe(
        self, after: int, topics: Collection[str] | None, limit: int, max_bytes: int
    ) -> AsyncIterator[list[Event]]:
        """What was missed, then what comes, in lists of so many at most; ends when the node closes."""

    def origin(self, log_id: str) -> tuple[str, str]:
        """`(device_id, store)` of a log that an event came from."""

    def as_first(self, event: Event) -> Event:
        """An event that its writer had to write again, as it was written first; others as they are."""

    # -- views (any thread) -----------------------------------------------------------------------------------------

    def now_ms(self) -> int:
        """Milliseconds since 1970, by what this server dates by."""

    def business_day(self) -> str:
        """Today's, YYYY-MM-DD."""

    def menu(self) -> Menu | None: ...

    def availability(self) -> dict[str, Availability]: ...

    def basket(self, code: str) -> Parked | None:
        """A basket that was put down (`baskets.park`), until it is gone."""

    def voucher(self, code: str) -> Voucher | None:
        """As far as it is known here."""

    def receipt_ended(self, order_id: str, print_id: str) -> str:
        """`printed`, or why it is not; `""` while it is not known."""

    def receipts_waiting(self) -> list[tuple[str, str, Print]]:
        """(order id, print id, how it stands): receipts that are to come out of this terminal's printer."""

    def order_of_receipt(self, code: str) -> Order | None:
        """The order whose receipt has this code."""

    def phone_keys(self) -> dict[str, bytes]:
        """By id, the eldest first: what links for phones are signed with in this store. Empty until one was made
        (`phone.key`). Answers from memory."""

    def order(self, order_id: str) -> Order | None: ...

    def orders(
        self,
        *,
        status: str | None = None,
        business_day: str | None = None,
        limit: int = 500,
        open_only: bool = False,
        store: str | None = None,
        number: str | None = None,
    ) -> list[Order]:
        """Newest first."""

    def ticket(self, order_id: str) -> Ticket | None: ...

    def tickets(self, *, station: str | None = None, done: int = 0) -> list[Ticket]:
        """Those on the screen, oldest first, then the last `done` that are done."""

    def screens(self) -> list[ScreenLine]:
        """The store's terminals and whether their screens serve, by label."""

    # -- head office (any thread) -----------------------------------------------------------------------------------

    def stores(self) -> list[StoreLine]:
        """Every store that is known, by id; at a shop's server its own store alone or none."""

    def sales(self, business_day: str) -> dict[str, Sales]:
        """Each store's figures of a day, for stores that have any."""
