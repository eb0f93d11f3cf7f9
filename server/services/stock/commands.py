"""What may be asked of the stock service."""

from __future__ import annotations

from server.services.command import Command


class Out(Command, frozen=True):
    """Exactly one subject has run out."""

    item_id: str | None = None
    ingredient_id: str | None = None
    modifier_id: str | None = None


class Back(Command, frozen=True):
    """Exactly one subject is sold again."""

    item_id: str | None = None
    ingredient_id: str | None = None
    modifier_id: str | None = None


class Count(Command, frozen=True):
    """`left` of an item remain."""

    item_id: str
    left: int
