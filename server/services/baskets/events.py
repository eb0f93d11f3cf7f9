"""A basket that was put down to be taken up elsewhere."""

from __future__ import annotations

from server.services.asked import FromCommand
from server.services.orders.commands import LineRequest
from server.services.orders.events import Dining

TOPIC = "baskets"
PARKED = "baskets.parked/1"


class Parked(FromCommand, frozen=True):
    """`code` is the aggregate: six digits, easily read from one screen and typed at another. `mark` is of the command;
    `until_ms`, by the clock of whoever took it down, is when it is gone."""

    code: str
    lines: list[LineRequest]
    until_ms: int
    mark: str
    dining: Dining = "here"
