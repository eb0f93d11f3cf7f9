"""The visit of one customer: QML's `vm` on the kiosk. It is told by the feed, and asks by commands."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.client import Client
from ui.context import Shell
from ui.dish.menu import MenuIndex
from ui.kiosk import words
from ui.kiosk.basket import Basket
from ui.kiosk.dishes import DISH_ROLES, category_of, category_rows, dish_row, show_case
from ui.kiosk.payment import Payment
from ui.kiosk.sheet_model import Sheet
from ui.models import DictListModel
from ui.text import named

VIEWS = ("status", "menu", "availability")


class Kiosk(QObject):
    """`page` is `attract`, `start`, `menu`, `pay` or `done`."""

    changed = Signal()
    menuChanged = Signal()
    showCaseChanged = Signal()
    toast = Signal(str)
    scrollTo = Signal(str)  # the question of the sheet that must be answered first
    basketShut = Signal()

    def __init__(self, client: Client, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._shell = shell
        self._index = MenuIndex()
        self._page = "attract"
        self._dining = "here"
        self._category = ""
        self._store_name = ""
        self._show_case: list[dict[str, Any]] = []
        self._categories = DictListModel("category_id", ("name", "image"), self)
        self._dishes = DictListModel("item_id", DISH_ROLES, self)
        self._basket = Basket(shell, self)
        self._sheet = Sheet(shell, self._basket, self)
        self._payment = Payment(client, self)
        self._payment.changed.connect(self._payment_changed)
        self._payment.placed.connect(self._placed)
        self._payment.refused.connect(self._refused)
        self._sheet.incomplete.connect(self.scrollTo)
        self._sheet.said.connect(self.toast)
        client.viewAll.connect(self._take_all)
        client.viewChanged.connect(self._take_change)
        client.troubledChanged.connect(self.changed)
        shell.languageChanged.connect(self._show_menu)

    # -- from the feed --------------------------------------------------------------------------------------------

    def _take_all(self, view: str, value: Any) -> None:
        if view == "status":
            self._store_name = str(value.get("store_name") or value.get("store") or "")
            self.menuChanged.emit()
        elif view == "menu":
            availability = self._index.availability
            self._index = MenuIndex(value)
            self._index.availability = availability
            self._shell.set_currency(self._index.currency)
        elif view == "availability":
            self._index.availability = dict(value or {})
        if view in ("menu", "availability"):
            self._show_menu()

    def _take_change(self, view: str, key: str, value: Any) -> None:
        if view == "availability":
            self._index.availability.update(value)
            self._show_menu()

    def _show_menu(self) -> None:
        """Everything made from the menu, made anew; the models tell QML only what differs, so nothing moves."""
        rows = category_rows(self._index, self._shell.language)
        self._categories.set_rows(rows)
        if self._category not in [row["category_id"] for row in rows]:
            self._category = rows[0]["category_id"] if rows else ""
        self._basket.set_index(self._index)
        self._sheet.set_index(self._index)
        self._show_dishes()
        shown = show_case(self._index, self._shell)
        if shown != self._show_case:
            self._show_case = shown
            self.showCaseChanged.emit()
        self.menuChanged.emit()
        self.changed.emit()

    def _show_dishes(self) -> None:
        chosen = next((c for c in self._index.menu.get("categories", []) if c["category_id"] == self._category), None)
        ids = dict.fromkeys(i for i in (chosen or {}).get("item_ids", ()) if i in self._index.items)
        rows = [dish_row(self._index, i, self._shell) for i in ids]
        self._dishes.set_rows(row for row in rows if row["priced"])

    # -- the visit ------------------------------------------------------------------------------------------------

    def _go(self, page: str) -> None:
        self._page = page
        self.changed.emit()

    @Slot()
    def touch(self) -> None:
        """Somebody is there."""
        if self._page == "attract" and self._index.items:
            self._go("start")

    @Slot(str)
    def speak(self, language: str) -> None:
        self._shell.set_language(language)
        self.changed.emit()

    @Slot(str)
    def begin(self, dining: str) -> None:
        self._dining = dining
        self._go("menu")

    @Slot(str)
    def setDining(self, dining: str) -> None:
        self._dining = dining
        self.changed.emit()

    @Slot()
    def startOver(self) -> None:
        """The customer has gone: nothing of the visit is left. A payment under way is seen to its end first."""
        self._payment.leave(self._clear)

    def _clear(self) -> None:
        self._sheet.close()
        self._basket.clear()
        self._payment.forget()
        self._shell.resetLanguage()
        self._category = self._categories.rows[0]["category_id"] if self._categories.rows else ""
        self._dining = "here"
        self._show_dishes()
        self._go("attract")

    @Slot(str)
    def setCategory(self, category_id: str) -> None:
        if category_id != self._category:
            self._category = category_id
            self._show_dishes()
            self.changed.emit()

    @Slot(str)
    def tapDish(self, item_id: str) -> None:
        if self._index.state(item_id) == "out":
            self.toast.emit(self._shell.text("kiosk.is_out", name=self._index.name(item_id, self._shell.language)))
            return
        self._sheet.open(item_id)

    @Slot(str)
    def mend(self, key: str) -> None:
        """Takes up what the basket offers for a line that can't be had: other choices, fewer, or another dish."""
        row, line = self._basket.rows.row(key), self._basket.lines.get(key)
        if row is None or line is None:
            return
        if row["offer"] == "choices":
            self._sheet.edit(key)
        elif row["offer"] == "fewer":
            self._basket.setQuantity(key, row["room"])
        elif row["offer"] == "dish":
            self._basket.swap(key)
            self.setCategory(category_of(self._index, line.item_id) or self._category)
            self.basketShut.emit()
            self.toast.emit(self._shell.text("kiosk.choose_instead", name=row["name"]))

    # -- paying ---------------------------------------------------------------------------------------------------

    @Slot()
    def checkOut(self) -> None:
        """To the ways to pay, unless the basket is empty or holds what has run out."""
        if not self._basket.lines or self._page != "menu":
            return
        if self._basket.troubled:
            self.toast.emit(self._shell.text("kiosk.basket_trouble"))
            return
        self._payment.begin(
            {
                "lines": self._basket.specs(),
                "dining": self._dining,
                "channel": "kiosk",
                "hold_until_paid": True,
            }
        )

    @Slot(str)
    def pay(self, kind: str) -> None:
        if kind in ("card", "counter"):
            self._payment.pay(kind)  # type: ignore[arg-type]

    @Slot()
    def payAgain(self) -> None:
        self._payment.again()

    @Slot()
    def backToMenu(self) -> None:
        """From paying back to the basket, which is as it was; a placed order is given up."""
        self._payment.cancel(lambda: self._go("menu"))

    def _payment_changed(self) -> None:
        state = self._payment.state
        if state == "done":
            self._page = "done"
        elif state != "idle":
            self._page = "pay"
        elif self._page == "pay":
            self._page = "menu"
        self.changed.emit()

    def _placed(self, order_id: str, tap_ns: int) -> None:
        self._shell.trace.write("tap", tap_ns, order_id=order_id)
        self._shell.trace.appeared("placed", order_id)
        self._basket.clear()

    def _refused(self, code: str, text: str) -> None:
        """The shop can't make the order as it stands; the basket is kept and marks what is wrong with it."""
        self._page = "menu"
        self.changed.emit()
        self.toast.emit(words.refusal(self._shell, code))

    # -- what QML reads -------------------------------------------------------------------------------------------

    page = Property(str, lambda self: self._page, notify=changed)
    ready = Property(bool, lambda self: bool(self._index.items), notify=menuChanged)
    troubled = Property(bool, lambda self: self._client.troubled, notify=changed)
    shopName = Property(
        str, lambda self: named(self._index.menu, self._shell.language) or self._store_name, notify=menuChanged
    )
    showCase = Property("QVariantList", lambda self: self._show_case, notify=showCaseChanged)
    languages = Property("QVariantList", lambda self: words.offered_languages(self._shell), constant=True)
    dining = Property(str, lambda self: self._dining, notify=changed)
    categories = Property(QObject, lambda self: self._categories, constant=True)
    railPictured = Property(bool, lambda self: any(r["image"] for r in self._categories.rows), notify=changed)
    dishesPictured = Property(bool, lambda self: any(r["image"] for r in self._dishes.rows), notify=changed)
    category = Property(str, lambda self: self._category, notify=changed)
    heading = Property(str, lambda self: (self._categories.row(self._category) or {}).get("name", ""), notify=changed)
    dishes = Property(QObject, lambda self: self._dishes, constant=True)
    basket = Property(QObject, lambda self: self._basket, constant=True)
    sheet = Property(QObject, lambda self: self._sheet, constant=True)
    payment = Property("QVariantMap", lambda self: self._payment.facts(self._shell, self._basket.total), notify=changed)


def make(client: Client, shell: Shell) -> Kiosk:
    """The shell calls this once the screen is built."""
    return Kiosk(client, shell)
