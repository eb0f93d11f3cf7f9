"""The machine a screen runs on: fonts, renderer, Qt's messages, signals, VNC."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from ui import graphics
from ui.text import ASSETS, TYPEFACE, TYPEFACES

WIDGETS = "PySide6.QtWidgets"


def load_qasync() -> ModuleType:
    """It wants Qt's widgets for one name that `QGuiApplication` answers to as well: eight megabytes less a screen."""
    if WIDGETS in sys.modules:
        return importlib.import_module("qasync")
    stand_in = sys.modules[WIDGETS] = ModuleType(WIDGETS)
    stand_in.QApplication = QGuiApplication  # type: ignore[attr-defined]
    try:
        return importlib.import_module("qasync")
    finally:
        del sys.modules[WIDGETS]


os.environ.setdefault("QT_API", "pyside6")
qasync = load_qasync()


class Loop(qasync.QEventLoop):
    """asyncio on Qt's event loop."""

    def run_until_complete(self, future: Any) -> Any:
        """As qasync's, but without turning Qt's loop once more at the end, when no asyncio loop counts as running and
        whatever a task does then fails."""
        task = asyncio.ensure_future(future, loop=self)
        task.add_done_callback(lambda _: self.stop())
        self.run_forever()
        if not task.done():
            raise RuntimeError("the event loop was stopped before its work was done")
        return task.result()


def register_fonts() -> None:
    """The product's own fonts, so that a screen looks the same everywhere. Without them the system's are used."""
    known = set(QFontDatabase.families())
    if TYPEFACE not in known:
        for path in sorted((ASSETS / "fonts").glob("*.[to]tf")):
            QFontDatabase.addApplicationFont(str(path))
    for family in (TYPEFACE, *TYPEFACES.values()):  # what one lacks another has: a Vietnamese dish on a Chinese screen
        if not QFont.substitutes(family):
            QFont.insertSubstitutions(family, [f for f in (TYPEFACE, *TYPEFACES.values()) if f != family])
    if TYPEFACE in QFontDatabase.families():
        QGuiApplication.setFont(QFont(TYPEFACE))


def choose_renderer() -> None:
    """Call it before the application is made. What is set in the environment already stays as it is."""
    for name, value in graphics.settings(os.environ.get("QT_QPA_PLATFORM", "")).items():
        os.environ.setdefault(name, value)


def quiet_qt() -> None:
    """Qt's own messages go to the log, not over a customer's screen."""
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }
    qt = logging.getLogger("pilotlight.qt")
    qInstallMessageHandler(lambda kind, context, text: qt.log(levels.get(kind, logging.WARNING), "%s", text))


class Stop(QObject):
    """Ctrl-C and SIGTERM, heard by Qt's event loop: the signal wakes a socket that Qt listens to."""

    def __init__(self, stopped: Callable[[], None]) -> None:
        super().__init__()
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._theirs.setblocking(False)
        self._old_fd = signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        self._old = {s: signal.signal(s, lambda *_: stopped()) for s in (signal.SIGINT, signal.SIGTERM)}
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)  # any Python call lets the handler run

    def _drain(self) -> None:
        with contextlib.suppress(OSError):
            self._ours.recv(4096)

    def close(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._ours.close()
        self._theirs.close()


def confine_vnc() -> Callable[[QGuiApplication], None]:
    """With Qt's VNC platform: makes the plug-in take some free port, and returns what moves it to loopback's wanted
    one. Nothing to do on other platforms."""
    platform, *settings = os.environ.get("QT_QPA_PLATFORM", "").split(":")
    if platform != "vnc":
        return lambda app: None
    from ui import vnc

    wanted = next((int(s[5:]) for s in settings if s.startswith("port=") and s[5:].isdigit()), 5900)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        free = s.getsockname()[1]
    kept = [s for s in settings if not s.startswith("port=")]
    os.environ["QT_QPA_PLATFORM"] = ":".join(["vnc", *kept, f"port={free}"])

    def confine(app: QGuiApplication) -> None:
        vnc.confine(free, wanted, app.processEvents)

    return confine
