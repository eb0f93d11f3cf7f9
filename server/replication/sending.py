"""What goes to which peer, in which order, and who of several should send it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.event import MAX_BATCH_EVENTS, MAX_SEQ, Batch, Header, Stream
from server.keys import chain, genesis
from server.replication import frames
from server.replication.actions import Action, Alarm, Fetch, Me, Send
from server.replication.flow import FETCH_BYTES, FETCHES, MIN_FETCH_BYTES, Dispute, PeerLink
from server.replication.frames import BadFrame, Events
from server.replication.holdings import Holdings
from server.replication.scope import rank

HEAL_AFTER_S = 2.5
"""A peer that somebody else should serve and that has not moved for this long is served by us as well."""

LOST_AFTER_S = 5.0
"""Frames that the peer has received, and not acknowledged for this long, were dropped there: send again."""

LOST_ANYHOW_AFTER_S = 30.0
"""Frames not even received by then are taken as lost; on a slow line they may merely be on their way."""

SHOWN_BEFORE = 100
"""Events before the first that is known to differ: two branches part somewhere before it."""

SHOWN_EVENTS = 500
"""Of our branch, the newest, that its writer is shown."""

MAX_BRANCHES = 32
"""Branches of others' streams that are kept to be shown to their writers, a frame each; the oldest go first."""

EVENT_OVERHEAD = 8
"""Bytes an event costs in a frame beyond its own, for the window's count."""


class Branch(NamedTuple):
    """What somebody else holds of a stream whose writer is another device, in a frame."""

    writer: str
    frame: bytes


