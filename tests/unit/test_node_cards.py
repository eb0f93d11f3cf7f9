"""Card payments whose end is not heard at once: each is asked about until it is known."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.answers import Kept
from server.event import Draft, Refused
from server.log import LogFailed
from server.machine import Machine
from server.node import Node
from server.services.orders.events import Order
from server.services.payments.card_terminal import CardDealing, CardOutcome, CardRequest, SimulatedCardTerminal, name_of
from server.services.payments.events import CAPTURED, FAILED, Failed
from server.services.retention.archive import told
from server.services.retention.events import ARCHIVED, Archived
from server.services.retention.rule import SALES
from server.services.tables import NOT_READY
from server.settlement import NotKnownYet
from tests.sim.disk import Disk
from tests.unit.test_node import MENU, command, dies, settings, tea
from tests.unit.test_node_hearing import in_step

PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.settlement.FORWARD_EVERY_S", 0.05)
    monkeypatch.setattr("server.settlement.SETTLE_AGAIN_S", 0.05)


async def until(node: Node, order_id: str, what: Callable[[Order], bool]) -> Order:
    async with asyncio.timeout(PATIENCE_S):
        while (order := node.order(order_id)) is None or not what(order):
            await asyncio.sleep(0.02)
    return order


async def placed(node: Node) -> str:
    return str((await node.command("orders.place", tea())).result["order_id"])


class WithoutLine(SimulatedCardTerminal):
    """Takes cards without a line. Asked about the first of them it takes its time; by then the bank has said yes."""

    def __init__(self) -> None:
        super().__init__()
        self.forwarded: set[str] = set()
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    async def charge(self, request: CardRequest) -> CardOutcome:
        await super().charge(request)
        return CardOutcome("approved", "VISA ···· 4242", offline=True)

    async def status(self, dealing: CardDealing) -> CardOutcome:
        self.asked.set()
        await self.answers.wait()
        return CardOutcome("approved", offline=name_of(dealing) not in self.forwarded)


async def test_a_card_taken_while_the_last_one_is_heard_of_is_asked_about_too(
    tmp_path: Path, running: list[Node]
) -> None:
    reader = WithoutLine()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    await node.start()
    first, second = await placed(node), await placed(node)
    paid = (await node.command("payments.capture", command(order_id=first, tender="card"))).result
    async with asyncio.timeout(PATIENCE_S):
        await reader.asked.wait()
    more = (await node.command("payments.capture", command(order_id=second, tender="card"))).result
    reader.forwarded |= {paid["payment_id"], more["payment_id"]}
    reader.answers.set()
    for order_id in (first, second):
        await until(node, order_id, lambda order: "card forwarded to the bank" in [h.what for h in order.history])


async def test_a_card_taken_without_a_line_is_asked_about_though_the_tables_were_not_whole_at_the_start(
    tmp_path: Path, running: list[Node]
) -> None:
    reader = WithoutLine()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    await node.command("menu.publish", command(menu=MENU))
    order_id = await placed(node)
    paid = (await node.command("payments.capture", command(order_id=order_id, tender="card"))).result
    await node.close()
    reader.forwarded.add(paid["payment_id"])
    reader.answers.set()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    running.append(node)
    node.services.tables.suspect(LookupError("a page was not as it was written"))
    node.engine.spawn(node.engine.settlement.run())
    with pytest.raises(LogFailed, match=NOT_READY):
        node.order(order_id)
    await asyncio.sleep(0.2)  # it is looked, and can't be seen
    node.engine.spawn(node.engine._mend())
    async with asyncio.timeout(PATIENCE_S):
        while not node.services.tables.whole:
            await asyncio.sleep(0.02)
    await until(node, order_id, lambda order: "card forwarded to the bank" in [h.what for h in order.history])


async def test_a_payment_that_a_disk_had_forgotten_is_asked_about_when_a_neighbour_tells_of_it(
    tmp_path: Path, running: list[Node]
) -> None:
    """The card was taken, the terminal died, and its disk was put back to the state before it."""
    there = await Node.open(settings(tmp_path / "there", mdns=False))
    running.append(there)
    await there.start()
    peers = [f"127.0.0.1:{there.sync_port}"]
    reader = SimulatedCardTerminal(delay_ms=0)
    folder = tmp_path / "till"
    till = await Node.open(settings(folder, mdns=False, peers=peers), card_terminal=reader)
    await till.start()
    await till.command("menu.publish", command(menu=MENU))
    order_id = await placed(till)
    await in_step(till, there)
    await till.close()
    shutil.copytree(folder, tmp_path / "image")

    reader.delay_ms = 3_600_000
    till = await Node.open(settings(folder, mdns=False, peers=peers), card_terminal=reader)
    await till.start()
    paying = asyncio.create_task(till.command("payments.capture", command(order_id=order_id, tender="card")))
    async with asyncio.timeout(PATIENCE_S):
        while not (requests := till.engine.desk.unsettled()):
            await asyncio.sleep(0.02)
    await in_step(till, there)
    paying.cancel()
    await dies(till)
    reader.delay_ms = 0
    assert isinstance(requests[0], CardRequest)
    await reader.charge(requests[0])

    for file in (tmp_path / "image").iterdir():  # byte by byte into the files that are there
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    shutil.rmtree(folder / "read")
    till = await Node.open(settings(folder, mdns=False, peers=peers), card_terminal=reader)
    running.append(till)
    assert till.engine.desk.unsettled() == []
    await till.start()
    assert (await until(till, order_id, lambda order: bool(order.tenders))).paid_minor == 250


async def test_a_card_payment_that_could_not_be_begun_keeps_nobody_from_paying_in_cash(
    tmp_path: Path, running: list[Node]
) -> None:
    disk, machine = Disk(tmp_path, random.Random(1)), Machine()
    machine.connect = disk.connect  # type: ignore[method-assign]
    node = await Node.open(settings(tmp_path, mdns=False), machine=machine, card_terminal=SimulatedCardTerminal())
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    order_id = await placed(node)
    disk.full = True
    with pytest.raises(LogFailed):
        await node.command("payments.capture", command(order_id=order_id, tender="card"))
    disk.full = False
    async with asyncio.timeout(PATIENCE_S):
        while node.log.unhealthy:
            await asyncio.sleep(0.02)
    answer = await node.command("payments.capture", command(order_id=order_id, tender="cash"))
    assert answer.result["paid"]


class Slow(SimulatedCardTerminal):
    """Takes the money when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.taken = asyncio.Event(), asyncio.Event()

    async def charge(self, request: CardRequest) -> CardOutcome:
        self.asked.set()
        await self.taken.wait()
        return await super().charge(request)


