"""How a server is: who it is, whether it is well, its figures."""

from __future__ import annotations

import contextlib
from functools import cache
from pathlib import Path

from server import __version__
from server.api.port import Device, LateLine, Metric, NoteLine, OfficeLine, SafekeepingLine, Status
from server.node.notes import MAX_NAMED, Note
from server.node.parts import Parts
from server.office.survey import rfc3339
from server.retention import Dropping
from server.services.tables import NOT_READY, READ_ERRORS

OFFICE_NAME = "Head office"

LOST_TIME = (
    "This machine's clock was never set. Until it is, what is sold is dated by the newest time that is known here, or "
    "heard from other terminals: {} UTC. Set date and time."
)

MAX_BEHIND = 20_000
"""Read models this far behind the log can't be trusted to show what is sold; the server says so."""


def spelled(store: str) -> str:
    """A store's id as people read it, where its menu has no name of its own: `main-street` is Main Street."""
    words = store.replace("-", " ").replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words)


def device(parts: Parts) -> Device:
    s = parts.settings
    return Device(
        device_id=parts.log.device_id,
        log_id=parts.log.log_id,
        label=s.label,
        role=s.role,
        store=s.store,
        store_name=spelled(s.store) or OFFICE_NAME,
        sync_port=parts.sync_port,
        version=__version__,
        time_zone=s.time_zone or local_time_zone(),
    )


def status(parts: Parts) -> Status:
    s = parts.settings
    menu = parts.services.menu()
    reasons = health(parts)
    return Status(
        device_id=parts.log.device_id,
        label=s.label,
        role=s.role,
        store=s.store,
        store_name=spelled(s.store) or OFFICE_NAME,
        currency=menu.currency if menu else "",
        office=office_line(parts),
        healthy=not reasons,
        reasons=reasons,
        menu_version=parts.services.menu_version(),
        business_day=parts.services.business_day(parts.machine.wall_ms()),
        warnings=warnings(parts),
        notes=notes(parts),
        printer=bool(s.printer),
        vouchers=parts.services.vouchers.any,
        safekeeping=_safekeeping(parts),
        clock_ahead_ms=lost.ahead_ms if (lost := parts.machine.lost) is not None else 0,
    )


def warnings(parts: Parts) -> list[str]:
    """What an installer should look at though all works."""
    waits = parts.retention.state.waits if parts.retention is not None else ""
    told = (
        *(line.text for line in notes(parts)),
        parts.given_twice,
        parts.not_checked,
        parts.full_disk,
        lost_time(parts),
        parts.safekeeping.warning(),
        waits,
        parts.blobs.warning(),
    )
    return [text for text in told if text]


def lost_time(parts: Parts) -> str:
    """What to say where the machine's clock was never set."""
    lost = parts.machine.lost
    if lost is None or not lost.ahead_ms:
        return ""
    return LOST_TIME.format(rfc3339(lost.wall_ms())[:16].replace("T", " "))


def notes(parts: Parts) -> list[NoteLine]:
    """Of the warnings those that stay until somebody says that he has seen them."""
    missing = [(one, _missing(parts, one)) for one in parts.notes.all]
    return [
        NoteLine(
            one.note_id,
            one.told(lost),
            rfc3339(one.since_ms),
            lost[:MAX_NAMED],
            one.kind,
            one.amount_minor,
            one.currency,
        )
        for one, lost in missing
    ]


def _missing(parts: Parts, note: Note) -> list[str]:
    """The numbers of a note's orders that have not come back."""
    try:
        return [number for order_id, number in note.orders.items() if parts.services.order(order_id) is None]
    except READ_ERRORS as e:
        parts.loop.call_soon_threadsafe(parts.engine.doubt, e)
        return []


def _safekeeping(parts: Parts) -> SafekeepingLine:
    s = parts.safekeeping
    late = [LateLine(i, one.label, one.times, rfc3339(one.last_ms)) for i, one in reversed(s.late.items())]
    since = rfc3339(s.since_ms) if s.since_ms else ""
    return SafekeepingLine(parts.settings.replica_timeout_ms, s.kept, s.missed, s.alone, s.in_a_row, since, late)


def office_line(parts: Parts) -> OfficeLine:
    if parts.mesh is None:
        return OfficeLine()
    line = parts.mesh.office_state()
    return OfficeLine(line.state, rfc3339(line.since_ms))


