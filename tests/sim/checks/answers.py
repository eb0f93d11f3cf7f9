"""What one answer says, against what its terminal knew when it was asked and knows when it has answered. What came in
between may count already or not, so the kinder of the two is taken.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from server.answers import CommandAnswer
from server.node import Node
from server.services.orders.events import Line
from server.services.orders.state import OrderState
from server.services.payments import events as payments
from tests.sim.terminal import CUT_OVER_HOUR, OFFLINE_DAY_MINOR, VOUCHER_APART_MINOR, ZONE, Terminal

APART_MS = 24 * 3_600_000
WEEK_MS = 7 * 24 * 3_600_000


class Knew(NamedTuple):
    """Of an order: what is due and paid, by which payments (`taken`), how often it was amended, its `total_minor`; of
    the shop: what was taken without asking the bank and waits for it; the hour and the business day, by this terminal's
    clock; whether it is apart from all others; what is left of counted dishes, and by line what the order takes; for
    who counts, the place of the newest order."""

    due_minor: int
    paid_minor: int
    taken: dict[str, int]
    amended: int
    waiting_minor: int
    hour: int
    day: str
    apart: bool
    left: dict[str, int]
    lines: dict[str, Line]
    newest_order: int
    total_minor: int


def knew(terminal: Terminal, body: dict[str, Any]) -> Knew | None:
    """None while its server is down."""
    node = terminal.node
    if node is None:
        return None
    state = node.services.order_book.state(body["order_id"]) if "order_id" in body else None
    due, paid = money_of(state) if state is not None else (0, 0)
    amended = sum(h.what == "amended" for h in state.history) if state is not None else 0
    stored = node.services.payments.stored().values() if "tender" in body else ()
    waiting = sum(p.amount_minor + p.tip_minor for one in stored for p in one.stored.values())
    ms = terminal.wall_ms()
    taken = {i: c.amount_minor for i, c in state.captured.items()} if state is not None else {}
    lines = {line.line_id: line for line in state.lines} if state is not None else {}
    left = node.services.stocks.stock.left
    newest = node.services.stocks.newest_order() if "left" in body else 0
    hour, today, apart = clock(ms).hour, business_day(ms), is_apart(node, ms)
    total = state.total_minor if state is not None else 0
    return Knew(due, paid, taken, amended, waiting, hour, today, apart, left, lines, newest, total)


def is_apart(node: Node, now_ms: int) -> bool:
    """In our own words: no other terminal of the shop is connected, and of one was heard within a week. Head office,
    which may be, does not tell whether another takes the last of a voucher just now."""
    others = [p for p in node.mesh.connected_terminals() if p.store == node.settings.store] if node.mesh else []
    headers = node.log.headers()
    return not others and any(
        headers[stream.log_id].store == node.settings.store
        and headers[stream.log_id].device_id != node.log.device_id
        and abs(now_ms - ms) < WEEK_MS
        for stream, ms in node.log.newest_ms().items()
    )


def money_of(state: OrderState) -> tuple[int, int]:
    """What is due of an order, below nothing where too much was paid, and what is paid."""
    paid = 0
    for payment_id, captured in state.captured.items():
        back = sum(state.refunded.get(payment_id, {}).values())
        if captured.tender == "voucher":
            back = min(back, captured.amount_minor)
        if state.forwarded.get(payment_id, True):
            paid += captured.amount_minor - back
    owed = 0 if state.voided else max(0, state.total_minor - sum(state.written_off.values()))
    return owed - paid, paid


def clock(ms: int) -> datetime:
    """What a clock on the shop's wall shows."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(ZONE))


def business_day(ms: int) -> str:
    return (clock(ms).replace(tzinfo=None) - timedelta(hours=CUT_OVER_HOUR)).date().isoformat()


def answered(
    terminal: Terminal, name: str, body: dict[str, Any], answer: CommandAnswer, before: Knew | None
) -> list[str]:
    """Of a command that was answered at once."""
    after = knew(terminal, body)
    check = CHECKS.get(name)
    if check is None or before is None or after is None:
        return []
    return [f"{terminal.name}, {name}: {text}" for text in check(terminal, body, answer, before, after)]


