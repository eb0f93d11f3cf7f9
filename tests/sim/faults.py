"""What goes wrong. Each kind begins at its time, lasts a while, and ends; a fault knows nothing of the others."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, NamedTuple

from tests.sim.lies import LIES
from tests.sim.network import Host
from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

DAY_MS = 24 * 3600 * 1000


class Fault(NamedTuple):
    """`who`: index of the terminal it happens to."""

    number: int
    kind: str
    at: float
    lasts_s: float
    who: int
    seed: str

    def __str__(self) -> str:
        return f"{self.kind} (terminal {self.who}, from {self.at:.2f} s on, for {self.lasts_s:.2f} s)"


class Course:
    """One fault in one day. A kind is a generator: what it does before `yield` begins it, what after ends it."""

    def __init__(self, day: Day, fault: Fault) -> None:
        self.day, self.fault = day, fault
        self.rand = random.Random(fault.seed)
        self._running: Generator[None, None, None] | None = None

    @property
    def terminal(self) -> Terminal:
        return self.day.terminals[self.fault.who]

    @property
    def victim(self) -> Terminal:
        """The terminal, or now and then head office."""
        return self.day.office if self.rand.random() < 0.15 else self.terminal

    def begin(self) -> None:
        if self.day.calm:
            return
        self.day.note(f"FAULT {self.fault} begins")
        self._running = KINDS[self.fault.kind].happens(self)
        next(self._running, None)

    def end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            next(running, None)
            self.day.note(f"FAULT {self.fault} ends")

    def others(self, of: Terminal) -> list[Host]:
        """The hosts of its store, and head office's."""
        return [t.host for t in self.day.all if (t is not of and t.spec.store in (of.spec.store, "")) or of.office]


Happens = Callable[[Course], Generator[None, None, None]]


class Kind(NamedTuple):
    """`weight` 0: only when it is asked for by name; the product has no answer to it yet."""

    name: str
    weight: int
    lasts_s: float
    happens: Happens


def crash(c: Course) -> Generator[None, None, None]:
    """The process is killed, and started again a little later."""
    victim = c.victim
    victim.kill(power=False)
    yield
    c.day.boot(victim)


def switched_off(c: Course) -> Generator[None, None, None]:
    """A terminal is switched off for a good while; the others go on."""
    c.terminal.kill(power=True)
    yield
    c.day.boot(c.terminal)


def power_cut(c: Course) -> Generator[None, None, None]:
    """The machine loses its power, at once or in the middle of its next commit."""
    victim = c.victim
    if c.rand.random() < 0.5:
        victim.kill(power=True)
    else:
        victim.lose_power_in_commit(c.rand.uniform(0.0005, 0.02))
    yield
    victim.disk.cut_at = None
    victim.kill(power=True)
    c.day.boot(victim)


def restart(c: Course) -> Generator[None, None, None]:
    """It is ended in good order, and started again."""
    victim = c.victim
    task = c.day.loop.create_task(victim.stop())
    yield
    if not task.done():
        victim.kill(power=False)
    c.day.boot(victim)


def frozen(c: Course) -> Generator[None, None, None]:
    """The machine stands still (a laptop's lid, a stopped process), and goes on as if nothing had been."""
    victim = c.victim
    victim.freeze()
    yield
    victim.thaw()


def cut_off(c: Course) -> Generator[None, None, None]:
    """A machine is cut off from all others; both ways, or only one."""
    victim = c.victim
    out, back = c.rand.choice(((True, True), (True, True), (True, False), (False, True)))
    others = c.others(victim)
    _cut(c, victim.host, others, out, back)
    yield
    _heal(c, victim.host, others, out, back)


def split(c: Course) -> Generator[None, None, None]:
    """The shop falls into two halves."""
    store = c.terminal.spec.store
    hosts = [t.host for t in c.day.of_store(store)]
    c.rand.shuffle(hosts)
    half = c.rand.randint(1, max(1, len(hosts) - 1))
    left, right = hosts[:half], hosts[half:]
    if c.rand.random() < 0.5:
        right.append(c.day.office.host)
    for host in left:
        _cut(c, host, right, True, True)
    yield
    for host in left:
        _heal(c, host, right, True, True)


