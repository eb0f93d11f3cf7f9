"""A terminal (or head office): hardware that stays, and the server process on it that comes and goes.

The process is a real `server.node.Node`. Hardware is the disk, the clock's error, the address, and the card terminal.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from server.event import Batch, Refused
from server.keys import DeviceKey
from server.machine import Machine
from server.node import Node, NodeSettings
from server.retention import Keeping
from server.services.membership.state import choose_prefix
from server.services.payments.offline import OfflineLimits
from server.services.retention.rule import Kept
from tests.sim.cards import CardReader
from tests.sim.disk import Disk, SimTurns
from tests.sim.doors import SimNetwork
from tests.sim.loop import Handle, Scheduler, SimLoop
from tests.sim.network import Net

ZONE = "Europe/Berlin"
CUT_OVER_HOUR = 4
OFFLINE_ORDER_MINOR = 30_00
OFFLINE_DAY_MINOR = 40_00
VOUCHER_APART_MINOR = 12_00
"""Less than shops have by default, so that a short day comes to these limits."""

OFFICE_PORT = 7400
STATIC_PORT = 7420
"""Given by the installer where terminals are named to each other by address."""

REOPEN_S = 0.5
"""A log that must not be continued is closed, and another one begun, by the server itself."""

RESTART_S = (0.2, 1.0)
"""Until the supervisor tries again to start a server that did not start."""


LOOK_S = 2.0
"""How often it is looked at what may be dropped, where anything may."""

PRINTER = "tcp://printer:9100"
"""Nothing is sent there: what is to be printed is looked at, and said to be printed (`paper`)."""

KEY_BYTES = 32


def device_of(private: bytes) -> str:
    return DeviceKey(private).device_id


class Gone(Exception):
    """The server died before it answered."""


class Spec(NamedTuple):
    name: str
    store: str
    role: str
    peers: tuple[str, ...] = ()
    mdns: bool = True
    office: str = ""
    port: int = 0


class SimMachine(Machine):
    """What the node gets for its machine."""

    def __init__(self, terminal: Terminal, loop: SimLoop) -> None:
        self._terminal = terminal
        self.turns = lambda writer: SimTurns(writer, terminal.disk, loop)
        self.network = SimNetwork(terminal.net, terminal.host, loop)
        self.connect = terminal.disk.connect  # type: ignore[method-assign]
        self.place = terminal.disk.place  # type: ignore[method-assign]
        self.chance = terminal.chance.random  # type: ignore[method-assign]
        self.secret = terminal._secret  # type: ignore[method-assign]
        self.pause = lambda seconds: None  # type: ignore[method-assign]

    def wall_ms(self) -> int:
        return self._terminal.wall_ms()


class Terminal:
    """`boot` it, `kill` it, `stop` it; `node` is there while the server runs and takes commands."""

    def __init__(
        self,
        spec: Spec,
        folder: Path,
        net: Net,
        scheduler: Scheduler,
        seed: str,
        wall_ms: Callable[[], int],
    ) -> None:
        self.spec = spec
        self.net, self.scheduler = net, scheduler
        self.host = net.add(spec.name, spec.store)
        self.chance = random.Random(f"{seed}/machine")
        self.disk = Disk(folder, random.Random(f"{seed}/disk"))
        self.cards = CardReader(random.Random(f"{seed}/cards"))
        self.skew_ms = 0
        self.work_s = (0.0002, 0.002)
        self.node: Node | None = None
        self.loop: SimLoop | None = None
        self.starts = 0
        self.dead_loops: list[SimLoop] = []
        self.refusals: list[Refused] = []
        self.on_start: list[Callable[[Terminal, Node], None]] = []
        self.on_death: list[Callable[[Terminal], None]] = []
        self.prefix = ""
        self.wanted = False  # it should be running
        self.kept_days = (0, 0, 0)
        self.clock_jumped = False
        self.set_backs: list[tuple[int, int]] = []  # of its clock: what it showed, and then
        self.destroyed = False  # a disk of its was lost with all on it
        self.restored = False  # … and an older state of it was put in its place
        self.burnt = False
        self.anew_at = -1.0  # when it began another log, last
        self.salvaged_at = -1.0  # when it put a damaged log aside, last
        self.lost_at = -1.0  # when it lost a disk, last
        self.logs: list[str] = []  # all that it wrote
        self.lost_logs: list[str] = []  # those of which the disk was lost: what only it held is gone
        self.parted_logs: list[str] = []  # those that an older state of the disk, put back, may have continued
        self.damaged = False  # a bit of its log has flipped
        self.taken_in = 0  # batches of others that it has stored
        self.check_s = 0.0  # how often it looks through its whole log; 0 for never
        self._wall_ms = wall_ms
        self._asking: dict[asyncio.Future[Any], None] = {}
        self._opened: Node | None = None

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def office(self) -> bool:
        return self.spec.store == ""

    @property
    def ready(self) -> bool:
        return self.node is not None and self.loop is not None and not self.loop.frozen

    def wall_ms(self) -> int:
        return self._wall_ms() + self.skew_ms

    # -- the process -------------------------------------------------------------------------------------------------

    def boot(self) -> None:
        self.wanted = True
        if self.loop is not None:
            return
        self.host.on = True
        self.starts += 1
        loop = SimLoop(self.scheduler, self.name, self._takes_s)
        self.loop = self.host.loop = loop
        loop.create_task(self._live(loop), name=f"{self.name} lives")

    def _secret(self, size: int) -> bytes:
        """Keys and nonces. A twin's key is one whose holder would choose a given prefix for its order numbers."""
        found = self.chance.randbytes(size)
        while size == KEY_BYTES and self.prefix and choose_prefix(device_of(found), set()) != self.prefix:
            found = self.chance.randbytes(size)
        return found

    def _takes_s(self) -> float:
        least, most = self.work_s
        return least + (most - least) * self.chance.random()

    async def _live(self, loop: SimLoop) -> None:
        await asyncio.sleep(self.chance.uniform(0.05, 0.4))
        node = None
        try:
            node = await Node.open(self._settings(), machine=SimMachine(self, loop), card_terminal=self.cards)
            self._opened = node
            node.log.on_ending.append(lambda _: loop.call_later(REOPEN_S, self._try_again, loop))
            node.log.on_stored.append(self._stored)
            for callback in self.on_start:
                callback(self, node)
            await node.start()
        except Refused as e:
            self.refusals.append(e)
            self.net.note(f"{self.name} does not start: {e.text}")
            if node is not None:
                await node.close()
            loop.call_later(self.chance.uniform(*RESTART_S), self._try_again, loop)
            return
        self.node = node
        if node.log.log_id not in self.logs:
            self.logs.append(node.log.log_id)
        self.net.note(f"{self.name} is up: device {node.log.device_id}, log {node.log.log_id}")

    def _stored(self, batches: list[Batch], own: bool) -> None:
        self.taken_in += 0 if own else len(batches)

    def _try_again(self, loop: SimLoop) -> None:
        if self.loop is loop:
            self._lay_down()
            if self.wanted:
                self.boot()

    def _settings(self) -> NodeSettings:
        s = self.spec
        return NodeSettings(
            data=self.disk.folder,
            store=s.store,
            label=s.name,
            role=s.role,
            host=self.host.ip,
            sync_port=OFFICE_PORT if self.office else s.port,
            peers=list(s.peers),
            mdns=s.mdns,
            office=s.office,
            time_zone=ZONE,
            cutover_hour=CUT_OVER_HOUR,
            offline_cards=OfflineLimits(OFFLINE_ORDER_MINOR, OFFLINE_DAY_MINOR),
            voucher_apart_minor=VOUCHER_APART_MINOR,
            printer=PRINTER,
            check_log_after_s=self.check_s,
            check_log_every_s=self.check_s,
            keeping=Keeping(
                Kept(*self.kept_days), office=bool(s.office), every_s=LOOK_S if any(self.kept_days) else 0.0
            ),
        )

    def kill(self, *, power: bool) -> None:
        """The process is gone in the middle of what it did. With `power` the machine too."""
        self.wanted = False
        if self.loop is None:
            return
        self._lay_down(power=power)

    def end(self) -> None:
        """After the run: it is killed, and nobody looks at what its disk holds."""
        self.disk.over = True
        self.kill(power=False)

    def _lay_down(self, *, power: bool = False) -> None:
        assert self.loop is not None
        loop, self.loop, self.node = self.loop, None, None
        loop.dead = True
        self.dead_loops.append(loop)
        if power:
            self.net.power_lost(self.host)
        else:
            self.net.process_ended(self.host)
        self.host.loop = None
        self._release()
        self.disk.crash(power=power)
        for future in list(self._asking):
            if not future.done():
                future.set_exception(Gone(self.name))
        self._asking.clear()
        for callback in self.on_death:
            callback(self)

    def _release(self) -> None:
        """What the system takes back from a process that ended: its open files."""
        opened, self._opened = self._opened, None
        if opened is not None:
            for model in opened.services._models:
                for reader in model._file._readers:
                    reader.close()

    def lose_power_in_commit(self, after_s: float) -> None:
        """The next commit is its last; what it says meanwhile still gets out, for a moment."""

        def cut() -> None:
            loop = self.loop
            self.scheduler.at(self.scheduler.now + after_s, Handle(self.net.loop, self._cut, (loop,), None))

        self.disk.cut_at = cut

    def _cut(self, loop: SimLoop | None) -> None:
        if self.loop is loop:
            self.net.note(f"{self.name} loses its power in the middle of a commit")
            self.kill(power=True)

    def set_clock(self, by_ms: int) -> None:
        """Somebody sets its clock forwards, or back."""
        now = self.wall_ms()
        self.skew_ms += by_ms
        self.clock_jumped = True
        if by_ms < 0:
            self.set_backs.append((now, now + by_ms))

    def burn(self) -> None:
        """The machine and its disk are gone. Who boots next here has a new one."""
        self._lose_disk()
        self.burnt = self.destroyed = True

    def restore(self, backup: Path) -> None:
        """The disk is gone, and an older state of it takes its place."""
        self._lose_disk()
        shutil.copytree(backup, self.disk.folder)
        self.restored = True

    def set_back(self, image: Path) -> None:
        """An older state of the disk takes its place, and nothing tells the machine."""
        self.lost_logs += self.logs
        self.parted_logs += self.logs
        self.kill(power=True)
        shutil.rmtree(self.disk.folder, ignore_errors=True)
        shutil.copytree(image, self.disk.folder)
        self.lost_at = self.scheduler.now

    def _lose_disk(self) -> None:
        self.lost_logs += self.logs
        self.kill(power=True)
        self.disk.wipe()
        self.lost_at = self.scheduler.now

    async def stop(self) -> None:
        """As it is asked to end: everything in its order."""
        self.wanted = False
        loop, node = self.loop, self.node
        if loop is None:
            return
        if node is not None:
            self.node = None
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._asking[done] = None
            task = loop.create_task(node.close(), name=f"{self.name} ends")
            task.add_done_callback(lambda _: None if done.done() else done.set_result(None))
            try:
                await done
            except Gone:
                return
            self._asking.pop(done, None)
        if self.loop is loop:
            self._lay_down()

    # -- for clients of its API --------------------------------------------------------------------------------------

    def ask(self, make: Callable[[Node], Coroutine[Any, Any, Any]]) -> asyncio.Future[Any]:
        """Has the node do something, as a request to its API would. `Gone` when it dies before it has answered."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.node is None or self.loop is None:
            answer.set_exception(Gone(self.name))
            return answer
        self._asking[answer] = None
        task = self.loop.create_task(make(self.node), name=f"asked of {self.name}")
        task.add_done_callback(partial(self._answered, answer))
        return answer

    def _answered(self, answer: asyncio.Future[Any], task: asyncio.Task[Any]) -> None:
        self._asking.pop(answer, None)
        if answer.done():
            if not task.cancelled():
                task.exception()
            return
        if task.cancelled():
            answer.set_exception(Gone(self.name))
        elif (error := task.exception()) is not None:
            answer.set_exception(error)
        else:
            answer.set_result(task.result())

    def freeze(self) -> None:
        if self.loop is not None:
            self.loop.frozen = True

    def thaw(self) -> None:
        if self.loop is not None and self.loop.frozen:
            self.loop.thaw()
