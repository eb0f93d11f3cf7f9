"""Between a decision to take or give back money by card and its outcome in the log: the card terminal is asked, and
asked again until it is known what it did. Money that moved is recorded, whatever was said meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.answers import CommandAnswer, answer_again
from server.event import Event, Refused
from server.log import LogFailed
from server.services.decision import Decision
from server.services.payments.card_terminal import (
    CardDealing,
    CardOutcome,
    CardRefund,
    CardRequest,
    CardTerminal,
    name_of,
)
from server.services.payments.decider import UNKNOWN
from server.services.payments.events import CAPTURED, REFUNDED, Captured, Refunded

if TYPE_CHECKING:
    from server.engine import Engine

SETTLE_AGAIN_S = 2.0
SETTLE_AT_LEAST_EVERY_S = 5.0
"""How soon it is asked again what became of a card payment, when the answer could not be had or not be recorded."""

ABORT_TIMES = 5
ABORT_EVERY_S = 1.0
"""A card terminal that was told to stop before it had heard of the payment is told again, while it is asked for it."""

FORWARD_EVERY_S = 30.0
"""How often it is asked whether the bank has decided about cards that were taken without a line, and looked whether
there is a payment whose end nobody asks about: a disk that was set back hears of its own from its neighbours."""


class NotKnownYet(Exception):
    """A card terminal has not said what became of a payment. It is no answer: the same command may ask again."""

    code, text = UNKNOWN


def command_of(dealing: CardDealing) -> str:
    return "payments.refund" if isinstance(dealing, CardRefund) else "payments.capture"


def is_recorded(dealing: CardDealing, events: Sequence[Event]) -> bool:
    """Whether these say that its money moved. The tables may have let go of it: a terminal that slept for days."""
    if isinstance(dealing, CardRefund):
        return any(e.type == REFUNDED and e.data(Refunded).refund_id == dealing.refund_id for e in events)
    return any(e.type == CAPTURED and e.data(Captured).payment_id == dealing.payment_id for e in events)


class Settlement:
    def __init__(self, engine: Engine, card_terminal: CardTerminal) -> None:
        self._engine = engine
        self._terminal = card_terminal
        self._left_open: list[CardDealing] = []
        self._asked_about: Counter[str] = Counter()  # payments and refunds, by how many `_settle` are at it
        self._called_off: set[str] = set()  # payments that the terminal is being told to give up
        self.stored = 0  # cards taken without a line, of which the bank has not been heard

    def look(self) -> None:
        """At what a crash left open; before any new command can be among it."""
        self._left_open = self._engine.desk.unsettled()

    async def run(self) -> None:
        """As long as the node lives. Payments that a crash left between "asked the terminal" and "wrote the answer":
        asks what became of each. Nobody stands at the terminal any more, so nothing is charged now."""
        left_open, self._left_open = self._left_open, []
        for dealing in left_open:
            self._ask_on(dealing)
        while True:
            with contextlib.suppress(LogFailed):
                await self._look_again()
                await self._forward()
            await asyncio.sleep(FORWARD_EVERY_S)

    async def _look_again(self) -> None:
        """At those that nobody asks about, though they are ours."""
        engine = self._engine
        async with engine.deciding:  # what a new command has begun is under way
            for dealing in await engine.think(engine.desk.unsettled):
                if not engine.desk.is_under_way(dealing) and not self._asked_about[name_of(dealing)]:
                    self._ask_on(dealing)

    async def deal(self, dealing: CardDealing, command_id: str) -> CommandAnswer | None:
        """Has the terminal do it, and answers the command; None where another of the shop's terminals did it meanwhile,
        so that its events tell. Raises `Refused`, `LogFailed` and `NotKnownYet`."""
        engine, name = self._engine, command_of(dealing)
        outcome = await self._ask(dealing)
        if outcome.answer == "unknown":
            engine.desk.leave_open(dealing)
            self._ask_on(dealing, SETTLE_AGAIN_S)
            raise NotKnownYet
        async with engine.deciding:
            try:
                decision = await engine.think(engine.desk.settle, dealing, outcome)
                # Money that was taken is recorded whatever else was said of this command in the meantime.
                known = await engine.log.answered(command_id)
                if known is not None and is_recorded(dealing, known.events):
                    decision = Decision([], decision.result)
                events = await engine.keep(decision, name, None if known else command_id, dealing.asked)
            except LogFailed:
                engine.desk.leave_open(dealing)
                self._ask_on(dealing, SETTLE_AGAIN_S)  # if it is not asked again before
                raise
        if known is not None and not decision.drafts:  # the card terminal told somebody else of ours first
            await engine.replicate(known.events)
            if known.result is None:
                return None
            return answer_again(name, known.events, known.result, dealing.asked)
        await engine.replicate(events)
        if decision.refusal is not None:
            raise Refused(decision.refusal.code, decision.refusal.text)
        return CommandAnswer(events, decision.result)

    def abort(self, request: CardRequest) -> None:
        """Has the terminal told; whoever asked it to take the money hears what came of that."""
        if request.payment_id not in self._called_off:
            self._called_off.add(request.payment_id)
            self._engine.spawn(self._abort(request))

    async def _abort(self, request: CardRequest) -> None:
        try:
            for _ in range(ABORT_TIMES):
                await self._terminal.abort(request)
                await asyncio.sleep(ABORT_EVERY_S)
                if not self._engine.desk.is_under_way(request):
                    break
        finally:
            self._called_off.discard(request.payment_id)

    async def _forward(self) -> None:
        """The terminal gives what it took without a line to the bank as soon as there is one; it is asked how that
        went."""
        engine = self._engine
        async with engine.deciding:
            stored = await engine.think(engine.desk.stored)
        self.stored = len(stored)
        for request in stored:
            outcome = await self._terminal.status(request)
            if outcome.answer == "unreachable":
                return
            async with engine.deciding:
                decision = await engine.think(engine.desk.settle_stored, request, outcome)
                events = await engine.keep(decision, "", None)
            await engine.replicate(events)
            self.stored -= len(events)

    async def _ask(self, dealing: CardDealing) -> CardOutcome:
        if isinstance(dealing, CardRefund):
            return await self._terminal.refund(dealing)
        if not dealing.ask_only:
            return await self._terminal.charge(dealing)
        outcome = await self._terminal.status(dealing)
        return CardOutcome("unknown") if outcome.answer == "unreachable" else outcome

    def _ask_on(self, dealing: CardDealing, wait_s: float = 0.0) -> None:
        """In the background."""
        self._asked_about[name_of(dealing)] += 1
        self._engine.spawn(self._ask_until_known(dealing, wait_s))

    async def _ask_until_known(self, dealing: CardDealing, wait_s: float) -> None:
        try:
            await self._settle(dealing, wait_s)
        finally:
            self._asked_about -= Counter([name_of(dealing)])

    async def _settle(self, dealing: CardDealing, wait_s: float) -> None:
        """Asks what became of it until the card terminal has answered and the answer is recorded."""
        engine = self._engine
        while True:
            await asyncio.sleep(wait_s)
            wait_s = min(max(2 * wait_s, SETTLE_AGAIN_S), SETTLE_AT_LEAST_EVERY_S)
            outcome = await self._terminal.status(dealing)
            if outcome.answer in ("unreachable", "unknown"):
                continue  # it may have taken the money all the same
            with contextlib.suppress(LogFailed):
                async with engine.deciding:
                    if outcome.answer != "approved" and engine.desk.is_under_way(dealing):
                        return  # sent again, and being charged now: what was true when we asked no longer is
                    command_id = dealing.command_id or None
                    known = await engine.log.answered(command_id) if command_id else None
                    if known is not None:
                        if outcome.answer != "approved" or is_recorded(dealing, known.events):
                            return  # its command was sent again and has its answer
                        command_id = None  # it was answered that nothing was charged, and that was not so
                    decision = await engine.think(engine.desk.settle, dealing, outcome)
                    events = await engine.keep(decision, command_of(dealing), command_id, dealing.asked)
                await engine.replicate(events)  # nobody waits for an answer, but it is counted like any other
                return
