"""The list of peers as people see it: who is connected, who is being called, who was here and is lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from server.replication.actions import PeerState
from server.replication.dialling import Target

MAX_REMEMBERED = 500
MAX_REMEMBERED_AT_OFFICE = 50_000
"""Devices no longer connected: a shop has some dozens, and head office of ten thousand shops remembers all of theirs.
With one more the one that was seen the longest ago is forgotten."""

CALLING_FOR_MS = 5_000
"""A peer that was lost less than this ago is probably back in a moment; it is shown as `connecting`."""

State = Literal["connected", "connecting", "lost"]


class Peer(msgspec.Struct, frozen=True):
    """Another machine. Counts are events; `last_seen_ms` is since 1970, 0 for never.

    `events_behind`: of ours that it is not known to hold; `we_behind`: of its that we do not hold. `device_id` is
    `""` for an address at which nobody has introduced himself yet. Not `direct`: no link leads there, but a connected
    peer has one, and passes on what either says.
    """

    device_id: str
    label: str
    role: str
    store: str
    state: State
    events_behind: int
    we_behind: int
    last_seen_ms: int
    address: str
    office: bool
    carries_office: bool
    neighbours: tuple[str, ...]
    direct: bool = True
    api_port: int = 0


class Roster:
    """Remembers peers after they have gone. Plain bookkeeping; `now` is the links' clock in s, `wall_ms` the wall's."""

    def __init__(self, most: int = MAX_REMEMBERED) -> None:
        self._most = most
        self._last: dict[str, Peer] = {}

    def update(self, connected: Iterable[tuple[PeerState, str]], now: float, wall_ms: int) -> list[Peer]:
        """Takes in the connected peers with their addresses, and returns them."""
        present: list[Peer] = []
        for peer, address in connected:
            present.append(
                Peer(
                    device_id=peer.device_id,
                    label=peer.label,
                    role=peer.role,
                    store=peer.store,
                    state="connected",
                    events_behind=peer.events_behind,
                    we_behind=peer.we_behind,
                    last_seen_ms=wall_ms - int((now - peer.last_heard) * 1000),
                    address=address,
                    office=peer.office,
                    carries_office=peer.carries_office,
                    neighbours=peer.neighbours,
                    api_port=peer.api_port,
                )
            )
        for one in present:
            self._last.pop(one.device_id, None)
            self._last[one.device_id] = one
        here = {peer.device_id for peer in present}.union(*(peer.neighbours for peer in present))
        places = {_place(peer) for peer in present if peer.address}
        for gone in [name for name, peer in self._last.items() if name not in here and _place(peer) in places]:
            del self._last[gone]  # its disk was lost or set back: it is there, and is called otherwise now
        while len(self._last) > max(self._most, len(present)):
            del self._last[next(iter(self._last))]
        return present

    def all(self, present: list[Peer], targets: Iterable[Target], wall_ms: int) -> list[Peer]:
        """Everybody: those present, those in reach through them, those lost, and addresses that are called in vain."""
        here = {peer.device_id for peer in present}
        called = [target for target in targets if not target.given_up and target.device_id not in here]
        lost = [peer for device_id, peer in self._last.items() if device_id not in here]
        everybody = list(present)
        everybody += [_absent(peer, present, wall_ms) for peer in lost]
        for target in called:
            if target.device_id not in self._last:
                everybody.append(_called(target))
        return sorted(everybody, key=lambda peer: (peer.office, peer.label, peer.device_id))


def _place(peer: Peer) -> tuple[str, str, str, str]:
    """Where a terminal stands. The address alone may be another one's by now; two of one name have two addresses."""
    return peer.address, peer.store, peer.role, peer.label


def _absent(peer: Peer, present: list[Peer], wall_ms: int) -> Peer:
    """A peer without a link: in reach by way of others, probably back in a moment, or lost."""
    through = [other for other in present if peer.device_id in other.neighbours]
    if through:
        return msgspec.structs.replace(
            peer,
            direct=False,
            events_behind=min(other.events_behind for other in through),
            we_behind=min(other.we_behind for other in through),
            last_seen_ms=max(other.last_seen_ms for other in through),
            carries_office=False,
            neighbours=(),
        )
    recent = wall_ms - peer.last_seen_ms < CALLING_FOR_MS
    state: State = "connecting" if recent else "lost"
    return msgspec.structs.replace(peer, state=state, carries_office=False, neighbours=())


def _called(target: Target) -> Peer:
    return Peer(
        device_id=target.device_id,
        label=target.label or target.uri.partition("://")[2],
        role=target.role,
        store="",
        state="connecting",
        events_behind=0,
        we_behind=0,
        last_seen_ms=0,
        address=target.uri.partition("://")[2],
        office=target.role == "office",
        carries_office=False,
        neighbours=(),
    )
