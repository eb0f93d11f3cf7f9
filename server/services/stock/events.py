"""What has run out, what is back, and how many are left."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.services.asked import FromCommand

TOPIC = "stock"
OUT = "stock.out/1"
BACK = "stock.back/1"
COUNTED = "stock.counted/1"

Kind = Literal["item", "ingredient", "modifier"]


def stock_key(kind: Kind, subject_id: str) -> str:
    """The aggregate id of one subject's stock: `ingredient:bacon`."""
    return f"{kind}:{subject_id}"


class WentOut(FromCommand, frozen=True):
    kind: Kind
    subject_id: str
    by: str = ""


class CameBack(FromCommand, frozen=True):
    """Sold again; ends a countdown too."""

    kind: Kind
    subject_id: str
    by: str = ""


class Counted(FromCommand, frozen=True):
    """`left` of an item remain, counted now; orders placed later take from it."""

    item_id: str
    left: int
    by: str = ""


class Stock(msgspec.Struct, frozen=True):
    """The stock as all events together tell it; what `availability` is computed from.

    `left` may be below zero: sold apart from each other (the sale stands, the kitchen is warned).
    """

    out: frozenset[str] = frozenset()  # keys of `stock_key`
    left: dict[str, int] = {}  # item_id -> number left


class Availability(msgspec.Struct, frozen=True):
    """Whether one item sells now. `without` and `because` are ingredient, modifier or item ids.

    `out_modifiers` are modifiers of the item's groups that can't be chosen now.
    `out_options` are combo options (item ids) that can't be chosen now.
    """

    state: Literal["available", "without", "out"]
    without: list[str] = []
    because: list[str] = []
    left: int | None = None
    out_modifiers: list[str] = []
    out_options: list[str] = []
