"""What a peer is told of us: what we hold, what has changed, whom we reach."""

from __future__ import annotations

from server.event import Stream
from server.replication import frames
from server.replication.actions import Action, Send
from server.replication.flow import PeerLink
from server.replication.frames import FrontierIs, Have, Summary
from server.replication.greeting import MAX_NEIGHBOURS, is_address, is_local, on_this_machine
from server.replication.holdings import Holdings
from server.replication.sending import Sender

SUMMARY_EVERY_S = 1.0
NEIGHBOURS_EVERY_S = 10.0
"""Told again this often though nothing changed, in case it was lost."""


class Teller:
    """Writes `FrontierIs`, `Have` and `Summary`. Shares `holdings` and `sender` with its `Replica`."""

    def __init__(self, store: str, holdings: Holdings, sender: Sender) -> None:
        self._store = store  # ours
        self._holdings = holdings
        self._sender = sender
        self.office_reachable = False

    def have(self, peer: PeerLink, frontier: dict[Stream, int], out: list[Action]) -> None:
        """These streams are durable here, up to these numbers."""
        for stream in frontier:
            peer.untold.pop(stream, None)
        peer.owed.difference_update(s for s in frontier if self._settled(s))
        parts = frames.in_parts(frontier) if len(frontier) > 1 else [frames.entries(frontier)]
        out += [Send(peer.link, frames.encode(Have(part))) for part in parts]

    def _settled(self, stream: Stream) -> bool:
        head = self._holdings.head(stream)
        return head is None or head[0] <= self._holdings.seq(stream)

    def frontier(self, peer: PeerLink, out: list[Action]) -> None:
        """All that is held and that the peer may hold."""
        peer.untold.clear()
        entries: dict[str, dict[str, tuple[int, bytes]]] = {}
        for count, stream in enumerate(self._holdings.visible(peer.view), start=1):
            held = self._holdings.held[stream]
            entries.setdefault(stream.log_id, {})[stream.topic] = (held.seq, held.hash)
            if count % frames.MAX_FRONTIER_ENTRIES == 0:
                out.append(Send(peer.link, frames.encode(FrontierIs(entries, True))))
                entries = {}
        out.append(Send(peer.link, frames.encode(FrontierIs(entries))))

    def summary(self, peer: PeerLink, now: float, out: list[Action]) -> None:
        """What the peer has not been told yet, and the digest of all."""
        peer.summary_due = now + SUMMARY_EVERY_S
        changed = {stream: self._holdings.seq(stream) for stream in peer.untold}
        peer.untold.clear()
        if len(changed) > frames.MAX_FRONTIER_ENTRIES:
            out += [Send(peer.link, frames.encode(Have(part))) for part in frames.in_parts(changed)]
            changed = {}
        neighbours = self._neighbours_for(peer)
        addresses = self._addresses_for(peer)
        same = neighbours == peer.told_neighbours and addresses == peer.told_addresses
        told = same and now < peer.neighbours_due
        summary = Summary(
            changed=frames.entries(changed),
            digest=self._holdings.digest(peer.view),
            received=peer.frames_in,
            carries_office=self._carries_office(),
            office_reachable=self.office_reachable,
            neighbours=None if told else neighbours,
            addresses=None if told or not addresses else addresses,
        )
        if not told:
            peer.told_neighbours, peer.told_addresses = neighbours, addresses
            peer.neighbours_due = now + NEIGHBOURS_EVERY_S
        out.append(Send(peer.link, frames.encode(summary)))

    def _carries_office(self) -> bool:
        return any(peer.to_office and peer.view.store == "" for peer in self._sender.peers())

    def _neighbours_for(self, peer: PeerLink) -> list[str]:
        """Whom we are connected to, as far as it is this peer's business: of its store; for head office, of ours."""
        store = peer.view.store or self._store
        return sorted(p.device_id for p in self._sender.of_stores(store, "") if p is not peer)

    def _addresses_for(self, peer: PeerLink) -> dict[str, str]:
        """Where we reach the other terminals of this peer's store, if it is ours. Head office tells none and gets none.

        A loopback address means something on this machine only.
        """
        if not self._store or peer.view.store != self._store:
            return {}
        here = on_this_machine(peer)
        found: dict[str, str] = {}
        for other in self._sender.of_stores(self._store):
            at = other.reached_at
            if other is not peer and is_address(at) and (here or not is_local(at)) and len(found) < MAX_NEIGHBOURS:
                found[other.device_id] = at
        return found

    def neighbours_changed(self, store: str, now: float, out: list[Action]) -> None:
        """Somebody of `store` came or went. Tells at once: who relays to whom depends on it."""
        for peer in self._sender.of_stores(store, "") if store else self._sender.peers():
            if self._neighbours_for(peer) != peer.told_neighbours:
                self.summary(peer, now, out)
