"""What every screen stands on: application, event loop, window, language, idle time, errors kept off the glass.

A screen's room `ui/<role>/` has `Main.qml` (an Item that fills its window) and `view_model.py` with

    VIEWS: tuple[str, ...]                                  the views of `/v1/watch` it needs
    def make(client: Client, shell: Shell) -> QObject       the object QML knows as `vm`

QML knows two names: `vm` and `shell`. `shell.tr("key", {n: 3})` and `shell.formatMoney(minor)` follow the language.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QScreen
from PySide6.QtQml import QJSEngine, QQmlError
from PySide6.QtQuick import QQuickItem, QQuickView, QQuickWindow

from ui import stay as staying
from ui.beat import Beat, take_pipe
from ui.client import VIEWS, Client
from ui.context import Shell
from ui.controls.icons import IconProvider
from ui.full import Full
from ui.host import Loop, Stop, choose_renderer, confine_vnc, quiet_qt, register_fonts
from ui.staff import door
from ui.staff import rest as resting
from ui.staff.door import Door
from ui.staff.night import Night
from ui.staff.page import VIEWS as STAFF_VIEWS
from ui.staff.rest import Rest
from ui.stay import Stay
from ui.tidy import Tidy
from ui.trace import Trace

logger = logging.getLogger("pilotlight.ui")

ROOMS = Path(__file__).resolve().parent
SWITCH_S = 0.0005
"""How long Python's threads keep the interpreter: a command's answer must not wait 5 ms for a list to be sorted."""

FIRST_FRAME_S = 1.0

STAYING = ("kiosk", "sign")
"""Screens before which customers stand, who must not get behind them."""

Driver = Callable[["Screen"], Coroutine[Any, Any, None]]


class Screen:
    """A window with its shell, client and view model, for `run_screen`, drivers and tests."""

    def __init__(
        self, role: str, data: Path, size: tuple[int, int] | None = None, night: Night | None = None, **options: Any
    ) -> None:
        """`options` are those of `Shell`. Needs a QGuiApplication; `client.start()` is the caller's. A screen that is
        told its size beforehand lays itself out once."""
        register_fonts()
        room = importlib.import_module(f"ui.{role}.view_model")
        self.view = QQuickView()
        engine = self.view.engine()
        self.shell = Shell(engine, role=role, **options)
        engine.addImportPath(str(ROOMS))
        engine.addImageProvider("icon", IconProvider())
        engine.setOutputWarningsToStandardError(False)
        engine.warnings.connect(self._warned)
        self.shell.window = self.view
        self.shell.voice.watch(self.view)
        self.shell.trace.watch(self.view)
        self.view.frameSwapped.connect(self._drew_first, Qt.ConnectionType.QueuedConnection)
        self.client = Client(data, tuple(dict.fromkeys((*getattr(room, "VIEWS", VIEWS), *STAFF_VIEWS))))
        self.client.viewAll.connect(self.shell.pictures.take)  # before any view model shows a menu
        self.vm: QObject = room.make(self.client, self.shell)
        QJSEngine.setObjectOwnership(self.vm, QJSEngine.ObjectOwnership.CppOwnership)
        self.view.rootContext().setContextProperty("shell", self.shell)
        self.view.rootContext().setContextProperty("vm", self.vm)
        self.staff = Door(self.client, self.shell, self.view)
        page = self.staff.page
        self.rest = Rest(self.shell, self.view, lambda: int(page.brightness), night)
        page.lightChanged.connect(self.rest.brightened)
        self.view.rootContext().setContextProperty("staff", self.staff)
        self.view.rootContext().setContextProperty("rest", self.rest)
        self.view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.view.setTitle(f"Pilotlight {role}")
        self.view.setColor(QColor(Qt.GlobalColor.black))
        if size is not None:
            self.view.resize(*size)
            self.view.setInitialProperties({"width": size[0], "height": size[1]})
        self.view.setSource(QUrl.fromLocalFile(str(ROOMS / role / "Main.qml")))
        self.stay = Stay(self.view)
        self.shell.guard(self.rest.sees, resting.SEEN)
        self.shell.guard(self.stay.sees, staying.SEEN)
        self.shell.guard(self.staff.sees, door.SEEN)
        QGuiApplication.instance().installEventFilter(self.shell)

    def _drew_first(self) -> None:
        if not self.shell.drawn:  # a second frame may have come before this was told of the first
            self.view.frameSwapped.disconnect(self._drew_first)
            self.shell.has_drawn()

    def _warned(self, errors: list[QQmlError]) -> None:
        for error in errors:
            self.shell.heard_warning(error.toString())

    @property
    def window(self) -> QQuickWindow:
        return self.view

    def find(self, object_name: str) -> QObject | None:
        """The item with this objectName, delegates included."""
        return find_item(self.view.rootObject(), object_name)

    def dismantle(self) -> None:
        """QML goes before the objects its bindings read, so that nothing is read from what is gone."""
        self.stay.let_go()
        QGuiApplication.instance().removeEventFilter(self.shell)
        self.view.close()
        self.view.setSource(QUrl())
        self.view.deleteLater()


def find_item(item: QQuickItem | None, object_name: str) -> QQuickItem | None:
    """Looks through the visual tree, which is where delegates are; of two with one name, what is seen is meant."""
    return find_seen(item, object_name) or _search(item, object_name, lambda _: True)


def find_seen(item: QQuickItem | None, object_name: str) -> QQuickItem | None:
    """As `find_item`, among what is visible: of a screen's thousands of items, most are on pages that are not."""
    return _search(item, object_name, QQuickItem.isVisible)


