"""Replicas on a bench: frames wait in queues until a test lets them through, and disks write when told to."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict, deque

from server.event import Batch, Header, Stream
from server.keys import DeviceKey
from server.replication import frames
from server.replication.protocol import Action, Alarm, Close, Fetch, Me, Replica, Send, Store
from tests.unit.replication.memory_log import Fork, Gap, MemoryLog


def key(number: int) -> DeviceKey:
    """The same key for the same number, so that a failing example stays the same."""
    return DeviceKey(random.Random(number).randbytes(32))


def memory_log(number: int, store: str = "north") -> MemoryLog:
    return MemoryLog(key(number), store, bytes([number % 256]) * 16)


class Terminal:
    """A Replica with its log. `hold_disk` keeps stores waiting until `commit`, `hold_log` reads until `answer`."""

    def __init__(self, lab: Lab, log: MemoryLog, label: str) -> None:
        self.lab = lab
        self.log = log
        store = log.header.store
        self.me = Me(log.key.device_id, store, label, "server" if store else "office", log.log_id)
        self.hold_disk = self.hold_log = False
        self.asked: list[Fetch] = []
        self.disk_error: str | None = None
        self.doing = False
        self.todo: deque[Action] = deque()
        self.start()

    def start(self) -> None:
        self.replica = Replica(self.me, self.log.held(), self.log.headers, nonce=self.lab.random.randbytes(16))
        self.waiting: list[Store] = []
        self.did: list[Action] = []

    def do(self, actions: list[Action]) -> None:
        """Does them in order, and then what they lead to."""
        self.did += actions
        self.todo.extend(actions)
        if self.doing:
            return
        self.doing = True
        while self.todo:
            action = self.todo.popleft()
            if isinstance(action, Send):
                self.lab.sent(action.link, action.frame)
            elif isinstance(action, Fetch):
                self.asked.append(action)
                if not self.hold_log:
                    self.answer()
            elif isinstance(action, Store):
                self.waiting.append(action)
                if not self.hold_disk:
                    self.commit()
            elif isinstance(action, Close):
                self.lab.closing(action.link)
        self.doing = False

    def answer(self) -> None:
        """The log is read for all that was asked of it."""
        work, self.asked = self.asked, []
        for asked in work:
            batch = self.log.read(asked.stream, asked.after_seq, asked.max_events, asked.max_bytes)
            self.do(self.replica.fetched(asked.link, asked.stream, batch, self.lab.now))

    def append(self, topic: str, count: int = 1, data: object = None) -> Batch:
        batch = self.log.append(topic, count, hlc=int(self.lab.now * 1000) << 16, data=data)
        self.do(self.replica.stored([batch], True, self.lab.now))
        return batch

    def commit(self) -> None:
        """The disk writes what waits."""
        work, self.waiting = self.waiting, []
        stored = []
        for store in work:
            code = self.disk_error
            if not code:
                try:
                    batch = self.log.store(store.batch, store.header, store.floor)
                    if batch:
                        stored.append(batch)
                except (Gap, Fork) as e:
                    code = type(e).__name__.lower()
            if code:
                self.do(self.replica.rejected(store.link, store.batch.stream, code, code, self.lab.now))
        if stored:
            self.do(self.replica.stored(stored, False, self.lab.now))

    def head(self, stream: Stream) -> int:
        return self.log.head(stream)[0]

    def closes(self) -> list[Close]:
        return [a for a in self.did if isinstance(a, Close)]

    def alarms(self) -> list[Alarm]:
        return [a for a in self.did if isinstance(a, Alarm)]


class Lab:
    """`connect`, then `settle` (deliver everything), or `deliver` frame by frame."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.now = 100.0
        self.terminals: list[Terminal] = []
        self.ends: dict[int, Terminal] = {}
        self.peer: dict[int, int] = {}
        self.queue: dict[int, deque[bytes]] = defaultdict(deque)  # by receiving link
        self.log: list[tuple[int, frames.Frame]] = []  # (sending link, frame)
        self._links = itertools.count(1)

    def terminal(self, store: str = "north", number: int | None = None, log: MemoryLog | None = None) -> Terminal:
        number = len(self.terminals) + 1 if number is None else number
        node = Terminal(self, log or memory_log(number, store), f"terminal {number}")
        self.terminals.append(node)
        return node

    def connect(self, a: Terminal, b: Terminal, *, to_office: bool = False) -> tuple[int, int]:
        """`a` dials `b`. Returns their link numbers; nothing is delivered yet."""
        la, lb = next(self._links), next(self._links)
        self.ends |= {la: a, lb: b}
        self.peer |= {la: lb, lb: la}
        a.do(a.replica.connect(la, self.now, dialled=True, to_office=to_office))
        b.do(b.replica.connect(lb, self.now, dialled=False))
        return la, lb

    def sent(self, link: int, frame: bytes) -> None:
        if link in self.peer:
            self.log.append((link, frames.decode(frame)))
            self.queue[self.peer[link]].append(frame)

    def closing(self, link: int) -> None:
        """The end that closes hears no more; the other still gets what was sent, then the end."""
        self.queue.pop(link, None)
        self.ends.pop(link, None)

    def cut(self, link: int) -> None:
        """The connection breaks: what is on its way is gone."""
        for end in (link, self.peer.get(link, 0)):
            self.queue.pop(end, None)
            node = self.ends.pop(end, None)
            if node:
                node.do(node.replica.disconnect(end, self.now))

    def deliver(self, link: int) -> bool:
        """The next frame waiting for `link`."""
        waiting = self.queue.get(link)
        node = self.ends.get(link)
        if not node:
            self.queue.pop(link, None)
            return False
        if not waiting:
            if self.peer[link] not in self.ends:
                self.cut(link)
                return True
            return False
        node.do(node.replica.receive(link, waiting.popleft(), self.now))
        return True

    def settle(self) -> None:
        """Everything on its way arrives."""
        while sum(self.deliver(link) for link in list(self.ends)):
            pass

    def settle_once(self) -> None:
        """What is on its way now arrives; what it leads to is on its way then."""
        for link, frames_waiting in [(link, len(waiting)) for link, waiting in self.queue.items()]:
            for _ in range(frames_waiting):
                self.deliver(link)

    def settle_hellos(self) -> None:
        """Both sides have said who they are and what they hold."""
        self.settle_once()
        self.settle_once()

    def run(self, seconds: float, step: float = 0.25) -> None:
        """Time passes."""
        end = self.now + seconds
        while self.now < end:
            self.now += step
            for node in self.terminals:
                node.do(node.replica.tick(self.now))
            self.settle()

    def frames_of(self, kind: type, link: int | None = None) -> list[frames.Frame]:
        return [f for sender, f in self.log if isinstance(f, kind) and link in (None, sender)]


