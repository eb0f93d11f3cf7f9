"""Log and services at work: commands in, events decided and made durable, read models kept up.

A command's way: decide (pure) → append (durable) → apply to the read models → watchers. Events that come from other
terminals enter at `append`'s place and go the same way from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec

from server.clock import wall_ms
from server.event import Draft, Event, Refused
from server.log import Answer, Log, LogFailed
from server.services.command import command_id as command_id_of
from server.services.decision import Changes, Decision
from server.services.desk import Desk
from server.services.payments.card_terminal import CardRequest, CardTerminal
from server.services.read_model import ReadModelLost
from server.services.shop import Services
from server.services.tables import NOT_READY, READ_ERRORS

logger = logging.getLogger("pilotlight.engine")

REPLICATED_TOPICS = frozenset({"orders", "payments"})
"""Topics whose command waits for a peer to hold its events before it is answered (design §4)."""

ORDERS_TOPICS = frozenset({"orders", "payments", "kitchen"})
"""Topics whose events are about an order."""

TICK_S = 5.0

SETTLE_AGAIN_S = 2.0
SETTLE_AT_LEAST_EVERY_S = 5.0
"""How soon it is asked again what became of a card payment, when the answer could not be had or not be recorded."""

APPLY_BATCH = 500
"""Events applied to the read models in one go; an own command waits for at most one such batch."""

MAX_COMMANDS = 512
"""Commands under way or waiting for their turn. At some 200 a second the last one waits as long as anybody stands
before a screen; one more would only be answered when its client has given up."""

MAX_NEW_ORDERS = 448
"""Of those, when a new order is refused: who has ordered can still pay, and the kitchen and the stock go on."""

BUSY = "This server has more to do than it can do right now. Nothing was done; send it again in a moment."

T = TypeVar("T")

Replicated = Callable[[list[Event]], Awaitable[bool]]
"""Waits, for a bounded time, until a neighbour holds these events; False when none does though one is there."""


class CommandAnswer(msgspec.Struct, frozen=True):
    """What a command did: the events it led to (none when all was already so) and its result."""

    events: list[Event]
    result: Any


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What the log keeps of a command beside its events, for when it is asked again."""

    command: str
    result: Any = None
    refusal: tuple[str, str] | None = None  # code, text: answered so though it left events (a declined card)


MEND_AGAIN_S = 1.0
"""How soon it is tried again to mend tables that the disk did not take."""


START_TRIES = 3
"""So often a start finds rows that are not as they were written, and has them made anew, before it goes on without."""


