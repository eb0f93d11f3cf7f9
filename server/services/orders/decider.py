"""Orders: `decide` for each command, pure. States are `orders.state.OrderState`, or None for an unknown order."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from server.event import Draft, Refused
from server.services.asked import check_same
from server.services.carte import Carte
from server.services.command import check_reason, check_text, check_uuid
from server.services.orders import events
from server.services.orders.basket import (
    AVAILABLE,
    MAX_GUEST_CHARS,
    Available,
    build_line,
    check_left,
    check_quantity,
    check_sells,
    find_item,
    quantities,
)
from server.services.orders.commands import (
    Accept,
    Amend,
    AmendLine,
    Collect,
    LineRequest,
    ModifierChoice,
    Place,
    Ready,
    SlotChoice,
    Start,
    Void,
)
from server.services.orders.events import Amended, Line, LineComponent, LineModifier, Moved, Placed, Voided
from server.services.orders.pricing import TaxRule, line_total, price
from server.services.orders.state import ACCEPTED, COLLECTED, IN_PREPARATION, READY, OrderState

MAX_LINES = 200
"""Of one order: a coach party's, and a frame and a ticket still hold it."""

MAX_NAME_CHARS = 80
"""Of a customer's name: what is called out and printed in large letters."""

MAX_CHANNEL_CHARS = 40

MAX_TABLE_CHARS = 12
"""Of a table's name, or a stand's number: what fits on a card beside “Table”, and on a ticket beside the order's
number."""

ORDER_IDS = uuid.UUID("5bf1ab3c-8f6e-4d0f-9b52-6f6c4b7a3a10")
"""Namespace of order ids made from command ids: the same command asked twice means the same order."""

Move = Accept | Start | Ready | Collect

_MOVES: dict[type[Move], tuple[int, str]] = {
    Accept: (ACCEPTED, events.ACCEPTED),
    Start: (IN_PREPARATION, events.STARTED),
    Ready: (READY, events.READY),
    Collect: (COLLECTED, events.COLLECTED),
}


class Till(msgspec.Struct, frozen=True):
    """Where and when an order is taken: the menu and stock it is taken from, the terminal, the day, its number."""

    carte: Carte
    menu_version: str
    available: Available
    device_id: str
    label: str
    business_day: str
    number: str


Decided = tuple[list[Draft], dict[str, Any]]


def order_id_of(command: Place, command_id: str) -> str:
    """The caller's order id, or one made from the command's. Raises `Refused` when it is not a UUID."""
    if command.order_id is None:
        return str(uuid.uuid5(ORDER_IDS, command_id))
    check_uuid(command.order_id, "order_id")
    return command.order_id


def mark_of(command: Place, command_id: str) -> str:
    """By which an order tells which command placed it; `""` where its id is made from the command's."""
    return "" if command.order_id is None else hashlib.sha256(command_id.encode()).hexdigest()[:12]


def place(
    state: OrderState | None, command: Place, command_id: str, order_id: str, till: Till, asked: str = ""
) -> Decided:
    """A new order. Prices, taxes and totals are computed here and become part of the fact.

    Asked again it is answered as it was, whatever has become of the log that remembered the command: no drafts then.
    """
    mark = mark_of(command, command_id)
    if state is not None:
        known_as = state.placed
        if known_as is not None and known_as.mark == mark:
            check_same(known_as.asked, asked)
            return [], {"order_id": order_id, "number": known_as.number, "total_minor": known_as.total_minor}
        raise Refused("order_exists", "This order was placed before. Look at it, or use a new order_id.")
    table = check_text(command.table, "table", "The table's name", MAX_TABLE_CHARS)
    stand = check_text(command.stand, "stand", "The stand's number", MAX_TABLE_CHARS)
    if table and stand:
        raise Refused("table_or_stand", "The food is brought to a “table” or to a “stand”. Give one of them.")
    lines = _lines(command.lines, till)
    priced = price(lines, _rules(till.carte, []))
    placed = Placed(
        number=till.number,
        dining=command.dining,
        business_day=till.business_day,
        currency=till.carte.menu.currency,
        lines=lines,
        subtotal_minor=priced.subtotal_minor,
        tax_minor=priced.tax_minor,
        total_minor=priced.total_minor,
        taxes=priced.taxes,
        taken_by=till.device_id,
        taken_by_label=till.label,
        customer_name=check_text(command.customer_name, "customer_name", "The customer's name", MAX_NAME_CHARS),
        channel=check_text(command.channel, "channel", "The channel", MAX_CHANNEL_CHARS),
        hold_until_paid=command.hold_until_paid,
        menu_version=till.menu_version,
        mark=mark,
        table=table,
        stand=stand,
    )
    result = {"order_id": order_id, "number": placed.number, "total_minor": placed.total_minor}
    return [Draft(events.PLACED, order_id, placed)], result


