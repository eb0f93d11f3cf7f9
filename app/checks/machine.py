"""The machine that a terminal runs on: versions, clock, ports, graphics, multicast."""

from __future__ import annotations

import os
import platform
import socket
import sqlite3
import time
from pathlib import Path

from app.checks.finding import Finding
from app.ports import port_free
from app.settings import Settings
from app.supervisor import server_runs
from server import __version__
from server.clock import EARLIEST_MS, wall_ms
from ui import graphics

MULTICAST_GROUP = "224.0.0.251"


def check_versions(folder: Path, settings: Settings) -> list[Finding]:
    text = (
        f"Pilotlight {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{platform.system()} {platform.release()}"
    )
    return [Finding("versions", "ok", text)]


def check_clock(folder: Path, settings: Settings) -> list[Finding]:
    now = wall_ms()
    text = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(now / 1000))
    if now < EARLIEST_MS:
        return [
            Finding(
                "clock",
                "bad",
                f"The clock says {text}.",
                "Set date and time. Until then a terminal goes by the newest time it knows.",
            )
        ]
    return [Finding("clock", "ok", text)]


def check_ports(folder: Path, settings: Settings) -> list[Finding]:
    if server_runs(folder):
        return [Finding("ports", "ok", "in use by the running server")]
    taken = [p for p in (settings.api_port, settings.sync_port) if p and not port_free(p)]
    if taken:
        return [
            Finding(
                "ports",
                "bad",
                f"Port {taken[0]} is used by another program.",
                "Stop that program or choose another port (0 picks a free one).",
            )
        ]
    wanted = settings.api_port or settings.sync_port
    return [Finding("ports", "ok", "free" if wanted else "chosen at start")]


def check_graphics(folder: Path, settings: Settings) -> list[Finding]:
    if not graphics.draws(os.environ.get("QT_QPA_PLATFORM", "")):
        text = "none that this user may use: screens are drawn by the processor"
        if graphics.there() and not graphics.usable():
            groups = "Add the user to the groups “render” and “video”, and log in again."
            return [Finding("graphics", "warn", text, groups)]
        return [Finding("graphics", "ok", text)]
    return [Finding("graphics", "ok", "drawn by the graphics processor")]


def check_multicast(folder: Path, settings: Settings) -> list[Finding]:
    """Sends one datagram to the mDNS group's address on a port of our own, and waits for it to come back."""
    if not settings.mdns:
        return [Finding("multicast", "ok", "not used (--no-mdns)")]
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP) as s:
            s.bind(("", 0))
            interface = socket.inet_aton("127.0.0.1")
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(MULTICAST_GROUP) + interface)
            s.settimeout(1.0)
            s.sendto(b"pilotlight doctor", (MULTICAST_GROUP, s.getsockname()[1]))
            s.recv(64)
    except OSError:
        return [
            Finding(
                "multicast",
                "warn",
                "Multicast does not work on this machine: terminals won't find each other by themselves.",
                "Allow UDP port 5353 in the firewall, or name the other terminals with --peer HOST:PORT.",
            )
        ]
    return [Finding("multicast", "ok", "works on this machine")]