def captured(terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew) -> list[str]:
    """No more is taken than is due, change is what was handed over less what was taken, and so on."""
    one = next((e.data(payments.Captured) for e in answer.events if e.type == payments.CAPTURED), None)
    if one is None or not after.lines:  # the order was archived just then: nobody knows what was due
        return []
    found = []
    due = most_due(before, after)
    if one.amount_minor > due:
        found.append(f"{one.amount_minor} was taken, and {due} was due")
    if one.tender == "cash":
        change = body.get("tendered_minor", one.amount_minor) - one.amount_minor
        if (one.change_minor, answer.result["change_minor"]) != (change, change):
            found.append(f"change of {one.change_minor} was given, of {change}")
    lacks = min(before.due_minor - one.amount_minor, after.due_minor)
    if one.tip_minor and lacks > 0 and "amount_minor" not in body and before.amended == after.amended:
        found.append(f"a tip of {one.tip_minor} was taken, and {lacks} is due: a card pays the order first")
    if one.tip_minor > body.get("tip_minor", 0):
        found.append(f"a tip of {one.tip_minor} was taken, of {body.get('tip_minor', 0)}")
    if answer.result.get("paid", False) != (answer.result.get("due_minor") == 0):
        found.append(f"paid is {answer.result['paid']} with {answer.result['due_minor']} due")
    if one.offline:
        took = one.amount_minor + one.tip_minor
        waiting = min(before.waiting_minor, after.waiting_minor - took)
        if took + waiting > OFFLINE_DAY_MINOR:
            found.append(f"{took} without a line, and {waiting} waits for the bank already")
    if one.tender == "voucher" and before.apart and after.apart:
        spent = spent_apart(terminal, one.voucher)
        if spent > VOUCHER_APART_MINOR:
            found.append(f"{spent} was taken off a voucher, apart from all others")
    return found


def most_due(before: Knew, after: Knew) -> int:
    """The most that may have been due when it was decided: whatever else was paid since may have come later, and one
    that was not known when it was asked for, or was amended since, may have been voided since."""
    since = sum(n for i, n in after.taken.items() if i not in before.taken)
    as_before = before.lines and after.amended == before.amended
    return max(before.due_minor, after.due_minor + since, 0 if as_before else after.total_minor - before.paid_minor)


def spent_apart(terminal: Terminal, voucher_id: str) -> int:
    """What a terminal itself took off a voucher within a day."""
    assert terminal.node is not None
    state, now_ms = terminal.node.services.vouchers.state(voucher_id), terminal.wall_ms()
    uses = state.uses.values() if state is not None else ()
    return sum(u.net_minor for u in uses if u.at[1] in terminal.logs and 0 <= now_ms - u.ms < APART_MS)


def refunded(terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew) -> list[str]:
    """Whoever does not say how much gives back what was paid too much, if anything was."""
    amount = next((e.data(payments.Refunded).amount_minor for e in answer.events if e.type == payments.REFUNDED), 0)
    over = (-before.due_minor, amount - after.due_minor)
    wrong = "amount_minor" not in body and min(over) > 0 and amount > max(over)
    return [f"{amount} was given back, and {max(over)} was paid too much"] if wrong else []


def written_off(
    terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew
) -> list[str]:
    """No more than is due."""
    amounts = [e.data(payments.WrittenOff).amount_minor for e in answer.events if e.type == payments.WRITTEN_OFF]
    return [f"{n} was written off" for n in amounts if n > max(most_due(before, after), after.due_minor + n)]


def voided(terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew) -> list[str]:
    """What is to be given back is what was paid."""
    told = answer.result["to_refund_minor"]
    wrong = before.paid_minor == after.paid_minor and told != max(0, after.paid_minor)
    return [f"{told} is to be given back, and {after.paid_minor} was paid"] if wrong else []


def bumped(terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew) -> list[str]:
    """A ticket is done when all of its lines are made, and a station makes what is its own."""
    assert terminal.node is not None
    ticket = terminal.node.services.kitchen.state(body["order_id"])
    lines = {line.line_id for line in ticket.lines} - set(ticket.bumped) if ticket is not None else set()
    wrong = answer.result["done"] and lines and before.amended == after.amended
    found = [f"done is said, and {len(lines)} lines are not made"] if wrong else []
    for line in [after.lines[i] for i in answer.result["line_ids"] if i in after.lines and "station" in body]:
        stations = {s for s in (line.station, *(c.station for c in line.components)) if s}
        if stations and body["station"] not in stations:
            found.append(f"the {body['station']} says that {line.name} is made")
    return found


def recalled(terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew) -> list[str]:
    """What is to be made again is on the screen; all of it where no line is named."""
    assert terminal.node is not None
    ticket = terminal.node.services.ticket(body["order_id"])
    if ticket is None or before.amended != after.amended or not answer.events:
        return []
    again = body.get("line_ids") or [line.line_id for line in ticket.lines]
    made = [line.line_id for line in ticket.lines if line.bumped and line.line_id in again]
    return [f"lines {made} are made, which were recalled"] if made else []


