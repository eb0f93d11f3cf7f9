"""What the kitchen's screen shows and does. A bump shows at once and is taken back if the server refuses it."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from ui.client import Client, asks
from ui.context import Shell
from ui.kitchen.choices import Usual, usual
from ui.kitchen.tickets import ROLES, all_day, due_order, ticket_row
from ui.models import DictListModel
from ui.sound import Bell

VIEWS = ("status", "tickets", "menu")
FRESH_MS = 8000
"""For so long a new ticket is marked as new."""

LEAVE_MS = 500
"""A bumped ticket keeps its place for so long, so that a second knock on the same spot bumps no other ticket."""

SETTLE_MS = 1000
"""The feed tells what a command did within this after its answer; until then the screen believes the answer."""

RECENT = 12
"""How many bumped tickets can be called back by choosing."""


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Kitchen(QObject):
    """QML's `vm`. `tickets` are those to be made, oldest first; `recent` those bumped last, newest first."""

    stationChanged = Signal()
    stationsChanged = Signal()
    statusChanged = Signal()
    recentChanged = Signal()
    toast = Signal(str)
    arrived = Signal(str)

    def __init__(self, client: Client, shell: Shell) -> None:
        super().__init__()
        self._client = client
        self._shell = shell
        self._tickets: dict[str, dict[str, Any]] = {}
        self._tapped: dict[str, dict[str, bool]] = {}  # order -> line -> wanted; on the way to the server
        self._leaving: set[str] = set()  # bumped here, still on the screen
        self._gone: set[str] = set()  # bumped here, off the screen, not yet confirmed
        self._fresh: set[str] = set()
        self._loaded = False
        self._station = ""
        self._stations: list[str] = []
        self._menu_stations: list[str] = []
        self._comes_with: Usual = {}
        self._status: dict[str, Any] = {}
        self._bell = Bell()
        self._model = DictListModel("order_id", ROLES, self)
        self._recent = DictListModel("order_id", ("number", "lines"), self)
        self._all_day = DictListModel("name", ("quantity",), self)
        client.viewAll.connect(self._take_all)
        client.viewChanged.connect(self._take_change)
        client.troubledChanged.connect(self.statusChanged)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self.refresh)
        self._clock.start()

    # -- from the feed --------------------------------------------------------------------------------------------

    @Slot(str, object)
    def _take_all(self, view: str, value: Any) -> None:
        if view == "tickets":
            known = set(self._tickets)
            self._tickets = {t["order_id"]: t for t in value or []}
            self._gone &= set(self._tickets)
            if self._loaded:  # after a reconnection: what came meanwhile is new
                self._welcome([i for i in self._tickets if i not in known])
            self._loaded = True
            self.refresh()
        elif view == "menu":
            items = (value or {}).get("items", [])
            self._menu_stations = sorted({i.get("station") or "" for i in items} - {""})
            self._comes_with = usual(value or {})
            self.refresh()
        elif view == "status":
            self._status = value or {}
            self.statusChanged.emit()

    @Slot(str, str, object)
    def _take_change(self, view: str, order_id: str, value: Any) -> None:
        if view != "tickets":
            return
        if value is None:
            self._tickets.pop(order_id, None)
        else:
            known = self._tickets.get(order_id)
            self._tickets[order_id] = value
            if value.get("done_ms") is not None:
                self._gone.discard(order_id)
                if known is not None and known.get("done_ms") is None:
                    self._leave(order_id)
            elif known is None:
                self._welcome([order_id])
            elif known.get("done_ms") is not None:  # recalled, here or on another display
                self._leaving.discard(order_id)
                self._gone.discard(order_id)
            elif changes(known, value):
                self._bell.ring()
        self.refresh()

    def _welcome(self, order_ids: list[str]) -> None:
        fresh = [i for i in order_ids if self._tickets[i].get("done_ms") is None]
        if not fresh:
            return
        self._fresh.update(fresh)
        self._bell.ring()
        for order_id in fresh:
            self.arrived.emit(order_id)

        def fade() -> None:
            self._fresh.difference_update(fresh)
            self.refresh()

        QTimer.singleShot(FRESH_MS, self, fade)

    def _find_stations(self) -> None:
        seen = {line.get("station") or "" for t in self._tickets.values() for line in t["lines"]}
        stations = sorted(seen.union(self._menu_stations) - {""})
        if stations != self._stations:
            self._stations = stations
            self.stationsChanged.emit()

    @Slot()
    def refresh(self) -> None:
        """Brings the rows up to the tickets and the clock; only what differs is told to the screen."""
        now = wall_ms() + int(self._status.get("clock_ahead_ms") or 0)
        rows = []
        for ticket in sorted(self._tickets.values(), key=due_order):
            order_id = ticket["order_id"]
            leaving = order_id in self._leaving
            if (ticket.get("done_ms") is not None or order_id in self._gone) and not leaving:
                continue
            row = ticket_row(
                ticket,
                now,
                station=self._station,
                tapped=self._tapped.get(order_id),
                fresh=order_id in self._fresh,
                leaving=leaving,
                comes_with=self._comes_with,
            )
            if row is not None:
                rows.append(row)
        self._model.set_rows(rows)
        for row in rows:
            self._shell.trace.appeared("kitchen_frame", row["order_id"])
        self._all_day.set_rows(all_day((t for i, t in self._tickets.items() if i not in self._gone), self._station))
        done = sorted((t for t in self._tickets.values() if t.get("done_ms")), key=lambda t: -t["done_ms"])[:RECENT]
        if [t["order_id"] for t in done] != [r["order_id"] for r in self._recent.rows]:
            self._recent.set_rows(
                {
                    "order_id": t["order_id"],
                    "number": t["number"],
                    "lines": ", ".join(short(line) for line in t["lines"]),
                }
                for t in done
            )
            self.recentChanged.emit()
        self._find_stations()

    # -- what a cook does -----------------------------------------------------------------------------------------

    @Slot(str, str)
    def tapLine(self, order_id: str, line_id: str) -> None:
        """Bumps a line, or takes its bump back. The last line bumped takes the ticket with it."""
        row = self._model.row(order_id)
        line = next((x for x in row["lines"] if x["lineId"] == line_id), None) if row else None
        if row is None or line is None or line["removed"] or row["leaving"]:
            return
        wanted = not line["bumped"]
        if wanted and row["openLines"] == 1:
            self.bump(order_id)
            return
        self._tapped.setdefault(order_id, {})[line_id] = wanted
        self.refresh()
        command = "kitchen.bump" if wanted else "kitchen.recall"
        body = {"order_id": order_id, "line_ids": [line_id]}
        if wanted and self._station:
            body["station"] = self._station
        asks(
            self._client,
            command,
            body,
            done=lambda _: self._settled(order_id, [line_id]),
            refused=lambda code, text: self._refused(order_id, [line_id], code, text),
        )

    @Slot(str)
    def bump(self, order_id: str) -> None:
        """The whole ticket (or this station's part of it) is made."""
        row = self._model.row(order_id)
        if row is None or row["leaving"]:
            return
        line_ids = [x["lineId"] for x in row["lines"] if not x["bumped"] and not x["removed"]]
        tapped = self._tapped.setdefault(order_id, {})
        tapped.update(dict.fromkeys(line_ids, True))
        self._leave(order_id)
        self.refresh()
        body: dict[str, Any] = {"order_id": order_id}
        if self._station:
            body |= {"line_ids": line_ids, "station": self._station}
        asks(
            self._client,
            "kitchen.bump",
            body,
            done=lambda _: self._settled(order_id, line_ids),
            refused=lambda code, text: self._refused(order_id, line_ids, code, text),
        )

    @Slot(int)
    def bumpAt(self, index: int) -> None:
        """The nth ticket on the screen, for a bump bar's keys."""
        row = self._model.get(index)
        if row:
            self.bump(row["order_id"])

    def _leave(self, order_id: str) -> None:
        if order_id in self._leaving or self._model.row(order_id) is None:
            return
        self._leaving.add(order_id)

        def left() -> None:
            if order_id in self._leaving:
                self._leaving.discard(order_id)
                ticket = self._tickets.get(order_id)
                if ticket is not None and ticket.get("done_ms") is None and not self._station:
                    self._gone.add(order_id)
                self.refresh()

        QTimer.singleShot(LEAVE_MS, self, left)

    @Slot()
    def recallLast(self) -> None:
        if self._recent.rows:
            self.recall(self._recent.rows[0]["order_id"])

    @Slot(str)
    def recall(self, order_id: str) -> None:
        """The ticket comes back to its place."""
        self._leaving.discard(order_id)
        asks(
            self._client,
            "kitchen.recall",
            {"order_id": order_id},
            refused=lambda code, text: self.toast.emit(self._shell.refusal(code, text, "kitchen.not_saved")),
        )

    def _settled(self, order_id: str, line_ids: list[str]) -> None:
        """The server has it; a moment later the feed alone is right again."""
        QTimer.singleShot(SETTLE_MS, self, lambda: self._believe_feed(order_id, line_ids))

    def _believe_feed(self, order_id: str, line_ids: list[str]) -> None:
        self._gone.discard(order_id)
        tapped = self._tapped.get(order_id, {})
        for line_id in line_ids:
            tapped.pop(line_id, None)
        if not tapped:
            self._tapped.pop(order_id, None)
        self.refresh()

    def _refused(self, order_id: str, line_ids: list[str], code: str, text: str) -> None:
        self._leaving.discard(order_id)
        self.toast.emit(self._shell.refusal(code, text, "kitchen.not_saved"))
        self._believe_feed(order_id, line_ids)

    # -- what QML reads -------------------------------------------------------------------------------------------

    def _get_station(self) -> str:
        return self._station

    def _set_station(self, station: str) -> None:
        if station != self._station:
            self._station = station
            self.stationChanged.emit()
            self.refresh()

    tickets = Property(QObject, lambda self: self._model, constant=True)
    recent = Property(QObject, lambda self: self._recent, constant=True)
    allDay = Property(QObject, lambda self: self._all_day, constant=True)
    station = Property(str, _get_station, _set_station, notify=stationChanged)
    stations = Property("QVariantList", lambda self: list(self._stations), notify=stationsChanged)
    lastNumber = Property(
        str, lambda self: self._recent.rows[0]["number"] if self._recent.rows else "", notify=recentChanged
    )
    label = Property(str, lambda self: self._status.get("label", ""), notify=statusChanged)
    storeName = Property(
        str, lambda self: self._status.get("store_name") or self._status.get("store", ""), notify=statusChanged
    )
    troubled = Property(bool, lambda self: self._client.troubled, notify=statusChanged)


def changes(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the dish list or the order's fate changed, as opposed to what is made of it."""

    def dishes(ticket: dict[str, Any]) -> list[Any]:
        return [(x["line_id"], x["quantity"], x.get("details"), x.get("note")) for x in ticket["lines"]]

    return dishes(old) != dishes(new) or bool(new.get("voided")) != bool(old.get("voided"))


def short(line: dict[str, Any]) -> str:
    return f"{line['quantity']}× {line['name']}" if line["quantity"] > 1 else str(line["name"])


def make(client: Client, shell: Shell) -> Kitchen:
    return Kitchen(client, shell)
