"""Screens: `decide` for each command, pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from server.event import Draft, Refused
from server.services.screens import events
from server.services.screens.commands import Close, Fail, Open
from server.services.screens.state import FAILURES_KEPT, ScreenState

SOON_MS = 3600 * 1000
"""A screen that fails as often as we keep failures within an hour is known to; more would only fill the disk."""

Decided = tuple[list[Draft], dict[str, Any]]


def close(state: ScreenState, command: Close, device_id: str, known: Collection[str], by: str) -> Decided:
    """Raises `Refused("unknown_device")`. What staff said is not said otherwise by a screen that fails."""
    _check(device_id, known)
    if state.why in ("staff", command.why):
        return [], {"device_id": device_id, "closed": True}
    closed = events.Closed(device_id, command.why, by)
    return [Draft(events.CLOSED, device_id, closed)], {"device_id": device_id, "closed": True}


def open_(state: ScreenState, command: Open, device_id: str, known: Collection[str], by: str) -> Decided:
    """Raises `Refused("unknown_device")`."""
    _check(device_id, known)
    if not state.why:
        return [], {"device_id": device_id, "closed": False}
    return [Draft(events.OPENED, device_id, events.Opened(device_id, by))], {"device_id": device_id, "closed": False}


def fail(state: ScreenState, command: Fail, device_id: str, now_ms: int) -> Decided:
    soon = [at for at in state.failures if now_ms - at < SOON_MS]
    if len(soon) >= FAILURES_KEPT:
        return [], {"device_id": device_id}
    return [Draft(events.FAILED, device_id, events.Failed(device_id, command.why))], {"device_id": device_id}


def _check(device_id: str, known: Collection[str]) -> None:
    if device_id not in known:
        raise Refused(
            "unknown_device", f"There is no terminal {device_id[:40]!r} in this store. /v1/screens lists them."
        )
