"""A shop of real processes: head office behind a line that can be cut, terminals, and customers at them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from app.relay import Relay
from tests.faults import checks
from tests.faults.customer import MENU, PATIENCE_S, Customer
from tests.faults.ledger import Ledger
from tests.faults.registry import Lab
from tests.faults.servers import Machine, eventually

PAUSE_S = (0.0, 0.15)
"""Between two orders of one customer."""


class World:
    """Use `world(lab)`. Machines are `terminals` T0, T1 … and `office`."""

    def __init__(self, folder: Path, seed: int, relay: Relay) -> None:
        self.folder, self.seed, self.relay = folder, seed, relay
        self.office = Machine("office", folder / "office", "--port", "0", "--api-port", "0", command="office")
        self.terminals: list[Machine] = []
        self.ledger = Ledger()
        self.customers: list[Customer] = []
        self._came = 0

    @property
    def machines(self) -> list[Machine]:
        return [*self.terminals, self.office]

    def terminal(self, *arguments: str, folder: Path | None = None) -> Machine:
        """One more terminal, not started: it knows those before it and head office."""
        name = f"T{len(self.terminals)}"
        known = [a for t in self.terminals for a in ("--peer", f"127.0.0.1:{t.endpoint['sync_port']}")]
        common = ["--store", "corner", "--label", name, "--no-mdns", "--card-delay-ms", "20"]
        office = ["--office", f"ws://127.0.0.1:{self.relay.port}"]
        machine = Machine(name, folder or self.folder / name, *common, *known, *office, *arguments)
        self.terminals.append(machine)
        return machine

    def open(self, terminals: int) -> None:
        """Starts head office and the terminals, and waits until all sell."""
        self.office.start()
        self.relay.aim("127.0.0.1", self.office.endpoint["sync_port"])
        self.office.command("menu.publish", menu=MENU)
        for _ in range(terminals):
            self.terminal().start()
        self.wait_for_menu()

    def wait_for_menu(self) -> None:
        for machine in self.terminals:
            assert eventually(lambda m=machine: m.get("/v1/menu")), f"{machine.name} has no menu"

    def again(self, machine: Machine) -> None:
        """Starts one that has died, as whatever keeps it running would."""
        machine.start()
        if machine is self.office:
            self.relay.aim("127.0.0.1", self.office.endpoint["sync_port"])

    def uplink(self) -> Machine | None:
        """The terminal that carries the shop's line to head office just now, if one does."""
        for machine in self.terminals:
            with contextlib.suppress(Exception):
                carried = [p["device_id"] for p in machine.get("/v1/peers") if p["carries_office"]]
                carrier = [t for t in self.terminals if t.endpoint["device_id"] in carried]
                return carrier[0] if carrier else machine
        return None

    # -- customers ----------------------------------------------------------------------------------------------------

    def come(
        self,
        each: int = 1,
        at: list[Machine] | None = None,
        pause_s: tuple[float, float] = PAUSE_S,
        stay: bool = False,
    ) -> None:
        """Customers come to each terminal (or those named) and order until `go`. `stay`: what they order is bumped at
        the same terminal, so that nobody waits for another one."""
        for machine in at or self.terminals:
            for _ in range(each):
                self._came += 1
                one = Customer(
                    machine, [machine] if stay else self.terminals, self.ledger, f"{self.seed}/{self._came}", pause_s
                )
                self.customers.append(one)
                one.start()

    def go(self) -> None:
        """No new orders; everybody waits for the answers that are still to come."""
        for customer in self.customers:
            customer.enough.set()
        for customer in self.customers:
            customer.join(2 * PATIENCE_S)
            assert not customer.is_alive(), f"{customer.name} never got an answer"
        self.customers = []

    def served(self, more: int, seconds: float = 60.0) -> None:
        """Waits until so many more answers were given."""
        wanted = len(self.ledger.answers) + more
        assert eventually(lambda: len(self.ledger.answers) >= wanted, seconds), "customers are not served any more"

    def check(self) -> str:
        """Sends the customers home and looks whether everything holds; returns what there was in one sentence."""
        self.go()
        return checks.everything(self.machines, self.ledger)


@contextlib.contextmanager
def world(lab: Lab, terminals: int = 3, name: str = "shop") -> Iterator[World]:
    """An open shop; all its processes are gone afterwards."""
    with Relay.in_thread() as relay:
        shop = World(lab.folder / name, lab.seed, relay)
        try:
            shop.open(terminals)
            yield shop
        finally:
            for customer in shop.customers:
                customer.gone.set()
                customer.enough.set()
            for machine in shop.machines:
                machine.kill()
