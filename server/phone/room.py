"""What the phone's pages share: the node, the store's keys, the addresses of its terminals, and each phone's limits."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import secrets
import uuid
from collections.abc import Mapping
from urllib.parse import urlsplit

import ifaddr
import msgspec

from server.api.port import NodePort, Peer
from server.event import Refused
from server.phone.limits import ADDRESS, FILES, LINK, ORDERS, VISIT, Buckets
from server.phone.links import Kind, Link, read, sign
from server.phone.wait import DONE_TICKETS, of_order
from server.phone.words import Words
from server.services.carte import Carte
from server.services.menu.events import Menu
from server.services.orders.events import Order
from server.wait import Range

CODE_S = 15 * 60
"""A code that a screen shows: it is shown anew long before."""

TABLE_S = 366 * 24 * 3600
"""A printed table card."""

VISIT_S = 6 * 3600
"""From scanning a code: a long evening. Then it is scanned again; the basket stays in the phone."""

ORDER_S = 48 * 3600
"""An order's page: the day after next nobody waits for it any more, and its receipt was to be kept until then."""

NONCE_BYTES = 6
MAX_OTHERS = 12
"""Terminals that a page is told of beside its own."""


class Phone:
    """One for each server. `host`: the address that it listens on; `port`: the API's; `address`: what phones are told
    instead, `HOST` or `HOST:PORT`, where the shop's network needs that; `brand_colour`: `#rrggbb` for a menu that names
    none."""

    def __init__(self, node: NodePort, host: str, port: int, address: str = "", brand_colour: str = "") -> None:
        self.node = node
        self.host, self.port = host, port
        self._address = address
        self._brand_colour = brand_colour
        self.addresses = Buckets(ADDRESS)
        self.files = Buckets(FILES)
        self.links = Buckets(LINK)
        self.visits = Buckets(VISIT)
        self.orders = Buckets(ORDERS)
        self._carte: tuple[Menu | None, Carte | None] = (None, None)
        self._making = asyncio.Lock()

    @property
    def keys(self) -> Mapping[str, bytes]:
        return self.node.phone_keys()

    @property
    def beyond_loopback(self) -> bool:
        """Whether any phone can reach this terminal."""
        return not is_loopback(self.host)

    def carte(self) -> Carte | None:
        menu = self.node.menu()
        if self._carte[0] is not menu:
            self._carte = (menu, Carte(menu) if menu is not None else None)
        return self._carte[1]

    @property
    def brand_colour(self) -> str:
        """`#rrggbb` as this terminal's screens have it, or empty."""
        menu = self.node.menu()
        return (menu.brand_colour if menu is not None else "") or self._brand_colour

    def shop(self, words: Words) -> str:
        """Whose pages these are: the menu's name, else the store's."""
        menu = self.node.menu()
        return (words.named(menu) if menu is not None else "") or self.node.device().store_name

    def wait(self, order: Order) -> Range | None:
        """How long the kitchen will take for an order; None where that is not known, or there is nothing to wait for.
        Any thread."""
        if order.status in ("ready", "collected", "voided") or not order.released:
            return None
        tickets = self.node.tickets(done=DONE_TICKETS)
        return of_order(order.order_id, tickets, self.node.now_ms())

    # -- links --------------------------------------------------------------------------------------------------------

    async def link(self, kind: Kind, lives_s: float, subject: str = "") -> str:
        """A new link's text; the store's first one makes its key."""
        if not self.keys:
            async with self._making:
                if not self.keys:
                    secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
                    body = {"command_id": str(uuid.uuid4()), "secret": secret}
                    await self.node.command("phone.key", msgspec.json.encode(body))
        nonce = b"" if kind == "order" else secrets.token_bytes(NONCE_BYTES)
        return sign(Link(kind, int(self.node.now_ms() / 1000 + lives_s), subject), self.keys, nonce)

    def read(self, text: str, kind: Kind) -> Link:
        """Raises `Refused`: `bad_link`, `old_link`."""
        return read(text, kind, self.keys, self.node.now_ms() / 1000)

    # -- where phones find us -----------------------------------------------------------------------------------------

    def base(self) -> str:
        """`http://HOST:PORT` for a code. Raises `Refused("not_for_phones")` while no phone could come here."""
        if self._address:
            return f"http://{self._address if ':' in self._address else f'{self._address}:{self.port}'}"
        if not self.beyond_loopback:
            raise Refused(
                "not_for_phones",
                "Phones can't reach this terminal: it listens on this machine alone. Start it with --insecure-lan.",
            )
        host = lan_address() if self.host in ("0.0.0.0", "::") else self.host
        if not host:
            raise Refused("not_for_phones", "This machine is on no network that a phone could be in. Connect it.")
        return f"http://{host}:{self.port}"

    def others(self, reached_as: str) -> list[str]:
        """`http://HOST:PORT` of the store's other terminals. A neighbour on this same machine is where we are:
        `reached_as` is the Host that the phone used."""
        store = self.node.device().store
        found = []
        for peer in self.node.peers():
            if peer.state == "connected" and peer.store == store and 0 < peer.api_port < 65536:
                host = _host_for_phones(peer, reached_as)
                if host:
                    found.append(f"http://{host}:{peer.api_port}")
        return list(dict.fromkeys(found))[:MAX_OTHERS]


def _host_for_phones(peer: Peer, reached_as: str) -> str:
    try:
        host = urlsplit(f"//{peer.address}").hostname or ""
        if is_loopback(host):
            host = urlsplit(f"//{reached_as}").hostname or ""
    except ValueError:
        return ""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def lan_address() -> str:
    """This machine's address in the shop's network: the first private IPv4 one, else any that is not its own."""
    found = [
        str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4
    ]  # fmt: skip
    usable = [a for a in map(ipaddress.ip_address, found) if not (a.is_loopback or a.is_link_local)]
    best = next((a for a in usable if a.is_private), next(iter(usable), None))
    return str(best) if best is not None else ""
