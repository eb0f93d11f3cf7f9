"""The device's own light and loudness, where this program may set them, and its address. No Qt."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

logger = logging.getLogger("pilotlight.staff")

BACKLIGHTS = Path("/sys/class/backlight")
MIXERS = (
    ["wpctl", "set-volume", "@DEFAULT_AUDIO_SINK@", "{}%"],
    ["pactl", "set-sink-volume", "@DEFAULT_SINK@", "{}%"],
    ["amixer", "-q", "sset", "Master", "{}%"],
)
"""PipeWire, PulseAudio, ALSA: the first that is installed."""

MIXER_S = 3.0


class Backlight:
    """The display's own lamp (Linux's `/sys/class/backlight`). `there`: it can be set."""

    def __init__(self, folder: Path = BACKLIGHTS) -> None:
        self._lamps: list[tuple[Path, int]] = []
        for lamp in sorted(folder.glob("*/brightness")):
            try:
                most = int((lamp.parent / "max_brightness").read_text())
            except (OSError, ValueError):
                continue
            if most > 0 and os.access(lamp, os.W_OK):
                self._lamps.append((lamp, most))

    @property
    def there(self) -> bool:
        return bool(self._lamps)

    def set(self, percent: float) -> None:
        for lamp, most in self._lamps:
            try:
                lamp.write_text(str(max(1, round(most * percent / 100))))
            except OSError as e:
                logger.info("the backlight can't be set: %s", e)


class Mixer:
    """The loudness of everything that this device plays."""

    def __init__(self) -> None:
        self._command = next((m for m in MIXERS if shutil.which(m[0])), None)

    @property
    def there(self) -> bool:
        return self._command is not None

    def set(self, percent: int) -> None:
        """Takes a moment: not for a thread that draws."""
        if self._command is None:
            return
        try:
            subprocess.run(
                [word.format(percent) for word in self._command],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=MIXER_S, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as e:
            logger.info("the volume can't be set: %s", e)


def address_of(endpoint: dict[str, Any] | None) -> str:
    """Where this machine is in the network, and the port of its server's API."""
    if endpoint is None:
        return ""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # documentation's own address: nothing is sent, a route is chosen
        return f"{probe.getsockname()[0]}:{urlsplit(str(endpoint['api'])).port}"
    return urlsplit(str(endpoint["api"])).netloc
