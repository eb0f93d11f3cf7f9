"""One node among the others: whom it calls, who calls it, who carries the line to head office, who is in step.

The links themselves, and what passes over them, are `exchange`'s. Everything happens on one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from server.clock import wall_ms
from server.event import Event, Frontier, Stream
from server.log import Log
from server.replication.actions import Me, PeerState
from server.replication.callers import Callers
from server.replication.dialling import Ended, Target, office_uri, peer_uri
from server.replication.exchange import Exchange
from server.replication.figures import LineFigure, figures
from server.replication.found import Found
from server.replication.gate import OFFICE, TERMINAL
from server.replication.link import Link
from server.replication.roster import MAX_REMEMBERED, MAX_REMEMBERED_AT_OFFICE, Peer, Roster
from server.replication.uplink import OfficeLine, Rival
from server.replication.websocket import SOCKETS
from server.replication.wire import Announcing, Network, Wire, WireEnded

TICK_S = 0.2
LATE_S = 1.0
"""A tick this late means that we slept (a laptop's lid, a stopped process): first hear what came in meanwhile."""

LOOK_EVERY_S = 1.0
LOOK_COSTS_S = 0.001
"""For each link, generously. Head office, with thousands of links coming back at once, looks once for many of them."""

CALL_TIMEOUT_S = 3.0
OFFICE_CALL_TIMEOUT_S = 5.0
logger = logging.getLogger("pilotlight.mesh")


BLOBS_PATH = "/blobs"

ServeBlobs = Callable[[Wire, Callable[[], None]], Awaitable[str]]
"""Answers a connection that asks for blobs, calls the function once the caller has introduced itself, and returns what
the caller did wrong, or `""`."""


class OfficeState(msgspec.Struct, frozen=True):
    """The line to head office: `none` (not configured), `uplink` (this terminal carries it), `standby` (another does),
    `offline`; since when, in ms since 1970."""

    state: Literal["none", "uplink", "standby", "offline"]
    since_ms: int


class Waiter:
    """Somebody waits until `n` peers hold `need`."""

    def __init__(self, need: dict[Stream, int], n: int, future: asyncio.Future[None]) -> None:
        self.need, self.n, self.future = need, n, future


class Mesh:
    """One node's place among the others. `start` it, ask it, `close` it (before the log)."""

    def __init__(
        self,
        log: Log,
        me: Me,
        *,
        peers: Sequence[str] = (),
        mdns: bool = True,
        office: str | None = None,
        host: str = "127.0.0.1",
        sync_port: int = 0,
        api_port: int = 0,
        known: Path | None = None,
        network: Network = SOCKETS,
        wall_ms: Callable[[], int] = wall_ms,
        chance: Callable[[], float] = random.random,
        nonce: bytes | None = None,
    ) -> None:
        """`peers` are `HOST:PORT`, `office` is `ws://HOST:PORT`. Raises `Refused` for one that can't be read.
        `known` is the file in which the places of the others are kept for the next start. `nonce`: 16 bytes, random
        when not given.

        A node whose role is `office` calls nobody and announces nothing.
        """
        self.on_change: list[Callable[[], None]] = []  # peers() or office_state() would now answer something else
        self.on_alarm: list[Callable[[str, str, str], None]] = []  # code, text, stream ("" when about none)
        self.sync_port = sync_port
        self.api_port = api_port
        self.on_blobs: ServeBlobs | None = None
        self._log = log
        self._me = me
        self._network, self._wall_ms, self._chance, self._nonce = network, wall_ms, chance, nonce
        self._host = host
        self._is_office = me.role == "office"
        self._callers = Callers(
            me, peers, known, call=self._call, is_connected=self._is_connected, spawn=self._spawn, chance=chance
        )
        self._mdns = mdns and not self._is_office
        self._office = None
        if office and not self._is_office:
            self._office = Target([office_uri(office)], label="head office", role="office")
        self._line: OfficeLine | None = None
        self._office_link: Link | None = None
        self._office_state = OfficeState("none", self._wall_ms())
        self._exchange: Exchange | None = None  # none before `start`
        self._calls: dict[int, Target] = {}  # by link
        self._numbers = itertools.count(1)
        self._loop = asyncio.get_running_loop()
        self._door = network.door(OFFICE if self._is_office else TERMINAL, self._accepted)
        self._discovery: Announcing | None = None
        self._roster = Roster(MAX_REMEMBERED_AT_OFFICE if self._is_office else MAX_REMEMBERED)
        self._told: list[Any] = []
        self._tasks: dict[asyncio.Task[Any], None] = {}  # in the order in which they were begun
        self._waiters: dict[Waiter, None] = {}
        self._change_due = False
        self._closing = False

    # -- life -----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Opens the sync port and begins to look for others. Raises `Refused("port_taken", …)`."""
        self.sync_port = self._door.bind(self._host, self.sync_port)
        self._me = msgspec.structs.replace(self._me, sync_port=self.sync_port)
        self._exchange = Exchange(self._log, self._me, self, self._nonce)
        await self._door.start()
        self._spawn(self._tick(), "mesh tick")
        if self._office:
            self._line = OfficeLine(
                self._me.device_id,
                call=self._call_office,
                probe=self._probe_office,
                hang_up=self._hang_up_office,
                on_reachable=self._office_reachable,
                chance=self._chance,
            )
            self._step_office(self._now())
            self._spawn(self._line.run(), "office line")
        self._callers.start(self._wall_ms())
        if self._mdns:
            self._discovery = self._network.discovery(self._me, self._host, self._seen, self.api_port)
            self._spawn(self._discovery.start(), "discovery")
        self._look(self._states())

    async def close(self) -> None:
        """Leaves the network: says goodbye, ends all links."""
        if self._closing:
            return
        self._closing = True
        if self._exchange:
            self._exchange.leave()
        if self._discovery:
            await self._discovery.close()
        await self._door.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._exchange:
            await self._exchange.close()
        for waiter in self._waiters:
            if not waiter.future.done():
                waiter.future.set_result(None)

    # -- what others ask --------------------------------------------------------------------------------------------

    def peers(self) -> list[Peer]:
        """Everybody known: connected, being called, or lost."""
        return self._everybody(self._states())

    def _everybody(self, states: list[PeerState]) -> list[Peer]:
        targets = self._callers.shown
        state = self.office_state().state
        if self._office and state in ("uplink", "offline"):
            targets.append(self._office)
        present = self._roster.update([(s, s.address) for s in states], self._now(), self._wall_ms())
        everybody = self._roster.all(present, targets, self._wall_ms())
        if state == "standby":  # head office is not lost, only somebody else's to talk to
            everybody = [peer for peer in everybody if not peer.office or (peer.direct and peer.state == "connected")]
        return everybody

    def traffic(self) -> tuple[int, int]:
        """Bytes of frames received and sent since the start, over all links."""
        return self._exchange.traffic() if self._exchange else (0, 0)

    def figures(self) -> list[LineFigure]:
        """What waits on the links and what was refused."""
        return figures(self._exchange, self._door.gate)

    def in_company(self) -> bool:
        """Whether a terminal of the store is connected now."""
        return self._exchange is not None and self._exchange.replica.in_company()

    def connected_terminals(self) -> list[PeerState]:
        """Peers of the store that are connected now."""
        return [peer for peer in self._states() if not peer.office]

    def awaited(self) -> bool:
        """Whether a terminal is known of that is not connected, and it is not known either that it can't be reached."""
        return self._callers.awaited()

    def blob_places(self) -> list[tuple[PeerState, str]]:
        """Connected machines that can be asked for blobs, and where (`ws://HOST:PORT`): head office by the line to it,
        if it is ours."""
        found = []
        for peer in self._states():
            if peer.blobs and peer.office and self._office is not None:
                found.append((peer, self._office.uri))
            elif peer.blobs and not peer.office and peer.address:
                found.append((peer, peer_uri(peer.address)))
        return found

    def under_way(self, device_id: str | None = None) -> bool:
        """Whether events are on their way to this device, or to any."""
        return self._exchange is not None and self._exchange.replica.under_way(device_id)

    def office_state(self) -> OfficeState:
        """Who carries the line to head office, and since when it is so."""
        return self._office_state

    def office_holds(self) -> Frontier | None:
        """What head office holds durably, as it has told us; None while we don't carry the line to it."""
        return self._exchange.replica.office_holds() if self._exchange else None

    def leads(self) -> bool:
        """Whether no connected terminal has a lower device id: one of a store does what only one should do."""
        return all(self._me.device_id < peer.device_id for peer in self.connected_terminals())

    def floor_raised(self, stream: Stream) -> None:
        """The log has dropped events of this stream: newcomers are told where it begins now."""
        held = self._log.held().get(stream)
        if self._exchange and held:
            self._exchange.replica.floor_raised(stream, held.floor_seq, held.floor_hash)

    async def replicated(self, events: Iterable[Event], n: int, timeout_s: float) -> int:
        """Waits until `n` peers hold all these events durably, at most `timeout_s`; returns how many do."""
        need: dict[Stream, int] = {}
        for event in events:
            need[event.stream] = max(need.get(event.stream, 0), event.seq)
        held_by = self._held_by(need)
        if held_by >= n or self._closing:
            return held_by
        waiter = Waiter(need, n, asyncio.get_running_loop().create_future())
        self._waiters[waiter] = None
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await waiter.future
        finally:
            self._waiters.pop(waiter, None)
        return self._held_by(need)

    def lacking(self, events: Iterable[Event]) -> list[PeerState]:
        """Connected terminals that are not known to hold all these events."""
        if self._exchange is None:
            return []
        found = {p.device_id: p for e in events for p in self._exchange.replica.lacking(e.stream, e.seq)}
        return list(found.values())

    def _held_by(self, need: dict[Stream, int]) -> int:
        if self._exchange is None or not need:
            return 0
        return min(self._exchange.replica.replicas(stream, seq) for stream, seq in need.items())

    # -- links ------------------------------------------------------------------------------------------------------

    async def _accepted(self, wire: Wire, number: int, address: str) -> None:
        assert self._exchange is not None
        address = address.removeprefix("::ffff:")  # IPv4 on a socket for both
        if self.on_blobs is not None and wire.path == BLOBS_PATH:
            with contextlib.suppress(WireEnded):
                wrong = await self.on_blobs(wire, lambda: self._door.gate.greeted(number))
                if wrong:
                    self._door.offence(address, wrong)
            return
        link = Link(next(self._numbers), wire, dialled=False, address=address, entry=number)
        await self._exchange.serve(link)
        if link.backoff and not link.explained:
            self._door.offence(address, f"what came was no frame of ours ({link.code})")
        elif link.code in ("no_hello", "silent") and not link.greeted:
            self._door.offence(address, "it did not introduce itself in time")

    async def _call(self, target: Target, *, to_office: bool = False) -> Ended:
        """Calls, and returns when the link has ended."""
        assert self._exchange is not None
        uri = target.uri
        try:
            wire = await self._network.dial(uri, OFFICE_CALL_TIMEOUT_S if to_office else CALL_TIMEOUT_S)
        except Exception as e:  # refused, unreachable, no websocket, a certificate, a proxy, …
            self._note_failure(target, f"{type(e).__name__}: {e}")
            return Ended(False, "unreachable", False)
        address = uri.partition("://")[2]
        link = Link(next(self._numbers), wire, dialled=True, address=address, to_office=to_office)
        if to_office:
            self._office_link = link
        self._calls[link.number] = target
        target.linked = True
        try:
            await self._exchange.serve(link)
        except Exception:  # whatever it is, it must not be the last call for good
            if not in_a_loop():
                raise  # nobody runs this any more: it is thrown away
            logger.exception("the link to %s failed; it is called again", uri)
            link.backoff = True
        finally:
            target.linked = False
            del self._calls[link.number]
            if self._office_link is link:
                self._office_link = None
        if link.greeted:
            target.failure = ""
        return Ended(link.greeted, link.code, link.backoff, link.device_id)

    def _note_failure(self, target: Target, failure: str) -> None:
        if failure != target.failure:  # the same trouble at the same address is worth one line
            target.failure = failure
            logger.info("can't reach %s yet (%s)", target.uri, failure[:200])

    # -- what the exchange tells ------------------------------------------------------------------------------------

    def greeted(self, link: Link) -> None:
        self._door.gate.greeted(link.entry)
        if link.number in self._calls:
            self._calls[link.number].device_id = link.device_id
        self._step_office(self._now())

    def heard(self) -> None:
        for waiter in list(self._waiters):
            if not waiter.future.done() and self._held_by(waiter.need) >= waiter.n:
                waiter.future.set_result(None)

    def peers_changed(self) -> None:
        self._callers.wake()
        if not self._change_due and not self._closing and self._exchange:
            self._change_due = True
            wait_s = min(LOOK_EVERY_S, len(self._exchange.links) * LOOK_COSTS_S)
            asyncio.get_running_loop().call_later(wait_s, self._changed)

    def alarm(self, code: str, text: str, stream: str) -> None:
        for callback in list(self.on_alarm):
            callback(code, text, stream)

    def offence(self, address: str, what: str) -> None:
        self._door.offence(address, what)

    # -- who is there -------------------------------------------------------------------------------------------------

    def _seen(self, found: Found) -> None:
        if not self._closing:
            self._callers.seen(found)

    def _look_around(self) -> None:
        states = self._states()
        if not (self._is_office or self._closing):
            self._callers.told(states, self._wall_ms())
        self._look(states)

    def _is_connected(self, device_id: str) -> bool:
        return self._exchange is not None and self._exchange.replica.is_connected(device_id)

    def _states(self) -> list[PeerState]:
        return self._exchange.replica.peers() if self._exchange else []

    def _changed(self) -> None:
        self._change_due = False
        self._step_office(self._now())
        self._look_around()

    # -- head office --------------------------------------------------------------------------------------------------

    def _step_office(self, now: float) -> None:
        if self._line is None:
            return
        silent_s = None
        rivals = []
        for peer in self._exchange.replica.contacts() if self._exchange else ():
            if not peer.office:
                rivals.append(Rival(peer.device_id, peer.carries_office, peer.office_reachable, now - peer.last_heard))
            elif self._office_link and peer.link == self._office_link.number:
                silent_s = now - peer.last_heard
        self._line.step(rivals, silent_s, now, self._exchange is not None and self._exchange.replica.seeks())

    async def _call_office(self) -> Ended:
        assert self._office is not None
        return await self._call(self._office, to_office=True)

    async def _probe_office(self) -> bool:
        assert self._office is not None
        return await self._network.answers(self._office.uri, OFFICE_CALL_TIMEOUT_S)

    def _hang_up_office(self) -> None:
        if self._office_link and self._exchange:
            self._exchange.hang_up(self._office_link, "stand_by")

    def _office_reachable(self, reachable: bool) -> None:
        if self._exchange:
            self._exchange.do(self._exchange.replica.office_reachable(reachable, self._now()))

    def _look_at_office(self, states: list[PeerState]) -> None:
        state: Literal["none", "uplink", "standby", "offline"] = "offline" if self._office else "none"
        if not self._is_office:
            if any(peer.carries_office for peer in states if not peer.office):
                state = "standby"
            if any(peer.office for peer in states) and (self._line is None or self._line.reachable):
                state = "uplink"
        if state != self._office_state.state:
            self._office_state = OfficeState(state, self._wall_ms())

    # -- time ---------------------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        last = look_at = self._now()
        while True:
            await asyncio.sleep(TICK_S)
            if self._now() - last > LATE_S:
                await asyncio.sleep(TICK_S)
            last = now = self._now()
            try:
                assert self._exchange is not None
                self._exchange.do(self._exchange.replica.tick(now))
                self._step_office(now)
                if now >= look_at:
                    look_at = now + LOOK_EVERY_S
                    self._look_around()
            except Exception:
                logger.exception("a tick of the mesh failed")

    def _now(self) -> float:
        """Seconds on the clock of the links: the event loop's. From any thread."""
        return self._loop.time()

    def _look(self, states: list[PeerState]) -> None:
        """Tells `on_change` when there is something to tell."""
        self._look_at_office(states)
        facts: list[Any] = [self._office_state]
        facts += [msgspec.structs.replace(peer, last_seen_ms=0) for peer in self._everybody(states)]
        if facts != self._told:
            self._told = facts
            for callback in list(self.on_change):
                callback()

    # -- tasks --------------------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks[task] = None
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and task.exception() is not None:
            logger.error("%s ended", task.get_name(), exc_info=task.exception())


def in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
