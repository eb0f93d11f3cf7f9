"""Vouchers of a shop whose terminals were apart, or one of which burned: with real nodes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.event import Draft, Refused
from server.machine import Machine
from server.node import Node
from server.services.health import events as health
from server.services.payments import events as payments
from server.services.vouchers.events import check_digit, voucher_id_of
from tests.unit.test_node import MENU, command, settings, tea
from tests.unit.test_node_hearing import PATIENCE_S, in_step, up

CODE = "47110815123" + check_digit("47110815123")


async def alarms(node: Node) -> list[str]:
    events, _ = await node.log.events(0, ["health"])
    return [e.data(health.Alarm).code for e in events if e.type == health.ALARM]


async def test_a_code_issued_at_two_terminals_apart_is_told_where_the_second_was_issued(
    tmp_path: Path, running: list[Node]
) -> None:
    for name, amount in (("first", 2000), ("second", 3000)):  # neither runs while the other does
        node = await Node.open(settings(tmp_path / name, mdns=False))
        await node.command("menu.publish", command(menu=MENU))
        await node.command("vouchers.issue", command(code=CODE, amount_minor=amount))
        await node.close()
    first = await up(running, tmp_path / "first")
    second = await up(running, tmp_path / "second", first)
    await in_step(first, second)
    async with asyncio.timeout(PATIENCE_S):
        while not second.status().notes:
            await asyncio.sleep(0.02)
    [note] = second.status().notes
    assert (note.kind, note.amount_minor, note.currency) == ("voucher_twice", 3000, "EUR")
    assert note.text in second.status().warnings
    assert first.status().notes == []
    async with asyncio.timeout(PATIENCE_S):
        while "voucher_issued_twice" not in await alarms(first):
            await asyncio.sleep(0.02)
    for node in (first, second):
        found = node.voucher(CODE)
        assert found is not None
        assert (found.balance_minor, found.again_minor) == (2000, 3000)


async def test_the_half_of_a_payment_that_burned_with_its_terminal_is_written_again_by_itself(
    tmp_path: Path, running: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.engine.HALVES_EVERY_S", 0.05)
    monkeypatch.setattr("server.services.shop.HALF_MS", 0)
    node = await Node.open(settings(tmp_path, mdns=False))
    running.append(node)
    await node.start()
    await node.command("menu.publish", command(menu=MENU))
    await node.command("vouchers.issue", command(code=CODE, amount_minor=2000))
    order_id = (await node.command("orders.place", tea())).result["order_id"]
    half = payments.Captured("p1", "voucher", 250, voucher=voucher_id_of(CODE))
    await node.log.append([Draft(payments.CAPTURED, order_id, half)])
    async with asyncio.timeout(PATIENCE_S):
        while (found := node.voucher(CODE)) is None or found.balance_minor != 1750:
            await asyncio.sleep(0.02)
    assert [use.order_id for use in found.uses] == [order_id]


class Behind(Machine):
    """A machine of so many days ago."""

    def __init__(self, days: int) -> None:
        self._days = days

    def wall_ms(self) -> int:
        return super().wall_ms() - self._days * 86_400_000


@pytest.mark.parametrize(("days", "apart"), [(0, True), (5, True), (9, False)])
async def test_a_shop_of_one_terminal_is_not_apart_from_one_that_it_no_longer_has(
    tmp_path: Path, running: list[Node], days: int, apart: bool
) -> None:
    """Its only terminal got a new disk, and with that is another device: the old one will never be in touch again."""
    old = await Node.open(settings(tmp_path / "old", mdns=False), machine=Behind(days))
    await old.start()
    await old.command("menu.publish", command(menu=MENU))
    await old.command("vouchers.issue", command(code=CODE, amount_minor=9000))
    node = await up(running, tmp_path / "new", old)
    await in_step(node, old)
    await old.close()
    async with asyncio.timeout(PATIENCE_S):
        while node.peers() and node.peers()[0].state == "connected":
            await asyncio.sleep(0.02)
    assert len(node.services.store_members("corner")) == 2
    assert node.is_apart() is apart
    order_id = (await node.command("orders.place", tea(30))).result["order_id"]  # 75.00
    paying = command(order_id=order_id, tender="voucher", code=CODE)
    if apart:
        with pytest.raises(Refused, match="can't reach the others"):
            await node.command("payments.capture", paying)
    else:
        assert (await node.command("payments.capture", paying)).result["paid"]
