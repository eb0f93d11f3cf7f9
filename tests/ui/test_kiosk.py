"""The customer's kiosk in a real window, by touch: moments 1, 2, 3 and 5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtQuick import QQuickItem

from tests.ui.conftest import Hand
from tests.ui.desk import Desk
from tests.ui.diner import BACON_BACK, BACON_OUT
from tests.ui.visit import TALL, WIDE, Till, available, enter, line_key, open_dish, order, pay, set_up, settle


@pytest.fixture
def kiosk(desk: Desk, show: Callable[..., Hand]) -> Callable[..., Hand]:
    def open_kiosk(size: tuple[int, int] = TALL, **options: Any) -> Hand:
        set_up(desk)
        return show("kiosk", size, languages=["en", "de"], **options)

    return open_kiosk


def items(root: QQuickItem, prefix: str = "kiosk.") -> list[QQuickItem]:
    """Every item that can be seen and whose name begins so."""
    found = [root] if root.objectName().startswith(prefix) and root.isVisible() else []
    return found + [i for child in root.childItems() if child.isVisible() for i in items(child, prefix)]


def spot(hand: Hand, name: str) -> tuple[float, float, float, float]:
    item = hand.item(name)
    at = item.mapToScene(QPointF(0, 0))
    return at.x(), at.y(), item.width(), item.height()


@pytest.mark.parametrize("size", [TALL, WIDE])
def test_a_meal_is_ordered_and_paid_by_touch(desk, kiosk, size) -> None:
    till = Till(desk, "A47", 1190)
    hand = kiosk(size)
    enter(hand, "takeaway")
    order(hand, "burgers", "burger")
    order(hand, "drinks", "cola")
    assert hand.vm.basket.totalText == "€11.90"
    pay(hand)
    hand.until(lambda: hand.vm.page == "done")
    assert hand.item("kiosk.done.number").property("text") == "A47"
    (placed,) = till.asked("orders.place")
    assert placed["dining"] == "takeaway"
    assert placed["channel"] == "kiosk"
    assert placed["hold_until_paid"] is True
    assert [(line["item_id"], line["quantity"]) for line in placed["lines"]] == [("burger", 1), ("cola", 1)]
    assert not any("price" in key for line in placed["lines"] for key in line)
    (charged,) = till.asked("payments.capture")
    assert charged["order_id"] == placed["order_id"]
    assert charged["tender"] == "card"
    settle(hand)
    hand.tap("kiosk.done.finish")
    hand.until(lambda: hand.vm.page == "attract")
    assert hand.vm.basket.pieces == 0


def test_food_is_seen_in_the_language_just_chosen(kiosk) -> None:
    hand = kiosk()
    hand.until(lambda: hand.vm.ready)
    hand.tap("kiosk.attract")
    settle(hand)
    hand.tap("kiosk.lang.de")
    settle(hand)
    hand.tap("kiosk.dining.here")
    settle(hand)
    assert hand.item("kiosk.category.drinks").property("name") == "Getränke"
    hand.tap("kiosk.category.drinks")
    assert hand.until(lambda: hand.vm.dishes.row("coffee"))["name"] == "Kaffee"


def test_what_has_no_price_is_not_offered(kiosk) -> None:
    hand = kiosk()
    enter(hand)
    hand.tap("kiosk.category.other")
    hand.until(lambda: hand.sees("kiosk.item.fries"))
    assert not hand.sees("kiosk.item.gift-card")


def test_no_onions_and_extra_cheese_move_the_price_at_once(desk, kiosk) -> None:
    till = Till(desk)
    hand = kiosk()
    enter(hand)
    open_dish(hand, "burgers", "burger")
    assert hand.vm.sheet.facts["total"] == "€8.90"
    hand.tap("kiosk.sheet.option.group:extras.extra-cheese")
    assert hand.vm.sheet.facts["total"] == "€9.80"
    hand.tap("kiosk.sheet.option.without.onion")
    assert hand.vm.sheet.facts["total"] == "€9.80"
    hand.tap("kiosk.sheet.quantity.more")
    assert hand.vm.sheet.facts["total"] == "€19.60"
    hand.tap("kiosk.sheet.add")
    settle(hand)
    row = hand.vm.basket.rows.rows[0]
    assert row["details"] == "Extra cheese\u00a0· No onion"
    assert row["price"] == "€19.60"
    pay(hand, "counter")
    hand.until(lambda: hand.vm.page == "done")
    (line,) = till.asked("orders.place")[0]["lines"]
    assert line["without"] == ["onion"]
    assert line["modifiers"] == [{"modifier_id": "extra-cheese", "quantity": 1}]
    assert till.asked("payments.capture") == []


def test_a_menu_is_not_finished_without_its_drink_which_is_shown(kiosk) -> None:
    hand = kiosk(WIDE)
    enter(hand)
    open_dish(hand, "burgers", "menu")
    hand.tap("kiosk.sheet.option.slot:main.bacon-burger")
    hand.tap("kiosk.sheet.option.in:main:bacon-burger:doneness.medium")
    hand.tap("kiosk.sheet.add")
    hand.still("kiosk.question.slot:drink")
    assert hand.vm.sheet.isOpen
    assert hand.vm.basket.pieces == 0
    assert hand.vm.sheet.questions.row("slot:drink")["asked"]
    _, y, _, height = spot(hand, "kiosk.question.slot:drink")
    _, top, _, window = spot(hand, "kiosk.sheet.scroll")
    assert top <= y
    assert y + height <= top + window
    hand.tap("kiosk.sheet.option.slot:drink.coffee")
    assert not hand.vm.sheet.questions.row("slot:drink")["asked"]
    assert hand.vm.sheet.facts["total"] == "€14.40"
    hand.tap("kiosk.sheet.add")
    hand.until(lambda: hand.vm.basket.pieces == 1)


def test_one_choice_too_many_is_explained_and_not_taken(kiosk) -> None:
    hand = kiosk()
    enter(hand)
    open_dish(hand, "burgers", "burger")
    for modifier in ("extra-cheese", "extra-bacon", "jalapeno"):
        hand.tap(f"kiosk.sheet.option.group:extras.{modifier}")
    chosen = [o["id"] for o in hand.vm.sheet.questions.row("group:extras")["options"] if o["selected"]]
    assert chosen == ["extra-cheese", "extra-bacon"]
    assert hand.item("kiosk.toast").property("text") == "Extras: up to 2. Take one out first."


def test_bacon_runs_out_and_nothing_moves_under_the_finger(desk, kiosk) -> None:
    hand = kiosk()
    enter(hand)
    open_dish(hand, "burgers", "bacon-burger")
    hand.tap("kiosk.sheet.option.group:doneness.medium")
    hand.tap("kiosk.sheet.add")
    settle(hand)
    names = ["kiosk.item.burger", "kiosk.item.bacon-burger", "kiosk.item.menu", "kiosk.category.drinks", "kiosk.pay"]
    before = {name: spot(hand, name) for name in names}
    tile = hand.item("kiosk.item.bacon-burger")
    desk.tell("availability", "", BACON_OUT)
    hand.until(lambda: tile.property("out"), "the tile has faded")
    settle(hand)
    assert hand.item("kiosk.item.bacon-burger") is tile
    assert {name: spot(hand, name) for name in names} == before
    assert "Sold out: Bacon" in tile.property("name")
    hand.tap("kiosk.item.bacon-burger")
    assert not hand.vm.sheet.isOpen
    assert hand.item("kiosk.toast").property("text") == "Bacon Cheeseburger can’t be had right now."


def test_what_runs_out_stays_in_the_basket_marked_and_can_be_swapped(desk, kiosk) -> None:
    till = Till(desk)
    hand = kiosk()
    enter(hand)
    open_dish(hand, "burgers", "bacon-burger")
    hand.tap("kiosk.sheet.option.group:doneness.medium")
    hand.tap("kiosk.sheet.add")
    settle(hand)
    order(hand, "other", "fries")
    hand.tap("kiosk.basket.open")
    hand.still("kiosk.basket.pay")
    lines = [f"kiosk.line.{line_key(hand, n)}" for n in (0, 1)]
    before = [spot(hand, name) for name in lines]
    desk.tell("availability", "", BACON_OUT)
    hand.until(lambda: hand.vm.basket.isTroubled)
    settle(hand)
    assert [spot(hand, name) for name in lines] == before
    assert hand.vm.basket.rows.rows[0]["trouble"] == "Sold out: Bacon"
    assert not hand.item("kiosk.basket.pay").isEnabled()
    hand.tap(f"kiosk.line.mend.{line_key(hand)}")
    settle(hand)
    assert hand.vm.category == "burgers"
    open_dish(hand, "burgers", "burger")
    hand.tap("kiosk.sheet.add")
    settle(hand)
    assert [row["name"] for row in hand.vm.basket.rows.rows] == ["Cheeseburger", "Fries"]
    pay(hand, "counter")
    hand.until(lambda: hand.vm.page == "done")
    assert [line["item_id"] for line in till.asked("orders.place")[0]["lines"]] == ["burger", "fries"]


def test_bacon_comes_back_and_the_mark_is_gone(desk, kiosk) -> None:
    hand = kiosk()
    enter(hand)
    order(hand, "other", "salad")
    open_dish(hand, "burgers", "burger")
    hand.tap("kiosk.sheet.option.group:extras.extra-bacon")
    hand.tap("kiosk.sheet.add")
    settle(hand)
    desk.tell("availability", "", BACON_OUT)
    hand.until(lambda: hand.vm.basket.isTroubled)
    assert [row["offer"] for row in hand.vm.basket.rows.rows] == ["", "choices"]
    desk.tell("availability", "", BACON_BACK)
    hand.until(lambda: not hand.vm.basket.isTroubled)


def test_a_choice_that_runs_out_while_the_sheet_is_open_is_taken_out_and_told(desk, kiosk) -> None:
    hand = kiosk()
    enter(hand)
    open_dish(hand, "burgers", "burger")
    hand.tap("kiosk.sheet.option.group:extras.extra-bacon")
    assert hand.vm.sheet.facts["total"] == "€10.40"
    desk.tell("availability", "", BACON_OUT)
    hand.until(lambda: hand.vm.sheet.facts["total"] == "€8.90")
    option = hand.item("kiosk.sheet.option.group:extras.extra-bacon")
    assert option.property("gone")
    assert not option.isEnabled()
    assert hand.item("kiosk.toast").property("text") == "Bacon has just sold out. Please choose something else."


def test_the_last_portions_are_counted_down_and_not_sold_twice(desk, kiosk) -> None:
    hand = kiosk()
    enter(hand)
    desk.tell("availability", "", {"burger": available(left=3)})
    hand.until(lambda: hand.vm.dishes.row("burger")["few"] == "Only 3 left")
    open_dish(hand, "burgers", "burger")
    for _ in range(5):
        if hand.item("kiosk.sheet.quantity.more").isEnabled():
            hand.tap("kiosk.sheet.quantity.more")
    assert hand.vm.sheet.facts["quantity"] == 3
    hand.tap("kiosk.sheet.add")
    settle(hand)
    open_dish(hand, "burgers", "burger")
    assert hand.vm.sheet.facts["lost"]
    assert hand.vm.sheet.facts["notice"] == "All that is left is in your order"
    hand.tap("kiosk.sheet.close")
    settle(hand)
    desk.tell("availability", "", {"burger": available(left=1)})
    hand.until(lambda: hand.vm.basket.isTroubled)
    hand.tap("kiosk.basket.open")
    settle(hand)
    hand.tap(f"kiosk.line.mend.{line_key(hand)}")
    hand.until(lambda: hand.vm.basket.rows.rows[0]["quantity"] == 1)
    assert not hand.vm.basket.isTroubled


def test_a_dish_taken_out_can_be_put_back(kiosk) -> None:
    hand = kiosk(WIDE)
    enter(hand)
    order(hand, "drinks", "cola")
    hand.tap(f"kiosk.line.quantity.{line_key(hand)}.less")
    hand.until(lambda: hand.vm.basket.pieces == 0)
    hand.tap("kiosk.toast.action")
    hand.until(lambda: hand.vm.basket.pieces == 1)


def test_what_passes_is_said_above_the_sum(kiosk) -> None:
    hand = kiosk(TALL)
    enter(hand)
    order(hand, "drinks", "cola")
    order(hand, "other", "fries")
    hand.tap("kiosk.basket.open")
    settle(hand)
    hand.tap(f"kiosk.line.quantity.{line_key(hand)}.less")
    hand.until(lambda: hand.sees("kiosk.toast"))
    settle(hand)
    toast, total = hand.item("kiosk.toast"), hand.item("kiosk.basket.total")
    assert toast.mapToScene(QPointF(0, toast.height())).y() <= total.mapToScene(QPointF(0, 0)).y()


def test_starting_over_asks_before_it_clears_a_filled_basket(kiosk) -> None:
    hand = kiosk()
    enter(hand)
    order(hand, "drinks", "cola")
    hand.tap("kiosk.over")
    settle(hand)
    hand.tap("kiosk.over.sure.accept")
    assert hand.vm.basket.pieces == 1
    hand.tap("kiosk.over")
    settle(hand)
    hand.tap("kiosk.over.sure.decline")
    hand.until(lambda: hand.vm.page == "attract")
    assert hand.vm.basket.pieces == 0


def test_who_is_still_there_touches_nothing_that_lies_under_the_question(kiosk) -> None:
    hand = kiosk(idle_seconds=10_000, language="en")
    enter(hand)
    order(hand, "drinks", "cola")
    everywhere = [(hand.screen.view.width() * x // 8, hand.screen.view.height() * y // 8)
                  for x in range(1, 8) for y in range(1, 8)]  # fmt: skip
    for at in everywhere:
        hand.do(lambda: hand.screen.shell._set_idle(True))
        hand.until(lambda: hand.sees("kiosk.still.accept"))
        hand.tap_at(QPoint(*at))
        hand.until(lambda: not hand.sees("kiosk.still.accept"), f"{at} is an answer")
        if hand.vm.page == "attract":  # "start over" lay there
            enter(hand)
            order(hand, "drinks", "cola")
        assert (hand.vm.page, hand.vm.sheet.isOpen, hand.vm.basket.pieces) == ("menu", False, 1), at


def test_who_starts_over_when_asked_is_taken_at_their_word(kiosk) -> None:
    hand = kiosk(idle_seconds=10_000, language="en")
    enter(hand)
    order(hand, "drinks", "cola")
    hand.do(lambda: hand.screen.shell._set_idle(True))
    hand.tap("kiosk.still.decline")
    hand.until(lambda: hand.vm.page == "attract")
    assert hand.vm.basket.pieces == 0


def test_someone_who_left_is_asked_and_then_forgotten(kiosk) -> None:
    hand = kiosk(idle_seconds=1, language="en")
    shell = hand.screen.shell
    shell.set_patience(100)  # a busy machine takes long to order
    enter(hand)
    hand.vm.speak("de")
    order(hand, "drinks", "cola")
    shell.set_patience(1)
    hand.until(lambda: hand.sees("kiosk.still.accept"), "it asks whether anybody is there")
    shell._idle_timer.setInterval(100_000)
    hand.item("kiosk.still").setProperty("seconds", 2)  # the next time
    hand.tap("kiosk.still.accept")
    hand.until(lambda: not hand.sees("kiosk.still.accept"))
    assert hand.vm.basket.pieces == 1
    shell.set_patience(1)
    hand.until(lambda: hand.vm.page == "attract", "nobody answered")
    assert hand.vm.basket.pieces == 0
    assert hand.screen.shell.language == "en"


def test_all_that_can_be_touched_is_large_enough_and_has_a_name(kiosk) -> None:
    hand = kiosk()
    small: list[str] = []

    def look() -> None:
        settle(hand)
        for item in items(hand.screen.view.rootObject()):
            if item.property("pressFeedback") is None:
                continue
            if min(item.width(), item.height()) < 88 or not item.property("name"):
                small.append(f"{item.objectName()} {item.width()}×{item.height()}")

    hand.until(lambda: hand.vm.ready)
    hand.tap("kiosk.attract")
    look()
    hand.tap("kiosk.dining.here")
    look()
    order(hand, "drinks", "cola")
    open_dish(hand, "burgers", "bacon-burger")
    look()
    hand.tap("kiosk.sheet.close")
    settle(hand)
    hand.tap("kiosk.basket.open")
    look()
    hand.tap("kiosk.basket.pay")
    look()
    assert small == []
