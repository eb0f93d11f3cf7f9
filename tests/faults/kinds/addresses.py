"""Terminals find each other: without mDNS, with other addresses than before, beside another shop."""

from __future__ import annotations

from tests.faults import checks
from tests.faults.kinds.network import PAUSE_S, SILENT_S, sold_at, spread
from tests.faults.netshop import SYNC_PORT, NetShop, netshop, took
from tests.faults.registry import Lab, fault
from tests.faults.servers import eventually, wait

AREA = "Terminals look for each other"


def deaf_to_mdns(shop: NetShop, name: str) -> None:
    shop.net.drop(name, "udp dport 5353")
    shop.net.drop(name, "udp dport 5353", hook="input")


@fault(
    "find-mdns-blocked",
    area=AREA,
    what="The network passes on no multicast (many switches and guest networks), and each terminal was told of one "
    "other only, which then dies",
    seen="Nothing: the terminals tell each other where all the others are",
    holds="The shop stays together, also without the one that all were told of",
)
def find_mdns_blocked(lab: Lab) -> str:
    with netshop(lab, 0) as shop:
        first = shop.terminal()
        known = f"{shop.net.address[first.name]}:{SYNC_PORT}"
        for _ in range(3):
            shop.terminal("--peer", known)
        for terminal in shop.terminals:
            deaf_to_mdns(shop, terminal.name)
            terminal.start()
        found = took(shop.all_linked, 60, "they do not find each other")
        shop.wait_for_menu()
        shop.come(each=1, at=shop.terminals[1:], pause_s=PAUSE_S)
        first.kill()
        rest = shop.terminals[1:]
        wait(SILENT_S)
        sold_at(shop, rest)
        behind = shop.met(machines=[*rest, shop.office])
        first.start()
        return f"all found after {found:.1f} s, in step without the first after {behind:.1f} s; {shop.check()}"


@fault(
    "find-two-shops",
    area=AREA,
    what="Two shops share one network (a food court), and a terminal was told of one of the other shop's by mistake",
    seen="Each shop sees its own orders only; the mistake is named in the terminal's log",
    holds="Nothing of one shop gets to the other; head office has both, each under its own name",
)
def find_two_shops(lab: Lab) -> str:
    with netshop(lab, 2) as shop:
        other = NetShop(lab.folder / "other", lab.seed + 1, shop.net, shop.ways, "harbour", shop.office)
        try:
            wrong = f"{shop.net.address[shop.terminals[0].name]}:{SYNC_PORT}"
            other.terminal("--peer", wrong).start()
            other.terminal().start()
            assert eventually(other.all_linked), "the second shop's terminals do not find each other"
            other.wait_for_menu()
            for one in (shop, other):
                one.come(each=1, pause_s=PAUSE_S)
            wait(8 if lab.full else 3)
            sold_at(shop, shop.terminals)
            sold_at(other, other.terminals)
            for one in (shop, other):
                one.go()
            said = []
            for one in (shop, other):
                one.met(machines=one.terminals)
                mine = set(one.ledger.placed())
                said.append(checks.everything(one.terminals, one.ledger))
                for terminal in one.terminals:
                    assert set(terminal.orders()) == mine, f"{terminal.name} has orders that are not its shop's"
                    stores = {p["store"] for p in terminal.get("/v1/peers") if p["state"] == "connected"}
                    assert stores <= {one.store, ""}, f"{terminal.name} has links to {stores}"
                assert eventually(lambda s=one.store, m=mine: at_office(shop, s) == m), (
                    "head office lacks or mixes orders"
                )
            return "; ".join(said)
        finally:
            for customer in other.customers:
                customer.patience_s = 0
                customer.enough.set()
            for terminal in other.terminals:
                terminal.kill()


def at_office(shop: NetShop, store: str) -> set[str]:
    return {order_id for order_id, order in shop.office.orders().items() if order["store"] == store}


