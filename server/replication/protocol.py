"""The replication protocol of one node, without I/O: frames and log commits go in, `Action`s come out.

A link's life: both sides send `Hello`; each judges the other's and answers with `FrontierIs`, all it holds that the
other may hold. From then on each sends what the other lacks and is its to send (`sending`), tells what it holds
durably (`Have`), and once a second what changed, with a digest of everything (`Summary`). `docs/protocol.md` §3.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from server.event import MAX_SEQ, Batch, Frontier, Header, Held, Stream
from server.replication import frames
from server.replication.actions import (
    Action,
    Alarm,
    Close,
    Contact,
    Fetch,
    Me,
    PeersChanged,
    PeerState,
    Send,
    Store,
)
from server.replication.flow import PeerLink
from server.replication.frames import Ask, BadFrame, Events, FrontierIs, Have, Hello, Refuse, Summary
from server.replication.greeting import CALM_CODES, addresses_told, judge, loser
from server.replication.holdings import MAX_STREAMS, MAX_STREAMS_AT_OFFICE, Holdings
from server.replication.scope import View, is_stream, is_topic, may_hold
from server.replication.sending import Sender, by_rank
from server.replication.telling import Teller
from server.replication.verify import HASH_BYTES, BrokenRule, Duplicate, Fork, Fresh, check_header, examine, shown

__all__ = ["Action", "Alarm", "Close", "Fetch", "Me", "PeerState", "PeersChanged", "Replica", "Send", "Store"]

SILENT_AFTER_S = 4.0
"""Four summaries missed: the peer or the line is gone, whatever the socket says."""

OFFICE_SILENT_AFTER_S = 10.0
"""Over a slow line one large frame can take some seconds, and nothing is heard meanwhile."""

LEFT_WAIT_S = 30.0
"""How long a branch that we left is turned away before we take it nevertheless: so long nobody had the other one. It
is written again anyway, and so is the other, should it come later."""

ASK_EVERY_S = 5.0
ANSWER_EVERY_S = 1.0
"""A peer that asks more often is not answered each time: a frontier is large, and an ask is two bytes."""

MAX_ALARMED = 1_000
"""Things already alarmed about that are remembered; the oldest is forgotten, and may be told again."""

MAX_PEER_STREAMS = MAX_STREAMS
"""Streams one peer may claim to hold (about 10 MB here): head office tells a shop only what is the shop's."""