def _lines(requests: list[LineRequest], till: Till) -> list[Line]:
    _check_count(len(requests))
    lines = [build_line(r, till.carte, till.available, str(n)) for n, r in enumerate(requests, 1)]
    check_left(quantities(lines), {}, till.carte, till.available)
    return lines


def _check_count(count: int) -> None:
    if count == 0:
        raise Refused("no_lines", "The order is empty. Add something to it.")
    if count > MAX_LINES:
        raise Refused("too_many_lines", f"An order has at most {MAX_LINES} lines; this has {count}. Split it.")


def _rules(carte: Carte, charged: list[events.TaxAmount]) -> dict[str, TaxRule]:
    """Taxes by id. As once charged goes before the menu's: a changed rate never alters an order that was taken."""
    rules: dict[str, TaxRule] = dict(carte.taxes)
    return rules | {t.tax_id: t for t in charged}


def known(state: OrderState | None) -> tuple[OrderState, Placed]:
    """Raises `Refused("unknown_order")`."""
    if state is None or state.placed is None:
        raise Refused("unknown_order", "There is no such order here. Check the order, or wait until it has arrived.")
    return state, state.placed


def check_open(state: OrderState, placed: Placed) -> None:
    if state.voided:
        raise Refused("order_voided", f"Order {placed.number} was voided. Place a new one.")
    if state.rank == COLLECTED:
        raise Refused("order_collected", f"Order {placed.number} was already collected. Place a new one.")


def move(found: OrderState | None, command: Move, label: str) -> Decided:
    """One step forward, or several at once."""
    state, placed = known(found)
    check_open(state, placed)
    rank, event_type = _MOVES[type(command)]
    if state.rank >= rank:
        now = state.status.replace("_", " ")
        raise Refused(f"already_{state.status}", f"Order {placed.number} is already {now}. Nothing is left to do.")
    status = events.STATUSES[rank]
    return [Draft(event_type, command.order_id, Moved(label))], {"order_id": command.order_id, "status": status}


def void(found: OrderState | None, command: Void, label: str) -> Decided:
    state, placed = known(found)
    check_open(state, placed)
    draft = Draft(events.VOIDED, command.order_id, Voided(check_reason(command.reason), label))
    result = {"order_id": command.order_id, "status": "voided", "to_refund_minor": max(0, state.paid_minor)}
    return [draft], result


def amend(found: OrderState | None, command: Amend, command_id: str, till: Till) -> Decided:
    """The order's lines anew. Kept lines keep the price they were sold at; what is new is sold at today's."""
    state, placed = known(found)
    check_open(state, placed)
    _check_count(len(command.lines))
    before = {line.line_id: line for line in state.lines}
    mark = hashlib.sha256(command_id.encode()).hexdigest()[:8]
    lines: list[Line] = []
    for n, request in enumerate(command.lines, 1):
        lines.append(_amended_line(request, before, f"{mark}-{n}", till))
    ids = Counter(line.line_id for line in lines)
    if any(count > 1 for count in ids.values()):
        raise Refused("line_twice", "A line of the order is given twice. Give each line_id once.")
    check_left(quantities(lines), quantities(state.lines), till.carte, till.available)
    charged = (state.amended.taxes if state.amended else []) + placed.taxes
    priced = price(lines, _rules(till.carte, charged))
    amended = Amended(lines, priced.subtotal_minor, priced.tax_minor, priced.total_minor, priced.taxes, by=till.label)
    result = {"order_id": command.order_id, "number": placed.number, "total_minor": priced.total_minor}
    return [Draft(events.AMENDED, command.order_id, amended)], result


