"""A bad day, from a seed: shops and an office under cuts, silence, lost frames, crashes and disks that fail.

Afterwards everything works again, and within `BOUND_S` all must hold what they may hold, byte for byte, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.replication.scope import may_hold
from tests.sim.world import Node, Wire, World

BOUND_S = 60.0
"""Simulated seconds to converge after the last trouble: reconnecting, healing, and sending again what was lost."""

TOPICS = ("stock", "orders", "kitchen", "payments", "health", "membership")
OFFICE_TOPICS = ("menu", "settings", "menu/north", "menu/south", "promotions/south", "reports")
HONEST_CLOSES = {"duplicate", "silent"}
LOSS_CLOSES = {"gap", "no_hello", "unknown_log"}
"""Codes that honest nodes give each other only when the network has lost a frame within a connection."""


@dataclass
class Result:
    seed: int
    shape: str
    problems: list[str]
    events: int
    seconds: float  # simulated, from the end of trouble to convergence
    frames: int


class Day:
    """One run. `shape`: "shop" is five terminals; "chain" two stores and an office."""

    def __init__(self, seed: int, shape: str | None = None) -> None:
        self.seed = seed
        self.world = World(seed)
        self.random = self.world.random
        by_seed = self.random.choice(("shop", "chain"))
        self.shape = shape or by_seed
        if self.shape == "shop":
            stores = ["north"] * 5
        else:
            stores = ["north", "north", "south", "south", "south"]
            self.world.add("", "office")
        for store in stores:
            self.world.add(store)
        self.loss = self.random.choice((0.0, 0.0, 0.01, 0.05))
        self.lossy = self.loss > 0
        self.trouble = True
        self.line_up = True
        self.apart: set[frozenset[int]] = set()
        self._connect()

    def run(self) -> Result:
        until = self.world.now + self.random.uniform(10, 40)
        while self.world.now < until:
            self.world.run(self.random.expovariate(8))
            self._something_happens()
        self._calm()
        started = self.world.now
        while self.world.now < started + BOUND_S:
            self.world.run(0.5)
            if not self._differences():
                break
        seconds = self.world.now - started
        self.world.run(15)  # late frames must not undo anything, and beliefs must become true
        problems = self._differences() + self._leaks() + self._surprises() + self._unrest()
        events = sum(len(rows) for node in self.world.nodes for s, rows in node.log.rows.items() if self._own(node, s))
        return Result(self.seed, self.shape, problems, events, seconds, self.world.frames)

    # ---- trouble ----------------------------------------------------------------------------------------------------

    def _something_happens(self) -> None:
        rand, world = self.random, self.world
        node = rand.choice(world.nodes)
        what = rand.random()
        if what < 0.6:
            if node.running:
                topic = rand.choice(OFFICE_TOPICS if node.me.store == "" else TOPICS)
                node.append(topic, rand.choice((1, 1, 1, 2, 5, 40, 600 if rand.random() < 0.05 else 3)))
        elif what < 0.72 and world.wires:
            rand.choice(world.wires).cut()
        elif what < 0.76 and world.wires:
            rand.choice(world.wires).silent = True
        elif what < 0.82:
            pair = frozenset(rand.sample(range(len(world.nodes)), 2))
            self.apart.symmetric_difference_update({pair})
        elif what < 0.86:
            self.line_up = not self.line_up
        elif what < 0.92:
            if node.running:
                node.crash()
                world.later(rand.uniform(0.1, 8), lambda: None if node.running else node.start())
        elif what < 0.96:
            node.disk_trouble = rand.choice((0.0, 0.0, 0.3))

    def _calm(self) -> None:
        self.trouble = False
        self.loss = 0.0
        self.line_up = True
        self.apart.clear()
        for wire in self.world.wires:
            wire.loss = 0.0
        for node in self.world.nodes:
            node.disk_trouble = 0.0
            if not node.running:
                node.start()

    # ---- who connects to whom ----------------------------------------------------------------------------------

    def _connect(self) -> None:
        for i, a in enumerate(self.world.nodes):
            for j, b in enumerate(self.world.nodes):
                if i < j and a.me.store and a.me.store == b.me.store:
                    self._connect_pair(a, b, i, j)
        self._connect_office()
        self.world.later(self.random.uniform(0.1, 0.4), self._connect)

    def _connect_pair(self, a: Node, b: Node, i: int, j: int) -> None:
        if not (a.running and b.running) or a.connected_to(b) or frozenset((i, j)) in self.apart:
            if self.trouble and frozenset((i, j)) in self.apart and a.connected_to(b):
                for wire in [w for w in self.world.wires if {a, b} == set(w.ends.values())]:
                    wire.cut()
            return
        Wire(self.world, a, b, loss=self.loss)
        if self.random.random() < 0.2:
            Wire(self.world, b, a, loss=self.loss)  # both dial at once
        if self.random.random() < 0.05:
            Wire(self.world, a, b, loss=self.loss)  # found by mDNS and by a static address

    def _connect_office(self) -> None:
        office = next((node for node in self.world.nodes if node.me.store == ""), None)
        if office is None:
            return
        if not self.line_up:
            for wire in [w for w in self.world.wires if office in w.ends.values()]:
                wire.cut()
            return
        for store in sorted({node.me.store for node in self.world.nodes} - {""}):
            there = sorted(
                (n for n in self.world.nodes if n.me.store == store and n.running), key=lambda n: n.me.device_id
            )
            if office.running and there and not any(n.connected_to(office) for n in there):
                Wire(self.world, self.random.choice(there[:2]), office, to_office=True, loss=self.loss)

    # ---- what must hold ----------------------------------------------------------------------------------------

    def _own(self, node: Node, stream: object) -> bool:
        return getattr(stream, "log_id", "") == node.log.log_id

    def _differences(self) -> list[str]:
        problems = []
        for writer in self.world.nodes:
            for stream, head in writer.frontier().items():
                if not self._own(writer, stream):
                    continue
                for node in self.world.nodes:
                    if may_hold(node.me.store, writer.me.store, stream) and node.log.head(stream) != head:
                        have = node.log.head(stream)[0]
                        problems.append(
                            f"{node.me.label} holds {stream.topic} of {writer.me.label} to {have}/{head[0]}"
                        )
        return problems

    def _leaks(self) -> list[str]:
        headers = {node.log.log_id: node.log.header for node in self.world.nodes}
        problems = []
        for node in self.world.nodes:
            told = {s for link in node.replica._links.values() for s in link.theirs}
            for stream in told | set(node.log.rows):
                if not may_hold(node.me.store, headers[stream.log_id].store, stream):
                    problems.append(f"{node.me.label} was told of {stream}")
        return problems

    def _unrest(self) -> list[str]:
        """On a good day no link is ever closed, and everybody knows everybody's neighbours."""
        for node in self.world.nodes:
            node.closed.clear()
        self.world.run(6)
        problems = [
            f"{node.me.label} closed with {code} for no reason" for node in self.world.nodes for code in node.closed
        ]
        for node in self.world.nodes:
            for peer in node.replica.peers():
                there = next(n for n in self.world.nodes if n.me.device_id == peer.device_id)
                stores = (node.me.store or there.me.store, "")
                theirs = {p.device_id for p in there.replica.peers() if p.store in stores} - {node.me.device_id}
                if set(peer.neighbours) != theirs:
                    problems.append(f"{node.me.label} does not know the neighbours of {peer.label}")
        return problems

    def _surprises(self) -> list[str]:
        problems = [f"{node.me.label}: {alarm.text}" for node in self.world.nodes for alarm in node.alarms]
        honest = HONEST_CLOSES | (LOSS_CLOSES if self.lossy else set())
        for node in self.world.nodes:
            problems += [f"{node.me.label} closed with {code}" for code in set(node.closed) - honest]
            for peer in node.replica.peers():
                if peer.events_behind or peer.we_behind:
                    problems.append(
                        f"{node.me.label} believes {peer.label} is {peer.events_behind}/{peer.we_behind} apart"
                    )
            for link in node.replica._links.values():
                if link.in_flight or link.unacked or link.fetching:
                    problems.append(f"{node.me.label} has {link.in_flight} bytes in flight for ever")
        return problems


def run(seed: int, shape: str | None = None) -> Result:
    return Day(seed, shape).run()
