"""The business day: a shop's day ends at its cut-over hour, not at midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.event import Refused


def zone(name: str) -> ZoneInfo:
    """Raises `Refused("unknown_timezone")`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(
            "unknown_timezone", f"“{name}” is not a time zone. Give one such as Europe/Berlin or America/New_York."
        ) from error


def local(now_ms: int, tz: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(tz)


def business_day(now_ms: int, tz: ZoneInfo, cutover_hour: int) -> str:
    """`YYYY-MM-DD`: before the cut-over hour (by the wall clock) it is still the day before."""
    wall = local(now_ms, tz).replace(tzinfo=None)
    return (wall - timedelta(hours=cutover_hour)).date().isoformat()
