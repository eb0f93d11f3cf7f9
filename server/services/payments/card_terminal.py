"""The port to a card terminal, and a simulated one in this process.

A payment is named by its `payment_id`, a refund by its `refund_id`: under that name the terminal is asked what became
of it, and that is what makes it safe to ask again after a crash or a silence.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from server.services.payments.modes import Mode

Answer = Literal[
    "approved",
    "declined",
    "cancelled",
    "timed_out",
    "unreachable",
    "busy",
    "no_line",
    "out_of_order",
    "unknown",
]

MAX_REMEMBERED = 1000
"""Outcomes the simulated terminal keeps: far more than can be open at once."""


class CardRequest(msgspec.Struct, frozen=True):
    """Take `amount_minor` for this order, and `tip_minor` on top. `command_id` is the command that waits.

    `again`: the terminal may have heard of this payment before, so it is asked about it before it is asked for money.
    `ask_only`: whoever wanted to pay may have gone; what became of it is asked, and nothing is charged now.
    `online_only`: the shop's limits allow no card that the acquirer has not seen.
    `asked`: the fingerprint of the command's body.
    """

    payment_id: str
    order_id: str
    amount_minor: int
    currency: str
    command_id: str = ""
    by: str = ""
    again: bool = False
    ask_only: bool = False
    tip_minor: int = 0
    online_only: bool = False
    asked: str = ""


class CardRefund(msgspec.Struct, frozen=True):
    """Give `amount_minor` of a payment back. `transaction_id` and `transaction_at` are how the terminal named it."""

    refund_id: str
    payment_id: str
    order_id: str
    amount_minor: int
    currency: str
    transaction_id: str
    transaction_at: str
    reason: str = ""
    command_id: str = ""
    by: str = ""
    again: bool = False
    asked: str = ""


CardDealing = CardRequest | CardRefund


def moves(dealing: CardDealing) -> int:
    """How much money it is about, with the tip."""
    return dealing.amount_minor + (dealing.tip_minor if isinstance(dealing, CardRequest) else 0)


def name_of(dealing: CardDealing) -> str:
    """Under which both sides know it."""
    return dealing.refund_id if isinstance(dealing, CardRefund) else dealing.payment_id


class CardOutcome(msgspec.Struct, frozen=True):
    """What became of it. `card` is what a receipt may show (`VISA ···· 4242`), `receipt` what must be printed.

    `unknown`: the terminal has not said yet whether money moved. Every answer but that and `approved`: none did.
    `amount_minor` is set, tip and all, where the card gave less than was asked for. `offline`: the terminal decided
    without its acquirer, which may still decline. `transaction_id` and `transaction_at` name it for a refund.
    """

    answer: Answer
    card: str = ""
    authorization: str = ""
    amount_minor: int | None = None
    offline: bool = False
    transaction_id: str = ""
    transaction_at: str = ""
    receipt: str = ""


class CardTerminal(Protocol):
    """None of it raises for what the terminal, the line or the card does."""

    async def charge(self, request: CardRequest) -> CardOutcome:
        """Takes the money, or says why not."""
        ...

    async def refund(self, refund: CardRefund) -> CardOutcome:
        """Gives it back, or says why not."""
        ...

    async def abort(self, dealing: CardDealing) -> None:
        """Asks it not to wait for a card any longer. What became of the payment is still `charge`'s to say: the card
        may have been there already."""
        ...

    async def status(self, dealing: CardDealing) -> CardOutcome:
        """What became of an earlier one, without doing anything now; `timed_out` when it never happened, `unreachable`
        or `unknown` when that can't be said yet."""
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
        self._called_off: dict[str, asyncio.Event] = {}  # of those that wait for a card
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

    async def status(self, dealing: CardDealing) -> CardOutcome:
        if self.mode == "unreachable":
            return CardOutcome("unreachable")
        return self._answers.get(name_of(dealing), CardOutcome("timed_out"))

    async def refund(self, refund: CardRefund) -> CardOutcome:
        if self.mode == "unreachable":
            return CardOutcome("unreachable")
        known = self._answers.get(refund.refund_id)
        if known is None:
            known = CardOutcome("approved", "VISA ···· 4242")
            try:
                self._remember(refund.refund_id, known)
            except OSError:
                return CardOutcome("unreachable")
        return known

    async def abort(self, dealing: CardDealing) -> None:
        waiting = self._called_off.get(name_of(dealing))
        if waiting is not None:
            waiting.set()

    async def charge(self, request: CardRequest) -> CardOutcome:
        called_off = self._called_off.setdefault(request.payment_id, asyncio.Event())  # two commands may ask for one
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(called_off.wait(), self.delay_ms / 1000)
        finally:
            self._called_off.pop(request.payment_id, None)
        if self.mode == "unreachable":
            return CardOutcome("unreachable")
        if self.mode == "timeout":
            return CardOutcome("timed_out")
        known = self._answers.get(request.payment_id)
        if known is not None:
            return known
        if called_off.is_set():
            outcome = CardOutcome("cancelled")
        elif self.mode == "decline":
            outcome = CardOutcome("declined", card="VISA ···· 4242")
        else:
            outcome = CardOutcome("approved", "VISA ···· 4242", f"{self._charges + 1:06d}")
        try:
            self._remember(request.payment_id, outcome)
        except OSError:  # a terminal that can't remember an answer gives none
            return CardOutcome("unreachable")
        if outcome.answer == "approved":
            self._charges += 1
            self.charged[request.payment_id] = moves(request)
            while len(self.charged) > MAX_REMEMBERED:
                del self.charged[next(iter(self.charged))]
        return outcome
