"""One day from a seed: it is made, goes wrong, becomes calm, and is looked at."""

from __future__ import annotations

import asyncio
import gc
import random
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from server.event import Stream
from server.log.writer import DISK_FULL
from server.node import Node
from server.services.decision import Changes
from server.settlement import FORWARD_EVERY_S
from tests.sim import (
    afterwards,
    alarms,
    apart,
    borders,
    checks,
    feeds,
    hands,
    paper,
    plan,
    screen,
    seals,
    signs,
    tills,
    workload,
)
from tests.sim.faults import KINDS, Course
from tests.sim.files import of_one_process
from tests.sim.ledger import Ledger
from tests.sim.loop import Handle, Scheduler, SimLoop
from tests.sim.network import Net
from tests.sim.plan import Plan
from tests.sim.terminal import OFFICE_PORT, STATIC_PORT, Spec, Terminal
from tests.sim.trace import Trace

MORNING_MS = 1_772_434_800_000
"""2026-03-02 07:00 UTC: Monday, eight o'clock in the shop."""

BOUND_S = 10.0
"""After the last trouble, once everybody runs: so long until all hold the same."""

AGAIN_BOUND_S = 60.0
"""So long until what lost its place is written again: first the others have half a minute to give it back."""

HALVES_BOUND_S = 160.0
"""So long until the other half of what a voucher paid is written, where its terminal burned in between: a minute to let
it come, and up to one and a half until somebody looks."""

QUIET_S = 4.0
"""Afterwards nothing may move any more."""

PATIENCE_S = 7.0
"""So much longer, until the last link is up again and card terminals were asked once more."""

FORWARDED_WITHIN_S = 2 * FORWARD_EVERY_S + 5.0
"""So much longer, where cards were taken without a line: until the bank has been heard of them, also if the card
terminal has no time to say so when it is asked first."""

CHECK_S = (1.5, 8.0)
"""How often a terminal looks through its whole log on a day on which bits flip."""

A_SHOP_DAY = 300 * 5
"""Orders, times the terminals that have to hear of each."""

LONGEST_S = 4 * 3600.0
"""A day that is not over by then hangs."""


class Result(msgspec.Struct):
    """`orders` that were placed; `seconds` until all held the same; `shop_days` (`orders` at so many terminals) and
    `cpu_s` of the whole run; `digest` of all that was said."""

    seed: int
    size: str
    problems: list[str]
    terminals: int = 0
    orders: int = 0
    events: int = 0
    frames: int = 0
    faults: list[str] = []
    seconds: float = 0.0
    shop_days: float = 0.0
    cpu_s: float = 0.0
    digest: str = ""


