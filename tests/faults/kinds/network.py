"""The shop's network falls apart: in two, in one direction, for moments, or as a whole."""

from __future__ import annotations

import itertools
import statistics
import time

from tests.faults.netshop import NetShop, netshop
from tests.faults.registry import Lab, fault
from tests.faults.servers import Machine, eventually, wait

AREA = "The network breaks"
SILENT_S = 4.5
"""Longer than a link is given before it counts as dead, so that a break is one and not only a pause."""

PAUSE_S = (0.1, 0.4)


def spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.1f} s at the median, {max(seconds):.1f} s at most"


def sold_at(shop: NetShop, machines: list[Machine]) -> None:
    """Each of them serves one more customer."""
    before = {m.name: sum(a.machine == m.name for a in shop.ledger.answers) for m in machines}

    def each_has() -> bool:
        return all(sum(a.machine == m.name for a in shop.ledger.answers) > before[m.name] for m in machines)

    assert eventually(each_has, 60), f"customers are not served at all of {sorted(before)}"


@fault(
    "net-split",
    area=AREA,
    what="The network falls in two, as any of the 15 ways in which five terminals can be two groups",
    seen="Both halves go on selling; kitchen and boards show their own half's orders until the cable is back",
    holds="Nothing is lost or doubled on either side, no number is called twice, and seconds after the cable is back "
    "all show the same",
    size="quick",
)
def net_split(lab: Lab) -> str:
    heals = []
    with netshop(lab, 5) as shop:
        splits = [
            set(s) for n in range(1, 5) for s in itertools.combinations(shop.terminals, n) if shop.terminals[0] in s
        ]
        lab.rand.shuffle(splits)
        shop.come(each=1, pause_s=PAUSE_S)
        for side in splits[: lab.times(15, 1)]:
            away = side if lab.rand.random() < 0.5 else set(shop.terminals) - side
            shop.net.split(m.name for m in away)
            wait(SILENT_S)
            sold_at(shop, shop.terminals)
            shop.net.heal()
            heals.append(shop.met())
        assert eventually(shop.all_linked), "they do not find each other again"
        return f"{len(heals)} splits, in step again after {spread(heals)}; {shop.check()}"


@fault(
    "net-one-way",
    area=AREA,
    what="Packets are lost in one direction only: one terminal hears another and is not heard by it",
    seen="Nothing: a third terminal passes on what the two say to each other",
    holds="Orders of either are on the other's screen all the same; nothing is lost or doubled",
)
def net_one_way(lab: Lab) -> str:
    times = []
    with netshop(lab, 3) as shop:
        a, b, _ = shop.terminals
        shop.come(each=1, pause_s=PAUSE_S)
        for deaf, mute in [(a, b), (b, a)][: lab.times(2, 1)]:
            shop.net.drop(mute.name, f"ip daddr {shop.net.address[deaf.name]}")
            wait(SILENT_S)
            times += [shop.gets_around(one, [other]) for one, other in ((a, b), (b, a))]
            shop.net.heal()
        return f"an order was with the other after {spread(times)}; {shop.check()}"


@fault(
    "net-nobody-hears",
    area=AREA,
    what="A terminal hears everybody and is heard by nobody",
    seen="It sells on; its orders reach the kitchen when it is heard again",
    holds="No sale fails or waits for long; afterwards everything is everywhere, once",
)
def net_nobody_hears(lab: Lab) -> str:
    with netshop(lab, 4) as shop:
        mute = shop.terminals[0]
        shop.come(each=1, pause_s=PAUSE_S)
        shop.net.drop(mute.name, "oifname eth0")
        wait(SILENT_S)
        sold_at(shop, shop.terminals)
        wait(5)
        shop.net.heal()
        return f"in step again after {shop.met():.1f} s; {shop.check()}"


@fault(
    "net-flapping",
    area=AREA,
    what="A loose plug: a terminal's cable comes and goes, many times, for moments and for seconds",
    seen="Nothing at that terminal; its orders appear elsewhere as soon as the cable holds for a second",
    holds="Nothing is lost or doubled; it is in step soon after the plug holds",
)
def net_flapping(lab: Lab) -> str:
    times = lab.times(40, 6)
    with netshop(lab, 3) as shop:
        loose = shop.terminals[1]
        shop.come(each=1, pause_s=PAUSE_S)
        for _ in range(times):
            shop.net.cable(loose.name, plugged=False)
            wait(lab.rand.choice((0.05, 0.3, 1.0, 5.0 if lab.full else 2.0)) * lab.rand.uniform(0.5, 1.5))
            shop.net.cable(loose.name, plugged=True)
            wait(lab.rand.uniform(0.05, 2.0))
        return f"{times} times; in step after {shop.met():.1f} s; {shop.check()}"


