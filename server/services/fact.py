"""An event as folds see it: decoded, and with its place in the order that is the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from server.event import Event, Stream, decode

At = tuple[int, str, int, str]
"""(place in time, log id, seq, topic): `Event.order`; the topic tells apart what a faulty writer gave one time."""

MAX_INT = 2**63 - 1
"""What a column of SQLite holds. A time or amount beyond it is forged; it must not stop the fold of all else."""

MAX_SUMMED = 2**40
"""Eleven billion in most currencies, above any order; eight million of them fit into a column."""

NEVER: At = (0, "", 0, "")


def fits(amount: int) -> int:
    """The amount, or the nearest that a column holds."""
    return amount if -MAX_INT <= amount <= MAX_INT else max(-MAX_INT, min(MAX_INT, amount))


def summable(amount: int) -> int:
    """The amount, or the nearest that may be added up: of such a sum SQLite would say “integer overflow”, and one
    forged order would take a day's figures from everybody."""
    return amount if -MAX_SUMMED <= amount <= MAX_SUMMED else max(-MAX_SUMMED, min(MAX_SUMMED, amount))


class Fact(NamedTuple):
    at: At
    type: str
    aggregate_id: str
    data: Any
    raw: bytes = b""
    command_id: str | None = None
    hlc: int = 0

    @property
    def wall_ms(self) -> int:
        """When it was, by its writer's clock; its place among the facts may lie later."""
        return (self.hlc or self.at[0]) >> 16


def fact_of(event: Event, types: Mapping[str, type[Any]]) -> Fact | None:
    """The fact, or None for an event that folds ignore: of an unknown type, or not in its type's shape."""
    into = types.get(event.type)
    if into is None or "\0" in event.aggregate_id:
        return None
    order = event.order
    if not (event.hlc > 0 and order[0] <= MAX_INT and 0 < event.seq <= MAX_INT):
        return None
    try:
        data = event.data(into)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    at = (*order, event.stream.topic)
    return Fact(at, event.type, event.aggregate_id, data, event.raw, event.command_id, event.hlc)


def fact_from(at: At, raw: bytes, types: Mapping[str, type[Any]]) -> Fact | None:
    """The fact from an event's stored bytes."""
    return fact_of(decode(Stream(at[1], at[3]), raw), types)