class Day:
    """The world of one run. Everything in it is on `scheduler`'s time."""

    def __init__(self, drawn: Plan, folder: Path, trace_level: int = 0) -> None:
        self.plan = drawn
        self.folder = folder
        self.scheduler = Scheduler()
        self.loop = SimLoop(self.scheduler, "world")
        self.trace = Trace(lambda: self.scheduler.now, trace_level)
        self.note = self.trace.note
        rand = random.Random(f"{drawn.seed}/network")
        self.net = Net(self.scheduler, self.loop, rand)
        self.net.on_frame = self.trace.frame
        self.net.note = self.note
        self.ledger = Ledger(nights=drawn.nights > 0)
        self.problems: list[str] = []
        self.orders: dict[str, str] = {}  # order id -> store
        self.calm = False
        self.seconds = 0.0
        self.lying_logs: set[str] = set()
        self.liar_loops: list[SimLoop] = []
        self.forks_expected: list[Stream] = []
        self._leapt_ms = 0
        self.leaps: list[tuple[int, int]] = []  # the true time before, and after
        self.leapt_at = 0.0
        self._burning: dict[Terminal, None] = {}
        self._restoring: dict[Terminal, Path] = {}
        self._restored_from: list[Path] = []
        self.last_loss = -1e9  # when a disk was lost, last
        self._disks_lost: dict[str, Terminal] = {}  # store -> the one machine of it whose disk may be lost
        self.clones: list[Terminal] = []
        self.office_backup: Path | None = None
        self.clients: list[asyncio.Task[Any]] = []
        self.office = self._add(Spec("office", "", "office"), 0, (0.0002, 0.002))
        line = f"ws://{self.office.host.ip}:{OFFICE_PORT}"
        self.terminals: list[Terminal] = []
        for i, t in enumerate(drawn.terminals):
            first = next((other for other in self.terminals if other.spec.store == t.store), None)
            all_announce = all(other.mdns for other in drawn.terminals if other.store == t.store)
            peers = () if first is None or all_announce else (f"{first.host.ip}:{STATIC_PORT}",)
            spec = Spec(
                f"{t.store[0]}{i}-{t.role}", t.store, t.role, peers, t.mdns, line, 0 if all_announce else STATIC_PORT
            )
            self.terminals.append(self._add(spec, t.skew_ms, t.pace))
        for terminal in self.terminals[:2] if drawn.twins else []:
            terminal.prefix = drawn.twins
        self.courses = [Course(self, fault, KINDS[fault.kind].happens) for fault in drawn.faults]
        self.lines = checks.LineWatch(self)
        self.presence = checks.PresenceWatch(self)
        self.stock = checks.StockWatch(self)
        self.watch = checks.StatusWatch(self, self.all[drawn.watched])
        self.follower = feeds.Follower(self, random.Random(f"{drawn.seed}/followed").choice(self.all))
        self.screen = screen.Screen(self, random.Random(f"{drawn.seed}/screen").choice(self.terminals))

    def _add(self, spec: Spec, skew_ms: int, pace: tuple[float, float]) -> Terminal:
        seed = f"{self.plan.seed}/{spec.name}"
        terminal = Terminal(spec, self.folder / spec.name, self.net, self.scheduler, seed, self.wall_ms)
        terminal.skew_ms, terminal.work_s = skew_ms, pace
        if self.plan.nights:
            terminal.kept_days = (1, 1, 1)
        if any(f.kind == "flipped bit" for f in self.plan.faults):
            terminal.check_s = terminal.chance.uniform(*CHECK_S)
        terminal.on_start.append(self._started)
        return terminal

    # -- what everybody needs ----------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        return self.scheduler.now

    @property
    def all(self) -> list[Terminal]:
        return [self.office, *self.terminals, *self.clones]

    @property
    def stores(self) -> list[str]:
        return sorted({t.spec.store for t in self.terminals})

    def of_store(self, store: str) -> list[Terminal]:
        """Where customers and staff are."""
        return [t for t in self.terminals if t.spec.store == store]

    def machines(self, store: str) -> list[Terminal]:
        """Every machine there, those with copied disks too."""
        return [t for t in self.all if t.spec.store == store]

    def wall_ms(self) -> int:
        """The true time of day."""
        return MORNING_MS + self._leapt_ms + int(self.scheduler.now * 1000)

    def leap(self, ms: int) -> None:
        """Quiet hours: every clock goes on, and nothing is simulated."""
        before = self.wall_ms()
        self._leapt_ms += ms
        self.leaps.append((before, self.wall_ms()))
        self.leapt_at = self.now

    def at(self, when: float, what: Callable[[], object]) -> None:
        self.scheduler.at(when, Handle(self.loop, what, (), None))

    def boot(self, terminal: Terminal) -> None:
        self.note(f"{terminal.name} is switched on")
        terminal.boot()

    def burn(self, terminal: Terminal) -> None:
        self._burning.pop(terminal, None)
        if terminal.burnt or not self._may_be_replaced(terminal):
            return
        self.note(f"{terminal.name} burns")
        terminal.burn()
        self._disk_lost(terminal)

    def restore(self, terminal: Terminal, backup: Path) -> None:
        """Its disk broke, and what goes on is an older state of it."""
        if not self._may_be_replaced(terminal):
            return
        self.note(f"{terminal.name} goes on with an old backup")
        terminal.restore(backup)
        self._disk_lost(terminal)

    def restore_before_answer(self, terminal: Terminal, backup: Path) -> None:
        """When it has done the next thing that it is asked for, and before anybody hears of it."""
        self._restoring[terminal] = backup

    def restored(self, backup: Path) -> bool:
        """Whether this has happened; if not, it is too late now."""
        waiting = [t for t, b in self._restoring.items() if b == backup]
        for terminal in waiting:
            del self._restoring[terminal]
        return backup in self._restored_from

    def breaks_before_answer(self, terminal: Terminal) -> bool:
        """A client is about to have its answer."""
        backup = self._restoring.pop(terminal, None)
        if backup is None or not self._may_be_replaced(terminal):
            return False
        self._restored_from.append(backup)
        self.restore(terminal, backup)
        self.boot(terminal)
        return True

    def _may_lose_its_disk(self, terminal: Terminal) -> bool:
        """One machine of a store may, however often: of two at once nobody promises anything."""
        return not self.calm and self._disks_lost.setdefault(terminal.spec.store, terminal) is terminal

    def _may_be_replaced(self, terminal: Terminal) -> bool:
        """Not while both pasts of its log are still to be written again: nobody but the terminal itself could, and a
        backup from between would hold, alone, what nobody else is then told of (`docs/reliability.md`)."""
        if not self._may_lose_its_disk(terminal):
            return False
        if not terminal.parted_logs:
            return True
        log = terminal.node.log if terminal.node is not None else None
        told = log is not None and log.log_id not in terminal.parted_logs and not log.orphans
        return told and not checks.not_again(self)

    def may_be_damaged(self, terminal: Terminal) -> bool:
        """Not beside another one of whom something may be lost; head office only where it is not the last to hold what
        was sold long ago."""
        if self.calm:
            return False
        if not terminal.office:
            return self._may_lose_its_disk(terminal)
        if self.plan.nights or self._disks_lost:
            return False
        self._disks_lost = dict.fromkeys(self.stores, terminal)
        return True

    def damage(self, terminal: Terminal, after: int = 0) -> None:
        """`after` a position: where its own newest events lie."""
        at = terminal.disk.flip(terminal.logs[-1] if after and terminal.logs else "", after)
        if at is not None:
            terminal.damaged = True
            self.note(f"a bit flips in {terminal.name}'s log at {at}")

    def ask_again(self, terminal: Terminal, since: float) -> None:
        """Whoever had an answer there since then asks for it once more. Answers go with what is let go of."""
        since = max(since, self.leapt_at) if self.plan.nights else since
        for entry in [e for e in self.ledger.acknowledged.values() if e.terminal is terminal and e.at >= since]:
            clerk = workload.Clerk(self, f"{entry.command_id}/again")
            self.clients.append(self.loop.create_task(clerk.ask_again(entry), name="asks again"))

    def set_back(self, terminal: Terminal, image: Path) -> bool:
        """Whether it was."""
        if not self._may_lose_its_disk(terminal):
            return False
        self.note(f"{terminal.name}'s disk is set back")
        terminal.set_back(image)
        self._disk_lost(terminal)
        return True

    def _disk_lost(self, terminal: Terminal) -> None:
        """Its screen begins anew, with what is on the disk that it has now."""
        self.last_loss = terminal.lost_at
        self.stock.forget(terminal)
        if terminal is self.watch.terminal:
            self.watch.forget()

    def clone(self, original: Terminal, name: str) -> Terminal | None:
        """Another machine with a copy of this one's disk. Nobody sells at it; it is held to everything else."""
        if not original.disk.folder.exists():
            return None
        twin = self._add(original.spec._replace(name=name), original.skew_ms, original.work_s)
        original.disk.copy_to(twin.disk.folder)
        self.clones.append(twin)
        return twin

    def burn_after_next_answer(self, terminal: Terminal) -> None:
        self._burning[terminal] = None

    def answered(self, terminal: Terminal) -> None:
        """A client has just had its answer."""
        if terminal in self._burning:
            self.burn(terminal)

    def _started(self, terminal: Terminal, node: Node) -> None:
        if node.log.salvaged is not None:
            terminal.salvaged_at = self.now
        if terminal.logs and node.log.log_id not in terminal.logs:  # it begins anew; what it showed comes back
            self.last_loss = terminal.anew_at = self.now
            self.stock.forget(terminal)
            if terminal is self.watch.terminal:
                self.watch.forget()
        node.on_changes.append(partial(self._changed, terminal))

    def _changed(self, terminal: Terminal, changes: Changes) -> None:
        if terminal is self.watch.terminal and changes.orders:
            self.watch.look(changes.orders)

    # -- the day -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        for terminal, planned in zip(self.all, [None, *self.plan.terminals], strict=True):
            self.at(planned.joins_at if planned else 0.0, partial(self.boot, terminal))
        self.clients = workload.begin(self)
        self.office_backup = afterwards.backup_of_office(self)
        for course in self.courses:
            self.at(course.fault.at, course.begin)
            self.at(course.fault.at + course.fault.lasts_s, course.end)
        life = self.loop.create_task(self._live())
        done, scheduler = life.done, self.scheduler
        scheduler.run(lambda: done() or scheduler.now > LONGEST_S)
        if not life.done():
            self.problems.append(f"the day is not over after {LONGEST_S:.0f} simulated seconds")
        else:
            life.result()

    async def _live(self) -> None:
        await asyncio.sleep(0.01)
        publishing = self.loop.create_task(workload.Clerk(self, f"{self.plan.seed}/first menu").menu())
        last = max([self.plan.seconds, *(f.at + f.lasts_s for f in self.plan.faults)])
        while self.now < last and not self.problems:
            await asyncio.sleep(0.5)
            self.problems += checks.limits(self) + self.lines.look() + self.presence.look() + checks.beyond_office(self)
            self.problems += self.screen.look()
        self._calm()
        for task in [publishing, *self.clients]:
            await task
        self.problems += self.ledger.problems
        await self._everybody_up()
        await self._converge()
        await self._quiet()
        if await workload.late_declines(self):
            await self._converge()
            await self._quiet()
        await self._afterwards()
        self.note("the day is looked at")
        self.problems += await checks.all_of(self) + await self.follower.missed() + self.screen.stale()
        if self.office_backup is not None and not self.problems:
            self.problems += await afterwards.put_back(self, self.office_backup)

    async def _afterwards(self) -> None:
        if self.problems:
            return
        await afterwards.asked_again(self)
        self.problems += await afterwards.asked_elsewhere(self)
        self.problems += await hands.hand_to_hand(self)
        self.problems += await tills.at_the_till(self)
        self.problems += await apart.apart(self)
        self.problems += await paper.receipts(self)
        self.problems += await signs.signs(self)
        self.problems += await signs.claimed(self)
        self.problems += await borders.to_the_end(self)
        self.problems += await borders.years_ahead(self)
        await self._converge()
        await self._quiet()

    async def _quiet(self) -> None:
        until = self.now + QUIET_S
        longer = FORWARDED_WITHIN_S if any(t.cards.undecided for t in self.terminals) else PATIENCE_S
        if any(t.node is not None and t.node.log.mending for t in self.terminals):
            longer = max(longer, AGAIN_BOUND_S)  # a branch that was left is taken back if nobody has another
        while self.now < until or (self.now < until + longer and not checks.settled(self)):
            await asyncio.sleep(0.25)

    def _calm(self) -> None:
        """Everything works again."""
        self.note("all trouble is over")
        self.calm = True
        for course in self.courses:
            course.end()
        for terminal in self.all:
            terminal.disk.mend()
            terminal.thaw()
            terminal.cards.mode, terminal.cards.line = "approve", True
            terminal.boot()

    async def _everybody_up(self) -> None:
        until = self.now + 30
        while not all(t.ready for t in self.all):
            if self.now > until:
                down = ", ".join(f"{t.name} ({t.refusals[-1:]})" for t in self.all if not t.ready)
                self.problems.append(f"not up though nothing is wrong any more: {down}")
                return
            await asyncio.sleep(0.1)
        for terminal in self.all:
            if terminal.node is not None and terminal.node.log.unhealthy not in (None, DISK_FULL):
                terminal.kill(power=False)  # as it asks for in its health; from a full disk it recovers by itself
                terminal.boot()
        while not all(t.ready for t in self.all) and self.now < until:
            await asyncio.sleep(0.1)
        await self._all_looked_through(until)

    async def _all_looked_through(self, until: float) -> None:
        """What flipped is found, and mended."""
        calm_ms = {t: t.wall_ms() for t in self.all if t.damaged}
        while unsure := [t.name for t, ms in calm_ms.items() if t.node is None or t.node._check.checked_ms < ms]:
            if self.now > until:
                self.problems.append(f"{' and '.join(unsure)} did not look through the damaged log")
                return
            await asyncio.sleep(0.1)

    async def _converge(self) -> None:
        began = self.now
        while differences := checks.differences(self):
            if self.now - began > BOUND_S:
                self.problems += [f"not in step {BOUND_S:.0f} s after all trouble: {d}" for d in differences[:4]]
                return
            await asyncio.sleep(0.25)
        self.seconds = max(self.seconds, self.now - began)
        self.note("all are in step")
        while missing := [*checks.not_again(self), *checks.called_twice(self)]:
            if self.now - began > AGAIN_BOUND_S:
                self.problems += [f"{AGAIN_BOUND_S:.0f} s after all trouble: {m}" for m in missing[:4]]
                return
            await asyncio.sleep(0.5)
        while halves := checks.halves(self):
            if self.now - began > HALVES_BOUND_S:
                self.problems += [f"{HALVES_BOUND_S:.0f} s after all trouble: {half}" for half in halves[:4]]
                return
            await asyncio.sleep(5.0)


