"""The way through a screen by keys or a navigation pad: which thing comes next, and where one is after a change.

Down and up (or Tab) go from one thing to the next, right and left from one part of the page to the next; where the
language runs from right to left, left is onward. End goes to what finishes the page (pay, add), Home to its beginning.
The order is the one the page is written in; in a list, as it is seen.

QML tells with seven properties: `part`, the name of a part of the page; `partName`, said when keys come there from
another part; `landing`, on a page, sheet or dialog that takes the focus itself, so that a screen reader says its name;
`urgent`, on what is there for a moment only and is offered first when the focus has lost its place; `unasked`, on a
landing that keys which still wait for the page before it were not meant for; `entry`, on the thing of a part that a
leap arrives at, where it is not the first; `goal`, on what finishes a page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtQuick import QQuickItem, QQuickWindow
from shiboken6 import isValid

from ui.context import Shell

Key = Qt.Key
STEP = {Key.Key_Tab: 1, Key.Key_Down: 1, Key.Key_Backtab: -1, Key.Key_Up: -1}
LEAP = {Key.Key_Right: 1, Key.Key_Left: -1}
BOUND = {Key.Key_End: 1, Key.Key_Home: -1}
HARMLESS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
RECOVER_MS = 80
"""After so long without a focus the nearest thing takes it: what is built anew has come by then."""

SOON_MS = 40
MOST_KEYS = 8
"""Keys that wait for a page which comes; who presses more has not listened."""

PATIENT_TRIES = 12
"""So often it is looked whether the page one was on can be touched again, before the page itself takes the focus."""

FRAME = 12
"""Pixels above and below a thing that are seen with it: the frame around it, and a little air."""

MOST_SCROLLS = 60
"""How far a leap looks for another part in a list, in halves of what is seen."""


class Stop(NamedTuple):
    """A thing that keys come to; the page and the part of it that it is in, and the list that it scrolls with."""

    item: QQuickItem
    landing: QQuickItem | None = None
    part: str = ""
    part_name: str = ""
    list: QQuickItem | None = None


class Walk:
    """All stops below an item, in order. `at`: how many come before the item that has the focus."""

    def __init__(self, root: QQuickItem, focused: QQuickItem | None) -> None:
        self.stops: list[Stop] = []
        self.landings: list[QQuickItem] = []
        self.at = 0
        self.coming = False  # a page or sheet is there that takes no touch yet
        self._focused = focused
        self._visit(root, Stop(root))

    def _visit(self, item: QQuickItem, place: Stop) -> None:
        """`place`: where its parent is."""
        if not (item.isVisible() and item.isEnabled()):
            self.coming |= bool(item.property("shown") and item.property("landing") and not item.property("calm"))
            return
        place = place._replace(item=item)
        own = item.property("part")
        if own:
            place = place._replace(part=own, part_name=item.property("partName") or "")
        if item == self._focused:
            self.at = len(self.stops)
        if item.activeFocusOnTab():
            self.stops.append(place)
        elif item.property("landing"):
            place = place._replace(landing=item)
            self.landings.append(item)
            self.coming |= item.property("calm") is False
        children = item.childItems()
        if item.inherits("QQuickListView"):
            place = place._replace(list=item)
        elif place.list is not None and item == place.list.property("contentItem"):
            children.sort(key=lambda child: (child.y(), child.x()))  # in a list they come in the order they were made
        for child in children:
            self._visit(child, place)

    def place(self, item: QQuickItem | None) -> int | None:
        return next((n for n, stop in enumerate(self.stops) if stop.item == item), None)


class Steps(QObject):
    def __init__(self, window: QQuickWindow, shell: Shell) -> None:
        super().__init__(window)  # ends with it
        self._window = window
        self._shell = shell
        # for each page, where one was and what was near, with their names: what is built anew has the same
        self._places: dict[QQuickItem | None, list[tuple[QQuickItem, str]]] = {}
        self._parts: dict[QQuickItem | None, str] = {}  # for each page, the part whose name was said last
        self._tries = 0
        self._watched: QQuickItem | None = None
        self._keys: list[tuple[Callable[[int], None], int]] = []
        self._lost = self._timer(RECOVER_MS, self._recover)
        self._soon = self._timer(SOON_MS, self._take_all)
        window.activeFocusItemChanged.connect(self._moved)
        # Not the application's filter: where a screen reader is asked first, it would see some keys before others.
        window.installEventFilter(self)

    def _timer(self, interval_ms: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(act)
        return timer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress:
            return False
        self._shell.voice.forget("part", "missing")  # what was about the place that is left
        return self._pressed(event)

    def _pressed(self, event: QKeyEvent) -> bool:
        """Whether the key was a step; asked before the page is."""
        key = event.key()
        if event.modifiers() & ~HARMLESS:
            return False
        if key in STEP:
            self._take(self.step, STEP[key])
            return True
        focused = self._window.activeFocusItem()
        if focused is not None and focused.inherits("QQuickTextInput"):
            return False
        if key in LEAP:
            self._take(self.leap, -LEAP[key] if self._shell.mirrored else LEAP[key])
        elif key in BOUND:
            self._take(self.bound, BOUND[key])
        return key in LEAP or key in BOUND

    def _take(self, way: Callable[[int], None], direction: int) -> None:
        """Keys that come before the page can be touched are taken when it can."""
        self._keys.append((way, direction))
        if len(self._keys) > MOST_KEYS:
            self._keys.pop(0)
        self._take_all()

    @Slot()
    def _take_all(self) -> None:
        while self._keys and not self._walk()[0].coming:
            way, direction = self._keys.pop(0)
            way(direction)
        if self._keys:
            self._soon.start()

    def _walk(self) -> tuple[Walk, int | None]:
        """All stops, and which of them has the focus."""
        focused = self._window.activeFocusItem()
        walk = Walk(self._window.contentItem(), focused)
        return walk, walk.place(focused)

    def step(self, direction: int) -> None:
        """To the next thing, or the one before; past the last comes the first."""
        walk, here = self._walk()
        if not walk.stops:
            return
        if here is None:
            if self._lost.isActive():  # it went away under this very key: back to where one was is far enough
                self._recover()
                if self._there(self._window.activeFocusItem()):
                    return
            at = walk.at if direction > 0 else walk.at - 1
            self._go(walk.stops[at % len(walk.stops)], walk)
            return
        current = walk.stops[here]
        target = walk.stops[(here + direction) % len(walk.stops)]
        if current.item.property("urgent"):  # from what is there for a moment back to where one was
            self._go(self._near(walk, [stop for stop in walk.stops if stop != current]) or target, walk)
            return
        if current.list is not None and target.list != current.list and scroll_on(current.list, direction):
            walk, here = self._walk()
            if here is not None:
                target = walk.stops[(here + direction) % len(walk.stops)]
        self._go(target, walk)

    def leap(self, direction: int) -> None:
        """To the first thing of the next part, or of the one before; past the last comes the first."""
        walk, here = self._walk()
        if here is None:
            self.step(direction)
            return
        current = walk.stops[here]
        before = current.list.property("contentY") if current.list is not None else 0
        for _ in range(MOST_SCROLLS):
            found = neighbour(walk.stops, current, direction)
            whole = found is not None and (direction > 0 or not starts(walk.stops, found))
            if (whole and found.list == current.list) or current.list is None:
                break
            if not scroll_on(current.list, direction):
                break
            walk = self._walk()[0]
        if current.list is not None and (found is None or found.list != current.list):
            current.list.setProperty("contentY", before)  # nothing of it is left for: it stays as it was seen
            walk = self._walk()[0]
        if not walk.stops:
            return
        target = found or walk.stops[0 if direction > 0 else -1]
        part = [stop for stop in walk.stops if stop.part == target.part and stop.list == target.list]
        self._go(next((stop for stop in part if stop.item.property("entry")), part[0]), walk)

    def bound(self, direction: int) -> None:
        """To what finishes the page, from wherever one is in it, or to its first thing."""
        walk = self._walk()[0]
        landing = walk.landings[-1] if walk.landings else None
        here = [stop for stop in walk.stops if stop.landing == landing]
        wanted = [stop for stop in here if stop.item.property("goal")] if direction > 0 else here[:1]
        if wanted:
            self._go(wanted[-1], walk)

    def _go(self, stop: Stop, walk: Walk) -> None:
        stop.item.forceActiveFocus(Qt.FocusReason.TabFocusReason)
        reveal(stop.item)
        self._remember(stop, walk)
        self._enter(stop)

    def _remember(self, stop: Stop, walk: Walk) -> None:
        at = walk.place(stop.item) or 0
        near = [stop, *around(walk.stops, stop.item), *walk.stops[at + 1 :], *reversed(walk.stops[:at])]
        self._places[stop.landing] = [(one.item, str(one.item.objectName())) for one in near]

    def _enter(self, stop: Stop) -> None:
        """Says the part's name, where it is another than the last that was said on this page."""
        if stop.part_name and self._parts.get(stop.landing) != stop.part:
            self._parts[stop.landing] = stop.part
            self._shell.voice.say(stop.part_name, "part")

    # -- when the focus is lost -----------------------------------------------------------------------------------

    @Slot()
    def _moved(self) -> None:
        focused = self._window.activeFocusItem()
        if focused is not self._watched:  # what is hidden keeps the focus in Qt's eyes
            if self._watched is not None and isValid(self._watched):
                self._watched.visibleChanged.disconnect(self._moved)
            self._watched = focused
            if focused is not None:
                focused.visibleChanged.connect(self._moved)
        if not self._there(focused):
            self._tries = 0
            if self._shell.byKeys:
                self._lost.start()
            return
        self._lost.stop()
        if focused.property("unasked"):
            self._keys.clear()
        if focused.property("landing"):  # somebody came here anew
            self._places.pop(focused, None)
            self._parts.pop(focused, None)
        elif self._shell.byKeys:
            stop = where(focused)
            self._enter(stop)
            known = self._places.get(stop.landing)
            if not known or known[0][0] != focused:  # a page has led there, as to a category's first dish
                self._remember(stop, self._walk()[0])

    def _near(self, walk: Walk, stops: list[Stop]) -> Stop | None:
        """Of these stops the one where one was on this page, or what stood nearest to it."""
        known = self._places.get(walk.landings[-1] if walk.landings else None, ())
        return next((stop for place in known if (stop := found_again(stops, *place)) is not None), None)

    @staticmethod
    def _there(item: QQuickItem | None) -> bool:
        """Whether it can have the focus; a list has it when the line in focus is gone."""
        stays = item is not None and item.isVisible() and item.isEnabled()
        return stays and bool(item.activeFocusOnTab() or item.property("landing"))

    @Slot()
    def _recover(self) -> None:
        """What had the focus is gone or out of reach: what is there for a moment takes it, or what one was at on this
        page or near to, or the page itself."""
        if self._there(self._window.activeFocusItem()):
            return
        walk = Walk(self._window.contentItem(), None)
        self._tries += 1
        if walk.coming and self._tries <= PATIENT_TRIES:
            self._lost.start()
            return
        landing = walk.landings[-1] if walk.landings else None
        stops = [stop for stop in walk.stops if stop.landing == landing or stop.item.property("urgent")]
        urgent = next((stop for stop in stops if stop.item.property("urgent")), None)
        near = self._near(walk, stops)
        if urgent is not None or near is not None:
            self._go(urgent or near, walk)
        elif landing is not None and (landing not in self._places or self._tries > PATIENT_TRIES):
            landing.forceActiveFocus(Qt.FocusReason.OtherFocusReason)
        elif self._tries <= PATIENT_TRIES:
            self._lost.start()


