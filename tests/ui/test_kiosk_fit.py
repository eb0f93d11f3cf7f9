"""Every label in every language at every size: none is cut off, none leaves its place, none lies on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtQuick import QQuickItem

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.fit import faults
from tests.ui.visit import TALL, WIDE, Till, available, everything, settle

LANGUAGES = ["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja"]
PATIENT = 4  # looks at a view that is still being laid out
SMALL, OLD = (800, 1280), (1280, 800)  # ten inches, upright and lying
SIZES = [
    pytest.param(TALL, 1.0, False, id="tall"),
    pytest.param(TALL, 2.0, False, id="tall-200"),
    pytest.param(TALL, 1.0, True, id="tall-reach"),
    pytest.param(WIDE, 1.0, False, id="wide"),
    pytest.param(WIDE, 2.0, False, id="wide-200", marks=pytest.mark.slow),
    pytest.param(WIDE, 1.0, True, id="wide-reach", marks=pytest.mark.slow),
    pytest.param(TALL, 1.5, False, id="tall-150", marks=pytest.mark.slow),
    pytest.param(TALL, 2.0, True, id="tall-200-reach", marks=pytest.mark.slow),
    pytest.param(SMALL, 1.0, False, id="small", marks=pytest.mark.slow),
    pytest.param(OLD, 1.0, False, id="old", marks=pytest.mark.slow),
]


def dinner() -> dict[str, Any]:
    """The diner with what a tile can say besides: marks, allergens, energy."""
    menu = deepcopy(MENU)
    burger = menu["items"][0]
    burger |= {"diets": ["vegan", "spicy"], "allergens": ["gluten", "milk", "sulphites"], "kilocalories": 1234}
    return menu


def own_words(menu: dict[str, Any]) -> set[str]:
    """What the shop wrote itself, which may be as long as it likes."""
    words = {menu["name"]}
    for kind in ("categories", "items", "modifier_groups", "ingredients"):
        for thing in menu[kind]:
            for one in (thing, *thing.get("variations", ()), *thing.get("modifiers", ())):
                words |= {one["name"], one.get("description", "")}
                words |= {text for texts in one.get("texts", {}).values() for text in texts.values()}
    return words | {f"{name[:1]}" for name in words}


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int], magnified: float, reach: bool, menu: dict[str, Any] | None = None) -> Hand:
        desk.views |= {
            "status": {"label": "Kiosk 1", "store": "riverside"},
            "menu": menu or dinner(),
            "availability": everything()
            | {
                "salad": available(state="without", without=["bacon"]),
                "bacon-burger": available(state="out", because=["bacon"]),
                "cola": available(left=3),
            },
        }
        Till(desk).card = ["card_declined"]
        hand = show("kiosk", size, languages=LANGUAGES, idle_seconds=10_000)  # a busy machine takes long to look
        hand.until(lambda: hand.vm.ready)
        hand.item("kiosk.still").setProperty("seconds", 999)
        hand.do(lambda: hand.vm.comfort.setProperty("magnified", magnified))
        hand.do(lambda: hand.vm.comfort.setProperty("reach", reach))
        hand.do(lambda: hand.vm.comfort.setProperty("still", True))
        hand.do(lambda: hand.vm.comfort.setProperty("patient", True))
        return hand

    return open_kiosk


def views(hand: Hand) -> Iterator[tuple[str, QQuickItem]]:
    """Each view of a visit and the item that holds it, one after the other."""
    vm, root = hand.vm, hand.screen.view.rootObject()
    comfort = (vm.comfort.magnified, vm.comfort.reach)
    pages = root
    yield "attract", pages
    hand.do(vm.touch)
    yield "start", pages
    hand.do(lambda: root.findChild(QQuickItem, "kiosk.help.sheet").setProperty("open", True))
    yield "help", hand.item("kiosk.help.sheet")
    hand.do(lambda: root.findChild(QQuickItem, "kiosk.help.sheet").setProperty("open", False))
    hand.do(lambda: root.findChild(QQuickItem, "kiosk.languages").setProperty("open", True))
    yield "languages", hand.item("kiosk.languages")
    hand.do(lambda: root.findChild(QQuickItem, "kiosk.languages").setProperty("open", False))
    hand.do(lambda: vm.begin("takeaway"))
    yield "menu, nothing chosen", pages
    hand.do(lambda: vm.setCategory("other"))
    yield "menu, other", pages
    filters = hand.item("kiosk.filters")
    hand.do(lambda: filters.parentItem().setProperty("filtersOpen", True))
    yield "filters", filters
    hand.do(lambda: filters.parentItem().setProperty("filtersOpen", False))
    hand.do(lambda: vm.browse.search(True))
    yield "search", pages
    hand.do(lambda: vm.browse.search(False))
    hand.do(lambda: vm.setCategory("drinks"))
    yield "menu, drinks", pages
    hand.do(lambda: vm.tapDish("burger"))
    yield "sheet", hand.item("kiosk.sheet")
    hand.do(vm.whom.ask)
    yield "for whom?", hand.item("kiosk.whom")
    hand.do(vm.whom.forget)
    hand.do(vm.sheet.take)
    hand.do(lambda: vm.tapDish("menu"))
    hand.do(vm.sheet.take)
    yield "sheet, asked", hand.item("kiosk.sheet")
    hand.do(vm.sheet.close)
    hand.do(lambda: vm.tapDish("coffee"))
    hand.do(vm.sheet.take)
    yield "menu, chosen", pages
    if hand.sees("kiosk.basket.open"):
        hand.tap("kiosk.basket.open")
        settle(hand)
        yield "basket", hand.item("kiosk.basket.sheet")
    hand.do(lambda: root.findChild(QQuickItem, "kiosk.over.sure").setProperty("open", True))
    yield "start over?", hand.item("kiosk.over.sure")
    hand.do(lambda: root.findChild(QQuickItem, "kiosk.over.sure").setProperty("open", False))
    moment = hand.item("kiosk.moment")
    hand.do(lambda: moment.setProperty("open", True))
    hand.do(lambda: moment.setProperty("lasts", True))
    yield "a long moment", moment
    hand.do(lambda: moment.setProperty("open", False))
    hand.do(lambda: hand.screen.shell._set_idle(True))
    yield "still there?", hand.item("kiosk.still")
    hand.tap("kiosk.still.accept")
    hand.do(vm.checkOut)
    hand.until(lambda: vm.page == "pay")
    yield "pay", pages
    hand.do(lambda: vm.pay("card"))
    hand.until(lambda: vm.payment["state"] == "failed")
    yield "declined", pages
    hand.do(lambda: vm.pay("counter"))
    hand.until(lambda: vm.page == "done")
    yield "done", pages
    assert (vm.comfort.magnified, vm.comfort.reach) == comfort


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("size", "magnified", "reach"), SIZES)
def test_every_label_fits_in_every_language(kiosk, size, magnified, reach) -> None:
    hand = kiosk(size, magnified, reach)
    window = QRectF(0, 0, *size)
    elided = own_words(dinner())
    found = []
    for name, item in views(hand):
        for language in LANGUAGES:
            hand.do(lambda language=language: hand.vm.speak(language))
            wrong = faults(item, window, elided)
            for _ in range(PATIENT):
                if wrong:
                    hand.rest(0.1)
                    wrong = faults(item, window, elided)
            found += [f"{name}, {language}: {fault}" for fault in wrong]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("reach", [False, True])
def test_what_a_menu_contains_as_it_is_usually_served_fits_beside_its_picture(kiosk, reach) -> None:
    menu = dinner()
    combo = next(item for item in menu["items"] if item["item_id"] == "menu")
    combo |= {"allergens": ["gluten", "milk"], "kilocalories": 1234, "image": "classic-menu.webp"}
    hand = kiosk(TALL, 2.0, reach, menu)
    hand.do(hand.vm.touch)
    hand.do(lambda: hand.vm.begin("takeaway"))
    hand.do(lambda: hand.vm.tapDish("menu"))
    settle(hand)
    found = []
    for language in LANGUAGES:
        hand.do(lambda language=language: hand.vm.speak(language))
        hand.rest(0.1)
        assert "1" in hand.vm.sheet.facts["energy"]
        found += [(language, f) for f in faults(hand.item("kiosk.sheet"), QRectF(0, 0, *TALL), own_words(menu))]
    assert not found
