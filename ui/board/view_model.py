"""What the menu board shows: one page at a time, turned by the clock, without what is out."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from ui.board import layout
from ui.board.writing import Writing
from ui.client import Client
from ui.context import Shell
from ui.dish.menu import MenuIndex
from ui.models import DictListModel
from ui.phone import PhoneCode
from ui.pictures import picture_url
from ui.text import named

VIEWS = ("status", "pictures", "menu", "availability")
PAGE_MS = 14_000
"""Long enough to find a dish on a full page, short enough that nobody waits for the next one."""

CODE_MS = 5 * 60_000
"""A code is good for a quarter of an hour; nobody scans one that is about to run out."""

MOST_COLUMNS = 4
DEFAULT_CAPACITY = 26
PICTURE_ROLES = ("name", "image", "priceMinor", "from_")


class Board(QObject):
    """QML's `vm`. `columns` are list models; `page` and `pages` say which is shown. The page tells how much fits."""

    pageChanged = Signal()
    menuChanged = Signal()
    statusChanged = Signal()
    turning = Signal()

    def __init__(self, client: Client, shell: Shell) -> None:
        super().__init__()
        self._client = client
        self._shell = shell
        self._menu: dict[str, Any] = {}
        self._availability: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._status: dict[str, Any] = {}
        self._pages: list[dict[str, Any]] = []
        self._page = 0
        self._turn = 0
        self._capacity = DEFAULT_CAPACITY
        self._across = 3
        self._type: dict[str, float] = {}
        self._columns = [DictListModel("key", layout.ROLES, self) for _ in range(MOST_COLUMNS)]
        self._pictures = DictListModel("item_id", PICTURE_ROLES, self)
        self._phone = PhoneCode(client, self)
        self._renewer = QTimer(self)
        self._renewer.setInterval(CODE_MS)
        self._renewer.timeout.connect(self._renew_code)
        self._renewer.start()
        client.viewAll.connect(self._take_all)
        client.viewChanged.connect(self._take_change)
        client.troubledChanged.connect(self.statusChanged)
        shell.languageChanged.connect(self._lay_out)
        self._turner = QTimer(self)
        self._turner.setInterval(PAGE_MS)
        self._turner.timeout.connect(self._next)
        self._turner.start()

    @Slot(str, object)
    def _take_all(self, view: str, value: Any) -> None:
        if view == "menu":
            if value == self._menu:
                return  # a reconnection, not a new menu: nothing moves
            self._menu = value or {}
            self._shell.set_currency(self._menu.get("currency", ""))
            self._shell.follow(self._menu.get("languages") or ())
            self._lay_out()
        elif view == "availability":
            self._availability = dict(value or {})
            self._show()
        elif view == "status":
            met = not self._status
            self._status = value or {}
            self.statusChanged.emit()
            if met or not self._phone.picture:
                self._renew_code()

    @Slot()
    def _renew_code(self) -> None:
        self._phone.show({"kind": "menu"})

    @Slot(str, str, object)
    def _take_change(self, view: str, key: str, value: Any) -> None:
        if view == "availability":
            self._availability.update(value)
            self._show()

    @Slot()
    def _lay_out(self) -> None:
        language = self._shell.language
        self._names = {i["ingredient_id"]: named(i, language) for i in self._menu.get("ingredients", [])}
        self._pages = layout.pages(
            self._menu, language, capacity=self._capacity, across=self._across, room=Writing(self._shell, self._type)
        )
        self._page = min(self._page, max(0, len(self._pages) - 1))
        self.menuChanged.emit()
        self._show()

    def _show(self) -> None:
        page = self._pages[self._page] if self._pages else {"columns": [], "pictures": []}
        for n, model in enumerate(self._columns):
            column = page["columns"][n] if n < len(page["columns"]) else []
            model.set_rows(layout.shown(column, self._availability, self._names))
        self._show_pictures(page)
        self.pageChanged.emit()

    def _show_pictures(self, page: dict[str, Any]) -> None:
        language = self._shell.language
        index = MenuIndex(self._menu)
        items = index.items
        rows = []
        for item_id in layout.pictures(page["pictures"], self._availability, self._turn):
            row = layout.item_row(index, items[item_id], language)
            rows.append(
                {
                    "item_id": item_id,
                    "name": row["name"],
                    "image": picture_url(items[item_id].get("image")),
                    "priceMinor": row["priceMinor"],
                    "from_": row["from_"],
                }
            )
        self._pictures.set_rows(rows)

    @Slot()
    def _next(self) -> None:
        """A page that is the only one stays; its pictures change."""
        if len(self._pages) > 1:
            self.turning.emit()
        else:
            self._turn += 1
            self._show()

    @Slot()
    def turnPage(self) -> None:
        """The old page is out of sight: the next one now."""
        if self._pages:
            self._page = (self._page + 1) % len(self._pages)
            self._turn += self._page == 0
            self._show()

    @Slot(int, int, "QVariantMap")
    def fit(self, capacity: int, across: int, type_: dict[str, float]) -> None:
        """Told by the page: how many units fit into a column, how many columns beside the pictures, and how texts are
        written in one (`writing.Writing`)."""
        across = min(across, MOST_COLUMNS)
        told = (capacity, across, type_)
        if told != (self._capacity, self._across, self._type) and capacity > 8 and across > 0:
            self._capacity, self._across, self._type = told
            self._lay_out()

    def _used(self) -> int:
        """The longest column of all pages, in units: what the height may be spread over."""
        return max((sum(r["units"] for r in c) for page in self._pages for c in page["columns"]), default=1)

    unitsUsed = Property(int, _used, notify=menuChanged)
    columns = Property("QVariantList", lambda self: list(self._columns), constant=True)
    columnsShown = Property(
        int, lambda self: len(self._pages[self._page]["columns"]) if self._pages else 0, notify=pageChanged
    )
    pictures = Property(QObject, lambda self: self._pictures, constant=True)
    page = Property(int, lambda self: self._page, notify=pageChanged)
    pages = Property(int, lambda self: len(self._pages), notify=menuChanged)
    menuName = Property(
        str, lambda self: named(self._menu, self._shell.language) if self._menu else "", notify=menuChanged
    )
    phone = Property(QObject, lambda self: self._phone, constant=True)
    ready = Property(bool, lambda self: bool(self._menu), notify=menuChanged)
    storeName = Property(
        str, lambda self: self._status.get("store_name") or self._status.get("store", ""), notify=statusChanged
    )


def make(client: Client, shell: Shell) -> Board:
    return Board(client, shell)
