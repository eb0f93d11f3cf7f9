"""An order's life, and the shape in which the world sees it.

Prices, taxes and totals are computed by the terminal that takes the order, from the menu it holds, and are part of
the fact: a later price change never alters an order. Money is integer minor units of `Placed.currency`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from server.services.asked import FromCommand

TOPIC = "orders"
PLACED = "orders.placed/1"
ACCEPTED = "orders.accepted/1"
STARTED = "orders.started/1"
READY = "orders.ready/1"
COLLECTED = "orders.collected/1"
VOIDED = "orders.voided/1"
AMENDED = "orders.amended/1"

Dining = Literal["here", "takeaway"]
Status = Literal["placed", "accepted", "in_preparation", "ready", "collected", "voided"]
STATUSES: tuple[Status, ...] = ("placed", "accepted", "in_preparation", "ready", "collected")
"""In the order in which an order may move forward; `voided` ends it from any of them but `collected`."""


class LineModifier(msgspec.Struct, frozen=True):
    modifier_id: str
    name: str
    quantity: int
    price_minor: int  # of one


class LineComponent(msgspec.Struct, frozen=True):
    """A dish chosen in a combo's slot; its price is inside the line's unit price."""

    slot_id: str
    item_id: str
    name: str
    variation_id: str | None = None
    variation_name: str = ""
    modifiers: list[LineModifier] = []
    station: str = ""
    without: list[str] = []
    without_names: list[str] = []


def counted(parts: Sequence[LineComponent]) -> list[tuple[LineComponent, int]]:
    """A combo's dishes in their order; those that are made alike are one, with how many there are of it."""
    return [(part, parts.count(part)) for n, part in enumerate(parts) if part not in parts[:n]]


class TaxAmount(msgspec.Struct, frozen=True):
    """One tax's amount within an order; `inclusive` amounts are already in the lines' totals."""

    tax_id: str
    name: str
    percentage: str
    inclusive: bool
    amount_minor: int


class Line(msgspec.Struct, frozen=True):
    """`total_minor` = quantity × (unit_price_minor + Σ modifier price × quantity). `without`: left-out ingredients.
    `guest`: for whom it is, where several ordered together."""

    line_id: str
    item_id: str
    variation_id: str
    name: str
    quantity: int
    unit_price_minor: int
    total_minor: int
    variation_name: str = ""
    modifiers: list[LineModifier] = []
    components: list[LineComponent] = []
    without: list[str] = []
    without_names: list[str] = []
    note: str = ""
    tax_ids: list[str] = []
    station: str = ""
    guest: str = ""


class Placed(FromCommand, frozen=True):
    """`hold_until_paid`: the kitchen starts only when the order is paid or staff accept it (kiosk, phone). `mark` is of
    the command that placed it, where the order's id does not tell. `table`, or the `stand` that the guests took from
    the counter: where the food is brought; neither where they come for it."""

    number: str
    dining: Dining
    business_day: str  # YYYY-MM-DD
    currency: str
    lines: list[Line]
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    taxes: list[TaxAmount]
    taken_by: str  # device_id
    taken_by_label: str
    customer_name: str = ""
    channel: str = ""  # "kiosk", "pos", "phone", ""
    hold_until_paid: bool = False
    menu_version: str = ""
    mark: str = ""
    table: str = ""
    stand: str = ""


class Moved(FromCommand, frozen=True):
    """Data of accepted, started, ready and collected."""

    by: str = ""


class Voided(FromCommand, frozen=True):
    reason: str
    by: str = ""


class Amended(FromCommand, frozen=True):
    """The order's lines are now these (a coffee added, a line taken off), with everything computed anew."""

    lines: list[Line]
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    taxes: list[TaxAmount]
    by: str = ""


class Tender(msgspec.Struct, frozen=True):
    """One payment on an order as it stands: captured, less what was refunded."""

    payment_id: str
    tender: str  # "cash" | "card" | "voucher"
    amount_minor: int
    refunded_minor: int = 0
    tendered_minor: int | None = None
    change_minor: int | None = None
    card: str = ""
    offline: bool = False  # taken without a line to the bank
    declined_late: bool = False  # … and declined when it was forwarded: the shop has no money of it
    tip_minor: int = 0  # given on top
    receipt: str = ""  # the card terminal's, to be printed
    voucher: str = ""  # the id of the one that paid


class History(msgspec.Struct, frozen=True):
    """`at` is RFC 3339 UTC with milliseconds; `by` the label (or id) of who did it; `device_id` where."""

    at: str
    what: str
    by: str
    device_id: str = ""
    event: str = ""  # "<log_id>/<topic>/<seq>"
    amount_minor: int | None = None  # of a payment or refund; of the order's total where it was set
    detail: list[str] = []  # the lines as they then were, one text each


class TakenBy(msgspec.Struct, frozen=True):
    device_id: str
    label: str


class Order(msgspec.Struct, frozen=True):
    """One order, the fold of all its events: the shape of `GET /v1/orders/{id}`.

    `released`: the kitchen may see it. `overpaid_minor`: captured more than is owed (a voided order owes nothing); a
    refund task for staff. `warnings`: what staff must know (`sold_while_out:<item_id>`, `overpaid`, `paid_after_void`,
    `voided_after_collected`, `collected_after_void`, `declined_late`: the bank declined a card that was taken without a
    line, `voucher_double`: a voucher paid that was used up at another terminal, `refunded_double`: two terminals gave
    the same payment back, `voucher_stranded`: given back to a voucher that was cancelled: the guest needs a new one).
    `written_off_minor`: what the shop no longer asks for. `store` is the store that took it. `table` or `stand`: where
    the food is brought.
    """

    order_id: str
    number: str
    status: Status
    dining: Dining
    business_day: str
    placed_at: str
    currency: str
    lines: list[Line]
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int
    taken_by: TakenBy
    taxes: list[TaxAmount] = []
    tenders: list[Tender] = []
    history: list[History] = []
    due_minor: int = 0
    overpaid_minor: int = 0
    written_off_minor: int = 0
    released: bool = True
    released_at: str = ""
    customer_name: str = ""
    channel: str = ""
    void_reason: str = ""
    warnings: list[str] = []
    store: str = ""
    menu_version: str = ""
    table: str = ""
    stand: str = ""


class Sales(msgspec.Struct, frozen=True):
    """A business day's figures. Voided orders count only in `voided`; `paid_minor` is captured less refunded.

    `tax_minor` is all tax, inclusive ones too; `total_minor` is what customers owe. `tips_minor` came on top of
    what was paid by card.
    """

    business_day: str
    store: str = ""
    currency: str = ""
    orders: int = 0
    voided: int = 0
    open: int = 0
    total_minor: int = 0
    tax_minor: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    cash_minor: int = 0
    card_minor: int = 0
    overpaid_minor: int = 0
    tips_minor: int = 0
    voucher_minor: int = 0
