"""One server put together: log, services, mesh. The only file that knows all the parts.

A command's way: decide (pure) → append (durable) → apply to the read models → watchers. Events that come from other
terminals enter at `append`'s place and go the same way from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from server.clock import Clock, wall_ms
from server.event import Draft, Event, Refused
from server.keys import DeviceKey
from server.log import Log
from server.replication.mesh import Mesh
from server.replication.protocol import Me
from server.services.decision import Changes, Decision
from server.services.health import events as health
from server.services.payments.card_terminal import SimulatedCardTerminal
from server.services.read_model import ReadModelLost
from server.services.shop import Services

logger = logging.getLogger("pilotlight.node")

KEY_FILE = "device.key"
REPLICATED_TOPICS = frozenset({"orders", "payments"})
"""Topics whose command waits for a peer to hold its events before it is answered (design §4)."""

REFUSED_KEY = "refused"
"""Marks, in the log's record of a command, an answer that was a refusal with events (a declined card)."""

TICK_S = 5.0
MAX_BEHIND = 20_000
"""Read models this far behind the log can't be trusted to show what is sold; the server says so."""

APPLY_BATCH = 500
"""Events applied to the read models in one go; an own command waits for at most one such batch."""


class NodeSettings(msgspec.Struct, frozen=True):
    """`store` is `""` for head office. `host` is loopback unless the installer allowed more."""

    data: Path
    store: str
    label: str
    role: str
    host: str = "127.0.0.1"
    sync_port: int = 0
    peers: list[str] = []
    mdns: bool = True
    office: str = ""
    time_zone: str = ""
    cutover_hour: int = 4
    card_terminal: str = "approve"
    card_delay_ms: int = 1500
    replica_timeout_ms: int = 250


class CommandAnswer(msgspec.Struct, frozen=True):
    """What a command did: the events it led to (none when all was already so) and its result."""

    events: list[Event]
    result: Any


