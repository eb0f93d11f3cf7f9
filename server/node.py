"""One server put together: log, services, engine, mesh. The only file that knows all the parts.

It satisfies `server.api.port.NodePort`; what it answers there comes from the parts, it holds no facts of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from server import __version__
from server.api.port import (
    Device,
    LateLine,
    Metric,
    OfficeLine,
    Peer,
    SafekeepingLine,
    Status,
    StoreLine,
)
from server.clock import Clock
from server.engine import CommandAnswer, Engine
from server.event import Draft, Event, Refused, Stream
from server.keys import DeviceKey
from server.log import Log, LogFailed, is_a_copy, is_damage, verify
from server.machine import THIS_MACHINE, Machine
from server.office.survey import rfc3339, survey
from server.replication import roster
from server.replication.mesh import Mesh
from server.replication.protocol import Me
from server.replication.safekeeping import Safekeeping
from server.retention import Dropping, Keeping, Retention
from server.services.causes import dated
from server.services.decision import Changes
from server.services.health import events as health
from server.services.kitchen.events import Ticket
from server.services.menu.events import Menu
from server.services.orders.events import Order, Sales
from server.services.payments.card_terminal import CardTerminal, Mode, SimulatedCardTerminal
from server.services.read_model import ReadModelLost
from server.services.shop import Services
from server.services.stock.events import Availability
from server.services.tables import NOT_READY, READ_ERRORS, reason

logger = logging.getLogger("pilotlight.node")

T = TypeVar("T")

KEY_FILE = "device.key"
FORMER_KEY_FILE = "device.key.former"
PORT_FILE = "sync.port"
KNOWN_FILE = "known.json"
CARD_MEMORY_FILE = "card-terminal.json"
OFFICE_NAME = "Head office"
MAX_BEHIND = 20_000
"""Read models this far behind the log can't be trusted to show what is sold; the server says so."""


HEAR_S = 3.0
HEAR_STEP_S = 0.5
"""How long a start waits for a neighbour before it writes what nobody waits for."""

NAMED_WITHIN_S = 3.0
"""How long an alarm waits for the name of the terminal that it is about."""

REFILL_S = 30.0
"""How long neighbours may take to give back what they hold of our own, before what is missing is written again. What
comes later still does no harm: it counts once."""

FORKS_COME_TOGETHER_S = 1.0
"""A disk that was set back parts all its streams. Neighbours tell of them within a moment; one new log is enough."""

CHECK_PAUSE_S = 0.1
"""Between two parts of 2,000 events: a million are checked in about a minute and a half, with an eighth of one core."""

MAX_ALARMS = 100
"""Alarms that become events within `TOLD_FOR_S`: a shop full of trouble has a dozen. More only go to the program's own
log, or somebody who makes trouble on purpose could fill every disk of the business with it."""

MAX_TOLD = 1_000
"""Alarms remembered so as not to raise them again; with more, the oldest is forgotten."""

TOLD_FOR_S = 3600.0
"""How often the same alarm is raised: that one writer's clock is ahead, or that nobody holds what is sold here."""


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
    card_terminal: Mode = "approve"
    card_delay_ms: int = 1500
    replica_timeout_ms: int = 250
    check_log_after_s: float = 0.0  # when the whole log is checked first; 0 for never
    check_log_every_s: float = 24 * 3600.0  # and then again
    keeping: Keeping = Keeping()


