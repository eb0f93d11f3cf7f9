"""What lies in a server's data folder beside the log and the tables."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from server import clock
from server.event import Refused, device_id_of
from server.keys import DeviceKey
from server.log import is_a_copy, ls
from server.machine import THIS_MACHINE, LostMachine, Machine

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


def this_machine(folder: Path) -> Machine:
    """The machine for a server in this folder. Where its clock was never set it goes by the newest time that this
    device wrote here, if it wrote any."""
    if clock.wall_ms() >= clock.EARLIEST_MS:
        return THIS_MACHINE
    newest_ms = _newest_ms(folder)
    return LostMachine(clock.LostTime(newest_ms)) if newest_ms >= clock.EARLIEST_MS else THIS_MACHINE


def _newest_ms(folder: Path) -> int:
    """0 when there is none. Others' times do not count: of many, one is far ahead."""
    public_key = DeviceKey.public_key_in(folder / KEY_FILE)
    if public_key is None:
        return 0
    try:
        streams = ls(folder)
    except Refused:  # no log, or a damaged one
        return 0
    device_id = device_id_of(public_key)
    return max((s.last_ms for s in streams if s.device_id == device_id), default=0)


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
