"""One process's view of the simulated network: its sync port, its calls, its announcements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server.event import Refused
from server.replication.actions import Me
from server.replication.discovery import WATCH_EVERY_S
from server.replication.found import Found
from server.replication.gate import Gate, Limits
from server.replication.listener import HELLO_WITHIN_S
from server.replication.wire import Serve
from tests.sim.loop import SimLoop
from tests.sim.network import End, Host, Net


class SimDoor:
    """A sync port."""

    def __init__(self, network: SimNetwork, limits: Limits, serve: Serve) -> None:
        self.gate = Gate(limits)
        self.closing = False
        self._network, self._serve = network, serve
        self._number = 0
        self._port = 0
        self._open: dict[asyncio.Task[None], End] = {}

    def bind(self, host: str, port: int) -> int:
        here = self._network.host
        port = port or here.free_port()
        if port in here.doors:
            raise Refused("port_taken", f"The sync port {port} can't be opened. Stop what uses it, or choose another.")
        self._port = port
        here.doors[port] = self
        return port

    async def start(self) -> None:
        return None

    def offence(self, address: str, what: str) -> None:
        self.gate.offence(address, self._network.loop.time())
        self._network.net.note(f"{self._network.host.name} offended by {address}: {what}")

    def wait_s(self, address: str) -> float:
        return min(self.gate.wait_s(address, self._network.loop.time()), HELLO_WITHIN_S - 1)

    def enter(self, end: End, address: str) -> bool:
        self._number += 1
        number = self._number
        if self.closing or self.gate.enter(number, address) is not None:
            return False
        task = self._network.loop.create_task(self._let_in(end, number, address), name=f"link from {address}")
        self._open[task] = end
        return True

    async def _let_in(self, end: End, number: int, address: str) -> None:
        try:
            await self._serve(end, number, address)
        finally:
            self.gate.leave(number)
            self._open = {task: other for task, other in self._open.items() if other is not end}
            end.abort()

    async def close(self) -> None:
        self.closing = True
        self._network.host.doors.pop(self._port, None)
        open_now = list(self._open.items())
        await asyncio.gather(*(end.close() for _, end in open_now))
        await asyncio.gather(*(task for task, _ in open_now), return_exceptions=True)


class SimNetwork:
    """One process's view of the network (`server.replication.wire.Network`)."""

    def __init__(self, net: Net, host: Host, loop: SimLoop) -> None:
        self.net, self.host, self.loop = net, host, loop

    async def dial(self, uri: str, timeout_s: float) -> End:
        ip, _, port = uri.partition("://")[2].rpartition(":")
        other = self.net.hosts.get(ip)
        if other is None or not other.on:
            await asyncio.sleep(timeout_s)
            raise TimeoutError
        there, back = self.net.path(self.host, other), self.net.path(other, self.host)
        until = self.loop.time() + timeout_s
        await asyncio.sleep(min(timeout_s, self.net.trip_s(there) + self.net.trip_s(back)))
        while not (there.up and back.up and other.answers()):
            if self.loop.time() >= until:
                raise TimeoutError
            await asyncio.sleep(min(0.5, max(0.01, until - self.loop.time())))
        door = other.doors.get(int(port))
        if door is None or door.closing:
            raise ConnectionRefusedError(f"nobody listens at {ip}:{port}")
        wait_s = door.wait_s(self.host.ip)
        if wait_s:
            await asyncio.sleep(min(wait_s, timeout_s))
            if wait_s >= timeout_s:
                raise TimeoutError
        if not other.answers() or other.doors.get(int(port)) is not door:
            raise ConnectionResetError
        assert other.loop is not None
        mine, theirs = self.net.wire(self.host, self.loop, other, other.loop)
        if not door.enter(theirs, self.host.ip):
            raise ConnectionResetError
        return mine

    async def answers(self, uri: str, timeout_s: float) -> bool:
        try:
            end = await self.dial(uri, timeout_s)
        except (OSError, TimeoutError):
            return False
        await end.close()
        return True

    def door(self, limits: Limits, serve: Serve) -> SimDoor:
        return SimDoor(self, limits, serve)

    def discovery(self, me: Me, host: str, on_found: Callable[[Found], None], api_port: int) -> SimDiscovery:
        return SimDiscovery(self, me, on_found)


class SimDiscovery:
    """mDNS: who starts announces itself, and asks who is there; again after 1 s, 2 s, 4 s, … (RFC 6762, 5.2)."""

    def __init__(self, network: SimNetwork, me: Me, on_found: Callable[[Found], None]) -> None:
        self._network, self._me, self.on_found = network, me, on_found
        self.seen: list[tuple[str, str, int]] = []

    @property
    def host(self) -> Host:
        return self._network.host

    async def start(self) -> None:
        self._network.net.announcing.append(self)
        await self._announce()

    def announce_anew(self) -> None:
        """This machine's address is another one; it looks now and then whether it is."""
        loop = self._network.loop
        loop.call_later(self._network.net.chance.uniform(0.1, WATCH_EVERY_S), self._announce_anew)

    def _announce_anew(self) -> None:
        self._network.loop.create_task(self._announce(), name="announces anew")

    async def _announce(self) -> None:
        wait_s = 1.0
        while self in self._network.net.announcing:
            for other in self._network.net.announcing:
                if other._network.host.segment == self._network.host.segment and other is not self:
                    self._tell(other)
                    other._tell(self)
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, 3600.0)

    def _tell(self, other: SimDiscovery) -> None:
        """`other` hears of us."""
        net = self._network.net
        path = net.path(self._network.host, other._network.host)
        me = self._me
        known = (me.device_id, self.host.ip, me.sync_port) in other.seen
        if known or not path.up or me.store != other._me.store or me.device_id == other._me.device_id:
            return
        other.seen.append((me.device_id, self.host.ip, me.sync_port))
        found = Found(me.device_id, me.store, me.role, me.label, (self._network.host.ip,), me.sync_port, 0)
        other._network.loop.call_later(net.chance.uniform(0.02, 1.0), other.on_found, found)

    async def close(self) -> None:
        if self in self._network.net.announcing:
            self._network.net.announcing.remove(self)