class Engine:
    """Runs from `start` to `close`. `replicated` may be given later: before that there is no neighbour to wait for."""

    def __init__(
        self, log: Log, services: Services, card_terminal: CardTerminal, wall_ms: Callable[[], int] = wall_ms
    ) -> None:
        self.log = log
        self.services = services
        self.desk = Desk(services)
        self.replicated: Replicated | None = None
        self.hearing: asyncio.Event | None = None
        """Set when the neighbours have told what this disk has lost: a command asked again may be done already."""
        self.on_changes: list[Callable[[Changes], None]] = []
        self.replicas_missed = 0  # commands answered before any peer held them
        self.turned_away = 0  # commands, because too many waited
        self.most_waiting = 0  # commands under way at a time
        self.failure: str | None = None
        self._card_terminal = card_terminal
        self._wall_ms = wall_ms
        self._applying = ThreadPoolExecutor(1, thread_name_prefix="read-models")
        self._thinking = ThreadPoolExecutor(1, thread_name_prefix="decider")
        self._deciding = asyncio.Lock()
        self._in_flight: dict[str, tuple[str, asyncio.Task[CommandAnswer]]] = {}
        self._tasks: list[asyncio.Task[Any]] = []
        self._left_open: list[CardRequest] = []
        self._mending = asyncio.Lock()

    async def start(self) -> None:
        """Raises `ReadModelLost` when the disk does not let the tables be mended."""
        for _ in range(START_TRIES):
            try:
                self._left_open = self.desk.unsettled()  # before any new command can be among them
                await self._join()
                break
            except READ_ERRORS as e:
                self.services.tables.suspect(e)
            except LogFailed as e:
                if e.code != "not_ready":
                    raise
            async with self._mending:
                await self.services.catch_up(self.log.events, self.log.position)
        self.spawn(self._follow())
        self.spawn(self._watch_the_clock())

    async def close(self) -> None:
        """No new commands; those in flight end first."""
        await asyncio.gather(*(task for _, task in self._in_flight.values()), return_exceptions=True)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._applying.shutdown(wait=True)
        self._thinking.shutdown(wait=True)

    # -- commands -------------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """Commands under way."""
        return len(self._in_flight)

    async def command(self, name: str, body: dict[str, Any] | bytes) -> CommandAnswer:
        """Decides, records and answers. Durable when it returns; the same `command_id` gives the same answer.

        Raises `Refused` for what can't be done and `LogFailed` when it could not be saved, or (`busy`) when too much
        waits already. It runs to its end even if the caller goes away, so a client that asks again finds one answer.
        """
        command_id = command_id_of(body)
        known, task = self._in_flight.get(command_id, (name, None))
        if known != name:
            raise id_used(known, name)
        if task is None:
            if len(self._in_flight) >= (MAX_NEW_ORDERS if name == "orders.place" else MAX_COMMANDS):
                self.turned_away += 1
                raise LogFailed("busy", BUSY)
            task = asyncio.create_task(self._command(name, body, command_id))
            self._in_flight[command_id] = (name, task)
            self.most_waiting = max(self.most_waiting, len(self._in_flight))
            task.add_done_callback(lambda _: self._in_flight.pop(command_id, None))
        return await asyncio.shield(task)

    async def _command(self, name: str, body: dict[str, Any] | bytes, command_id: str) -> CommandAnswer:
        if self.hearing is not None:
            await self.hearing.wait()
        async with self._deciding:
            known = await self.log.answered(command_id)
            if known is not None and known.result is None:
                known = await self._told_by_its_events(known.events, name, body, command_id)
            if known is None:
                decision = await self._think(self.desk.decide, name, body, command_id, self._wall_ms())
                if decision.payment is None:
                    events = await self._record(decision, name, command_id)
                else:
                    await self._record(decision, name, None)
        if known is not None:
            await self._replicate(known.events)  # whoever did it then may have died before a neighbour held it
            return answer_again(name, known.events, known.result)
        if decision.payment is not None:
            outcome = await self._card_terminal.charge(decision.payment)
            async with self._deciding:
                request = decision.payment
                try:
                    decision = await self._think(self.desk.settle, request, outcome)
                    # Money that was taken is recorded whatever else was said of this command in the meantime.
                    known = await self.log.answered(command_id)
                    events = await self._record(decision, name, None if known else command_id)
                except LogFailed:
                    self.spawn(self._settle(request, SETTLE_AGAIN_S))  # if it is not asked again before
                    raise
            if known is not None and not decision.drafts:  # the card terminal told somebody else of ours first
                await self._replicate(known.events)
                return answer_again(name, known.events, known.result)
        await self._replicate(events)
        if decision.refusal is not None:
            raise Refused(decision.refusal.code, decision.refusal.text)
        return CommandAnswer(events, decision.result)

    async def _told_by_its_events(
        self, events: list[Event], name: str, body: dict[str, Any] | bytes, command_id: str
    ) -> Answer | None:
        """The answer of a command that was done before this disk was lost: what it did came back from the neighbours,
        and what it was answered did not. None for a payment of which the card terminal has to be asked once more."""
        result: dict[str, Any] = events[0].data()
        if events[0].stream.name in ORDERS_TOPICS:
            result = {"order_id": events[0].aggregate_id} | result
        with contextlib.suppress(Refused):
            again = await self._think(self.desk.decide, name, body, command_id, self._wall_ms())
            if again.payment is not None:
                return None
            if not again.drafts:  # it says itself that all is so already, and how
                result = again.result
        return Answer(events, msgspec.to_builtins(Kept(name, result)))

    async def _record(self, decision: Decision, name: str, command_id: str | None) -> list[Event]:
        """Appends and applies, so that the next command sees what this one did."""
        if not decision.drafts:
            return []
        refusal = decision.refusal
        kept = Kept(name, decision.result, None if refusal is None else (refusal.code, refusal.text))
        events = await self.log.append(decision.drafts, command_id=command_id, result=kept)
        try:
            await self._apply(events)
        except ReadModelLost:  # it is recorded; it shows when the tables are mended
            self.spawn(self._mend())
        return events

    async def _replicate(self, events: list[Event]) -> None:
        """Waits until a neighbour holds them too, if one is there, but never long enough to keep a customer."""
        concerned = [e for e in events if e.stream.name in REPLICATED_TOPICS]
        if concerned and self.replicated is not None and not await self.replicated(concerned):
            self.replicas_missed += 1

    async def _think(self, function: Callable[..., T], *arguments: Any) -> T:
        """Decides, from whole tables. Raises `LogFailed("not_ready")`: nothing was decided, ask again."""
        loop = asyncio.get_running_loop()
        losses = self.services.tables.losses
        if self.services.tables.whole:
            try:
                decision = await loop.run_in_executor(self._thinking, function, *arguments)
            except READ_ERRORS as e:
                self.doubt(e)
            else:
                if self.services.tables.losses == losses:
                    return decision
        raise LogFailed("not_ready", NOT_READY)

    def doubt(self, error: Exception) -> None:
        """Reading the tables failed: nothing is taken from them until they have been looked at."""
        self.services.tables.suspect(error)
        self.spawn(self._mend())

    async def _mend(self) -> None:
        """Until the tables are whole again. What they could not show meanwhile is told then."""
        async with self._mending:
            while not self.services.tables.whole:
                try:
                    self._tell(await self.services.catch_up(self.log.events, self.log.position))
                    self.failure = None
                except Exception as e:
                    self.failure = f"{e} Check the disk: its space, and whether it can be written."
                    expected = isinstance(e, ReadModelLost | LogFailed)
                    logger.warning("%s", self.failure, exc_info=None if expected else e)
                    await asyncio.sleep(MEND_AGAIN_S)

    # -- events into views ----------------------------------------------------------------------------------------

    async def _apply(self, events: list[Event], position: int | None = None) -> None:
        loop = asyncio.get_running_loop()
        changes = await loop.run_in_executor(self._applying, self.services.apply, events, position)
        self._tell(changes)

    def _tell(self, changes: Changes) -> None:
        if changes:
            for callback in list(self.on_changes):
                callback(changes)
        if changes.members:
            self.spawn(self._join())

    async def _follow(self) -> None:
        """Every stored event, ours and others', into the read models, for as long as the node lives."""
        while True:
            try:
                async for events in self.log.subscribe(self.services.cursor):
                    for i in range(0, len(events), APPLY_BATCH):
                        chunk = events[i : i + APPLY_BATCH]
                        await self._apply(chunk, chunk[-1].position)
                        self.failure = None
                return
            except ReadModelLost:
                await self._mend()
            except Exception as e:
                self.failure = f"the read models stopped ({type(e).__name__}: {e})"
                logger.exception("read models stopped; trying again in a second")
                await asyncio.sleep(1)

    async def _join(self) -> None:
        """Says who we are and which order numbers are ours, if that is not yet said or no longer holds."""
        if not self.services.store:
            return  # head office takes no orders; a stream that no store may hold would only tell them apart
        async with self._deciding:
            drafts = await self._think(self.services.membership_drafts, self._wall_ms())
            if drafts:
                await self._apply(await self.log.append(drafts))

    async def record(self, drafts: list[Draft]) -> None:
        """Appends and applies what no command asked for."""
        async with self._deciding:
            events = await self.log.append(drafts)
            try:
                await self._apply(events)
            except ReadModelLost:
                self.spawn(self._mend())
                raise

    async def shrink(self, pages: int) -> int:
        """Gives space of the tables back to the disk (`Tables.shrink`), between two turns of theirs."""
        return await asyncio.get_running_loop().run_in_executor(self._applying, self.services.tables.shrink, pages)

    async def _watch_the_clock(self) -> None:
        """Dayparts begin and end without any event."""
        while True:
            await asyncio.sleep(TICK_S)
            loop = asyncio.get_running_loop()
            self._tell(await loop.run_in_executor(self._applying, self.services.tick, self._wall_ms()))

    async def settle_card_payments(self) -> None:
        """Payments that a crash left between "asked the terminal" and "wrote the answer": asks what became of each.
        Nobody stands at the terminal any more, so nothing is charged now."""
        for request in self._left_open:
            self.spawn(self._settle(request))

    async def _settle(self, request: CardRequest, wait_s: float = 0.0) -> None:
        """Asks what became of a payment until the card terminal has answered and the answer is recorded."""
        while True:
            await asyncio.sleep(wait_s)
            wait_s = min(max(2 * wait_s, SETTLE_AGAIN_S), SETTLE_AT_LEAST_EVERY_S)
            outcome = await self._card_terminal.status(request)
            if outcome.answer == "unreachable":
                continue  # it may have taken the money all the same
            with contextlib.suppress(LogFailed):
                async with self._deciding:
                    if outcome.answer != "approved" and self.desk.is_under_way(request):
                        return  # sent again, and being charged now: what was true when we asked no longer is
                    command_id = request.command_id or None
                    if command_id and await self.log.answered(command_id) is not None:
                        if outcome.answer != "approved":
                            return  # its command was sent again and has its answer
                        command_id = None  # it was answered that nothing was charged, and that was not so
                    decision = await self._think(self.desk.settle, request, outcome)
                    events = await self._record(decision, "payments.capture", command_id)
                await self._replicate(events)  # nobody waits for an answer, but it is counted like any other
                return

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs it in the background for as long as the engine lives; what it raises is logged."""
        task = asyncio.create_task(work)
        self._tasks.append(task)

        def done(finished: asyncio.Task[Any]) -> None:
            self._tasks.remove(finished)
            if not finished.cancelled() and finished.exception() is not None:
                logger.warning("%s", finished.exception())

        task.add_done_callback(done)


def id_used(first: str, then: str) -> Refused:
    return Refused("command_id_used", f"This command_id was used for {first}. Make a new one for {then}.")


def answer_again(name: str, events: list[Event], kept: Any) -> CommandAnswer:
    """The answer of a command done before. Raises the `Refused` that it was answered with, if it was, and
    `Refused("command_id_used")` when the id belongs to another command."""
    known = msgspec.convert(kept, Kept)
    if known.command != name:
        raise id_used(known.command, name)
    if known.refusal is not None:
        raise Refused(*known.refusal)
    return CommandAnswer(events, known.result)
