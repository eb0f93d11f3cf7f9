"""What one terminal of a store says for all of them: from here on, these events are head office's to keep."""

from __future__ import annotations

import msgspec

from server.event import Header

TOPIC = "retention"
ARCHIVED = "retention.archived/1"
SAVED = "retention.saved/1"


class Proof(msgspec.Struct, frozen=True, array_like=True):
    """Consecutive events of one stream, as their writer wrote them and up to the next of its seals: that they are its
    own can be checked without anything else. `prior` is the chain's hash before the first."""

    header: Header
    topic: str
    first_seq: int
    prior: bytes
    events: list[bytes]
    seal: bytes


class Archived(msgspec.Struct, frozen=True):
    """Events up to `floors` (`{log_id: {topic: seq}}`) no longer count in the store, but for those in `kept` (`{log_id:
    {topic: [seq]}}`), which something open still needs: an order, the stock of a dish. They are in `carried`, too, so
    that they need not keep others on the disk. A later one of the same writer takes this one's place, and never counts
    an event again that this one does not.

    `tops` has the latest place in time of an archived event in each stream, `upto` that of all (an early version told
    only that). A stream whose disk was set back has two events at one number: what is later than its top was not there
    when this was said, and counts. Where one of the two must be kept and the other was archived before, `after`
    (`{log_id: {topic: {seq: place in time}}}`) says so: only what is later counts there.
    """

    floors: dict[str, dict[str, int]]
    kept: dict[str, dict[str, list[int]]] = {}
    upto: int = 0
    carried: list[Proof] = []
    after: dict[str, dict[str, dict[int, int]]] = {}
    tops: dict[str, dict[str, int]] = {}


class Saved(msgspec.Struct, frozen=True):
    """Events of others that stand behind a hole of their streams, on the one disk that may still have them: from now on
    they count wherever this is held. Nothing is kept from counting by it."""

    runs: list[Proof]
