"""What a decision looks like on its way out of a service: events wanted, the answer, perhaps a card to charge."""

from __future__ import annotations

from typing import Any

import msgspec

from server.event import Draft
from server.services.payments.card_terminal import CardDealing, CardRequest


class Refusal(msgspec.Struct, frozen=True):
    """A refusal that nevertheless leaves events behind (a declined card): answered like `Refused(code, text)`."""

    code: str
    text: str


class Decision(msgspec.Struct, frozen=True):
    """`drafts` belong in the log together, in one transaction; empty when there is nothing new to record.

    `result` is JSON-able. With `payment`, append `drafts` (without the command's id: it is not answered yet), ask the
    card terminal, and give its outcome to `Services.settle`, whose decision answers the command.
    With `abort`, ask the card terminal not to wait for that card any longer.
    With `refusal`, append `drafts`, then answer the command with it instead of `result`.
    """

    drafts: list[Draft]
    result: Any = None
    payment: CardDealing | None = None
    refusal: Refusal | None = None
    abort: CardRequest | None = None


class Changes(msgspec.Struct):
    """What a batch of events changed in the views; ids are order ids. Merge with `|=`."""

    orders: set[str] = msgspec.field(default_factory=set)
    tickets: set[str] = msgspec.field(default_factory=set)
    availability: bool = False
    menu: bool = False
    members: bool = False
    screens: bool = False
    issued_twice: set[str] = msgspec.field(default_factory=set)  # vouchers, by id

    def __ior__(self, other: Changes) -> Changes:
        self.orders |= other.orders
        self.tickets |= other.tickets
        self.availability |= other.availability
        self.menu |= other.menu
        self.members |= other.members
        self.screens |= other.screens
        self.issued_twice |= other.issued_twice
        return self

    def __bool__(self) -> bool:
        said = self.availability or self.menu or self.members or self.screens
        return bool(said or self.orders or self.tickets or self.issued_twice)
