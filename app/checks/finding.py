"""What a check says."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    name: str
    state: Literal["ok", "warn", "bad"]
    text: str
    do: str = ""  # what to do now; empty when all is well
