"""Disks that are slow, full, broken, lost, or somebody else's."""

from __future__ import annotations

from collections.abc import Generator

from tests.sim.faults.course import Course
from tests.sim.faults.networks import cut, heal


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
    """Once, the disk does not say whether it has what it was given. The terminal is restarted, as it asks for."""
    victim = c.victim
    victim.disk.failing = c.rand.choice(("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_WRITE"))
    yield
    victim.disk.failing = ""
    victim.kill(power=c.rand.random() < 0.7)
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
    """The disk breaks, and what is restored is a backup made a while ago; often just when it has done something and not
    yet said so: whoever asked asks again."""
    victim = c.terminal
    backup = victim.disk.folder.with_name(f"{victim.name}-backup-{c.fault.number}")
    if victim.disk.folder.exists():
        victim.disk.copy_to(backup)
        if c.rand.random() < 0.7:
            c.day.restore_before_answer(victim, backup)
    yield
    if backup.exists() and not c.day.restored(backup):
        c.day.restore(victim, backup)
    c.day.boot(victim)


def cloned_disk(c: Course) -> Generator[None, None, None]:
    """Somebody copies the disk into a second machine, and both run."""
    original = c.terminal
    clone = c.day.clone(original, f"{original.name}-clone-{c.fault.number}")
    if clone is not None:
        clone.boot()
    yield
    if clone is not None:
        clone.kill(power=True)  # it is switched on again when all trouble is over


def flipped_bit(c: Course) -> Generator[None, None, None]:
    """A bit flips on the disk, while the terminal is off or under its hands; often in what it sold while it was cut off
    from everybody. It finds that at its start, by its check, or when it can't read: then it puts the log aside, begins
    another, and writes again what only it held."""
    victim, others = c.victim, c.others(c.terminal)
    off, alone = c.rand.random() < 0.5, c.rand.random() < 0.6
    if not c.day.may_be_damaged(victim):
        yield
        return
    before = victim.disk.newest()
    if alone and not victim.office:
        cut(c, victim.host, others, True, True)
        yield
        if off:
            victim.kill(power=False)
        c.day.damage(victim, before)
        c.day.ask_again(victim, c.fault.at)
        heal(c, victim.host, others, True, True)
    else:
        if off:
            victim.kill(power=False)
        c.day.damage(victim)
        yield
    c.day.boot(victim)


COMPANY_IN = 0.4
"""Of disks that are set back, so many meet a neighbour first that knows nothing of what they forgot."""


def set_back(c: Course) -> Generator[None, None, None]:
    """An older state of the disk is put back in its place (a virtual machine's snapshot, a restored partition), and the
    terminal sells on alone, under its old name and in its old streams: they have two branches then. Now and then one
    neighbour was away meanwhile, and is the first to be met: it holds the new branch, and all others the old one."""
    victim, others = c.terminal, c.others(c.terminal)
    image = victim.disk.folder.with_name(f"{victim.name}-image-{c.fault.number}")
    at = c.day.now + c.fault.lasts_s * c.rand.uniform(0.1, 0.5)
    alone = {"is": False}
    company = [host for host in others if host is not c.day.office.host] if c.rand.random() < COMPANY_IN else []
    friend = [c.rand.choice(company)] if len(company) > 1 else []
    rest = [host for host in others if host not in friend]
    if victim.disk.folder.exists():
        victim.disk.copy_to(image)
        for host in friend:
            cut(c, host, [victim.host, *rest], True, True)

    def back() -> None:
        if image.exists() and c.day.set_back(victim, image):
            alone["is"] = True
            cut(c, victim.host, rest, True, True)
            heal(c, victim.host, friend, True, True)
            c.day.boot(victim)

    c.day.at(at, back)
    yield
    if image.exists():
        for host in friend:
            heal(c, host, rest if alone["is"] else [victim.host, *rest], True, True)
    if alone["is"]:
        heal(c, victim.host, rest, True, True)
    c.day.boot(victim)