def health(parts: Parts) -> list[str]:
    """Reasons why this server is not well; empty when it is."""
    reasons = [reason for reason in (parts.log.unhealthy, parts.engine.failure) if reason]
    if not parts.services.tables.whole and not parts.engine.failure:
        reasons.append(NOT_READY)
    behind = parts.log.position - parts.services.cursor
    if behind > MAX_BEHIND:
        reasons.append(f"The screens are {behind} events behind. Wait; if it stays, restart.")
    return reasons


def metrics(parts: Parts, alarms_kept_back: int, checked_ms: int) -> list[Metric]:
    peers = parts.peers()
    return [
        Metric("healthy", float(not health(parts)), "1 when the log is writable and read models keep up"),
        Metric("log_position", float(parts.log.position), "events stored here"),
        Metric("read_model_position", float(parts.services.cursor), "events applied to the read models"),
        Metric("streams", float(len(parts.log.held())), "streams held here"),
        Metric("peers_connected", float(sum(p.state == "connected" for p in peers)), "connected machines"),
        Metric("events_behind", float(max((p.events_behind for p in peers), default=0)), "furthest peer"),
        Metric("commands_waiting", float(parts.engine.waiting), "commands under way or waiting"),
        Metric("commands_waiting_most", float(parts.engine.most_waiting), "the same, at worst since the start"),
        Metric("commands_busy_total", float(parts.engine.turned_away), "commands refused as too many", "counter"),
        Metric("log_waiting", float(parts.log.waiting), "requests that wait for the disk"),
        Metric("log_busy_total", float(parts.log.turned_away), "requests refused as too many waited", "counter"),
        Metric("alarms_kept_back_total", float(alarms_kept_back), "alarms too many to be told", "counter"),
        *(Metric(*figure) for figure in (parts.mesh.figures() if parts.mesh is not None else ())),
        Metric("log_checked_seconds", checked_ms / 1000, "when the whole log was last checked, unix time"),
        *_safekeeping_metrics(parts),
        *_retention_metrics(parts),
        *_blob_metrics(parts),
    ]


def _blob_metrics(parts: Parts) -> list[Metric]:
    blobs = parts.blobs
    fetcher, serving = blobs.fetcher, blobs.serving
    return [
        Metric("blobs_held", float(blobs.store.count()), "pictures and other large content on this disk"),
        Metric("blobs_bytes", float(blobs.store.used_bytes()), "what they take"),
        Metric("blobs_missing", float(len(blobs.missing())), "of the menu's, not here yet"),
        Metric("blobs_received_bytes_total", float(fetcher.bytes_in if fetcher else 0), "from others", "counter"),
        Metric("blobs_sent_bytes_total", float(serving.bytes_out if serving else 0), "to others", "counter"),
        Metric("blobs_wrong_total", float(fetcher.wrong if fetcher else 0), "came with another hash", "counter"),
    ]


def _retention_metrics(parts: Parts) -> list[Metric]:
    held = list(parts.log.held().values())
    state = parts.retention.state if parts.retention is not None else Dropping()
    return [
        Metric("retention_looks_total", float(state.looks), "looks at what may be dropped", "counter"),
        Metric("events_held", float(sum(h.seq - h.floor_seq for h in held)), "events on this disk"),
        Metric("events_archived_total", float(state.archived), "events given over to head office", "counter"),
        Metric("events_dropped_total", float(state.dropped), "events dropped from this disk", "counter"),
        Metric("retention_open", float(state.open_below), "old orders that stay because they are open"),
    ]


def _safekeeping_metrics(parts: Parts) -> list[Metric]:
    s = parts.safekeeping
    counts = [
        ("replicas_kept_total", s.kept, "Sales that another machine held when they were thanked for."),
        ("replicas_missed_total", s.missed, "Sales that no other terminal held in time, though one was connected."),
        ("replicas_alone_total", s.alone, "Sales taken while no other terminal was connected."),
    ]
    text = "Sales that a connected terminal did not hold in time."
    late = [
        Metric("replicas_late_total", one.times, text, "counter", {"device": device_id, "label": one.label})
        for device_id, one in s.late.items()
    ]
    return [Metric(name, float(value), text, "counter") for name, value, text in counts] + late


@cache
def local_time_zone() -> str:
    """This machine's IANA time zone at its first asking, or UTC where it can't be told. Asked for with every cursor."""
    with contextlib.suppress(OSError, ValueError):
        parts = Path("/etc/localtime").resolve().parts
        return "/".join(parts[parts.index("zoneinfo") + 1 :])
    return "UTC"
