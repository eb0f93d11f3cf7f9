"""QML's `shell`: language, money, idle time, and where a screen writes its times and pictures."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QEvent, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtQml import QJSEngine, QJSValue, QQmlEngine
from PySide6.QtQuick import QQuickWindow

from ui import money
from ui.text import ASSETS, Translations
from ui.trace import Trace

logger = logging.getLogger("pilotlight.ui")

INPUT = frozenset(
    {
        QEvent.Type.TouchBegin,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.KeyPress,
        QEvent.Type.Wheel,
        QEvent.Type.TabletPress,
    }
)


class Shell(QObject):
    """QML's `shell`. Roles and view models may use it from Python too."""

    languageChanged = Signal()
    currencyChanged = Signal()
    idleChanged = Signal()
    busyChanged = Signal()

    def __init__(
        self,
        engine: QQmlEngine,
        *,
        role: str = "",
        language: str = "en",
        languages: list[str] | None = None,
        windowed: bool = True,
        idle_seconds: int = 60,
        trace: Trace | None = None,
        shots: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.translations = Translations()
        self.trace = trace or Trace(None)
        self.shots = shots
        self.window: QQuickWindow | None = None
        self.warnings: list[str] = []
        self._engine = engine
        self._role = role
        self._first_language = self._language = language
        self._languages = languages or self.translations.spoken(role) or [language]
        self._currency = "EUR"
        self._windowed = windowed
        self._idle = False
        self._idle_timer = QTimer(self)
        self._idle_timer.setSingleShot(True)
        self._idle_timer.setInterval(idle_seconds * 1000)
        self._idle_timer.timeout.connect(lambda: self._set_idle(True))
        self._idle_timer.start()
        QJSEngine.setObjectOwnership(self, QJSEngine.ObjectOwnership.CppOwnership)
        self._made = engine.newQObject(self)
        self._renew()

    # -- language -------------------------------------------------------------------------------------------------

    def _renew(self) -> None:
        """QML follows a function only if it is a property that says when it became another."""
        make = self._engine.evaluate(
            "(function(o) { return function(key, values) { return o.say(key, values || {}) } })"
        )
        self._tr = make.call([self._made])
        make = self._engine.evaluate(
            "(function(o, name) { return function(minor, currency) {"
            " return minor === null || minor === undefined ? '' : o[name](String(minor), currency || '') } })"
        )
        self._format_money = make.call([self._made, QJSValue("money")])
        self._format_extra = make.call([self._made, QJSValue("extraMoney")])

    @Slot(str, "QVariantMap", result=str)
    def say(self, key: str, values: dict[str, Any]) -> str:
        return self.translations.say(self._language, key, values)

    def text(self, key: str, **values: Any) -> str:
        """`say` for Python."""
        return self.translations.say(self._language, key, values)

    @Slot(str, str, result=str)
    def money(self, minor: str, currency: str) -> str:
        return money.format(int(float(minor)), currency or self._currency, self._language)

    @Slot(str, str, result=str)
    def extraMoney(self, minor: str, currency: str) -> str:
        return money.extra(int(float(minor)), currency or self._currency, self._language)

    def _get_language(self) -> str:
        return self._language

    def set_language(self, language: str) -> None:
        if language != self._language:
            self._language = language
            self._renew()
            self.languageChanged.emit()

    @Slot()
    def resetLanguage(self) -> None:
        """Back to the shop's own language, for the next customer."""
        self.set_language(self._first_language)

    def set_currency(self, currency: str) -> None:
        """View models say it as soon as they know the shop's currency; prices on the screen follow."""
        if currency and currency != self._currency:
            self._currency = currency
            self._renew()
            self.languageChanged.emit()
            self.currencyChanged.emit()

    language = Property(str, _get_language, set_language, notify=languageChanged)
    languages = Property("QVariantList", lambda self: list(self._languages), constant=True)
    currency = Property(str, lambda self: self._currency, notify=currencyChanged)
    tr = Property(QJSValue, lambda self: self._tr, notify=languageChanged)
    formatMoney = Property(QJSValue, lambda self: self._format_money, notify=languageChanged)
    formatExtra = Property(QJSValue, lambda self: self._format_extra, notify=languageChanged)

    # -- where and who --------------------------------------------------------------------------------------------

    role = Property(str, lambda self: self._role, constant=True)
    windowed = Property(bool, lambda self: self._windowed, constant=True)
    assets = Property(str, lambda self: QUrl.fromLocalFile(str(ASSETS)).toString(), constant=True)

    # -- idle -----------------------------------------------------------------------------------------------------

    def _set_idle(self, idle: bool) -> None:
        if idle != self._idle:
            self._idle = idle
            self.idleChanged.emit()

    @Slot()
    def stillHere(self) -> None:
        """Somebody is; begins the idle time anew. Every touch and key does this by itself."""
        self._idle_timer.start()
        self._set_idle(False)

    idle = Property(bool, lambda self: self._idle, notify=idleChanged)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in INPUT:
            self.stillHere()
        return False

    # -- trace and pictures ---------------------------------------------------------------------------------------

    @Slot(str, str)
    def traceTap(self, what: str, order_id: str) -> None:
        """A tap that matters, at the moment QML handles it; `order_id` may be empty."""
        self.trace.write(what, order_id=order_id)

    def shoot(self, name: str) -> Path | None:
        """A picture of the window as `<shots>/<role>-<name>.png`; nothing when no pictures are wanted."""
        if self.shots is None or self.window is None:
            return None
        self.shots.mkdir(parents=True, exist_ok=True)
        path = self.shots / f"{self._role}-{name}.png"
        self.window.grabWindow().save(str(path))
        return path

    # -- errors ---------------------------------------------------------------------------------------------------

    def heard_warning(self, text: str) -> None:
        self.warnings.append(text)
        logger.warning("%s", text)