def around(stops: list[Stop], item: QQuickItem) -> list[Stop]:
    """The stops that an item is part of, the innermost first: a choice, for the buttons that count its portions."""
    found, outer = [], item.parentItem()
    while outer is not None:
        found += [stop for stop in stops if stop.item == outer]
        outer = outer.parentItem()
    return found


def found_again(stops: list[Stop], item: QQuickItem, name: str) -> Stop | None:
    """The stop that was this one: the same thing, or what has its name since it was built anew."""
    same = [stop for stop in stops if str(stop.item.objectName()) == name]
    return next((stop for stop in same if stop.item == item), same[0] if name and same else None)


def where(item: QQuickItem) -> Stop:
    """The page and the part that an item is in."""
    part, name, around = "", "", item
    while around is not None and not around.property("landing"):
        if not part:
            part, name = around.property("part") or "", around.property("partName") or ""
        around = around.parentItem()
    return Stop(item, around, part, name)


def neighbour(stops: list[Stop], current: Stop, direction: int) -> Stop | None:
    """The nearest stop of another part in a direction. Where the own part is scrolled away, all of its list is past."""
    inside = [n for n, stop in enumerate(stops) if stop.part == current.part and stop.list == current.list]
    if inside:
        at = inside[-1] + 1 if direction > 0 else inside[0] - 1
        return stops[at] if 0 <= at < len(stops) else None
    same = [stop for stop in stops if stop.list == current.list]
    return (same[0] if direction > 0 else same[-1]) if same else None


