"""One link's state: what the peer holds, what is on its way to it, what waits, and how much may be in flight."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from server.event import Frontier, Stream
from server.replication.frames import Hello
from server.replication.holdings import mark
from server.replication.scope import View, rank

WINDOW_BYTES = 4 * 1024 * 1024
"""Event bytes on their way to a peer and not yet durable there; bounds its memory and our queue."""

BULK_BYTES = 1024 * 1024
MIN_BULK_BYTES = 256 * 1024
QUICK_ACK_S, SLOW_ACK_S = 0.5, 1.5
"""Catching up begins with `BULK_BYTES` of the window. It takes more while acks come quickly, and less when they come
slowly: on a slow line a fresh event must not wait many seconds behind old ones."""

FETCH_BYTES = 256 * 1024
"""Bytes in one catch-up frame: large enough for zstd, small enough that a fresh event does not wait long behind it."""

MIN_FETCH_BYTES = 32 * 1024
"""With less room than this in the window, wait for an ack rather than send crumbs."""

FETCHES = 2
"""Reads of the log at a time for one link: the next is read while one is sent."""


class Flight(NamedTuple):
    """One `Events` frame on its way: its stream's last seq in it, its weight, the how manyth on the link, and when."""

    last_seq: int
    size: int
    number: int
    at: float


class Dispute(NamedTuple):
    """Our branch of a stream around `seq` is asked of the log, from behind `after` on; `prior` is the hash there where
    it is known. `seen`: the peer need not hold another."""

    seq: int
    after: int
    prior: bytes | None
    seen: bool


def host_of(address: str) -> str:
    """The host in HOST:PORT."""
    return address.rpartition(":")[0].strip("[]")