class Node:
    """A server. Make it with `open` (at rest), bring it on the network with `start`, end it with `close`."""

    def __init__(self, settings: NodeSettings, log: Log, services: Services, engine: Engine, machine: Machine) -> None:
        self.settings = settings
        self.machine = machine
        self.log = log
        self.services = services
        self.engine = engine
        self.mesh: Mesh | None = None  # none while at rest
        self.retention: Retention | None = None
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._checked_ms = 0  # when the whole log was last found to be as it was written
        self.safekeeping = Safekeeping()
        self._told_until: dict[str, float] = {}  # by what an alarm is about: until when it is no news
        self._alarms = 0  # since `_alarms_from`
        self._alarms_from = float("-inf")
        self.alarms_kept_back = 0
        self.on_changes = engine.on_changes
        self.on_peers: list[Callable[[], None]] = []
        self.on_changes.append(self._menu_changed)

    @classmethod
    async def open(
        cls,
        settings: NodeSettings,
        progress: Callable[[int, int], None] | None = None,
        machine: Machine = THIS_MACHINE,
        card_terminal: CardTerminal | None = None,
    ) -> Node:
        """Opens the data folder and brings the read models up to the log; `progress(done, of)` while they rebuild.
        Without a `card_terminal` there is a simulated one, as the settings say.

        Raises `Refused` with one sentence when the folder is in use, not writable, or the clock was never set.
        """
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
            copied = is_a_copy(settings.data, machine.place)
            if copied:  # another device, with another's memory: it has its own key, log and numbers
                with contextlib.suppress(FileNotFoundError):
                    (settings.data / KEY_FILE).rename(settings.data / FORMER_KEY_FILE)
                logger.warning("%s was copied from another place; this is a device of its own now", settings.data)
            key = DeviceKey.load_or_make(settings.data / KEY_FILE, machine.secret)
        except (OSError, ValueError) as e:
            raise Refused(
                "data_folder", f"The data folder {settings.data} can't be used ({e}). Check its rights and its disk."
            ) from None
        log = await Log.open(
            settings.data,
            key=key,
            store=settings.store,
            clock=Clock(machine.wall_ms),
            turns=machine.turns,
            nonce=machine.secret(16),
            connect=machine.connect,
            place=machine.place,
        )
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
                as_first=log.as_first,
                log_id=log.log_id,
                now_ms=machine.wall_ms(),
            )
            await services.catch_up(log.events, log.position, progress)
            card_terminal = card_terminal or SimulatedCardTerminal(
                settings.card_terminal, settings.card_delay_ms, settings.data / CARD_MEMORY_FILE
            )
            node = cls(settings, log, services, Engine(log, services, card_terminal, machine.wall_ms), machine)
            await node.engine.start()
        except BaseException as e:
            await log.close()
            if services is not None:
                services.close()
            if isinstance(e, OSError | SQLAlchemyError | sqlite3.Error | ReadModelLost):
                raise Refused(
                    "data_folder",
                    f"The tables in {settings.data / 'read'} can't be used: {reason(e)}. "
                    "Check the disk's space and the folder's rights, then start again.",
                ) from None
            raise
        log.on_fork.append(node._forked)
        log.on_ahead.append(node._ahead)
        if copied or log.salvaged is not None:
            node.engine.hearing = asyncio.Event()
        if log.salvaged is not None:
            node._alarm("log_damaged", log.salvaged.text)
        return node

    async def start(self, api_port: int = 0) -> None:
        """Opens the sync port and looks for other terminals. Raises `Refused("port_taken", …)`."""
        s = self.settings
        last = None if s.sync_port else last_port(s.data)
        try:
            self.mesh = await self._open_mesh(s.sync_port or last or 0, api_port)
        except Refused:
            if last is None:
                raise
            self.mesh = await self._open_mesh(0, api_port)  # somebody else has our old port now
        keep_port(s.data, self.mesh.sync_port)
        self.engine.replicated = self._replicated
        self.engine.spawn(self._come_to_terms())
        if s.store and s.keeping.every_s:
            engine, clock = self.engine, self.machine.wall_ms
            self.retention = Retention(
                self.log, self.services, self.mesh, s.keeping, engine.record, engine.shrink, clock
            )
            self.engine.spawn(self.retention.run())
        if self.engine.hearing is not None:
            self.engine.spawn(self._hear(self.engine.hearing))
        if s.check_log_after_s:
            self.engine.spawn(self._check_log(s.check_log_after_s))

    async def _come_to_terms(self) -> None:
        """With what happened before this start. What neighbours hold of our own streams and our disk has lost comes
        first: written before that, an answer of the card terminal would take the place of another event, and part our
        stream in two. Then what only we still have, and only then what is not settled."""
        assert self.mesh is not None
        for _ in range(round(HEAR_S / HEAR_STEP_S)):
            if self.mesh.connected_terminals():
                await asyncio.sleep(HEAR_STEP_S)  # now they tell what they hold
                break
            await asyncio.sleep(HEAR_STEP_S)
        with contextlib.suppress(LogFailed):  # the disk failed, which is told; the next start tries again
            await self._write_again(REFILL_S)
        await self.engine.settle_card_payments()
        while self.log.mending:  # the neighbour who holds the other branch of a fork may come any day
            await asyncio.sleep(REFILL_S)
            with contextlib.suppress(LogFailed):
                await self._write_again(0)

    async def _write_again(self, wait_s: float) -> None:
        """Own events that have lost their place, by damage or in a fork: what the neighbours don't give back."""
        left = await self.log.write_again(wait=True)
        for _ in range(round(wait_s / HEAR_STEP_S)):
            if not left:
                break
            await asyncio.sleep(HEAR_STEP_S)
            before, left = left, await self.log.write_again(wait=True)
            if left == before and not any(peer.we_behind for peer in self.peers()):
                break
        if not left:
            return
        while await self.log.write_again():
            pass
        self._alarm("written_again", f"{left} events that had lost their place in the log were written again.")

    async def _hear(self, heard: asyncio.Event) -> None:
        """A disk that is older than what it did: first the neighbours tell, for as long as they have something to tell
        and at most twice `HEAR_S`. Somebody may be asking again for what was done already."""
        until = self._loop.time() + 2 * HEAR_S
        alone_until = self._loop.time() + HEAR_S
        while self._loop.time() < until:
            await asyncio.sleep(HEAR_STEP_S / 2)
            if self.mesh is None or (not self.mesh.connected_terminals() and self._loop.time() < alone_until):
                continue
            await asyncio.sleep(HEAR_STEP_S / 2)  # what they hold is said right after the greeting
            if not any(peer.we_behind for peer in self.peers() if peer.state == "connected"):
                break
        heard.set()

    async def _open_mesh(self, sync_port: int, api_port: int) -> Mesh:
        s = self.settings
        me = Me(self.log.device_id, s.store, s.label, s.role, self.log.log_id, sync_port)
        mesh = Mesh(
            self.log,
            me,
            peers=s.peers,
            mdns=s.mdns,
            office=s.office or None,
            host=s.host,
            sync_port=sync_port,
            api_port=api_port,
            known=s.data / KNOWN_FILE,
            network=self.machine.network,
            wall_ms=self.machine.wall_ms,
            chance=self.machine.chance,
            nonce=self.machine.secret(16),
        )
        mesh.on_change.append(self._peers_changed)
        mesh.on_alarm.append(self._told_of)
        await mesh.start()
        return mesh

    async def close(self) -> None:
        """Ends in the order in which nothing gets lost: commands, links, log."""
        self._closing = True
        await self.engine.close()
        if self.mesh is not None:
            await self.mesh.close()
        await self.log.close()
        self.services.close()

    @property
    def sync_port(self) -> int:
        return self.mesh.sync_port if self.mesh is not None else 0

    # -- the log, looked through in the background ---------------------------------------------------------------------

    async def _check_log(self, wait_s: float) -> None:
        """Reads every event again, slowly: a bit that flips in an old order would else be found on the day it is
        asked for."""
        while True:
            await asyncio.sleep(wait_s)
            wait_s = self.settings.check_log_every_s
            if not await self._damage():
                continue
            found = await self._damage()  # a disk or a system that stumbled once says something else now
            if found:
                self.log.condemn(found)
                return  # it is opened anew, and so is this

    async def _damage(self) -> str:
        """What is not as it was written, `""` when all is, or when it could not be read for another reason."""
        try:
            report = await asyncio.to_thread(verify, self.settings.data, self._calmly)
        except Refused as e:
            cause = e.__cause__
            return e.text if isinstance(cause, sqlite3.Error) and is_damage(cause) else ""
        except OSError as e:
            logger.warning("the log could not be checked (%s); it is tried again later", e)
            return ""
        if not report.ok:
            return report.problems[0]
        self._checked_ms = self.machine.wall_ms()
        return ""

    def _calmly(self, done: int, of: int) -> None:
        """Called in the checking thread after each part: sales come first."""
        if self._closing:
            raise Refused("closing", "The server is shutting down.")
        time.sleep(CHECK_PAUSE_S)

    # -- what the parts tell each other -------------------------------------------------------------------------------

    async def _replicated(self, events: list[Event]) -> bool:
        """Waits a moment for a neighbour, if one is there, and keeps count of how it ended."""
        if self.mesh is None or not self.mesh.connected_terminals():
            self.safekeeping.was_alone()
            return True
        if await self.mesh.replicated(events, 1, self.settings.replica_timeout_ms / 1000) >= 1:
            self.safekeeping.was_kept()
            return True
        late = self.mesh.lacking(events)
        if not late:  # it has gone meanwhile
            self.safekeeping.was_alone()
            return False
        worth_a_word = self.safekeeping.was_missed([(p.device_id, p.label) for p in late], self.machine.wall_ms())
        if worth_a_word and self._is_news("not_replicated"):
            self._alarm("not_replicated", self.safekeeping.warning())
        return False

    def _peers_changed(self) -> None:
        for callback in list(self.on_peers):
            callback()

    def _menu_changed(self, changes: Changes) -> None:
        """Says that the menu has arrived here, so that head office knows which shops have it, and since when."""
        if changes.menu and self.settings.store:
            menu = self.services.menu()
            told = health.MenuHeld(self.services.menu_version(), menu.name if menu else "")
            self._record(Draft(health.MENU_HELD, self.log.device_id, told))

    def _alarm(self, code: str, text: str, stream: str = "") -> None:
        """An alarm becomes an event, so that head office hears of it too."""
        logger.warning("%s: %s %s", code, text, stream)
        now = self._loop.time()
        if now - self._alarms_from >= TOLD_FOR_S:
            self._alarms, self._alarms_from = 0, now
        self._alarms += 1
        if self._alarms > MAX_ALARMS:
            self.alarms_kept_back += 1
            return
        self._record(Draft(health.ALARM, self.log.device_id, health.Alarm(code, text, stream)))

    def _told_of(self, code: str, text: str, stream: str) -> None:
        self._alarm(code, text, stream)
        if code == "overtaken":
            self.log.end(text)

    def _forked(self, stream: Stream, seq: int, held: bytes, other: bytes) -> None:
        if self._is_news(f"fork {stream}"):  # each event of the other branch is told of
            self._alarm("fork", f"Two different events claim place {seq}. The first seen stays.", str(stream))
        if self.log.to_be_mended(stream, seq):  # some neighbours would take nothing more of it
            self.log.end(f"another branch of {stream} was written", FORKS_COME_TOGETHER_S)

    def _ahead(self, stream: Stream, ahead_ms: int) -> None:
        """Once an hour for each writer: two machines that were both ahead would answer each other's alarms for ever."""
        if self._is_news(stream.log_id):
            self.engine.spawn(self._tell_ahead(stream, ahead_ms))

    async def _tell_ahead(self, stream: Stream, ahead_ms: int) -> None:
        """What it sells may come before it has said what it is called."""
        device_id = self.services.device_of(stream.log_id)
        for _ in range(round(NAMED_WITHIN_S / HEAR_STEP_S)):
            if self._label_of(device_id):
                break
            await asyncio.sleep(HEAR_STEP_S)
        who = self._label_of(device_id) or "another terminal"
        apart = f"The clock of {who} is {in_words(ahead_ms)} ahead of this terminal's."
        self._alarm("clock_ahead", f"{apart} Set the one that is wrong: what it sells is dated wrong.", str(stream))

    def _label_of(self, device_id: str) -> str:
        """What staff call a terminal: by what it has said here, or says of itself at a link; `""` when it said nothing
        yet."""
        member = self.services.membership.all.get(device_id)
        if member is not None and member.joined is not None:
            return member.joined.label
        met = (peer.label for peer in self.peers() if peer.device_id == device_id and peer.label)
        return next(met, "")

    def _is_news(self, about: str) -> bool:
        """Whether an alarm about this was not raised within the hour."""
        now = asyncio.get_running_loop().time()
        if now < self._told_until.get(about, 0.0):
            return False
        self._told_until.pop(about, None)
        self._told_until[about] = now + TOLD_FOR_S
        if len(self._told_until) > MAX_TOLD:
            del self._told_until[next(iter(self._told_until))]
        return True

    def _record(self, draft: Draft) -> None:
        self.engine.spawn(self.log.append(dated([draft], self.services)))

    # -- NodePort: who and how ----------------------------------------------------------------------------------------

    def device(self) -> Device:
        s = self.settings
        return Device(
            device_id=self.log.device_id,
            log_id=self.log.log_id,
            label=s.label,
            role=s.role,
            store=s.store,
            store_name=s.store or OFFICE_NAME,
            sync_port=self.sync_port,
            version=__version__,
            time_zone=s.time_zone or local_time_zone(),
        )

    def status(self) -> Status:
        s = self.settings
        menu = self.services.menu()
        reasons = self.health()
        return Status(
            device_id=self.log.device_id,
            label=s.label,
            role=s.role,
            store=s.store,
            store_name=s.store or OFFICE_NAME,
            currency=menu.currency if menu else "",
            office=self.office_line(),
            healthy=not reasons,
            reasons=reasons,
            menu_version=self.services.menu_version(),
            business_day=self.business_day(),
            warnings=self.warnings(),
            safekeeping=self._safekeeping(),
        )

    def warnings(self) -> list[str]:
        """What an installer should look at though all works."""
        waits = self.retention.state.waits if self.retention is not None else ""
        return [text for text in (self.safekeeping.warning(), waits) if text]

    def _safekeeping(self) -> SafekeepingLine:
        s = self.safekeeping
        late = [LateLine(i, one.label, one.times, rfc3339(one.last_ms)) for i, one in reversed(s.late.items())]
        since = rfc3339(s.since_ms) if s.since_ms else ""
        return SafekeepingLine(self.settings.replica_timeout_ms, s.kept, s.missed, s.alone, s.in_a_row, since, late)

    def office_line(self) -> OfficeLine:
        if self.mesh is None:
            return OfficeLine()
        line = self.mesh.office_state()
        return OfficeLine(line.state, rfc3339(line.since_ms))

    def peers(self) -> list[Peer]:
        return [told(peer) for peer in self.mesh.peers()] if self.mesh is not None else []

    def frontier(self) -> dict[str, int]:
        return {str(stream): seq for stream, seq in self.log.frontier().items()}

    def health(self) -> list[str]:
        """Reasons why this server is not well; empty when it is."""
        reasons = [reason for reason in (self.log.unhealthy, self.engine.failure) if reason]
        if not self.services.tables.whole and not self.engine.failure:
            reasons.append(NOT_READY)
        behind = self.log.position - self.services.cursor
        if behind > MAX_BEHIND:
            reasons.append(f"The screens are {behind} events behind. Wait; if it stays, restart.")
        return reasons

    def metrics(self) -> list[Metric]:
        peers = self.peers()
        return [
            Metric("healthy", float(not self.health()), "1 when the log is writable and read models keep up"),
            Metric("log_position", float(self.log.position), "events stored here"),
            Metric("read_model_position", float(self.services.cursor), "events applied to the read models"),
            Metric("streams", float(len(self.log.held())), "streams held here"),
            Metric("peers_connected", float(sum(p.state == "connected" for p in peers)), "connected machines"),
            Metric("events_behind", float(max((p.events_behind for p in peers), default=0)), "furthest peer"),
            Metric("commands_waiting", float(self.engine.waiting), "commands under way or waiting"),
            Metric("commands_waiting_most", float(self.engine.most_waiting), "the same, at worst since the start"),
            Metric("commands_busy_total", float(self.engine.turned_away), "commands refused as too many", "counter"),
            Metric("log_waiting", float(self.log.waiting), "requests that wait for the disk"),
            Metric("log_busy_total", float(self.log.turned_away), "requests refused as too many waited", "counter"),
            Metric("alarms_kept_back_total", float(self.alarms_kept_back), "alarms too many to be told", "counter"),
            *(Metric(*figure) for figure in (self.mesh.figures() if self.mesh is not None else ())),
            Metric("log_checked_seconds", self._checked_ms / 1000, "when the whole log was last checked, unix time"),
            *self._safekeeping_metrics(),
            *self._retention_metrics(),
        ]

    def _retention_metrics(self) -> list[Metric]:
        held = list(self.log.held().values())
        state = self.retention.state if self.retention is not None else Dropping()
        return [
            Metric("retention_looks_total", float(state.looks), "looks at what may be dropped", "counter"),
            Metric("events_held", float(sum(h.seq - h.floor_seq for h in held)), "events on this disk"),
            Metric("events_archived_total", float(state.archived), "events given over to head office", "counter"),
            Metric("events_dropped_total", float(state.dropped), "events dropped from this disk", "counter"),
            Metric("retention_open", float(state.open_below), "old orders that stay because they are open"),
        ]

    def _safekeeping_metrics(self) -> list[Metric]:
        s = self.safekeeping
        counts = [
            ("replicas_kept_total", s.kept, "Sales that another machine held when they were thanked for."),
            ("replicas_missed_total", s.missed, "Sales that no other terminal held in time, though one was connected."),
            ("replicas_alone_total", s.alone, "Sales taken while no other terminal was connected."),
        ]
        text = "Sales that a connected terminal did not hold in time."
        late = [
            Metric("replicas_late_total", one.times, text, "counter", {"device": device_id, "label": one.label})
            for device_id, one in s.late.items()
        ]
        return [Metric(name, float(value), text, "counter") for name, value, text in counts] + late

    # -- NodePort: commands and the log -------------------------------------------------------------------------------

    async def command(self, name: str, body: bytes | dict[str, Any]) -> CommandAnswer:
        """See `Engine.command`."""
        return await self.engine.command(name, body)

    def position(self) -> int:
        return self.log.position

    async def events(self, after: int, topics: Collection[str] | None, limit: int) -> tuple[list[Event], int]:
        return await self.log.events(after, topics, limit)

    def subscribe(self, after: int, topics: Collection[str] | None) -> AsyncIterator[list[Event]]:
        return self.log.subscribe(after, topics)

    def origin(self, log_id: str) -> tuple[str, str]:
        header = self.log.headers().get(log_id)
        return (header.device_id, header.store) if header is not None else ("", "")

    def as_first(self, event: Event) -> Event:
        return self.log.as_first(event)

    # -- NodePort: views (any thread) ---------------------------------------------------------------------------------

    def _told(self, question: Callable[..., T], *arguments: Any) -> T:
        """The answer from the tables. Raises `LogFailed("not_ready")` while they are not whole, so that nobody is shown
        half of them."""
        tables = self.services.tables
        losses = tables.losses
        if tables.whole:
            try:
                answer = question(*arguments)
            except READ_ERRORS as e:
                self._loop.call_soon_threadsafe(self.engine.doubt, e)
            else:
                if tables.losses == losses:
                    return answer
        raise LogFailed("not_ready", NOT_READY)

    def business_day(self) -> str:
        return self.services.business_day(self.machine.wall_ms())

    def menu(self) -> Menu | None:
        return self.services.menu()

    def availability(self) -> dict[str, Availability]:
        return self.services.availability(self.machine.wall_ms())

    def order(self, order_id: str) -> Order | None:
        return self._told(self.services.order, order_id)

    def orders(
        self,
        *,
        status: str | None = None,
        business_day: str | None = None,
        limit: int = 500,
        open_only: bool = False,
        store: str | None = None,
        number: str | None = None,
    ) -> list[Order]:
        return self._told(self.services.orders, status, business_day, limit, open_only, store, number)

    def ticket(self, order_id: str) -> Ticket | None:
        return self._told(self.services.ticket, order_id)

    def tickets(self, *, station: str | None = None, done: int = 0) -> list[Ticket]:
        return self._told(partial(self.services.tickets, station, done=done))

    # -- NodePort: head office (any thread) ---------------------------------------------------------------------------

    def stores(self) -> list[StoreLine]:
        ids = {header.store for header in self.log.headers().values()} - {""}
        return survey(
            members={store: self.services.members(store) for store in ids},
            health=self.services.health.all,
            peers=self.peers(),
            menu_wanted={store: self.services.menu_version(store) for store in ids},
            last_event_ms=self._last_heard(),
        )

    def _last_heard(self) -> dict[str, int]:
        """The time of the newest event held of each store."""
        newest: dict[str, int] = {}
        for stream, ms in self.log.newest_ms().items():
            store = self.log.headers()[stream.log_id].store
            newest[store] = max(newest.get(store, 0), ms)
        return newest

    def sales(self, business_day: str) -> dict[str, Sales]:
        return self._told(self.services.stores_sales, business_day)


