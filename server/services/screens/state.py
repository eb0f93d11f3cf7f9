"""How a screen stands, from its facts; pure."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from server.services.fact import Fact
from server.services.screens import events

TYPES: dict[str, type[Any]] = {
    events.CLOSED: events.Closed,
    events.OPENED: events.Opened,
    events.FAILED: events.Failed,
}
FAILURES_KEPT = 20
"""The newest of each screen: more than it is started again before it is given up."""


class ScreenState(msgspec.Struct, frozen=True, array_like=True):
    """`why` is `""` while it serves. `failures`: when, in ms since 1970."""

    why: Literal["", "staff", "failing"] = ""
    since_ms: int = 0
    by: str = ""
    failures: tuple[int, ...] = ()


def evolve(state: ScreenState, fact: Fact) -> ScreenState:
    """The state after one more fact, in the order of folds."""
    data = fact.data
    if isinstance(data, events.Closed):
        return msgspec.structs.replace(state, why=data.why, since_ms=fact.wall_ms, by=data.by)
    if isinstance(data, events.Opened):
        return msgspec.structs.replace(state, why="", since_ms=fact.wall_ms, by=data.by)
    return msgspec.structs.replace(state, failures=(*state.failures, fact.wall_ms)[-FAILURES_KEPT:])
