"""`pilotlight doctor`: what an installer needs to know, each finding with what to do, in words for a phone call."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.checks.card_terminal import check_card_terminal
from app.checks.finding import Finding
from app.checks.folder import RIGHTS, check_disk, check_files, check_log, check_retention
from app.checks.machine import check_clock, check_graphics, check_multicast, check_ports, check_versions
from app.checks.printer import check_printer
from app.checks.server import check_office, check_server, see
from app.folder import LOG_FILE, complaint, is_folder, is_office, open_to_us
from app.settings import Settings, default_data_folder, load
from app.supervisor import running
from server.event import Refused
from ui.staff.pin import Pin


def check_staff_door(folder: Path, settings: Settings) -> list[Finding]:
    if Pin(folder).is_set:
        return [Finding("staff", "ok", "the screen's staff door opens with a PIN")]
    text = "No staff PIN is set: the staff door of this terminal's screen stays shut."
    return [Finding("staff", "warn", text, "Set one with `pilotlight pin`, if staff are to get in.")]


CHECKS: tuple[Callable[[Path, Settings], list[Finding]], ...] = (
    check_versions,
    check_disk,
    check_files,
    check_clock,
    check_ports,
    check_graphics,
    check_multicast,
    check_log,
    check_retention,
    check_server,
    check_office,
    check_card_terminal,
    check_staff_door,
    check_printer,
)
OF_A_SHOP = (check_graphics, check_multicast, check_office, check_card_terminal, check_staff_door, check_printer)
"""What head office has no use for."""

MARKS = {"ok": "ok  ", "warn": "look", "bad": "BAD "}


def look(folder: Path) -> list[Finding]:
    """All findings. Nothing is made or changed in the folder."""
    settings = Settings()
    unusable = no_folder(folder)
    if unusable is not None:
        return [*check_versions(folder, settings), unusable, *check_clock(folder, settings)]
    findings = []
    try:
        settings = load(folder, {})
    except Refused as refused:
        findings = [Finding("settings", "bad", refused.text, "Correct the setting, then look again.")]
    settings = in_force(folder, settings)
    if not findings and running(folder) is None:
        text = "No server runs, so only settings.toml and PILOTLIGHT_* are looked at, not the flags it is started with."
        findings.append(Finding("settings", "ok", text))
    checks = [check for check in CHECKS if check not in OF_A_SHOP] if is_office(folder) else CHECKS
    for check in checks:
        try:
            with open_to_us(folder):
                findings += check(folder, settings)
        except Refused as refused:
            findings.append(Finding(check.__name__.removeprefix("check_"), "bad", refused.text, RIGHTS))
    return findings


def no_folder(folder: Path) -> Finding | None:
    """Why the folder can't be looked into at all; None when it can."""
    try:
        there = folder.exists()
        if there and is_folder(folder):
            (folder / LOG_FILE).exists()  # asks for the right to look inside
            return None
    except OSError as e:
        return Finding("folder", "bad", *complaint(folder, e))
    if there:
        return Finding("folder", "bad", f"{folder} is not a folder.", "Name the data folder with --data.")
    do = "Name the right one with --data; a new terminal makes its own at its first start."
    return Finding("folder", "bad", f"There is no data folder {folder}.", do)


def in_force(folder: Path, settings: Settings) -> Settings:
    """What the running server was started with, flags and all; `settings` when none runs or it does not say."""
    endpoint = running(folder) or {}
    try:
        return msgspec.convert(endpoint["settings"], Settings)
    except (KeyError, msgspec.ValidationError):
        return settings


def run_doctor(arguments: argparse.Namespace) -> int:
    folder = arguments.data or default_data_folder()
    if arguments.seen:
        texts = see(folder)
        print("\n".join(f"seen  {text}" for text in texts) or "There is nothing to be seen.")
        return 0
    findings = look(folder)
    if arguments.json:
        print(json.dumps([f._asdict() for f in findings]))
    else:
        for f in findings:
            print(f"{MARKS[f.state]}  {f.name:<10} {f.text}")
            if f.do:
                print(f"      {'':<10} → {f.do}")
    return 1 if any(f.state == "bad" for f in findings) else 0
