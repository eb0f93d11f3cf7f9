"""QML's `staff.page`: what staff find behind the door of a screen, and the out-of-order sign that customers see."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from ui.client import Client, CommandRefused, ServerGone, asks
from ui.context import Shell
from ui.notes import Notes
from ui.sound import Bell
from ui.staff.choices import DIMMEST, ROLES, load, save
from ui.staff.device import Mixer, address_of
from ui.staff.others import missing, names, present
from ui.watched import AGAIN

VIEWS = ("status", "screens", "peers")
STEADY_S = 60.0
"""A screen that failed again and again and draws for so long is well: the sign it put up itself comes down."""

CUSTOMERS = ("kiosk", "board", "sign")
"""Screens that customers look at: they have the sign."""

STEP = 10
"""Percent of brightness and volume for each touch."""

SENT_FOR_S = 600.0
"""For so long a sign is told to a server that does not answer; on this screen it is up at once."""


class Page(QObject):
    """`typed_role`: the role that the command names, where this process is started again when it ends; else `""`."""

    changed = Signal()
    signChanged = Signal()
    lightChanged = Signal()

    def __init__(self, client: Client, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._shell = client, shell
        self.end: Callable[[int], None] = lambda status: None
        self.typed_role = ""
        self._choices = load(client.data)
        self._mixer, self._bell = Mixer(), Bell()
        self._notes = Notes(client, shell, self)
        self._asked_role = ""
        self._status: dict[str, Any] = {}
        self._screens: list[dict[str, Any]] = []
        self._peers: list[dict[str, Any]] = []
        self._version = ""
        self._printing, self._printed = False, ""
        self._not_sent = False
        self._since = time.monotonic()
        client.viewAll.connect(self._take)
        client.connectedChanged.connect(self.changed)
        shell.languageChanged.connect(self.changed)

    def begin(self) -> None:
        """The screen shows; as loud as staff made it."""
        volume = self._choices.volume
        if volume is not None:
            self._client.spawn(asyncio.to_thread(self._mixer.set, volume))

    def look(self) -> None:
        """Staff have come in."""
        self._asked_role = self._printed = ""
        self._client.spawn(self._ask_version())
        self.changed.emit()

    # -- what the server tells ------------------------------------------------------------------------------------

    @Slot(str, object)
    def _take(self, view: str, value: Any) -> None:
        if view == "status":
            self._status = dict(value or {})
            self._shell.clock_ahead_ms = int(self._status.get("clock_ahead_ms") or 0)
        elif view == "screens":
            self._screens = list(value or [])
            self._take_sign()
        elif view == "peers":
            self._peers = list(value or [])
        else:
            return
        self.changed.emit()

    @property
    def _own(self) -> dict[str, Any]:
        device_id = self._status.get("device_id")
        return next((s for s in self._screens if device_id and s["device_id"] == device_id), {})

    def _take_sign(self) -> None:
        if not self._own or self._not_sent:
            return
        closed = bool(self._own["closed"])
        if closed and self._own["why"] == "failing" and self._shell.role != "sign":
            rest_s = STEADY_S - (time.monotonic() - self._since)
            QTimer.singleShot(max(0, int(rest_s * 1000)), self, self._well_again)
        if closed != self._choices.closed:
            self._keep(closed=closed)
            self.signChanged.emit()

    def _well_again(self) -> None:
        if self._own.get("closed") and self._own.get("why") == "failing":
            self.setSign(False)

    async def _ask_version(self) -> None:
        with contextlib.suppress(Exception):  # the page stands without it
            self._version = str((await self._client.ask("/v1/device")).get("version") or "")
            self.changed.emit()

    # -- what staff do --------------------------------------------------------------------------------------------

    def _keep(self, **what: Any) -> None:
        for name, value in what.items():
            setattr(self._choices, name, value)
        save(self._client.data, self._choices)

    @Slot(bool)
    def setSign(self, up: bool) -> None:
        """On this screen at once; the server is told until it takes it."""
        self._not_sent = True
        self._keep(closed=up)
        self.signChanged.emit()
        self.changed.emit()
        name = "screens.close" if up else "screens.open"

        def sent(_: Any = None, __: str = "") -> None:
            self._not_sent = False
            self.changed.emit()

        asks(self._client, name, {}, done=sent, refused=sent, timeout_s=SENT_FOR_S)

    @Slot()
    def printTest(self) -> None:
        if not self._printing:
            self._printing, self._printed = True, ""
            self.changed.emit()
            self._client.spawn(self._print())

    async def _print(self) -> None:
        try:
            self._printed = str((await self._client.ask("/v1/printer/test", {})).get("text") or "")
        except CommandRefused as e:
            self._printed = e.text
        except ServerGone:
            self._printed = self._shell.text("stays.no_server")
        finally:
            self._printing = False
            self.changed.emit()

    @Slot()
    def restart(self) -> None:
        self.end(AGAIN)

    @Slot(int)
    def brighten(self, by: int) -> None:
        self._keep(brightness=min(100, max(DIMMEST, self._choices.brightness + by * STEP)))
        self.lightChanged.emit()
        self.changed.emit()

    @Slot(int)
    def louder(self, by: int) -> None:
        volume = min(100, max(0, self._volume() + by * STEP))
        self._keep(volume=volume)
        self.changed.emit()

        async def hear() -> None:
            await asyncio.to_thread(self._mixer.set, volume)
            self._bell.ring()

        self._client.spawn(hear())

    def _volume(self) -> int:
        return 100 if self._choices.volume is None else self._choices.volume

    @Slot(str)
    def askRole(self, role: str) -> None:
        """Another role is asked about first; `""` takes the question back."""
        self._asked_role = role if role in ROLES and role != self.own_role else ""
        self.changed.emit()

    @Slot()
    def changeRole(self) -> None:
        if self._asked_role:
            self._keep(role=self._asked_role, instead_of=self.typed_role or self.own_role)
            self.end(AGAIN)

    @property
    def own_role(self) -> str:
        return self._shell.role if self._shell.role in ROLES else self._choices.role or self.typed_role

    # -- what QML reads -------------------------------------------------------------------------------------------

    def _troubles(self) -> list[str]:
        say = self._shell.text
        found = [] if self._client.connected else [say("stays.no_server")]
        noted = {note["text"] for note in self._status.get("notes") or ()}  # they are shown by themselves
        told = (*self._status.get("reasons", ()), *self._status.get("warnings", ()))
        found += [str(text) for text in told if text not in noted]
        if (self._status.get("office") or {}).get("state") == "offline":
            found.append(say("stays.office_offline"))
        gone = missing(self._peers, str(self._status.get("store") or ""), self._shell.now())
        if gone:
            found.append(say("stays.missing", names=names(gone, say)))
        if self._own.get("why") == "failing" or self._shell.role == "sign":
            found.append(say("stays.sign_failing"))
        if self._not_sent:
            found.append(say("stays.not_sent"))
        return found

    def _facts(self) -> list[dict[str, str]]:
        say = self._shell.text
        rows = [
            ("label", str(self._status.get("label") or "")),
            ("store", str(self._status.get("store_name") or self._status.get("store") or "")),
            ("address", address_of(self._client.endpoint())),
            ("version", self._version),
            ("peers", names(present(self._peers), say) or say("stays.no_peers")),
            ("failures", str(self._own.get("failures", 0))),
        ]
        return [{"key": key, "name": say(f"stays.{key}"), "value": value} for key, value in rows if value]

    def _roles(self) -> list[dict[str, Any]]:
        return [{"key": role, "text": self._shell.text(f"stays.role_{role}")} for role in ROLES]

    def _role_question(self) -> str:
        role = self._asked_role
        return self._shell.text("stays.role_sure", role=self._shell.text(f"stays.role_{role}")) if role else ""

    closed = Property(bool, lambda self: self._choices.closed, notify=signChanged)
    notes = Property(QObject, lambda self: self._notes, constant=True)
    troubles = Property("QVariantList", _troubles, notify=changed)
    facts = Property("QVariantList", _facts, notify=changed)
    brightness = Property(int, lambda self: self._choices.brightness, notify=changed)
    dimmest = Property(int, lambda self: DIMMEST, constant=True)
    volume = Property(int, _volume, notify=changed)
    audible = Property(bool, lambda self: self._mixer.there, constant=True)
    forCustomers = Property(bool, lambda self: self._shell.role in CUSTOMERS, constant=True)
    printer = Property(bool, lambda self: bool(self._status.get("printer")), notify=changed)
    printing = Property(bool, lambda self: self._printing, notify=changed)
    printed = Property(str, lambda self: self._printed, notify=changed)
    restartable = Property(bool, lambda self: bool(self.typed_role), notify=changed)
    roles = Property("QVariantList", _roles, notify=changed)
    role = Property(str, lambda self: self.own_role, notify=changed)
    roleQuestion = Property(str, _role_question, notify=changed)