class Sender:
    """Eager push, catch-up, relay and healing over all links. Shares `holdings` with its `Replica`."""

    def __init__(self, me: Me, holdings: Holdings) -> None:
        self._me = me
        self._holdings = holdings
        self._by_device: dict[str, PeerLink] = {}
        self._by_store: dict[str, dict[str, PeerLink]] = {}
        self._branches: dict[tuple[Stream, bytes], Branch] = {}  # by stream and seal: not ours, of other devices

    def add(self, peer: PeerLink) -> None:
        """A peer has introduced itself."""
        self._by_device[peer.device_id] = peer
        self._by_store.setdefault(peer.view.store, {})[peer.device_id] = peer

    def remove(self, peer: PeerLink) -> None:
        """Its link is no longer used."""
        if self._by_device.get(peer.device_id) is peer:
            del self._by_device[peer.device_id]
            others = self._by_store[peer.view.store]
            del others[peer.device_id]
            if not others:
                del self._by_store[peer.view.store]

    def peer_of(self, device_id: str) -> PeerLink | None:
        return self._by_device.get(device_id)

    def peers(self) -> list[PeerLink]:
        """Everybody who has said hello."""
        return list(self._by_device.values())

    def stores(self) -> Iterable[str]:
        """Those of which somebody has said hello; `""` is head office."""
        return self._by_store

    def of_stores(self, *stores: str) -> list[PeerLink]:
        """Everybody of these stores (`""`: head office) who has said hello."""
        return [peer for store in dict.fromkeys(stores) for peer in self._by_store.get(store, {}).values()]

    def wants(self, peer: PeerLink, stream: Stream) -> bool:
        """Whether this peer may and wants to hold the stream."""
        header = self._holdings.headers.get(stream.log_id)
        return header is not None and peer.view.takes(header.store, stream)

    def audience(self, stream: Stream) -> list[PeerLink]:
        """Peers ready for events of this stream."""
        header = self._holdings.headers.get(stream.log_id)
        if header is None:
            return []
        writer = header.store
        links = [self._by_store.get(store, {}) for store in (("", writer) if writer else self._by_store)]
        return [peer for some in links for peer in some.values() if peer.ready and peer.view.takes(writer, stream)]

    def offer(self, peer: PeerLink, stream: Stream, now: float) -> None:
        """Our head or its has moved: puts the stream where it belongs in this link's books."""
        if self._is_due(peer, stream, self._holdings.seq(stream), now):
            peer.enqueue(stream)

    def _is_due(self, peer: PeerLink, stream: Stream, have: int, now: float) -> bool:
        """Whether we, who hold the stream up to `have`, should send what the peer lacks of it; else it is in the books
        where it belongs."""
        if stream in peer.forked or peer.theirs.get(stream, 0) >= have:
            peer.drop(stream)
            return False
        peer.lag[stream] = None
        if peer.sent.get(stream, 0) >= have:
            peer.standby.pop(stream, None)
            return False
        if self._responsible(peer, stream, have):
            return True
        peer.unqueue(stream)
        peer.standby.setdefault(stream, now)
        return False

    def moved(self, peer: PeerLink, stream: Stream, now: float) -> None:
        """The peer has got further by somebody's sending: the wait for others starts anew."""
        peer.standby.pop(stream, None)
        self.offer(peer, stream, now)

    def push(self, batch: Batch, now: float, out: list[Action]) -> list[PeerLink]:
        """A batch has just become durable here: at once to each peer that stands right before it. Returns all whom it
        concerns."""
        made: dict[bool, bytes] = {}
        stream, size = batch.stream, weight(batch)
        have = self._holdings.seq(stream)
        audience = self.audience(stream)
        for peer in audience:
            peer.untold[stream] = None
            if peer.unshown and have >= peer.unshown.get(stream, MAX_SEQ):
                self._show(peer, stream, peer.unshown.pop(stream), out)
            if not self._is_due(peer, stream, have, now):
                continue
            if (
                stream not in peer.fetching
                and not peer.needs_room
                and len(batch.events) <= MAX_BATCH_EVENTS
                and peer.position(stream) == batch.first_seq - 1
                and peer.room(size)
            ):
                peer.standby.pop(stream, None)
                peer.unqueue(stream)
                self._send(peer, batch, now, out, made)
            else:
                peer.enqueue(stream)
        return audience

    def pump(self, peer: PeerLink, now: float, out: list[Action]) -> None:
        """Asks the log for what may be sent next, as far as the window reaches."""
        if not peer.queue and not peer.needs_room:  # mostly
            return
        while peer.ready and len(peer.fetching) < FETCHES and peer.bulk_room():
            peer.needs_room = 0
            stream = peer.next_queued()
            if stream is None:
                return
            after = peer.position(stream)
            held = self._holdings.held.get(stream)
            if held is None or after >= held.seq or stream in peer.forked:
                continue
            if after < held.floor_seq:
                if after > 0 and not self._may_skip(peer, stream):
                    continue  # only one that holds more can help it
                after = held.floor_seq
            size = min(FETCH_BYTES, max(MIN_FETCH_BYTES, peer.bulk_window - peer.in_flight))
            peer.fetching[stream] = size
            peer.in_flight += size
            out.append(Fetch(peer.link, stream, after, MAX_BATCH_EVENTS, size))

    def fetched(self, peer: PeerLink, stream: Stream, batch: Batch | None, now: float, out: list[Action]) -> None:
        """The log's answer: sends it, and goes on."""
        size = peer.fetching.pop(stream, 0)
        peer.in_flight -= size
        if stream in peer.disputes:
            if batch is not None or not size:  # else it is the answer to what was asked before
                self._dispute_fetched(peer, stream, batch, out)
        elif batch and stream not in peer.forked:
            self._send_fetched(peer, batch, now, out)
        elif stream in peer.lag:
            self._later(peer, stream, now)
        self.pump(peer, now, out)

    def _may_skip(self, peer: PeerLink, stream: Stream) -> bool:
        """Whether a peer that holds a part which ends below our floor goes on from the floor: a terminal that was away
        longer than sales are kept, or head office when it has lost what it held. A writer can't have less of its
        own."""
        return peer.hello is not None and peer.hello.log_id != stream.log_id

    def _send_fetched(self, peer: PeerLink, batch: Batch, now: float, out: list[Action]) -> None:
        after = peer.position(batch.stream)
        floor = self._holdings.held[batch.stream].floor_seq
        if batch.first_seq > after + 1 and batch.first_seq != floor + 1:
            self._later(peer, batch.stream, now)
            return
        size = weight(batch)
        if not peer.room(size):
            peer.needs_room = size
        elif batch.last_seq > after:
            self._send(peer, batch, now, out, {})
        self.offer(peer, batch.stream, now)

    def _later(self, peer: PeerLink, stream: Stream, now: float) -> None:
        """The log could not give what is needed now; `heal` tries again."""
        peer.unqueue(stream)
        peer.standby.setdefault(stream, now)

    def heal(self, peer: PeerLink, now: float) -> None:
        """Takes over from those who should send and do not."""
        for stream in [s for s, since in peer.standby.items() if now - since >= HEAL_AFTER_S]:
            peer.enqueue(stream)

    def resend(self, peer: PeerLink, now: float) -> None:
        """Sends again what was lost, or dropped by a peer that could not store it."""
        for stream, flights in list(peer.unacked.items()):
            oldest = flights[0]
            arrived = oldest.number <= peer.frames_seen
            if now - oldest.at >= (LOST_AFTER_S if arrived else LOST_ANYHOW_AFTER_S):
                peer.forget_sent(stream)
                self.offer(peer, stream, now)

    def dispute(self, peer: PeerLink, stream: Stream, seq: int, out: list[Action]) -> None:
        """The peer's branch of the stream differs from ours at `seq`: shows it ours, once, and sends no more of it.
        What stands in the place of a branch that was left may have yet to come: it is shown then."""
        if stream in peer.forked:
            return
        held = self._holdings.held.get(stream)
        floor_seq = held.floor_seq if held else 0
        if seq <= floor_seq and 0 < peer.theirs.get(stream, 0) < floor_seq and self._may_skip(peer, stream):
            return  # what differs is gone here: it goes on from our floor, as all do who hold less
        peer.forked.add(stream)
        peer.drop(stream)
        peer.lead.discard(stream)  # what it holds more of is not more of ours
        if held is None or held.seq < seq:
            peer.unshown[stream] = seq
        else:
            self._show(peer, stream, seq, out)

    def tell_writer(self, branch: Events, header: Header, holder: PeerLink, out: list[Action]) -> None:
        """A stream of another device has two branches: its writer alone can bring them together, and may never meet
        whoever holds this one, head office for one, or forget that it wrote it, when its disk is set back. It is shown
        it, now or when it is connected."""
        stream = Stream(branch.log_id, branch.topic)
        prior = branch.prior or self._holdings.hash_at(stream, branch.first_seq - 1)
        if prior is None or header.device_id == self._me.device_id:
            return
        frame = frames.encode(Events(*stream, branch.first_seq, branch.events, branch.seal, header, prior, True))
        self._branches.pop((stream, branch.seal), None)
        self._branches[stream, branch.seal] = Branch(header.device_id, frame)
        if len(self._branches) > MAX_BRANCHES:
            del self._branches[next(iter(self._branches))]
        writer = self._by_device.get(header.device_id)
        if writer is not None and writer is not holder and writer.ready:
            self._tell(writer, frame, out)
            self._show_newest(writer, stream, out)

    def tell_as_writer(self, peer: PeerLink, out: list[Action]) -> None:
        """This device is connected: branches of its streams that we have seen, and ours, for it may know of neither."""
        streams: dict[Stream, None] = {}
        for (stream, _), branch in self._branches.items():
            if branch.writer == peer.device_id:
                self._tell(peer, branch.frame, out)
                streams[stream] = None
        for stream in streams:
            self._show_newest(peer, stream, out)

    def _show_newest(self, writer: PeerLink, stream: Stream, out: list[Action]) -> None:
        held = self._holdings.held.get(stream)
        if held is not None and held.seq:
            self._show(writer, stream, held.seq, out, SHOWN_EVENTS, seen=True)

    def _tell(self, peer: PeerLink, frame: bytes, out: list[Action]) -> None:
        peer.frames_out += 1
        out.append(Send(peer.link, frame))

    def compare(self, peer: PeerLink, stream: Stream, events: Events, now: float) -> None:
        """The peer has shown what it holds of a stream, in which we hold more, and no hash of ours there is at hand:
        what is sent next is compared with it (`_send`)."""
        digest = events.prior or genesis(stream)
        for raw in events.events:
            digest = chain(digest, raw)
        peer.their_hashes[stream] = (events.first_seq + len(events.events) - 1, digest)
        peer.forget_sent(stream)
        self.offer(peer, stream, now)

    def _show(
        self,
        peer: PeerLink,
        stream: Stream,
        seq: int,
        out: list[Action],
        before: int = SHOWN_BEFORE,
        seen: bool = False,
    ) -> None:
        """Our branch around `seq`, from so many events before it on: where it parted from the other nobody knows. What
        was asked of the log for this peer before and has not come yet is shown with it."""
        after = max(self._holdings.held[stream].floor_seq, seq - 1 - before)
        asked = peer.disputes.get(stream)
        if asked is not None:
            seq, after, seen = max(seq, asked.seq), min(after, asked.after), seen and asked.seen
        peer.disputes[stream] = Dispute(seq, after, None, seen)
        out.append(Fetch(peer.link, stream, after, MAX_BATCH_EVENTS, FETCH_BYTES))

    def _dispute_fetched(self, peer: PeerLink, stream: Stream, batch: Batch | None, out: list[Action]) -> None:
        asked, held = peer.disputes[stream], self._holdings.held[stream]
        if batch is not None and batch.first_seq != asked.after + 1:
            return  # asked for before, to be sent
        del peer.disputes[stream]
        if batch is None:
            return
        if batch.last_seq < asked.seq:
            peer.disputes[stream] = Dispute(asked.seq, batch.last_seq, batch.hashes[-1], asked.seen)
            out.append(Fetch(peer.link, stream, batch.last_seq, MAX_BATCH_EVENTS, FETCH_BYTES))
            return
        prior = held.floor_hash if asked.after == held.floor_seq else asked.prior
        first = batch.first_seq
        skip = 0 if prior else 1  # the hash before it is that of the one left out
        if len(batch.events) <= skip:
            return
        at = max(asked.seq, first)
        self._holdings.learn(stream, at, batch.hashes[at - first])  # to judge the branch that comes in answer
        branch = Events(
            *stream,
            first + skip,
            batch.events[skip:],
            batch.seal,
            self._header(stream),
            prior or batch.hashes[0],
            asked.seen,
        )
        self._tell(peer, frames.encode(branch), out)

    def _responsible(self, peer: PeerLink, stream: Stream, have: int) -> bool:
        """Whether we, of all who could, send this stream to this peer: its writer, else the lowest device id."""
        header = self._holdings.headers.get(stream.log_id)
        writer = header.device_id if header else ""
        if writer == self._me.device_id:
            return True
        if writer in peer.neighbours:
            return False
        source = self._by_device.get(writer)
        for device_id in peer.neighbours:
            if device_id >= self._me.device_id:
                continue
            if source and device_id in source.neighbours:
                return False
            other = self._by_device.get(device_id)
            if other and (other.theirs.get(stream, 0) >= have or writer in other.neighbours):
                return False
        return True

    def _header(self, stream: Stream) -> Header:
        return self._holdings.headers[stream.log_id]

    def _send(self, peer: PeerLink, batch: Batch, now: float, out: list[Action], made: dict[bool, bytes]) -> None:
        """`made`: frames of this batch already encoded, with and without the header."""
        stream = batch.stream
        theirs = peer.their_hashes.pop(stream, None)
        if theirs and theirs[0] == batch.first_seq - 1 and chain(theirs[1], batch.events[0]) != batch.hashes[0]:
            self.dispute(peer, stream, theirs[0], out)
            return
        first_time = stream.log_id not in peer.headers_sent
        held = self._holdings.held[stream]
        at_floor = batch.first_seq - 1 == held.floor_seq and held.floor_seq > 0
        frame = made.get(first_time)
        if frame is None:
            try:
                header = self._header(stream) if first_time else None
                prior = held.floor_hash if at_floor else None
                frame = frames.encode(Events(*stream, batch.first_seq, batch.events, batch.seal, header, prior))
            except BadFrame as e:
                peer.forked.add(stream)
                peer.drop(stream)
                out.append(Alarm("unsendable", f"Stream {stream} cannot be passed on: {e.text}", stream))
                return
            made[first_time] = frame
        peer.headers_sent.add(stream.log_id)
        peer.note_sent(stream, batch.last_seq, weight(batch), now)
        if batch.last_seq >= held.seq:
            peer.untold.pop(stream, None)  # these events say themselves that we hold them
        out.append(Send(peer.link, frame))


def weight(batch: Batch) -> int:
    """What a batch counts in the window, in bytes."""
    return sum(map(len, batch.events)) + EVENT_OVERHEAD * len(batch.events)


def by_rank(batches: Sequence[Batch]) -> list[Batch]:
    """In the order of sending; batches of one stream stay in theirs."""
    return sorted(batches, key=lambda batch: rank(batch.stream)) if len(batches) > 1 else list(batches)