def _amended_line(request: AmendLine, before: dict[str, Line], new_id: str, till: Till) -> Line:
    """`new_id`: of a line that the order has by this very command already, where it is asked for again and was
    forgotten: it stays, too."""
    kept = before.get(request.line_id if request.line_id is not None else new_id)
    if request.line_id is not None and kept is None:
        raise Refused("unknown_line", f"The order has no line “{request.line_id[:80]}”. Look at its lines again.")
    if kept is not None and _same_dish(request, kept):
        return _kept(request, kept, till)
    if request.item_id is None:
        raise Refused("missing_field", "The field “item_id” is missing in lines[]. Add it, or a line_id.")
    quantity = request.quantity if request.quantity is not None else kept.quantity if kept else None
    if quantity is None:
        raise Refused("missing_field", "The field “quantity” is missing in lines[]. Add it.")
    wanted = LineRequest(
        item_id=request.item_id,
        quantity=quantity,
        variation_id=request.variation_id,
        modifiers=request.modifiers,
        note=request.note,
        guest=request.guest,
        without=request.without,
        choices=request.choices,
        open_price_minor=request.open_price_minor,
    )
    return build_line(wanted, till.carte, till.available, kept.line_id if kept else new_id)


def _same_dish(request: AmendLine, kept: Line) -> bool:
    """Whether the request means the kept line's dish, so that it stays at its price (and though it ran out since)."""
    if request.item_id is None:
        return True
    return (
        request.item_id == kept.item_id
        and request.variation_id in (None, kept.variation_id)
        and _counts(request.modifiers) == _counts(kept.modifiers)
        and (not request.without or set(request.without) == set(kept.without))
        and (not request.choices or _same_choices(request.choices, kept.components))
        and request.open_price_minor in (None, kept.unit_price_minor)
    )


def _same_choices(choices: list[SlotChoice], kept: list[LineComponent]) -> bool:
    """Where none tells more than its dish, what was chosen with the dishes stays; else each is told in full."""
    if not any(c.modifiers or c.without or c.variation_id for c in choices):
        return Counter((c.slot_id, c.item_id) for c in choices) == Counter((c.slot_id, c.item_id) for c in kept)
    left = list(kept)
    for choice in choices:
        same = next((c for c in left if _same_choice(choice, c)), None)
        if same is None:
            return False
        left.remove(same)
    return not left


def _same_choice(choice: SlotChoice, kept: LineComponent) -> bool:
    return (
        (choice.slot_id, choice.item_id) == (kept.slot_id, kept.item_id)
        and choice.variation_id in (None, kept.variation_id)
        and _counts(choice.modifiers) == _counts(kept.modifiers)
        and set(choice.without) == set(kept.without)
    )


def _counts(modifiers: Sequence[ModifierChoice | LineModifier]) -> Counter[str]:
    return Counter({m.modifier_id: m.quantity for m in modifiers})


def _kept(request: AmendLine, kept: Line, till: Till) -> Line:
    quantity = kept.quantity if request.quantity is None else request.quantity
    check_quantity(quantity, kept.name)
    if quantity > kept.quantity:
        for item_id in [kept.item_id, *(c.item_id for c in kept.components)]:
            check_sells(find_item(till.carte, item_id), till.carte, till.available)
            out = set(till.available.get(item_id, AVAILABLE).out_modifiers)
            if any(m.modifier_id in out for m in kept.modifiers):
                raise Refused("modifier_out", f"A choice of {kept.name} is out. More of it cannot be made.")
    note = kept.note if request.note is None else check_text(request.note, "note", f"The note on {kept.name}")
    guest = request.guest
    guest = kept.guest if guest is None else check_text(guest, "guest", "The guest's name", MAX_GUEST_CHARS)
    total = line_total(quantity, kept.unit_price_minor, kept.modifiers)
    return msgspec.structs.replace(kept, quantity=quantity, note=note, guest=guest, total_minor=total)
