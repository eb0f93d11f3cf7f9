"""How a kiosk comes up: the first page first, everything else when there is time, or when somebody asks for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtQuick import QQuickItem, QQuickView

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.large import large_menu
from tests.ui.visit import TALL, WIDE, available, enter, everything, set_up, settle
from ui.shell import Screen

NOT_YET = ("server.log", "server.replication", "websockets.asyncio", "http.client", "babel")
"""Read later, or never by a screen; each costs a part of the first second."""


LARGE_CORNERS = 280
"""Pixels a side of the picture that Qt keeps of a Rectangle's round corners without a GPU: 300 kB."""


def test_a_screen_reads_nothing_that_its_first_frame_does_not_need() -> None:
    program = (
        "import sys, app.cli, app.screen, ui.shell, ui.kiosk.view_model\n"
        f"print([name for name in {NOT_YET!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_who_only_watches_a_screen_reads_neither_qt_nor_an_event_loop() -> None:
    """It begins the screen, which waits for it."""
    program = (
        "import sys, app.cli, app.screen\nprint([x for x in ('PySide6', 'asyncio', 'server.log') if x in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_pages_after_the_first_are_made_once_that_is_drawn(show: Callable[..., Hand], desk: Desk) -> None:
    set_up(desk)
    hand = show("kiosk", TALL)
    assert hand.screen.shell.drawn
    assert hand.sees("kiosk.attract")
    assert hand.sees("kiosk.visit")


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_menus_with_and_without_pictures_come_and_go_calmly(
    show: Callable[..., Hand], desk: Desk, size: tuple[int, int]
) -> None:
    """When all pages are made. What Qt warns of is looked at when the screen ends."""
    menu = large_menu()
    plain = menu | {"items": [item | {"image": None} for item in menu["items"]]}
    set_up(desk)
    desk.views |= {"menu": None, "availability": {}}
    hand = show("kiosk", size)
    for told in (menu, plain, menu, None, plain, menu):
        desk.tell("menu", None, told)
        hand.until(lambda told=told: bool(hand.vm.showCase) is bool(told))
        hand.rest(0.3)


def test_a_kiosk_asks_for_no_text_that_is_not_there(
    show: Callable[..., Hand], desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    set_up(desk)
    show("kiosk", TALL)
    assert [row.message for row in caplog.records if row.message.startswith("no text for")] == []


def round_and_hidden(item: QQuickItem) -> Iterator[float]:
    """The pixels a side of each such picture."""
    if item.metaObject().className().startswith("QQuickRectangle") and not item.isVisible():
        yield 2 * min(item.property("radius"), item.width() / 2, item.height() / 2)
    for child in item.childItems():
        yield from round_and_hidden(child)


def test_hidden_pages_keep_no_large_round_corners(show: Callable[..., Hand], desk: Desk) -> None:
    """`PDisc` says why."""
    set_up(desk)
    hand = show("kiosk", TALL)
    hand.until(lambda: hand.vm.ready)
    enter(hand)
    sides = list(round_and_hidden(hand.screen.view.rootObject()))
    assert len(sides) > 20
    assert [side for side in sides if side > LARGE_CORNERS] == []


def test_who_touches_before_they_are_made_does_not_wait_for_a_frame(loop, desk: Desk) -> None:
    set_up(desk)
    screen = Screen("kiosk", desk.folder, TALL)
    assert screen.view.status() == QQuickView.Status.Ready
    hand = Hand(screen, loop)

    async def begin() -> None:
        screen.client.start()  # and no window: nothing is ever drawn

    loop.run_until_complete(begin())
    hand.until(lambda: hand.vm.ready, "the menu is there")
    assert screen.find("kiosk.visit") is None
    hand.do(hand.vm.touch)
    assert screen.find("kiosk.visit") is not None
    loop.run_until_complete(screen.client.close())
    assert screen.shell.warnings == []
    screen.dismantle()
    hand.rest()


def area(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


@pytest.mark.parametrize("size", [TALL, WIDE, (1280, 800)])
def test_where_nothing_can_be_had_nobody_is_led_to_it(desk, show, size) -> None:
    set_up(desk)
    hand = show("kiosk", size, languages=["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja"])
    hand.until(lambda: hand.vm.ready)
    out = {i: available(state="out") for i in everything()}
    desk.tell("availability", None, out)
    hand.until(lambda: hand.vm.soldOut)
    settle(hand)
    closed = hand.item("kiosk.attract.closed")
    assert closed.isVisible()
    assert closed.property("title") == "Nothing to order right now"
    hand.tap_at(hand.middle(closed))
    hand.rest(0.1)
    assert hand.vm.page == "attract"
    hand.tap("kiosk.attract.lang.de")
    hand.until(lambda: closed.property("title") == "Gerade gibt es nichts")
    assert hand.vm.page == "attract"
    for language in ("en", "de", "ar"):
        hand.do(lambda language=language: hand.screen.shell.set_language(language))
        settle(hand)
        choices = [hand.item(f"kiosk.attract.lang.{code}") for code in ("en", "fr", "tr", "ja")]
        assert not any(area(one).intersects(area(closed)) for one in choices), language
    hand.do(lambda: hand.screen.shell.set_language("en"))
    desk.tell("availability", None, {**out, "cola": available()})
    hand.until(lambda: not hand.vm.soldOut)
    hand.tap("kiosk.attract")
    hand.until(lambda: hand.vm.page == "start")


def test_a_shop_begins_in_its_own_language_unless_its_screen_was_told_another(desk, show) -> None:
    set_up(desk)
    desk.views["menu"]["languages"] = ["pt", "ja", "en"]
    hand = show("kiosk", TALL, languages=["en", "de", "ja"])
    hand.until(lambda: hand.vm.ready)
    shell = hand.screen.shell
    assert shell.language == "ja"
    assert [one["code"] for one in hand.vm.languages] == ["ja", "en", "de"]
    hand.tap("kiosk.attract.lang.de")
    hand.do(hand.vm.startOver)
    assert shell.language == "ja"
    desk.tell("menu", None, {**desk.views["menu"], "languages": ["de"]})
    hand.until(lambda: hand.vm.languages[0]["code"] == "de")
    assert shell.language == "ja", "somebody may be reading"
    hand.do(hand.vm.startOver)
    assert shell.language == "de"
    told = show("kiosk", TALL, languages=["en", "de", "ja"], language="en")
    told.until(lambda: told.vm.ready)
    assert (told.screen.shell.language, told.vm.languages[0]["code"]) == ("en", "en")
