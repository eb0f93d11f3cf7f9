"""The kiosk before its real server, a process of its own: what the glass says is what the shop's books say."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.shop import Server
from tests.ui.conftest import Hand
from ui.kiosk.driver import Touch, sellable
from ui.shell import Screen
from ui.text import ASSETS

MENU = json.loads((ASSETS / "menus" / "demo.json").read_text("utf-8"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(
        tmp_path / "kiosk", "--store", "riverside", "--label", "Kiosk 1", "--no-mdns", "--card-delay-ms", "300"
    )
    server.start()
    server.command("menu.publish", menu=MENU)
    yield server
    server.stop()


@pytest.fixture
def hand(server: Server, loop: asyncio.AbstractEventLoop) -> Iterator[Hand]:
    screen = Screen("kiosk", server.folder, languages=["en", "de"])
    hand = Hand(screen, loop)

    async def begin() -> None:
        screen.view.resize(1080, 1920)
        screen.view.show()
        screen.client.start()

    loop.run_until_complete(begin())
    hand.until(lambda: hand.vm.ready, "the menu is there")
    yield hand
    loop.run_until_complete(screen.client.close())
    warnings = list(screen.shell.warnings)
    screen.dismantle()
    hand.rest()
    assert warnings == []


def test_what_is_tapped_is_what_is_cooked_and_paid(server, hand) -> None:
    finger = Touch(hand.screen)

    async def visit() -> None:
        await finger.enter("takeaway")
        await finger.choose("combos", "classic-menu")
        await finger.choose("cold-drinks", "water")

    hand.loop.run_until_complete(visit())
    shown = hand.vm.basket.totalText
    hand.loop.run_until_complete(finger.pay())
    (order,) = server.get("/v1/orders")
    assert order["number"] == hand.vm.payment["number"]
    assert shown == f"€{order['total_minor'] // 100}.{order['total_minor'] % 100:02}"
    assert order["paid_minor"] == order["total_minor"]
    assert order["dining"] == "takeaway"
    assert [line["item_id"] for line in order["lines"]] == ["classic-menu", "water"]
    (ticket,) = server.get("/v1/tickets")
    assert ticket["order_id"] == order["order_id"]


@pytest.mark.parametrize("kind", ["card", "counter"])
def test_a_customer_who_is_done_leaves_the_order_standing(server, hand, kind: str) -> None:
    finger = Touch(hand.screen)

    async def visit() -> None:
        await finger.enter("takeaway")
        await finger.choose("cold-drinks", "water")
        await finger.pay(kind)
        await finger.leave()
        await finger.enter("here")  # and the next customer's visit does not touch it either
        hand.vm.startOver()
        await asyncio.sleep(0.5)

    hand.loop.run_until_complete(visit())
    (order,) = server.get("/v1/orders")
    assert order["status"] == "placed"
    assert order["due_minor"] == (0 if kind == "card" else order["total_minor"])


def test_every_dish_that_is_offered_can_be_put_in_the_basket_and_is_taken_by_the_shop(server, hand) -> None:
    vm = hand.vm
    vm.touch()
    vm.begin("here")
    for _, item_id in sellable(vm):
        vm.tapDish(item_id)
        while missing := [q for q in vm.sheet.questions.rows if q["missing"]]:
            option = next(o["id"] for o in missing[0]["options"] if not o["out"] and not o["selected"])
            vm.sheet.answer(missing[0]["key"], option)
        vm.sheet.take()
        assert not vm.sheet.isOpen, item_id
    shown = vm.basket.total
    hand.do(vm.checkOut)
    hand.do(lambda: vm.pay("counter"))
    hand.until(lambda: vm.page == "done")
    (order,) = server.get("/v1/orders")
    assert order["total_minor"] == shown
    assert order["status"] == "placed"
    assert order["released"] is False


def test_bacon_out_at_the_counter_fades_on_the_kiosk(server, hand) -> None:
    vm = hand.vm
    vm.touch()
    vm.begin("here")
    vm.setCategory("burgers")
    server.command("stock.out", ingredient_id="bacon")
    hand.until(lambda: vm.dishes.row("bacon-cheeseburger")["state"] == "out")
    assert vm.dishes.row("bacon-cheeseburger")["reason"] == "Sold out: Bacon"
    server.command("stock.back", ingredient_id="bacon")
    hand.until(lambda: vm.dishes.row("bacon-cheeseburger")["state"] == "available")


def test_a_server_that_dies_during_a_card_payment_charges_once(server, hand) -> None:
    finger = Touch(hand.screen)

    async def up_to_the_card() -> None:
        await finger.enter()
        await finger.choose("cold-drinks", "water")
        await finger.check_out()
        await finger.tap("kiosk.pay.card")
        await finger.until(lambda: hand.vm.payment["state"] in ("card", "done"), "the card's turn")

    hand.loop.run_until_complete(up_to_the_card())
    server.kill()
    (server.folder / "endpoint.json").unlink(missing_ok=True)
    hand.rest(0.2)
    server.start()
    hand.until(lambda: hand.vm.payment["state"] in ("done", "failed"), "the end is known")
    if hand.vm.payment["state"] == "failed":
        hand.rest(0.2)
        hand.tap("kiosk.pay.again")
        hand.until(lambda: hand.vm.page == "done")
    (order,) = server.get("/v1/orders")
    assert order["paid_minor"] == order["total_minor"]
    assert order["overpaid_minor"] == 0
    assert len(order["tenders"]) == 1


def test_an_order_given_up_after_a_declined_card_is_voided_in_the_books(tmp_path, loop) -> None:
    server = Server(
        tmp_path / "kiosk", "--store", "riverside", "--no-mdns", "--card-terminal", "decline", "--card-delay-ms", "0"
    )
    server.start()
    server.post("menu.publish", {"command_id": str(uuid.uuid4()), "menu": MENU})
    screen = Screen("kiosk", server.folder, languages=["en", "de"])
    hand = Hand(screen, loop)
    finger = Touch(screen)

    async def visit() -> None:
        screen.view.resize(1920, 1080)
        screen.view.show()
        screen.client.start()
        await finger.enter()
        await finger.choose("cold-drinks", "water")
        await finger.check_out()
        await finger.tap("kiosk.pay.card")
        await finger.until(lambda: hand.vm.payment["state"] == "failed", "the refusal")
        await finger.tap("kiosk.pay.back")

    loop.run_until_complete(visit())
    hand.until(lambda: server.get("/v1/orders")[0]["status"] == "voided")
    assert hand.vm.basket.pieces == 1
    loop.run_until_complete(screen.client.close())
    screen.dismantle()
    hand.rest()
    server.stop()
