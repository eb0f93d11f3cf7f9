"""The table of payments, one row an order."""

from __future__ import annotations

from sqlmodel import Field

from server.services.definition import AggregateRow


class PaymentRow(AggregateRow, table=True):
    """`pending`: how much a card terminal still has to say; `stored`: how many cards were taken without a line, and
    the bank has not been heard of them."""

    __tablename__ = "payment"
    pending: int = Field(index=True)
    stored: int = Field(index=True)
