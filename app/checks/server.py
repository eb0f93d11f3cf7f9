"""The running server, its neighbours, head office: what the server itself says goes before what the settings say."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx

from app.checks.finding import Finding
from app.folder import is_office
from app.settings import Settings
from app.supervisor import running
from server.event import Refused

CONNECT_TIMEOUT_S = 2.0
WARNED = "Do as it says; `pilotlight doctor` looks again. One that stays goes with `pilotlight doctor --seen`."
WELL_AGAIN = "Do as the reason says, then look again; if it stays, restart: systemctl restart pilotlight."


def check_server(folder: Path, settings: Settings) -> list[Finding]:
    endpoint = running(folder)
    office = is_office(folder)
    if endpoint is None:
        do = f"Start it: pilotlight {'office' if office else 'server'} --data …"
        return [Finding("server", "warn", "No server runs on this data folder.", do)]
    headers = {"Authorization": f"Bearer {endpoint['token']}"}
    try:
        health = httpx.get(f"{endpoint['api']}/healthz", timeout=5)
        peers = httpx.get(f"{endpoint['api']}/v1/peers", headers=headers, timeout=5).json()
    except (httpx.HTTPError, ValueError) as e:
        return [
            Finding("server", "bad", f"The server does not answer ({e}).", "Restart it: systemctl restart pilotlight.")
        ]
    findings = []
    reasons, warnings = words(health)
    if health.status_code == 200:
        findings.append(Finding("server", "ok", f"runs at {endpoint['api']}, device {endpoint['device_id']}"))
    else:
        findings.append(Finding("server", "bad", f"The server is not well. {' '.join(reasons)}", WELL_AGAIN))
    gone = lost(endpoint, headers)
    findings += [Finding("warning", "bad" if text in gone else "warn", text, WARNED) for text in warnings]
    still_open = figure(endpoint, headers, "pilotlight_retention_open")
    if still_open:
        text = f"{still_open:,.0f} orders or counts that are older than sales are kept are still open; they stay here."
        findings.append(Finding("open", "warn", text, "Take the money, refund or void them at the POS."))
    terminals = [p for p in peers if p.get("role") != "office"]
    if not terminals and office:
        findings.append(Finding("peers", "ok", "no shop is connected now"))
    elif not terminals:
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


def see(folder: Path) -> list[str]:
    """Tells the running server that its notes have been seen; returns their texts. Raises `Refused`."""
    endpoint = running(folder)
    if endpoint is None:
        raise Refused("not_running", "No server runs on this data folder. Start it, then say it again.")
    try:
        with httpx.Client(
            base_url=str(endpoint["api"]), headers={"Authorization": f"Bearer {endpoint['token']}"}, timeout=5
        ) as api:
            notes = api.get("/v1/status").raise_for_status().json()["notes"]
            for note in notes:
                api.post(f"/v1/notes/{note['note_id']}/seen")
    except (httpx.HTTPError, ValueError, KeyError) as e:
        raise Refused("not_answering", f"The server does not answer ({e}). Restart it, then say it again.") from None
    return [str(note["text"]) for note in notes]


def words(health: httpx.Response) -> tuple[list[str], list[str]]:
    """Why the server is not well, and what it warns of, as sentences."""
    try:
        said = health.json()
        reasons, warnings = [str(r) for r in said.get("reasons", [])], [str(w) for w in said.get("warnings", [])]
    except (ValueError, AttributeError, TypeError):
        reasons, warnings = [], []
    return reasons or [f"It answers with {health.status_code} and gives no reason."], warnings


def lost(endpoint: dict[str, object], headers: dict[str, str]) -> set[str]:
    """What the server notes of orders or sales that are gone: worse than a warning until somebody has seen it."""
    try:
        notes = httpx.get(f"{endpoint['api']}/v1/status", headers=headers, timeout=5).json()["notes"]
        return {str(note["text"]) for note in notes if note["missing"] or note["kind"] == "sales_missing"}
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return set()


def figure(endpoint: dict[str, object], headers: dict[str, str], name: str) -> float:
    """One of `/metrics`; 0 when it can't be had."""
    try:
        rows = httpx.get(f"{endpoint['api']}/metrics", headers=headers, timeout=5).text.splitlines()
        return max((float(row.rpartition(" ")[2]) for row in rows if row.startswith(f"{name} ")), default=0.0)
    except (httpx.HTTPError, ValueError):
        return 0.0


OFFICE_LINES = {
    "uplink": "This terminal carries the line to head office",
    "standby": "Another terminal of the shop carries the line to head office",
}


def office_line(folder: Path, where: str) -> Finding | None:
    """What the running server says of its line to head office; None when it has none, or does not say."""
    endpoint = running(folder)
    if endpoint is None:
        return None
    headers = {"Authorization": f"Bearer {endpoint['token']}"}
    try:
        line = httpx.get(f"{endpoint['api']}/v1/status", headers=headers, timeout=5).json()["office"]
        state, since = str(line["state"]), str(line["since"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    if state in OFFICE_LINES:
        return Finding("office", "ok", OFFICE_LINES[state] + (f" ({where})." if where else "."))
    if state == "offline":
        at = (f" at {where}" if where else "") + (f" since {since}" if since else "")
        text = f"No line to head office{at}; the shop sells on and catches up later."
        return Finding("office", "warn", text, "Check the internet line, then the address.")
    return None


def check_office(folder: Path, settings: Settings) -> list[Finding]:
    if (line := office_line(folder, settings.office)) is not None:
        return [line]
    if not settings.office and running(folder) is None:
        return [Finding("office", "ok", "none is set in settings.toml or PILOTLIGHT_OFFICE")]
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
