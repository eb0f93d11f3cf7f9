"""Where a receipt printer is, as the settings say it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ADDRESS = re.compile(r"tcp://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?/?")
PORT = 9100
"""The port for raw data that network printers listen on."""


MIN_COLUMNS, MAX_COLUMNS = 24, 64
"""Paper of 58 mm has 32 columns, of 80 mm 42 or 48."""


class PrinterAddress(NamedTuple):
    """A host and port, or the file of a device."""

    host: str = ""
    port: int = 0
    file: str = ""


def printer_address(text: str) -> PrinterAddress | None:
    """`tcp://192.0.2.20:9100`, or `/dev/usb/lp0`; None when that is neither."""
    match = ADDRESS.fullmatch(text)
    if match is not None:
        port = int(match[2] or PORT)
        return PrinterAddress(match[1].strip("[]"), port) if 0 < port < 65536 else None
    return PrinterAddress(file=text) if "://" not in text and Path(text).is_absolute() else None