class Stranger:
    """A hand-made client on the sync port: sends any bytes, and sees what comes back."""

    def __init__(self, target: Terminal, number: int = 77, store: str = "north", link: int = 9000) -> None:
        self.target = target
        self.log = memory_log(number, store)
        self.link = link
        self.actions: list[Action] = target.replica.connect(link, target.lab.now, dialled=False)

    def hello(self, **changes: object) -> list[Action]:
        fields: dict[str, object] = {
            "protocol": frames.PROTOCOL,
            "oldest": frames.OLDEST_PROTOCOL,
            "store": self.log.header.store,
            "device_id": self.log.header.device_id,
            "log_id": self.log.log_id,
            "header": self.log.header,
            "label": "stranger",
            "role": "server" if self.log.header.store else "office",
            "nonce": b"stranger's nonce",
            "dial": 1,
        }
        return self.send(frames.Hello(**(fields | changes)))  # type: ignore[arg-type]

    def send(self, frame: frames.Frame | bytes) -> list[Action]:
        data = frame if isinstance(frame, bytes) else frames.encode(frame)
        return self.target.replica.receive(self.link, data, self.target.lab.now)

    def events(self, batch: Batch, header: Header | None = None, **changes: object) -> list[Action]:
        """Sends a batch, changed as wanted."""
        fields: dict[str, object] = {
            "log_id": batch.stream.log_id,
            "topic": batch.stream.topic,
            "first_seq": batch.first_seq,
            "events": batch.events,
            "seal": batch.seal,
            "header": header or self.log.header,
        }
        return self.send(frames.Events(**(fields | changes)))  # type: ignore[arg-type]


def refusal(actions: list[Action]) -> str:
    """The code of a refusal that is complete: `Refuse` sent, then closed with back-off, nothing stored."""
    assert not [a for a in actions if isinstance(a, Store)]
    sends = [a for a in actions if isinstance(a, Send)]
    closes = [a for a in actions if isinstance(a, Close)]
    assert len(closes) == 1, actions
    told = frames.decode(sends[-1].frame)
    assert isinstance(told, frames.Refuse)
    assert told.code == closes[0].code
    assert told.text
    assert closes[0].backoff
    return told.code