class PeerLink:
    """Nothing here decides; it keeps the books. `theirs` is what the peer has said it holds durably."""

    def __init__(self, link: int, now: float, dialled: bool, dial: int, to_office: bool, address: str = "") -> None:
        self.link = link
        self.address = address  # HOST:PORT that we dialled, or the host from which it came; "" when not known
        self.dialled = dialled
        self.dial = dial
        self.to_office = to_office
        self.opened = self.heard = now
        self.hello: Hello | None = None
        self.view = View("")
        self.neighbours: frozenset[str] = frozenset()
        self.addresses: dict[str, str] = {}  # of neighbours, as it told
        self.carries_office = self.office_reachable = False

        self.ready = False  # it has said what it holds
        self.theirs: Frontier = {}
        self.their_digest = 0
        self.their_hashes: dict[Stream, tuple[int, bytes]] = {}
        self.part: dict[Stream, tuple[int, bytes]] = {}
        self.asked_at = self.answered_at = float("-inf")

        self.lag: dict[Stream, None] = {}  # it is behind us
        self.lead: set[Stream] = set()  # we are behind it
        self.queue: dict[int, dict[Stream, None]] = {}  # by rank, where anything waits
        self.standby: dict[Stream, float] = {}  # somebody else should send these; since when nothing moved
        self.fetching: dict[Stream, int] = {}  # bytes of the window kept for the answer
        self.sent: Frontier = {}
        self.unacked: dict[Stream, deque[Flight]] = {}
        self.in_flight = 0
        self.bulk_window = BULK_BYTES
        self.needs_room = 0  # weight of a batch that did not fit: nothing overtakes it until it does
        self.frames_out = self.frames_in = self.frames_seen = 0
        self.headers_sent: set[str] = set()

        self.untold: dict[Stream, None] = {}  # our head moved since we last told
        self.owed: set[Stream] = set()  # its events are on their way to our disk
        self.resyncing: set[Stream] = set()  # we lost its events to trouble of our own
        self.forked: set[Stream] = set()
        self.disputes: dict[Stream, Dispute] = {}
        self.unshown: dict[Stream, int] = {}  # it has another branch: from where on ours is shown once it is here
        self.summary_due = now
        self.told_neighbours: list[str] | None = None
        self.told_addresses: dict[str, str] | None = None
        self.neighbours_due = now

    @property
    def device_id(self) -> str:
        return self.hello.device_id if self.hello else ""

    @property
    def host(self) -> str:
        return host_of(self.address) if self.dialled else self.address

    @property
    def reached_at(self) -> str:
        """HOST:PORT at which its sync port should answer, seen from here; `""` when that is not known."""
        if self.dialled or not self.address:
            return self.address
        if not (self.hello and self.hello.sync_port):
            return ""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.hello.sync_port}"

    def position(self, stream: Stream) -> int:
        """Up to where it holds the stream, or will when what was sent arrives."""
        sent, theirs = self.sent.get(stream, 0), self.theirs.get(stream, 0)
        return sent if sent > theirs else theirs

    def raise_theirs(self, stream: Stream, seq: int, now: float) -> bool:
        """It holds the stream up to `seq`. False when that was known."""
        old = self.theirs.get(stream, 0)
        if seq <= old:
            return False
        self.theirs[stream] = seq
        self.their_digest ^= mark(stream, seq) ^ (mark(stream, old) if old else 0)
        if stream in self.unacked:
            self._release(stream, seq, now)
        return True

    def replace_theirs(self, frontier: dict[Stream, tuple[int, bytes]], now: float) -> None:
        """It holds exactly this. What was sent and is not in here is still on its way, or will be sent again."""
        self.theirs = {stream: seq for stream, (seq, _) in frontier.items() if seq > 0}
        self.their_hashes = {s: v for s, v in frontier.items() if v[0] > 0}
        self.their_digest = 0
        for stream, seq in self.theirs.items():
            self.their_digest ^= mark(stream, seq)
            self._release(stream, seq, now)
        self.sent = {stream: seq for stream, seq in self.sent.items() if stream in self.unacked}

    def room(self, size: int) -> bool:
        """Whether `size` more bytes may be sent; anything may when nothing is in flight."""
        return self.in_flight == 0 or self.in_flight + size <= WINDOW_BYTES

    def bulk_room(self) -> bool:
        """Whether more may be read from the log to be sent."""
        if self.needs_room:
            return self.room(self.needs_room)
        return self.in_flight == 0 or self.in_flight + MIN_FETCH_BYTES <= self.bulk_window

    def note_sent(self, stream: Stream, last_seq: int, size: int, now: float) -> None:
        self.frames_out += 1
        self.sent[stream] = max(self.sent.get(stream, 0), last_seq)
        self.unacked.setdefault(stream, deque()).append(Flight(last_seq, size, self.frames_out, now))
        self.in_flight += size

    def forget_sent(self, stream: Stream) -> None:
        """Takes what is unacknowledged of this stream as lost."""
        self.sent.pop(stream, None)
        self.in_flight -= sum(flight.size for flight in self.unacked.pop(stream, ()))

    def enqueue(self, stream: Stream) -> None:
        self.standby.pop(stream, None)
        self.queue.setdefault(rank(stream), {})[stream] = None

    def unqueue(self, stream: Stream) -> None:
        if not self.queue:
            return
        place = rank(stream)
        waiting = self.queue.get(place, {})
        waiting.pop(stream, None)
        if not waiting:
            self.queue.pop(place, None)

    def next_queued(self) -> Stream | None:
        """Takes the stream that goes next: by rank, then first come, first served."""
        for place in sorted(self.queue):
            for stream in self.queue[place]:
                if stream not in self.fetching:
                    self.unqueue(stream)
                    return stream
        return None

    def drop(self, stream: Stream) -> None:
        """Nothing of this stream is to be sent any more."""
        self.lag.pop(stream, None)
        self.standby.pop(stream, None)
        if self.queue:
            self.unqueue(stream)

    def _release(self, stream: Stream, seq: int, now: float) -> None:
        flights = self.unacked.get(stream)
        if not flights:
            return
        while flights and flights[0].last_seq <= seq:
            flight = flights.popleft()
            self.in_flight -= flight.size
            if now - flight.at < QUICK_ACK_S:
                self.bulk_window = min(WINDOW_BYTES, self.bulk_window + flight.size)
            elif now - flight.at > SLOW_ACK_S:
                self.bulk_window = max(MIN_BULK_BYTES, self.bulk_window - flight.size)
        if not flights:
            del self.unacked[stream]
