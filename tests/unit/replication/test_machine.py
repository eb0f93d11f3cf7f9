"""Any interleaving of commits, deliveries, doubled frames, lost frames, cuts and restarts ends with all in step."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server.replication.actions import Store
from server.replication.scope import may_hold
from tests.unit.replication.lab import Lab, Terminal

NODES = 4
nodes = st.integers(0, NODES - 1)
pairs = st.tuples(nodes, nodes).filter(lambda p: p[0] != p[1])


class Shops(RuleBasedStateMachine):
    """Two terminals of the north store, one of the south store, one head office."""

    @initialize(seed=st.integers(0, 1000))
    def open(self, seed: int) -> None:
        self.lab = Lab(seed)
        self.nodes = [self.lab.terminal(store) for store in ("north", "north", "south", "")]

    def link(self, n: int) -> int | None:
        links = sorted(self.lab.ends)
        return links[n % len(links)] if links else None

    @rule(pair=pairs)
    def connect(self, pair: tuple[int, int]) -> None:
        a, b = self.nodes[pair[0]], self.nodes[pair[1]]
        if a.me.store != "" and len(self.lab.ends) < 24:
            self.lab.connect(a, b, to_office=b.me.store == "")

    @rule(node=nodes, topic=st.sampled_from(["orders", "stock", "menu", "menu/north"]), count=st.integers(1, 4))
    def append(self, node: int, topic: str, count: int) -> None:
        self.nodes[node].append(topic, count)

    @rule(picks=st.lists(st.integers(0, 40), min_size=1, max_size=20))
    def deliver(self, picks: list[int]) -> None:
        for n in picks:
            link = self.link(n)
            if link is not None:
                self.lab.deliver(link)

    @rule(n=st.integers(0, 40))
    def double(self, n: int) -> None:
        link = self.link(n)
        if link is not None and self.lab.queue[link]:
            self.lab.queue[link].appendleft(self.lab.queue[link][0])

    @rule(n=st.integers(0, 40))
    def lose(self, n: int) -> None:
        link = self.link(n)
        if link is not None and self.lab.queue[link]:
            self.lab.queue[link].popleft()

    @rule(n=st.integers(0, 40))
    def cut(self, n: int) -> None:
        link = self.link(n)
        if link is not None:
            self.lab.cut(link)

    @rule(node=nodes, hold=st.booleans())
    def disk(self, node: int, hold: bool) -> None:
        self.nodes[node].hold_disk = hold
        if not hold:
            self.nodes[node].commit()

    @rule(node=nodes, error=st.sampled_from([None, None, "not_saved"]))
    def disk_trouble(self, node: int, error: str | None) -> None:
        self.nodes[node].disk_error = error

    @rule(node=nodes)
    def restart(self, node: int) -> None:
        terminal = self.nodes[node]
        for link in [link for link, end in self.lab.ends.items() if end is terminal]:
            self.lab.cut(link)
        terminal.start()

    @rule(seconds=st.floats(0.1, 6))
    def wait(self, seconds: float) -> None:
        self.lab.now += seconds
        for node in self.nodes:
            node.do(node.replica.tick(self.lab.now))

    @invariant()
    def nobody_holds_or_stores_what_is_not_theirs(self) -> None:
        if not hasattr(self, "nodes"):
            return
        for node in self.nodes:
            for action in node.did:
                if isinstance(action, Store):
                    assert may_hold(node.me.store, action.header.store, action.batch.stream)
            assert not node.alarms()
            node.did.clear()

    def teardown(self) -> None:
        if not hasattr(self, "nodes"):
            return
        for link in list(self.lab.ends):
            self.lab.cut(link)
        for node in self.nodes:
            node.hold_disk, node.disk_error = False, None
            node.commit()
        north, north2, south, office = self.nodes
        self.lab.connect(north, north2)
        self.lab.connect(north2, office, to_office=True)
        self.lab.connect(south, office, to_office=True)
        self.lab.run(3)
        for writer in self.nodes:
            for node in self.nodes:
                self.in_step(writer, node)

    def in_step(self, writer: Terminal, node: Terminal) -> None:
        for stream in writer.log.rows:
            if stream.log_id == writer.log.log_id:
                allowed = may_hold(node.me.store, writer.me.store, stream)
                expected = writer.log.head(stream) if allowed else node.log.floor(stream)
                assert node.log.head(stream) == expected, f"{node.me.label} holds too little or too much of {stream}"


TestShops = Shops.TestCase
TestShops.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
