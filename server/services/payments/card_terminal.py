"""The port to a card terminal, and a simulated one.

A real terminal is asked with the `payment_id`, and answers the same for the same id: that is what makes it safe to ask
again after a crash or a silence.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Literal, Protocol

import msgspec

Answer = Literal["approved", "declined", "timed_out", "unreachable"]
Mode = Literal["approve", "decline", "timeout", "unreachable"]


MAX_REMEMBERED = 1000
"""Outcomes the simulated terminal keeps: far more than can be open at once."""


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

    async def status(self, request: CardRequest) -> CardOutcome:
        """What became of an earlier `charge`, without charging anything now; `timed_out` when it never happened."""
        ...


class SimulatedCardTerminal:
    """Approves, declines, stays silent or is unreachable, as told; `mode` and `delay_ms` may be changed at any time.

    It remembers what it approved and declined by `payment_id`, so asking twice charges once. `charged` is the money
    really taken lately, by payment id. `memory` is the file in which it remembers, as a real terminal does by itself:
    without one it forgets when its process ends.
    """

    def __init__(self, mode: Mode = "approve", delay_ms: int = 0, memory: Path | None = None) -> None:
        self.mode: Mode = mode
        self.delay_ms = delay_ms
        self.charged: dict[str, int] = {}
        self._charges = 0
        self._answers: dict[str, CardOutcome] = {}
        self._memory = memory
        if memory is not None:
            with contextlib.suppress(OSError, msgspec.DecodeError):
                self._answers = msgspec.json.decode(memory.read_bytes(), type=dict[str, CardOutcome])

    def _remember(self, payment_id: str, outcome: CardOutcome) -> None:
        newest = dict(list((self._answers | {payment_id: outcome}).items())[-MAX_REMEMBERED:])
        if self._memory is not None:
            new = self._memory.with_suffix(".new")
            new.write_bytes(msgspec.json.encode(newest))
            new.replace(self._memory)
        self._answers = newest

    async def status(self, request: CardRequest) -> CardOutcome:
        if self.mode == "unreachable":
            return CardOutcome("unreachable")
        return self._answers.get(request.payment_id, CardOutcome("timed_out"))

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
            outcome = CardOutcome("approved", "VISA ···· 4242", f"{self._charges + 1:06d}")
        try:
            self._remember(request.payment_id, outcome)
        except OSError:  # a terminal that can't remember an answer gives none
            return CardOutcome("unreachable")
        if outcome.answer == "approved":
            self._charges += 1
            self.charged[request.payment_id] = request.amount_minor
            while len(self.charged) > MAX_REMEMBERED:
                del self.charged[next(iter(self.charged))]
        return outcome
