"""A screen that customers can't leave: no key, gesture or dialog of theirs ends, hides, shrinks or leaves it.

What the system itself does with keys before a window sees them is the session's to stop (docs/kiosk.md says how).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow

BACK_MS = 150
"""How soon a window that was hidden, shrunk or covered is back. Not at once: a window manager that insists would keep
both busy."""

ALLOWED = frozenset(
    {
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Space,
        Qt.Key.Key_Select,
        Qt.Key.Key_Escape,
        Qt.Key.Key_Back,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Shift,
    }
)
"""Keys without a letter that a customer needs: of a navigation pad and a keyboard."""

COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})
NEVER = frozenset(
    {
        QEvent.Type.Close,
        QEvent.Type.Quit,
        QEvent.Type.ContextMenu,
        QEvent.Type.DragEnter,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
        QEvent.Type.NativeGesture,
        QEvent.Type.Shortcut,
        QEvent.Type.FileOpen,
    }
)
"""What a system asks of a window or an application, with a customer behind it."""

GRABBING = ("xcb", "windows", "cocoa")
"""Where a window manager's own keys (Alt+Tab, Super) can be had instead of it."""

LEAVING = frozenset({QEvent.Type.Hide, QEvent.Type.WindowStateChange, QEvent.Type.WindowDeactivate})

SEEN = KEYS | NEVER | LEAVING


def wanted(event: QKeyEvent) -> bool:
    """Whether a key is one for customers: letters, and what moves about and chooses. Nothing that commands."""
    if event.modifiers() & COMMANDING:
        return False
    if event.key() in ALLOWED:
        return True
    text = event.text()
    return bool(text) and text.isprintable()


class Stay(QObject):
    """From `hold` to `let_go`: looks at each event first (`sees`), and keeps what leads out from the window."""

    def __init__(self, window: QWindow) -> None:
        super().__init__()
        self._window = window
        self._held = False
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(BACK_MS)
        self._back.timeout.connect(self._come_back)

    @property
    def held(self) -> bool:
        return self._held

    def hold(self) -> None:
        self._held = True
        above = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        self._window.setFlags(self._window.flags() | above)
        self._window.showFullScreen()
        if QGuiApplication.platformName() in GRABBING:
            self._window.setKeyboardGrabEnabled(True)

    def let_go(self) -> None:
        """The program itself ends the window now."""
        self._held = False
        self._back.stop()
        if QGuiApplication.platformName() in GRABBING:
            self._window.setKeyboardGrabEnabled(False)

    def sees(self, watched: QObject, event: QEvent) -> bool:
        """True when the event goes no further."""
        if not self._held:
            return False
        kind = event.type()
        if kind in KEYS and isinstance(event, QKeyEvent):
            return not wanted(event)
        if kind in NEVER:
            event.ignore()
            return True
        if kind in LEAVING and watched is self._window:
            self._back.start()
        return False

    @Slot()
    def _come_back(self) -> None:
        if not self._held:
            return
        if self._window.visibility() != QWindow.Visibility.FullScreen:
            self._window.showFullScreen()
        if not self._window.isActive() and QGuiApplication.focusWindow() is not self._window:
            self._window.raise_()
            self._window.requestActivate()