def pair_cut(c: Course) -> Generator[None, None, None]:
    """Two machines do not reach each other, and all others reach both: somebody has to relay."""
    a = c.terminal.host
    b = c.rand.choice(c.others(c.terminal))
    both = c.rand.random() < 0.7
    _cut(c, a, [b], True, both)
    yield
    _heal(c, a, [b], True, both)


def own_line_cut(c: Course) -> Generator[None, None, None]:
    """One terminal does not reach head office, though all others do."""
    _cut(c, c.terminal.host, [c.day.office.host], True, True)
    yield
    _heal(c, c.terminal.host, [c.day.office.host], True, True)


def flapping(c: Course) -> Generator[None, None, None]:
    """A cable with a loose contact."""
    victim, others, net = c.victim, None, c.day.net
    others = c.others(victim)
    state = {"down": False, "over": False}

    def flap() -> None:
        if state["over"]:
            return
        state["down"] = not state["down"]
        (_cut if state["down"] else _heal)(c, victim.host, others, True, True)
        if not state["down"] and c.rand.random() < 0.4:
            for other in others:
                net.reset(victim.host, other)
        c.day.at(c.day.now + c.rand.uniform(0.05, 1.5), flap)

    flap()
    yield
    state["over"] = True
    if state["down"]:
        _heal(c, victim.host, others, True, True)


def resets(c: Course) -> Generator[None, None, None]:
    """Every wire of a machine breaks at once, and can be opened again at once; and again, and again."""
    victim = c.victim
    state = {"over": False}

    def strike() -> None:
        if not state["over"]:
            for other in c.others(victim):
                c.day.net.reset(victim.host, other)
            c.day.at(c.day.now + c.rand.uniform(0.3, 3.0), strike)

    strike()
    yield
    state["over"] = True


def slow_network(c: Course) -> Generator[None, None, None]:
    """The network around a machine is slow: every link by another factor, so that what was sent later comes earlier
    by another way."""
    paths = []
    for other in c.others(c.terminal):
        for a, b in ((c.terminal.host, other), (other, c.terminal.host)):
            paths.append((c.day.net.path(a, b), c.rand.choice((3, 30, 100, 300))))
    for path, factor in paths:
        path.factors.append(factor)
    yield
    for path, factor in paths:
        path.factors.remove(factor)


def office_away(c: Course) -> Generator[None, None, None]:
    """The line to head office is gone; for an hour, or for up to fourteen days."""
    hosts = [t.host for t in c.day.terminals]
    _cut(c, c.day.office.host, hosts, True, True)
    away_ms = c.rand.choice((3_600_000, DAY_MS, 14 * DAY_MS))
    c.day.at(c.day.now + c.fault.lasts_s / 2, lambda: None if c.day.calm else c.day.leap(away_ms))
    yield
    _heal(c, c.day.office.host, hosts, True, True)


def slow_disk(c: Course) -> Generator[None, None, None]:
    """Every commit takes long."""
    victim = c.victim
    slow = c.rand.choice((0.05, 0.3, 1.0))
    victim.disk.pace_s = (slow / 2, slow)
    yield
    victim.disk.mend()


def full_disk(c: Course) -> Generator[None, None, None]:
    """No room, until somebody makes some."""
    victim = c.victim
    victim.disk.full = True
    yield
    victim.disk.full = False


def failed_fsync(c: Course) -> Generator[None, None, None]:
    """The disk does not say whether it has what it was given. The terminal is restarted, as it asks for."""
    victim = c.victim
    victim.disk.failing = c.rand.choice(("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_WRITE"))
    yield
    victim.disk.failing = ""
    victim.kill(power=c.rand.random() < 0.5)
    c.day.boot(victim)


def unreadable(c: Course) -> Generator[None, None, None]:
    """The disk does not give back what it holds, for a while."""
    victim = c.victim
    victim.disk.unreadable = True
    yield
    victim.disk.unreadable = False
    victim.kill(power=False)
    c.day.boot(victim)


