"""A network of this machine's own: a shop's switch with a terminal at each port, a router, and head office behind it.

Each machine is a network namespace, the switch a bridge in one of its own, so nothing here touches the machine's real
network. Needs root and Linux. What is done to it is what happens in shops: a cable is pulled, a switch falls in two,
packets get lost in one direction, the internet is gone, a router gives a terminal another address.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import socket
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.faults.registry import Cannot, need

CLONE_NEWNET = 0x40000000
NETNS = Path("/var/run/netns")
GATEWAY = "10.44.0.1"
OFFICE = "10.45.0.2"
SWITCH, ROUTER = "switch", "router"


def sh(*words: str, check: bool = True) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 or not check, f"{' '.join(words)}: {done.stderr.strip()}"
    return done.stdout


class Lan:
    """Made whole by `lan`. Machines are known by their names; `address` is where each is now."""

    def __init__(self) -> None:
        self.mark = f"pl{secrets.token_hex(3)}"
        self.address: dict[str, str] = {}
        self._namespaces: list[str] = []
        self._free = iter(range(10, 250))

    # -- building -----------------------------------------------------------------------------------------------------

    def netns(self, name: str) -> str:
        """The namespace's name, as `ip netns` knows it."""
        return f"{self.mark}-{name}"

    def build(self) -> None:
        for name in (SWITCH, ROUTER, "office"):
            self._add(name)
        self._on(SWITCH, "link add shop type bridge forward_delay 0 mcast_snooping 0")
        self._on(SWITCH, "link add annexe type bridge forward_delay 0 mcast_snooping 0")
        self._on(SWITCH, "link set shop up")
        self._on(SWITCH, "link set annexe up")
        self._plug(ROUTER, "eth0", GATEWAY)
        self._on(ROUTER, f"link add wan type veth peer name eth0 netns {self.netns('office')}")
        self._on(ROUTER, "addr add 10.45.0.1/24 dev wan")
        self._on(ROUTER, "link set wan up")
        self._on("office", f"addr add {OFFICE}/24 dev eth0")
        self._on("office", "link set eth0 up")
        self._on("office", "route add default via 10.45.0.1")
        self.run(ROUTER, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        self.address["office"] = OFFICE

    def join(self, name: str) -> None:
        """One more machine at the switch."""
        self._add(name)
        address = f"10.44.0.{next(self._free)}"
        self._plug(name, "eth0", address)
        self._on(name, f"route add default via {GATEWAY}")

    def _add(self, name: str) -> None:
        sh("ip", "netns", "add", self.netns(name))
        self._namespaces.append(name)
        self._on(name, "link set lo up")

    def _plug(self, name: str, device: str, address: str) -> None:
        self._on(SWITCH, f"link add {name} type veth peer name {device} netns {self.netns(name)}")
        self._on(SWITCH, f"link set {name} master shop")
        self._on(SWITCH, f"link set {name} up")
        self._on(name, f"addr add {address}/24 dev {device}")
        self._on(name, f"link set {device} up")
        self.address[name] = address

    def tear_down(self) -> None:
        for name in reversed(self._namespaces):
            sh("ip", "netns", "del", self.netns(name), check=False)

    # -- acting -------------------------------------------------------------------------------------------------------

    def _on(self, name: str, words: str) -> None:
        sh("ip", "-n", self.netns(name), *words.split())

    def run(self, name: str, *words: str, check: bool = True) -> str:
        """A program on that machine."""
        return sh("ip", "netns", "exec", self.netns(name), *words, check=check)

    def split(self, away: Iterable[str]) -> None:
        """The cable between two switches is cut: these are alone with each other, without the router."""
        for name in away:
            self._on(SWITCH, f"link set {name} master annexe")

    def heal(self) -> None:
        """All at one switch again, and nothing is filtered."""
        for name in self._namespaces:
            if name not in (SWITCH, "office"):
                self._on(SWITCH, f"link set {name} master shop")
                self._on(SWITCH, f"link set {name} up")
            self.run(name, "nft", "flush", "ruleset")
        self._on(ROUTER, "link set wan up")

    def cable(self, name: str, *, plugged: bool) -> None:
        """The machine's own cable; it sees whether it is plugged."""
        self._on(SWITCH, f"link set {name} {'up' if plugged else 'down'}")

    def internet(self, *, there: bool) -> None:
        self._on(ROUTER, f"link set wan {'up' if there else 'down'}")

    def drop(self, name: str, rule: str, hook: str = "output") -> None:
        """What matches the rule is lost without a word, at this machine, on its way out (or in: hook `input`)."""
        self.run(name, "nft", "add", "table", "inet", "loss")
        self.run(name, "nft", f"add chain inet loss {hook} {{ type filter hook {hook} priority 0; }}")
        self.run(name, "nft", f"add rule inet loss {hook} {rule} drop")

    def bad_air(self, name: str, percent: int) -> None:
        """So much of what the machine sends to others is lost, by chance."""
        self.drop(name, f"oifname eth0 numgen random mod 100 < {percent}")

    def clear_air(self, name: str) -> None:
        """Nothing that the machine sends or gets is lost any more."""
        self.run(name, "nft", "flush", "ruleset")

    def readdress(self, name: str, address: str | None = None) -> str:
        """The router gives the machine another address; the old one is gone at once."""
        new = address or f"10.44.0.{next(self._free)}"
        self._on(name, "addr flush dev eth0")
        self._on(name, f"addr add {new}/24 dev eth0")
        self._on(name, f"route add default via {GATEWAY}")
        self.address[name] = new
        return new

    def shout(self, name: str) -> None:
        """Everybody on the network learns where the machine's address is, as when it has just come up."""
        self._on(name, "link set eth0 down")
        self.run(name, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/eth0/arp_notify")
        self._on(name, "link set eth0 up")

    def no_address(self, name: str) -> None:
        """The router has not given the machine an address yet; `readdress` does."""
        self._on(name, "addr flush dev eth0")

    def socket(self, name: str, kind: int = socket.SOCK_STREAM) -> socket.socket:
        """A socket on that machine, made in this process."""
        with entered(self.netns(name)):
            return socket.socket(socket.AF_INET, kind)


@contextlib.contextmanager
def entered(netns: str) -> Iterator[None]:
    """This thread is in that namespace; sockets made meanwhile stay there."""
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(NETNS / netns, os.O_RDONLY)
    try:
        enter(there)
        try:
            yield
        finally:
            enter(here)
    finally:
        os.close(here)
        os.close(there)


def enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def lan() -> Iterator[Lan]:
    """A whole network, gone afterwards. Raises `Cannot` where there can be none."""
    need("ip", "nft")
    if os.geteuid() != 0:
        raise Cannot("needs root, for networks of its own")
    net = Lan()
    try:
        try:
            net.build()
        except (AssertionError, OSError) as e:
            raise Cannot(f"this machine makes no networks ({e})") from None
        yield net
    finally:
        net.tear_down()
