"""What may be asked of the orders service."""

from __future__ import annotations

from server.services.command import Body, Command
from server.services.orders.events import Dining


class ModifierChoice(Body, frozen=True):
    modifier_id: str
    quantity: int = 1


class SlotChoice(Body, frozen=True):
    """The dish chosen for one slot of a combo."""

    slot_id: str
    item_id: str
    variation_id: str | None = None
    modifiers: list[ModifierChoice] = []
    without: list[str] = []


class LineRequest(Body, frozen=True):
    """One line as the customer wants it. `without`: ingredients to leave out. `open_price_minor`: only for a
    variation whose price is asked for at the POS. `guest`: for whom it is, where several order together."""

    item_id: str
    quantity: int
    variation_id: str | None = None
    modifiers: list[ModifierChoice] = []
    note: str | None = None
    without: list[str] = []
    choices: list[SlotChoice] = []
    open_price_minor: int | None = None
    guest: str | None = None


class AmendLine(Body, frozen=True):
    """A line of the order as it shall be. `line_id` keeps a line of before: alone, just as it was; with `quantity`,
    `note` or `guest`, changed in that; with `item_id`, replaced by what the other fields say."""

    line_id: str | None = None
    item_id: str | None = None
    quantity: int | None = None
    variation_id: str | None = None
    modifiers: list[ModifierChoice] = []
    note: str | None = None
    without: list[str] = []
    choices: list[SlotChoice] = []
    open_price_minor: int | None = None
    guest: str | None = None


class Place(Command, frozen=True):
    """`table`, or the number of the `stand` that was taken from the counter: where the food is brought."""

    lines: list[LineRequest]
    dining: Dining
    order_id: str | None = None
    customer_name: str | None = None
    channel: str | None = None
    hold_until_paid: bool = False
    table: str | None = None
    stand: str | None = None


class Amend(Command, frozen=True):
    order_id: str
    lines: list[AmendLine]


class Accept(Command, frozen=True):
    order_id: str


class Start(Command, frozen=True):
    order_id: str


class Ready(Command, frozen=True):
    order_id: str


class Collect(Command, frozen=True):
    order_id: str


class Void(Command, frozen=True):
    order_id: str
    reason: str