def disk_lost(c: Course) -> Generator[None, None, None]:
    """The machine burns, often just after it said thank you; another one takes its place, with an empty disk."""
    victim = c.terminal
    if c.rand.random() < 0.7:
        c.day.burn_after_next_answer(victim)
    else:
        c.day.burn(victim)
    yield
    c.day.burn(victim)
    c.day.boot(victim)


def old_backup(c: Course) -> Generator[None, None, None]:
    """The disk breaks, and what is restored is a backup made a while ago."""
    victim = c.terminal
    backup = victim.disk.folder.with_name(f"{victim.name}-backup-{c.fault.number}")
    if victim.disk.folder.exists():
        victim.disk.copy_to(backup)
    yield
    if backup.exists():
        victim.kill(power=True)
        victim.restore(backup)
    c.day.boot(victim)


def cloned_disk(c: Course) -> Generator[None, None, None]:
    """Somebody copies the disk into a second machine, and both run."""
    original = c.terminal
    clone = c.day.clone(original, f"{original.name}-clone-{c.fault.number}")
    if clone is not None:
        clone.boot()
    yield
    if clone is not None:
        clone.kill(power=True)


def clock_jump(c: Course) -> Generator[None, None, None]:
    """Somebody sets the clock, forwards or back; and perhaps right again."""
    victim = c.victim
    by = c.rand.choice((-1, 1)) * c.rand.choice((700, 30_000, 120_000, 3_600_000, 7 * 3_600_000))
    victim.skew_ms += by
    victim.clock_jumped = True
    yield
    if c.rand.random() < 0.6:
        victim.skew_ms -= by


def card_trouble(c: Course) -> Generator[None, None, None]:
    """The card terminal declines everything, says nothing, or is off."""
    cards = c.terminal.cards
    cards.mode = c.rand.choice(("decline", "timeout", "unreachable"))
    yield
    cards.mode = "approve"


def liar(c: Course) -> Generator[None, None, None]:
    """A stranger with a valid key joins the shop, and sends what no honest terminal sends."""
    lie = c.rand.choice(list(LIES))
    end = LIES[lie](c.day, c.terminal, c.rand)
    c.day.note(f"the liar's way is {lie}")
    yield
    end()


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("crash", 5, 2.0, crash),
        Kind("switched off", 3, 18.0, switched_off),
        Kind("power cut", 6, 2.0, power_cut),
        Kind("restart", 2, 2.0, restart),
        Kind("frozen", 2, 4.0, frozen),
        Kind("cut off", 5, 5.0, cut_off),
        Kind("split", 5, 6.0, split),
        Kind("pair cut", 3, 6.0, pair_cut),
        Kind("own line cut", 3, 18.0, own_line_cut),
        Kind("flapping", 2, 4.0, flapping),
        Kind("resets", 3, 6.0, resets),
        Kind("slow network", 2, 6.0, slow_network),
        Kind("office away", 4, 8.0, office_away),
        Kind("slow disk", 3, 5.0, slow_disk),
        Kind("full disk", 4, 4.0, full_disk),
        Kind("failed fsync", 4, 2.0, failed_fsync),
        Kind("unreadable disk", 1, 2.0, unreadable),
        Kind("disk lost", 4, 2.0, disk_lost),
        Kind("old backup", 0, 4.0, old_backup),
        Kind("cloned disk", 0, 5.0, cloned_disk),
        Kind("clock jump", 4, 6.0, clock_jump),
        Kind("card trouble", 2, 6.0, card_trouble),
        Kind("liar", 4, 6.0, liar),
    )
}


def _cut(c: Course, host: Host, others: list[Host], out: bool, back: bool) -> None:
    for other in others:
        if out:
            c.day.net.cut(host, other)
        if back:
            c.day.net.cut(other, host)


def _heal(c: Course, host: Host, others: list[Host], out: bool, back: bool) -> None:
    for other in others:
        if out:
            c.day.net.heal(host, other)
        if back:
            c.day.net.heal(other, host)
