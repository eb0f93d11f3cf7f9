"""What staff must have seen before it goes: entries of this terminal that could not be read any more, and which orders
are missing since. The server keeps it over restarts; QML reads `rows` and says `seen`."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.client import Client, CommandRefused, ServerGone
from ui.context import Shell


class Notes(QObject):
    changed = Signal()

    def __init__(self, client: Client, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._shell = client, shell
        self._told: list[dict[str, Any]] = []
        self._seen: set[str] = set()  # here; the server is on its way to know
        client.viewAll.connect(self._take)
        shell.languageChanged.connect(self.changed)

    @Slot(str, object)
    def _take(self, view: str, value: Any) -> None:
        if view == "status":
            told = list((value or {}).get("notes") or ())
            if told != self._told:
                self._told = told
                self._seen &= {str(note["note_id"]) for note in told}
                self.changed.emit()

    @Slot(str)
    def seen(self, note_id: str) -> None:
        """It goes at once, and comes again if the server did not take it."""
        self._seen.add(note_id)
        self.changed.emit()
        self._client.spawn(self._say(note_id))

    async def _say(self, note_id: str) -> None:
        with contextlib.suppress(CommandRefused):  # somebody else has seen it
            try:
                await self._client.ask(f"/v1/notes/{note_id}/seen", {})
            except ServerGone:
                self._seen.discard(note_id)
                self.changed.emit()

    def _rows(self) -> list[dict[str, str]]:
        say = self._shell.text
        rows = []
        for note in self._told:
            if note["note_id"] in self._seen:
                continue
            if note.get("kind") == "voucher_twice":
                amount = self._shell.money(str(note.get("amount_minor") or 0), str(note.get("currency") or ""))
                title, text = say("stays.note_voucher"), say("stays.note_voucher_do", amount=amount)
                rows.append({"note_id": str(note["note_id"]), "title": title, "text": text})
                continue
            missing = ", ".join(str(number) for number in note.get("missing") or ())
            what = say("stays.note_missing", orders=missing) if missing else say("stays.note_back")
            rows.append(
                {
                    "note_id": str(note["note_id"]),
                    "title": say("stays.note", time=_local(str(note.get("since") or ""))),
                    "text": f"{what} {say('stays.note_do')}",
                }
            )
        return rows

    rows = Property("QVariantList", _rows, notify=changed)


def _local(rfc3339: str) -> str:
    """`2026-03-01 13:00` by this machine's clock."""
    try:
        return datetime.fromisoformat(rfc3339).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return rfc3339
