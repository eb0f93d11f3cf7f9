"""A terminal that lies: it has a key of its own, speaks the protocol well, and sends what no honest terminal sends.

What it says of itself nobody can prove wrong. What it must not achieve: that a broken chain or a bad seal is stored,
that anybody gets out of step about what the others wrote, or that nobody notices a fork.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from server.event import Draft, Header, Stream, encode
from server.keys import DeviceKey, chain, genesis
from server.replication import frames
from server.replication.frames import Events, FrontierIs, Hello
from server.replication.wire import WireEnded
from tests.sim.doors import SimNetwork
from tests.sim.loop import SimLoop
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

A_DAY_MS = 24 * 3_600_000

Lie = Callable[["Day", Terminal, random.Random], Callable[[], None]]


class Liar:
    """Calls its victims and says `say(victim's how manyth)` after an honest hello, again whenever it was thrown out."""

    def __init__(self, day: Day, victims: list[Terminal], rand: random.Random) -> None:
        self.day, self.rand, self.victims = day, rand, victims
        store = victims[0].spec.store
        self.loop = SimLoop(day.scheduler, "liar")
        self.host = day.net.add("liar", store)
        self.host.loop = self.loop
        self.network = SimNetwork(day.net, self.host, self.loop)
        self.key = key_of(rand)
        self.header = Header(1, self.key.public_key, rand.randbytes(16), store)
        self.stream = Stream(self.header.log_id, "orders")
        day.lying_logs.add(self.header.log_id)
        day.liar_loops.append(self.loop)

    def begin(self, say: Callable[[int], list[Events]]) -> Callable[[], None]:
        for i, victim in enumerate(self.victims):
            self.loop.create_task(self._pester(victim, i, say), name="lies")

        def end() -> None:
            self.loop.dead = True
            self.host.on = False
            self.day.net.process_ended(self.host)

        return end

    async def _pester(self, victim: Terminal, index: int, say: Callable[[int], list[Events]]) -> None:
        while True:
            await asyncio.sleep(self.rand.uniform(0.1, 1.0))
            node = victim.node
            if node is None:
                continue
            try:
                end = await self.network.dial(f"ws://{victim.host.ip}:{node.sync_port}", 3.0)
            except (OSError, TimeoutError):
                continue
            try:
                end.send_now(frames.encode(self._hello()))
                await end.receive()
                end.send_now(frames.encode(FrontierIs(self.claims(victim))))
                for events in say(index):
                    end.send_now(frames.encode(events))
                while True:
                    await end.receive()
            except WireEnded:
                continue

    def claims(self, victim: Terminal) -> dict[str, dict[str, tuple[int, bytes]]]:
        """What it says that it holds."""
        return {}

    def _hello(self) -> Hello:
        return Hello(
            frames.PROTOCOL,
            frames.OLDEST_PROTOCOL,
            self.header.store,
            self.key.device_id,
            self.header.log_id,
            self.header,
            "liar",
            "pos",
            self.rand.randbytes(16),
            1,
            7999,
        )

    def batch(
        self, numbers: list[int], text: str = "", key: DeviceKey | None = None, stream: Stream | None = None
    ) -> Events:
        """Events that carry these numbers, chained as they come and sealed, from the stream's beginning."""
        stream = stream or self.stream
        digest, raws = genesis(stream), []
        hlc = self.day.wall_ms() << 16
        for i, number in enumerate(numbers):
            raw = encode(number, hlc + i, Draft("orders.noted/1", "lie", {"n": number, "text": text}), None)
            digest = chain(digest, raw)
            raws.append(raw)
        return Events(*stream, 1, raws, (key or self.key).seal(digest), self.header)


def key_of(rand: random.Random) -> DeviceKey:
    return DeviceKey(rand.randbytes(32))


def of_store(day: Day, terminal: Terminal) -> list[Terminal]:
    return day.of_store(terminal.spec.store)


