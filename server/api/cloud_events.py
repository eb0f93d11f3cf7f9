"""Events for the outside: CloudEvents 1.0 in JSON, and cursors into this machine's log.

Extension attributes: `hlc` and `seq` place the event in its writer's time and stream, `position` in this machine's
order of arrival; `cursor` is what to give as `after` to go on behind it; `deviceid` and `storeid` say who wrote it.
`order` is its place in time among all events, which is later than `hlc` where a wrong clock was answered. Both are
text, because CloudEvents' integers have 32 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from server.api.port import NodePort
from server.event import Event, Refused
from server.services.orders.view import rfc3339

DATA_TYPE = "application/json"

_encode = msgspec.json.Encoder().encode


class CloudEvent(msgspec.Struct, omit_defaults=True):
    """One event. `id` is `<log_id>/<topic>/<seq>`; `subject` is the aggregate's id (an order's, say). An event that its
    writer had to write again, after damage, has the id that it had first: whoever has seen that has seen it."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    hlc: str
    seq: int
    position: int
    cursor: str
    deviceid: str
    order: str = ""
    data: Any = None
    datacontenttype: str = ""
    storeid: str = ""
    commandid: str | None = None
    specversion: str = ""


class Page(msgspec.Struct):
    """`cursor`: give it as `after` for what comes next. `more`: there is more to be had right now."""

    events: list[CloudEvent]
    cursor: str
    more: bool = False


def cloud_event(event: Event, node: NodePort) -> CloudEvent:
    event = node.as_first(event)
    device_id, store = node.origin(event.stream.log_id)
    return CloudEvent(
        specversion="1.0",
        id=f"{event.stream}/{event.seq}",
        source=f"urn:pilotlight:device:{device_id}",
        type=event.type,
        subject=event.aggregate_id,
        time=rfc3339(event.wall_ms),
        datacontenttype=DATA_TYPE,
        data=json_able(event),
        hlc=str(event.hlc),
        order=str(event.order[0]),
        seq=event.seq,
        position=event.position,
        cursor=cursor_at(event.position, node),
        deviceid=device_id,
        storeid=store,
        commandid=event.command_id,
    )


def cloud_events(events: Sequence[Event], node: NodePort) -> list[CloudEvent]:
    return [cloud_event(event, node) for event in events]


def json_able(event: Event) -> msgspec.Raw | None:
    """The data as JSON; None where a foreign writer's data has no JSON form."""
    try:
        return msgspec.Raw(_encode(event.data(Any)))
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        return None


def cursor_at(position: int, node: NodePort) -> str:
    """Opaque to clients: a position counts only in the log that gave it, and under the mark of the start that did."""
    return f"{position}.{node.device().log_id}.{node.mark(position)}"


def position_of(cursor: str | None, node: NodePort) -> int:
    """Where a cursor stands. None, `""` and `"0"` are the beginning, `"now"` is the end.

    Raises `Refused`: `bad_cursor`, or `cursor_gone` for another server's, or one from before its data was restored.
    """
    if not cursor or cursor == "0":
        return 0
    if cursor == "now":
        return node.position()
    digits, _, where = cursor.partition(".")
    log_id, _, mark = where.partition(".")  # an early version gave none
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19 and log_id):
        raise Refused("bad_cursor", "“after” is not a cursor. Use one that this server gave, or leave it out.")
    position = int(digits)
    elsewhere = log_id != node.device().log_id or position > node.position()
    if elsewhere or (mark and not node.gave(position, mark)):
        raise Refused(
            "cursor_gone",
            "This cursor is not from this server's present log. Start again without “after”; events have stable ids.",
        )
    return position