def in_words(ms: int) -> str:
    """A length of time as one says it: 90 s, 5 minutes, 3 hours, 40 days."""
    for unit, size in (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000)):
        if ms >= 2 * size:
            return f"{(ms + size // 2) // size} {unit}"
    return f"{ms // 1000} s"


def last_port(folder: Path) -> int | None:
    """The sync port of the last run. It is taken again where it can be, so that neighbours who were told of it find
    this terminal at the same place."""
    with contextlib.suppress(OSError, ValueError):
        port = int((folder / PORT_FILE).read_text())
        return port if 0 < port < 65536 else None
    return None


def keep_port(folder: Path, port: int) -> None:
    with contextlib.suppress(OSError):  # a comfort, not a promise
        (folder / PORT_FILE).write_text(str(port))


def told(peer: roster.Peer) -> Peer:
    """A peer as the API tells of it."""
    return Peer(
        device_id=peer.device_id,
        label=peer.label,
        role=peer.role,
        state=peer.state,
        events_behind=peer.events_behind,
        last_seen=rfc3339(peer.last_seen_ms),
        we_behind=peer.we_behind,
        store=peer.store,
        address=peer.address,
        office=peer.office,
        carries_office=peer.carries_office,
        neighbours=list(peer.neighbours),
        direct=peer.direct,
    )


def local_time_zone() -> str:
    """This machine's IANA time zone, or UTC where it can't be told."""
    with contextlib.suppress(OSError, ValueError):
        parts = Path("/etc/localtime").resolve().parts
        return "/".join(parts[parts.index("zoneinfo") + 1 :])
    return "UTC"
