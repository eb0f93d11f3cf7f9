"""A bell for a new ticket, played by whatever the system has; silence where it has nothing.

Qt's own player is in an add-on package of 200 MB that nothing else here needs.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ui.text import ASSETS

logger = logging.getLogger("pilotlight.ui.sound")

BELL = ASSETS / "sounds" / "new-ticket.wav"
PLAYERS = (["pw-play"], ["paplay"], ["aplay", "-q"], ["afplay"])
SILENT_PLATFORMS = ("offscreen", "minimal", "vnc")


class Bell:
    """`ring()` never blocks and never fails; a bell still ringing is not rung again."""

    def __init__(self, path: Path = BELL) -> None:
        self._path = path
        self._player: list[str] | None = None
        self._ringing: subprocess.Popen[bytes] | None = None
        if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in SILENT_PLATFORMS or not path.is_file():
            return
        if sys.platform != "win32":
            self._player = next((p for p in PLAYERS if shutil.which(p[0])), None)
            if self._player is None:
                logger.info("no sound: none of %s is installed", ", ".join(p[0] for p in PLAYERS))

    def ring(self) -> None:
        try:
            if sys.platform == "win32":
                import winsound

                winsound.PlaySound(str(self._path), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
            elif self._player is not None and (self._ringing is None or self._ringing.poll() is not None):
                self._ringing = subprocess.Popen(
                    [*self._player, str(self._path)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
        except (OSError, RuntimeError) as e:
            logger.info("no sound: %s", e)
            self._player = None
