"""What carries frames between two machines, as a link needs it; and the network that gives such wires.

`websocket.py` is the real one. The simulator has its own, in which everything can go wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from server.replication.actions import Me
from server.replication.found import Found
from server.replication.gate import Gate, Limits


class WireEnded(Exception):
    """The wire is gone. `code`: `lost`, `closed`, or how the other broke the wire's own rules (`frame_too_large`,
    `bad_frame`, with `backoff`)."""

    def __init__(self, code: str, backoff: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.backoff = backoff


class Wire(Protocol):
    """Whole frames, in order, both ways, until it ends. `path`: what the caller asked for, `/` for a link."""

    path: str

    def send_now(self, frame: bytes) -> bool:
        """Hands the frame to the network at once; False, and nothing done, when what was sent before still waits."""
        ...

    async def send(self, frame: bytes) -> None:
        """Hands it over as soon as there is room. Raises `WireEnded`."""
        ...

    async def receive(self) -> bytes:
        """Raises `WireEnded`."""
        ...

    async def close(self) -> None:
        """Ends it politely. Never raises."""
        ...

    def abort(self) -> None:
        """Ends it now."""
        ...


Serve = Callable[[Wire, int, str], Awaitable[None]]
"""(wire, its number at the gate, the caller's address): returns when the link has ended."""


class Door(Protocol):
    """The sync port. `gate` knows who came in; `closing` once `close` was called."""

    gate: Gate
    closing: bool

    def bind(self, host: str, port: int) -> int:
        """Takes the port (0 picks one) and returns it. Raises `Refused("port_taken", …)`."""
        ...

    async def start(self) -> None:
        """Lets callers in, each to `Serve`."""
        ...

    def offence(self, address: str, what: str) -> None:
        """Somebody at `address` broke a rule: one line, and its next connection waits."""
        ...

    async def close(self) -> None:
        """No new connections; those that are open end."""
        ...


class Announcing(Protocol):
    """Looking for others of the store, and being found."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...


class Network(Protocol):
    """Where wires come from."""

    async def dial(self, uri: str, timeout_s: float) -> Wire:
        """A wire to `ws://HOST:PORT`. Raises whatever kept it from being."""
        ...

    async def answers(self, uri: str, timeout_s: float) -> bool:
        """Whether somebody at `uri` takes calls, now."""
        ...

    def door(self, limits: Limits, serve: Serve) -> Door: ...

    def discovery(self, me: Me, host: str, on_found: Callable[[Found], None], api_port: int) -> Announcing: ...
