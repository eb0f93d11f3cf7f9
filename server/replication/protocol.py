"""The replication protocol of one node, without I/O: frames and log commits go in, `Action`s come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.event import Batch, Header, Held, Stream
from server.replication.actions import (
    Action,
    Alarm,
    Close,
    Fetch,
    Me,
    PeersChanged,
    PeerState,
    Send,
    Store,
)

__all__ = ["Action", "Alarm", "Close", "Fetch", "Me", "PeerState", "PeersChanged", "Replica", "Send", "Store"]


class Replica:
    """One node's side of all its links. Every method returns what is to be done, in that order.

    `now` is seconds on any clock that never goes back. Link numbers are the caller's, never used twice.
    """

    def __init__(
        self, me: Me, held: Mapping[Stream, Held], headers: Mapping[str, Header], *, nonce: bytes | None = None
    ) -> None:
        """`held` and `headers` are copied; from then on `stored` must be told of every commit of the log.

        `headers[me.log_id]` must be there. `nonce`: 16 bytes, random when not given.
        """
        raise NotImplementedError

    def connect(self, link: int, now: float, *, dialled: bool, to_office: bool = False) -> list[Action]:
        """A link is open. `dialled` by us; `to_office`: from the list of head office's addresses."""
        raise NotImplementedError

    def receive(self, link: int, frame: bytes, now: float) -> list[Action]:
        """A frame came. Unknown (already closed) links are ignored."""
        raise NotImplementedError

    def fetched(self, link: int, stream: Stream, batch: Batch | None, now: float) -> list[Action]:
        """The answer to `Fetch`."""
        raise NotImplementedError

    def stored(self, batches: Sequence[Batch], own: bool, now: float) -> list[Action]:
        """The log has committed these, its own or a peer's (`Log.on_stored`)."""
        raise NotImplementedError

    def rejected(self, link: int, stream: Stream, code: str, text: str, now: float) -> list[Action]:
        """The log did not take a `Store`: code "gap", "fork", or anything else for trouble of our own (a full disk)."""
        raise NotImplementedError

    def tick(self, now: float) -> list[Action]:
        """Call every 100 ms to 1 s."""
        raise NotImplementedError

    def disconnect(self, link: int, now: float) -> list[Action]:
        """The link has gone; nothing happens for one that the Replica closed itself."""
        raise NotImplementedError

    def office_reachable(self, reachable: bool, now: float) -> list[Action]:
        """Whether this node could carry the line to head office; peers are told."""
        raise NotImplementedError

    def replicas(self, stream: Stream, seq: int) -> int:
        """How many connected peers hold this event durably."""
        raise NotImplementedError

    def peers(self) -> list[PeerState]:
        """Connected peers that have said hello."""
        raise NotImplementedError

    def peer(self, link: int) -> PeerState | None:
        """The peer on this link once it has said hello."""
        raise NotImplementedError
