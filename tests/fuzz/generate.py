"""Makes cases up: honest sessions in which more and more is not honest. All of it follows from one integer."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import zstandard

from server.event import Batch, Draft, Stream, encode
from server.keys import chain
from server.replication import frames
from tests.fuzz.cases import Step
from tests.fuzz.run import Victim
from tests.fuzz.trees import Mutator, Tree, copy, pack
from tests.fuzz.world import HLC, World, Writer, event_frame

VICTIMS = ("terminal", "terminal", "empty", "office")
MAX_LINKS = 4
LIAR_TOPICS = ("orders", "stock", "kitchen", "payments", "health", "menu/north", "orders/x", "membership", "z9.a_b-c")


def tree_of(frame: bytes) -> Tree:
    body = frame[1:]
    return msgspec.msgpack.decode(zstandard.decompress(body) if frame[0] else body)


def told_of(world: World) -> list[Tree]:
    """Summaries that tell where others are: in a lab without addresses nobody says so."""
    devices = [writer.log.header.device_id for writer in world.writers]
    at = ["192.168.7.9:7000", "[fe80::1]:7000", "pos.local:80", "127.0.0.1:7000", "192.168.7.9:0", "a b:1", "[::g]:1"]
    return [[5, {}, 0, 0, False, False, devices, dict(zip(devices, at[i:], strict=False))] for i in range(len(at))]


def tree_values(trees: list[Tree]) -> dict[type, list[Any]]:
    """All that is in trees, by type, some of each."""
    values: dict[type, list[Any]] = {}
    waiting = list(trees)
    while waiting:
        one = waiting.pop()
        if one is not None:
            values.setdefault(type(one), []).append(one)
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    for same in values.values():
        same.sort(key=repr)
    return {kind: same[:: max(1, len(same) // 400)] for kind, same in values.items()}


class Material:
    """What is mutated: honest frames as trees, and all values in them by type. Made once."""

    def __init__(self, world: World) -> None:
        self.trees = [tree_of(frame) for frame in world.seeds] + told_of(world)
        self.by_kind: dict[int, list[Tree]] = {}
        for tree in self.trees:
            self.by_kind.setdefault(tree[0], []).append(tree)
        self.values = tree_values(self.trees)


class Maker:
    """Makes the next step for a victim, knowing how it stands."""

    def __init__(self, world: World, material: Material, rand: random.Random) -> None:
        self.world, self.material, self.rand = world, material, rand
        self.mutator = Mutator(rand, material.values)
        self.speakers: dict[int, Writer] = {}
        self.greeted: dict[int, int] = {}
        self.sent: list[bytes] = []
        self._links = 0
        self.wildness = rand.choice([0.1, 0.4, 0.8])

    def step(self, victim: Victim) -> Step:
        rand = self.rand
        links = [link for link in self.speakers if link in victim.open]
        if not links or (len(links) < MAX_LINKS and rand.random() < 0.03):
            return self._connect()
        chance = rand.random()
        if chance < 0.04:
            return ["tick", rand.choice([0.1, 0.3, 1.0, 3.0, 6.0])]
        if chance < 0.05:
            return ["append", rand.choice(["orders", "stock", "health"]), rand.choice([1, 1, 2, 30])]
        if chance < 0.065:
            return ["disk", rand.choice(["ok", "ok", "held", "failing"])]
        if chance < 0.08:
            return ["commit"]
        if chance < 0.0825:
            return ["floor", rand.choice(["orders", "stock"]), rand.choice([1, 2, 9])]
        if chance < 0.0835:
            return ["office", rand.random() < 0.5]
        if chance < 0.088:
            return ["cut", rand.choice(links)]
        link = rand.choice(links)
        frame = self._frame(link, victim)
        if len(self.sent) < 200:
            self.sent.append(frame)
        return ["frame", link, frame]

    def varied(self, steps: list[Step]) -> list[Step]:
        """A case's steps up to somewhere, some of them left out, doubled, swapped or mutated."""
        rand = self.rand
        found: list[Step] = []
        for step in steps[: rand.randint(1, len(steps))]:
            chance = rand.random()
            if step[0] == "connect":
                self.speakers[step[1]] = rand.choice([*self.world.writers, self.world.liar])
                self.greeted[step[1]] = 2
                self._links = max(self._links, step[1])
            elif chance < 0.03:
                continue
            elif chance < 0.05 and found and found[-1][0] == "frame":
                found[-1], step = step, found[-1]
            elif chance < 0.08 and step[0] == "frame":
                step = ["frame", step[1], self._varied_frame(step[2])]
            found.append(step)
            if chance > 0.98 and step[0] == "frame":
                found.append(step)
        return found

    def _varied_frame(self, frame: bytes) -> bytes:
        try:
            return self._mutated(tree_of(frame))
        except (
            msgspec.MsgspecError,
            zstandard.ZstdError,
            RecursionError,
            MemoryError,
            TypeError,
            IndexError,
            UnicodeError,
        ):
            return self.mutator.bytes(frame)

    def _connect(self) -> Step:
        self._links += 1
        world, rand = self.world, self.rand
        writers = [world.liar, world.liar, world.neighbour, world.floored, world.office, world.forked, world.south]
        speaker = rand.choice(writers)
        self.speakers[self._links] = speaker
        self.greeted[self._links] = 0
        called = speaker.name == "office" or rand.random() < 0.3
        return ["connect", self._links, called, called and (speaker.name == "office") == (rand.random() < 0.9)]

    # -- frames -----------------------------------------------------------------------------------------------------

    def _frame(self, link: int, victim: Victim) -> bytes:
        rand, speaker = self.rand, self.speakers[link]
        told = self.greeted[link]
        self.greeted[link] += 1
        if told < 2:
            tree = self._hello(speaker, victim) if told == 0 else self._frontier(victim)
            if rand.random() < 0.12:
                return self._mutated(tree)
            return b"\0" + pack(tree)
        chance = rand.random()
        if chance < 0.15:
            return self._next_events(victim, speaker)
        if chance < 0.35:
            return self._lies(victim)
        if chance < 0.40 and self.sent:
            return rand.choice(self.sent)
        if chance < 0.42:
            return rand.randbytes(rand.choice([0, 1, 2, 9, 300]))
        kind = rand.choice([2, 3, 3, 3, 4, 5, 5, 6, 1, 7]) if rand.random() < 0.6 else 0
        tree = rand.choice(self.material.by_kind.get(kind) or self.material.trees)
        if tree[0] in (1, 6, 7) and rand.random() < 0.7:
            tree = rand.choice(self.material.by_kind[3])
        if rand.random() > self.wildness:
            return b"\0" + pack(tree)
        return self._mutated(tree)

    def _mutated(self, tree: Tree) -> bytes:
        rand = self.rand
        if tree[0] == 3 and rand.random() < 0.3:
            tree = self._with_other_event(tree)
        chance = rand.random()
        if chance < 0.12:
            return self.mutator.bytes(b"\0" + pack(tree))
        return self.mutator.wrap(pack(self.mutator.tree(tree, rand.choice([1, 1, 1, 2, 4]))))

    def _with_other_event(self, tree: Tree) -> Tree:
        tree = copy(tree)
        if isinstance(tree[4], list) and tree[4]:
            at = self.rand.randrange(len(tree[4]))
            tree[4][at] = self._other_event(tree[4][at])
        return tree

    def _other_event(self, raw: bytes) -> bytes:
        if self.rand.random() < 0.3:
            return self.mutator.bytes(raw)
        return pack(self.mutator.tree(msgspec.msgpack.decode(raw), self.rand.choice([1, 1, 2])))

    def _hello(self, speaker: Writer, victim: Victim) -> Tree:
        header = speaker.log.header
        nonce = self.rand.randbytes(16)
        if self.rand.random() < 0.02:  # its own data or key on another machine, or a line back to itself
            header = victim.node.log.header
            nonce = self.rand.choice([nonce, victim.node.replica._nonce])
        role = "server" if header.store else "office"
        return [
            1, frames.PROTOCOL, frames.OLDEST_PROTOCOL, header.store, header.device_id, header.log_id,
            [1, header.public_key, header.nonce, header.store], speaker.name, role, nonce,
            self.rand.choice([0, 1, 2]), 7000,
            self.rand.choice([None, None, ["orders"], ["orders", f"t{self.rand.randrange(100)}"]]), [], False, False,
        ]  # fmt: skip

    def _frontier(self, victim: Victim) -> Tree:
        """Somewhere between nothing and more than the victim has, now and then with another hash."""
        rand = self.rand
        entries: dict[str, dict[str, list[Any]]] = {}
        for stream, held in victim.node.log.held().items():
            if rand.random() < 0.6:
                digest = held.hash if rand.random() < 0.8 else rand.randbytes(32)
                seq = max(0, held.seq + rand.choice([-1, 0, 0, 0, 1]))
                entries.setdefault(stream.log_id, {})[stream.topic] = [seq, digest]
        for log_id, topic in (("x" * 16, "orders"), (self.world.liar.log.log_id, "orders")):
            if rand.random() < 0.2:
                entries.setdefault(log_id, {})[topic] = [rand.choice([0, 1, 9, 2**53]), bytes(32)]
        return [2, entries, rand.random() < 0.05]

    def _next_events(self, victim: Victim, speaker: Writer) -> bytes:
        """What a writer would send now: the batch that follows on what the victim holds."""
        rand, world = self.rand, self.world
        writer = speaker if speaker.branches and rand.random() < 0.6 else rand.choice(world.writers)
        log = rand.choice(writer.branches)
        stream = rand.choice(list(log.rows))
        after = victim.node.replica._holdings.head(stream)
        seq = after[0] if after else rand.choice([0, 0, 0, 4])
        batch = log.read(stream, seq, rand.choice([1, 2, 512]), 1 << 20)
        if batch is None:
            batch = log.read(stream, 0, 512, 1 << 20)
        assert batch is not None
        prior = log.rows[stream][seq - 1][1] if 0 < seq <= len(log.rows[stream]) and rand.random() < 0.2 else None
        frame = event_frame(batch, writer.log.header if rand.random() < 0.9 else None, prior)
        return (
            frames.encode(frame) if rand.random() > self.wildness / 3 else self._mutated(tree_of(frames.encode(frame)))
        )

    def _lies(self, victim: Victim) -> bytes:
        """Events that the liar really signed, however strange they are."""
        rand, log = self.rand, self.world.liar.log
        stream = Stream(log.log_id, rand.choice(LIAR_TOPICS))
        seq, digest = victim.node.replica._holdings.head(stream) or log.floor(stream)
        raws, hashes, first = [], [], seq + 1
        prior = None
        if seq == 0 and rand.random() < 0.2:
            first, prior = rand.choice([2, 100, 2**53 - 1, 2**53]), rand.randbytes(32)
            digest = prior
        for n in range(rand.choice([1, 1, 2, 5])):
            draft = Draft(f"{stream.name}.made/1", f"a{n}", {"n": n, "note": "ü"}, stream.topic)
            raw = encode(first + n, HLC + n, draft, None, rand.choice([0, 0, HLC]))
            raws.append(self._other_event(raw) if rand.random() < 0.5 else raw)
            digest = chain(digest, raws[-1])
            hashes.append(digest)
        batch = Batch(stream, first, raws, hashes, log.key.seal(digest))
        tree = tree_of(b"\0" + msgspec.msgpack.encode(event_frame(batch, log.header, prior)))
        if rand.random() < 0.2:
            tree = self.mutator.tree(tree, 1)
        return self.mutator.wrap(pack(tree)) if rand.random() < 0.1 else b"\0" + pack(tree)
