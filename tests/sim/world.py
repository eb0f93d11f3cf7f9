"""Time, wires and nodes. A node is a real `Replica` over a `MemoryLog`; what it asks for is done a little later."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable

from server.event import MAX_BATCH_EVENTS, Batch, Header, Stream
from server.keys import DeviceKey
from server.replication.protocol import (
    Action,
    Alarm,
    Close,
    Fetch,
    Me,
    Replica,
    Send,
    Store,
)
from server.replication.scope import may_hold
from tests.sim.memory_log import Fork, Gap, MemoryLog


class World:
    """Owns time. `later` is the only way anything happens."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 1000.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._links = 0
        self.nodes: list[Node] = []
        self.wires: list[Wire] = []
        self.frames = self.bytes = 0

    def later(self, delay: float, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (self.now + delay, self._count, what))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._queue and self._queue[0][0] <= end:
            self.now, _, what = heapq.heappop(self._queue)
            what()
        self.now = end

    def link_number(self) -> int:
        self._links += 1
        return self._links

    def add(self, store: str, role: str = "server", label: str = "") -> Node:
        node = Node(self, store, role, label or f"{store or 'office'}-{len(self.nodes)}")
        self.nodes.append(node)
        node.start()
        return node


class Wire:
    """One connection: in order, with latency; may lose frames, fall silent, or break."""

    def __init__(self, world: World, a: Node, b: Node, *, to_office: bool = False, loss: float = 0.0) -> None:
        self.world = world
        self.ends = {world.link_number(): a, world.link_number(): b}
        self.latency = world.random.uniform(0.02, 0.06) if to_office else world.random.uniform(0.0002, 0.004)
        self.loss = loss
        self.up, self.silent = True, False
        self._arrival = dict.fromkeys(self.ends, 0.0)
        world.wires.append(self)
        (link_a, link_b) = self.ends
        a.wires[link_a] = b.wires[link_b] = self
        a.do(a.replica.connect(link_a, world.now, dialled=True, to_office=to_office))
        b.do(b.replica.connect(link_b, world.now, dialled=False))

    def other(self, link: int) -> int:
        return next(x for x in self.ends if x != link)

    def send(self, link: int, frame: bytes) -> None:
        world = self.world
        world.frames += 1
        world.bytes += len(frame)
        if not self.up or self.silent or world.random.random() < self.loss:
            return
        there = self.other(link)
        at = max(self._arrival[there], world.now + self.latency * world.random.uniform(1, 2))
        self._arrival[there] = at
        world.later(at - world.now, lambda: self._arrive(there, frame))

    def _arrive(self, link: int, frame: bytes) -> None:
        if self.up and not self.silent:
            node = self.ends[link]
            node.do(node.replica.receive(link, frame, self.world.now))

    def cut(self) -> None:
        """Breaks now; each end notices in its own time."""
        if not self.up:
            return
        self.up = False
        self.world.wires.remove(self)
        for link, node in self.ends.items():
            self.world.later(self.world.random.uniform(0, 0.05), lambda n=node, k=link: n.lost(k))  # type: ignore[misc]


class Node:
    """A terminal or an office. `crash` forgets all but what was committed."""

    def __init__(self, world: World, store: str, role: str, label: str) -> None:
        self.world = world
        rand = world.random
        self.key = _key(rand)
        self.log = MemoryLog(self.key, store, rand.randbytes(16))
        self.me = Me(self.key.device_id, store, label, role, self.log.log_id)
        self.wires: dict[int, Wire] = {}
        self.running = False
        self.life = 0
        self.disk_trouble = 0.0
        self.alarms: list[Alarm] = []
        self.closed: list[str] = []
        self._commits: list[Store | tuple[str, int]] = []
        self._committing = False

    def start(self) -> None:
        self.life += 1
        self.running = True
        self._commits, self._committing = [], False
        nonce = self.world.random.randbytes(16)
        self.replica = Replica(self.me, self.log.held(), self.log.headers, nonce=nonce)
        self._alive(self.world.random.uniform(0, 0.2), self._tick)

    def crash(self) -> None:
        self.running = False
        self.life += 1
        for wire in list(self.wires.values()):
            wire.cut()
        self.wires.clear()

    def append(self, topic: str, count: int) -> None:
        """A command was given; its events are there once committed."""
        self._commit_soon((topic, count))

    def connected_to(self, other: Node) -> bool:
        return any(wire.up and other in wire.ends.values() for wire in self.wires.values())

    def lost(self, link: int) -> None:
        if self.wires.pop(link, None) and self.running:
            self.do(self.replica.disconnect(link, self.world.now))

    def do(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Send):
                wire = self.wires.get(action.link)
                if wire:
                    wire.send(action.link, action.frame)
            elif isinstance(action, Fetch):
                self._alive(self.world.random.uniform(0.0005, 0.005), lambda f=action: self._read(f))  # type: ignore[misc]
            elif isinstance(action, Store):
                self._commit_soon(action)
            elif isinstance(action, Close):
                self.closed.append(action.code)
                wire = self.wires.pop(action.link, None)
                if wire:
                    self.world.later(0.01, wire.cut)
            elif isinstance(action, Alarm):
                self.alarms.append(action)
                if action.evidence:
                    self.log.set_aside.append(action.evidence)

    def _alive(self, delay: float, what: Callable[[], None]) -> None:
        life = self.life
        self.world.later(delay, lambda: what() if self.life == life else None)

    def _tick(self) -> None:
        self.do(self.replica.tick(self.world.now))
        self._alive(self.world.random.uniform(0.1, 0.3), self._tick)

    def _read(self, fetch: Fetch) -> None:
        batch = self.log.read(fetch.stream, fetch.after_seq, fetch.max_events, fetch.max_bytes)
        self.do(self.replica.fetched(fetch.link, fetch.stream, batch, self.world.now))

    def _commit_soon(self, what: Store | tuple[str, int]) -> None:
        self._commits.append(what)
        if not self._committing:
            self._committing = True
            self._alive(self.world.random.uniform(0.001, 0.03), self._commit)

    def _commit(self) -> None:
        work, self._commits, self._committing = self._commits, [], False
        failed = self.world.random.random() < self.disk_trouble
        own: list[Batch] = []
        theirs: list[Batch] = []
        for item in work:
            if isinstance(item, tuple):
                topic, count = item
                while count > 0 and not failed:
                    part = min(count, MAX_BATCH_EVENTS)
                    own.append(self.log.append(topic, part, hlc=int(self.world.now * 1000) << 16))
                    count -= part
            else:
                self._store(item, failed, theirs)
        for batches, mine in ((own, True), (theirs, False)):
            if batches:
                self.do(self.replica.stored(batches, mine, self.world.now))

    def _store(self, store: Store, failed: bool, done: list[Batch]) -> None:
        header: Header = store.header
        assert may_hold(self.me.store, header.store, store.batch.stream), "a stream out of scope reached the log"
        code = "not_saved" if failed else ""
        if not failed:
            try:
                batch = self.log.store(store.batch, header, store.floor)
                if batch:
                    done.append(batch)
            except Gap:
                code = "gap"
            except Fork:
                code = "fork"
        if code:
            self.do(self.replica.rejected(store.link, store.batch.stream, code, code, self.world.now))

    def frontier(self) -> dict[Stream, tuple[int, bytes]]:
        return {stream: self.log.head(stream) for stream in self.log.rows}


def _key(rand: random.Random) -> DeviceKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return DeviceKey(Ed25519PrivateKey.from_private_bytes(rand.randbytes(32)))
