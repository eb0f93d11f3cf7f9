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


def began_ms(day: str, tz: ZoneInfo, cutover_hour: int) -> int | None:
    """When a business day began, in ms since 1970; None for a text that is no day."""
    try:
        midnight = datetime.fromisoformat(day[:10]).replace(tzinfo=tz)
        return round((midnight + timedelta(hours=cutover_hour)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
