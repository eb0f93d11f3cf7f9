"""A stranger's laptop on the shop's network: it scans, shouts, holds lines open, and takes a terminal's address."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

from tests.faults.kinds.network import PAUSE_S, SILENT_S, sold_at
from tests.faults.netshop import API_PORT, SYNC_PORT, NetShop, netshop
from tests.faults.registry import Lab, fault, need
from tests.faults.servers import Machine, eventually, wait

AREA = "A stranger is on the network"
LAPTOP, PHONE = "laptop", "phone"
CONNECT_S = 4.0
HELD, HELD_QUICKLY = 1500, 120
"""Lines asked for at one door: more than a terminal has files."""

FILES = ["prlimit", "--nofile=1024:1024"]
"""As few as a system gives at the least."""

SCANNED = [*range(1, 400), *range(7400, 7450)]


@contextlib.contextmanager
def shop_with_a_laptop(lab: Lab) -> Iterator[NetShop]:
    with netshop(lab, 3) as shop:
        shop.net.join(LAPTOP)
        shop.come(each=1, pause_s=PAUSE_S)
        shop.served(3)
        yield shop


def line(shop: NetShop, to: Machine, port: int, timeout: float = CONNECT_S) -> socket.socket | None:
    """A connection from the laptop; None when there is none to be had."""
    one = shop.net.socket(LAPTOP)
    one.settimeout(timeout)
    try:
        one.connect((shop.net.address[to.name], port))
    except OSError:
        one.close()
        return None
    return one


def gets_in(shop: NetShop, who: str, to: Machine) -> bool:
    """Whether a machine of that name is served by a terminal's API."""
    with shop.net.socket(who) as one:
        one.settimeout(5)
        one.connect((shop.net.address[to.name], API_PORT))
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
        return one.recv(64).startswith(b"HTTP/1.1 200")


def answered(one: socket.socket, said: bytes) -> None:
    with contextlib.suppress(OSError):
        one.sendall(said)
        one.recv(4096)


@fault(
    "stranger-garbage",
    area=AREA,
    what="A stranger's laptop scans the ports of all terminals and sends garbage to those that answer",
    seen="Nothing",
    holds="Selling goes on at every terminal; nothing of the garbage gets in; the terminal's log has a few lines of it",
)
def stranger_garbage(lab: Lab) -> str:
    with shop_with_a_laptop(lab) as shop:
        sent = 0
        for terminal in shop.terminals:
            for port in SCANNED:
                if (one := line(shop, terminal, port, 0.3)) is not None:
                    one.close()
        for _ in range(lab.times(300, 40)):
            at = lab.rand.choice(shop.terminals)
            if (one := line(shop, at, lab.rand.choice((SYNC_PORT, API_PORT)))) is None:
                continue
            with one:
                one.settimeout(0.2)
                answered(one, garbage(lab))
                sent += 1
        sold_at(shop, shop.terminals)
        told = shop.check()
        lines = max(len(t.words().splitlines()) for t in shop.terminals)
        assert lines < 200, f"{lines} lines in a terminal's log"
        return f"{sent} times garbage, at most {lines} lines about it in a terminal's log; {told}"


def garbage(lab: Lab) -> bytes:
    rand = lab.rand
    upgrade = (
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    noise = rand.randbytes(rand.choice((1, 50, 5000, 100_000)))
    return rand.choice(
        (
            noise,
            upgrade + noise,
            upgrade + b"\x82\x7f" + (2**62).to_bytes(8, "big") + noise,
            b"POST /v1/commands/orders.place HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n" + noise,
            b"GET /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\n\r\n",
            b"GET /" + b"A" * 60_000 + b" HTTP/1.1\r\n",
        )
    )


@fault(
    "stranger-holds-lines",
    area=AREA,
    what="A stranger's laptop holds as many lines open as it gets, at both doors of every terminal, and says a letter "
    "now and then",
    seen="Nothing",
    holds="Selling goes on, screens and phones get in, and a terminal that starts anew meanwhile finds the others",
)
def stranger_holds_lines(lab: Lab) -> str:
    with shop_with_a_laptop(lab) as shop:
        need("prlimit")
        shop.terminals[0].kill()
        shop.terminals[0].wrap = FILES
        shop.terminals[0].start()
        shop.net.join(PHONE)
        held: list[socket.socket] = []
        try:
            for terminal in shop.terminals[:1] if lab.full else shop.terminals:
                for port in (SYNC_PORT, API_PORT):
                    for _ in range(HELD if lab.full else HELD_QUICKLY):
                        if (one := line(shop, terminal, port)) is not None:
                            held.append(one)
            for one in held:
                with contextlib.suppress(OSError):
                    one.send(b"G")
            sold_at(shop, shop.terminals)
            for terminal in shop.terminals:
                assert gets_in(shop, PHONE, terminal), f"a phone can't get in at {terminal.name}"
            victim = shop.terminals[1]
            victim.kill()
            victim.start()
            assert eventually(shop.all_linked, 30), "a terminal can't get in"
            for _ in range(8):
                wait(0.5)
                for one in held:
                    with contextlib.suppress(OSError):
                        one.send(b"E")
            sold_at(shop, shop.terminals)
        finally:
            for one in held:
                one.close()
        return f"{len(held)} lines held; {shop.check()}"


@fault(
    "stranger-floods",
    area=AREA,
    what="A stranger's laptop opens and drops connections as quickly as it can",
    seen="Nothing, or answers a moment later",
    holds="Selling goes on at every terminal, and links between them hold",
)
def stranger_floods(lab: Lab) -> str:
    with shop_with_a_laptop(lab) as shop:
        until, opened = time.monotonic() + (15 if lab.full else 4), 0
        while time.monotonic() < until:
            at = shop.terminals[opened % 3]
            if (one := line(shop, at, (SYNC_PORT, API_PORT)[opened // 3 % 2], 0.3)) is not None:
                one.close()
            opened += 1
        sold_at(shop, shop.terminals)
        assert all(len(shop.links(t)) == 2 for t in shop.terminals), "links broke"
        return f"{opened} connections; {shop.check()}"


@fault(
    "stranger-takes-an-address",
    area=AREA,
    what="A stranger's laptop has the same address as a terminal (somebody typed it in)",
    seen="Orders of that terminal come and go on the other screens, until the laptop is gone",
    holds="Nothing is lost, doubled or given to the laptop; when it is gone all are in step by themselves",
)
def stranger_takes_an_address(lab: Lab) -> str:
    with shop_with_a_laptop(lab) as shop:
        victim = shop.terminals[0]
        shop.net.readdress(LAPTOP, shop.net.address[victim.name])
        for terminal in shop.terminals[1:]:
            shop.net.run(terminal.name, "ip", "neigh", "flush", "dev", "eth0")
        shop.net.shout(LAPTOP)
        wait(SILENT_S + (10 if lab.full else 1))
        sold_at(shop, shop.terminals)
        shop.net.no_address(LAPTOP)
        back = shop.gets_around(victim, shop.machines, 120)
        assert eventually(shop.all_linked, 60), "they do not find each other again"
        return f"in step {back:.1f} s after it was gone; {shop.check()}"