def counted(terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew) -> list[str]:
    """So many are left as were counted, until somebody orders some or counts again."""
    assert terminal.node is not None
    state = terminal.node.services.stocks.subjects.get(answer.result["subject"])
    newest = [(*e.order, e.stream.topic) for e in answer.events]
    if state is None or state.counted_at not in newest or before.newest_order != after.newest_order:
        return []
    left = after.left.get(body["item_id"])
    return [f"{left} are left, and {body['left']} were counted"] if left != body["left"] else []


def placed(terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew) -> list[str]:
    """Breakfast is sold in the morning."""
    morning = any(6 <= hour < 11 for hour in (before.hour, after.hour))
    sold = any(line["item_id"] == "pancakes" for line in body["lines"])
    found = [f"breakfast was sold at {after.hour} o'clock"] if sold and not morning else []
    return found + enough(terminal, body, answer, before, after)


def enough(terminal: Terminal, body: dict[str, Any], answer: CommandAnswer, before: Knew, after: Knew) -> list[str]:
    """No more of a counted dish than is left."""
    if after.amended - before.amended != ("order_id" in body and bool(before.lines)):
        return []  # another amendment came in between
    more = wanted(body["lines"], before.lines)
    counted = [i for i in more if i in before.left and i in after.left and answer.events]
    left = {i: max(before.left[i], after.left[i] + more[i]) for i in counted}
    return [f"{more[i]} {i} were sold, and {n} were left" for i, n in left.items() if more[i] > max(0, n)]


def grown(terminal: Terminal, name: str, body: dict[str, Any], before: Knew | None) -> set[str]:
    """The dishes of which an amendment sold more than the order had; none where another one came in between."""
    after = knew(terminal, body) if name == "orders.amend" else None
    if before is None or after is None or after.amended - before.amended != 1:
        return set()
    return {dish for dish, more in wanted(body["lines"], before.lines).items() if more > 0}


CHECKS = {
    "payments.capture": captured,
    "payments.refund": refunded,
    "payments.write_off": written_off,
    "orders.void": voided,
    "orders.place": placed,
    "orders.amend": enough,
    "kitchen.bump": bumped,
    "kitchen.recall": recalled,
    "stock.count": counted,
}


def wanted(asked: list[dict[str, Any]], before: dict[str, Line]) -> Counter[str]:
    """How many more of each dish an order is to take than it does."""
    more: Counter[str] = Counter()
    for line in asked:
        kept = before.get(line.get("line_id", ""))
        dishes = [kept.item_id, *(c.item_id for c in kept.components)] if kept is not None else []
        if kept is None:
            dishes = [line["item_id"], *(choice["item_id"] for choice in line.get("choices", ()))]
        for dish in dishes:
            more[dish] += line.get("quantity", kept.quantity if kept is not None else 1)
    for known in before.values():
        for dish in (known.item_id, *(c.item_id for c in known.components)):
            more[dish] -= known.quantity
    return more


NEVER_RIGHT = frozenset(
    (
        *(
            "missing_field",
            "bad_field",
            "unknown_field",
            "bad_json",
            "bad_amount",
            "bad_quantity",
            "bad_code",
            "bad_menu",
        ),
        *("unknown_item", "unknown_variation", "unknown_modifier", "unknown_slot", "unknown_option", "line_twice"),
        *("unknown_ingredient", "choice_required", "modifier_required", "not_a_combo", "not_removable"),
        *("price_required", "negative_price", "too_little_tendered", "command_id_used"),
    )
)
"""What nobody may hear who asks as these clients do."""


def refused(terminal: Terminal, name: str, body: dict[str, Any], code: str, before: Knew | None) -> list[str]:
    """Of a command that was refused at once: not without a reason."""
    after = knew(terminal, body)
    if code in NEVER_RIGHT:
        return [f"{terminal.name} refuses {name} as {code}: {body}"]
    if before is None or after is None:
        return []
    if code == "not_enough_left" and before.lines == after.lines:
        more = wanted(body["lines"], before.lines)
        left = [min(before.left.get(i, n), after.left.get(i, n)) - n for i, n in more.items()]
        return [f"{terminal.name} refuses {name} as {code}, and of all of {more} there is enough"] * (min(left) >= 0)
    if code not in ("nothing_due", "more_than_due"):
        return []
    due = min(before.due_minor, after.due_minor)
    if due > 0 and (code == "nothing_due" or body["amount_minor"] <= due):
        return [f"{terminal.name} refuses {name} as {code}, and {due} is due"]
    return []
