"""The staff door, its page and the out-of-order sign in every language: nothing is cut off or lies on anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.fit import faults
from tests.ui.test_kiosk_fit import LANGUAGES, OLD, PATIENT, SMALL
from tests.ui.test_staff import DEVICE, NOTE, PIN, line
from tests.ui.visit import TALL, WIDE, set_up
from ui.staff import door
from ui.staff import pin as pins

SIZES = [TALL, WIDE, pytest.param(SMALL, marks=pytest.mark.slow), pytest.param(OLD, marks=pytest.mark.slow)]


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Hand]:
    monkeypatch.setattr(pins, "COST", 16)
    monkeypatch.setattr(door, "LEAVES_S", 10_000)  # a busy machine takes long to look

    def open_kiosk(size: tuple[int, int]) -> Hand:
        set_up(desk)
        desk.views["status"] |= {"device_id": DEVICE, "office": {"state": "offline"}, "reasons": ["The disk is full."]}
        desk.views["status"] |= {"notes": [{**NOTE, "missing": [f"K{n}" for n in range(20)]}]}
        desk.views["screens"] = [line(closed=True, why="failing", failures=12)]
        desk.views["peers"] = [{"label": "Till at the back", "role": "pos", "state": "connected"}]
        pins.Pin(desk.folder).set(PIN)
        hand = show("kiosk", size, languages=LANGUAGES)
        hand.until(lambda: hand.vm.ready and hand.screen.staff.page.closed)
        return hand

    return open_kiosk


def views(hand: Hand) -> Iterator[tuple[str, Any]]:
    staff = hand.screen.staff
    staff.page.typed_role = "kiosk"
    yield "sign", hand.item("closed")
    hand.do(staff.open)
    yield "pad", hand.item("staff.door")
    for key in ("9", "1", "ok"):
        hand.do(lambda key=key: staff.press(key))
    hand.until(lambda: staff.wrong)
    yield "wrong", hand.item("staff.door")
    for key in (*PIN, "ok"):
        hand.do(lambda key=key: staff.press(key))
    hand.until(lambda: staff.state == "page")
    yield "page", hand.item("staff.door")
    hand.do(lambda: staff.page.askRole("kitchen"))
    yield "role?", hand.item("staff.role.sure")
    hand.do(lambda: staff.page.askRole(""))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", SIZES)
def test_every_label_of_the_staffs_pages_fits_in_every_language(kiosk: Any, size: tuple[int, int]) -> None:
    hand = kiosk(size)
    window = QRectF(0, 0, *size)
    found = []
    for name, item in views(hand):
        for turn, language in enumerate(LANGUAGES):
            hand.do(lambda language=language: hand.screen.shell.set_language(language))
            if name == "sign":
                hand.do(lambda turn=turn, item=item: item.setProperty("turn", turn))
            wrong = faults(item, window, set())
            for _ in range(PATIENT):
                if wrong:
                    hand.rest(0.1)
                    wrong = faults(item, window, set())
            found += [f"{name}, {language}: {fault}" for fault in wrong]
        hand.do(lambda: hand.screen.shell.set_language("en"))
    assert not found, "\n" + "\n".join(found)
