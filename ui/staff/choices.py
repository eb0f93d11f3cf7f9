"""What staff set at a screen itself, kept in its data folder; what an installer set stays in `settings.toml`. No Qt."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import msgspec

from ui.staff.pin import write

logger = logging.getLogger("pilotlight.staff")

FILE = "screen.json"
ROLES = ("kiosk", "pos", "kitchen", "board")
DIMMEST = 20
"""Percent: so much is always seen, or nobody would find the way back."""


class Choices(msgspec.Struct):
    """`role` stands instead of the command's, as long as that is still `instead_of`: an installer's new word wins.
    `volume` None: as the system has it. `closed`: the sign was up when it was last known."""

    role: str = ""
    instead_of: str = ""
    brightness: int = 100
    volume: int | None = None
    closed: bool = False

    def role_for(self, command: str) -> str:
        return self.role if self.role in ROLES and self.instead_of == command else command


def load(folder: Path) -> Choices:
    """What was kept; what can't be read counts as nothing chosen."""
    try:
        found = msgspec.json.decode((folder / FILE).read_bytes(), type=Choices)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Choices()
    found.brightness = min(100, max(DIMMEST, found.brightness))
    found.volume = None if found.volume is None else min(100, max(0, found.volume))
    return found


def save(folder: Path, choices: Choices) -> None:
    """A disk that takes nothing costs what was chosen at the next start, and nothing now."""
    kept: dict[str, Any] = msgspec.to_builtins(choices)
    try:
        write(folder / FILE, kept)
    except OSError as e:
        logger.warning("what was set at the screen is not kept: %s", e)
