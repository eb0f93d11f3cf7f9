"""The kitchen's commands, decided against a ticket; pure."""

from __future__ import annotations

from typing import Any

from server.event import Draft, Refused
from server.services.command import check_shown
from server.services.kitchen import events
from server.services.kitchen.commands import Bump, Recall
from server.services.kitchen.events import Bumped, Recalled
from server.services.kitchen.state import TicketState

MAX_STATION_CHARS = 80

Decided = tuple[list[Draft], dict[str, Any]]


def _ticket(state: TicketState | None) -> TicketState:
    if state is None or not state.known:
        raise Refused("unknown_order", "There is no such order here. Check the order, or wait until it has arrived.")
    if not state.released_ms:
        raise Refused("not_released", f"Order {state.number} is not paid or accepted yet. Do that first.")
    return state


def _check_lines(state: TicketState, line_ids: list[str]) -> list[str]:
    known = {line.line_id for line in state.lines}
    for line_id in line_ids:
        if line_id not in known:
            raise Refused("unknown_line", f"Order {state.number} has no line “{line_id[:80]}”. Look at it again.")
    return list(dict.fromkeys(line_ids))


def bump(found: TicketState | None, command: Bump, label: str) -> Decided:
    """`done` when no line of the whole ticket is left to make; a voided ticket is bumped off the screen likewise."""
    state = _ticket(found)
    station = command.station or ""
    check_shown(station, "station")
    if len(station) > MAX_STATION_CHARS:
        raise Refused("bad_field", f"“station” has at most {MAX_STATION_CHARS} characters.")
    if state.done_ms:
        raise Refused("already_bumped", f"Order {state.number} is already done. Recall it to bring it back.")
    still_open = [line.line_id for line in state.open_lines if not station or line.at_station(station)]
    line_ids = still_open if command.line_ids is None else _check_lines(state, command.line_ids)
    line_ids = [i for i in line_ids if i not in state.bumped]
    if not line_ids:
        raise Refused("already_bumped", f"These lines of order {state.number} are already made.")
    done = all(line.line_id in line_ids for line in state.open_lines)
    draft = Draft(events.BUMPED, command.order_id, Bumped(line_ids, done, station, label))
    return [draft], {"order_id": command.order_id, "line_ids": line_ids, "done": done}


def recall(found: TicketState | None, command: Recall, label: str) -> Decided:
    state = _ticket(found)
    if state.voided:
        raise Refused("order_voided", f"Order {state.number} was voided. There is nothing to make.")
    if state.collected:
        raise Refused(
            "order_collected", f"Order {state.number} was already collected. Place a new one to make it again."
        )
    line_ids = _check_lines(state, command.line_ids or [])
    if not state.done_ms and not any(i in state.bumped for i in line_ids or state.bumped):
        raise Refused("nothing_to_recall", f"Order {state.number} is still on the screen.")
    draft = Draft(events.RECALLED, command.order_id, Recalled(line_ids, by=label))
    return [draft], {"order_id": command.order_id, "line_ids": line_ids}