@fault(
    "net-uplink-unplugged",
    area=AREA,
    what="The terminal that carries the line to head office loses its cable",
    seen="Nothing in the shop; head office's page shows the shop as connected again within two seconds or so",
    holds="The next terminal carries the line from where it was; head office gets everything once",
)
def net_uplink_unplugged(lab: Lab) -> str:
    takeovers = []
    with netshop(lab, 4) as shop:
        for _ in range(lab.times(10, 2)):
            assert eventually(lambda: carrier(shop) is not None, 30), "nobody carries the line"
            wait(1.5)  # the others have heard who does
            first = carrier(shop)
            assert first is not None
            others = [t for t in shop.terminals if t is not first]
            shop.net.cable(first.name, plugged=False)
            unplugged = time.monotonic()
            shop.gets_around(others[0], [shop.office])
            takeovers.append(time.monotonic() - unplugged)
            shop.net.cable(first.name, plugged=True)
            assert eventually(shop.all_linked, 30), "it does not come back"
            shop.met()
        return f"{len(takeovers)} times, head office had the next order after {spread(takeovers)}; {shop.check()}"


def carrier(shop: NetShop) -> Machine | None:
    """The one terminal that carries the line, by what each says of itself; None while it is not one."""
    found = [t for t in shop.terminals if t.get("/v1/status")["office"]["state"] == "uplink"]
    return found[0] if len(found) == 1 else None


@fault(
    "net-internet-away",
    area=AREA,
    what="The internet is gone, without a word: packets to head office just vanish; after a while they don't",
    seen="Nothing in the shop; head office's page says since when it has not heard from the shop",
    holds="Everything sold meanwhile is at head office seconds after the line is back, once",
)
def net_internet_away(lab: Lab) -> str:
    resumed = []
    with netshop(lab, 3) as shop:
        shop.come(each=1, pause_s=PAUSE_S)
        for _ in range(lab.times(5, 1)):
            shop.served(3)
            shop.net.internet(there=False)
            wait(lab.rand.uniform(5, 20) if lab.full else 5)
            shop.net.internet(there=True)
            resumed.append(shop.met())
        return f"head office had all again after {spread(resumed)}; {shop.check()}"


@fault(
    "net-switch-restarts",
    area=AREA,
    what="The shop's switch loses its power for a while: every terminal is alone",
    seen="Each terminal sells on by itself",
    holds="When the switch is back they find each other and everything is everywhere, once",
)
def net_switch_restarts(lab: Lab) -> str:
    with netshop(lab, 4) as shop:
        shop.come(each=1, pause_s=PAUSE_S)
        for terminal in shop.terminals:
            shop.net.cable(terminal.name, plugged=False)
        wait(8)
        sold_at(shop, shop.terminals)
        for terminal in shop.terminals:
            shop.net.cable(terminal.name, plugged=True)
        return f"in step after {shop.met():.1f} s; {shop.check()}"


@fault(
    "net-bad-wifi",
    area=AREA,
    what="Bad Wi-Fi: of everything that any terminal sends one packet in five is lost",
    seen="Orders appear on the other screens a moment later than usual",
    holds="No sale fails; nothing is lost or doubled, and no terminal falls behind for good",
)
def net_bad_wifi(lab: Lab) -> str:
    with netshop(lab, 4) as shop:
        for terminal in shop.terminals:
            shop.net.bad_air(terminal.name, 20)
        shop.come(each=1, pause_s=PAUSE_S)
        wait(20 if lab.full else 5)
        behind = shop.met()
        return f"behind by {behind:.1f} s; {shop.check()}"


@fault(
    "net-large-packets-lost",
    area=AREA,
    what="The line to head office swallows large packets without a word (a DSL line whose router is set up wrongly)",
    seen="Nothing in the shop",
    holds="Menus come down and sales go up all the same",
)
def net_large_packets_lost(lab: Lab) -> str:
    with netshop(lab, 0) as shop:
        shop.net.run("router", "nft", "add", "table", "inet", "loss")
        shop.net.run("router", "nft", "add chain inet loss way { type filter hook forward priority 0; }")
        shop.net.run("router", "nft", "add rule inet loss way meta length > 1300 drop")
        for _ in range(2):
            shop.terminal().start()
        assert eventually(shop.all_linked), "they do not find each other"
        shop.wait_for_menu()
        shop.come(each=2, pause_s=(0.0, 0.05))
        wait(10)
        return f"head office had all after {shop.met():.1f} s; {shop.check()}"
