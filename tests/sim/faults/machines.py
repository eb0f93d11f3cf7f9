"""Machines that die, sleep, tell the wrong time, or are not what they seem."""

from __future__ import annotations

from collections.abc import Generator

from tests.sim.faults.course import Course
from tests.sim.lies import LIES


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


def clock_jump(c: Course) -> Generator[None, None, None]:
    """Somebody sets the clock, forwards or back; and perhaps right again."""
    victim = c.victim
    by = c.rand.choice((-1, 1)) * c.rand.choice((700, 30_000, 120_000, 3_600_000, 7 * 3_600_000))
    victim.set_clock(by)
    if c.rand.random() < 0.4:  # the battery of its clock is empty: it starts with another time
        victim.kill(power=True)
        c.day.boot(victim)
    yield
    if c.rand.random() < 0.6:
        victim.set_clock(-by)


def card_trouble(c: Course) -> Generator[None, None, None]:
    """The card terminal declines everything, says nothing, is off, does not know what it did, or has no line."""
    cards = c.terminal.cards
    mode = c.rand.choice(("decline", "timeout", "unreachable", "unknown", "no line"))
    if mode == "no line":
        cards.line = False
    else:
        cards.mode = mode
    yield
    cards.mode, cards.line = "approve", True


def liar(c: Course) -> Generator[None, None, None]:
    """A stranger with a valid key joins the shop, and sends what no honest terminal sends."""
    lie = c.rand.choice(list(LIES))
    end = LIES[lie](c.day, c.terminal, c.rand)
    c.day.note(f"the liar's way is {lie}")
    yield
    end()
