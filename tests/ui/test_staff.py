"""The staff door of a kiosk: nobody finds it by accident, a PIN opens it, and behind it is what staff need."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest

from tests.ui.conftest import LEFT, NO_KEYS, Hand
from tests.ui.desk import Desk
from tests.ui.visit import TALL, WIDE, enter, order, set_up, settle
from ui.staff import choices, door, gesture
from ui.staff import pin as pins
from ui.watched import AGAIN

PIN = "2580"
DEVICE = "abcdefghij"
MOVES = {"up": Qt.Key.Key_Up, "down": Qt.Key.Key_Down, "left": Qt.Key.Key_Left, "right": Qt.Key.Key_Right}


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Hand]:
    monkeypatch.setattr(pins, "COST", 16)

    def open_kiosk(size: tuple[int, int] = TALL, pin: str = PIN, **options: Any) -> Hand:
        set_up(desk)
        desk.views["status"] |= {"device_id": DEVICE, "office": {"state": "none"}}
        desk.views["screens"] = [line()]
        desk.views["peers"] = [{"label": "Till 1", "role": "pos", "state": "connected"}]
        desk.facts["/v1/device"] = {"version": "9.9"}
        if pin:
            pins.Pin(desk.folder).set(pin)
        hand = show("kiosk", size, languages=["en", "de"], **options)
        hand.until(lambda: hand.vm.ready)
        return hand

    return open_kiosk


def line(**more: Any) -> dict[str, Any]:
    empty = {"closed": False, "why": "", "since": "", "by": "", "failures": 0, "last_failure": ""}
    return {"device_id": DEVICE, "label": "Kiosk 1", "role": "kiosk", **empty, **more}


def staff(hand: Hand) -> Any:
    return hand.screen.staff


def get_in(hand: Hand, pin: str = PIN) -> None:
    hand.do(staff(hand).open)
    for digit in pin:
        hand.tap(f"staff.key.{digit}")
    hand.tap("staff.enter")
    hand.until(lambda: staff(hand).state == "page")


@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_two_corners_held_open_it_and_the_customers_page_is_as_it_was(
    kiosk: Any, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(gesture, "FIRST_HOLD_S", 0.3)
    monkeypatch.setattr(gesture, "SECOND_HOLD_S", 0.1)
    hand = kiosk()
    enter(hand)
    view = hand.screen.view
    pad = QTest.createTouchDevice() if by == "touch" else None

    def hold(at: QPoint, seconds: float) -> None:
        press(view, at, pad, True, hand)
        hand.rest(seconds)
        press(view, at, pad, False, hand)

    hold(QPoint(20, 20), 0.5)
    assert staff(hand).state == "shut"
    hold(QPoint(1060, 20), 0.3)
    hand.until(lambda: staff(hand).state == "pin")
    assert hand.vm.page == "menu"
    assert not hand.item("kiosk.over.sure").property("open"), "what lies under the second corner was not touched"


def press(view: Any, at: QPoint, pad: QPointingDevice | None, down: bool, hand: Hand) -> None:
    if pad is None:
        act = QTest.mousePress if down else QTest.mouseRelease
        hand.do(lambda: act(view, LEFT, NO_KEYS, at))
    else:
        touch = QTest.touchEvent(view, pad, False)
        (touch.press if down else touch.release)(0, at)
        hand.do(lambda: touch.commit())


def test_a_pad_of_keys_opens_it_too(kiosk: Any) -> None:
    hand = kiosk(WIDE)
    hand.screen.view.requestActivate()
    for name in gesture.KEYS:
        assert staff(hand).state == "shut"
        hand.do(lambda name=name: QTest.keyClick(hand.screen.view, MOVES[name]))
    assert staff(hand).state == "pin"
    settle(hand)
    for key in (Qt.Key.Key_2, Qt.Key.Key_5, Qt.Key.Key_8, Qt.Key.Key_0, Qt.Key.Key_Return):
        hand.do(lambda key=key: QTest.keyClick(hand.screen.view, key))
    hand.until(lambda: staff(hand).state == "page")
    hand.do(lambda: QTest.keyClick(hand.screen.view, Qt.Key.Key_Escape))
    assert staff(hand).state == "shut"
    assert hand.vm.page == "attract", "no key went on to what lay under it"


def test_where_no_pin_was_ever_set_nobody_gets_in(kiosk: Any) -> None:
    hand = kiosk(pin="")
    hand.do(staff(hand).open)
    assert staff(hand).state == "none"
    for key in ("1", "ok"):
        staff(hand).press(key)
    assert hand.sees("staff.none")
    hand.tap("staff.leave")
    assert staff(hand).state == "shut"


def test_wrong_tries_make_the_pad_wait_and_another_process_waits_on(kiosk: Any, desk: Desk, tmp_path: Path) -> None:
    hand = kiosk()
    hand.do(staff(hand).open)
    for n in range(pins.FREE_TRIES):
        for digit in "9171":
            hand.tap(f"staff.key.{digit}")
        assert staff(hand).digits == 4
        hand.tap("staff.enter")
        hand.until(lambda n=n: staff(hand).wrong and (n + 1 < pins.FREE_TRIES or staff(hand).waits))
    assert staff(hand).state == "pin"
    assert staff(hand).waits
    for key in (*PIN, "ok"):
        staff(hand).press(key)
    assert staff(hand).state == "pin", "the right one is not taken either while it is to be waited"
    assert pins.Pin(desk.folder).waits_s() > 0
    kept = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    assert b"9171" not in kept
    assert PIN.encode() not in kept


def test_the_sign_is_up_at_once_told_to_the_others_and_there_again_after_a_restart(
    kiosk: Any, desk: Desk, show: Callable[..., Hand]
) -> None:
    hand = kiosk()
    get_in(hand)
    hand.tap("staff.sign")
    hand.until(lambda: [n for n, _ in desk.commands if n == "screens.close"])
    hand.tap("staff.leave")
    hand.until(lambda: hand.sees("closed"))
    settle(hand)
    hand.tap_at(QPoint(540, 1500))
    assert hand.vm.page == "attract", "nobody orders behind the sign"
    desk.tell("screens", None, [line(closed=True, why="staff")])
    again = show("kiosk", TALL, languages=["en", "de"])
    again.until(lambda: again.sees("closed"))
    desk.tell("screens", None, [line()])
    again.until(lambda: not again.sees("closed"), "taken down from another terminal")
    assert not choices.load(desk.folder).closed


def test_a_customer_who_is_choosing_may_finish_before_the_sign_goes_up(kiosk: Any, desk: Desk) -> None:
    hand = kiosk()
    enter(hand)
    order(hand, "other", "fries")
    desk.tell("screens", None, [line(closed=True, why="staff")])
    hand.until(lambda: staff(hand).page.closed)
    assert not hand.sees("closed")
    assert hand.vm.basket.pieces == 1
    hand.do(hand.vm.startOver)
    hand.until(lambda: hand.sees("closed"))


def test_a_sign_that_a_failing_screen_put_up_comes_down_when_it_is_steady(
    kiosk: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.staff.page.STEADY_S", 0.2)
    kiosk()
    desk.tell("screens", None, [line(closed=True, why="failing")])
    end = time.monotonic() + 20
    while not [n for n, _ in desk.commands if n == "screens.open"]:
        assert time.monotonic() < end
        QTest.qWait(20)


def test_staff_see_what_is_wrong_and_who_is_there(kiosk: Any, desk: Desk) -> None:
    hand = kiosk()
    desk.tell(
        "status", None, {**desk.views["status"], "reasons": ["The disk is full."], "office": {"state": "offline"}}
    )
    get_in(hand)
    hand.until(lambda: "The disk is full." in staff(hand).page.troubles)
    assert len(staff(hand).page.troubles) == 2
    facts = {f["key"]: f["value"] for f in staff(hand).page.facts}
    hand.until(lambda: any(f["value"] == "9.9" for f in staff(hand).page.facts))
    assert (facts["label"], facts["store"], facts["peers"]) == ("Kiosk 1", "riverside", "Till 1")
    assert facts["address"].endswith(f":{desk.port}")


def test_a_terminal_that_was_there_today_and_is_gone_is_named(kiosk: Any, desk: Desk) -> None:
    hand = kiosk()
    get_in(hand)
    hand.until(lambda: staff(hand).page.troubles == [])

    def peer(label: str, state: str, hours: float, store: str = "riverside", **more: Any) -> dict[str, Any]:
        seen = (datetime.now(UTC) - timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
        return {"label": label, "role": "pos", "state": state, "store": store, "last_seen": seen, **more}

    told = [
        peer("Till 1", "connected", 0),
        peer("Kitchen", "lost", 0.01),
        peer("", "connecting", 0.001),
        peer("Old till", "lost", 40),
        peer("Elsewhere", "lost", 1, store="harbour"),
        peer("Office", "lost", 1, office=True),
        {**peer("10.0.0.9:8701", "connecting", 0), "last_seen": ""},
    ]
    desk.tell("peers", None, told)
    hand.until(lambda: staff(hand).page.troubles == ["Not in reach: Kitchen, Till. Check power and network there."])
    desk.tell("peers", None, [peer("Kitchen", "connected", 0)])
    hand.until(lambda: staff(hand).page.troubles == [])
    # by the server's time, where this machine's clock was never set
    desk.tell("status", None, {**desk.views["status"], "clock_ahead_ms": 40 * 3_600_000})
    desk.tell("peers", None, [peer("Kitchen", "lost", 1), peer("Till 1", "lost", -39)])
    hand.until(lambda: staff(hand).page.troubles == ["Not in reach: Till 1. Check power and network there."])


NOTE = {"note_id": "n1", "text": "Entries are missing.", "since": "2026-03-01T12:00:00Z", "missing": ["K4", "K7"]}


def test_missing_orders_are_told_until_somebody_has_seen_it(kiosk: Any, desk: Desk) -> None:
    hand = kiosk()
    told = {**desk.views["status"], "notes": [NOTE], "warnings": [NOTE["text"]]}
    desk.tell("status", None, told)
    get_in(hand)
    hand.until(lambda: hand.sees("note.n1"))
    [row] = staff(hand).page.notes.rows
    assert "K4, K7" in row["text"]
    assert "2026-03-01" in row["title"]
    assert NOTE["text"] not in staff(hand).page.troubles, "it is said once"
    hand.do(lambda: hand.screen.shell.set_language("de"))
    hand.until(lambda: "Seitdem fehlen" in staff(hand).page.notes.rows[0]["text"])
    desk.facts["/v1/notes/n1/seen"] = {"note_id": "n1"}
    hand.tap("note.seen.n1")
    hand.until(lambda: not hand.sees("note.n1"))
    hand.until(lambda: "/v1/notes/n1/seen" in [path for path, _ in desk.asked])
    desk.tell("status", None, {**told, "notes": [], "warnings": []})
    hand.rest(0.1)
    desk.tell("status", None, told)  # the server says it anew
    hand.until(lambda: hand.sees("note.n1"))
    desk.tell("status", None, {**told, "notes": [{**NOTE, "missing": []}]})
    hand.until(lambda: "K4" not in staff(hand).page.notes.rows[0]["text"])


def test_light_is_turned_down_no_further_than_one_can_still_see(kiosk: Any, desk: Desk) -> None:
    hand = kiosk()
    get_in(hand)
    for _ in range(12):
        hand.do(lambda: staff(hand).page.brighten(-1))
    assert staff(hand).page.brightness == choices.DIMMEST
    assert hand.screen.rest.veil == pytest.approx(1 - choices.DIMMEST / 100)
    hand.until(lambda: hand.item("rest.veil").opacity() == pytest.approx(1 - choices.DIMMEST / 100))
    assert choices.load(desk.folder).brightness == choices.DIMMEST
    hand.tap("staff.brightness.more")
    assert staff(hand).page.brightness == choices.DIMMEST + 10


def test_a_restart_and_another_role_end_the_process_so_that_it_is_started_anew(kiosk: Any, desk: Desk) -> None:
    ended: list[int] = []
    hand = kiosk()
    assert not staff(hand).page.restartable, "a window that nobody starts again has no such button"
    staff(hand).page.typed_role, staff(hand).page.end = "kiosk", ended.append
    get_in(hand)
    hand.tap("staff.restart")
    assert ended == [AGAIN]
    hand.tap("staff.role.pos")
    hand.tap("staff.role.sure.decline")
    assert choices.load(desk.folder).role_for("kiosk") == "kiosk"
    hand.tap("staff.role.pos")
    hand.tap("staff.role.sure.accept")
    assert ended == [AGAIN, AGAIN]
    assert choices.load(desk.folder).role_for("kiosk") == "pos"
    assert choices.load(desk.folder).role_for("board") == "board", "an installer's new word wins"


def test_an_open_door_shuts_by_itself_and_gives_the_customer_their_language_back(
    kiosk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LEAVES_S", 1)
    hand = kiosk()
    hand.vm.speak("de")
    get_in(hand)
    assert hand.screen.shell.language == "en"
    hand.until(lambda: staff(hand).state == "shut")
    assert hand.screen.shell.language == "de"


@pytest.mark.parametrize("role", ["pos", "kitchen", "board", "sign"])
def test_every_screen_has_the_door(desk: Desk, show: Callable[..., Hand], kiosk: Any, role: str) -> None:
    set_up(desk)
    pins.Pin(desk.folder).set(PIN)
    hand = show(role, (1280, 800))
    get_in(hand)
    hand.tap("staff.leave")
    assert staff(hand).state == "shut"


def test_a_test_page_is_printed_where_there_is_a_printer(kiosk: Any, desk: Desk) -> None:
    hand = kiosk()
    get_in(hand)
    assert not hand.sees("staff.print")
    desk.facts["/v1/printer/test"] = {"state": "out_of_paper", "text": "Load paper."}
    desk.tell("status", None, {**desk.views["status"], "printer": True})
    hand.tap("staff.print")
    hand.until(lambda: staff(hand).page.printed == "Load paper.")
    assert hand.sees("staff.printed")
