"""One terminal: a screen, and the server it keeps running on this data folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.settings import default_data_folder, load
from app.supervisor import Supervisor
from server.event import Refused

TERMINAL_FLAGS = (
    "store",
    "label",
    "api_port",
    "sync_port",
    "peers",
    "mdns",
    "office",
    "insecure_lan",
    "keep_sales_days",
    "drop_without_office",
    "language",
    "card_terminal",
    "card_delay_ms",
    "windowed",
)
"""The names under which `cli.add_terminal_flags` and its callers record what was typed."""

SIZES = {"kiosk": (1080, 1920), "pos": (1280, 800), "kitchen": (1920, 1080), "board": (1920, 1080)}


def typed_flags(arguments: argparse.Namespace) -> dict[str, object]:
    """Only the flags that were given, by the names of `Settings`."""
    given = vars(arguments)
    return {name: given[name] for name in TERMINAL_FLAGS if name in given}


def server_arguments(folder: Path, role: str, flags: dict[str, object]) -> list[str]:
    """The arguments of `pilotlight server` that mean the same as this terminal's flags."""
    out = ["--data", str(folder), "--role", role]
    for name, value in flags.items():
        if name in ("windowed", "language"):
            continue  # the screen's own
        if name == "peers":
            for peer in value if isinstance(value, list) else []:
                out += ["--peer", str(peer)]
        elif name == "mdns":
            out.append("--no-mdns")
        elif name in ("insecure_lan", "drop_without_office"):
            out.append("--" + name.replace("_", "-"))
        else:
            out += ["--" + name.replace("_", "-"), str(value)]
    return out


def pair(text: str | None, separator: str, what: str) -> tuple[int, int] | None:
    """`1080x1920` or `40,60` as two numbers."""
    if text is None:
        return None
    a, _, b = text.partition(separator)
    try:
        return int(a), int(b)
    except ValueError:
        raise Refused("bad_settings", f"{what} must be two numbers with {separator!r} between, not {text!r}.") from None


def run_terminal(arguments: argparse.Namespace) -> int:
    """Shows the screen until it is closed. Returns the process's exit status."""
    role: str = arguments.command
    folder: Path = arguments.data or default_data_folder()
    flags = typed_flags(arguments)
    settings = load(folder, flags)
    size = pair(arguments.size, "x", "--size")
    position = pair(arguments.position, ",", "--position")
    try:
        from ui.shell import run_screen
    except ImportError as e:  # a missing system library of Qt
        print(f"The screen can't be shown: {e}. Run `make setup`, then start again.", file=sys.stderr)
        return 1
    with Supervisor(folder, server_arguments(folder, role, flags)):
        return run_screen(
            role,
            data=folder,
            windowed=settings.windowed,
            size=size or SIZES[role],
            position=position,
            language=settings.language,
            languages=settings.languages,
            idle_seconds=settings.idle_seconds,
            trace=arguments.trace,
            drive=arguments.drive,
            shots=arguments.shots,
        )
