"""What may be asked of the screens service. Without a `device_id` it is about the terminal that is asked."""

from __future__ import annotations

from server.services.command import Command
from server.services.screens.events import WhyClosed, WhyFailed


class Close(Command, frozen=True):
    """Put up the out-of-order sign: customers are sent to the counter."""

    device_id: str = ""
    why: WhyClosed = "staff"


class Open(Command, frozen=True):
    """Take it down."""

    device_id: str = ""


class Fail(Command, frozen=True):
    """Say that this terminal's screen had to be started again, and why."""

    why: WhyFailed
