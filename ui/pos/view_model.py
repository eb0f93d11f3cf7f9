"""What the staff's tablet shows and does. The feed comes in here and goes on to the parts that show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from ui.client import Client, asks
from ui.context import Shell
from ui.dish.menu import MenuIndex
from ui.models import DictListModel
from ui.notes import Notes
from ui.pos import book
from ui.pos.draft import Draft
from ui.pos.signs import Signs
from ui.pos.stock import StockPage
from ui.pos.till import Till

VIEWS = ("status", "pictures", "menu", "availability", "orders", "peers")
AGE_TICK_MS = 10_000
PAGES = ("orders", "new", "stock")


class Pos(QObject):
    """QML's `vm`. `page` is one of `PAGES`; `order` the selected order's details, `lines` its dishes."""

    pageChanged = Signal()
    listChanged = Signal()
    orderChanged = Signal()
    statusChanged = Signal()
    toast = Signal(str)

    def __init__(self, client: Client, shell: Shell) -> None:
        super().__init__()
        self._client = client
        self._shell = shell
        self._orders: dict[str, dict[str, Any]] = {}
        self._selected = ""
        self._page = "orders"
        self._filter = "open"
        self._search = ""
        self._counts = dict.fromkeys(book.FILTERS, 0)
        self._status: dict[str, Any] = {}
        self._peers: list[dict[str, Any]] = []
        self._busy = ""  # the command on its way for the selected order
        self._index = MenuIndex()
        self._rows = DictListModel("order_id", book.ROLES, self)
        self._lines = DictListModel("line_id", ("name", "quantity", "details", "without", "note", "totalMinor"), self)
        self._draft = Draft(client, shell, self)
        self._stock = StockPage(client, shell, self)
        self._till = Till(client, shell, self._orders.get, self)
        self._signs = Signs(client, shell, self)
        self._notes = Notes(client, shell, self)
        for part in (self._draft, self._stock, self._signs):
            part.toast.connect(self.toast)
        self._draft.placed.connect(self._placed)
        client.viewAll.connect(self._take_all)
        client.viewChanged.connect(self._take_change)
        client.troubledChanged.connect(self.statusChanged)
        shell.languageChanged.connect(self._show_order)
        self._clock = QTimer(self)
        self._clock.setInterval(AGE_TICK_MS)
        self._clock.timeout.connect(self._show_list)
        self._clock.start()

    # -- from the feed --------------------------------------------------------------------------------------------

    @Slot(str, object)
    def _take_all(self, view: str, value: Any) -> None:
        if view == "orders":
            self._orders.clear()
            self._orders.update({o["order_id"]: o for o in value or []})
            self._show_list()
            self._show_order()
            self._till.changed.emit()
        elif view == "menu":
            availability = self._index.availability
            self._index = MenuIndex(value)
            self._index.availability = availability
            if self._index.currency:
                self._shell.set_currency(self._index.currency)
            self._show_menu()
        elif view == "availability":
            self._index.availability = dict(value or {})
            self._show_menu()
        elif view == "status":
            self._status = value or {}
            self._shell.set_currency(self._status.get("currency") or "")
            self.statusChanged.emit()
        elif view == "peers":
            self._peers = list(value or [])
            self.statusChanged.emit()

    @Slot(str, str, object)
    def _take_change(self, view: str, key: str, value: Any) -> None:
        if view == "orders":
            if value is None:
                self._orders.pop(key, None)
            else:
                if book.lost_money(value) and not book.lost_money(self._orders.get(key) or {}):
                    self.toast.emit(self._shell.text("pos.declined_late_now", number=value["number"]))
                self._orders[key] = value
            self._show_list()
            if key == self._selected:
                self._show_order()
            self._till.follow(key)
        elif view == "availability":
            self._index.availability.update(value)
            self._show_menu()

    def _show_menu(self) -> None:
        self._draft.set_index(self._index)
        self._stock.set_index(self._index)

    @Slot()
    def _show_list(self) -> None:
        now = datetime.now(UTC) + timedelta(milliseconds=self._status.get("clock_ahead_ms") or 0)
        orders = list(self._orders.values())
        self._counts = {name: sum(1 for o in orders if book.fits(o, name, now)) for name in book.FILTERS}
        if self._search.strip():
            shown = [o for o in orders if book.found(o, self._search)]
        else:
            shown = [o for o in orders if book.fits(o, self._filter, now)]
        shown.sort(key=lambda o: (book.is_task(o), o.get("placed_at", ""), o["order_id"]), reverse=True)
        self._rows.set_rows(book.list_row(o, now, self._selected) for o in shown)
        self.listChanged.emit()

    @Slot()
    def _show_order(self) -> None:
        order = self._orders.get(self._selected)
        self._lines.set_rows(book.line_row(line) for line in (order or {}).get("lines", []))
        self.orderChanged.emit()

    def _order(self) -> dict[str, Any]:
        order = self._orders.get(self._selected)
        if order is None:
            return {"order_id": ""}
        detail = book.detail(order)
        for entry in detail["history"]:
            key = f"pos.what.{entry['what']}"
            if self._shell.translations.knows(key):
                entry["what"] = self._shell.text(key)
        return detail

    # -- what staff do --------------------------------------------------------------------------------------------

    @Slot(str)
    def select(self, order_id: str) -> None:
        self._selected = order_id
        self._show_list()
        self._show_order()

    @Slot(str)
    def step(self, command: str) -> None:
        """Moves the selected order on: accept, ready, collect."""
        self._ask(command, {})

    @Slot(str)
    def void_(self, reason: str) -> None:
        self._ask("orders.void", {"reason": reason.strip()})

    @Slot()
    def refund(self) -> None:
        """Gives back what was taken too much, payment by payment."""
        order = self._orders.get(self._selected)
        for back in book.refund_plan(order) if order else []:
            reason = "voided" if order and order["status"] == "voided" else "overpaid"
            self._ask(
                "payments.refund",
                {"payment_id": back["payment_id"], "amount_minor": back["amountMinor"], "reason": reason},
            )

    @Slot()
    def writeOff(self) -> None:
        self._ask("payments.write_off", {"reason": "declined by the bank"})

    def _ask(self, command: str, body: dict[str, Any]) -> None:
        if not self._selected:
            return
        self._busy = command
        self.orderChanged.emit()
        asks(
            self._client,
            command,
            {"order_id": self._selected, **body},
            done=lambda _: self._answered(),
            refused=lambda code, text: self._answered(self._shell.refusal(code, text, "pos.no_answer")),
        )

    def _answered(self, trouble: str = "") -> None:
        self._busy = ""
        self.orderChanged.emit()
        if trouble:
            self.toast.emit(trouble)

    @Slot()
    def amendSelected(self) -> None:
        order = self._orders.get(self._selected)
        if order is not None:
            self._draft.amend(order)
            self._set_page("new")

    @Slot(str)
    def _placed(self, order_id: str) -> None:
        self._set_page("orders")
        self._search, self._filter = "", "open"
        self.select(order_id)

    # -- what QML reads -------------------------------------------------------------------------------------------

    def _set_page(self, page: str) -> None:
        if page in PAGES and page != self._page:
            self._page = page
            self.pageChanged.emit()

    def _set_filter(self, name: str) -> None:
        if name in book.FILTERS:
            self._filter, self._search = name, ""
            self._show_list()

    def _set_search(self, text: str) -> None:
        if text != self._search:
            self._search = text
            self._show_list()

    def _filters(self) -> list[dict[str, Any]]:
        return [{"name": name, "count": self._counts[name]} for name in book.FILTERS]

    def _peer_rows(self) -> list[dict[str, Any]]:
        return [
            {"label": p.get("label") or p.get("role") or "", "role": p.get("role") or "", "state": p.get("state") or ""}
            for p in self._peers
            if not p.get("office")
        ]

    page = Property(str, lambda self: self._page, _set_page, notify=pageChanged)
    rows = Property(QObject, lambda self: self._rows, constant=True)
    filters = Property("QVariantList", _filters, notify=listChanged)
    filter = Property(str, lambda self: "" if self._search.strip() else self._filter, _set_filter, notify=listChanged)
    search = Property(str, lambda self: self._search, _set_search, notify=listChanged)
    selected = Property(str, lambda self: self._selected, notify=orderChanged)
    order = Property("QVariantMap", _order, notify=orderChanged)
    lines = Property(QObject, lambda self: self._lines, constant=True)
    busy = Property(str, lambda self: self._busy, notify=orderChanged)
    draft = Property(QObject, lambda self: self._draft, constant=True)
    stock = Property(QObject, lambda self: self._stock, constant=True)
    notes = Property(QObject, lambda self: self._notes, constant=True)
    signs = Property(QObject, lambda self: self._signs, constant=True)
    till = Property(QObject, lambda self: self._till, constant=True)
    label = Property(str, lambda self: self._status.get("label", ""), notify=statusChanged)
    storeName = Property(
        str, lambda self: self._status.get("store_name") or self._status.get("store", ""), notify=statusChanged
    )
    peers = Property("QVariantList", _peer_rows, notify=statusChanged)
    troubled = Property(bool, lambda self: self._client.troubled, notify=statusChanged)


def make(client: Client, shell: Shell) -> Pos:
    return Pos(client, shell)
