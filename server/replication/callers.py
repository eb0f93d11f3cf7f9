"""Whom a terminal keeps called: who was named by an installer, who announces itself by mDNS, who was connected before
or is told of by others. One task for each, for as long as it is worth a call.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from server.replication.acquaintances import Acquaintances
from server.replication.actions import Me, PeerState
from server.replication.dialling import Ended, Target, peer_uri
from server.replication.found import Found

YIELD_CALL_S = 3.0
"""Of two terminals that find each other, the one with the lower device id calls, and the other only after this."""

HEARSAY_CALL_S = 2.0
"""A terminal of which others tell is in reach through them, and may be about to call: no hurry."""

MAX_FOUND = 128
"""Terminals that are called because mDNS shows them. Anybody can announce a thousand more: each then takes the place of
one that is not connected, and none that is connected is let go."""

Spawn = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]


class Callers:
    """`call` calls a target and returns when the link has ended; `is_connected` asks by device id; `spawn` begins a
    task that ends with the node. `peers` are `HOST:PORT`; `known` as for `Mesh`. Head office calls nobody."""

    def __init__(
        self,
        me: Me,
        peers: Sequence[str],
        known: Path | None,
        *,
        call: Callable[[Target], Awaitable[Ended]],
        is_connected: Callable[[str], bool],
        spawn: Spawn,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Raises `Refused` for a peer that can't be read."""
        is_office = me.role == "office"
        self._me, self._call, self._is_connected, self._spawn, self._chance = me, call, is_connected, spawn, chance
        self._named = [] if is_office else [Target([peer_uri(peer)], chance=chance) for peer in peers]
        self._found: dict[str, tuple[Target, asyncio.Task[None]]] = {}
        self._hearsay: dict[str, tuple[Target, asyncio.Task[None]]] = {}
        self._acquaintances = Acquaintances(me.store, None if is_office else known)

    def start(self, wall_ms: int) -> None:
        """Begins to call those who were named, and those who were there last time."""
        for target in self._named:
            self._keep_called(target, target.uri)
        self._acquaintances.load(wall_ms)
        self._call_acquaintances(0.0)

    @property
    def shown(self) -> list[Target]:
        """Who was named or has announced itself: known even while it is not connected."""
        return [*self._named, *(target for target, _ in self._found.values())]

    @property
    def _called(self) -> list[Target]:
        return [*self.shown, *(target for target, _ in self._hearsay.values())]

    def wake(self) -> None:
        """Somebody came or went: each looks again whether to call."""
        for target in self._called:
            target.wake()

    def awaited(self) -> bool:
        """Whether a terminal is known of that is not connected, and it is not known either that it can't be reached."""
        return any(not (one.failure or one.given_up) and self._wanted(one) for one in self._called)

    def seen(self, found: Found) -> None:
        """mDNS shows a terminal of this store."""
        if found.device_id in self._found:
            self._found[found.device_id][0].seen(found.uris)
            return
        if len(self._found) >= MAX_FOUND and not self._forget_found():
            return
        target = Target(
            found.uris,
            device_id=found.device_id,
            label=found.label,
            role=found.role,
            first_wait_s=self._yielding(found.device_id),
            chance=self._chance,
        )
        self._found[found.device_id] = target, self._keep_called(target, found.label)

    def told(self, states: Sequence[PeerState], wall_ms: int) -> None:
        """Takes in where the others are, by what the connected ones tell of each other."""
        self._acquaintances.update(states, wall_ms)
        self._call_acquaintances(HEARSAY_CALL_S)
        self._acquaintances.save(wall_ms)

    def _keep_called(self, target: Target, name: str) -> asyncio.Task[None]:
        return self._spawn(target.run(self._call, self._wanted), f"calls {name}")

    def _wanted(self, target: Target) -> bool:
        return not (target.device_id and self._is_connected(target.device_id))

    def _yielding(self, device_id: str) -> float:
        return 0.0 if self._me.device_id < device_id else YIELD_CALL_S

    def _forget_found(self) -> bool:
        """Gives up the first that is not connected; False when all are."""
        for device_id, (target, task) in self._found.items():
            if not target.linked and self._wanted(target):
                task.cancel()
                del self._found[device_id]
                return True
        return False

    def _call_acquaintances(self, wait_s: float) -> None:
        """Keeps those called of whom others tell, besides what is called anyway."""
        given = {uri for target in self.shown for uri in target.uris}
        known = self._acquaintances.known
        for device_id, whereabouts in known.items():
            uris = [uri for uri in map(peer_uri, whereabouts.addresses) if uri not in given]
            if not uris or device_id == self._me.device_id:
                continue
            if device_id in self._hearsay:
                target = self._hearsay[device_id][0]
                if uris != target.uris:
                    target.device_id = device_id  # somebody else may have answered at the old place
                    target.moved(uris)
                continue
            first_wait_s = wait_s + self._yielding(device_id)
            target = Target(uris, device_id=device_id, first_wait_s=first_wait_s, chance=self._chance)
            self._hearsay[device_id] = target, self._keep_called(target, uris[0])
        for device_id, (target, task) in list(self._hearsay.items()):
            if device_id not in known and not target.linked:
                task.cancel()
                del self._hearsay[device_id]
