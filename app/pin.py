"""`pilotlight pin`: the PIN that opens the staff door of a terminal's screen."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path

from app.folder import open_to_us
from app.settings import default_data_folder
from server.event import Refused
from ui.staff.pin import Pin

MAX_LINE = 100
"""Read at most from a pipe."""


def run_pin(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.data or default_data_folder()
    with open_to_us(folder):
        folder.mkdir(parents=True, exist_ok=True)
        pin = Pin(folder)
        try:
            if arguments.remove:
                pin.clear()
            else:
                pin.set(read())
        except ValueError as e:
            raise Refused("bad_pin", str(e)) from None
        except OSError as e:
            raise Refused("not_written", f"The PIN can't be kept in {folder}: {e.strerror}.") from None
    said = (
        "The staff door stays shut now." if arguments.remove else "The staff door opens with the new PIN from now on."
    )
    print(json.dumps({"set": pin.is_set}) if arguments.json else said)
    return 0


def read() -> str:
    """From the keyboard, twice and unseen; or one line from a pipe. Never from the command line, which others see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(MAX_LINE).strip()
    first = getpass.getpass("New staff PIN: ").strip()
    if getpass.getpass("Once more: ").strip() != first:
        raise ValueError("The two are not the same. Nothing was changed; start again.")
    return first
