"""One command id with another body: the first thing was done, the second is not, and whoever sent it is told so."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.backup import back_up, restore
from server.event import Refused
from server.node import Node
from server.services.asked import fingerprint
from server.services.payments.card_terminal import CardOutcome, CardRequest, SimulatedCardTerminal
from server.services.vouchers.events import check_digit
from tests.unit.test_node import MENU, command, settings, tea
from tests.unit.test_node_hearing import in_step, up

CODE = "47110815000" + check_digit("47110815000")


def said(node: Node) -> dict[str, int]:
    """What is held, but for what terminals say about themselves when they come to it."""
    return {stream: seq for stream, seq in node.frontier().items() if not stream.endswith("/health")}


async def turned_away(node: Node, name: str, body: dict[str, Any]) -> None:
    """It is refused by its id, and leaves nothing behind."""
    before = said(node)
    with pytest.raises(Refused) as refused:
        await node.command(name, body)
    assert refused.value.code == "command_id_used", f"{name}: {refused.value.code} {refused.value.text}"
    assert said(node) == before, f"{name} left something behind"


async def done(node: Node) -> list[tuple[str, dict[str, Any], dict[str, Any], Any]]:
    """A bit of everything: (command, body, another body under its id, what it was answered)."""
    every: list[tuple[str, dict[str, Any], dict[str, Any], Any]] = []

    async def do(name: str, body: dict[str, Any], **other: Any) -> Any:
        answer = await node.command(name, body)
        every.append((name, body, {**body, **other}, answer.result))
        return answer.result

    first = await do("orders.place", tea(), dining="takeaway")
    named = command(**{k: v for k, v in tea(2).items() if k != "command_id"}, order_id=command()["command_id"])
    second = await do("orders.place", named, customer_name="Ada")
    cash = await do("payments.capture", command(order_id=first["order_id"], tender="cash"), amount_minor=100)
    back = command(order_id=first["order_id"], reason="cold", payment_id=cash["payment_id"])
    await do("payments.refund", back, amount_minor=1)
    await do("payments.capture", command(order_id=second["order_id"], tender="card"), tender="cash")
    await do("payments.refund", command(order_id=second["order_id"], reason="late", amount_minor=200), amount_minor=300)
    await do("vouchers.issue", command(code=CODE, amount_minor=2000), amount_minor=9000)
    third = await do("orders.place", tea(3), lines=tea(4)["lines"])
    paid = command(order_id=third["order_id"], tender="voucher", code=CODE)
    await do("payments.capture", paid, amount_minor=1)
    await do("baskets.park", command(lines=tea()["lines"]), lines=tea(2)["lines"])
    return every


async def done_here_only(node: Node) -> list[tuple[str, dict[str, Any], dict[str, Any], Any]]:
    order, eaten = [(await node.command("orders.place", tea())).result["order_id"] for _ in "12"]
    every: list[tuple[str, dict[str, Any], dict[str, Any], Any]] = []
    for name, body, other in [
        ("orders.amend", command(order_id=order, lines=tea(2)["lines"]), {"lines": tea(3)["lines"]}),
        ("stock.count", command(item_id="tea", left=50), {"left": 5}),
        ("orders.accept", command(order_id=order), {"order_id": command()["command_id"]}),
        ("orders.start", command(order_id=order), {"order_id": command()["command_id"]}),
        ("orders.ready", command(order_id=eaten), {"order_id": order}),
        ("orders.collect", command(order_id=eaten), {"order_id": order}),
        ("kitchen.bump", command(order_id=order), {"line_ids": ["1"]}),
        ("kitchen.recall", command(order_id=order), {"line_ids": ["1"]}),
        ("stock.out", command(item_id="tea"), {"item_id": "soup"}),
        ("orders.void", command(order_id=order, reason="gone"), {"reason": "wrong"}),
        ("vouchers.cancel", command(code=CODE, reason="lost"), {"reason": "found"}),
        ("screens.close", command(why="staff"), {"why": "failing"}),
        ("menu.publish", command(menu=MENU), {"menu": {**MENU, "name": "Other"}}),
    ]:
        answer = await node.command(name, body)
        every.append((name, body, {**body, **other}, answer.result))
    return every


async def test_another_body_under_a_used_id_is_refused_and_the_same_one_answered(tmp_path: Path) -> None:
    node = await Node.open(settings(tmp_path))
    await node.command("menu.publish", command(menu=MENU))
    every = [*await done(node), *await done_here_only(node)]
    for restarted in (False, True):
        if restarted:
            await node.close()
            node = await Node.open(settings(tmp_path))
        for name, body, other, result in every:
            await turned_away(node, name, other)
            again = dict(reversed([*body.items(), ("command_id", body["command_id"])]))
            assert (await node.command(name, again)).result == result, name
            assert (await node.command(name, msgspec.json.encode(again))).result == result, name
    await node.close()


async def test_of_two_bodies_at_once_under_one_id_one_is_done(tmp_path: Path) -> None:
    node = await Node.open(settings(tmp_path))
    await node.command("menu.publish", command(menu=MENU))
    body = tea()
    told = await asyncio.gather(
        *(node.command("orders.place", {**body, "lines": tea(n)["lines"]}) for n in (1, 2, 1, 2)),
        return_exceptions=True,
    )
    assert [isinstance(one, Refused) and one.code for one in told] == [False, "command_id_used"] * 2
    assert [order.total_minor for order in node.orders()] == [250]
    await node.close()


async def test_a_terminal_that_has_heard_of_it_refuses_another_body_too(tmp_path: Path, running: list[Node]) -> None:
    here = await up(running, tmp_path / "here")
    await here.command("menu.publish", command(menu=MENU))
    other = await up(running, tmp_path / "other", here)
    every = await done(here)
    await in_step(here, other)
    for name, body, another, result in every:
        before = said(other)
        again = (await other.command(name, body)).result
        assert {k: again[k] for k in ("order_id", "payment_id", "code", "amount_minor", "number") if k in again} == {
            k: result[k] for k in ("order_id", "payment_id", "code", "amount_minor", "number") if k in result
        }, name
        assert said(other) == before, f"{name} did something at another terminal"
        await turned_away(other, name, another)


async def test_a_disk_that_was_lost_still_tells_the_bodies_apart(tmp_path: Path, running: list[Node]) -> None:
    there = await up(running, tmp_path / "there")
    await there.command("menu.publish", command(menu=MENU))
    burnt = await up(running, tmp_path / "burnt", there)
    every = [*await done(burnt), *(await done_here_only(burnt))[:-1]]
    await in_step(burnt, there)
    await burnt.close()
    running.remove(burnt)
    (tmp_path / "new").mkdir()
    shutil.copy(tmp_path / "burnt" / "device.key", tmp_path / "new")
    new = await up(running, tmp_path / "new", there)
    money = {"due_minor", "paid", "to_refund_minor", "voucher_left_minor"}  # as it stands now
    for name, body, another, result in every:
        again = (await new.command(name, body)).result
        assert set(again) == set(result), name
        assert {k: v for k, v in again.items() if k not in money} == {
            k: v for k, v in result.items() if k not in money
        }, name
        with pytest.raises(Refused) as refused:
            await new.command(name, another)
        assert refused.value.code == "command_id_used", f"{name}: {refused.value.text}"


async def test_what_was_kept_before_bodies_were_told_apart_is_answered_as_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await Node.open(settings(tmp_path))
    with monkeypatch.context() as older:
        older.setattr("server.engine.fingerprint", lambda *_: "")
        await node.command("menu.publish", command(menu=MENU))
        body = tea()
        first = await node.command("orders.place", body)
        assert "asked" not in first.events[0].data(), "the older one wrote no fingerprint"
    await node.close()
    node = await Node.open(settings(tmp_path))
    assert (await node.command("orders.place", body)).result == first.result
    assert (await node.command("orders.place", {**body, "dining": "takeaway"})).result == first.result
    await node.close()


def test_a_fingerprint_is_of_what_is_said_and_not_of_how() -> None:
    body = {"command_id": "1", "a": 1, "b": {"x": [1, {"y": None, "z": "é"}], "w": True}, "c": None}
    first = fingerprint("orders.place", body)
    assert len(first) == 11
    assert fingerprint("orders.place", b'{"b":{"w":true,"x":[1,{"z":"\\u00e9"}]},\n "a": 1, "resume": true}') == first
    assert fingerprint("orders.amend", body) != first
    for other in ({**body, "a": 2}, {**body, "d": 0}, {**body, "b": {"x": [{"z": "é"}, 1], "w": True}}):
        assert fingerprint("orders.place", other) != first
    assert fingerprint("orders.place", b"{") == fingerprint("orders.place", b"[" * 100_000) == ""


async def test_a_salvaged_log_and_a_restored_backup_tell_the_bodies_apart(tmp_path: Path) -> None:
    node = await Node.open(settings(tmp_path / "till"))
    await node.command("menu.publish", command(menu=MENU))
    every = await done(node)
    await node.close()
    back_up(tmp_path / "till", tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    (tmp_path / "till" / "log.damaged").touch()
    for folder in (tmp_path / "till", tmp_path / "restored"):
        node = await Node.open(settings(folder))
        node.engine.hearing = None  # there is nobody who could tell what this disk has lost
        for name, body, other, result in every:
            await turned_away(node, name, other)
            assert (await node.command(name, body)).result == result
        await node.close()


class Waits(SimulatedCardTerminal):
    """A customer who takes their time: the card is charged when they are told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.charging, self.go_on = asyncio.Event(), asyncio.Event()

    async def charge(self, request: CardRequest) -> CardOutcome:
        self.charging.set()
        await self.go_on.wait()
        return await super().charge(request)


async def test_a_card_payment_that_another_terminal_took_meanwhile_is_answered(
    tmp_path: Path, running: list[Node]
) -> None:
    """One command sent to two terminals that are apart; they meet while a card is still asked for at the first one."""
    reader = Waits()
    first = await Node.open(settings(tmp_path / "first", mdns=False), card_terminal=reader)
    running.append(first)
    await first.start()
    await first.command("menu.publish", command(menu=MENU))
    placed = await first.command("orders.place", tea())
    second = await up(running, tmp_path / "second", first)
    await in_step(first, second)
    await second.close()
    running.remove(second)
    second = await up(running, tmp_path / "second")
    body = command(order_id=placed.result["order_id"], tender="card")
    paying = asyncio.create_task(first.command("payments.capture", body))
    await reader.charging.wait()
    there = await second.command("payments.capture", body)
    await second.close()
    running.remove(second)
    second = await up(running, tmp_path / "second", first)
    await in_step(first, second)
    reader.go_on.set()
    assert (await paying).result == there.result
    order = first.order(placed.result["order_id"])
    assert order is not None
    assert (len(order.tenders), order.paid_minor) == (1, 250)
