"""Who draws on this machine, and what Qt is told of it; known without Qt."""

from __future__ import annotations

import os
import sys
from pathlib import Path

DEVICES = ("dri/renderD*", "nvidia[0-9]*", "mali*", "kgsl-3d0", "dxg", "pvr_sync")
"""Below `/dev`: those of Linux's own drivers, and of makers and machines that have another way (NVIDIA, Mali, Adreno,
Windows' own Linux, PowerVR)."""

DESKTOPS = ("", "xcb", "wayland", "wayland-egl")
"""Platforms of Qt that draw by OpenGL and could do without."""

FEW_CORES = 2

WITHOUT = ("offscreen", "minimal", "vnc", "linuxfb")
"""Platforms of Qt that have no OpenGL."""


def there(devices: Path = Path("/dev")) -> list[Path]:
    return sorted(found for pattern in DEVICES for found in devices.glob(pattern))


def usable(devices: Path = Path("/dev")) -> bool:
    """Whether one of them is open to this user."""
    as_we_are = os.access in os.supports_effective_ids
    return any(os.access(device, os.R_OK | os.W_OK, effective_ids=as_we_are) for device in there(devices))


def draws(platform: str, devices: Path = Path("/dev")) -> bool:
    """Whether the graphics processor draws on `platform` (as `QT_QPA_PLATFORM`; "" for the session's own). Without one
    OpenGL is reckoned by the processor, a whole screen at a time, and most frames of a scroll come too late; Qt's own
    software renderer draws what has changed, and needs a third less memory."""
    kinds = {name.split(":")[0] for name in platform.split(";")}
    if kinds & set(WITHOUT):
        return False
    return not (sys.platform.startswith("linux") and kinds <= set(DESKTOPS)) or usable(devices)


def settings(platform: str, devices: Path = Path("/dev"), cores: int | None = None) -> dict[str, str]:
    """Qt's settings in the environment for `platform` and a processor of so many `cores`.

    - Always drawn in the main thread: frames are watched by Python, and a render thread that waits for Python while the
      main thread waits for it would stand still for ever.
    - Without a graphics processor Qt draws in software. There it would let each frame wait five milliseconds for more
      that could come with it; one is enough.
    - There Qt divides what is larger than a few lines among all cores, and waits for each part. Where the server needs
      the other core, a frame waits for the server: so not where cores are few.
    """
    found = {"QSG_RENDER_LOOP": "basic"}
    if not draws(platform, devices):
        found |= {"QT_QUICK_BACKEND": "software", "QT_QPA_UPDATE_IDLE_TIME": "1"}
        if (cores or os.cpu_count() or 1) <= FEW_CORES:
            found["QT_NO_GUI_THREADPOOL"] = "1"
    return found
