"""A dish's sheet by touch: portions, the way to a menu and back, what is left out of a menu's dish."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from PySide6.QtCore import QPointF

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import MENU
from tests.ui.large import demo_menu
from tests.ui.test_kiosk_focus import on_glass
from tests.ui.visit import TALL, WIDE, Till, enter, open_dish, pay, set_up, settle
from ui.shell import find_item


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL) -> Hand:
        menu = deepcopy(MENU)
        menu["items"][2]["variations"][0]["price_minor"] = 890 + 250
        set_up(desk, menu)
        hand = show("kiosk", size, languages=["en", "de"])
        enter(hand)
        return hand

    return open_kiosk


def chosen(hand: Hand, question: str) -> dict[str, int]:
    return {o["id"]: o["count"] for o in hand.vm.sheet.questions.row(question)["options"] if o["selected"]}


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_cheese_twice_by_touch_and_the_price_follows(desk, kiosk, size) -> None:
    till = Till(desk)
    hand = kiosk(size)
    open_dish(hand, "burgers", "burger")
    option = "kiosk.sheet.option.group:extras.extra-cheese"
    hand.tap(option)
    tall = hand.item(option).height()
    hand.tap(f"{option}.count.more")
    hand.until(lambda: chosen(hand, "group:extras") == {"extra-cheese": 2})
    assert hand.vm.sheet.facts["total"] == "€10.70"
    assert hand.item(option).height() == tall, "nothing moves"
    hand.do(lambda: hand.vm.sheet.count("group:extras", "extra-cheese", 3))
    assert hand.item("kiosk.toast").property("text") == "Extras: up to 2. Take one out first."
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: hand.vm.basket.pieces == 1)
    settle(hand)
    pay(hand, "counter")
    hand.until(lambda: hand.vm.page == "done")
    assert till.asked("orders.place")[0]["lines"][0]["modifiers"] == [{"modifier_id": "extra-cheese", "quantity": 2}]


def test_one_less_than_one_takes_it_out(kiosk) -> None:
    hand = kiosk()
    open_dish(hand, "burgers", "burger")
    option = "kiosk.sheet.option.group:extras.jalapeno"
    hand.tap(option)
    hand.tap(f"{option}.count.less")
    hand.until(lambda: chosen(hand, "group:extras") == {})
    hand.tap(option)
    hand.tap(option)
    assert chosen(hand, "group:extras") == {}


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_burger_becomes_a_menu_and_a_burger_again(desk, kiosk, size) -> None:
    till = Till(desk)
    hand = kiosk(size)
    open_dish(hand, "burgers", "burger")
    hand.tap("kiosk.sheet.option.without.onion")
    hand.do(lambda: hand.item("kiosk.sheet.scroll").setProperty("contentY", 0))
    assert hand.item("kiosk.sheet.upgrade").property("name") == "Burger menu, with your drink, +€2.50"
    hand.tap("kiosk.sheet.upgrade")
    hand.until(lambda: hand.vm.sheet.facts["item_id"] == "menu")
    assert hand.vm.sheet.facts["total"] == "€11.40"
    assert chosen(hand, "slot:main") == {"burger": 0}
    assert chosen(hand, "slot:drink") == {}, "nothing is chosen beforehand"
    assert chosen(hand, "less:main:burger") == {"onion": 0}
    hand.tap("kiosk.sheet.downgrade")
    hand.until(lambda: hand.vm.sheet.facts["item_id"] == "burger")
    assert chosen(hand, "without") == {"onion": 0}
    hand.tap("kiosk.sheet.upgrade")
    settle(hand)
    hand.tap("kiosk.sheet.add")  # shows what is missing
    hand.still("kiosk.question.slot:drink")
    hand.tap("kiosk.sheet.option.slot:drink.cola")
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: hand.vm.basket.pieces == 1)
    settle(hand)
    assert hand.vm.basket.rows.rows[0]["details"] == "Cheeseburger (No onion)\u00a0· Cola"
    pay(hand, "counter")
    hand.until(lambda: hand.vm.page == "done")
    (line,) = till.asked("orders.place")[0]["lines"]
    assert line["item_id"] == "menu"
    assert line["choices"][0]["without"] == ["onion"]


def test_who_is_not_interested_has_nothing_to_decline(kiosk) -> None:
    hand = kiosk()
    open_dish(hand, "burgers", "burger")
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: hand.vm.basket.pieces == 1)
    assert hand.vm.basket.rows.rows[0]["name"] == "Cheeseburger"


def test_a_line_that_is_changed_may_become_a_menu_in_its_place(kiosk) -> None:
    hand = kiosk(WIDE)
    open_dish(hand, "burgers", "burger")
    hand.tap("kiosk.sheet.add")
    settle(hand)
    key = hand.vm.basket.rows.rows[0]["key"]
    hand.do(lambda: hand.vm.sheet.edit(key))
    hand.do(hand.vm.sheet.upgrade)
    hand.do(lambda: hand.vm.sheet.answer("slot:drink", "cola"))
    hand.do(hand.vm.sheet.take)
    (row,) = hand.vm.basket.rows.rows
    assert row["key"] == key
    assert row["name"] == "Burger menu"


def test_a_choice_keeps_its_focus_when_it_is_made(kiosk) -> None:
    hand = kiosk()
    hand.screen.view.requestActivate()
    open_dish(hand, "burgers", "burger")
    option: Any = hand.item("kiosk.sheet.option.group:extras.jalapeno")
    hand.do(option.forceActiveFocus)
    hand.do(lambda: hand.vm.sheet.answer("group:extras", "jalapeno"))
    settle(hand)
    focused = hand.screen.view.activeFocusItem()
    assert focused is not None
    assert focused.objectName() == "kiosk.sheet.option.group:extras.jalapeno"


@pytest.mark.parametrize("way", ["title first", "open first", "another's title before", "title a while later"])
def test_a_sheet_takes_the_focus_with_its_title_once_whichever_comes_first(kiosk, way: str) -> None:
    """Then a screen reader says it, and once; what takes the focus without a name is not heard."""
    hand = kiosk()
    view = hand.screen.view
    view.requestActivate()
    sheet = hand.screen.find("kiosk.languages")
    sheet.setProperty("title", "Another" if way == "another's title before" else "")
    heard: list[str] = []

    def listen() -> None:
        if view.activeFocusItem() == sheet and sheet.property("title"):
            heard.append(sheet.property("title"))

    view.activeFocusItemChanged.connect(listen)

    def come() -> None:
        for name, value in (("title", "Language"), ("open", True))[:: 1 if way == "title first" else -1]:
            if name == "open" or way != "title a while later":
                sheet.setProperty(name, value)

    hand.do(come)
    settle(hand)
    if way == "title a while later":
        assert (view.activeFocusItem(), heard) == (sheet, [])
        hand.do(lambda: sheet.setProperty("title", "Language"))
    hand.until(lambda: heard)
    settle(hand)
    view.activeFocusItemChanged.disconnect(listen)
    assert heard == ["Language"]


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_the_first_frame_after_a_touch_shows_that_a_sheet_comes(kiosk, size) -> None:
    """Each time: also when the sheet has been up before."""
    hand = kiosk(size)
    view = hand.screen.view
    hand.tap("kiosk.category.burgers")
    settle(hand)
    sheet = hand.screen.find("kiosk.sheet.scroll")
    for _ in range(2):
        tops: list[float] = []

        def drawn(tops: list[float] = tops) -> None:
            if hand.vm.sheet.isOpen:
                tops.append(sheet.mapToScene(QPointF(0, 0)).y() if sheet.isVisible() else view.height())

        view.frameSwapped.connect(drawn)
        hand.tap("kiosk.item.burger")
        hand.until(lambda tops=tops: tops, "a frame")
        view.frameSwapped.disconnect(drawn)
        assert tops[0] < view.height() - 48
        settle(hand)
        assert sheet.mapToScene(QPointF(0, 0)).y() < tops[0], "it came further up"
        hand.do(hand.vm.sheet.close)
        settle(hand)


def test_what_a_dish_asked_is_put_away_when_its_sheet_has_gone(kiosk) -> None:
    hand = kiosk()
    open_dish(hand, "burgers", "burger")
    assert hand.vm.sheet.questions.count > 0
    hand.tap("kiosk.sheet.close")
    hand.until(lambda: hand.vm.sheet.questions.count == 0)
    open_dish(hand, "burgers", "burger")
    assert hand.item("kiosk.sheet.option.group:extras.jalapeno") is not None


def asking(hand: Hand, desk: Desk, *names: str, price: int = 0, most: int = 1) -> None:
    """The burger asks one question with these answers; its sheet is opened."""
    menu = deepcopy(MENU)
    menu["combos"] = []
    answers = [{"modifier_id": f"a{n}", "name": name, "price_minor": price} for n, name in enumerate(names)]
    menu["modifier_groups"][0] |= {"min": 0, "max": most, "modifiers": answers}
    menu["ingredients"] = []
    desk.tell("menu", None, menu)
    hand.until(lambda: len(hand.vm._index.groups["extras"]["modifiers"]) == len(names))
    open_dish(hand, "burgers", "burger")
    hand.until(lambda: hand.sees(f"kiosk.sheet.option.group:extras.a{len(names) - 1}"))


def answer_places(hand: Hand, count: int) -> list[tuple[int, int, int, int]]:
    """`(x, y, width, height)` of each."""
    items = [hand.item(f"kiosk.sheet.option.group:extras.a{n}") for n in range(count)]
    return [(round(i.x()), round(i.y()), round(i.width()), round(i.height())) for i in items]


@pytest.mark.parametrize("price", [0, 130])
def test_an_odd_few_short_answers_stand_in_one_row_and_leave_no_hole(desk, kiosk, price: int) -> None:
    hand = kiosk()
    asking(hand, desk, "Small", "Regular 0.5 l", "Large", price=price)
    found = answer_places(hand, 3)
    assert len({y for _, y, _, _ in found}) == 1
    assert len({x for x, _, _, _ in found}) == 3


def test_answers_that_need_the_room_stand_two_and_two_and_are_level(desk, kiosk) -> None:
    hand = kiosk()
    long = "Very hot indeed, as it is eaten at home in Saigon, with all its seeds and then some more of them"
    asking(hand, desk, "Not hot", "A little hot", "Hot", long)
    first, second, third, fourth = answer_places(hand, 4)
    assert first[1] == second[1] < third[1] == fourth[1]
    assert third[3] == fourth[3] > first[3]


def test_one_answer_alone_is_as_wide_as_its_question(desk, kiosk) -> None:
    hand = kiosk()
    asking(hand, desk, "A plate of herbs")
    assert answer_places(hand, 1)[0][2] == round(hand.item("kiosk.question.group:extras").width())


def test_long_names_that_are_counted_have_a_row_each(desk, kiosk) -> None:
    hand = kiosk()
    asking(hand, desk, "Meatballs, beef (four pieces)", "Egg", "Noodles", "Bean sprouts", price=150, most=4)
    found = answer_places(hand, 4)
    assert len({x for x, _, _, _ in found}) == 1
    assert len({h for _, _, _, h in found}) == 1
    hand.tap("kiosk.sheet.option.group:extras.a0")
    hand.until(lambda: hand.sees("kiosk.sheet.option.group:extras.a0.count.more"))
    assert answer_places(hand, 4) == found, "nothing moves"


def test_an_odd_answer_at_the_end_has_the_row_to_itself(desk, kiosk) -> None:
    hand = kiosk()
    asking(hand, desk, "Very light, as it comes", "Medium", "Dark", "Very dark", "Not toasted at all")
    found, width = answer_places(hand, 5), round(hand.item("kiosk.question.group:extras").width())
    assert [y for _, y, _, _ in found] == [found[0][1]] * 2 + [found[2][1]] * 2 + [found[4][1]]
    assert found[4][2] == width
    assert found[1][0] + found[1][2] == pytest.approx(width, abs=1)


def test_three_long_answers_stand_under_each_other(desk, kiosk) -> None:
    hand = kiosk()
    asking(hand, desk, "Warm, with roasted onions and fresh marjoram from the garden", "Cold, with sour cream", "To go")
    found = answer_places(hand, 3)
    assert len({x for x, _, _, _ in found}) == 1
    assert {w for _, _, w, _ in found} == {round(hand.item("kiosk.question.group:extras").width())}


def pictured(menu: dict[str, Any], *names: str, most: int = 1) -> None:
    """The burger asks one question whose answers have pictures, all but the last."""
    menu["combos"], menu["ingredients"] = [], []
    images = ["cola.webp"] * (len(names) - 1) + [None]
    answers = [
        {"modifier_id": f"a{n}", "name": name, "price_minor": 50, "image": images[n]} for n, name in enumerate(names)
    ]
    menu["modifier_groups"][0] |= {"min": 0, "max": most, "modifiers": answers}


def test_answers_with_pictures_of_their_own_show_them(desk, show) -> None:
    menu = deepcopy(MENU)
    pictured(menu, "Cow's milk", "Oat drink", "None")
    menu["items"][3]["variations"][1]["image"] = "coffee.webp"
    set_up(desk, menu)
    hand = show("kiosk", TALL, languages=["en"])
    enter(hand)
    open_dish(hand, "burgers", "burger")
    assert hand.vm.sheet.questions.row("group:extras")["pictured"]
    options = hand.vm.sheet.questions.row("group:extras")["options"]
    assert [o["image"].rpartition("/")[2] for o in options] == ["cola.webp", "cola.webp", ""]
    assert hand.item("kiosk.sheet.option.group:extras.a0").property("pictured")
    hand.tap("kiosk.sheet.close")
    hand.until(lambda: not hand.vm.sheet.isOpen)
    settle(hand)
    open_dish(hand, "drinks", "coffee")
    assert [o["image"].rpartition("/")[2] for o in hand.vm.sheet.questions.row("variation")["options"]] == [
        "", "coffee.webp",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_what_counts_an_answer_with_a_picture_stands_below_its_name(desk, show, size) -> None:
    menu = deepcopy(MENU)
    pictured(menu, "Viennese cheesecake with sultanas and candied orange peel", "Crescent", "None", most=4)
    set_up(desk, menu)
    hand = show("kiosk", size, languages=["en"])
    enter(hand)
    open_dish(hand, "burgers", "burger")
    option = "kiosk.sheet.option.group:extras.a0"
    before = answer_places(hand, 3)
    hand.tap(option)
    hand.until(lambda: hand.sees(f"{option}.count"))
    name = find_item(hand.item(option), "words")
    assert name is not None
    counter = hand.item(f"{option}.count")
    bottom = name.mapToScene(QPointF(0, name.height())).y()
    assert bottom <= counter.mapToScene(QPointF(0, 0)).y()
    assert answer_places(hand, 3) == before, "nothing moves"


@pytest.mark.parametrize(("count", "across"), [(4, 2), (5, 3), (6, 3)])
def test_answers_with_pictures_stand_in_rows_as_even_as_can_be(desk, show, count: int, across: int) -> None:
    menu = deepcopy(MENU)
    pictured(menu, *(f"Kind {n}" for n in range(count)))
    set_up(desk, menu)
    hand = show("kiosk", TALL, languages=["en"])
    enter(hand)
    open_dish(hand, "burgers", "burger")
    places = answer_places(hand, count)
    assert sum(y == places[0][1] for _, y, _, _ in places) == across


def test_a_sheet_that_asks_little_is_no_taller_than_it_needs_to_be(desk, kiosk) -> None:
    hand = kiosk()
    open_dish(hand, "drinks", "coffee")
    scroll = hand.item("kiosk.sheet.scroll")
    assert scroll.height() < hand.screen.view.height() * 0.6
    assert scroll.height() >= scroll.property("contentHeight") - 1


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_the_question_that_is_shown_begins_at_the_top_and_nothing_is_cut_above_it(desk, show, size) -> None:
    set_up(desk, demo_menu())
    hand = show("kiosk", size, languages=["en"])
    enter(hand)
    hand.do(lambda: hand.vm.tapDish("ember-burger"))
    settle(hand)
    hand.tap("kiosk.sheet.add")
    hand.rest(0.6)
    rows = hand.vm.sheet.questions.rows
    at = next(n for n, row in enumerate(rows) if row["missing"])
    page = on_glass(hand.item("kiosk.sheet.scroll"))
    shown, before = (on_glass(hand.item(f"kiosk.question.{rows[n]['key']}")) for n in (at, at - 1))
    assert before.bottom() <= page.top() < shown.top() < page.top() + 60
