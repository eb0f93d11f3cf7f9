"""A terminal's screen and its sign."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.services.asked import FromCommand

TOPIC = "screens"
CLOSED = "screens.closed/1"
OPENED = "screens.opened/1"
FAILED = "screens.failed/1"

WhyClosed = Literal["staff", "failing"]
WhyFailed = Literal["frozen", "died"]


class Closed(FromCommand, frozen=True):
    """From now on the screen of `device_id` (the aggregate) says that it is out of order. `why`: staff said so, or the
    screen fails whenever it is started. `by`: the label of the terminal at which it was said."""

    device_id: str
    why: WhyClosed = "staff"
    by: str = ""


class Opened(FromCommand, frozen=True):
    """It serves customers again."""

    device_id: str
    by: str = ""


class Failed(FromCommand, frozen=True):
    """The screen showed nothing any more (`frozen`) or its process ended (`died`), and was started again."""

    device_id: str
    why: WhyFailed


class ScreenLine(msgspec.Struct, frozen=True):
    """A terminal's screen as others see it. Times are RFC 3339 UTC, `""` for never. `failures`: of the last day."""

    device_id: str
    label: str
    role: str
    closed: bool = False
    why: Literal["", "staff", "failing"] = ""
    since: str = ""
    by: str = ""
    failures: int = 0
    last_failure: str = ""