def starts(stops: list[Stop], found: Stop) -> bool:
    """Whether its part may begin further up than the list shows."""
    return found.list is not None and next(stop for stop in stops if stop.list == found.list).part == found.part


def scroll_on(view: QQuickItem, direction: int) -> bool:
    """Scrolls a list by half of what it shows; `False` at its end."""
    at, top, height = view.property("contentY"), view.property("originY"), view.height()
    end = max(top, top + view.property("contentHeight") - height)
    to = min(end, at + height / 2) if direction > 0 else max(top, at - height / 2)
    if abs(to - at) < 1:
        return False
    view.setProperty("contentY", to)
    return True


def reveal(item: QQuickItem) -> None:
    """Scrolls whatever it lies in, so that all of it and its frame, or at least its beginning, is seen."""
    view = item.parentItem()
    while view is not None:
        if view.inherits("QQuickFlickable"):
            content = view.property("contentItem")
            top = item.mapToItem(content, QPointF(0, 0)).y()
            at, height = view.property("contentY"), view.height()
            to = min(top - FRAME, max(at, top + item.height() - height + FRAME))
            first = view.property("originY") - view.property("topMargin")
            last = view.property("originY") + view.property("contentHeight") + view.property("bottomMargin") - height
            to = max(min(first, at), min(to, max(last, at)))
            if abs(to - at) >= 1:
                glides = view.property("glides")
                view.setProperty("glides", False)
                view.setProperty("contentY", to)
                view.setProperty("glides", glides)
        view = view.parentItem()
