"""Who may hold what, and what goes first."""

from __future__ import annotations

import re
from typing import NamedTuple

from server.event import Stream

FROM_OFFICE = frozenset({"menu", "settings", "promotions"})
"""Topics of head office's logs that stores hold; the rest of what head office writes stays there."""

ORDER_OF_SENDING = ("retention", "stock", "orders", "kitchen", "payments", "menu")
"""What a shop misses first; before it what says which of that still counts, a few kilobytes. Everything else follows,
and health comes last."""

RANKS = len(ORDER_OF_SENDING) + 2

_TOPIC = re.compile(r"[a-z][a-z0-9_.-]{0,63}(/[A-Za-z0-9_.-][A-Za-z0-9 _.-]{0,63})?")
"""A scope is a store's id, which may hold spaces (`server.event.STORE_ID`)."""

_LOG_ID = re.compile(r"[a-z2-7]{16}")
_RANK = {name: rank for rank, name in enumerate(ORDER_OF_SENDING)} | {"health": RANKS - 1}


class View(NamedTuple):
    """What one holder may and wants to hold. `store` "" is head office; `topics` None is every topic."""

    store: str
    topics: frozenset[str] | None = None

    def takes(self, writer_store: str, stream: Stream) -> bool:
        """Whether a stream written by a log of `writer_store` belongs here."""
        store, topics = self
        return may_hold(store, writer_store, stream) and (topics is None or stream.name in topics)


def may_hold(store: str, writer_store: str, stream: Stream) -> bool:
    """Head office holds everything; a store holds its own streams, and those of head office meant for it."""
    if store in ("", writer_store):
        return True
    return writer_store == "" and stream.name in FROM_OFFICE and stream.scope in ("", store)


def is_topic(topic: str) -> bool:
    """Whether this can be a topic at all: `name` or `name/scope`, short and plain."""
    return _TOPIC.fullmatch(topic) is not None


def is_stream(stream: Stream) -> bool:
    """Whether this can be a stream's name at all. Whoever claims to hold others would fill our memory with names."""
    return _LOG_ID.fullmatch(stream.log_id) is not None and is_topic(stream.topic)


def rank(stream: Stream) -> int:
    """The stream's place in the order of sending, 0 first, below `RANKS`."""
    return _RANK.get(stream.name, RANKS - 2)