def _search(item: QQuickItem | None, object_name: str, wanted: Callable[[QQuickItem], bool]) -> QQuickItem | None:
    waiting = [] if item is None else [item]
    while waiting:
        at = waiting.pop()
        if wanted(at):
            if at.objectName() == object_name:
                return at
            waiting += reversed(at.childItems())
    return None


def find_driver(role: str, drive: str | Driver | None) -> Driver | None:
    """A script such as `orders:20` is played by the room's own `driver.drive(screen, script)`."""
    if drive is None or callable(drive):
        return drive
    play = importlib.import_module(f"ui.{role}.driver").drive
    return lambda screen: play(screen, drive)


def run_screen(
    role: str,
    *,
    data: Path,
    windowed: bool = False,
    size: tuple[int, int] | None = None,
    position: tuple[int, int] | None = None,
    language: str = "",
    languages: list[str] | None = None,
    idle_seconds: int = 60,
    tip_percents: list[int] | None = None,
    dine_in: str = "counter",
    night: Night | None = None,
    typed_role: str = "",
    brand_colour: str = "",
    trace: Path | None = None,
    drive: str | Driver | None = None,
    shots: Path | None = None,
) -> int:
    """Shows a screen until its window is closed, Ctrl-C, or the driver ends with `SystemExit`. Returns the exit status.
    A kiosk's window that is not `windowed` can't be closed. `typed_role`: the role that the command names, where this
    process is started again when it ends.

    `drive` is a coroutine function that is given the `Screen` once it shows, or a script for the room's driver.
    """
    pipe = take_pipe()
    choose_renderer()
    confine = confine_vnc()
    app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    app.setApplicationName("Pilotlight")
    app.setQuitOnLastWindowClosed(False)
    try:
        confine(app)
    except OSError as e:
        print(f"The screen can't be served over VNC: {e}.", file=sys.stderr)
        return 1
    if position is not None and QGuiApplication.screenAt(QPoint(*position)) is None:
        with contextlib.suppress(OSError):  # a full disk
            print(off_display(position), file=sys.stderr)
        position = None
    sys.setswitchinterval(SWITCH_S)
    loop = Loop(app)
    asyncio.set_event_loop(loop)
    with loop:
        return loop.run_until_complete(
            _show(
                role,
                data=data,
                drive=find_driver(role, drive),
                windowed=windowed,
                size=size,
                position=position,
                pipe=pipe,
                typed_role=typed_role,
                options={
                    "language": language,
                    "languages": languages,
                    "windowed": windowed,
                    "idle_seconds": idle_seconds,
                    "tip_percents": tip_percents,
                    "dine_in": dine_in,
                    "night": night,
                    "brand_colour": brand_colour,
                    "trace": Trace(trace),
                    "shots": shots,
                },
            )
        )


