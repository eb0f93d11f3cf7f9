"""The binding between Python and Qt does not wear out in a day's use."""

import sys

from PySide6.QtCore import QObject


def test_calls_into_qt_leave_none_alone() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(2000):
        thing.setObjectName("a")
    assert abs(sys.getrefcount(None) - before) < 200
