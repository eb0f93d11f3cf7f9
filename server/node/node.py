"""One server put together: log, services, engine, mesh.

It satisfies `server.api.port.NodePort`; what it answers there comes from the parts, it holds no facts of its own.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from functools import partial
from typing import Any

from server.answers import CommandAnswer
from server.api.port import Device, Metric, OfficeLine, Status
from server.clock import Clock
from server.engine import Engine
from server.event import Draft, Event, Refused, Stream
from server.log import Log, LogFailed, is_condemned
from server.machine import THIS_MACHINE, Machine
from server.node import condition, folder
from server.node.alarms import Alarms
from server.node.cards import card_terminal_of
from server.node.check import Check
from server.node.notes import shown_before
from server.node.parts import NodeSettings
from server.node.pictures import Pictures
from server.node.space import Space
from server.node.terms import Terms
from server.node.views import Views
from server.replication.mesh import Mesh
from server.replication.protocol import Me
from server.retention import Retention
from server.services.decision import Changes
from server.services.health import events as health
from server.services.payments.card_terminal import CardTerminal
from server.services.read_model import ReadModelLost
from server.services.shop import Services
from server.services.tables import reason

FORKS_COME_TOGETHER_S = 1.0
"""A disk that was set back parts all its streams. Neighbours tell of them within a moment; one new log is enough."""

SET_BACK = (
    "This terminal's disk was put back to an older state: {} entries are missing. They come back from the other "
    "terminals, as far as these hold them; new orders get numbers with other letters."
)


CLAIMED_AGAIN = (
    "Another machine says, for the second time within a day, that it holds more of what this one wrote. It is believed "
    "when it shows it. If it does not, find out whose it is."
)

ISSUED_TWICE = (
    "This terminal issued a voucher (id {}…) under a code under which another one, out of reach just then, issued one, "
    "too. What was paid for it here is on no voucher: give the guest a new one."
)

SALES_MISSING = (
    "Older sales of the store “{}” are missing here: its terminals had let go of them, as head office held them. "
    "If there is a newer backup of head office, restore that one; else keep what you have of it for the books."
)

NEWS_MS = 24 * 3600 * 1000
"""What is older has been told: tables that are made anew see it for the first time once more."""


class Node(Views):
    """A server. Make it with `open` (at rest), bring it on the network with `start`, end it with `close`."""

    def __init__(self, settings: NodeSettings, log: Log, services: Services, engine: Engine, machine: Machine) -> None:
        super().__init__(settings, log, services, engine, machine)
        self._alarms = Alarms(self)
        self._check = Check(self)
        self._space = Space(self, self._alarms)
        self._terms = Terms(self, self._alarms)
        self.on_changes = engine.on_changes
        self.on_peers: list[Callable[[], None]] = []
        self.on_changes += [self._menu_changed, self._issued_twice]
        self._pictures = Pictures(self)

    @classmethod
    async def open(
        cls,
        settings: NodeSettings,
        progress: Callable[[int, int], None] | None = None,
        machine: Machine = THIS_MACHINE,
        card_terminal: CardTerminal | None = None,
    ) -> Node:
        """Opens the data folder and brings the read models up to the log; `progress(done, of)` while they rebuild.
        Without a `card_terminal` it is the one that the settings name. A log that turns out to be damaged when it is
        read is salvaged.

        Raises `Refused` with one sentence when the folder is in use, not writable, or the clock was never set.
        """
        try:
            return await cls._open(settings, progress, machine, card_terminal)
        except LogFailed as e:
            if not is_condemned(settings.data):
                raise Refused("data_folder", f"The log in {settings.data} can't be used. {e.text}") from e
        try:
            return await cls._open(settings, progress, machine, card_terminal)
        except LogFailed as e:
            raise Refused("data_folder", f"The log in {settings.data} can't be used. {e.text}") from e

    @classmethod
    async def _open(
        cls,
        settings: NodeSettings,
        progress: Callable[[int, int], None] | None,
        machine: Machine,
        card_terminal: CardTerminal | None,
    ) -> Node:
        key, copied = folder.take_up(settings.data, machine)
        log = await Log.open(
            settings.data,
            key=key,
            store=settings.store,
            clock=Clock(machine.wall_ms, hear=machine.hear),
            turns=machine.turns,
            nonce=machine.secret(16),
            connect=machine.connect,
            place=machine.place,
            reserve_bytes=settings.reserve_mb << 20,
        )
        lacking = log.salvaged is not None and log.salvaged.lost + log.salvaged.unread > 0
        before = await asyncio.to_thread(shown_before, settings.data / "read") if lacking else {}
        services: Services | None = None
        headers = log.headers()  # of a log of which nothing but what was saved is known there is none
        try:
            services = Services(
                settings.data / "read",
                device_id=log.device_id,
                store=settings.store,
                label=settings.label,
                role=settings.role,
                timezone=settings.time_zone or condition.local_time_zone(),
                cutover_hour=settings.cutover_hour,
                store_of=lambda log_id: headers[log_id].store if log_id in headers else settings.store,
                device_of=lambda log_id: headers[log_id].device_id if log_id in headers else "",
                as_first=log.as_first,
                log_id=log.log_id,
                now_ms=machine.wall_ms(),
            )
            await services.catch_up(log.events, log.position, progress)
            card_terminal = card_terminal or card_terminal_of(settings, log.device_id, machine)
            engine = Engine(log, services, card_terminal, machine.wall_ms, settings.offline_cards, machine.chance)
            engine.desk.has_printer = bool(settings.printer)
            engine.desk.voucher_apart_minor = settings.voucher_apart_minor
            node = cls(settings, log, services, engine, machine)
            engine.desk.apart = node.is_apart
            await node.engine.start()
        except BaseException as e:
            await log.close()
            if services is not None:
                services.close()
            if isinstance(e, OSError | sqlite3.Error | ReadModelLost):
                raise Refused(
                    "data_folder",
                    f"The tables in {settings.data / 'read'} can't be used: {reason(e)}. "
                    "Check the disk's space and the folder's rights, then start again.",
                ) from None
            raise
        await asyncio.to_thread(node._pictures.open)
        log.archived = lambda stream: node.services.archive.floors.get(stream, 0)
        log.on_fork.append(node._forked)
        log.on_ahead.append(node._alarms.clock_ahead)
        log.on_missing.append(node._sales_missing)
        if copied or log.salvaged is not None or log.set_back:
            node.engine.hearing = asyncio.Event()
        if log.salvaged is not None:
            node._alarms.tell("log_damaged", log.salvaged.text)
        if log.salvaged is not None and lacking:
            lost = {i: number for i, number in before.items() if node.services.order(i) is None}
            node.notes.add(log.salvaged.text, machine.wall_ms(), lost)
        if log.set_back:
            node._alarms.tell("set_back", SET_BACK.format(log.set_back))
        if text := condition.lost_time(node):
            node._alarms.tell("clock_not_set", text)
        return node

    async def start(self, api_port: int = 0) -> None:
        """Opens the sync port and looks for other terminals. Raises `Refused("port_taken", …)`."""
        s = self.settings
        last = None if s.sync_port else folder.last_port(s.data)
        try:
            self.mesh = await self._open_mesh(s.sync_port or last or 0, api_port)
        except Refused:
            if last is None:
                raise
            self.mesh = await self._open_mesh(0, api_port)  # somebody else has our old port now
        folder.keep_port(s.data, self.mesh.sync_port)
        self._pictures.start(self.mesh)
        self.engine.replicated = self._replicated
        self.engine.spawn(self._terms.come())
        if s.store and s.keeping.every_s:
            engine, clock = self.engine, self.machine.wall_ms
            self.retention = Retention(
                self.log, self.services, self.mesh, s.keeping, engine.record, engine.shrink, clock, engine.doubt
            )
            self.engine.keep_up(self.retention.run)
        only_new = self.engine.hearing is None
        if only_new and s.store and self.log.is_young(self.machine.wall_ms()) and (s.mdns or self.mesh.awaited()):
            self.engine.hearing = asyncio.Event()
        if self.engine.hearing is not None:
            self.engine.spawn(self._terms.hear(self.engine.hearing, only_new))
        if s.reserve_mb:
            self.engine.keep_up(self._space.run)
        if s.check_log_after_s:
            self.engine.keep_up(partial(self._check.run, s.check_log_after_s))

    async def _open_mesh(self, sync_port: int, api_port: int) -> Mesh:
        s = self.settings
        me = Me(self.log.device_id, s.store, s.label, s.role, self.log.log_id, sync_port, api_port, blobs=True)
        mesh = Mesh(
            self.log,
            me,
            peers=s.peers,
            mdns=s.mdns,
            office=s.office or None,
            host=s.host,
            sync_port=sync_port,
            api_port=api_port,
            known=s.data / folder.KNOWN_FILE,
            network=self.machine.network,
            wall_ms=self.machine.wall_ms,
            chance=self.machine.chance,
            nonce=self.machine.secret(16),
        )
        mesh.on_blobs = self.blobs.serve
        mesh.on_change.append(self._peers_changed)
        mesh.on_alarm.append(self._told_of)
        await mesh.start()
        return mesh

    async def close(self) -> None:
        """Ends in the order in which nothing gets lost: commands, links, log."""
        self._check.closing = True
        await self.blobs.close()
        await self.engine.close()
        if self.mesh is not None:
            await self.mesh.close()
        await self.log.close()
        self.services.close()

    # -- what the parts tell each other -------------------------------------------------------------------------------

    async def _replicated(self, events: list[Event]) -> bool:
        """Waits a moment for a neighbour, if one is there, and keeps count of how it ended."""
        if self.mesh is None or not self.mesh.in_company():
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
        if worth_a_word and self._alarms.is_news("not_replicated"):
            self._alarms.tell("not_replicated", self.safekeeping.warning())
        return False

    def _peers_changed(self) -> None:
        self.blobs.peers_changed()
        for callback in list(self.on_peers):
            callback()

    def _menu_changed(self, changes: Changes) -> None:
        """Says that the menu has arrived here, so that head office knows which shops have it, and since when."""
        if changes.menu and self.settings.store:
            menu = self.services.menu()
            told = health.MenuHeld(self.services.menu_version(), menu.name if menu else "")
            self.record(Draft(health.MENU_HELD, self.log.device_id, told))

    def _issued_twice(self, changes: Changes) -> None:
        """Said where the second one was issued, and to head office."""
        now_ms = self.machine.wall_ms() if changes.issued_twice else 0
        for voucher_id in changes.issued_twice:
            state = self.services.vouchers.state(voucher_id)
            for one in state.again.values() if state is not None and state.issued is not None else ():
                if not self.engine.desk.is_ours(one.log_id) or now_ms - one.ms > NEWS_MS:
                    continue
                text = ISSUED_TWICE.format(voucher_id[:8])
                currency = state.issued.currency  # type: ignore[union-attr]
                self.notes.add(text, now_ms, {}, kind="voucher_twice", amount_minor=one.amount_minor, currency=currency)
                self._alarms.tell("voucher_issued_twice", text)

    def _told_of(self, code: str, text: str, stream: str) -> None:
        if code == "fork":
            return  # what is new of it the log tells (`_forked`); all else was told before this start
        if code == "overtaken" and self.log.claimed_lately(self.machine.wall_ms()):
            self._alarms.tell(code, CLAIMED_AGAIN, stream)  # true or not: what it sends tells, by our own seals
            return
        self._alarms.tell(code, text, stream)
        if code == "overtaken":
            self.log.end(text, claimed=True)

    def _forked(self, stream: Stream, seq: int, held: bytes, other: bytes) -> None:
        if self._alarms.is_news(f"fork {stream}"):  # each event of the other branch is told of
            self._alarms.tell("fork", f"Two different events claim place {seq}. The first seen stays.", str(stream))
        if self.log.to_be_mended(stream, seq):  # some neighbours would take nothing more of it
            self.log.end(f"another branch of {stream} was written", FORKS_COME_TOGETHER_S)

    def _sales_missing(self, stream: Stream) -> None:
        """Head office was put back to an old backup, or begun anew, and had to go on from where the store begins."""
        if stream.name not in ("orders", "payments"):
            return
        text = SALES_MISSING.format(self.log.headers()[stream.log_id].store)
        self.notes.add(text, self.machine.wall_ms(), {}, kind="sales_missing")
        if self._alarms.is_news(text):
            self._alarms.tell("sales_missing", text, str(stream))

    # -- NodePort: who and how ----------------------------------------------------------------------------------------

    def device(self) -> Device:
        return condition.device(self)

    def status(self) -> Status:
        return condition.status(self)

    def warnings(self) -> list[str]:
        return condition.warnings(self)

    def note_seen(self, note_id: str) -> bool:
        return self.notes.seen(note_id)

    def health(self) -> list[str]:
        return condition.health(self)

    def metrics(self) -> list[Metric]:
        return condition.metrics(self, self._alarms.kept_back, self._check.checked_ms)

    def office_line(self) -> OfficeLine:
        return condition.office_line(self)

    def frontier(self) -> dict[str, int]:
        return {str(stream): seq for stream, seq in self.log.frontier().items()}

    # -- NodePort: commands and the log -------------------------------------------------------------------------------

    async def command(self, name: str, body: bytes | dict[str, Any]) -> CommandAnswer:
        """See `Engine.command`."""
        return await self.engine.command(name, body)

    def position(self) -> int:
        return self.log.position

    def mark(self, position: int) -> str:
        return self.log.starts.mark(position)

    def gave(self, position: int, mark: str) -> bool:
        return self.log.starts.is_here(position, mark)

    async def events(self, after: int, topics: Collection[str] | None, limit: int) -> tuple[list[Event], int]:
        return await self.log.events(after, topics, limit)

    def subscribe(
        self, after: int, topics: Collection[str] | None, limit: int, max_bytes: int
    ) -> AsyncIterator[list[Event]]:
        return self.log.subscribe(after, topics, limit, max_bytes)

    def origin(self, log_id: str) -> tuple[str, str]:
        header = self.log.headers().get(log_id)
        return (header.device_id, header.store) if header is not None else ("", "")

    def as_first(self, event: Event) -> Event:
        return self.log.as_first(event)
