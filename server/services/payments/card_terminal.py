"""The port to a card terminal, and a simulated one.

A real terminal is asked with the `payment_id`, and answers the same for the same id: that is what makes it safe to ask
again after a crash or a silence.
"""

from __future__ import annotations

import asyncio
from typing import Literal, Protocol

import msgspec

Answer = Literal["approved", "declined", "timed_out", "unreachable"]
Mode = Literal["approve", "decline", "timeout", "unreachable"]


class CardRequest(msgspec.Struct, frozen=True):
    """Take `amount_minor` for this order. `command_id` is the command that is waiting for the answer."""

    payment_id: str
    order_id: str
    amount_minor: int
    currency: str
    command_id: str = ""
    by: str = ""


class CardOutcome(msgspec.Struct, frozen=True):
    """`card` is what a receipt may show (`VISA ···· 4242`). `timed_out` and `unreachable`: no money was taken."""

    answer: Answer
    card: str = ""
    authorization: str = ""


class CardTerminal(Protocol):
    async def charge(self, request: CardRequest) -> CardOutcome:
        """Takes the money, or says why not. Never raises for what the terminal or the card does."""
        ...


class SimulatedCardTerminal:
    """Approves, declines, stays silent or is unreachable, as told; `mode` and `delay_ms` may be changed at any time.

    It remembers what it approved and declined by `payment_id`, so asking twice charges once. `charged` is the money
    really taken, by payment id.
    """

    def __init__(self, mode: Mode = "approve", delay_ms: int = 0) -> None:
        self.mode: Mode = mode
        self.delay_ms = delay_ms
        self.charged: dict[str, int] = {}
        self._answers: dict[str, CardOutcome] = {}

    async def charge(self, request: CardRequest) -> CardOutcome:
        await asyncio.sleep(self.delay_ms / 1000)
        if self.mode == "unreachable":
            return CardOutcome("unreachable")
        if self.mode == "timeout":
            return CardOutcome("timed_out")
        known = self._answers.get(request.payment_id)
        if known is not None:
            return known
        if self.mode == "decline":
            outcome = CardOutcome("declined", card="VISA ···· 4242")
        else:
            self.charged[request.payment_id] = request.amount_minor
            outcome = CardOutcome("approved", "VISA ···· 4242", f"{len(self.charged):06d}")
        self._answers[request.payment_id] = outcome
        return outcome
