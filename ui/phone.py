"""Codes that lead to the customer's phone, as any screen shows them. Where no phone can come nothing is shown."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.client import Client
from ui.line import CommandRefused, ServerGone

LINKS = "/v1/phone/links"

VIEW_BOX = re.compile(r'viewBox="0 0 (\d+) ')
"""How many modules a code has on a side, its quiet zone with it."""

Told = Callable[[dict[str, Any] | None], None]


class PhoneCode(QObject):
    """`picture` is the code to scan, a data URL, or `""`, of so many `modules` a side. `possible`: phones can reach
    this terminal."""

    changed = Signal()

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._possible = False
        self._picture = ""
        self._modules = 1
        self._asked = 0  # answers to what was asked before are nobody's any more

    def look(self) -> None:
        """Whether phones can come. Asked again whenever the server is met anew."""

        def told(given: dict[str, Any] | None) -> None:
            self._possible = given is not None
            self.changed.emit()

        self._client.spawn(self._answer(LINKS, {}, told))

    def show(self, wanted: dict[str, Any]) -> None:
        """A new code. The one before stays until it is there."""

        def told(given: dict[str, Any] | None) -> None:
            svg = str((given or {}).get("svg", ""))
            size = VIEW_BOX.search(svg)
            self._modules = int(size[1]) if size else 1
            self._picture = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}" if svg else ""
            self.changed.emit()

        self.ask(LINKS, wanted, told)

    @Slot()
    def forget(self) -> None:
        """Nothing of a visit is left."""
        self._asked += 1
        self._picture = ""
        self.changed.emit()

    def ask(self, path: str, body: dict[str, Any] | None, told: Told) -> None:
        """`told(None)` when the answer is no, or none came; not at all when something else was asked since."""
        self._asked += 1
        mine = self._asked
        self._client.spawn(self._answer(path, body, lambda answer: told(answer) if mine == self._asked else None))

    async def _answer(self, path: str, body: dict[str, Any] | None, told: Told) -> None:
        try:
            answer = await self._client.ask(path, body)
        except (CommandRefused, ServerGone):
            answer = None
        told(answer)

    possible = Property(bool, lambda self: self._possible, notify=changed)
    modules = Property(int, lambda self: self._modules, notify=changed)
    picture = Property(str, lambda self: self._picture, notify=changed)