class Node:
    """A running server. Make it with `open`, bring it on the network with `start`, end it with `close`."""

    def __init__(self, settings: NodeSettings, log: Log, services: Services) -> None:
        self.settings = settings
        self.log = log
        self.services = services
        self.mesh: Mesh | None = None  # none while at rest
        self.on_changes: list[Callable[[Changes], None]] = []
        self.replicas_missed = 0  # commands answered before any peer held them
        self._card_terminal = SimulatedCardTerminal(settings.card_terminal, settings.card_delay_ms)
        self._applying = ThreadPoolExecutor(1, thread_name_prefix="read-models")
        self._thinking = ThreadPoolExecutor(1, thread_name_prefix="decider")
        self._deciding = asyncio.Lock()
        self._in_flight: dict[str, asyncio.Task[CommandAnswer]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._failure: str | None = None

    @classmethod
    async def open(cls, settings: NodeSettings, progress: Callable[[int, int], None] | None = None) -> Node:
        """Opens the data folder and brings the read models up to the log; `progress(done, of)` while they rebuild.

        Raises `Refused` with one sentence when the folder is in use, not writable, or the clock was never set.
        """
        clock = Clock()
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
            key = DeviceKey.load_or_make(settings.data / KEY_FILE)
        except (OSError, ValueError) as e:
            raise Refused(
                "data_folder", f"The data folder {settings.data} can't be used ({e}). Check its rights and its disk."
            ) from None
        log = await Log.open(settings.data, key=key, store=settings.store, clock=clock)
        services: Services | None = None
        try:
            services = Services(
                settings.data / "read",
                device_id=log.device_id,
                store=settings.store,
                label=settings.label,
                role=settings.role,
                timezone=settings.time_zone or local_time_zone(),
                cutover_hour=settings.cutover_hour,
                store_of=lambda log_id: log.headers()[log_id].store,
                device_of=lambda log_id: log.headers()[log_id].device_id,
                log_id=log.log_id,
            )
            await services.catch_up(log.events, log.position, progress)
        except BaseException:
            await log.close()
            if services is not None:
                services.close()
            raise
        node = cls(settings, log, services)
        await node._join()
        node._tasks.append(asyncio.create_task(node._follow(), name="follow the log"))
        return node

    async def start(self) -> None:
        """Opens the sync port and looks for other terminals. Raises `Refused("port_taken", …)`."""
        s = self.settings
        me = Me(self.device_id, s.store, s.label, s.role, self.log_id, s.sync_port)
        self.mesh = Mesh(
            self.log,
            me,
            peers=s.peers,
            mdns=s.mdns,
            office=s.office or None,
            host=s.host,
            sync_port=s.sync_port,
        )
        self.mesh.on_alarm.append(self._alarm)
        await self.mesh.start()
        self._tasks.append(asyncio.create_task(self._watch_the_clock(), name="watch the clock"))
        self._tasks.append(asyncio.create_task(self._settle_card_payments(), name="settle card payments"))

    async def close(self) -> None:
        """Ends in the order in which nothing gets lost: no new commands, links down, log closed last."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*self._in_flight.values(), return_exceptions=True)
        if self.mesh is not None:
            await self.mesh.close()
        await self.log.close()
        self._applying.shutdown(wait=True)
        self._thinking.shutdown(wait=True)
        self.services.close()

    @property
    def device_id(self) -> str:
        return self.log.device_id

    @property
    def log_id(self) -> str:
        return self.log.log_id

    @property
    def sync_port(self) -> int:
        return self.mesh.sync_port if self.mesh is not None else 0

    # -- commands -------------------------------------------------------------------------------------------------

    async def command(self, name: str, body: dict[str, Any] | bytes) -> CommandAnswer:
        """Decides, records and answers. Durable when it returns; the same `command_id` gives the same answer.

        Raises `Refused` for what can't be done and `LogFailed` when it could not be saved. It runs to its end even if
        the caller goes away, so a client that asks again finds one answer.
        """
        command_id = self.services.command_id(body)
        task = self._in_flight.get(command_id)
        if task is None:
            task = asyncio.create_task(self._command(name, body, command_id))
            self._in_flight[command_id] = task
            task.add_done_callback(lambda _: self._in_flight.pop(command_id, None))
        return await asyncio.shield(task)

    async def _command(self, name: str, body: dict[str, Any] | bytes, command_id: str) -> CommandAnswer:
        known = await self.log.answered(command_id)
        if known is not None:
            return answer_again(known.events, known.result)
        async with self._deciding:
            decision = await self._think(self.services.decide, name, body, command_id, wall_ms())
            if decision.payment is None:
                events = await self._record(decision, command_id)
            else:
                await self._record(decision, None)
        if decision.payment is not None:
            outcome = await self._card_terminal.charge(decision.payment)
            async with self._deciding:
                decision = await self._think(self.services.settle, decision.payment, outcome)
                events = await self._record(decision, command_id)
        await self._replicate(events)
        if decision.refusal is not None:
            raise Refused(decision.refusal.code, decision.refusal.text)
        return CommandAnswer(events, decision.result)

    async def _record(self, decision: Decision, command_id: str | None) -> list[Event]:
        """Appends and applies, so that the next command sees what this one did."""
        if not decision.drafts:
            return []
        result = decision.result
        if decision.refusal is not None:
            result = {REFUSED_KEY: [decision.refusal.code, decision.refusal.text]}
        events = await self.log.append(decision.drafts, command_id=command_id, result=result)
        await self._apply(events)
        return events

    async def _replicate(self, events: list[Event]) -> None:
        """Waits until a neighbour holds them too, if one is there, but never long enough to keep a customer."""
        concerned = [e for e in events if e.stream.name in REPLICATED_TOPICS]
        if concerned and self.mesh is not None and self.mesh.connected_terminals():
            held_by = await self.mesh.replicated(concerned, 1, self.settings.replica_timeout_ms / 1000)
            if held_by < 1:
                self.replicas_missed += 1

    async def _think(self, function: Callable[..., Decision], *arguments: Any) -> Decision:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thinking, function, *arguments)

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
            self._spawn(self._join())

    async def _follow(self) -> None:
        """Every stored event, ours and others', into the read models, for as long as the node lives."""
        while True:
            try:
                async for events in self.log.subscribe(self.services.cursor):
                    for i in range(0, len(events), APPLY_BATCH):
                        chunk = events[i : i + APPLY_BATCH]
                        await self._apply(chunk, chunk[-1].position)
                return
            except ReadModelLost:
                logger.warning("a read model was lost and is rebuilt from the log")
                await self.services.catch_up(self.log.events, self.log.position)
            except Exception as e:
                self._failure = f"the read models stopped ({type(e).__name__}: {e})"
                logger.exception("read models stopped; trying again in a second")
                await asyncio.sleep(1)
            else:
                self._failure = None

    async def _join(self) -> None:
        """Says who we are and which order numbers are ours, if that is not yet said or no longer holds."""
        async with self._deciding:
            drafts = self.services.membership_drafts(wall_ms())
            if drafts:
                await self._apply(await self.log.append(drafts))

    async def _watch_the_clock(self) -> None:
        """Dayparts begin and end without any event."""
        while True:
            await asyncio.sleep(TICK_S)
            loop = asyncio.get_running_loop()
            self._tell(await loop.run_in_executor(self._applying, self.services.tick, wall_ms()))

    async def _settle_card_payments(self) -> None:
        """Payments that a crash left between "asked the terminal" and "wrote the answer": asks about each."""
        for request in self.services.unsettled():
            outcome = await self._card_terminal.charge(request)
            async with self._deciding:
                decision = await self._think(self.services.settle, request, outcome)
                await self._record(decision, request.command_id or None)

    def _alarm(self, code: str, text: str, stream: str) -> None:
        """An alarm becomes an event, so that head office hears of it too."""
        logger.warning("%s: %s %s", code, text, stream)
        draft = Draft(health.ALARM, self.device_id, health.Alarm(code, text, stream))
        self._spawn(self.log.append([draft]))

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.append(task)

        def done(finished: asyncio.Task[Any]) -> None:
            self._tasks.remove(finished)
            if not finished.cancelled() and finished.exception() is not None:
                logger.warning("%s", finished.exception())

        task.add_done_callback(done)

    # -- facts ----------------------------------------------------------------------------------------------------

    def health(self) -> list[str]:
        """Reasons why this server is not well; empty when it is."""
        reasons = [reason for reason in (self.log.unhealthy, self._failure) if reason]
        behind = self.log.position - self.services.cursor
        if behind > MAX_BEHIND:
            reasons.append(f"the read models are {behind} events behind the log")
        return reasons


def answer_again(events: list[Event], result: Any) -> CommandAnswer:
    """The answer of a command done before. Raises the `Refused` that it was answered with, if it was."""
    if isinstance(result, dict) and REFUSED_KEY in result:
        raise Refused(*result[REFUSED_KEY])
    return CommandAnswer(events, result)


def local_time_zone() -> str:
    """This machine's IANA time zone, or UTC where it can't be told."""
    with contextlib.suppress(OSError, ValueError):
        parts = Path("/etc/localtime").resolve().parts
        return "/".join(parts[parts.index("zoneinfo") + 1 :])
    return "UTC"
