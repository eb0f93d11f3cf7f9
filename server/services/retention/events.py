"""What one terminal of a store says for all of them: from here on, these events are head office's to keep."""

from __future__ import annotations

import msgspec

TOPIC = "retention"
ARCHIVED = "retention.archived/1"


class Archived(msgspec.Struct, frozen=True):
    """Events up to `floors` (`{log_id: {topic: seq}}`) no longer count in the store, but for those about `kept`:
    aggregates (orders, subjects of stock) that something open still needs. `upto` is the latest place in time of an
    archived event. A later one of the same writer takes this one's place.
    """

    floors: dict[str, dict[str, int]]
    kept: list[str] = []
    upto: int = 0
