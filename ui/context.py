"""QML's `shell`: language, money, idle time, and where a screen writes its times and pictures."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QEvent, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtQml import QJSEngine, QJSValue, QQmlEngine
from PySide6.QtQuick import QQuickWindow

from server.brand import accents
from server.initial import initial
from ui import money
from ui.hyphens import parted, phrased
from ui.pictures import Pictures
from ui.text import ASSETS, FALLBACK, Translations, percent, runs_left, typeface
from ui.trace import Trace
from ui.voice import Voice

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


Guard = Callable[[QObject, QEvent], bool]


class Shell(QObject):
    """QML's `shell`. Roles and view models may use it from Python too."""

    languageChanged = Signal()
    brandChanged = Signal()
    currencyChanged = Signal()
    idleChanged = Signal()
    busyChanged = Signal()
    drawnChanged = Signal()
    byKeysChanged = Signal()

    def __init__(
        self,
        engine: QQmlEngine,
        *,
        role: str = "",
        language: str = "",
        languages: list[str] | None = None,
        windowed: bool = True,
        idle_seconds: int = 60,
        tip_percents: list[int] | None = None,
        dine_in: str = "counter",
        brand_colour: str = "",
        trace: Trace | None = None,
        shots: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.translations = Translations()
        self.trace = trace or Trace(None)
        self.shots = shots
        self.window: QQuickWindow | None = None
        self._guards: list[tuple[frozenset[QEvent.Type], Guard]] = []
        self._guarded: frozenset[QEvent.Type] = INPUT
        self.voice = Voice(self)
        self.clock_ahead_ms = 0  # how far the server's time is ahead of a clock that was never set
        self._by_keys = False
        self.warnings: list[str] = []
        self._engine = engine
        self._role = role
        self._pictures = Pictures(self)
        self.tip_percents = tip_percents or []
        self.dine_in = dine_in
        spoken = self.translations.spoken(role)
        self._languages = [x for x in languages or spoken if x in spoken] or languages or [language]
        self._told_language = bool(language)
        if language not in self._languages:  # nobody would find the way back to it
            language = FALLBACK if not language and FALLBACK in self._languages else self._languages[0]
        self._first_language = self._language = language
        self._followed = False  # there has been a menu
        self._currency = "EUR"
        self._windowed = windowed
        self._own_brand_colour = brand_colour
        self._brand: dict[str, dict[str, str]] = {}
        self.set_brand_colour("")
        self._drawn = False
        self._touched_s = 0.0
        self._idle = False
        self._idle_timer = QTimer(self)
        self._idle_timer.setSingleShot(True)
        self._idle_seconds = idle_seconds
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

    @Slot(str, str, result=str)
    def sayIn(self, language: str, key: str) -> str:
        """In a language of its own, whatever the screen's is."""
        return self.translations.say(language, key)

    @Slot(int, result=str)
    def percentText(self, value: int) -> str:
        return percent(value / 100, self._language)

    @Slot(str, float, QFont, result=str)
    def parted(self, text: str, width: float, font: QFont) -> str:
        """A name of the menu for lines of so many pixels in that type: words that find no room may part."""
        type_ = QFontMetricsF(font)
        return parted(text, lambda word: type_.horizontalAdvance(word) > width)

    @Slot(str, result=str)
    def phrased(self, text: str) -> str:
        """A sentence whose lines end between two phrases."""
        return phrased(text)

    @Slot(str, result=str)
    def initial(self, name: str) -> str:
        return initial(name)

    @Slot(str, result=str)
    def typefaceOf(self, language: str) -> str:
        return typeface(language)

    def text(self, key: str, **values: Any) -> str:
        """`say` for Python."""
        return self.translations.say(self._language, key, values)

    def refusal(self, code: str, text: str, silence: str) -> str:
        """What a refusal says to staff: the server speaks English, and some of it is known in other languages.
        `silence`: the key of what is said when the server said nothing."""
        return self.translations.own(self._language, f"refused.{code}") or text or self.text(silence)

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

    def set_brand_colour(self, colour: str) -> None:
        """The menu's, if it names one, else the setting's, else the product's own accents (an empty `brand`)."""
        try:
            wanted = accents(colour or self._own_brand_colour) if colour or self._own_brand_colour else {}
        except ValueError as e:
            logger.warning("the brand colour is left out: %s", e)
            wanted = {}
        if wanted != self._brand:
            self._brand = wanted
            self.brandChanged.emit()

    brand = Property("QVariantMap", lambda self: self._brand, notify=brandChanged)

    @property
    def first_language(self) -> str:
        """The shop's own."""
        return self._first_language

    def follow(self, languages: Sequence[str]) -> bool:
        """The menu's languages: where the screen was told none it begins in the first of them that it speaks, from the
        first menu on. Whether another language is the first now."""
        first = next((x for x in languages if x in self._languages), "")
        met, self._followed = self._followed, True
        if self._told_language or first in ("", self._first_language):
            return False
        before, self._first_language = self._first_language, first
        if not met and self._language == before:  # later somebody may be reading
            self.set_language(first)
        return True

    @Slot()
    def resetLanguage(self) -> None:
        """Back to the shop's own language, for the next customer."""
        self.set_language(self._first_language)

    def now(self) -> datetime:
        """The shop's time, UTC: as the server goes by it."""
        return datetime.now(UTC) + timedelta(milliseconds=self.clock_ahead_ms)

    def set_currency(self, currency: str) -> None:
        """View models say it as soon as they know the shop's currency; prices on the screen follow."""
        if currency and currency != self._currency:
            self._currency = currency
            self._renew()
            self.languageChanged.emit()
            self.currencyChanged.emit()

    pictures = Property(Pictures, lambda self: self._pictures, constant=True)
    language = Property(str, _get_language, set_language, notify=languageChanged)
    mirrored = Property(bool, lambda self: runs_left(self._language), notify=languageChanged)
    typeface = Property(str, lambda self: typeface(self._language), notify=languageChanged)
    languages = Property("QVariantList", lambda self: list(self._languages), constant=True)
    currency = Property(str, lambda self: self._currency, notify=currencyChanged)
    tr = Property(QJSValue, lambda self: self._tr, notify=languageChanged)
    formatMoney = Property(QJSValue, lambda self: self._format_money, notify=languageChanged)
    formatExtra = Property(QJSValue, lambda self: self._format_extra, notify=languageChanged)

    # -- where and who --------------------------------------------------------------------------------------------

    role = Property(str, lambda self: self._role, constant=True)
    windowed = Property(bool, lambda self: self._windowed, constant=True)
    assets = Property(str, lambda self: QUrl.fromLocalFile(str(ASSETS)).toString(), constant=True)

    def _get_drawn(self) -> bool:
        return self._drawn

    def has_drawn(self) -> None:
        """The first frame is on the glass: now there is time for what it did not need."""
        if not self._drawn:
            self._drawn = True
            self.trace.write("drawn")
            self.drawnChanged.emit()

    drawn = Property(bool, _get_drawn, notify=drawnChanged)

    # -- idle -----------------------------------------------------------------------------------------------------

    def _set_idle(self, idle: bool) -> None:
        if idle != self._idle:
            self._idle = idle
            self.idleChanged.emit()

    @Slot()
    def stillHere(self) -> None:
        """Somebody is; begins the idle time anew. Every touch and key does this by itself."""
        self._touched_s = time.monotonic()
        self._idle_timer.start()
        self._set_idle(False)

    def quiet_s(self) -> float:
        """Seconds since somebody touched the screen."""
        return time.monotonic() - self._touched_s

    def set_patience(self, factor: int) -> None:
        """Waits longer before nobody is there."""
        self._idle_timer.setInterval(self._idle_seconds * 1000 * factor)
        self.stillHere()

    idle = Property(bool, lambda self: self._idle, notify=idleChanged)

    def guard(self, sees: Guard, kinds: frozenset[QEvent.Type]) -> None:
        """`sees(watched, event)` looks at such events before anybody else does; True keeps one back. Only those kinds:
        a thousand others pass with every frame."""
        self._guards.append((kinds, sees))
        self._guarded |= kinds

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in self._guarded:
            return False
        if kind in INPUT:
            self._set_by_keys(kind == QEvent.Type.KeyPress)
            self.stillHere()
        return any(sees(watched, event) for kinds, sees in self._guards if kind in kinds)

    # -- keys and spoken output -----------------------------------------------------------------------------------

    def _set_by_keys(self, by_keys: bool) -> None:
        if by_keys != self._by_keys:
            self._by_keys = by_keys
            self.byKeysChanged.emit()

    @Slot(str)
    @Slot(str, str)
    def announce(self, sentence: str, about: str = "") -> None:
        """For a screen reader: what is not said by the focus moving."""
        self.voice.say(sentence, about)

    byKeys = Property(bool, lambda self: self._by_keys, notify=byKeysChanged)

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
