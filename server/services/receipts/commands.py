"""What may be asked of the receipts service."""

from __future__ import annotations

from typing import Literal

from server.services.command import Command
from server.services.receipts.events import Why


class Print(Command, frozen=True):
    """A receipt of an order, at the printer of this terminal."""

    order_id: str
    language: str = ""


class Begin(Command, frozen=True):
    """The printer is ready, and the first byte is about to go. Said by the program that drives it."""

    order_id: str
    print_id: str


class End(Command, frozen=True):
    """It is printed, or it is not, and why."""

    order_id: str
    print_id: str
    how: Literal["printed", "failed"]
    why: Why = "away"