def run(
    seed: int,
    size: str | None = None,
    *,
    keep: set[int] | None = None,
    kinds: tuple[str, ...] | None = None,
    trace: int = 0,
) -> Result:
    """A seed's day. `keep`: only these of its faults, by number; `kinds`: only such faults. Leaves nothing behind."""
    began = time.process_time()
    result = _run(seed, size, keep, kinds, trace)
    result.cpu_s = time.process_time() - began  # with what it takes to clear up
    return result


def _run(seed: int, size: str | None, keep: set[int] | None, kinds: tuple[str, ...] | None, trace: int) -> Result:
    drawn = plan.draw(seed, size, kinds)
    if keep is not None:
        drawn = drawn._replace(faults=[f for f in drawn.faults if f.number in keep])
    folder = Path(tempfile.mkdtemp(prefix="sim-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    collecting = gc.isenabled()
    gc.disable()
    gc.freeze()  # the program itself is not looked through after each day
    unraisable, sys.unraisablehook = sys.unraisablehook, lambda _: None
    day = Day(drawn, folder, trace)
    try:
        with of_one_process(), seals.remembered(), alarms.heard(day.problems):
            day.run()
        return Result(
            seed,
            drawn.size,
            day.problems,
            len(drawn.terminals),
            len(day.orders),
            sum(t.node.log.position for t in day.all if t.node is not None),
            day.net.frames,
            [str(f) for f in drawn.faults],
            day.seconds,
            len(day.orders) * len(drawn.terminals) / A_SHOP_DAY,
            digest=checks.digest(day),
        )
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of work that was begun and never will be done
            for terminal in day.all:
                terminal.end()
                for loop in terminal.dead_loops:
                    loop.bury()
            for loop in [*day.liar_loops, day.loop]:
                loop.bury()
            day.scheduler.dropped.clear()
        shutil.rmtree(folder, ignore_errors=True)
        if collecting:
            gc.enable()
        del day, terminal, loop  # and with them the files of the day
        gc.collect()
        gc.unfreeze()
        sys.unraisablehook = unraisable
