"""The table of vouchers."""

from __future__ import annotations

from server.services.definition import AggregateRow


class VoucherRow(AggregateRow, table=True):
    __tablename__ = "voucher"
