"""Finding the shop's other terminals by mDNS: service `_pilotlight._tcp.local.`, one instance for each device.

TXT: `store`, `device`, `role`, `label`, `sync` (port), `api` (port, `0` when not told). What other devices announce is
taken for a hint where to call; who they are, and whether they belong here, is the hello's business.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import re
import socket
from collections.abc import Callable, Mapping

from ifaddr import get_adapters
from zeroconf import InterfaceChoice, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from server.replication.actions import Me
from server.replication.found import Found
from server.replication.gate import is_loopback

SERVICE = "_pilotlight._tcp.local."
ASK_MS = 3000
WATCH_EVERY_S = 2.0
"""How often it is looked whether this machine has other addresses than before: after a power cut a terminal is up
before the router is, and a new router gives new ones to all."""

AGAIN_AFTER_S = 10.0
"""Where mDNS could not be begun (no route for multicast yet, another program alone at its port) it is tried again."""

MAX_ASKING = 32
"""Devices asked for their particulars at a time; one announced meanwhile is asked when it is announced again."""

MAX_HEARD = 4_000
"""Names heard of until mDNS is begun anew: a shop has a dozen, and somebody who makes them up makes millions. The
library keeps 10,000 records at most, but plans a question about every name for as long as its announcement says that it
lives."""

MAX_ADDRESSES = 8
MAX_LABEL_BYTES = 60
"""A TXT entry ends at 255 bytes; a label longer than this is cut in the announcement only."""

ANYWHERE = ("0.0.0.0", "::")
"""Bound to all of the machine's addresses."""

_DEVICE_ID = re.compile(r"[a-z2-7]{16}")

logger = logging.getLogger("pilotlight.mesh")

logging.getLogger("zeroconf").setLevel(logging.CRITICAL)
"""What its sockets say when an address is gone is of no use to anybody; we look ourselves, and begin anew."""


def announcement(me: Me, api_port: int) -> dict[str, str]:
    """The TXT entries of this node."""
    label = me.label.encode()[:MAX_LABEL_BYTES].decode(errors="ignore")
    return {
        "store": me.store,
        "device": me.device_id,
        "role": me.role,
        "label": label,
        "sync": str(me.sync_port),
        "api": str(api_port),
    }


def understand(txt: Mapping[bytes, bytes | None], addresses: list[str]) -> Found | None:
    """What a TXT record says; None for one that is not ours to understand. Never raises: anybody may announce."""

    def text(key: str) -> str:
        return (txt.get(key.encode()) or b"").decode(errors="replace")

    sync, api = text("sync"), text("api") or "0"
    if not _DEVICE_ID.fullmatch(text("device")) or not (_is_port(sync) and int(sync) > 0 and _is_port(api)):
        return None
    usable = tuple(a for a in addresses if _is_address(a))[:MAX_ADDRESSES]
    if not usable or not text("store"):
        return None
    return Found(text("device"), text("store"), text("role"), text("label"), usable, int(sync), int(api))


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) < 65536


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_multicast or address.is_unspecified)


