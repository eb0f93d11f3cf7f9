"""Alarms. They travel last, are never needed to sell, and tell afterwards what happened."""

from __future__ import annotations

import msgspec

TOPIC = "health"
ALARM = "health.alarm/1"


class Alarm(msgspec.Struct, frozen=True):
    """`code` is stable (`fork`, `clock_ahead`, `not_saved` …); `stream` names the stream concerned, if any."""

    code: str
    text: str
    stream: str = ""
