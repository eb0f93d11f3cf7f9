"""`pilotlight doctor`: what an installer needs to know, each finding with what to do, in words for a phone call."""

from __future__ import annotations

import argparse
import errno
import json
import os
import platform
import shutil
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import httpx

from app.ports import port_free
from app.settings import Settings, default_data_folder, load
from app.supervisor import alive, read_endpoint
from server import __version__
from server.clock import EARLIEST_MS, wall_ms
from server.event import Refused
from server.log import ls, tail

LOW_DISK_BYTES = 1 << 30
"""Months of a busy shop's orders; below it an installer should make room before leaving."""

MULTICAST_GROUP = "224.0.0.251"
CONNECT_TIMEOUT_S = 2.0


class Finding(NamedTuple):
    name: str
    state: Literal["ok", "warn", "bad"]
    text: str
    do: str = ""  # what to do now; empty when all is well


def check_versions(folder: Path, settings: Settings) -> list[Finding]:
    text = (
        f"Pilotlight {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{platform.system()} {platform.release()}"
    )
    return [Finding("versions", "ok", text)]


def check_disk(folder: Path, settings: Settings) -> list[Finding]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as f:
            f.write(b"pilotlight")
            f.flush()
            started = time.perf_counter()
            os.fsync(f.fileno())
            sync_ms = (time.perf_counter() - started) * 1000
    except OSError as e:
        return [
            Finding(
                "disk",
                "bad",
                f"The data folder {folder} can't be written: {e.strerror}.",
                "Make room on this disk."
                if e.errno == errno.ENOSPC
                else "Give this user the right to write there, or choose another folder with --data.",
            )
        ]
    free = shutil.disk_usage(folder).free
    text = f"{folder}: {free / 1e9:.1f} GB free, a durable write takes {sync_ms:.1f} ms"
    if free < LOW_DISK_BYTES:
        return [Finding("disk", "warn", text, "Free at least 1 GB on this disk.")]
    return [Finding("disk", "ok", text)]


def check_clock(folder: Path, settings: Settings) -> list[Finding]:
    now = wall_ms()
    text = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(now / 1000))
    if now < EARLIEST_MS:
        return [Finding("clock", "bad", f"The clock says {text}.", "Set date and time, then start again.")]
    return [Finding("clock", "ok", text)]


def check_ports(folder: Path, settings: Settings) -> list[Finding]:
    if running(folder):
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


def running(folder: Path) -> dict[str, object] | None:
    endpoint = read_endpoint(folder)
    return endpoint if endpoint is not None and alive(int(endpoint.get("pid", 0))) else None


def check_log(folder: Path, settings: Settings) -> list[Finding]:
    if not (folder / "log.db").exists():
        return [Finding("log", "ok", "none yet; it is made at the first start")]
    try:
        streams = ls(folder)
    except Refused as refused:
        return [Finding("log", "bad", refused.text, "Keep the folder, and start with a new one: neighbours refill it.")]
    return [Finding("log", "ok", f"{sum(s.events for s in streams):,} events in {len(streams)} streams")]


def check_retention(folder: Path, settings: Settings) -> list[Finding]:
    """What is used, since when there are sales here, and what will become of that."""
    if not (folder / "log.db").exists():
        return []
    try:
        streams = ls(folder)
        oldest, _ = tail(folder, 1, topics={"orders"}, after=0)
    except Refused:
        return []  # `check_log` has said it
    if streams and next((s.store for s in streams if s.own), settings.store) == "":
        return [Finding("kept", "ok", f"{used(folder)} used; head office keeps everything. Back it up.")]
    text = f"{used(folder)} used"
    if oldest:
        text += time.strftime("; sales since %Y-%m-%d are here", time.localtime(oldest[0].wall_ms / 1000))
    dropped = sum(s.first_seq - 1 for s in streams)
    if dropped:
        text += f", {dropped:,} older events are at head office only"
    days = settings.keep_sales_days
    if not days or not settings.retention_every_s:
        return [Finding("kept", "ok", f"{text}. Everything is kept for ever, as set.")]
    if settings.office:
        return [Finding("kept", "ok", f"{text}. Kept for {days} days with sales, once head office holds them.")]
    if settings.drop_without_office:
        do = "Set --office, or keep_sales_days = 0, if anybody will ask for older sales."
        return [
            Finding("kept", "warn", f"{text}. After {days} days with sales they are gone: nobody else has them.", do)
        ]
    return [
        Finding("kept", "ok", f"{text}. There is no head office set here, so this terminal decides to drop nothing.")
    ]


