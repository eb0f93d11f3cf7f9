"""Networks that are cut, slow, or flap."""

from __future__ import annotations

from collections.abc import Generator

from tests.sim.faults.course import Course
from tests.sim.network import Host

DAY_MS = 24 * 3600 * 1000

SLOW_OFFICE_S = (0.8, 2.0)
SLOW_FOR_S = 6.0
"""Head office's disk, when the line is back: each commit takes so long, for a while."""


def cut_off(c: Course) -> Generator[None, None, None]:
    """A machine is cut off from all others; both ways, or only one."""
    victim = c.victim
    out, back = c.rand.choice(((True, True), (True, True), (True, False), (False, True)))
    others = c.others(victim)
    cut(c, victim.host, others, out, back)
    yield
    heal(c, victim.host, others, out, back)


def split(c: Course) -> Generator[None, None, None]:
    """The shop falls into two halves."""
    store = c.terminal.spec.store
    hosts = [t.host for t in c.day.machines(store)]
    c.rand.shuffle(hosts)
    half = c.rand.randint(1, max(1, len(hosts) - 1))
    left, right = hosts[:half], hosts[half:]
    if c.rand.random() < 0.5:
        right.append(c.day.office.host)
    for host in left:
        cut(c, host, right, True, True)
    yield
    for host in left:
        heal(c, host, right, True, True)


def pair_cut(c: Course) -> Generator[None, None, None]:
    """Two machines do not reach each other, and all others reach both: somebody has to relay."""
    a = c.terminal.host
    b = c.rand.choice(c.others(c.terminal))
    both = c.rand.random() < 0.7
    cut(c, a, [b], True, both)
    yield
    heal(c, a, [b], True, both)


def own_line_cut(c: Course) -> Generator[None, None, None]:
    """One terminal does not reach head office, though all others do."""
    cut(c, c.terminal.host, [c.day.office.host], True, True)
    yield
    heal(c, c.terminal.host, [c.day.office.host], True, True)


def flapping(c: Course) -> Generator[None, None, None]:
    """A cable with a loose contact."""
    victim, others, net = c.victim, None, c.day.net
    others = c.others(victim)
    state = {"down": False, "over": False}

    def flap() -> None:
        if state["over"]:
            return
        state["down"] = not state["down"]
        (cut if state["down"] else heal)(c, victim.host, others, True, True)
        if not state["down"] and c.rand.random() < 0.4:
            for other in others:
                net.reset(victim.host, other)
        c.day.at(c.day.now + c.rand.uniform(0.05, 1.5), flap)

    flap()
    yield
    state["over"] = True
    if state["down"]:
        heal(c, victim.host, others, True, True)


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


def new_addresses(c: Course) -> Generator[None, None, None]:
    """The shop has another router: all of its machines get other addresses in one moment. Where terminals are named to
    each other by address, an installer has to come; there it does not happen."""
    here = c.day.machines(c.terminal.spec.store)
    if all(t.spec.mdns and not t.spec.peers for t in here):
        c.day.net.renumber([t.host for t in here])
    yield


def office_away(c: Course) -> Generator[None, None, None]:
    """The line to head office is gone; for an hour, or for up to fourteen days. Often it is the line of the whole shop:
    card terminals have none then, either."""
    hosts = [t.host for t in c.day.all if not t.office]
    cut(c, c.day.office.host, hosts, True, True)
    away_ms = c.rand.choice((3_600_000, DAY_MS, 14 * DAY_MS))
    c.day.at(c.day.now + c.fault.lasts_s / 2, lambda: None if c.day.calm else c.day.leap(away_ms))
    readers = [t.cards for t in c.day.terminals] if c.rand.random() < 0.6 else []
    for cards in readers:
        cards.line = False
    yield
    for cards in readers:
        cards.line = True
    heal(c, c.day.office.host, hosts, True, True)
    if c.rand.random() < 0.5 and not c.day.calm:  # it has much to catch up with, and its disk takes long for it
        c.day.office.disk.pace_s = SLOW_OFFICE_S
        c.day.at(c.day.now + SLOW_FOR_S, c.day.office.disk.mend_pace)


def cut(c: Course, host: Host, others: list[Host], out: bool, back: bool) -> None:
    for other in others:
        if out:
            c.day.net.cut(host, other)
        if back:
            c.day.net.cut(other, host)


def heal(c: Course, host: Host, others: list[Host], out: bool, back: bool) -> None:
    for other in others:
        if out:
            c.day.net.heal(host, other)
        if back:
            c.day.net.heal(other, host)