async def _show(
    role: str,
    *,
    data: Path,
    drive: Driver | None,
    windowed: bool,
    size: tuple[int, int] | None,
    position: tuple[int, int] | None,
    pipe: int | None,
    typed_role: str,
    options: dict[str, Any],
) -> int:
    screen = Screen(role, data, whole(windowed, size, position), **options)
    if screen.view.status() != QQuickView.Status.Ready:
        faults = "; ".join(error.toString() for error in screen.view.errors())
        print(f"The {role} screen can't be shown: {faults}", file=sys.stderr)
        return 1
    quiet_qt()  # not before: while a page is loaded, Qt speaks from a thread that the main thread waits for
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def end(status: int = 0) -> None:
        with contextlib.suppress(asyncio.InvalidStateError):  # a second signal may come in the middle of the first
            ended.set_result(status)

    screen.staff.page.end = end
    screen.staff.page.typed_role = typed_role

    stop = Stop(end)
    screen.view.visibleChanged.connect(lambda visible: None if visible or screen.stay.held else end())
    place(screen.view, windowed, size, position)
    if role in STAYING and not windowed:
        screen.stay.hold()
    await first_frame(screen)
    beat = Beat(screen.view, pipe, end) if pipe is not None else None
    screen.client.start()
    tidy = Tidy(screen.shell.quiet_s)
    tidy.start()
    screen.staff.page.begin()
    driving = asyncio.ensure_future(_drive(screen, drive, end)) if drive is not None else None
    try:
        status = await ended
    finally:
        stop.close()
        if beat is not None:
            beat.close()
        if driving is not None:
            driving.cancel()
            await asyncio.gather(driving, return_exceptions=True)
        screen.shell.shoot("end")
        await screen.client.close()
        closing = getattr(screen.vm, "close", None)
        if callable(closing):
            done = closing()
            if inspect.isawaitable(done):
                await done
        screen.dismantle()
        await asyncio.sleep(0)
        screen.shell.trace.close()
        tidy.stop()
    return status


def whole(
    windowed: bool, size: tuple[int, int] | None, position: tuple[int, int] | None = None
) -> tuple[int, int] | None:
    """The size a window is about to have."""
    display = display_at(position)
    return size if windowed or display is None else (display.size().width(), display.size().height())


async def first_frame(screen: Screen) -> None:
    """What a customer sees first comes first: what it does not need is loaded afterwards. A window that is not drawn,
    because its display sleeps, is not waited for."""
    drawn = asyncio.get_running_loop().create_future()

    def told() -> None:
        if not drawn.done():
            drawn.set_result(None)

    screen.shell.drawnChanged.connect(told)
    await asyncio.wait([drawn], timeout=FIRST_FRAME_S)
    screen.shell.drawnChanged.disconnect(told)


async def _drive(screen: Screen, drive: Driver, end: Callable[[int], None]) -> None:
    try:
        await drive(screen)
    except SystemExit as e:
        end(int(e.code or 0))
    except asyncio.CancelledError:
        raise
    except Exception:
        logger.exception("the driver of this screen failed")
        screen.shell.shoot("failed")
        end(1)


def place(view: QQuickView, windowed: bool, size: tuple[int, int] | None, position: tuple[int, int] | None) -> None:
    """Shows the window: of this size at this position, or over the whole display that is there."""
    if windowed:
        if size is not None:
            view.resize(*size)
        if position is not None:
            view.setPosition(*position)
        view.show()
        return
    if (display := display_at(position)) is not None:
        view.setScreen(display)
    Full(view)
    view.setCursor(
        Qt.CursorShape.BlankCursor if os.environ.get("PILOTLIGHT_HIDE_CURSOR") else Qt.CursorShape.ArrowCursor
    )
    view.showFullScreen()


def off_display(position: tuple[int, int]) -> str:
    """What an installer is told. A display may just be unplugged, so the screen comes up all the same."""
    areas = [one.geometry() for one in QGuiApplication.screens()]
    there = "; ".join(f"{a.left()},{a.top()} to {a.right()},{a.bottom()}" for a in areas)
    return f"--position {position[0]},{position[1]} is on no display, so the first one is used. Displays here: {there}."


def display_at(position: tuple[int, int] | None) -> QScreen | None:
    """The display at this place of the desktop; the first one without a place, or where there is none."""
    return (QGuiApplication.screenAt(QPoint(*position)) if position else None) or QGuiApplication.primaryScreen()
