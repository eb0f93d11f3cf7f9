"""What the kiosk is told of its shop: the menu that fits, what can be had, the kitchen's queue, whose shop it is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.client import Client
from ui.context import Shell
from ui.dish.menu import MenuIndex
from ui.kiosk.fit import Carte
from ui.kiosk.wait import Queue

VIEWS = ("status", "pictures", "menu", "availability", "tickets")


class Shop(QObject):
    menuChanged = Signal()  # another menu, or something else can be had
    nameChanged = Signal()
    languagesChanged = Signal()  # another one is the shop's own

    def __init__(self, client: Client, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self.index: MenuIndex = Carte()
        self.queue = Queue()
        self.store_name = ""
        self.vouchers = False  # the shop has issued some
        self.printer = False  # this terminal prints receipts
        client.viewAll.connect(self._take_all)
        client.viewChanged.connect(self._take_change)

    @Slot(str, object)
    def _take_all(self, view: str, value: Any) -> None:
        if view == "status":
            self.store_name = str(value.get("store_name") or value.get("store") or "")
            self.vouchers = bool(value.get("vouchers"))
            self.printer = bool(value.get("printer"))
            self.nameChanged.emit()
        elif view == "menu":
            availability = self.index.availability
            say = self._shell.translations.say
            self.index = Carte(value, {language: say(language, "kiosk.a_dish") for language in self._shell.languages})
            self.index.availability = availability
            self._shell.set_currency(self.index.currency)
            if self._shell.follow(self.index.menu.get("languages") or ()):
                self.languagesChanged.emit()
            self._shell.set_brand_colour(str(self.index.menu.get("brand_colour") or ""))
            self.menuChanged.emit()
        elif view == "availability":
            self.index.availability = dict(value or {})
            self.menuChanged.emit()
        elif view == "tickets":
            self.queue.take_all(value or ())

    @Slot(str, str, object)
    def _take_change(self, view: str, key: str, value: Any) -> None:
        if view == "availability":
            self.index.availability = {**self.index.availability, **value}
            self.menuChanged.emit()
        elif view == "tickets":
            self.queue.take(key, value)
