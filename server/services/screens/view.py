"""A screen's line, as the API tells it; pure."""

from __future__ import annotations

from datetime import UTC, datetime

from server.services.membership.events import Member
from server.services.screens.events import ScreenLine
from server.services.screens.state import ScreenState

DAY_MS = 24 * 3600 * 1000


def line_of(member: Member, state: ScreenState, now_ms: int) -> ScreenLine:
    return ScreenLine(
        device_id=member.device_id,
        label=member.label,
        role=member.role,
        closed=bool(state.why),
        why=state.why,
        since=_at(state.since_ms),
        by=state.by,
        failures=sum(now_ms - at < DAY_MS for at in state.failures),
        last_failure=_at(max(state.failures, default=0)),
    )


def _at(ms: int) -> str:
    if not ms:
        return ""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
