"""The card terminal beside a terminal: it has a memory of its own, power of its own, and a line to the bank."""

from __future__ import annotations

import asyncio
import random

from server.services.payments.card_terminal import (
    Answer,
    CardDealing,
    CardOutcome,
    CardRefund,
    CardRequest,
    moves,
    name_of,
)

DECLINED_LATE = 0.35
"""Of cards that were taken without a line, so many the bank does not pay."""

TAKEN_THOUGH_UNKNOWN = 0.6
"""Of payments about which it says that it does not know, so many it has taken."""

HOLDS_LESS = 0.06
"""Of payments, so many are by a gift card that holds two thirds of what is wanted."""

BUSY = 0.3
"""Of cards that were taken without a line, so often it has no time to say what became of one when it is asked first."""

KEPT = 0.3
"""So often it still keeps one when it is asked first, and gives it to the bank soon after."""

CARD = "VISA ···· 4242"


class CardReader:
    """`charged` is money that the bank gives, by payment id; `stored` what was taken without a line, and `late` whether
    the bank gave it; `called_off`, before a card was there. `line`: whether the bank can be asked just now."""

    def __init__(self, chance: random.Random) -> None:
        self.mode = "approve"
        self.line = True
        self.charged: dict[str, int] = {}
        self.charged_at: dict[str, float] = {}
        self.short: dict[str, int] = {}  # what cards gave that held less than was wanted
        self.refused: dict[str, str] = {}
        self.given_back: dict[str, int] = {}  # by refund id
        self.stored: dict[str, int] = {}
        self.late: dict[str, bool] = {}
        self.called_off: set[str] = set()
        self._asked_about: set[str] = set()
        self._chance = chance

    @property
    def undecided(self) -> set[str]:
        """Taken without a line, and the bank has not been asked."""
        return self.stored.keys() - self.late.keys()

    async def charge(self, request: CardRequest) -> CardOutcome:
        await asyncio.sleep(self._chance.uniform(0.05, 2.0))
        if self.mode == "unreachable":
            return CardOutcome("unreachable")
        known = self._known(request)
        if known is None:
            if self.mode == "timeout":
                return CardOutcome("timed_out")
            if self.mode == "unknown" and self._chance.random() >= TAKEN_THOUGH_UNKNOWN:
                return CardOutcome("unknown")
            if not self.line and request.online_only:
                return CardOutcome("no_line")
            if request.payment_id in self.called_off:
                self.refused[request.payment_id] = "cancelled"
            elif self.mode == "decline" or self._chance.random() < 0.05:
                self.refused[request.payment_id] = "declined"
            else:
                taken = self.charged if self.line else self.stored
                taken[request.payment_id] = self._given(request) if self.line else moves(request)
                self.charged_at[request.payment_id] = asyncio.get_running_loop().time()
            known = self._known(request)
        await asyncio.sleep(self._chance.uniform(0.0, 0.3))  # the money is taken, and we do not know it yet
        if self.mode == "unknown":
            return CardOutcome("unknown")
        assert known is not None
        return known

    async def refund(self, refund: CardRefund) -> CardOutcome:
        await asyncio.sleep(self._chance.uniform(0.05, 1.0))
        if self.mode == "unreachable":
            return CardOutcome("unreachable")
        if not self.line and refund.refund_id not in self.given_back:
            return CardOutcome("no_line")
        self.given_back[refund.refund_id] = refund.amount_minor
        self.charged_at.setdefault(refund.refund_id, asyncio.get_running_loop().time())
        await asyncio.sleep(self._chance.uniform(0.0, 0.3))  # the money is given, and we do not know it yet
        return CardOutcome("unknown" if self.mode == "unknown" else "approved")

    async def abort(self, dealing: CardDealing) -> None:
        """It waits no longer for this card."""
        self.called_off.add(name_of(dealing))

    async def status(self, dealing: CardDealing) -> CardOutcome:
        if self.mode == "unreachable":
            return CardOutcome("unreachable")
        if self.mode == "unknown":
            return CardOutcome("unknown")
        if isinstance(dealing, CardRefund):
            return CardOutcome("approved" if dealing.refund_id in self.given_back else "timed_out")
        if dealing.payment_id in self.undecided and dealing.payment_id not in self._asked_about:
            self._asked_about.add(dealing.payment_id)
            chance = random.Random(f"{dealing.payment_id}/busy").random()
            if chance < BUSY + KEPT:
                return CardOutcome("busy") if chance < BUSY else CardOutcome("approved", CARD, "", offline=True)
        self._forward(dealing.payment_id)
        return self._known(dealing) or CardOutcome("timed_out")

    def _given(self, request: CardRequest) -> int:
        """What the card has of what is wanted."""
        if random.Random(f"{request.payment_id}/holds").random() >= HOLDS_LESS:
            return moves(request)
        self.short[request.payment_id] = given = moves(request) * 2 // 3
        return given

    def _forward(self, payment_id: str) -> None:
        """As soon as there is a line."""
        if self.line and payment_id in self.undecided:
            given = random.Random(payment_id).random() >= DECLINED_LATE
            self.late[payment_id] = given
            if given:
                self.charged[payment_id] = self.stored[payment_id]

    def _known(self, request: CardRequest) -> CardOutcome | None:
        if request.payment_id in self.undecided:
            return CardOutcome("approved", CARD, "", offline=True)
        if request.payment_id in self.charged:
            return CardOutcome("approved", CARD, "000001", self.short.get(request.payment_id))
        if request.payment_id in self.refused or request.payment_id in self.late:
            answer: Answer = "cancelled" if self.refused.get(request.payment_id) == "cancelled" else "declined"
            return CardOutcome(answer, card=CARD)
        return None
