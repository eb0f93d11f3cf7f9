"""Everything at once: a shop to which one thing after another happens, from a seed, while people sell."""

from __future__ import annotations

import contextlib
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults import checks
from tests.faults.pages import flip
from tests.faults.registry import Lab, fault
from tests.faults.servers import Machine, eventually, wait
from tests.faults.world import World, world

AREA = "A bad week"

MOST_TERMINALS = 7
"""Copies join the shop as terminals of their own."""

EVERY_S = 5
"""How often the whole log is read; in a shop it is once a day, and soon after each start."""

FOUND_S = 60.0

LOG_FILES = ("log.db", "log.db-wal", "log.db-shm")


class Week:
    """A shop, and what may happen to it. Before a disk is spoiled the shop is in step: what only that disk held would
    be gone by everybody's rules. What happens then, happens while customers order."""

    def __init__(self, shop: World, lab: Lab) -> None:
        self.shop, self.lab, self.rand = shop, lab, lab.rand
        self.older: dict[str, Path] = {}  # by terminal: an older copy of its folder
        self.cut = False

    def any_terminal(self) -> Machine:
        return self.rand.choice(self.shop.terminals)

    def at_rest(self) -> Machine:
        """A terminal that has ended, or died, after all others have got what it held."""
        self.heal()
        self.shop.go()
        checks.in_step(self.shop.machines)
        till = self.any_terminal()
        if self.rand.random() < 0.5:
            assert till.stop() == 0
        else:
            till.kill()
        return till

    def start(self, till: Machine) -> None:
        till.folder.mkdir(exist_ok=True)
        (till.folder / "settings.toml").write_text(f"check_log_every_s = {EVERY_S}\n")
        till.start()

    def check(self) -> str:
        """Damage that no start could see is found first, by the check that reads all."""
        self.heal()
        self.shop.go()
        for machine in self.shop.machines:
            assert eventually(lambda m=machine: whole(m), FOUND_S), f"{machine.name}'s log stays damaged"
        return self.shop.check()

    def heal(self) -> None:
        if self.cut:
            self.shop.relay.restore()
            self.cut = False

    # -- what happens -------------------------------------------------------------------------------------------------

    def somebody_dies(self) -> None:
        machine = self.rand.choice(self.shop.machines)
        machine.kill()
        wait(self.rand.uniform(0, 1.5))
        self.shop.again(machine)

    def all_die(self) -> None:
        for machine in self.shop.machines:
            machine.kill()
        for machine in self.rand.sample(self.shop.machines, len(self.shop.machines)):
            self.shop.again(machine)

    def somebody_freezes(self) -> None:
        machine = self.rand.choice(self.shop.machines)
        machine.signal(signal.SIGSTOP)
        wait(self.rand.uniform(0.5, 4))
        machine.signal(signal.SIGCONT)

    def the_line_is_cut(self) -> None:
        self.shop.relay.cut(silent=self.rand.random() < 0.5)
        self.cut = True

    def the_line_comes_back(self) -> None:
        self.heal()

    def a_bit_flips(self) -> None:
        till = self.at_rest()
        for _ in range(self.rand.choice((1, 1, 3))):
            path = till.folder / self.rand.choice([f for f in LOG_FILES[:2] if (till.folder / f).is_file()])
            size = path.stat().st_size
            if size:
                flip(path, self.rand.randrange(size), self.rand.randrange(8))
        self.shop.ledger.logs_lost = True
        self.start(till)

    def a_disk_is_lost(self) -> None:
        till = self.at_rest()
        shutil.rmtree(till.folder)
        self.shop.ledger.logs_lost = True
        self.start(till)

    def a_copy_is_taken(self) -> None:
        till = self.at_rest()
        kept = self.shop.folder / f"older-{till.name}"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(till.folder, kept)
        self.older[till.name] = kept
        self.start(till)

    def a_disk_is_set_back(self) -> None:
        """The files are overwritten in their place: nothing on the disk tells that it went back."""
        till = self.at_rest()
        kept = self.older.get(till.name)
        if kept is not None:
            self.shop.ledger.logs_lost = True
            for name in LOG_FILES:
                content = (kept / name).read_bytes() if (kept / name).exists() else b""
                with (till.folder / name).open("r+b" if (till.folder / name).exists() else "w+b") as file:
                    file.write(content)
                    file.truncate()
        self.start(till)

    def a_copy_is_started_beside(self) -> None:
        if len(self.shop.terminals) >= MOST_TERMINALS:
            return
        till = self.at_rest()
        name = f"copy-{len(self.shop.terminals)}"
        shutil.copytree(till.folder, self.shop.folder / name)
        copy = self.shop.terminal("--label", name, folder=self.shop.folder / name)
        copy.name = name
        first, second = self.rand.sample([till, copy], 2)
        self.start(first)
        self.start(second)

    def tables_are_garbage(self) -> None:
        till = self.at_rest()
        for table in sorted((till.folder / "read").glob("*.db")):
            if self.rand.random() < 0.4:
                table.write_bytes(self.rand.randbytes(self.rand.choice((0, 100, 9000))))
        self.start(till)


def whole(machine: Machine) -> bool:
    with contextlib.suppress(AssertionError):
        return bool(machine.verify())
    return False


@fault(
    "bad-week",
    area=AREA,
    what="All of it in one shop, one after the other, by chance: servers and the whole shop die, stand still, the line "
    "goes, bits flip, disks are lost, set back, copied and started beside the first, tables turn to garbage",
    seen="Pauses of seconds at the terminal that it happens to",
    holds="Every order and payment that was thanked for is on every machine once, as it was ordered, at the number "
    "that was called; no number was called twice; all machines tell the same",
)
def bad_week(lab: Lab) -> str:
    with world(lab) as shop:
        week = Week(shop, lab)
        happenings: list[Callable[[], None]] = [
            week.somebody_dies,
            week.somebody_dies,
            week.all_die,
            week.somebody_freezes,
            week.the_line_is_cut,
            week.the_line_comes_back,
            week.a_bit_flips,
            week.a_disk_is_lost,
            week.a_copy_is_taken,
            week.a_disk_is_set_back,
            week.a_copy_is_started_beside,
            week.tables_are_garbage,
        ]
        happened: Counter[str] = Counter()
        said = ""
        for n in range(lab.times(40, 8)):
            what = lab.rand.choice(happenings)
            name = what.__name__.replace("_", " ")
            lab.say(f"{n}: {name}")
            what()
            happened[name] += 1
            if not shop.customers:
                shop.come(each=1)
            shop.served(12)
            if n % 8 == 7:
                said = week.check()
        said = week.check()
    return f"{happened.total()} things happened ({', '.join(f'{k} {v}' for k, v in happened.most_common())}); {said}"
