"""Vouchers, by id."""

from __future__ import annotations

from pathlib import Path

from server.services.fact import Fact
from server.services.read_model import Changed, ReadModel
from server.services.vouchers.state import TYPES, VoucherState, evolve


class Vouchers(ReadModel[VoucherState]):
    name, version, types = "vouchers", 3, TYPES

    def __init__(self, folder: Path, log_id: str = "") -> None:
        self.any = False  # whether there is one at all
        super().__init__(folder, log_id, VoucherState)

    def opened(self) -> None:
        with self.reading() as db:
            self.any = db.execute("SELECT 1 FROM voucher LIMIT 1").fetchone() is not None

    def committed(self, changed: dict[str, Changed]) -> None:
        self.any = self.any or bool(changed)

    def since(self, hlc: int) -> dict[str, VoucherState]:
        """Those with a fact at or after a place in time."""
        return self._states("SELECT aggregate_id, state FROM voucher WHERE hlc >= ?", hlc)

    def evolve(self, key: str, state: VoucherState | None, fact: Fact) -> VoucherState:
        return evolve(state or VoucherState(), fact)