async def test_a_card_payment_that_could_not_be_decided_keeps_nobody_from_paying_in_cash(
    tmp_path: Path, running: list[Node]
) -> None:
    """What else was taken without a line, which it is held against, can't be read."""
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=WithoutLine())
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    first, second = await placed(node), await placed(node)
    await node.command("payments.capture", command(order_id=first, tender="card"))
    with closing(sqlite3.connect(tmp_path / "read" / "payments.db")) as db:
        db.execute("UPDATE payment SET state = zeroblob(9) WHERE aggregate_id = ?", (first,))
        db.commit()
    with pytest.raises(LogFailed, match=NOT_READY):
        await node.command("payments.capture", command(order_id=second, tender="card"))
    async with asyncio.timeout(PATIENCE_S):
        while not node.services.tables.whole:
            await asyncio.sleep(0.02)
    answer = await node.command("payments.capture", command(order_id=second, tender="cash"))
    assert answer.result["paid"]


async def test_a_declined_card_that_could_not_be_recorded_keeps_nobody_from_paying_in_cash(
    tmp_path: Path, running: list[Node]
) -> None:
    reader = Slow()
    reader.mode = "decline"
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    order_id = await placed(node)
    paying = asyncio.create_task(node.command("payments.capture", command(order_id=order_id, tender="card")))
    async with asyncio.timeout(PATIENCE_S):
        await reader.asked.wait()
    broken = sqlite3.DatabaseError("a table is not as it was written")
    node.services.tables.suspect(broken)
    reader.taken.set()
    with pytest.raises(LogFailed):
        await paying
    node.engine.doubt(broken)
    async with asyncio.timeout(PATIENCE_S):
        while not node.services.tables.whole or node.engine.desk.unsettled():
            await asyncio.sleep(0.02)
    answer = await node.command("payments.capture", command(order_id=order_id, tender="cash"))
    assert answer.result["paid"]


