"""Nothing that a customer can press, close, drag or ask for leads out of a kiosk; what they need still works."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QGuiApplication, QWindow
from PySide6.QtTest import QTest

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.visit import enter, set_up, settle

UI = Path(__file__).resolve().parents[2] / "ui"
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
META, SHIFT = Qt.KeyboardModifier.MetaModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
LETTERS = [Qt.Key(ord(letter)) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
WAYS_OUT = [
    (Qt.Key.Key_F4, ALT),
    (Qt.Key.Key_F4, CTRL),
    (Qt.Key.Key_Tab, ALT),
    (Qt.Key.Key_Escape, CTRL),
    (Qt.Key.Key_Escape, ALT),
    (Qt.Key.Key_Escape, NONE),
    (Qt.Key.Key_Space, ALT),
    (Qt.Key.Key_Delete, CTRL | ALT),
    (Qt.Key.Key_Backspace, CTRL | ALT),
    (Qt.Key.Key_Meta, NONE),
    (Qt.Key.Key_Super_L, NONE),
    (Qt.Key.Key_Menu, NONE),
    (Qt.Key.Key_Print, NONE),
    (Qt.Key.Key_Print, SHIFT),
    (Qt.Key.Key_Help, NONE),
    (Qt.Key.Key_PowerOff, NONE),
    (Qt.Key.Key_Sleep, NONE),
    (Qt.Key.Key_HomePage, NONE),
    (Qt.Key.Key_LaunchMail, NONE),
    *((Qt.Key(Qt.Key.Key_F1.value + n), NONE) for n in range(24)),
    *((letter, modifier) for letter in LETTERS for modifier in (CTRL, ALT, META, CTRL | SHIFT, CTRL | ALT)),
]


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Hand:
    set_up(desk)
    hand = show("kiosk", (800, 800), windowed=False)
    hand.do(hand.screen.stay.hold)
    hand.screen.view.requestActivate()
    hand.until(lambda: hand.vm.ready)
    return hand


def is_there(hand: Hand) -> bool:
    view = hand.screen.view
    return bool(view.isVisible() and view.visibility() == QWindow.Visibility.FullScreen)


def test_no_key_leaves_it_and_none_of_them_reaches_a_page(kiosk: Hand) -> None:
    enter(kiosk)
    kiosk.vm.tapDish("burger")
    kiosk.until(lambda: kiosk.vm.sheet.isOpen)
    settle(kiosk)
    before = kiosk.vm.sheet.price if hasattr(kiosk.vm.sheet, "price") else None
    for key, modifiers in WAYS_OUT:
        if key == Qt.Key.Key_Escape and modifiers == NONE:
            continue  # closes the dish, and nothing else: below
        kiosk.do(lambda key=key, modifiers=modifiers: QTest.keyClick(kiosk.screen.view, key, modifiers))
        assert is_there(kiosk), (key, modifiers)
    assert (kiosk.vm.page, kiosk.vm.sheet.isOpen) == ("menu", True)
    assert before is None or kiosk.vm.sheet.price == before
    for _ in range(4):
        kiosk.do(lambda: QTest.keyClick(kiosk.screen.view, Qt.Key.Key_Escape))
    assert kiosk.vm.page == "menu"
    assert not kiosk.vm.sheet.isOpen
    assert is_there(kiosk)


def test_it_is_not_closed_hidden_shrunk_or_dropped_upon(kiosk: Hand) -> None:
    view = kiosk.screen.view
    closing = QCloseEvent()
    kiosk.do(lambda: QCoreApplication.sendEvent(view, closing))
    assert not closing.isAccepted()
    kiosk.do(view.close)
    kiosk.until(lambda: is_there(kiosk), "a closed window is there")
    kiosk.do(lambda: QCoreApplication.sendEvent(QGuiApplication.instance(), QEvent(QEvent.Type.Quit)))
    for shrink in (view.hide, view.showMinimized, view.showNormal, view.showMaximized):
        kiosk.do(shrink)
        kiosk.until(lambda: is_there(kiosk), f"back after {shrink.__name__}")
    data = QMimeData()
    data.setText("file:///etc/passwd")
    buttons, copy = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    dragged = QDragEnterEvent(QPoint(9, 9), copy, data, buttons, NONE)
    kiosk.do(lambda: QCoreApplication.sendEvent(view, dragged))
    assert not dragged.isAccepted()
    assert kiosk.vm.page == "attract"


def test_a_developers_window_is_closed_as_any_other(desk: Desk, show: Callable[..., Hand]) -> None:
    set_up(desk)
    hand = show("kiosk", (800, 800))
    closing = QCloseEvent()
    hand.do(lambda: QCoreApplication.sendEvent(hand.screen.view, closing))
    assert closing.isAccepted()


def test_no_page_opens_anything_outside() -> None:
    """A file dialog, a browser, a link: each has a way into the system."""
    ways = re.compile(
        r"openUrl|FileDialog|FolderDialog|ColorDialog|FontDialog|WebView|WebEngine|onLinkActivated|Qt\.quit|Qt\.exit"
    )
    found = [
        f"{file.relative_to(UI)}: {match[0]}"
        for file in (*UI.rglob("*.qml"), *UI.rglob("*.py"))
        for match in ways.finditer(file.read_text("utf-8"))
    ]
    assert found == []
