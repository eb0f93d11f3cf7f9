"""What may be asked of the baskets service."""

from __future__ import annotations

from server.services.command import Command
from server.services.orders.commands import LineRequest
from server.services.orders.events import Dining


class Park(Command, frozen=True):
    """Put a basket down, to take it up at another screen by its code within half an hour. It may hold what
    `orders.place` takes as lines; prices are made when it is ordered."""

    lines: list[LineRequest]
    dining: Dining = "here"
