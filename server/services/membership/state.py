"""Who belongs to the store, and who holds which prefix of order numbers; pure.

A prefix is two consonants that are hard to mishear in English or German and make no word; the running number behind it
starts, each business day, at a number of the terminal's own. So two terminals that never met, and by chance chose the
same prefix, still hardly ever call the same number before they meet and the later one claims anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import permutations
from typing import Any

import msgspec

from server.event import Draft
from server.services.fact import NEVER, At, Fact
from server.services.membership import events
from server.services.membership.events import Joined

TYPES: dict[str, type[Any]] = {events.JOINED: Joined}

LETTERS = "BFHKLMQRWX"
"""One of each family of sounds: no D, P, T, V, C, G, Z beside B; no N beside M; no S beside F; no J beside K."""

UNKIND = frozenset({"FK", "KF", "BM", "WX", "FX", "XF"})

PREFIXES: tuple[str, ...] = tuple("".join(p) for p in permutations(LETTERS, 2) if "".join(p) not in UNKIND)

MAX_FORMER = 8

STARTS = 9
"""Different first numbers of a day: 1, 11, … 81."""


class MemberState(msgspec.Struct, frozen=True, array_like=True):
    """`claimed_at`: since when, without a break, the device claims its prefix. `former` are those it had before:
    numbers were given under them, so nobody takes them while there are others."""

    joined: Joined | None = None
    claimed_at: At = NEVER
    at: At = NEVER
    former: list[str] = []


def evolve(state: MemberState, fact: Fact) -> MemberState:
    data: Joined = fact.data
    same = state.joined is not None and state.joined.prefix == data.prefix
    former = state.former
    if not same and state.joined is not None and state.joined.prefix not in former:
        former = [*former, state.joined.prefix][-MAX_FORMER:]
    return MemberState(data, state.claimed_at if same else fact.at, fact.at, former)


def losers(members: Iterable[MemberState]) -> set[str]:
    """Devices whose prefix is held by an earlier claim."""
    holder: dict[str, MemberState] = {}
    lost: set[str] = set()
    for member in sorted(members, key=lambda m: m.claimed_at):
        if member.joined is None:
            continue
        first = holder.setdefault(member.joined.prefix, member)
        if first is not member and first.joined and first.joined.device_id != member.joined.device_id:
            lost.add(member.joined.device_id)
    return lost


def _number(device_id: str) -> int:
    return int.from_bytes(hashlib.sha256(device_id.encode()).digest()[:8], "big")


def first_number(device_id: str) -> int:
    """The first order number of a terminal's day."""
    return 1 + 10 * (_number(device_id) // len(PREFIXES) % STARTS)


def choose_prefix(who: str, taken: set[str]) -> str:
    """The preferred prefix of a log or device, or the next in its own order that nobody claims; the preferred when none
    is."""
    start = _number(who) % len(PREFIXES)
    for step in range(len(PREFIXES)):
        prefix = PREFIXES[(start + step) % len(PREFIXES)]
        if prefix not in taken:
            return prefix
    return PREFIXES[start]


def claim(device_id: str, label: str, role: str, members: dict[str, MemberState], log_id: str = "") -> list[Draft]:
    """What the device should say about itself now: nothing when it is known as it is and holds its prefix.

    A device that writes another log than before (`log_id`: its disk was damaged) may not know all the numbers it gave,
    nor under which prefixes: it takes another one, chosen by that log.
    """
    own = members.get(device_id)
    taken = {m.joined.prefix for i, m in members.items() if i != device_id and m.joined}
    used = taken | {prefix for m in members.values() for prefix in m.former}
    if len(used) < len(PREFIXES):
        taken = used
    if own is None or own.joined is None:
        prefix = choose_prefix(log_id or device_id, taken)
    elif device_id in losers(members.values()):
        prefix = choose_prefix(device_id, taken)
        if prefix == own.joined.prefix:  # every prefix is taken: claiming it again would change nothing
            return []
    elif log_id and own.claimed_at[1] != log_id:
        prefix = choose_prefix(log_id, taken | {own.joined.prefix})
        if prefix == own.joined.prefix:
            return []
    elif (own.joined.label, own.joined.role) != (label, role):
        prefix = own.joined.prefix
    else:
        return []
    return [Draft(events.JOINED, device_id, Joined(device_id, label, role, prefix))]