async def test_money_that_is_taken_after_its_command_was_answered_is_recorded(
    tmp_path: Path, running: list[Node]
) -> None:
    """What the command was answered before this disk was lost comes back while the card is charged once more."""
    reader = Slow()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    order_id = await placed(node)
    body = command(order_id=order_id, tender="card")
    paying = asyncio.create_task(node.command("payments.capture", body))
    async with asyncio.timeout(PATIENCE_S):
        await reader.asked.wait()
    failed = Failed(body["command_id"], "card", 250, "timed_out")
    kept = Kept("payments.capture", None, ("card_timed_out", "Nothing was charged."))
    await node.log.append([Draft(FAILED, order_id, failed)], command_id=body["command_id"], result=kept)
    reader.taken.set()
    await paying
    assert (await until(node, order_id, lambda order: bool(order.tenders))).paid_minor == 250


class SaysNoFirst(SimulatedCardTerminal):
    """Does not know what it did, says then that there was no such payment, and in the end that it took the money."""

    def __init__(self) -> None:
        super().__init__()
        self.charges, self.knows = 0, asyncio.Event()

    async def charge(self, request: CardRequest) -> CardOutcome:
        self.charges += 1
        return CardOutcome("unknown" if self.charges == 1 else "timed_out")

    async def status(self, dealing: CardDealing) -> CardOutcome:
        await self.knows.wait()
        return CardOutcome("approved", "VISA ···· 4242")


async def test_money_that_a_card_terminal_denied_first_is_recorded(tmp_path: Path, running: list[Node]) -> None:
    reader = SaysNoFirst()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    order_id = await placed(node)
    body = command(order_id=order_id, tender="card")
    with pytest.raises(NotKnownYet):
        await node.command("payments.capture", body)
    with pytest.raises(Refused, match="Nothing was charged"):
        await node.command("payments.capture", body)
    reader.knows.set()
    assert (await until(node, order_id, lambda order: bool(order.tenders))).paid_minor == 250


async def test_a_part_that_is_asked_for_twice_at_once_does_not_pass_for_the_whole_bill(
    tmp_path: Path, running: list[Node]
) -> None:
    """One payment, by two commands: both hear what is due after it, and neither that nothing is."""
    reader = Slow()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    order_id = str((await node.command("orders.place", tea(2))).result["order_id"])
    half = {"order_id": order_id, "tender": "card", "amount_minor": 250, "payment_id": "first half"}
    paying = [asyncio.create_task(node.command("payments.capture", command(**half))) for _ in range(2)]
    async with asyncio.timeout(PATIENCE_S):
        await reader.asked.wait()
        while node.engine.waiting < 2:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    reader.taken.set()
    told = [(await one).result for one in paying]
    assert [(one["amount_minor"], one["due_minor"], one["paid"]) for one in told] == [(250, 250, False)] * 2


class Hesitating(SimulatedCardTerminal):
    """Takes the money and does not say so the first time; asked about it, it takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.charged = 0
        self.answers = asyncio.Event()

    async def charge(self, request: CardRequest) -> CardOutcome:
        self.charged += 1
        return CardOutcome("unknown") if self.charged == 1 else CardOutcome("approved", "VISA ···· 4242")

    async def status(self, dealing: CardDealing) -> CardOutcome:
        await self.answers.wait()
        return CardOutcome("approved", "VISA ···· 4242")


async def test_a_payment_that_was_recorded_and_archived_meanwhile_is_not_recorded_again(
    tmp_path: Path, running: list[Node]
) -> None:
    """A terminal that slept for days while it asked: its order has left the tables."""
    reader = Hesitating()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    running.append(node)
    await node.command("menu.publish", command(menu=MENU))
    await node.start()
    order_id = await placed(node)
    paying = command(order_id=order_id, tender="card")
    with pytest.raises(NotKnownYet):
        await node.command("payments.capture", paying)
    await node.command("payments.capture", paying)
    floors = {stream: held.seq for stream, held in node.log.held().items() if stream.name in SALES}
    upto = max(event.order[0] for event in (await node.log.events(0))[0])
    await node.engine.record([Draft(ARCHIVED, node.log.device_id, Archived(told(floors), {}, upto))])
    assert node.order(order_id) is None
    reader.answers.set()
    async with asyncio.timeout(PATIENCE_S):
        while node.engine.settlement._asked_about:
            await asyncio.sleep(0.02)
    taken = [event for event in (await node.log.events(0))[0] if event.type == CAPTURED]
    assert len(taken) == 1
