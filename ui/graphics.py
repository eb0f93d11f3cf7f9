"""Whether this machine has a graphics processor that draws, known without Qt."""

from __future__ import annotations

import os
import sys
from pathlib import Path

DEVICES = ("dri/renderD*", "nvidia[0-9]*", "mali*", "kgsl-3d0", "dxg", "pvr_sync")
"""Below `/dev`: those of Linux's own drivers, and of makers and machines that have another way (NVIDIA, Mali, Adreno,
Windows' own Linux, PowerVR)."""

DESKTOPS = ("", "xcb", "wayland", "wayland-egl")
"""Platforms of Qt that draw by OpenGL and could do without."""

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
