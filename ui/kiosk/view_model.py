"""The visit of one customer: QML's `vm` on the kiosk. It is told by the feed, and asks by commands."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from ui.client import Client
from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.dish.selection import Selection
from ui.kiosk import bill, words
from ui.kiosk.again import Again, as_today
from ui.kiosk.basket import Basket
from ui.kiosk.browse import FOUND, Browse
from ui.kiosk.comfort import Comfort
from ui.kiosk.dishes import DISH_ROLES, any_to_be_had, category_of, category_rows, show_case, sold_rows
from ui.kiosk.keep import Keep
from ui.kiosk.memory import SHOWN_AGAIN_S, Memory, Visit
from ui.kiosk.payment import Payment
from ui.kiosk.phone import Phone
from ui.kiosk.place import Place
from ui.kiosk.said import Said
from ui.kiosk.sheet_model import Sheet
from ui.kiosk.shop import VIEWS, Shop
from ui.kiosk.thanks import Thanks
from ui.kiosk.voucher import Voucher
from ui.kiosk.whom import Whom
from ui.models import DictListModel
from ui.steps import Steps
from ui.text import named

__all__ = ["VIEWS", "Kiosk", "make"]
SEARCHED_FROM = 12
"""Fewer dishes are seen at a glance."""


class Kiosk(QObject):
    """`page` is `attract`, `start`, `menu`, `table`, `pay` or `done`."""

    changed = Signal()
    menuChanged = Signal()
    showCaseChanged = Signal()
    languagesChanged = Signal()
    toast = Signal(str)
    scrollTo = Signal(str)  # the question of the sheet that must be answered first
    basketShut = Signal()
    basketCame = Signal()  # whole, from a receipt or a phone, and there is nothing to say about it
    goTo = Signal(str)  # the category that the list is to show
    landOn = Signal(str, int)  # the dish that keys go on from: its shelf, and its place there

    def __init__(self, client: Client, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._shell = shell
        self._shop = Shop(client, shell, self)
        self._shop.menuChanged.connect(self._show_menu)
        self._shop.nameChanged.connect(self.menuChanged)
        self._shop.languagesChanged.connect(self.languagesChanged)
        self._page = "attract"
        self._dining = "here"
        self._category = ""
        self._show_case: list[dict[str, Any]] = []
        self._sold: Counter[str] = Counter()  # what this kiosk sold since it was started
        self._categories = DictListModel("category_id", ("name", "image"), self)
        self._dishes = DictListModel("item_id", DISH_ROLES, self)
        self._browse = Browse(shell, self)
        self._browse.changed.connect(self._show_rail)
        self._basket = Basket(shell, self)
        self._comfort = Comfort(shell, self)
        self._sheet = Sheet(shell, self._basket, self)
        self._whom = Whom(shell, self._sheet, self._basket, self)
        self._memory = Memory(client.data)
        self._left = self._memory.take()  # what a process before this one left open
        self._woken = False  # that was taken up
        self._payment = Payment(client, self._memory, self)
        self._place = Place(shell, self)
        self._place.changed.connect(self.changed)
        self._keep = Keep(self._memory, shell, self._filling, self)
        for part in (self, self._basket, self._comfort):
            part.changed.connect(self._keep.look)
        self._thanks = Thanks(client, shell, self._shop, self._payment, self._place, self)
        self._voucher = Voucher(shell, self._payment.pay_by_voucher, self)
        self._payment.voucherRefused.connect(self._voucher.refused)
        self._payment.voucherBack.connect(self._voucher_back)
        self._again = Again(client, shell, lambda: self._index, self)
        self._again.taken.connect(self._take_again)
        self._again.listens = lambda: self._page in ("attract", "start", "menu") and bool(self._index.items)
        self._phone = Phone(client, self._basket.specs, lambda: shell.language, self)
        self._phone.taken.connect(self._take_up)
        self._shop.nameChanged.connect(self._phone.look)
        self._shop.nameChanged.connect(self._thanks.changed)
        shell.languageChanged.connect(self._thanks.changed)
        self._payment.changed.connect(self._payment_changed)
        self._payment.placed.connect(self._placed)
        self._payment.refused.connect(self._refused)
        self._sheet.incomplete.connect(self.scrollTo)
        self._sheet.said.connect(self.toast)
        client.troubledChanged.connect(self.changed)
        shell.languageChanged.connect(self._browse.forget_words)
        shell.languageChanged.connect(self._show_menu)
        self._said = Said(self, shell)
        if self._left is not None and self._returning():
            shell.set_language(self._left.visit.language or shell.language)
            QTimer.singleShot(int(SHOWN_AGAIN_S * 1000), self, self._waited)

    # -- from the feed --------------------------------------------------------------------------------------------

    @property
    def _index(self) -> MenuIndex:
        return self._shop.index

    def _returning(self) -> bool:
        """Whether somebody stands here who is shown where they are as soon as there is a menu."""
        return not self._woken and self._left is not None and self._left.fresh

    @Slot()
    def _waited(self) -> None:
        if not self._woken:  # they have gone
            self._shell.resetLanguage()
            self.changed.emit()

    def _wake(self) -> None:
        """A process before this one may have died under a customer's fingers: they are shown where they stand."""
        record = self._left
        if record is None or self._page != "attract":
            return
        if not record.fresh:
            self._shell.resetLanguage()
            self._payment.see_to_its_end(record)
            return
        self._shell.set_language(record.visit.language)
        self._comfort.take_up(record.visit.comfort)
        self._dining = record.visit.dining
        for selection in record.visit.basket:
            self._basket.put(selection)
        if record.place:
            self._place.remember(record.place)
            self._payment.resume(record)
        else:
            self._go("menu")

    def _visit(self) -> Visit:
        lines = list(self._basket.lines.values())
        return Visit(self._dining, self._shell.language, lines, self._comfort.kept())

    def _filling(self) -> Visit | None:
        return self._visit() if self._page in ("menu", "table") else None

    @Slot()
    def _show_menu(self) -> None:
        """Everything made from the menu, made anew; the models tell QML only what differs, so nothing moves."""
        rows = sold_rows(self._index, self._shell)
        self._dishes.set_rows(rows.values())
        self._browse.set_menu(self._index, rows)
        self._basket.set_index(self._index)
        self._sheet.set_index(self._index)
        self._show_off()
        self.menuChanged.emit()
        self.changed.emit()
        if self._index.items and not self._woken:
            self._woken = True
            self._wake()

    def _show_off(self) -> None:
        """The dishes of the attract page: what sells here, else what has pictures."""
        shown = show_case(self._index, self._shell, self._sold)
        if shown != self._show_case:
            self._show_case = shown
            self.showCaseChanged.emit()

    @Slot()
    def _show_rail(self) -> None:
        """The categories that have something left; while searching, all that had before."""
        if self._browse.searching:
            return
        left = {section.id for section in self._browse.sections}
        rows = [row for row in category_rows(self._index, self._shell.language) if row["category_id"] in left]
        self._categories.set_rows(rows)
        if self._category not in left:
            self._category = rows[0]["category_id"] if rows else ""
        self.changed.emit()

    # -- the visit ------------------------------------------------------------------------------------------------

    def _go(self, page: str) -> None:
        self._page = page
        self.changed.emit()

    @Slot()
    def touch(self) -> None:
        """Somebody is there."""
        if self._page == "attract" and self._index.items and not self._sold_out():
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
        self._phone.forget()
        self._place.forget()
        self._thanks.forget()
        self._again.forget()
        self._voucher.forget()
        self._shell.resetLanguage()
        self._browse.clear()
        self._show_off()
        self._comfort.reset()
        self._category = self._categories.rows[0]["category_id"] if self._categories.rows else ""
        self.goTo.emit(self._category)
        self._dining = "here"
        self._go("attract")

    @Slot(str)
    def setCategory(self, category_id: str) -> None:
        """A touch on the rail: the list goes there; a search is over."""
        self._browse.search(False)
        self._category = category_id
        self.goTo.emit(category_id)
        self.changed.emit()

    @Slot(str)
    def scrolledTo(self, section: str) -> None:
        """The list shows this section at its top; the rail follows."""
        if section not in ("", FOUND, self._category):
            self._category = section
            self.changed.emit()

    @Slot(str)
    def tapDish(self, item_id: str) -> None:
        if self._index.state(item_id) == "out":
            self.toast.emit(self._shell.text("kiosk.is_out", name=self._index.name(item_id, self._shell.language)))
            return
        self._sheet.open(item_id)

    @Slot()
    def takeSuggestion(self) -> None:
        """The suggested dish: at once into the basket when it asks nothing, else its sheet."""
        item_id = self._basket.suggested
        item = self._index.items.get(item_id)
        if item is None:
            return
        if self._index.plain(item):
            selection = choosing.start(self._index, item_id)
            if selection is not None and self._basket.room(selection) > 0:
                self._basket.put(selection)
        else:
            self._sheet.open(item_id)

    @Slot(list, str)
    def _take_up(self, lines: list[dict[str, Any]], dining: str) -> None:
        """A phone's basket. What this menu does not have is left out, and what it asks by now must be answered anew:
        both are told."""
        found, notes = as_today(self._index, {"lines": lines}, self._shell)
        for selection in found:
            self._basket.put(selection)
        self._dining = dining
        self._go("menu")
        self._again.tell("kiosk.basket", notes)
        if not notes:
            self.basketCame.emit()

    @Slot(list, str)
    def _take_again(self, selections: list[Selection], dining: str) -> None:
        """The dishes of a receipt; what is different from then is told by `again.notes`."""
        for selection in selections:
            if not self._basket.full:
                self._basket.put(selection)
        if self._page != "menu":
            self._dining = dining
            self._go("menu")
        if not self._again.notes:
            self.basketCame.emit()

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
            self.landOn.emit(*self._browse.first_to_be_had(self._category))
            self.toast.emit(self._shell.text("kiosk.choose_instead", name=row["name"]))

    # -- paying ---------------------------------------------------------------------------------------------------

    @Slot()
    def checkOut(self) -> None:
        """To the ways to pay, unless the basket is empty or holds what has run out. An order that is brought is first
        asked where to."""
        if not self._basket.lines or self._page not in ("menu", "table"):
            return
        if self._basket.troubled:
            self._go("menu")
            self.toast.emit(self._basket.trouble_text)
            return
        if self._place.asked(self._dining) and not self._place.settled:
            self._go("table")
            return
        self._payment.begin(
            {
                "lines": self._basket.specs(),
                "dining": self._dining,
                "channel": "kiosk",
                "hold_until_paid": True,
                **self._place.fields(self._dining),
            },
            self._visit(),
        )

    @Slot(bool)
    def settlePlace(self, with_number: bool) -> None:
        """On from the question where to bring it."""
        if self._page == "table" and self._place.settle(with_number):
            self.checkOut()

    @Slot(str)
    def pay(self, kind: str) -> None:
        if kind in ("card", "counter") and not (self._basket.troubled and not self._payment.sent):
            self._payment.pay(kind)  # type: ignore[arg-type]

    @Slot(int)
    def tip(self, percent: int) -> None:
        self._payment.choose_tip(percent, self._basket.total)

    @Slot()
    def callOff(self) -> None:
        self._payment.call_off()

    @Slot()
    def payAgain(self) -> None:
        self._payment.again()

    @Slot()
    def backToMenu(self) -> None:
        """From paying back to the basket, which is as it was; a placed order is given up."""
        self._place.settled = False  # asked again, with what was typed
        self._payment.cancel(lambda: self._go("menu"))

    @Slot()
    def _payment_changed(self) -> None:
        state = self._payment.state
        if state == "done":
            if self._page != "done":
                self._thanks.begin()
            self._page = "done"
        elif state != "idle":
            self._page = "pay"
        elif self._page == "pay":
            self._page, self._place.settled = "menu", False
        self.changed.emit()

    @Slot(str, object)
    def _placed(self, order_id: str, tap_ns: int) -> None:
        if tap_ns:  # not where a process before this one was tapped
            self._shell.trace.write("tap", tap_ns, order_id=order_id)
        self._shell.trace.appeared("placed", order_id)
        self._phone.follow(order_id)
        for line in self._basket.lines.values():
            self._sold[line.item_id] += line.quantity
        self._basket.clear()

    @Slot(int)
    def _voucher_back(self, minor: int) -> None:
        self.toast.emit(self._shell.text("kiosk.voucher_back", amount=self._shell.money(str(minor), "")))

    @Slot(str, str)
    def _refused(self, code: str, text: str) -> None:
        """The shop can't make the order as it stands; the basket is kept and marks what is wrong with it."""
        self._place.settled = False
        self._go("menu")
        self.toast.emit(words.refusal(self._shell, code))

    # -- what QML reads -------------------------------------------------------------------------------------------

    def _sold_out(self) -> bool:
        return bool(self._index.items) and not any_to_be_had(self._index)

    page = Property(str, lambda self: self._page, notify=changed)
    soldOut = Property(bool, _sold_out, notify=menuChanged)
    ready = Property(bool, lambda self: bool(self._index.items), notify=menuChanged)
    returning = Property(bool, _returning, notify=changed)
    troubled = Property(bool, lambda self: self._client.troubled, notify=changed)
    shopName = Property(
        str, lambda self: named(self._index.menu, self._shell.language) or self._shop.store_name, notify=menuChanged
    )
    showCase = Property("QVariantList", lambda self: self._show_case, notify=showCaseChanged)
    languages = Property("QVariantList", lambda self: words.offered_languages(self._shell), notify=languagesChanged)
    searchable = Property(bool, lambda self: len(self._dishes.rows) >= SEARCHED_FROM, notify=menuChanged)
    summary = Property(str, lambda self: self._basket.spoken, notify=changed)
    dining = Property(str, lambda self: self._dining, notify=changed)
    categories = Property(QObject, lambda self: self._categories, constant=True)
    railPictured = Property(bool, lambda self: any(r["image"] for r in self._categories.rows), notify=changed)
    category = Property(str, lambda self: self._category, notify=changed)
    browse = Property(QObject, lambda self: self._browse, constant=True)
    dishes = Property(QObject, lambda self: self._dishes, constant=True)
    comfort = Property(QObject, lambda self: self._comfort, constant=True)
    basket = Property(QObject, lambda self: self._basket, constant=True)
    sheet = Property(QObject, lambda self: self._sheet, constant=True)
    whom = Property(QObject, lambda self: self._whom, constant=True)
    place = Property(QObject, lambda self: self._place, constant=True)
    voucher = Property(QObject, lambda self: self._voucher, constant=True)
    vouchers = Property(bool, lambda self: self._shop.vouchers, notify=changed)
    again = Property(QObject, lambda self: self._again, constant=True)
    thanks = Property(QObject, lambda self: self._thanks, constant=True)
    phone = Property(QObject, lambda self: self._phone, constant=True)
    payment = Property(
        "QVariantMap",
        lambda self: bill.facts(self._payment, self._shell, self._basket.total, self._basket.trouble_text),
        notify=changed,
    )


def make(client: Client, shell: Shell) -> Kiosk:
    """The shell calls this once the screen is built."""
    if shell.window is not None:
        Steps(shell.window, shell)
    return Kiosk(client, shell)
