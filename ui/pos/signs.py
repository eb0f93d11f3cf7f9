"""Screens of the shop that say “out of order”: QML's `vm.signs`. Staff see them at every till, and take a sign down."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.client import Client, asks
from ui.context import Shell


class Signs(QObject):
    changed = Signal()
    toast = Signal(str)

    def __init__(self, client: Client, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._shell = client, shell
        self._closed: list[dict[str, Any]] = []
        client.viewAll.connect(self._take)
        shell.languageChanged.connect(self.changed)

    @Slot(str, object)
    def _take(self, view: str, value: Any) -> None:
        if view == "screens":
            closed = [s for s in value or () if s.get("closed")]
            if closed != self._closed:
                self._closed = closed
                self.changed.emit()

    def _rows(self) -> list[dict[str, str]]:
        return [
            {
                "device_id": str(s["device_id"]),
                "text": self._shell.text(
                    "pos.sign_failing" if s.get("why") == "failing" else "pos.sign_up",
                    label=str(s.get("label") or s.get("role") or ""),
                ),
            }
            for s in self._closed
        ]

    @Slot(str)
    def takeDown(self, device_id: str) -> None:
        asks(
            self._client,
            "screens.open",
            {"device_id": device_id},
            refused=lambda code, text: self.toast.emit(self._shell.refusal(code, text, "pos.no_answer")),
        )

    rows = Property("QVariantList", _rows, notify=changed)