@fault(
    "find-new-address",
    area=AREA,
    what="The router gives a running terminal another address (DHCP)",
    seen="Nothing at that terminal; for some seconds its orders are not on the other screens",
    holds="It is found again by itself; nothing is lost or doubled",
)
def find_new_address(lab: Lab) -> str:
    times = []
    with netshop(lab, 3) as shop:
        shop.come(each=1, pause_s=PAUSE_S)
        for _ in range(lab.times(5, 1)):
            moved = lab.rand.choice(shop.terminals)
            shop.served(3)
            shop.net.readdress(moved.name)
            times.append(shop.gets_around(moved, shop.machines))
            assert eventually(shop.all_linked), "it is not found again"
        return f"found again after {spread(times)}; {shop.check()}"


@fault(
    "find-new-router",
    area=AREA,
    what="The router is replaced, and all terminals get new addresses in one moment",
    seen="For some seconds each terminal shows its own orders only",
    holds="They find each other and head office again by themselves; nothing is lost or doubled",
)
def find_new_router(lab: Lab) -> str:
    with netshop(lab, 3) as shop:
        shop.come(each=1, pause_s=PAUSE_S)
        shop.served(3)
        for terminal in shop.terminals:
            shop.net.readdress(terminal.name)
        shop.net.internet(there=False)  # head office would pass on what they say
        took_s = max(shop.gets_around(one, shop.terminals) for one in shop.terminals)
        assert eventually(shop.all_linked, 60), "they do not find each other again"
        shop.net.internet(there=True)
        late = shop.terminal().start()  # and a newcomer finds them where they are now
        assert eventually(shop.all_linked), f"{late.name} does not find the others"
        return f"found again after {took_s:.1f} s; {shop.check()}"


@fault(
    "find-address-comes-late",
    area=AREA,
    what="After a power cut the terminals are up before the router is: at first none has an address",
    seen="Each terminal sells by itself until the router is up",
    holds="As soon as they have addresses they find each other, by themselves",
    size="quick",
)
def find_address_comes_late(lab: Lab) -> str:
    with netshop(lab, 2) as shop:
        for terminal in shop.terminals:
            terminal.kill()
            shop.net.no_address(terminal.name)
            (terminal.folder / "known.json").unlink(missing_ok=True)
        for terminal in shop.terminals:
            terminal.start()
        shop.come(each=1, pause_s=PAUSE_S)
        sold_at(shop, shop.terminals)
        for terminal in shop.terminals:
            shop.net.readdress(terminal.name)
        found = took(shop.all_linked, 60, "they do not find each other")
        return f"found after {found:.1f} s; {shop.check()}"


@fault(
    "find-swapped-addresses",
    area=AREA,
    what="Two terminals get each other's address, on a network without multicast, where each was named by its address",
    seen="For some seconds their orders are not on each other's screens",
    holds="Everybody knows them by who they are, not by where they are; nothing is lost, doubled or mixed up",
)
def find_swapped_addresses(lab: Lab) -> str:
    with netshop(lab, 0) as shop:
        for _ in range(3):
            shop.terminal()
        for terminal in shop.terminals:
            others = [t for t in shop.terminals if t is not terminal]
            terminal.arguments += [a for t in others for a in ("--peer", f"{shop.net.address[t.name]}:{SYNC_PORT}")]
            deaf_to_mdns(shop, terminal.name)
            terminal.start()
        assert eventually(shop.all_linked), "they do not find each other"
        shop.wait_for_menu()
        shop.come(each=1, pause_s=PAUSE_S)
        shop.served(3)
        a, b, _ = shop.terminals
        shop.net.internet(there=False)  # head office would pass on what they say
        here, there = shop.net.address[a.name], shop.net.address[b.name]
        shop.net.readdress(a.name)
        shop.net.readdress(b.name, here)
        shop.net.readdress(a.name, there)
        found = max(shop.gets_around(one, shop.terminals) for one in shop.terminals)
        assert eventually(shop.all_linked, 120), "they do not find each other again"
        shop.net.internet(there=True)
        return f"found again after {found:.1f} s; {shop.check()}"