def used(folder: Path) -> str:
    """The log, the tables made from it, and damaged logs that were put aside."""
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    return f"{size / 1e6:,.0f} MB"


def check_server(folder: Path, settings: Settings) -> list[Finding]:
    endpoint = running(folder)
    if endpoint is None:
        return [
            Finding("server", "warn", "No server runs on this data folder.", "Start it: pilotlight server --data …")
        ]
    headers = {"Authorization": f"Bearer {endpoint['token']}"}
    try:
        health = httpx.get(f"{endpoint['api']}/healthz", timeout=5)
        peers = httpx.get(f"{endpoint['api']}/v1/peers", headers=headers, timeout=5).json()
    except (httpx.HTTPError, ValueError) as e:
        return [
            Finding("server", "bad", f"The server does not answer ({e}).", "Restart it: systemctl restart pilotlight.")
        ]
    findings = []
    if health.status_code == 200:
        findings.append(Finding("server", "ok", f"runs at {endpoint['api']}, device {endpoint['device_id']}"))
    else:
        findings.append(Finding("server", "bad", f"The server is not well: {health.text}", "Read the reason above."))
    findings += [
        Finding("warning", "warn", text, "Do as it says; `pilotlight doctor` looks again.")
        for text in health.json().get("warnings", [])
    ]
    still_open = figure(endpoint, headers, "pilotlight_retention_open")
    if still_open:
        text = f"{still_open:,.0f} orders or counts that are older than sales are kept are still open; they stay here."
        findings.append(Finding("open", "warn", text, "Take the money, refund or void them at the POS."))
    terminals = [p for p in peers if p.get("role") != "office"]
    if not terminals:
        findings.append(Finding("peers", "warn", "No other terminal seen.", "Start one with the same --store name."))
    for peer in terminals:
        well = peer.get("state") == "connected"
        text = (
            f"{peer.get('label') or peer.get('device_id')}: {peer.get('state')}, {peer.get('events_behind', 0)} behind"
        )
        findings.append(
            Finding("peers", "ok" if well else "warn", text, "" if well else "Check its power and network.")
        )
    return findings


def figure(endpoint: dict[str, object], headers: dict[str, str], name: str) -> float:
    """One of `/metrics`; 0 when it can't be had."""
    try:
        rows = httpx.get(f"{endpoint['api']}/metrics", headers=headers, timeout=5).text.splitlines()
        return max((float(row.rpartition(" ")[2]) for row in rows if row.startswith(f"{name} ")), default=0.0)
    except (httpx.HTTPError, ValueError):
        return 0.0


def check_office(folder: Path, settings: Settings) -> list[Finding]:
    if not settings.office:
        return [Finding("office", "ok", "none is set; the shop sells by itself")]
    host, _, port = settings.office.split("://", 1)[1].partition("/")[0].rpartition(":")
    try:
        with socket.create_connection((host, int(port)), CONNECT_TIMEOUT_S):
            return [Finding("office", "ok", f"{settings.office} answers")]
    except (OSError, ValueError) as e:
        return [
            Finding(
                "office",
                "warn",
                f"{settings.office} can't be reached ({e}); the shop sells on and catches up later.",
                "Check the internet line, then the address.",
            )
        ]


def check_printer(folder: Path, settings: Settings) -> list[Finding]:
    return [
        Finding("printer", "warn", "This version prints no receipts yet.", "Show or photograph the order's number.")
    ]


CHECKS: tuple[Callable[[Path, Settings], list[Finding]], ...] = (
    check_versions,
    check_disk,
    check_clock,
    check_ports,
    check_multicast,
    check_log,
    check_retention,
    check_server,
    check_office,
    check_printer,
)
MARKS = {"ok": "ok  ", "warn": "look", "bad": "BAD "}


def run_doctor(arguments: argparse.Namespace) -> int:
    folder = arguments.data or default_data_folder()
    try:
        settings, findings = load(folder, {}), []
    except Refused as refused:
        settings, findings = (
            Settings(),
            [Finding("settings", "bad", refused.text, "Correct the setting, then look again.")],
        )
    for check in CHECKS:
        findings += check(folder, settings)
    if arguments.json:
        print(json.dumps([f._asdict() for f in findings]))
    else:
        for f in findings:
            print(f"{MARKS[f.state]}  {f.name:<10} {f.text}")
            if f.do:
                print(f"      {'':<10} → {f.do}")
    return 1 if any(f.state == "bad" for f in findings) else 0
