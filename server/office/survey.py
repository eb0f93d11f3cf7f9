"""Every store's line and menus in one table, from what the parts of a node know. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from server.api.port import AlarmLine, Peer, StoreLine, TerminalLine
from server.services.health.read_model import DeviceHealth
from server.services.membership.events import Member

ALARMS_MS = 7 * 24 * 3600 * 1000
"""So long an alarm stands on head office's page; in the history of events it stays."""

MAX_ALARMS = 10
"""Of a store, the newest."""


def rfc3339(ms: int) -> str:
    """UTC with milliseconds; `""` for 0, which stands for never."""
    if not ms:
        return ""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def survey(
    members: Mapping[str, Iterable[Member]],
    health: Mapping[str, DeviceHealth],
    peers: Iterable[Peer],
    menu_wanted: Mapping[str, str],
    last_event_ms: Mapping[str, int],
    now_ms: int,
) -> list[StoreLine]:
    """One line a store, by name. `members`: of each store; `menu_wanted`: the version that each should sell from;
    `last_event_ms`: the time of the newest event that is held of each store."""
    by_device = {p.device_id: p for p in peers}
    lines = []
    for store in sorted({*members, *(p.store for p in by_device.values() if p.store)}):
        devices = list(members.get(store, ()))
        links = [p for p in by_device.values() if p.store == store]
        wanted, newest_ms = menu_wanted.get(store, ""), last_event_ms.get(store, 0)
        lines.append(_line(store, devices, health, links, wanted, newest_ms, now_ms - ALARMS_MS))
    return lines


def _line(
    store: str,
    devices: list[Member],
    health: Mapping[str, DeviceHealth],
    links: list[Peer],
    wanted: str,
    last_event_ms: int,
    alarms_from_ms: int,
) -> StoreLine:
    up = [p for p in links if p.state == "connected"]
    carriers = {p.device_id for p in up}
    in_touch = {d for p in up for d in (p.device_id, *p.neighbours)}
    told = [m for m in devices if m.device_id in health and health[m.device_id].menu_version]
    # One that burnt, or is off, holds back nobody's menu as long as others of its store are heard.
    held = [health[m.device_id] for m in [m for m in told if m.device_id in in_touch] or told]
    behind = [h for h in held if h.menu_version != wanted]
    shown = min(behind or held, key=lambda h: h.menu_since_ms, default=DeviceHealth())
    seen = max((p.last_seen for p in links), default="")
    return StoreLine(
        store=store,
        name=store,
        line="connected" if up else "lost" if seen or devices else "never",
        since="" if up else max(seen, rfc3339(last_event_ms)),
        last_heard=max(seen, rfc3339(last_event_ms)),
        events_behind=max((p.we_behind for p in up), default=0),
        office_events_behind=max((p.events_behind for p in up), default=0),
        menu_version=shown.menu_version,
        menu_name=shown.menu_name,
        menu_wanted=wanted,
        menu_current=bool(held) and not behind,
        menu_since=rfc3339(shown.menu_since_ms),
        terminals=[
            TerminalLine(m.device_id, m.label, m.role, m.device_id in in_touch, m.device_id in carriers)
            for m in sorted(devices, key=lambda m: (m.label, m.device_id))
        ],
        alarms=_alarms(devices, health, alarms_from_ms),
    )


def _alarms(devices: list[Member], health: Mapping[str, DeviceHealth], from_ms: int) -> list[AlarmLine]:
    found = [
        (alarm.at_ms, m, alarm)
        for m in devices
        for alarm in health.get(m.device_id, DeviceHealth()).alarms
        if alarm.at_ms >= from_ms
    ]
    found.sort(key=lambda one: one[0], reverse=True)
    return [AlarmLine(rfc3339(at), m.device_id, m.label, a.code, a.text) for at, m, a in found[:MAX_ALARMS]]
