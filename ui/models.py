"""List models that never jump: rows are dicts with a key, and every change is told to Qt as the least it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    Property,
    QAbstractListModel,
    QByteArray,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

Row = dict[str, Any]
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class DictListModel(QAbstractListModel):
    """Rows of dicts, one role for each name in `roles`, and the role `entry` for the whole dict.

    `key` is the role that identifies a row. A delegate whose row only changed or moved is kept, with its state.
    """

    countChanged = Signal()

    def __init__(self, key: str, roles: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.key = key
        names = list(dict.fromkeys([key, *roles, "entry"]))
        self._roles = {Qt.ItemDataRole.UserRole + 1 + i: name for i, name in enumerate(names)}
        self._role_of = {name: role for role, name in self._roles.items()}
        self._rows: list[Row] = []

    # -- what Qt asks ---------------------------------------------------------------------------------------------

    def roleNames(self) -> dict[int, QByteArray]:
        return {role: QByteArray(name.encode()) for role, name in self._roles.items()}

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        name = self._roles.get(role)
        if name is None:
            return None
        row = self._rows[index.row()]
        return row if name == "entry" else row.get(name)

    def _count(self) -> int:
        return len(self._rows)

    count = Property(int, _count, notify=countChanged)

    # -- what QML may ask -----------------------------------------------------------------------------------------

    @Slot(int, result="QVariantMap")
    def get(self, index: int) -> Row:
        """The row at `index`, or an empty map."""
        return self._rows[index] if 0 <= index < len(self._rows) else {}

    @Slot(str, result=int)
    def indexOf(self, key: str) -> int:
        """Where the row with this key is, or -1."""
        for i, row in enumerate(self._rows):
            if row[self.key] == key:
                return i
        return -1

    # -- what view models do --------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        """The rows as they are; change them only through this model."""
        return self._rows

    def row(self, key: str) -> Row | None:
        i = self.indexOf(key)
        return self._rows[i] if i >= 0 else None

    def upsert(self, row: Mapping[str, Any], at: int | None = None) -> None:
        """Changes the row with the same key, or inserts it at `at` (default: last). With `at`, it is moved there."""
        i = self.indexOf(row[self.key])
        if i < 0:
            at = len(self._rows) if at is None else max(0, min(at, len(self._rows)))
            self.beginInsertRows(ROOT, at, at)
            self._rows.insert(at, dict(row))
            self.endInsertRows()
            self.countChanged.emit()
            return
        if at is not None:
            i = self.move(i, at)
        self._change(i, row)

    def remove(self, key: str) -> bool:
        i = self.indexOf(key)
        if i < 0:
            return False
        self.beginRemoveRows(ROOT, i, i)
        del self._rows[i]
        self.endRemoveRows()
        self.countChanged.emit()
        return True

    def move(self, source: int, target: int) -> int:
        """Moves one row; returns where it is now."""
        target = max(0, min(target, len(self._rows) - 1))
        if source != target:
            # Qt counts the destination in the list as it was before the move.
            self.beginMoveRows(ROOT, source, source, ROOT, target + 1 if target > source else target)
            self._rows.insert(target, self._rows.pop(source))
            self.endMoveRows()
        return target

    def set_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Makes the model equal to `rows` by the fewest removals, moves, insertions and changes that are simple."""
        wanted = [dict(row) for row in rows]
        keys = {row[self.key] for row in wanted}
        if wanted and not self._rows and len(keys) == len(wanted):  # a whole menu: told once, nothing to look for
            self.beginInsertRows(ROOT, 0, len(wanted) - 1)
            self._rows = wanted
            self.endInsertRows()
            self.countChanged.emit()
            return
        for i in range(len(self._rows) - 1, -1, -1):
            if self._rows[i][self.key] not in keys:
                self.remove(self._rows[i][self.key])
        for i, row in enumerate(wanted):
            if i < len(self._rows) and self._rows[i][self.key] == row[self.key]:
                self._change(i, row)
            else:
                self.upsert(row, i)

    def clear(self) -> None:
        self.set_rows([])

    def _change(self, i: int, row: Mapping[str, Any]) -> None:
        old = self._rows[i]
        changed = [
            self._role_of[name] for name in {*old, *row} if name in self._role_of and old.get(name) != row.get(name)
        ]
        if old != row:
            self._rows[i] = dict(row)
            index = self.index(i, 0)
            self.dataChanged.emit(index, index, [*changed, self._role_of["entry"]])