def plain(text: str) -> str:
    """What a peer said, fit for a line in a log: nothing in it moves a cursor or begins another line."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "?" for one in text)


class Replica:
    """One node's side of all its links. Every method returns what is to be done, in that order.

    `now` is seconds on any clock that never goes back. Link numbers are the caller's, never used twice.
    """

    def __init__(
        self,
        me: Me,
        held: Mapping[Stream, Held],
        headers: Mapping[str, Header],
        *,
        nonce: bytes | None = None,
        left: Mapping[Stream, tuple[int, bytes]] | None = None,
    ) -> None:
        """`held` and `headers` are copied; from then on `stored` must be told of every commit of the log. `left`: an
        event (number, hash) of each own branch that was given up, so that nobody brings it back.

        `headers[me.log_id]` must be there. `nonce`: 16 bytes, random when not given.
        """
        assert me.log_id in headers, "the log's own header must be known"
        self._me = me
        self._nonce = nonce or os.urandom(16)
        self._holdings = Holdings(held, headers, left)
        self._most_streams = MAX_STREAMS if me.store else MAX_STREAMS_AT_OFFICE
        self._sender = Sender(me, self._holdings)
        self._teller = Teller(me.store, self._holdings, self._sender)
        self._links: dict[int, PeerLink] = {}
        self._dials = 0
        self._sought: set[Stream] = set()  # own streams of which head office has no more than this, or the same branch
        self._shown = False  # a branch of ours, and head office was not asked for it yet
        self._turned_away: dict[Stream, float] = {}  # own branches that were left and offered, by when they first were
        self._alarmed: dict[tuple[str, object], None] = {}  # oldest first
        self._handlers: dict[type[Any], Callable[[PeerLink, Any, float, list[Action]], None]] = {
            FrontierIs: self._on_frontier,
            Events: self._on_events,
            Have: self._on_have,
            Summary: self._on_summary,
            Ask: self._on_ask,
        }

    # ---- what the world tells -------------------------------------------------------------------------------------

    def connect(
        self, link: int, now: float, *, dialled: bool, to_office: bool = False, address: str = ""
    ) -> list[Action]:
        """A link is open. `dialled` by us; `to_office`: from the list of head office's addresses.

        `address`: HOST:PORT as dialled, or the host from which it came; other terminals of the store are told of it.
        """
        assert link not in self._links, f"link {link} is in use"
        self._dials += dialled
        peer = PeerLink(link, now, dialled, self._dials if dialled else 0, to_office, address)
        self._links[link] = peer
        me = self._me
        hello = Hello(
            protocol=frames.PROTOCOL,
            oldest=frames.OLDEST_PROTOCOL,
            store=me.store,
            device_id=me.device_id,
            log_id=me.log_id,
            header=self._holdings.headers[me.log_id],
            label=me.label,
            role=me.role,
            nonce=self._nonce,
            dial=peer.dial,
            sync_port=me.sync_port,
            api_port=me.api_port,
            blobs=me.blobs,
        )
        return [Send(link, frames.encode(hello))]

    def receive(self, link: int, frame: bytes, now: float) -> list[Action]:
        """A frame came. Unknown (already closed) links are ignored."""
        peer = self._links.get(link)
        out: list[Action] = []
        if peer is None:
            return out
        try:
            message = frames.decode(frame)
            peer.heard = now
            if isinstance(message, Refuse):
                calm = message.code in CALM_CODES
                self._close(peer, Close(link, plain(message.code[:64]), plain(message.text[:500]), not calm), now, out)
            elif isinstance(message, Hello):
                self._on_hello(peer, message, now, out)
            elif peer.hello is None:
                raise BrokenRule("no_hello", "The first frame on a link must be a hello.")
            else:
                self._handlers[type(message)](peer, message, now, out)
        except (BadFrame, BrokenRule) as e:
            self._refuse(peer, e.code, e.text, now, out)
        return out

    def fetched(self, link: int, stream: Stream, batch: Batch | None, now: float) -> list[Action]:
        """The answer to `Fetch`."""
        out: list[Action] = []
        peer = self._links.get(link)
        if peer:
            self._sender.fetched(peer, stream, batch, now, out)
        return out

    def stored(self, batches: Sequence[Batch], own: bool, now: float) -> list[Action]:
        """The log has committed these, its own or a peer's (`Log.on_stored`)."""
        out: list[Action] = []
        acks: dict[PeerLink, dict[Stream, int]] = {}
        touched: dict[PeerLink, None] = {}
        for batch in by_rank(batches):
            if not self._holdings.commit(batch):
                continue
            stream, seq = batch.stream, batch.last_seq
            for peer in self._sender.push(batch, now, out):
                if peer.theirs.get(stream, 0) <= seq:
                    peer.lead.discard(stream)
                touched[peer] = None
                if stream in peer.owed:
                    acks.setdefault(peer, {})[stream] = seq
        for peer, frontier in acks.items():
            self._teller.have(peer, frontier, out)
        for peer in touched:
            self._sender.pump(peer, now, out)
        return out

    def rejected(self, link: int, stream: Stream, code: str, text: str, now: float) -> list[Action]:
        """The log did not take a `Store`: code "gap", "fork", or anything else for trouble of our own (a full disk).

        The peer is not to blame: the link stays, nothing is acknowledged, and it sends again after a while.
        """
        out: list[Action] = []
        self._holdings.roll_back(stream)
        for peer in self._sender.peers():
            if stream in peer.owed:
                peer.owed.discard(stream)
                peer.resyncing.add(stream)
        peer_in_question = self._links.get(link)
        if code == "fork" and peer_in_question:
            self._alarm("fork", f"Stream {stream} has two branches: {text}", stream, None, out)
            self._sender.dispute(peer_in_question, stream, max(1, self._holdings.seq(stream)), out)
        return out

    def floor_raised(self, stream: Stream, seq: int, digest: bytes) -> None:
        """The log has dropped this stream's events up to `seq`, where its hash is `digest` (`Log.raise_floor`)."""
        self._holdings.raise_floor(stream, seq, digest)

    def tick(self, now: float) -> list[Action]:
        """Call every 100 ms to 1 s."""
        out: list[Action] = []
        for stream in [s for s, since in self._turned_away.items() if now - since >= LEFT_WAIT_S]:
            self._take_back(stream)
        for peer in list(self._links.values()):
            limit = OFFICE_SILENT_AFTER_S if peer.to_office or self._me.store == "" else SILENT_AFTER_S
            if now - peer.heard > limit:
                text = f"Nothing was heard for {limit:.0f} seconds."
                self._close(peer, Close(peer.link, "silent", text, False), now, out)
                continue
            if peer.hello and now >= peer.summary_due:
                self._teller.summary(peer, now, out)
                self._sender.resend(peer, now)
            if peer.ready:
                self._sender.heal(peer, now)
                self._sender.pump(peer, now, out)
        return out

    def disconnect(self, link: int, now: float) -> list[Action]:
        """The link has gone; nothing happens for one that the Replica closed itself."""
        out: list[Action] = []
        peer = self._links.get(link)
        if peer:
            self._forget(peer, now, out)
        return out

    def office_reachable(self, reachable: bool, now: float) -> list[Action]:
        """Whether this node could carry the line to head office; peers are told."""
        out: list[Action] = []
        if reachable != self._teller.office_reachable:
            self._teller.office_reachable = reachable
            for peer in self._sender.peers():
                self._teller.summary(peer, now, out)
        return out

    # ---- what the world asks --------------------------------------------------------------------------------------

    def replicas(self, stream: Stream, seq: int) -> int:
        """How many connected peers hold this event durably."""
        return sum(self._holds(peer, stream, seq) for peer in self._sender.peers())

    def _holds(self, peer: PeerLink, stream: Stream, seq: int) -> bool:
        """Who holds more of our own stream than we do holds another branch of it: something else in this place."""
        theirs = peer.theirs.get(stream, 0)
        if stream in peer.forked or (stream.log_id == self._me.log_id and theirs > self._holdings.seq(stream)):
            return False
        return theirs >= seq

    def office_holds(self) -> Frontier | None:
        """What head office has told us that it holds durably, but for forked streams; None without a line to it."""
        for peer in self._sender.of_stores(""):
            if peer.ready:
                return {stream: seq for stream, seq in peer.theirs.items() if stream not in peer.forked}
        return None

    def lacking(self, stream: Stream, seq: int) -> list[PeerState]:
        """Connected terminals of our store that are not known to hold this event durably."""
        peers = (p for p in self._sender.peers() if p.view.store)
        return [self._state(peer) for peer in peers if not self._holds(peer, stream, seq)]

    def under_way(self, device_id: str | None = None) -> bool:
        """Whether events were sent to this peer, or to any, that it has not acknowledged."""
        peers = self._sender.peers() if device_id is None else filter(None, [self._sender.peer_of(device_id)])
        return any(peer.in_flight for peer in peers)

    def peers(self) -> list[PeerState]:
        """Connected peers that have said hello."""
        return [self._state(peer) for peer in self._sender.peers()]

    def contacts(self) -> list[Contact]:
        """The same, as far as the line to head office is concerned; costs little."""
        return [
            Contact(p.link, p.device_id, p.view.store == "", p.carries_office, p.office_reachable, p.heard)
            for p in self._sender.peers()
        ]

    def seeks(self) -> bool:
        """Whether what stands in the place of an own branch that was left has yet to come, or a neighbour knows of a
        branch that nobody here holds: perhaps head office alone has it."""
        held, office = self._holdings, self._sender.of_stores("")
        return self._shown or any(
            held.seq(stream) < seq or any(stream in peer.lead for peer in office)
            for stream, (seq, _) in held.left.items()
            if stream not in self._sought
        )

    def in_company(self) -> bool:
        """Whether a terminal, of whichever store, has said hello on a link that is open."""
        return any(self._sender.stores())

    def is_connected(self, device_id: str) -> bool:
        """Whether this device has said hello on a link that is open."""
        return self._sender.peer_of(device_id) is not None

    def peer(self, link: int) -> PeerState | None:
        """The peer on this link once it has said hello."""
        peer = self._links.get(link)
        return self._state(peer) if peer and peer.hello else None

    # ---- frames ---------------------------------------------------------------------------------------------------

    def _on_hello(self, peer: PeerLink, hello: Hello, now: float, out: list[Action]) -> None:
        if peer.hello:
            raise BrokenRule("bad_hello", "A second hello came on one link.")
        try:
            judge(self._me, self._nonce, peer, hello)
        except BrokenRule as e:
            if e.code == "clone":
                self._alarm("clone", e.text, hello.device_id, None, out)
            raise
        peer.hello = hello
        peer.view = View(hello.store, None if hello.topics is None else frozenset(hello.topics))
        peer.neighbours = frozenset(hello.neighbours)
        peer.carries_office, peer.office_reachable = hello.carries_office, hello.office_reachable
        other = self._sender.peer_of(hello.device_id)
        if other:
            drop = loser(self._me, other, peer)
            self._refuse(drop, "duplicate", "There is another link to this device.", now, out)
            if drop is peer:
                return
        self._sender.add(peer)
        self._teller.frontier(peer, out)
        self._teller.neighbours_changed(hello.store, now, out)
        out.append(PeersChanged())

    def _on_frontier(self, peer: PeerLink, message: FrontierIs, now: float, out: list[Action]) -> None:
        for log_id, topics in message.entries.items():
            for topic, entry in topics.items():
                stream = Stream(log_id, topic)
                self._check_claim(stream, entry[0], len(peer.part))
                if len(entry[1]) != HASH_BYTES:
                    raise BrokenRule("bad_frontier", "A hash has 32 bytes.")
                peer.part[stream] = entry
        if message.more:
            return
        whole, peer.part = peer.part, {}
        peer.replace_theirs(whole, now)
        first_time, peer.ready = not peer.ready, True
        if peer.view.store == "":
            self._sought |= {s for s in self._holdings.left if peer.theirs.get(s, 0) <= self._holdings.seq(s)}
            self._shown = False
        if first_time:
            self._sender.tell_as_writer(peer, out)
        held = self._holdings.held
        more = {stream for stream, seq in peer.theirs.items() if seq > self._holdings.seq(stream)}
        peer.lead = more - peer.forked
        overtaken = min((stream for stream in peer.lead if stream.log_id == self._me.log_id), default=None)
        if overtaken and not any(code == "overtaken" for code, _ in self._alarmed):  # of one topic says it of the disk
            text = "Another machine holds more of what this one wrote: its disk is an older state of itself."
            self._alarm("overtaken", text, overtaken, None, out)
        for stream in self._holdings.visible(peer.view):
            seq, digest = whole.get(stream, (0, b""))
            ours = self._holdings.hash_at(stream, seq) if 0 < seq <= held[stream].seq else None
            if ours is not None and ours != digest:
                self._sender.dispute(peer, stream, seq, out)
            self._sender.offer(peer, stream, now)
        self._sender.pump(peer, now, out)
        if first_time:
            out.append(PeersChanged())

    def _on_events(self, peer: PeerLink, events: Events, now: float, out: list[Action]) -> None:
        peer.frames_in += 1
        stream = Stream(events.log_id, events.topic)
        header = self._admit(peer, stream, events.header)
        if events.seen:
            self._on_seen(stream, events, header, out)
            return
        if stream in peer.resyncing:
            head = self._holdings.head(stream)
            if events.first_seq > (head[0] if head else 0) + 1 and events.prior is None:
                return  # sent before it could know that we lost what comes before
            peer.resyncing.discard(stream)
        if stream in peer.forked and events.prior is None:
            return
        if self._holdings.head(stream) is None and self._holdings.full(self._most_streams):
            text = "More devices write here than a business has; new ones are not taken in. Find out who makes them up."
            self._alarm("too_many_streams", text, None, None, out)
            return
        may_skip = stream.log_id != self._me.log_id  # what it holds of its own is the truth
        outcome = examine(events, stream, header, self._holdings, may_skip)
        self._holdings.headers.setdefault(stream.log_id, header)
        if isinstance(outcome, Fork):
            text = f"Stream {stream} has two different events {outcome.seq}, both with its writer's seal."
            if peer.view.store == "":
                self._sought.add(stream)
            if header.device_id == self._me.device_id:
                if stream in self._holdings.left:
                    self._turned_away.setdefault(stream, now)
                self._keep_branch(stream, text, outcome.evidence, False, out)
            else:
                self._alarm("fork", text, stream, outcome.evidence, out)
            self._sender.dispute(peer, stream, outcome.seq, out)
            self._sender.tell_writer(events, header, peer, out)
            return
        self._they_hold(peer, stream, events.first_seq + len(events.events) - 1, now)
        if isinstance(outcome, Fresh):
            self._holdings.coming(outcome.batch, outcome.floor)
            peer.owed.add(stream)
            out.append(Store(peer.link, outcome.batch, header, outcome.floor))
        elif isinstance(outcome, Duplicate):
            if events.prior is not None:  # in answer to ours: perhaps it is another branch
                self._sender.compare(peer, stream, events, now)
                self._sender.pump(peer, now, out)
            durable = self._holdings.seq(stream)
            if durable >= events.first_seq + len(events.events) - 1:
                self._teller.have(peer, {stream: durable}, out)
            else:
                peer.owed.add(stream)

    def _on_seen(self, stream: Stream, events: Events, header: Header, out: list[Action]) -> None:
        """A branch of a stream of ours, from one who does not hold it. Raises `BrokenRule` for what we never signed."""
        if header.device_id != self._me.device_id:
            return
        self._shown = not self._sender.of_stores("")
        text = f"Somebody holds another branch of stream {stream}."
        self._keep_branch(stream, text, shown(events, stream, header), True, out)

    def _take_back(self, stream: Stream) -> None:
        """The branch of ours that we left is as good as any, if nothing has come in its place."""
        del self._turned_away[stream]
        if self._holdings.seq(stream) < self._holdings.left[stream][0]:
            del self._holdings.left[stream]
            for peer in self._sender.peers():
                peer.forked.discard(stream)
                peer.unshown.pop(stream, None)

    def _keep_branch(self, stream: Stream, text: str, branch: Batch, perhaps: bool, out: list[Action]) -> None:
        """Of our own streams each branch is evidence: what it has and this disk forgot, nobody else writes again."""
        if self._is_news("fork", (branch.first_seq, branch.hashes[-1], perhaps)):
            out.append(Alarm("fork", text, stream, branch, perhaps))

    def _admit(self, peer: PeerLink, stream: Stream, header: Header | None) -> Header:
        """The header of a stream that may come from this peer and may be held here. Raises `BrokenRule`."""
        known = self._holdings.headers.get(stream.log_id)
        if known is None:
            if header is None:
                raise BrokenRule("unknown_log", f"Events of log {stream.log_id[:40]} came before its header.")
            check_header(header, stream.log_id)
            known = header
        if not is_topic(stream.topic):
            raise BrokenRule("bad_batch", f"{stream.topic[:80]!r} is not a topic.")
        if not may_hold(self._me.store, known.store, stream):
            raise BrokenRule("out_of_scope", f"Stream {stream} is not for store {self._me.store}.")
        assert peer.hello
        if not may_hold(peer.hello.store, known.store, stream):
            raise BrokenRule("out_of_scope", f"Stream {stream} is not for store {peer.hello.store}, which sent it.")
        return known

    def _on_have(self, peer: PeerLink, message: Have, now: float, out: list[Action]) -> None:
        for stream, seq in frames.frontier(message.entries).items():
            self._they_hold(peer, stream, seq, now)
        self._sender.pump(peer, now, out)

    def _on_summary(self, peer: PeerLink, message: Summary, now: float, out: list[Action]) -> None:
        peer.frames_seen = message.received
        addresses = addresses_told(self._me, peer, message)
        before = (peer.carries_office, peer.office_reachable, peer.neighbours, peer.addresses)
        peer.carries_office, peer.office_reachable = message.carries_office, message.office_reachable
        if message.neighbours is not None:
            peer.neighbours, peer.addresses = frozenset(message.neighbours), addresses
            for stream in list(peer.lag):
                self._sender.offer(peer, stream, now)
        if before != (peer.carries_office, peer.office_reachable, peer.neighbours, peer.addresses):
            out.append(PeersChanged())
        for stream, seq in frames.frontier(message.changed).items():
            self._they_hold(peer, stream, seq, now)
        in_step = peer.ready and peer.their_digest == message.digest
        if not in_step and now - peer.asked_at >= ASK_EVERY_S:
            peer.asked_at = now
            out.append(Send(peer.link, frames.encode(Ask())))
        self._sender.pump(peer, now, out)

    def _on_ask(self, peer: PeerLink, message: Ask, now: float, out: list[Action]) -> None:
        if now - peer.answered_at >= ANSWER_EVERY_S:
            peer.answered_at = now
            self._teller.frontier(peer, out)

    # ---- books ----------------------------------------------------------------------------------------------------

    def _they_hold(self, peer: PeerLink, stream: Stream, seq: int, now: float) -> None:
        self._check_claim(stream, seq, len(peer.theirs) - (stream in peer.theirs))
        if not peer.raise_theirs(stream, seq, now):
            return
        ours = self._holdings.seq(stream)
        if seq >= ours:
            if seq > ours and stream not in peer.forked:
                peer.lead.add(stream)
            peer.drop(stream)
        elif self._sender.wants(peer, stream):
            self._sender.moved(peer, stream, now)

    def _check_claim(self, stream: Stream, seq: int, count: int) -> None:
        """Whether a peer that has claimed `count` streams so far may claim this."""
        if count >= MAX_PEER_STREAMS:
            raise BrokenRule("bad_frontier", f"Nobody holds more than {MAX_PEER_STREAMS} streams.")
        if not 0 <= seq <= MAX_SEQ:
            raise BrokenRule("bad_frontier", f"No stream has {seq} events.")
        if stream not in self._holdings.held and not is_stream(stream):
            raise BrokenRule("bad_frontier", f"{str(stream)[:100]!r} is not the name of a stream.")

    def _alarm(self, code: str, text: str, about: object, evidence: Batch | None, out: list[Action]) -> None:
        if self._is_news(code, about):
            out.append(Alarm(code, text, about if isinstance(about, Stream) else None, evidence))

    def _is_news(self, code: str, about: object) -> bool:
        """Once for each thing in a process's life."""
        if (code, about) in self._alarmed:
            return False
        self._alarmed[(code, about)] = None
        if len(self._alarmed) > MAX_ALARMED:
            del self._alarmed[next(iter(self._alarmed))]
        return True

    def _refuse(self, peer: PeerLink, code: str, text: str, now: float, out: list[Action]) -> None:
        text = plain(text)
        out.append(Send(peer.link, frames.encode(Refuse(code, text))))
        self._close(peer, Close(peer.link, code, text, code not in CALM_CODES), now, out)

    def _close(self, peer: PeerLink, close: Close, now: float, out: list[Action]) -> None:
        out.append(close)
        self._forget(peer, now, out)

    def _forget(self, peer: PeerLink, now: float, out: list[Action]) -> None:
        del self._links[peer.link]
        if peer.hello is None or self._sender.peer_of(peer.device_id) is not peer:
            return
        self._sender.remove(peer)
        if all(other.view != peer.view for other in self._sender.of_stores(peer.view.store)):
            self._holdings.forget(peer.view)
        for other in self._sender.peers():
            for stream in list(other.standby):
                self._sender.offer(other, stream, now)  # the one gone may have been the one to send these
            self._sender.pump(other, now, out)
        self._teller.neighbours_changed(peer.view.store, now, out)
        out.append(PeersChanged())

    def _state(self, peer: PeerLink) -> PeerState:
        hello = peer.hello
        assert hello
        seq = self._holdings.seq
        return PeerState(
            link=peer.link,
            device_id=hello.device_id,
            log_id=hello.log_id,
            label=hello.label,
            role=hello.role,
            store=hello.store,
            sync_port=hello.sync_port,
            dialled=peer.dialled,
            events_behind=sum(seq(s) - peer.theirs.get(s, 0) for s in peer.lag),
            we_behind=sum(peer.theirs.get(s, 0) - seq(s) for s in peer.lead),
            last_heard=peer.heard,
            carries_office=peer.carries_office,
            office_reachable=peer.office_reachable,
            neighbours=tuple(sorted(peer.neighbours)),
            addresses=peer.addresses,
            address=peer.reached_at,
            api_port=hello.api_port,
            blobs=hello.blobs,
        )
