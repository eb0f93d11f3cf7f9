"""Who may in: a bearer token, or the cookie that head office's page got for it.

Everyone on the machine who can read `endpoint.json` has the token; it is the only key there is until enrolment exists.
Comparisons take the same time whether the first or the last character is wrong.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import socket
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection, Request
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler

Connection = ASGIConnection[Any, Any, Any, Any]

SESSION_CONTEXT = b"pilotlight office page 1"
"""Binds a cookie to its purpose: it is made from the token, but the token can't be had from it."""

OWN_NAMES = frozenset({"localhost", socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"})
WRONG_HOST = "This server is not known by that name. Use the address in endpoint.json."
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")

WRONG_TOKEN = "The token is missing or wrong. Send “Authorization: Bearer TOKEN” with the token from endpoint.json."


class Gate:
    """Knows the token; answers whether a connection may in."""

    def __init__(self, token: str, device_id: str) -> None:
        self._token = token.encode()
        self.session = hmac.new(self._token, SESSION_CONTEXT, hashlib.sha256).hexdigest()
        # Cookies are shared by all ports of a host, and two servers may run on one machine.
        self.cookie = f"pilotlight_{device_id}"

    def is_token(self, candidate: str) -> bool:
        return hmac.compare_digest(candidate.encode("utf-8", "surrogatepass"), self._token)

    def admits(self, connection: Connection, *, query_token: bool = False) -> bool:
        """By header, by cookie, or (where a client can't set headers: `query_token`) by `?token=`."""
        scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(credentials.strip())
        if query_token and (candidate := connection.query_params.get("token")):
            return self.is_token(str(candidate))
        return self.has_session(connection) and from_own_page(connection)

    def has_session(self, connection: Connection) -> bool:
        cookie = connection.cookies.get(self.cookie, "")
        return hmac.compare_digest(cookie.encode("utf-8", "surrogatepass"), self.session.encode())


def from_own_page(connection: Connection) -> bool:
    """Whether a browser sends this for our own page: a foreign page must not use the cookie to act (or to listen)."""
    origin = connection.headers.get("origin")
    if origin is None:
        reading = isinstance(connection, Request) and connection.method in ("GET", "HEAD")
        return reading and connection.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return urlsplit(origin).netloc == connection.headers.get("host")


def from_loopback(connection: Connection) -> bool:
    """Whether the caller is on this machine."""
    try:
        return connection.client is not None and ipaddress.ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


def misled(connection: Connection) -> bool:
    """Whether a browser on this machine was led here under a name that is not this machine's: a foreign page whose
    own name now points to loopback (DNS rebinding). Numeric addresses can't be pointed elsewhere."""
    host = connection.headers.get("host", "")
    name = (urlsplit(f"//{host}").hostname or "") if _HOST.fullmatch(host) else "?"
    if not from_loopback(connection) or not host or name in OWN_NAMES or name.endswith(".localhost"):
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return True
    return False


def gate_of(connection: Connection) -> Gate:
    gate: Gate = connection.app.state.gate
    return gate


def needs_token(connection: Connection, _: BaseRouteHandler) -> None:
    """A Litestar guard. Raises 401."""
    if not gate_of(connection).admits(connection):
        raise NotAuthorizedException(WRONG_TOKEN)


def needs_token_from_afar(connection: Connection, _: BaseRouteHandler) -> None:
    """A guard for figures without secrets: free on this machine, with the token from elsewhere."""
    if not from_loopback(connection) and not gate_of(connection).admits(connection):
        raise NotAuthorizedException(WRONG_TOKEN)
