"""The orders of the store (at head office: of all stores), with columns for the lists and sums that are asked for."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from server.services.fact import Fact, summable
from server.services.orders.events import Sales
from server.services.orders.state import COLLECTED, EMPTY, TYPES, OrderState, evolve
from server.services.read_model import Changed, ReadModel

VALID = "FILTER (WHERE status != 'voided')"
SALES = f"""
    store, max(currency), count(*) {VALID}, count(*) FILTER (WHERE status = 'voided'),
    count(*) FILTER (WHERE is_open), sum(total_minor) {VALID}, sum(tax_minor) {VALID},
    sum(paid_minor), sum(refunded_minor), sum(cash_minor), sum(card_minor), sum(overpaid_minor),
    sum(tips_minor), sum(voucher_minor)
"""
"""In the order of `Sales`' fields after the day."""


MAX_DAYS = 16
"""Days of a device whose highest number is kept in mind: today's, and those that a clock that was set has made it."""


class Orders(ReadModel[OrderState]):
    """`store_of` answers which store a log belongs to."""

    name, version, types = "orders", 7, TYPES

    def __init__(self, folder: Path, log_id: str, store_of: Callable[[str], str]) -> None:
        self._store_of = store_of
        self._serials: dict[tuple[str, str], int] = {}  # by device and day, the highest, for those that were asked for
        self._serials_turn = threading.Lock()
        super().__init__(folder, log_id, OrderState)

    def opened(self) -> None:
        with self._serials_turn:
            self._serials = {}

    def committed(self, changed: dict[str, Changed]) -> None:
        for change in changed.values():
            placed = change.after.placed
            of_day = (placed.taken_by, placed.business_day) if placed is not None else None
            if of_day in self._serials:
                self._raise_serial(of_day, serial_of(placed.number))

    def _raise_serial(self, of_day: tuple[str, str], serial: int) -> int:
        with self._serials_turn:
            highest = self._serials[of_day] = max(self._serials.get(of_day, 0), serial)
            return highest

    def evolve(self, key: str, state: OrderState | None, fact: Fact) -> OrderState:
        return evolve(state or EMPTY, fact)

    def columns(self, key: str, state: OrderState) -> dict[str, Any]:
        placed = state.placed
        paid, owed = state.paid_minor, state.owed_minor
        refunded = {i: state.refunded_minor(i) for i in state.captured}
        net, tips = {"cash": 0, "card": 0, "voucher": 0}, 0
        for i, c in state.captured.items():
            if state.holds(i):
                net[c.tender] += c.amount_minor - refunded[i]
                tips += c.tip_minor
        final = state.voided or state.rank == COLLECTED
        return {
            "known": placed is not None,
            "store": self.store(state),
            "device_id": placed.taken_by if placed else "",
            "business_day": placed.business_day if placed else "",
            "number": placed.number if placed else "",
            "serial": serial_of(placed.number) if placed else 0,
            "status": state.status,
            "is_open": placed is not None and (not final or paid != owed),
            "placed_hlc": state.placed_at[0],
            "currency": placed.currency if placed else "",
            "total_minor": summable(state.total_minor),
            "tax_minor": summable((state.amended or placed).tax_minor) if placed else 0,
            "paid_minor": summable(paid),
            "refunded_minor": summable(sum(refunded.values())),
            "cash_minor": summable(net["cash"]),
            "card_minor": summable(net["card"]),
            "voucher_minor": summable(net["voucher"]),
            "overpaid_minor": summable(max(0, paid - owed)),
            "tips_minor": summable(tips),
            "printing": sum(not p.ended for p in state.prints.values()),
            "again": again_code(key),
        }

    def store(self, state: OrderState) -> str:
        return self._store_of(state.placed_at[1]) if state.placed else ""

    def find(
        self,
        *,
        status: str | None = None,
        business_day: str | None = None,
        open_only: bool = False,
        store: str | None = None,
        number: str | None = None,
        after_hlc: int | None = None,
        limit: int = 500,
    ) -> dict[str, OrderState]:
        """By order id, newest first."""
        wanted = {
            "status = ?": status,
            "business_day = ?": business_day,
            "store = ?": store,
            "number = ?": number,
            "placed_hlc > ?": after_hlc,
        }
        asked = {condition: value for condition, value in wanted.items() if value is not None}
        conditions = ["known", *asked, *(["is_open = 1"] if open_only else [])]
        query = (
            f"SELECT aggregate_id, state FROM customer_order WHERE {' AND '.join(conditions)} "
            "ORDER BY placed_hlc DESC, aggregate_id LIMIT ?"
        )
        return self._states(query, *asked.values(), limit)

    def open_since(self, hlc: int, limit: int) -> list[str]:
        """The ids of open orders to which anything happened at a place in time or later, the newest first."""
        query = "SELECT aggregate_id FROM customer_order WHERE is_open = 1 AND hlc >= ? AND known "
        with self.reading() as db:
            rows = db.execute(query + "ORDER BY placed_hlc DESC, aggregate_id LIMIT ?", (hlc, limit))
            return [order_id for (order_id,) in rows]

    def last_serial(self, device_id: str, business_day: str) -> int:
        """The highest running number that a device gave on a day; 0 for none. Looked up once, then kept in mind: it is
        asked for with each order, and a busy day has thousands."""
        of_day = (device_id, business_day)
        known = self._serials.get(of_day)
        if known:
            return known
        if len(self._serials) >= MAX_DAYS:
            self.opened()
        self._raise_serial(of_day, 0)  # from now on none is missed
        query = "SELECT max(serial) FROM customer_order WHERE device_id = ? AND business_day = ?"
        with self.reading() as db:
            found = db.execute(query, (device_id, business_day)).fetchone()[0]
        return self._raise_serial(of_day, found or 0)

    def printing(self) -> dict[str, OrderState]:
        """Those of which a receipt is to be printed, the eldest first."""
        return self._states(
            "SELECT aggregate_id, state FROM customer_order WHERE printing > 0 ORDER BY placed_hlc, aggregate_id"
        )

    def again(self, code: str) -> dict[str, OrderState]:
        """The order whose receipt has a code; of two, as good as never, the later."""
        query = (
            "SELECT aggregate_id, state FROM customer_order WHERE known AND again = ? ORDER BY placed_hlc DESC LIMIT 1"
        )
        return self._states(query, code)

    def paid_by_voucher(self, hlc: int) -> dict[str, OrderState]:
        """Those that were placed after a place in time and that a voucher has paid something of."""
        query = "SELECT aggregate_id, state FROM customer_order WHERE placed_hlc > ? AND voucher_minor != 0"
        return self._states(query, hlc)

    def given_twice(self, device_id: str, store: str, business_day: str) -> list[str]:
        """The numbers that a device gave to more than one order of a day, in the order of their counting."""
        query = (
            "SELECT number FROM customer_order WHERE known AND business_day = ? AND store = ? AND device_id = ? "
            "GROUP BY number HAVING count(*) > 1 ORDER BY max(serial), number"
        )
        with self.reading() as db:
            return [str(number) for (number,) in db.execute(query, (business_day, store, device_id))]

    def latest_day(self, nth: int) -> str | None:
        """The `nth` latest business day on which anything was sold; None when there were fewer."""
        query = (
            "SELECT DISTINCT business_day FROM customer_order WHERE business_day > '' "
            "ORDER BY business_day DESC LIMIT 1 OFFSET ?"
        )
        with self.reading() as db:
            row = db.execute(query, (nth - 1,)).fetchone()
        return None if row is None else str(row[0])

    def sales(self, business_day: str, store: str | None = None) -> dict[str, Sales]:
        """A day's figures by store."""
        query = f"SELECT {SALES} FROM customer_order WHERE known AND business_day = ?"
        query, asked = (query, (business_day,)) if store is None else (f"{query} AND store = ?", (business_day, store))
        with self.reading() as db:
            rows = db.execute(f"{query} GROUP BY store", asked).fetchall()
        return {r[0]: Sales(business_day, r[0], r[1], *(x or 0 for x in r[2:])) for r in rows}


AGAIN_DIGITS = 9
"""Of the code on a receipt by which an order is ordered again: typed in a few seconds, and not found by trying."""


REMEMBERED = 1024
"""Orders whose code and number are asked for again with everything that happens to them."""


@lru_cache(REMEMBERED)
def again_code(order_id: str) -> str:
    digest = hashlib.sha256(b"pilotlight again 1" + order_id.encode()).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**AGAIN_DIGITS).zfill(AGAIN_DIGITS)


@lru_cache(REMEMBERED)
def serial_of(number: str) -> int:
    """The running number in an order's number: 12 of `BK12`; 0 when there is none (a foreign writer's number)."""
    digits = "".join(d for d in number if "0" <= d <= "9")
    return int(digits) if 0 < len(digits) <= 9 else 0
