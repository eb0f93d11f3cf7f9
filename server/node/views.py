"""What the tables answer, to the API, in any thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from server.api.port import StoreLine
from server.node.parts import Parts
from server.office.survey import survey
from server.services.baskets.events import Parked
from server.services.kitchen.events import Ticket
from server.services.menu.events import Menu
from server.services.orders.events import Order, Sales
from server.services.orders.state import Print
from server.services.screens.events import ScreenLine
from server.services.stock.events import Availability
from server.services.tables import READ_ERRORS
from server.services.vouchers.events import Voucher, voucher_id_of
from server.services.vouchers.state import view as view_voucher

T = TypeVar("T")

GONE_MS = 7 * 24 * 3600 * 1000
"""A terminal that has written nothing for so long is not there any more: it was replaced, or its disk was, which made
another device of it."""


class Views(Parts):
    def _told(self, question: Callable[..., T], *arguments: Any) -> T:
        """The answer from the tables. Raises `LogFailed("not_ready")` while they are not whole, so that nobody is shown
        half of them."""
        tables = self.services.tables
        losses = tables.losses
        if tables.whole:
            try:
                answer = question(*arguments)
            except READ_ERRORS as e:
                self.loop.call_soon_threadsafe(self.engine.doubt, e)
            else:
                if tables.losses == losses:
                    return answer
        raise self.engine.not_ready()

    def now_ms(self) -> int:
        return self.machine.wall_ms()

    def business_day(self) -> str:
        return self.services.business_day(self.machine.wall_ms())

    def menu(self) -> Menu | None:
        return self.services.menu()

    def availability(self) -> dict[str, Availability]:
        return self.services.availability(self.machine.wall_ms())

    def basket(self, code: str) -> Parked | None:
        return self._told(self.services.basket, code, self.machine.wall_ms())

    def is_apart(self) -> bool:
        """Whether the store has other terminals, and we are in touch with none of them."""
        if self.mesh is not None and self.mesh.in_company():
            return False
        now_ms, headers = self.machine.wall_ms(), self.log.headers()
        newest = ((headers[stream.log_id], ms) for stream, ms in self.log.newest_ms().items())
        return any(
            header.store == self.settings.store
            and header.device_id != self.log.device_id
            and abs(now_ms - ms) < GONE_MS
            for header, ms in newest
        )

    def voucher(self, code: str) -> Voucher | None:
        return view_voucher(self._told(self.services.vouchers.state, voucher_id_of(code)))

    def receipt_ended(self, order_id: str, print_id: str) -> str:
        state = self._told(self.services.order_book.state, order_id)
        known = state.prints.get(print_id) if state is not None else None
        return known.ended if known is not None else ""

    def receipts_waiting(self) -> list[tuple[str, str, Print]]:
        return self._told(self.engine.desk.receipts_waiting)

    def order_of_receipt(self, code: str) -> Order | None:
        found = self._told(self.services.order_book.again, code)
        return next((self.order(order_id) for order_id in found), None)

    def phone_keys(self) -> dict[str, bytes]:
        return self.services.phone.all

    def order(self, order_id: str) -> Order | None:
        return self._told(self.services.order, order_id)

    def orders(
        self,
        *,
        status: str | None = None,
        business_day: str | None = None,
        limit: int = 500,
        open_only: bool = False,
        store: str | None = None,
        number: str | None = None,
    ) -> list[Order]:
        return self._told(self.services.orders, status, business_day, limit, open_only, store, number)

    def ticket(self, order_id: str) -> Ticket | None:
        return self._told(self.services.ticket, order_id)

    def tickets(self, *, station: str | None = None, done: int = 0) -> list[Ticket]:
        return self._told(partial(self.services.tickets, station, done=done))

    def screens(self) -> list[ScreenLine]:
        return self.services.screen_lines(self.machine.wall_ms())

    # -- NodePort: head office (any thread) ---------------------------------------------------------------------------

    def stores(self) -> list[StoreLine]:
        ids = {header.store for header in self.log.headers().values()} - {""}
        return survey(
            members={store: self.services.members(store) for store in ids},
            health=self.services.health.all,
            peers=self.peers(),
            menu_wanted={store: self.services.menu_version(store) for store in ids},
            last_event_ms=self._last_heard(),
            now_ms=self.machine.wall_ms(),
        )

    def _last_heard(self) -> dict[str, int]:
        """The time of the newest event held of each store."""
        newest: dict[str, int] = {}
        for stream, ms in self.log.newest_ms().items():
            store = self.log.headers()[stream.log_id].store
            newest[store] = max(newest.get(store, 0), ms)
        return newest

    def sales(self, business_day: str) -> dict[str, Sales]:
        return self._told(self.services.stores_sales, business_day)
