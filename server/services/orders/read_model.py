"""The orders of the store (at head office: of all stores), with columns for the lists and sums that are asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Index, func, select

from server.services.fact import Fact, summable
from server.services.orders.events import Sales
from server.services.orders.state import COLLECTED, EMPTY, TYPES, OrderState, evolve
from server.services.read_model import AggregateRow, ReadModel, table_of


class OrderRow(AggregateRow, table=True):
    """`serial` is the running number inside the order's number. Nothing but later events known yet: `known` is 0."""

    __tablename__ = "customer_order"
    __table_args__ = (
        Index("ix_order_open", "is_open", "placed_hlc"),
        Index("ix_order_placed", "placed_hlc"),
        Index("ix_order_day", "business_day", "store", "device_id"),
    )
    known: bool
    store: str
    device_id: str
    business_day: str
    number: str
    serial: int
    status: str
    is_open: bool
    placed_hlc: int
    currency: str
    total_minor: int
    tax_minor: int
    paid_minor: int
    refunded_minor: int
    cash_minor: int
    card_minor: int
    overpaid_minor: int


_ROWS = table_of(OrderRow)


class Orders(ReadModel[OrderState]):
    """`store_of` answers which store a log belongs to."""

    name, version, types, row = "orders", 2, TYPES, OrderRow

    def __init__(self, folder: Path, log_id: str, store_of: Callable[[str], str]) -> None:
        self._store_of = store_of
        super().__init__(folder, log_id, OrderState)

    def evolve(self, key: str, state: OrderState | None, fact: Fact) -> OrderState:
        return evolve(state or EMPTY, fact)

    def columns(self, key: str, state: OrderState) -> dict[str, Any]:
        placed = state.placed
        paid, owed = state.paid_minor, state.owed_minor
        refunded = {i: state.refunded.get(i, 0) for i in state.captured}
        net = {"cash": 0, "card": 0}
        for i, c in state.captured.items():
            net[c.tender] += c.amount_minor - refunded[i]
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
            "overpaid_minor": summable(max(0, paid - owed)),
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
        wanted = {"status": status, "business_day": business_day, "store": store, "number": number}
        query = select(_ROWS.c.aggregate_id, _ROWS.c.state).where(_ROWS.c.known.is_(True))
        for column, value in wanted.items():
            if value is not None:
                query = query.where(_ROWS.c[column] == value)
        if open_only:
            query = query.where(_ROWS.c.is_open.is_(True))
        if after_hlc is not None:
            query = query.where(_ROWS.c.placed_hlc > after_hlc)
        query = query.order_by(_ROWS.c.placed_hlc.desc(), _ROWS.c.aggregate_id).limit(limit)
        with self.engine.connect() as connection:
            return {key: self._state_of(state) for key, state in connection.execute(query)}

    def last_serial(self, device_id: str, business_day: str) -> int:
        """The highest running number that a device gave on a day; 0 for none."""
        query = select(func.max(_ROWS.c.serial))
        query = query.where(_ROWS.c.device_id == device_id, _ROWS.c.business_day == business_day)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar() or 0

    def latest_day(self, nth: int) -> str | None:
        """The `nth` latest business day on which anything was sold; None when there were fewer."""
        query = select(_ROWS.c.business_day).where(_ROWS.c.business_day > "").distinct()
        query = query.order_by(_ROWS.c.business_day.desc()).offset(nth - 1).limit(1)
        with self.engine.connect() as connection:
            day = connection.execute(query).scalar()
        return None if day is None else str(day)

    def sales(self, business_day: str, store: str | None = None) -> dict[str, Sales]:
        """A day's figures by store."""
        c, valid = _ROWS.c, _ROWS.c.status != "voided"
        query = select(
            c.store,
            func.max(c.currency),
            func.count().filter(valid),
            func.count().filter(~valid),
            func.count().filter(c.is_open.is_(True)),
            func.sum(c.total_minor).filter(valid),
            func.sum(c.tax_minor).filter(valid),
            *(func.sum(x) for x in (c.paid_minor, c.refunded_minor, c.cash_minor, c.card_minor, c.overpaid_minor)),
        ).where(c.known.is_(True), c.business_day == business_day)
        if store is not None:
            query = query.where(c.store == store)
        with self.engine.connect() as connection:
            rows = connection.execute(query.group_by(c.store)).all()
        return {r[0]: Sales(business_day, r[0], r[1], *(x or 0 for x in r[2:])) for r in rows}


def serial_of(number: str) -> int:
    """The running number in an order's number: 12 of `BK12`; 0 when there is none (a foreign writer's number)."""
    digits = "".join(d for d in number if "0" <= d <= "9")
    return int(digits) if 0 < len(digits) <= 9 else 0
