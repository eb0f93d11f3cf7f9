"""What lies in a server's data folder beside the log and the tables."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from server.event import Refused
from server.keys import DeviceKey
from server.log import is_a_copy
from server.machine import Machine

logger = logging.getLogger("pilotlight.node")

KEY_FILE = "device.key"
FORMER_KEY_FILE = "device.key.former"
PORT_FILE = "sync.port"
KNOWN_FILE = "known.json"
CARD_MEMORY_FILE = "card-terminal.json"


def take_up(folder: Path, machine: Machine) -> tuple[DeviceKey, bool]:
    """The device's key, and whether the folder was copied from another place: then this is another device, with
    another's memory, and has its own key, log and numbers. Raises `Refused("data_folder", …)`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copied = is_a_copy(folder, machine.place)
        if copied:
            with contextlib.suppress(FileNotFoundError):
                (folder / KEY_FILE).rename(folder / FORMER_KEY_FILE)
            logger.warning("%s was copied from another place; this is a device of its own now", folder)
        return DeviceKey.load_or_make(folder / KEY_FILE, machine.secret), copied
    except ValueError:
        raise Refused("data_folder", " ".join(bad_key(folder / KEY_FILE))) from None
    except OSError as e:
        raise Refused(
            "data_folder", f"The data folder {folder} can't be used ({e}). Check its rights and its disk."
        ) from None


def bad_key(path: Path) -> tuple[str, str]:
    """What is wrong with a file that is no key, and what to do. A new one is never made over it: the old may still be
    got back."""
    return (
        f"{path} is not a device key (32 bytes).",
        "Put it back from a copy of this folder; or move it away, then the terminal begins as a new device and gets "
        "everything from its neighbours.",
    )


def last_port(folder: Path) -> int | None:
    """The sync port of the last run. It is taken again where it can be, so that neighbours who were told of it find
    this terminal at the same place."""
    with contextlib.suppress(OSError, ValueError):
        port = int((folder / PORT_FILE).read_text())
        return port if 0 < port < 65536 else None
    return None


def keep_port(folder: Path, port: int) -> None:
    with contextlib.suppress(OSError):  # a comfort, not a promise
        (folder / PORT_FILE).write_text(str(port))
