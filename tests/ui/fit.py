"""Measures what a window writes: which texts are cut off, leave their place or lie on each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem

from ui.hyphens import SOFT

ROUNDING = 2.0
"""Pixels of a line's height that fall to rounding."""
TOUCHING = 0.12
"""The part of a line that may lie under another's box: letters have room above and below them."""


@dataclass(frozen=True)
class Written:
    """A text as it is drawn: `ink` is where its letters are, `box` what its item has, both in the window's pixels."""

    text: str
    ink: QRectF
    box: QRectF
    truncated: bool
    scrolls: bool


def is_text(item: QQuickItem) -> bool:
    return item.metaObject().indexOfProperty("truncated") >= 0


def written(item: QQuickItem, scrolls: bool = False, clip: QRectF | None = None) -> Iterator[Written]:
    """Every visible text under an item, without what is scrolled or folded away."""
    if not item.isVisible() or item.opacity() < 0.5:
        return
    flicks = item.metaObject().indexOfProperty("contentY") >= 0
    if flicks or item.clip():
        area = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
        clip = area if clip is None else clip.intersected(area)
    if is_text(item) and item.property("text"):
        one = measured(item, scrolls)
        if clip is None or clip.adjusted(-1, -1, 1, 1).contains(one.box):
            yield one
    for child in item.childItems():
        yield from written(child, scrolls or flicks, clip)


def alignment(item: QQuickItem) -> int:
    """1000 × across + down, as Qt numbers them. Python can't read the properties themselves."""
    asked = QQmlExpression(qmlContext(item), item, "effectiveHorizontalAlignment * 1000 + verticalAlignment")
    answer = asked.evaluate()
    return int(answer[0] if isinstance(answer, tuple) else answer)


def measured(item: QQuickItem, scrolls: bool) -> Written:
    wide, high = item.property("contentWidth"), item.property("contentHeight")
    align, vertical = divmod(alignment(item), 1000)
    left = {1: 0.0, 2: item.width() - wide, 4: (item.width() - wide) / 2}.get(align, 0.0)
    top = {32: 0.0, 64: item.height() - high, 128: (item.height() - high) / 2}.get(vertical, 0.0)
    top += item.property("topPadding") or 0.0
    corner = item.mapToScene(QPointF(left, top))
    box = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
    return Written(
        item.property("text").replace(SOFT, ""),
        QRectF(corner.x(), corner.y(), wide, high),
        box,
        bool(item.property("truncated")),
        scrolls,
    )


def faults(root: QQuickItem, window: QRectF, elided: set[str]) -> list[str]:
    """What is wrong with the texts under `root`, one sentence each. `elided`: texts that may end in an ellipsis."""
    texts = [w for w in written(root) if w.ink.intersects(window)]
    found = []
    for w in texts:
        if w.truncated and w.text not in elided:
            found.append(f"cut off: {w.text!r}")
        if w.ink.width() > w.box.width() + ROUNDING or w.ink.height() > w.box.height() * 1.3 + ROUNDING:
            found.append(f"larger than its place: {w.text!r} {size(w.ink)} in {size(w.box)}")
        if not w.scrolls and not window.adjusted(-1, -1, 1, 1).contains(w.ink):
            found.append(f"leaves the window: {w.text!r} {w.ink.getRect()}")
    for n, one in enumerate(texts):
        for other in texts[n + 1 :]:
            both = one.ink.intersected(other.ink)
            least = min(one.ink.height(), other.ink.height())
            if both.width() > ROUNDING and both.height() > max(ROUNDING, least * TOUCHING):
                found.append(f"lie on each other: {one.text!r} and {other.text!r}")
    return found


def size(rect: QRectF) -> str:
    return f"{rect.width():.0f} × {rect.height():.0f}"