class Discovery:
    """Announces this node and tells of the others of its store. Where multicast fails, it says so once and
    tries again from time to time."""

    def __init__(self, me: Me, host: str, on_found: Callable[[Found], None], api_port: int = 0) -> None:
        """`host` is what the sync port is bound to: loopback stays on loopback. `on_found` also tells of changes."""
        self._me = me
        self._host = host
        self._api_port = api_port
        self._on_found = on_found
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._heard = 0  # names, since mDNS was begun
        self._trouble = ""  # that was told

    async def start(self) -> None:
        addresses = interface_addresses()
        await self._open()
        self._watching = asyncio.get_running_loop().create_task(self._watch(addresses))

    async def _watch(self, known: frozenset[str]) -> None:
        """Announces and looks anew whenever this machine's addresses have changed, or too many names were heard of."""
        loop = asyncio.get_running_loop()
        tried = loop.time()
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            now = interface_addresses() if self._host in ANYWHERE else known
            if now != known and now:
                known = now
                logger.info("this machine is now at %s", ", ".join(sorted(now)))
            elif self._heard > MAX_HEARD:
                logger.warning("%d made-up terminals were announced by mDNS; it is begun anew", self._heard)
            elif self._zeroconf is not None or loop.time() < tried + AGAIN_AFTER_S:
                continue
            await self._shut()
            await self._open()
            tried = loop.time()

    async def _open(self) -> None:
        me = self._me
        self._heard = 0
        loopback = is_loopback(self._host)
        anywhere = self._host in ANYWHERE
        try:
            self._zeroconf = AsyncZeroconf(
                interfaces=InterfaceChoice.All if anywhere else ["127.0.0.1" if loopback else self._host],
                ip_version=IPVersion.V4Only,
            )
            info = AsyncServiceInfo(
                SERVICE,
                f"{me.device_id}.{SERVICE}",
                port=me.sync_port,
                properties=announcement(me, self._api_port),
                server=f"{me.device_id}.local.",
                parsed_addresses=own_addresses() if anywhere else ["127.0.0.1" if loopback else self._host],
            )
            zeroconf = self._zeroconf.zeroconf
            self._browser = AsyncServiceBrowser(zeroconf, SERVICE, handlers=[self._changed])
            await self._zeroconf.async_register_service(info, allow_name_change=False, cooperating_responders=True)
        except Exception as e:  # no multicast route, port 5353 held by a program that does not share it, …
            if str(e) != self._trouble:
                self._trouble = str(e)
                logger.warning("other terminals can't be found by themselves (mDNS: %s); name them with --peer", e)
            await self._shut()
        else:
            if self._trouble:
                logger.warning("other terminals are found by themselves again")
            self._trouble = ""

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        device_id = name.partition(".")[0]
        self._heard += state_change is ServiceStateChange.Added
        if device_id == self._me.device_id or not _DEVICE_ID.fullmatch(device_id):
            return
        if len(self._asking) >= MAX_ASKING:
            return
        if state_change is ServiceStateChange.Removed:
            return  # announcements get lost more easily than calls: who knew its address keeps calling
        task = asyncio.get_running_loop().create_task(self._ask(zeroconf, name))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask(self, zeroconf: Zeroconf, name: str) -> None:
        info = AsyncServiceInfo(SERVICE, name)
        with contextlib.suppress(Exception):  # what others announce must not trouble us
            await info.async_request(zeroconf, ASK_MS)
        found = understand(info.properties, info.parsed_addresses(IPVersion.V4Only))
        if found and found.store == self._me.store and found.device_id == name.partition(".")[0]:
            self._on_found(found)

    async def close(self) -> None:
        """Says goodbye, so that others need not wait for the announcement to expire."""
        if self._watching:
            self._watching.cancel()
        await self._shut()

    async def _shut(self) -> None:
        for task in self._asking:
            task.cancel()
        browser, self._browser = self._browser, None
        zeroconf, self._zeroconf = self._zeroconf, None
        with contextlib.suppress(Exception):
            if browser:
                await browser.async_cancel()
            if zeroconf:
                await zeroconf.async_close()


def interface_addresses() -> frozenset[str]:
    """Every IPv4 address that this machine has now, but loopback."""
    with contextlib.suppress(OSError):
        ips = [ip.ip for adapter in get_adapters() for ip in adapter.ips]
        return frozenset(ip for ip in ips if isinstance(ip, str) and not is_loopback(ip))
    return frozenset()


def own_addresses() -> list[str]:
    """The IPv4 addresses by which others on the network reach this machine."""
    found: list[str] = []
    with contextlib.suppress(OSError):
        found = [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which of our addresses leads outside
        found.insert(0, str(probe.getsockname()[0]))
    outside = [a for a in dict.fromkeys(found) if not is_loopback(a)]
    return outside or ["127.0.0.1"]
