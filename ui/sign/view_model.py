"""QML's `vm` of the plain screen: nothing but a page."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ui.client import Client
from ui.context import Shell

VIEWS = ("status", "screens", "peers")


class Sign(QObject):
    pass


def make(client: Client, shell: Shell) -> Sign:
    return Sign()
