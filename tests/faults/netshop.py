"""A shop of real processes on a network of its own: `world.py`'s shop, with cables."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from app.relay import Relay
from tests.faults import checks
from tests.faults.customer import MENU, Customer
from tests.faults.doors import Doors, doors
from tests.faults.lan import OFFICE, Lan, lan
from tests.faults.registry import Lab
from tests.faults.servers import Machine, eventually
from tests.faults.world import PAUSE_S, World

SYNC_PORT, API_PORT = 7420, 7421
OFFICE_URI = f"ws://{OFFICE}:{SYNC_PORT}"


class NetMachine(Machine):
    """A machine with a cable."""

    def __init__(self, name: str, folder: Path, net: Lan, ways: Doors, *arguments: str, command: str) -> None:
        super().__init__(name, folder, *arguments, command=command)
        self.netns = net.netns(name)
        self._door = ways.open(lambda: net.socket(name), API_PORT)

    def wait_ready(self) -> bool:
        if not super().wait_ready():
            return False
        self.endpoint["api"] = f"http://127.0.0.1:{self._door}"
        return True


class NetShop(World):
    """As `World`; each machine has its own address, and they find each other by mDNS unless told otherwise."""

    def __init__(
        self, folder: Path, seed: int, net: Lan, ways: Doors, store: str = "corner", office: Machine | None = None
    ) -> None:
        """`office`: that of another shop, when it has one already."""
        super().__init__(folder, seed, Relay("127.0.0.1", 1))
        self.net, self.ways, self.store = net, ways, store
        ports = ("--port", str(SYNC_PORT), "--api-port", str(API_PORT), "--insecure-lan")
        self.office = office or NetMachine("office", folder / "office", net, ways, *ports, command="office")

    def terminal(self, *arguments: str, folder: Path | None = None) -> Machine:
        """One more terminal at the switch, not started."""
        name = f"{self.store[0]}{len(self.terminals)}"
        if name not in self.net.address:
            self.net.join(name)
        common = ["--store", self.store, "--label", name, "--insecure-lan", "--card-delay-ms", "20"]
        fixed = ["--sync-port", str(SYNC_PORT), "--api-port", str(API_PORT), "--office", OFFICE_URI]
        where = folder or self.folder / name
        machine = NetMachine(name, where, self.net, self.ways, *common, *fixed, *arguments, command="server")
        self.terminals.append(machine)
        return machine

    def open(self, terminals: int, *arguments: str) -> None:
        self.office.spawn()
        for _ in range(terminals):
            self.terminal(*arguments).spawn()
        for machine in self.machines:
            assert machine.wait_ready(), machine.last_words()
        self.office.command("menu.publish", menu=MENU)
        self.wait_for_menu()
        assert eventually(lambda: self.all_linked()), "they do not find each other"

    def come(self, each: int = 1, at: list[Machine] | None = None, pause_s: tuple[float, float] = PAUSE_S) -> None:
        """As there, but who ordered is served by the kitchen beside him: the others may be out of reach."""
        for machine in at or self.terminals:
            for _ in range(each):
                self._came += 1
                one = Customer(machine, [machine], self.ledger, f"{self.seed}/{self._came}", pause_s)
                self.customers.append(one)
                one.start()

    def tea(self, at: Machine) -> str:
        """One order more, placed at that machine; returns its id."""
        lines = [{"item_id": "tea", "quantity": 1, "modifiers": []}]
        body = {"command_id": str(uuid.uuid4()), "lines": lines, "dining": "here"}
        self.ledger.ask("orders.place", body)
        said = at.post("orders.place", body)
        assert said.status_code == 200, said.text
        self.ledger.acknowledge(at.name, "orders.place", body, said.json())
        return str(said.json()["result"]["order_id"])

    def gets_around(self, at: Machine, to: Sequence[Machine], seconds: float = 60.0) -> float:
        """How long it takes until an order that is placed there now is shown by all of those."""
        order_id = self.tea(at)
        return took(
            lambda: all(order_id in m.orders() for m in to), seconds, f"an order of {at.name} does not get around"
        )

    def again(self, machine: Machine) -> None:
        machine.start()

    # -- what is asked ------------------------------------------------------------------------------------------------

    def links(self, machine: Machine) -> set[str]:
        """Names of the terminals to which it has a link itself."""
        known = {t.endpoint["device_id"]: t.name for t in self.terminals}
        peers = machine.get("/v1/peers")
        return {
            known[p["device_id"]]
            for p in peers
            if p["state"] == "connected" and p["direct"] and p["device_id"] in known
        }

    def all_linked(self, among: Sequence[Machine] | None = None) -> bool:
        some = list(among or self.terminals)
        names = {t.name for t in some}
        return all(self.links(t) >= names - {t.name} for t in some)

    def held(self, machines: Sequence[Machine] | None = None) -> dict[str, int]:
        """How far each stream is held by at least one of them."""
        most: dict[str, int] = {}
        for machine in machines or self.machines:
            told: dict[str, int] = machine.get("/v1/frontier")
            most |= {stream: max(seq, most.get(stream, 0)) for stream, seq in told.items()}
        return most

    def met(self, seconds: float = 60.0, machines: Sequence[Machine] | None = None) -> float:
        """How long it takes until all hold what anybody holds now; selling may go on."""
        some = list(machines or self.machines)
        wanted, lacking = self.held(some), list(some)

        def all_have() -> bool:
            lacking[:] = [m for m in lacking if not holds(m.get("/v1/frontier"), wanted)]
            return not lacking

        return took(all_have, seconds, "they do not come in step")

    def check(self) -> str:
        self.go()
        return checks.everything(self.machines, self.ledger)


def holds(frontier: dict[str, int], wanted: dict[str, int]) -> bool:
    return all(frontier.get(stream, 0) >= seq for stream, seq in wanted.items())


def took(question: Callable[[], bool], seconds: float, what: str) -> float:
    """How long it took until the answer was yes, in s. Raises when it never was."""
    began = time.monotonic()
    while not question():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)
    return time.monotonic() - began


@contextlib.contextmanager
def netshop(lab: Lab, terminals: int = 5, *arguments: str, name: str = "shop") -> Iterator[NetShop]:
    """An open shop on its own network; all of it is gone afterwards. Raises `Cannot` where there can be no network."""
    with lan() as net, doors() as ways:
        shop = NetShop(lab.folder / name, lab.seed, net, ways)
        try:
            shop.open(terminals, *arguments)
            yield shop
        finally:
            for customer in shop.customers:
                customer.patience_s = 0
                customer.enough.set()
            for machine in shop.machines:
                machine.kill()
