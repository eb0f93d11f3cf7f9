"""The table of orders, with columns for the lists and sums that are asked for."""

from __future__ import annotations

from sqlalchemy import Index, text

from server.services.definition import AggregateRow


class OrderRow(AggregateRow, table=True):
    """`serial` is the running number inside the order's number. Nothing but later events known yet: `known` is 0."""

    __tablename__ = "customer_order"
    __table_args__ = (
        Index("ix_order_open", "is_open", "placed_hlc"),
        Index("ix_order_placed", "placed_hlc"),
        Index("ix_order_again", "again"),
        Index("ix_order_printing", "printing", sqlite_where=text("printing > 0")),
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
    tips_minor: int
    voucher_minor: int
    printing: int
    again: str
