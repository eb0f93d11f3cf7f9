"""Cards without a line to the bank: taken within the shop's limits, forwarded later, and told when the bank says no."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cards.simulator import Behaviour
from server.event import Refused
from server.node import Node, NodeSettings
from server.services.orders.events import Order
from server.services.payments.offline import HOUR_MS, OfflineLimits, Stored, online_only
from tests.unit.cards.counter import Counter

LIMITS = OfflineLimits(order_minor=1000, day_minor=2500, hours=24)
NOW = 1_772_366_400_000


@pytest.mark.parametrize(
    ("amount", "stored", "alone"),
    [
        (1000, [], False),
        (1001, [], True),
        (1000, [Stored(1500, NOW)], False),
        (1000, [Stored(1501, NOW)], True),
        (1, [Stored(1, NOW - 24 * HOUR_MS)], False),
        (1, [Stored(1, NOW - 24 * HOUR_MS - 1)], True),
    ],
)
def test_the_limits_hold_to_the_last_cent_and_the_last_moment(amount: int, stored: list[Stored], alone: bool) -> None:
    assert online_only(amount, stored, NOW, LIMITS) is alone


@given(st.lists(st.integers(1, 3000), max_size=40))
def test_never_more_is_at_risk_than_the_shop_allows(amounts: list[int]) -> None:
    stored: list[Stored] = []
    for amount in amounts:
        if not online_only(amount, stored, NOW, LIMITS):
            stored.append(Stored(amount, NOW))
    assert sum(one.amount_minor for one in stored) <= LIMITS.day_minor
    assert all(one.amount_minor <= LIMITS.order_minor for one in stored)
    assert online_only(1, [], NOW, OfflineLimits(order_minor=0))


MENU = {
    "currency": "EUR",
    "name": "Corner",
    "categories": [{"category_id": "c", "name": "All", "item_ids": ["tea"]}],
    "items": [
        {"item_id": "tea", "name": "Tea", "variations": [{"variation_id": "cup", "name": "Cup", "price_minor": 250}]}
    ],
}


class Shop:
    """A till whose card terminal has no line."""

    def __init__(self, node: Node, counter: Counter) -> None:
        self.node, self.counter = node, counter

    async def command(self, name: str, **fields: Any) -> Any:
        return (await self.node.command(name, {"command_id": str(uuid.uuid4()), **fields})).result

    async def place(self, quantity: int = 1) -> str:
        lines = [{"item_id": "tea", "quantity": quantity, "modifiers": []}]
        return str((await self.command("orders.place", lines=lines, dining="here"))["order_id"])

    async def pay(self, order_id: str) -> Any:
        return await self.command("payments.capture", order_id=order_id, tender="card")

    def order(self, order_id: str) -> Order:
        found = self.node.order(order_id)
        assert found is not None
        return found

    async def until(self, order_id: str, what: str) -> Order:
        async with asyncio.timeout(20):
            while what not in [h.what for h in self.order(order_id).history]:
                await asyncio.sleep(0.02)
        return self.order(order_id)


@pytest.fixture
async def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    monkeypatch.setattr("server.settlement.FORWARD_EVERY_S", 0.05)
    counter = Counter(tmp_path)
    counter.behaviour = Behaviour("offline", 0)
    await counter.on()
    settings = NodeSettings(
        data=tmp_path / "till", store="corner", label="Till", role="pos", mdns=False, offline_cards=LIMITS
    )
    node = await Node.open(settings, card_terminal=counter.till())
    await node.command("menu.publish", {"command_id": str(uuid.uuid4()), "menu": MENU})
    await node.start()
    one = Shop(node, counter)
    yield one
    await one.node.close()
    await counter.plug_pulled()


async def test_a_card_is_taken_without_a_line_and_forwarded_when_there_is_one(shop: Shop) -> None:
    order_id = await shop.place()
    assert (await shop.pay(order_id))["paid"]
    (tender,) = shop.order(order_id).tenders
    assert (tender.offline, tender.declined_late, shop.order(order_id).due_minor) == (True, False, 0)
    shop.counter.simulator.set(Behaviour("approve", 0))
    order = await shop.until(order_id, "card forwarded to the bank")
    assert (order.paid_minor, order.warnings) == (250, [])


async def test_over_the_limits_a_card_is_not_taken_without_a_line(shop: Shop) -> None:
    large = await shop.place(5)
    with pytest.raises(Refused) as refused:
        await shop.pay(large)
    assert refused.value.code == "card_no_line"
    assert "Nothing was charged" in refused.value.text
    for _ in range(2):
        assert (await shop.pay(await shop.place(4)))["paid"]
    with pytest.raises(Refused):
        await shop.pay(await shop.place(3))
    assert (await shop.pay(await shop.place(2)))["paid"], "up to the limit"
    shop.counter.simulator.set(Behaviour("approve", 0))
    assert (await shop.pay(large))["paid"]


async def test_a_late_decline_is_a_task_for_staff_until_it_is_made_good(shop: Shop) -> None:
    first, second = await shop.place(), await shop.place()
    await shop.pay(first)
    await shop.pay(second)
    await shop.command("orders.collect", order_id=first)
    shop.counter.simulator.set(Behaviour("approve", 0, "decline"))
    for order_id in (first, second):
        order = await shop.until(order_id, "card declined when it was forwarded")
        assert (order.paid_minor, order.due_minor, order.warnings) == (0, 250, ["declined_late"])
        assert order.tenders[0].declined_late
    assert {o.order_id for o in shop.node.orders(open_only=True)} == {first, second}, "staff see them, collected or not"
    with pytest.raises(Refused) as refused:
        await shop.command("payments.refund", order_id=first, reason="x")
    assert refused.value.code == "nothing_to_refund"
    await shop.command("payments.capture", order_id=first, tender="cash")
    assert (shop.order(first).due_minor, shop.order(first).warnings) == (0, [])
    assert (await shop.command("payments.write_off", order_id=second, reason="guest unknown"))["amount_minor"] == 250
    order = shop.order(second)
    assert (order.due_minor, order.paid_minor, order.overpaid_minor, order.warnings) == (0, 0, 0, [])
    assert order.written_off_minor == 250
    with pytest.raises(Refused):
        await shop.command("payments.write_off", order_id=second, reason="again")


async def test_only_what_a_bank_declined_is_written_off(shop: Shop) -> None:
    with pytest.raises(Refused) as refused:
        await shop.command("payments.write_off", order_id=await shop.place(), reason="x")
    assert refused.value.code == "nothing_to_write_off"


async def test_what_waits_to_be_forwarded_is_asked_about_after_a_restart(shop: Shop) -> None:
    order_id = await shop.place()
    await shop.pay(order_id)
    await shop.node.close()
    shop.counter.simulator.set(Behaviour("approve", 0, "decline"))
    shop.node = await Node.open(shop.node.settings, card_terminal=shop.counter.till())
    await shop.node.start()
    assert (await shop.until(order_id, "card declined when it was forwarded")).due_minor == 250
