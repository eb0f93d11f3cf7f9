"""What a device tells about itself. It travels last and is never needed to sell."""

from __future__ import annotations

import msgspec

TOPIC = "health"
ALARM = "health.alarm/1"
MENU_HELD = "health.menu_held/1"


class Alarm(msgspec.Struct, frozen=True):
    """`code` is stable (`fork`, `clock_ahead`, `not_saved` …); `stream` names the stream concerned, if any."""

    code: str
    text: str
    stream: str = ""


class MenuHeld(msgspec.Struct, frozen=True):
    """The menu that this device sells from, since the event's time. The aggregate is the device id."""

    version: str
    name: str
