"""Who may come in: limits on inbound connections, and patience with an address that misbehaves. Pure, given `now`."""

from __future__ import annotations

from typing import NamedTuple

FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
"""How long an address that broke a rule is kept waiting before its next connection is looked at. It doubles."""

LONGEST_LOCAL_WAIT_S = 0.5
"""On loopback honest processes share their address with the one that misbehaves."""

FORGIVEN_AFTER_S = 60.0
LINES_A_MINUTE = 10
"""Offences of one address that are worth a line in the log."""

MAX_OFFENDERS = 4096
"""Addresses remembered; with more, the oldest are forgotten."""


class Limits(NamedTuple):
    """Connections at a time. A stranger is one that has not said a valid hello yet.

    `strangers_each` is for one address, so that one machine can't keep all others out; loopback is exempt, because
    there all share one address.
    """

    connections: int
    strangers: int
    strangers_each: int


TERMINAL = Limits(connections=256, strangers=64, strangers_each=8)
"""Ten times the largest shop."""

OFFICE = Limits(connections=20_000, strangers=2_000, strangers_each=200)
"""Four terminals of five thousand stores, all calling again at once; some share one company's address."""


class Offender:
    """What is held against one address."""

    def __init__(self, now: float) -> None:
        self.wait_s = 0.0
        self.last = now
        self.minute = now
        self.lines = 0


class Gate:
    """Counts and remembers; decides nothing about contents."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.refused = self.offences = 0
        self._inside: set[int] = set()
        self._strangers: dict[int, str] = {}  # connection -> its address
        self._offenders: dict[str, Offender] = {}

    def enter(self, connection: int, address: str) -> str | None:
        """A connection was accepted; a reason, as the end of a sentence, when it must be dropped at once."""
        reason = self._reason(address)
        if reason is None:
            self._inside.add(connection)
            self._strangers[connection] = address
        else:
            self.refused += 1
        return reason

    def _reason(self, address: str) -> str | None:
        limits = self._limits
        if len(self._inside) >= limits.connections:
            return f"there are {limits.connections} connections already"
        if len(self._strangers) >= limits.strangers:
            return f"{limits.strangers} connections have not introduced themselves yet"
        if not is_loopback(address):
            each = sum(other == address for other in self._strangers.values())
            if each >= limits.strangers_each:
                return f"{each} connections from there have not introduced themselves yet"
        return None

    def greeted(self, connection: int) -> None:
        """It has said a valid hello."""
        self._strangers.pop(connection, None)

    def is_stranger(self, connection: int) -> bool:
        """Whether it has not said a valid hello yet."""
        return connection in self._strangers

    def leave(self, connection: int) -> None:
        """It has gone; one never let in is ignored."""
        self._inside.discard(connection)
        self._strangers.pop(connection, None)

    def offence(self, address: str, now: float) -> bool:
        """`address` broke a rule. Returns whether that is worth a line in the log."""
        self.offences += 1
        offender = self._offenders.pop(address, None)
        if offender is None or now - offender.last > FORGIVEN_AFTER_S:
            offender = Offender(now)
        longest = LONGEST_LOCAL_WAIT_S if is_loopback(address) else LONGEST_WAIT_S
        offender.wait_s = min(max(FIRST_WAIT_S, offender.wait_s * 2), longest)
        offender.last = now
        self._offenders[address] = offender
        if len(self._offenders) > MAX_OFFENDERS:
            del self._offenders[next(iter(self._offenders))]
        if now - offender.minute > 60:
            offender.minute, offender.lines = now, 0
        offender.lines += 1
        return offender.lines <= LINES_A_MINUTE

    def wait_s(self, address: str, now: float) -> float:
        """How long a new connection from there waits before it is looked at; 0 for an honest address."""
        offender = self._offenders.get(address)
        if offender is None or now - offender.last > FORGIVEN_AFTER_S:
            return 0.0
        return offender.wait_s


def is_loopback(address: str) -> bool:
    """Whether this numeric address, or name, is this machine's own."""
    return address.startswith("127.") or address in ("::1", "localhost", "")
