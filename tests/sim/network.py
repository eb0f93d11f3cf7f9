"""A network of hosts whose every path can be slow, cut one way or both, or flap. Within a wire order holds, as in TCP.

A frame sent into a cut waits, and arrives when the cut is over, if the wire still lives by then. Who loses power says
goodbye to nobody.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from server.replication.frames import MAX_FRAME_BYTES
from server.replication.listener import CLOSE_TIMEOUT_S
from server.replication.websocket import DIRECT_BELOW_BYTES
from server.replication.wire import WireEnded
from tests.sim.loop import Handle, Scheduler, SimLoop

if TYPE_CHECKING:
    from tests.sim.doors import SimDiscovery, SimDoor

BUFFER_BYTES = 1024 * 1024
"""What a wire holds between two applications before the sender must wait."""

MAX_DELAY_S = 2.0
"""A frame is on its way no longer than this: slower than that is a cut."""

RETRY_S = (0.2, 1.5)
"""After a cut: until TCP sends again what was lost in it."""


class Path:
    """One direction between two hosts. `cuts` counts the troubles that hold it up now."""

    def __init__(self, delay_s: tuple[float, float], bytes_per_s: float) -> None:
        self.delay_s = delay_s
        self.factors: list[float] = []
        self.bytes_per_s = bytes_per_s
        self.cuts = 0
        self.cut_since = 0.0  # when it was up last, while it is not
        self.up_since = 0.0
        self.stalled: dict[Direction, None] = {}

    @property
    def up(self) -> bool:
        return self.cuts == 0

    @property
    def slower(self) -> float:
        return max(self.factors) if self.factors else 1.0


class Direction:
    """What is on its way from one end of a wire to the other."""

    def __init__(self, net: Net, path: Path, to: End) -> None:
        self.net, self.path, self.to = net, path, to
        self.items: deque[bytes | str] = deque()
        self.bytes = 0
        self.due = 0
        self.free_at = 0.0

    def put(self, item: bytes | str) -> None:
        net, path = self.net, self.path
        size, slower = len(item), path.slower
        self.items.append(item)
        self.bytes += size
        least, most = path.delay_s
        delay = (least + (most - least) * net.chance.random()) * slower + size / path.bytes_per_s * slower
        self.free_at = max(self.free_at, net.scheduler.now + min(delay, MAX_DELAY_S))
        net.scheduler.at(self.free_at, Handle(net.loop, self.arrive, (), None))

    def arrive(self) -> None:
        if self.path.cuts or self.due:
            self.due += 1
            self.path.stalled[self] = None
        else:
            self._deliver()

    def again(self) -> None:
        """The path is up again; what could not arrive does, soon."""
        self.net.scheduler.at(
            self.net.scheduler.now + self.net.chance.uniform(*RETRY_S), Handle(self.net.loop, self._late, (), None)
        )

    def _late(self) -> None:
        if self.path.cuts:
            self.path.stalled[self] = None
            return
        due, self.due = self.due, 0
        for _ in range(due):
            self._deliver()

    def _deliver(self) -> None:
        if not self.items:
            return
        item = self.items.popleft()
        if isinstance(item, str):
            self.bytes -= len(item)
            self.to.ended(item)
        else:
            self.to.arrived(item)

    def clear(self) -> None:
        self.items.clear()
        self.bytes = 0


class End:
    """One end of a wire: what a `Link` holds (`server.replication.wire.Wire`)."""

    path = "/"

    def __init__(self, net: Net, host: Host, loop: SimLoop, other_host: Host, path_out: Path) -> None:
        self.net, self.host, self.loop, self.other_host = net, host, loop, other_host
        self.path_out = path_out
        self.other: End
        self.out: Direction
        self.inbox: deque[bytes] = deque()
        self.over: WireEnded | None = None
        self.waiter: asyncio.Future[None] | None = None
        self.room: asyncio.Future[None] | None = None
        self.goodbye: asyncio.Future[None] | None = None

    # -- for the link ------------------------------------------------------------------------------------------------

    def send_now(self, frame: bytes) -> bool:
        if self.over is not None:
            return True
        if self.out.bytes >= DIRECT_BELOW_BYTES:
            return False
        self._put(frame)
        return True

    async def send(self, frame: bytes) -> None:
        while self.over is None and self.out.bytes + len(frame) > BUFFER_BYTES and self.out.bytes:
            if self.room is None:
                self.room = self.loop.create_future()
            await self.room
        if self.over is not None:
            raise WireEnded("lost")
        self._put(frame)

    def _put(self, frame: bytes) -> None:
        self.net.frames += 1
        if self.net.on_frame is not None:
            self.net.on_frame(self, frame)
        self.out.put(frame)

    async def receive(self) -> bytes:
        while not self.inbox:
            if self.over is not None:
                raise self.over
            self.waiter = self.loop.create_future()
            await self.waiter
        frame = self.inbox.popleft()
        back = self.other.out
        back.bytes -= len(frame)
        if self.other.room is not None and back.bytes <= BUFFER_BYTES // 2:
            self.other.wake()
        if len(frame) > MAX_FRAME_BYTES:
            self.abort()
            raise WireEnded("frame_too_large", backoff=True)
        return frame

    async def close(self) -> None:
        if self.over is not None:
            return
        self.goodbye = self.loop.create_future()
        self.out.put("closed")
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.goodbye
        except TimeoutError:
            pass
        self.over = self.over or WireEnded("closed")
        self._wake()

    def abort(self) -> None:
        if self.over is None:
            self.over = WireEnded("lost")
            self.out.clear()
            self.out.put("lost")
            self._wake()

    # -- for the network ---------------------------------------------------------------------------------------------

    def arrived(self, frame: bytes) -> None:
        if self.over is not None or self.loop.dead:
            self.other.out.bytes -= len(frame)
            if self.loop.dead and self.host.on:
                self.other.ended("lost")  # nobody listens there any more, and its system says so
            return
        self.inbox.append(frame)
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def ended(self, how: str) -> None:
        """The other end is gone, and this one hears of it."""
        if self.over is None:
            self.over = WireEnded("closed" if how == "gone" else how)
            if how == "closed":
                self.out.put("gone")
            self._wake()
        if self.goodbye is not None and not self.goodbye.done():
            self.goodbye.set_result(None)

    def wake(self) -> None:
        room, self.room = self.room, None
        if room is not None and not room.done():
            room.set_result(None)

    def _wake(self) -> None:
        self.wake()
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)


class Host:
    """A machine on the network. `on`: it has power; its doors are those of the process that runs there now."""

    def __init__(self, name: str, ip: str, segment: str) -> None:
        self.name, self.ip, self.segment = name, ip, segment
        self.on = True
        self.loop: SimLoop | None = None
        self.doors: dict[int, SimDoor] = {}
        self.ends: list[End] = []
        self._ports = 7000

    def free_port(self) -> int:
        self._ports += 1
        return self._ports

    def answers(self) -> bool:
        return self.on and self.loop is not None and not self.loop.frozen


class Net:
    """All hosts and the paths between them."""

    def __init__(self, scheduler: Scheduler, loop: SimLoop, chance: random.Random) -> None:
        self.scheduler, self.loop, self.chance = scheduler, loop, chance
        self.hosts: dict[str, Host] = {}
        self.announcing: list[SimDiscovery] = []
        self.frames = 0
        self.on_frame: Callable[[End, bytes], None] | None = None
        self.note: Callable[[str], None] = lambda text: None
        self._paths: dict[tuple[Host, Host], Path] = {}

    def add(self, name: str, segment: str) -> Host:
        ip = f"10.0.{len(self.hosts)}.2" if not segment else f"10.1.{len(self.hosts)}.2"
        host = Host(name, ip, segment)
        self.hosts[ip] = host
        return host

    def path(self, a: Host, b: Host) -> Path:
        path = self._paths.get((a, b))
        if path is None:
            near = a.segment == b.segment
            path = Path((0.0002, 0.003), 50e6) if near else Path((0.01, 0.06), 2e6)
            self._paths[a, b] = path
        return path

    def trip_s(self, path: Path) -> float:
        return min(self.chance.uniform(*path.delay_s) * path.slower, MAX_DELAY_S)

    def wire(self, a: Host, loop_a: SimLoop, b: Host, loop_b: SimLoop) -> tuple[End, End]:
        one = End(self, a, loop_a, b, self.path(a, b))
        two = End(self, b, loop_b, a, self.path(b, a))
        one.other, two.other = two, one
        one.out, two.out = Direction(self, one.path_out, two), Direction(self, two.path_out, one)
        for host, end in ((a, one), (b, two)):
            host.ends = [e for e in host.ends if e.over is None]
            host.ends.append(end)
        return one, two

    # -- trouble -----------------------------------------------------------------------------------------------------

    def cut(self, a: Host, b: Host) -> None:
        """Nothing gets from `a` to `b`."""
        path = self.path(a, b)
        if path.up:
            path.cut_since = self.scheduler.now
        path.cuts += 1

    def heal(self, a: Host, b: Host) -> None:
        path = self.path(a, b)
        path.cuts -= 1
        if path.up:
            path.up_since = self.scheduler.now
            stalled, path.stalled = path.stalled, {}
            for direction in stalled:
                direction.again()

    def reset(self, a: Host, b: Host) -> None:
        """All wires between the two break, and both ends hear of it (a router was restarted)."""
        for end in list(a.ends):
            if end.other_host is b and end.over is None:
                end.ended("lost")
                end.other.ended("lost")

    def renumber(self, hosts: list[Host]) -> None:
        """They get other addresses in one moment; their wires break, and they announce themselves anew."""
        for host in hosts:
            del self.hosts[host.ip]
            first, _, last = host.ip.rpartition(".")
            host.ip = f"{first}.{int(last) + 1}"
            self.hosts[host.ip] = host
            for end in list(host.ends):
                if end.over is None:
                    end.ended("lost")
                    end.other.ended("lost")
        for discovery in list(self.announcing):
            if discovery.host in hosts:
                discovery.announce_anew()

    def process_ended(self, host: Host) -> None:
        """The system closes what the process had open."""
        host.doors.clear()
        self.announcing = [d for d in self.announcing if d.host is not host]
        for end in host.ends:
            if end.over is None:
                end.abort()
        host.ends = []

    def power_lost(self, host: Host) -> None:
        """Nobody hears anything; what it had not sent quite yet never is."""
        host.on = False
        for end in host.ends:
            if self.chance.random() < 0.5:
                end.out.clear()
        host.doors.clear()
        self.announcing = [d for d in self.announcing if d.host is not host]
        host.ends = []

    def state(self) -> dict[str, Any]:
        return {"frames": self.frames}
