"""One terminal: a screen, and the server it keeps running on this data folder."""

from __future__ import annotations

import argparse
import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

from app.child import Child, Forked, can_fork, command
from app.display import check_display
from app.guard import Guard
from app.report import report
from app.saying import say, warn
from app.settings import Settings, default_data_folder, load, night_of
from app.supervisor import Supervisor
from server.event import Refused
from ui.staff import choices
from ui.watched import AGAIN, WATCHED

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

NAMES = {"kiosk": "kiosk", "pos": "till", "kitchen": "kitchen display", "board": "menu board"}
HOW_IT_ENDS = "Ctrl-C here ends it; `pilotlight doctor` says whether all is well."

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
    """Shows the screen until it is closed. Returns the process's exit status.

    A window that can be closed is all in this process. Full screen, this process only watches: over the server, and
    over the screen, which is a process of its own (`--screen-only`).
    """
    folder: Path = arguments.data or default_data_folder()
    flags = typed_flags(arguments)
    settings = load(folder, flags, ask_log=False)
    pair(arguments.size, "x", "--size")
    pair(arguments.position, ",", "--position")
    check_display()
    typed: str = arguments.command
    if arguments.screen_only:
        return show(arguments, folder, settings, contextlib.nullcontext())
    role = choices.load(folder).role_for(typed)  # as staff have it
    store = f" of the store “{settings.store}”" if "store" in flags else ""  # else its log may know another
    say(f"This terminal is a {NAMES[role]}{store}. Its data is in {folder}. {HOW_IT_ENDS}")
    if settings.windowed or arguments.drive:
        return show(arguments, folder, settings, Supervisor(folder, server_arguments(folder, typed, flags)))
    first = begun(role, arguments, folder, settings)
    while True:
        with Supervisor(folder, server_arguments(folder, role, flags)):
            status = watch(role, arguments.typed, settings, folder, first)
        if status != AGAIN:
            return status
        role, first = choices.load(folder).role_for(typed), None


def begun(role: str, arguments: argparse.Namespace, folder: Path, settings: Settings) -> Child | None:
    """The screen as a copy of this process, with the settings as they are just now; None where it has to be started by
    its command."""
    if not can_fork():
        return None
    its_own = argparse.Namespace(**vars(arguments) | {"command": role, "screen_only": arguments.command})
    return Forked(lambda: show(its_own, folder, settings, contextlib.nullcontext()), {WATCHED: "1"})


def watch(role: str, typed: list[str], settings: Settings, folder: Path, first: Child | None) -> int:
    """Keeps the screen going until this process is asked to end, or staff changed its role (`AGAIN`). `typed`: the
    command's own words. `first`: the screen, where it runs already."""

    def screen(plain: bool) -> list[str]:
        return command(role, *typed[1:], "--screen-only", typed[0], *(["--plain"] if plain else []))

    while True:
        guard = Guard(
            screen,
            frozen_after_s=settings.frozen_seconds,
            stays=role == "kiosk",
            told=lambda why: report(folder, why),
            first=first,
        )
        first = None
        with ended_by_signals(guard.stop):
            status = guard.run()
        if status != AGAIN or choices.load(folder).role_for(typed[0]) != role:
            return status


@contextlib.contextmanager
def ended_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    before = {number: signal.signal(number, lambda *_: stop()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def show(
    arguments: argparse.Namespace, folder: Path, settings: Settings, beside: contextlib.AbstractContextManager[object]
) -> int:
    """The screen itself, with whatever is to run `beside` it."""
    try:
        from ui.shell import run_screen
    except ImportError as e:  # a missing system library of Qt
        warn(f"The screen can't be shown: {e}. Run `make setup`, then start again.")
        return 1
    role: str = arguments.command
    with beside:
        return run_screen(
            "sign" if arguments.plain else role,
            data=folder,
            windowed=settings.windowed,
            size=pair(arguments.size, "x", "--size") or SIZES[role],
            position=pair(arguments.position, ",", "--position"),
            language=settings.language,
            languages=settings.languages,
            idle_seconds=settings.idle_seconds,
            tip_percents=settings.tip_percents,
            dine_in=settings.dine_in,
            night=night_of(settings),
            typed_role=arguments.screen_only or "",
            brand_colour=settings.brand_colour,
            trace=arguments.trace,
            drive=arguments.drive,
            shots=arguments.shots,
        )
