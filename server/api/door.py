"""The API's door: how many connections one address may have, and how long one may say nothing.

On a shop's network anybody can connect. A laptop that holds a thousand lines open would keep out the shop's own phones
and boards, and in the end take the files that the server needs itself. Connections from this machine, its own screens,
always get in.
"""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any, cast

from server.api.connections import Http

MAX_EACH = 64
"""Connections from one address beyond this machine: more than a wall of screens behind one router has."""

MAX_AFAR = 400
"""From all of them: with what else a server has open it is below the 1,024 files that a system gives at the least."""

AFAR_KEEP_ALIVE_S = 15
"""A phone opens half a dozen connections for the pictures of a menu and then needs one: the others are soon let go, or
sixty phones would hold all there are."""

FIRST_REQUEST_S = 10.0
"""Who connects and has not asked for anything until then is gone."""


class Door:
    """Counts connections by address. One for each listener."""

    def __init__(self, each: int = MAX_EACH, afar: int = MAX_AFAR) -> None:
        self._each, self._afar = each, afar
        self._inside: dict[str, set[asyncio.BaseTransport]] = {}

    def enter(self, address: str, transport: asyncio.BaseTransport) -> bool:
        """Whether the connection may stay."""
        if is_here(address):
            return True
        inside = self._inside.setdefault(address, set())
        if len(inside) >= self._each or sum(map(len, self._inside.values())) >= self._afar:
            self._sweep()
            inside = self._inside.setdefault(address, set())
        if len(inside) >= self._each or sum(map(len, self._inside.values())) >= self._afar:
            return False
        inside.add(transport)
        return True

    def _sweep(self) -> None:
        """Forgets those that have ended. Only when it matters: a websocket's end is not told here."""
        for address, inside in list(self._inside.items()):
            inside -= {transport for transport in inside if transport.is_closing()}
            if not inside:
                del self._inside[address]


def is_here(address: str) -> bool:
    """Whether a numeric address is this machine's loopback."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return not address
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def guarded(door: Door) -> type[Http]:
    """uvicorn's HTTP protocol behind that door."""

    class Guarded(Http):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            address = str((transport.get_extra_info("peername") or ("",))[0])
            if not door.enter(address, transport):
                transport.abort()
                return
            if not is_here(address):
                self.timeout_keep_alive = AFAR_KEEP_ALIVE_S
                self.loop.call_later(FIRST_REQUEST_S, self._asked_by_now)

        def _asked_by_now(self) -> None:
            transport, request = cast(Any, self.transport), cast(Any, self.cycle)  # None until there was one
            if request is None and not transport.is_closing() and transport.get_protocol() is self:
                transport.abort()

    return Guarded
