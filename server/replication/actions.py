"""What a `Replica` is told about its node, and what it asks of the world around it. All of it is plain values."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from server.event import Batch, Header, Stream


class Me(msgspec.Struct, frozen=True):
    """This node, as it introduces itself. `store` is `""` exactly when `role` is `"office"`."""

    device_id: str
    store: str
    label: str
    role: str  # "kiosk" | "pos" | "kitchen" | "board" | "server" | "office"
    log_id: str
    sync_port: int = 0
    api_port: int = 0
    blobs: bool = False


class PeerState(msgspec.Struct, frozen=True):
    """A connected peer that has said hello. Times are those given as `now`, in seconds."""

    link: int
    device_id: str
    log_id: str
    label: str
    role: str
    store: str
    sync_port: int
    dialled: bool  # by us
    events_behind: int  # of ours that it is not known to hold
    we_behind: int  # of its that we do not hold yet
    last_heard: float
    carries_office: bool  # it has the line to head office now
    office_reachable: bool  # it could have it
    neighbours: tuple[str, ...] = ()  # device ids of its store that it is connected to
    addresses: dict[str, str] = {}  # HOST:PORT at which it reaches neighbours of our store
    address: str = ""  # HOST:PORT at which we reach it
    direct: bool = True
    api_port: int = 0
    blobs: bool = False  # it can be asked for blobs

    @property
    def office(self) -> bool:
        return self.store == ""


class Contact(NamedTuple):
    """Of a connected peer, what is asked for several times a second. `last_heard` in seconds, as given as `now`."""

    link: int
    device_id: str
    office: bool
    carries_office: bool
    office_reachable: bool
    last_heard: float


class Send(msgspec.Struct, frozen=True):
    """Put this frame on the link, after those sent before."""

    link: int
    frame: bytes


class Fetch(msgspec.Struct, frozen=True):
    """Read the log: `log.read(stream, after_seq, max_events, max_bytes)`, and answer with `Replica.fetched`.

    Always answer, with `None` when there is nothing or reading failed. A single sealed run that is larger than
    `max_bytes` is returned whole.
    """

    link: int
    stream: Stream
    after_seq: int
    max_events: int
    max_bytes: int


class Store(msgspec.Struct, frozen=True):
    """Make a verified batch durable: `log.store(batch, header)`; then `Replica.stored`, or `Replica.rejected`.

    Stores of one stream must be executed in the order given. `floor` is `(seq, hash)` before the batch's first event
    when the stream starts here at a floor instead of at 1.
    """

    link: int
    batch: Batch
    header: Header
    floor: tuple[int, bytes] | None = None


class Close(msgspec.Struct, frozen=True):
    """Close the link once what was sent has left; the Replica has forgotten it already.

    `backoff`: wait before dialling this peer again. `code` "duplicate" or "self": do not dial again at all while the
    device is connected (or ever, for "self").
    """

    link: int
    code: str
    text: str
    backoff: bool


class Alarm(msgspec.Struct, frozen=True):
    """Something a person should know. For a fork, `evidence` are the other branch's events with the writer's seal;
    `perhaps`: only our log can say whether they are another branch than ours."""

    code: str  # "fork" | "clone" | "overtaken" | "unsendable" | "too_many_streams"
    text: str
    stream: Stream | None = None
    evidence: Batch | None = None
    perhaps: bool = False


class PeersChanged(msgspec.Struct, frozen=True):
    """`Replica.peers()` has another peer, one less, or one whose office line, neighbours or their addresses changed."""


Action = Send | Fetch | Store | Close | Alarm | PeersChanged