def leaves_one_out(day: Day, terminal: Terminal, rand: random.Random) -> Callable[[], None]:
    """A chain that is sealed, but in which a number is missing."""
    liar = Liar(day, of_store(day, terminal), rand)
    return liar.begin(lambda i: [liar.batch([1, 2, 4])])


def seals_with_another_key(day: Day, terminal: Terminal, rand: random.Random) -> Callable[[], None]:
    liar = Liar(day, of_store(day, terminal), rand)
    other = key_of(rand)
    return liar.begin(lambda i: [liar.batch([1, 2, 3], key=other)])


def changes_an_event(day: Day, terminal: Terminal, rand: random.Random) -> Callable[[], None]:
    """Another's event, forged: the next of a real terminal's stream, with a seal of its own."""
    liar = Liar(day, of_store(day, terminal), rand)

    def forged(i: int) -> list[Events]:
        node = terminal.node
        if node is None:
            return []
        stream = Stream(node.log.log_id, "orders")
        held = node.log.held().get(stream)
        seq, digest = (held.seq, held.hash) if held else (0, genesis(stream))
        raw = encode(seq + 1, day.wall_ms() << 16, Draft("orders.noted/1", "lie", {"text": "forged"}), None)
        return [Events(*stream, seq + 1, [raw], liar.key.seal(chain(digest, raw)), node.log.header)]

    return liar.begin(forged)


def forks(day: Day, terminal: Terminal, rand: random.Random) -> Callable[[], None]:
    """Two pasts, both sealed: one for half of the shop, one for the other half; head office may see either."""
    victims = of_store(day, terminal)
    liar = Liar(day, victims, rand)
    if len(victims) > 1:
        day.forks_expected.append(liar.stream)
    return liar.begin(lambda i: [liar.batch([1, 2], text=f"branch {i % 2}")])


def skips_ahead(day: Day, terminal: Terminal, rand: random.Random) -> Callable[[], None]:
    """A real terminal's stream is said to begin anew far above what is held of it, as if all before were archived."""
    liar = Liar(day, of_store(day, terminal), rand)

    def forged(i: int) -> list[Events]:
        node = terminal.node
        if node is None:
            return []
        stream, seq, prior = Stream(node.log.log_id, "orders"), 1000, bytes(range(32))
        hlc = (day.wall_ms() + A_DAY_MS) << 16
        raw = encode(seq, hlc, Draft("orders.noted/1", "lie", {"text": "from here on"}), None)
        return [Events(*stream, seq, [raw], liar.key.seal(chain(prior, raw)), node.log.header, prior)]

    return liar.begin(forged)


def makes_up_a_fork(day: Day, terminal: Terminal, rand: random.Random) -> Callable[[], None]:
    """Another newest event of a real terminal's stream, with the true hash before it, and a seal of its own."""
    liar = Liar(day, of_store(day, terminal), rand)

    def forged(i: int) -> list[Events]:
        node = terminal.node
        exchange = node.mesh._exchange if node is not None and node.mesh is not None else None
        if node is None or exchange is None:
            return []
        stream = Stream(node.log.log_id, "orders")
        held = node.log.held().get(stream)
        prior = exchange.replica._holdings.hash_at(stream, held.seq - 1) if held else None
        if held is None or prior is None:
            return []
        raw = encode(held.seq, day.wall_ms() << 16, Draft("orders.noted/1", "lie", {"text": "otherwise"}), None)
        seal = liar.key.seal(chain(prior, raw))
        return [Events(*stream, held.seq, [raw], seal, node.log.header, prior if held.seq > 1 else None)]

    return liar.begin(forged)


LIES: dict[str, Lie] = {
    "leaves one out": leaves_one_out,
    "seals with another key": seals_with_another_key,
    "changes an event": changes_an_event,
    "forks": forks,
    "skips ahead": skips_ahead,
    "makes up a fork": makes_up_a_fork,
}
