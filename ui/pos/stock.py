"""What is out, what is back, how many are left: marked with one hold, shown at once, taken back if refused."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from ui.client import Client, asks
from ui.context import Shell
from ui.dish.menu import MenuIndex, matches
from ui.models import DictListModel
from ui.pos import cash
from ui.text import named

BELIEVE_MS = 1500
"""Between the server's answer and the feed's word the screen shows what was asked for."""

MAX_COUNT = 9999
ROLES = ("kind", "subject_id", "name", "out", "remaining", "users", "busy", "section")


class StockPage(QObject):
    """QML's `vm.stock`. A row's key is `ingredient:<id>` or `item:<id>`."""

    changed = Signal()
    toast = Signal(str)
    hinted = Signal(str)

    def __init__(self, client: Client, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._shell = shell
        self._index = MenuIndex()
        self._asked: dict[str, bool] = {}  # key -> out, while the feed has not said it
        self._search = ""
        self._only_out = False
        self._count_key = ""
        self._digits = ""
        self._model = DictListModel("key", ROLES, self)
        shell.languageChanged.connect(self.refresh)

    def set_index(self, index: MenuIndex) -> None:
        self._index = index
        self.refresh()

    def _all_rows(self) -> list[dict[str, Any]]:
        language = self._shell.language
        index = self._index
        out_ingredients, out_items = index.out_ingredients(), index.out_items()
        rows = []
        for ingredient_id, ingredient in index.ingredients.items():
            key = f"ingredient:{ingredient_id}"
            rows.append(
                {
                    "key": key,
                    "kind": "ingredient",
                    "subject_id": ingredient_id,
                    "name": named(ingredient, language),
                    "out": self._asked.get(key, ingredient_id in out_ingredients),
                    "remaining": -1,
                    "users": len(index.users(ingredient_id)),
                    "section": "ingredients",
                }
            )
        for item_id, item in index.items.items():
            key = f"item:{item_id}"
            left = index.left(item_id)
            rows.append(
                {
                    "key": key,
                    "kind": "item",
                    "subject_id": item_id,
                    "name": named(item, language),
                    "out": self._asked.get(key, item_id in out_items),
                    "remaining": -1 if left is None else left,
                    "users": 0,
                    "section": "items",
                }
            )
        for row in rows:
            row["busy"] = row["key"] in self._asked
        return rows

    @Slot()
    def refresh(self) -> None:
        rows = self._all_rows()
        self._out_count = sum(1 for r in rows if r["out"])
        shown = [r for r in rows if matches(self._search, [r["name"]]) and (r["out"] or not self._only_out)]
        shown.sort(key=lambda r: (r["section"] != "ingredients", str(r["name"]).casefold(), r["key"]))
        self._model.set_rows(shown)
        self.changed.emit()

    # -- what QML reads -------------------------------------------------------------------------------------------

    _out_count = 0

    def _get_search(self) -> str:
        return self._search

    def _set_search(self, text: str) -> None:
        if text != self._search:
            self._search = text
            self.refresh()

    def _get_only_out(self) -> bool:
        return self._only_out

    def _set_only_out(self, only: bool) -> None:
        if only != self._only_out:
            self._only_out = only
            self.refresh()

    rows = Property(QObject, lambda self: self._model, constant=True)
    search = Property(str, _get_search, _set_search, notify=changed)
    onlyOut = Property(bool, _get_only_out, _set_only_out, notify=changed)
    outCount = Property(int, lambda self: self._out_count, notify=changed)
    countName = Property(
        str,
        lambda self: self._index.name(self._count_key, self._shell.language) if self._count_key else "",
        notify=changed,
    )
    counting = Property(bool, lambda self: bool(self._count_key), notify=changed)
    countDigits = Property(str, lambda self: self._digits, notify=changed)

    # -- what staff do --------------------------------------------------------------------------------------------

    @Slot(str)
    def toggle(self, key: str) -> None:
        """Out, if it is there; back, if it is out."""
        row = next((r for r in self._all_rows() if r["key"] == key), None)
        if row is None or row["busy"]:
            return
        out = not row["out"]
        self._asked[key] = out
        self.refresh()
        asks(
            self._client,
            "stock.out" if out else "stock.back",
            {f"{row['kind']}_id": row["subject_id"]},
            done=lambda _: QTimer.singleShot(BELIEVE_MS, self, lambda: self._believe_feed(key)),
            refused=lambda code, text: self._refused(key, code, text),
        )

    @Slot(str)
    def hint(self, key: str) -> None:
        """The button was touched, not held."""
        row = next((r for r in self._all_rows() if r["key"] == key), None)
        if row is not None:
            self.hinted.emit(self._shell.text("pos.hint_back" if row["out"] else "pos.hint_out", name=row["name"]))

    def _believe_feed(self, key: str) -> None:
        self._asked.pop(key, None)
        self.refresh()

    def _refused(self, key: str, code: str, text: str) -> None:
        self.toast.emit(self._shell.refusal(code, text, "pos.no_answer"))
        self._believe_feed(key)

    @Slot(str)
    def openCount(self, item_id: str) -> None:
        self._count_key, self._digits = item_id, ""
        self.changed.emit()

    @Slot()
    def closeCount(self) -> None:
        self._count_key = ""
        self.changed.emit()

    @Slot(str)
    def key(self, key: str) -> None:
        self._digits = cash.typed(self._digits, key)
        if self._digits and int(self._digits) > MAX_COUNT:
            self._digits = str(MAX_COUNT)
        self.changed.emit()

    @Slot()
    def saveCount(self) -> None:
        if not self._count_key:
            return
        asks(
            self._client,
            "stock.count",
            {"item_id": self._count_key, "left": int(self._digits or 0)},
            refused=lambda code, text: self.toast.emit(self._shell.refusal(code, text, "pos.no_answer")),
        )
        self.closeCount()
