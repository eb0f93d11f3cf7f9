"""Log and services at work: commands in, events decided and made durable, read models kept up.

A command's way: decide (pure) → append (durable) → apply to the read models → watchers. Events that come from other
terminals enter at `append`'s place and go the same way from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec

from server.answers import CommandAnswer, Kept, answer_again, id_used
from server.clock import wall_ms
from server.event import BUSY, Draft, Event, Refused
from server.log import Answer, Log, LogFailed
from server.services.asked import check_same, fingerprint, first_of
from server.services.command import command_id as command_id_of
from server.services.decision import Changes, Decision
from server.services.desk import Desk
from server.services.payments.card_terminal import CardDealing, CardTerminal
from server.services.payments.offline import OfflineLimits
from server.services.read_model import ReadModelLost
from server.services.shop import Services
from server.services.tables import NOT_READY, READ_ERRORS
from server.services.told import told
from server.settlement import Settlement

logger = logging.getLogger("pilotlight.engine")

REPLICATED_TOPICS = frozenset({"orders", "payments", "vouchers"})
"""Topics whose command waits for a peer to hold its events before it is answered (design §4)."""

ORDERS_TOPICS = frozenset({"orders", "payments", "kitchen", "receipts"})
"""Topics whose events are about an order."""

TICK_S = 5.0

QUIET_S = 0.5
"""Nothing has come for so long: what there is to tidy up keeps nobody waiting."""

APPLY_BATCH = 500
"""Events applied to the read models in one go; an own command waits for at most one such batch."""

MAX_COMMANDS = 512
"""Commands under way or waiting for their turn. At some 200 a second the last one waits as long as anybody stands
before a screen; one more would only be answered when its client has given up."""

MAX_NEW_ORDERS = 448
"""Of those, when a new order is refused: who has ordered can still pay, and the kitchen and the stock go on."""

LARGE_BODY_BYTES = 64 * 1024
"""A menu: it is read beside the loop, which has screens to serve."""

T = TypeVar("T")

Replicated = Callable[[list[Event]], Awaitable[bool]]
"""Waits, for a bounded time, until a neighbour holds these events; False when none does though one is there."""


CLOSE_WAITS_S = 5.0
"""Whoever stops a server waits no longer for it."""

MEND_AGAIN_S = 1.0
"""How soon it is tried again to mend tables that the disk did not take."""


JOIN_AGAIN_S = 2.0
"""How soon it is tried again to say which order numbers are ours, when the disk did not take it."""

BEGUN_ANEW_AFTER_S = 30.0

HALVES_EVERY_S = 60.0
"""How often it is looked whether only half of what a voucher paid came of a terminal that died."""

START_TRIES = 3
"""So often a start finds rows that are not as they were written, and has them made anew, before it goes on without."""


class Engine:
    """Runs from `start` to `close`. `replicated` may be given later: before that there is no neighbour to wait for."""

    def __init__(
        self,
        log: Log,
        services: Services,
        card_terminal: CardTerminal,
        wall_ms: Callable[[], int] = wall_ms,
        offline: OfflineLimits | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.log = log
        self.services = services
        self.desk = Desk(services, offline or OfflineLimits())
        self.replicated: Replicated | None = None
        self.hearing: asyncio.Event | None = None
        """Set when the neighbours have told what this disk has lost: a command asked again may be done already."""
        self.on_changes: list[Callable[[Changes], None]] = []
        self.replicas_missed = 0  # commands answered before any peer held them
        self.turned_away = 0  # commands, because too many waited
        self.most_waiting = 0  # commands under way at a time
        self.failure: str | None = None
        self.settlement = Settlement(self, card_terminal)
        self._wall_ms, self._chance = wall_ms, chance
        self._applying = ThreadPoolExecutor(1, thread_name_prefix="read-models")
        self._thinking = ThreadPoolExecutor(1, thread_name_prefix="decider")
        self.deciding = asyncio.Lock()
        self._in_flight: dict[str, tuple[tuple[str, str], asyncio.Task[CommandAnswer]]] = {}
        self._tasks: list[asyncio.Task[Any]] = []
        self._applied_at = float("-inf")
        self._mending = asyncio.Lock()
        self._joining = False
        self._join_due = False

    async def start(self) -> None:
        """Raises `ReadModelLost` when the disk does not let the tables be mended."""
        for _ in range(START_TRIES):
            try:
                self.settlement.look()
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
        self.keep_up(self._watch_the_clock)
        self.keep_up(self._make_whole)

    async def close(self) -> None:
        """No new commands; those in flight end first, but for a customer who takes long with a card: what became of
        that is asked at the next start."""
        in_flight = [task for _, task in self._in_flight.values()]
        if in_flight:
            _, long = await asyncio.wait(in_flight, timeout=CLOSE_WAITS_S)
            for task in long:
                task.cancel()
            await asyncio.gather(*in_flight, return_exceptions=True)
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
        """Decides, records and answers. Durable when it returns; the same `command_id` gives the same answer, and with
        another body `Refused("command_id_used")`.

        Raises `Refused` for what can't be done and `LogFailed` when it could not be saved, or (`busy`) when too much
        waits already. It runs to its end even if the caller goes away, so a client that asks again finds one answer.
        """
        command_id = command_id_of(body)
        asked = await self._fingerprint(name, body)
        (known, first), task = self._in_flight.get(command_id, ((name, asked), None))
        if known != name:
            raise id_used(known, name)
        check_same(first, asked)
        if task is None:
            if len(self._in_flight) >= (MAX_NEW_ORDERS if name == "orders.place" else MAX_COMMANDS):
                self.turned_away += 1
                raise LogFailed("busy", BUSY)
            task = asyncio.create_task(self._command(name, body, command_id, asked))
            self._in_flight[command_id] = ((name, asked), task)
            self.most_waiting = max(self.most_waiting, len(self._in_flight))
            task.add_done_callback(lambda _: self._in_flight.pop(command_id, None))
        return await asyncio.shield(task)

    async def _fingerprint(self, name: str, body: dict[str, Any] | bytes) -> str:
        if isinstance(body, bytes) and len(body) > LARGE_BODY_BYTES:
            return await asyncio.to_thread(fingerprint, name, body)
        return fingerprint(name, body)

    async def _command(self, name: str, body: dict[str, Any] | bytes, command_id: str, asked: str) -> CommandAnswer:
        if self.hearing is not None:
            await self.hearing.wait()
        async with self.deciding:
            known = await self.log.answered(command_id)
            if known is not None and known.result is None:
                known = await self._told_by_its_events(known.events, name, body, command_id, asked)
            if known is None:
                decision = await self.think(self.desk.decide, name, body, command_id, self._wall_ms(), asked)
                if decision.payment is None:
                    events = await self.keep(decision, name, command_id, asked)
                else:
                    await self._begin(decision, decision.payment, name)
        if known is not None:
            await self.replicate(known.events)  # whoever did it then may have died before a neighbour held it
            return answer_again(name, known.events, known.result, asked)
        if decision.abort is not None:
            self.settlement.abort(decision.abort)
        if decision.payment is not None:
            answer = await self.settlement.deal(decision.payment, command_id)
            return answer or await self._command(name, body, command_id, asked)
        await self.replicate(events)
        if decision.refusal is not None:
            raise Refused(decision.refusal.code, decision.refusal.text)
        return CommandAnswer(events, decision.result)

    async def _told_by_its_events(
        self, events: list[Event], name: str, body: dict[str, Any] | bytes, command_id: str, asked: str
    ) -> Answer | None:
        """The answer of a command that was done before this disk was lost: what it did came back from the neighbours,
        and what it was answered did not. None for a payment of which the card terminal has to be asked once more."""
        first = events[0]
        check_same(first_of(first.data()), asked)
        result = await self.think(told, self.services, first)
        if result is None:
            result = {k: v for k, v in first.data().items() if k not in ("asked", "by")}
            if first.stream.name in ORDERS_TOPICS:
                result = {"order_id": first.aggregate_id} | result
            with contextlib.suppress(Refused):
                again = await self.think(self.desk.decide, name, body, command_id, self._wall_ms(), asked)
                if again.payment is not None:
                    return None
                result = again.result
        return Answer(events, msgspec.to_builtins(Kept(name, result)))

    async def keep(self, decision: Decision, name: str, command_id: str | None, asked: str = "") -> list[Event]:
        """Appends and applies, so that the next command sees what this one did."""
        if not decision.drafts:
            return []
        refusal = decision.refusal
        kept = Kept(name, decision.result, None if refusal is None else (refusal.code, refusal.text), asked)
        events = await self.log.append(decision.drafts, command_id=command_id, result=kept)
        try:
            await self._apply(events)
        except ReadModelLost:  # it is recorded; it shows when the tables are mended
            self.spawn(self._mend())
        return events

    async def _begin(self, decision: Decision, dealing: CardDealing, name: str) -> None:
        """Records that the card terminal will be asked. Where that can't be saved nothing is under way."""
        self.desk.begin(dealing, self._wall_ms())
        try:
            await self.keep(decision, name, None)
        except LogFailed:
            self.desk.leave_open(dealing)
            raise

    async def replicate(self, events: list[Event]) -> None:
        """Waits until a neighbour holds them too, if one is there, but never long enough to keep a customer."""
        concerned = [e for e in events if e.stream.name in REPLICATED_TOPICS]
        if concerned and self.replicated is not None and not await self.replicated(concerned):
            self.replicas_missed += 1

    async def think(self, function: Callable[..., T], *arguments: Any) -> T:
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
        raise self.not_ready()

    def not_ready(self) -> LogFailed:
        """Why nothing is told from the tables just now: what keeps them from being mended, if anything does."""
        return LogFailed("not_ready", self.failure or NOT_READY)

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
        if position is not None and self.services.shows(position):
            return  # our own, applied when they were appended
        loop = asyncio.get_running_loop()
        changes = await loop.run_in_executor(self._applying, self.services.apply, events, position)
        self._applied_at = loop.time()
        self._tell(changes)

    def _tell(self, changes: Changes) -> None:
        if changes:
            for callback in list(self.on_changes):
                try:
                    callback(changes)
                except READ_ERRORS as e:  # what one can't read keeps the others, screens among them, from nothing
                    self.doubt(e)
        if changes.members:
            self._join_due = True
            if not self._joining:
                self.spawn(self._keep_joined())

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
        async with self.deciding:
            drafts = await self.think(self.services.membership_drafts, self._wall_ms())
            if drafts:
                await self._apply(await self.log.append(drafts))

    async def _keep_joined(self) -> None:
        """`_join`, until it is saved: a terminal that must take another prefix while its disk is full would go without
        one, as far as all others know, until its next start."""
        self._joining = True
        try:
            while self._join_due:
                self._join_due = False
                try:
                    await self._join()
                except LogFailed:
                    self._join_due = True
                    await asyncio.sleep(JOIN_AGAIN_S)
        finally:
            self._joining = False

    async def _make_whole(self) -> None:
        """Others look, too, and what two of them write counts once: each at a moment of its own."""
        while True:
            await asyncio.sleep(HALVES_EVERY_S * (0.5 + self._chance()))
            with contextlib.suppress(LogFailed, ReadModelLost):
                async with self.deciding:
                    drafts = await self.think(self.services.halves, self._wall_ms())
                    if drafts:
                        logger.warning("of what vouchers paid, %d halves were lost and are written again", len(drafts))
                        await self._record(drafts)

    async def record(self, drafts: list[Draft]) -> None:
        """Appends and applies what no command asked for."""
        async with self.deciding:
            await self._record(drafts)

    async def _record(self, drafts: list[Draft]) -> None:
        """Nobody else decides meanwhile."""
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
        """Dayparts begin and end without any event; and what can wait is done when nobody does."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK_S)
            self._tell(await loop.run_in_executor(self._applying, self.services.tick, self._wall_ms()))
            if not self._in_flight and loop.time() - self._applied_at >= QUIET_S:
                await loop.run_in_executor(self._applying, self.services.tables.tidy)

    def keep_up(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Runs what has no end in the background. Should it raise what nobody expects of it, it is begun anew: a till
        runs for months, and what it does not do any more nobody sees."""
        self.spawn(self._keep_up(work))

    async def _keep_up(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        while True:
            try:
                await work()
                return
            except Exception:
                logger.exception("%s failed; it is begun anew", getattr(work, "__qualname__", work))
                await asyncio.sleep(BEGUN_ANEW_AFTER_S)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs it in the background for as long as the engine lives; what it raises is logged."""
        task = asyncio.create_task(work)
        self._tasks.append(task)

        def done(finished: asyncio.Task[Any]) -> None:
            self._tasks.remove(finished)
            if not finished.cancelled() and finished.exception() is not None:
                logger.warning("%s", finished.exception())

        task.add_done_callback(done)
