"""A node at rest and at work, with its real log and read models; no network."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server import clock
from server.event import Draft, Event, Refused, Stream
from server.log import LogFailed
from server.machine import Machine
from server.node import Node, NodeSettings
from server.services import tables
from server.services.decision import Changes
from server.services.health import events as health
from server.services.payments.card_terminal import CardOutcome, CardRequest, SimulatedCardTerminal
from tests.sim.disk import Disk

MENU = {
    "currency": "EUR",
    "name": "Corner",
    "categories": [{"category_id": "c", "name": "All", "item_ids": ["tea"]}],
    "items": [
        {"item_id": "tea", "name": "Tea", "variations": [{"variation_id": "cup", "name": "Cup", "price_minor": 250}]}
    ],
}


def settings(folder: Path, **more: Any) -> NodeSettings:
    return NodeSettings(data=folder, store="corner", label="Till", role="pos", **{"card_delay_ms": 0, **more})


def command(**fields: Any) -> dict[str, Any]:
    return {"command_id": str(uuid.uuid4()), **fields}


def tea(quantity: int = 1) -> dict[str, Any]:
    return command(lines=[{"item_id": "tea", "quantity": quantity, "modifiers": []}], dining="here")


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    node = await Node.open(settings(tmp_path))
    await node.command("menu.publish", command(menu=MENU))
    yield node
    await node.close()


async def test_the_same_command_at_once_and_later_is_one_order(node: Node) -> None:
    body = tea()
    answers = await asyncio.gather(*(node.command("orders.place", body) for _ in range(8)))
    answers.append(await node.command("orders.place", body))
    assert len({a.result["order_id"] for a in answers}) == 1
    assert len({e.seq for a in answers for e in a.events}) == 1
    assert len(node.orders()) == 1


async def test_a_command_sees_what_the_one_before_it_did(node: Node) -> None:
    await node.command("stock.count", command(item_id="tea", left=5))
    done = await asyncio.gather(*(node.command("orders.place", tea()) for _ in range(9)), return_exceptions=True)
    refused = [r for r in done if isinstance(r, Refused)]
    assert len(node.orders()) == 5
    assert len(refused) == 4
    numbers = [o.number for o in node.orders()]
    assert len(set(numbers)) == 5


async def test_a_client_that_goes_away_does_not_stop_its_command(node: Node) -> None:
    body = tea()
    waiting = asyncio.create_task(node.command("orders.place", body))
    await asyncio.sleep(0)
    waiting.cancel()
    answer = await node.command("orders.place", body)
    assert node.order(answer.result["order_id"]) is not None
    assert len(node.orders()) == 1


async def test_a_declined_card_is_remembered_under_its_command(tmp_path: Path) -> None:
    node = await Node.open(settings(tmp_path, card_terminal="decline"))
    await node.command("menu.publish", command(menu=MENU))
    placed = await node.command("orders.place", tea())
    body = command(order_id=placed.result["order_id"], tender="card")
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            await node.command("payments.capture", body)
        assert refused.value.code == "card_declined"
    await node.close()
    node = await Node.open(settings(tmp_path, card_terminal="approve"))
    with pytest.raises(Refused):
        await node.command("payments.capture", body)
    order = node.order(placed.result["order_id"])
    assert order is not None
    assert order.paid_minor == 0
    await node.close()


async def test_orders_and_numbers_go_on_after_a_restart_without_read_models(node: Node, tmp_path: Path) -> None:
    first = (await node.command("orders.place", tea())).result
    await node.close()
    for file in (tmp_path / "read").iterdir():
        file.unlink()
    shown: list[tuple[int, int]] = []
    again = await Node.open(settings(tmp_path), lambda done, of: shown.append((done, of)))
    assert shown
    assert shown[-1][0] == shown[-1][1]
    assert again.order(first["order_id"]) is not None
    second = (await again.command("orders.place", tea())).result
    assert second["number"] != first["number"]
    await again.close()


async def test_the_folder_of_one_store_does_not_become_anothers(tmp_path: Path) -> None:
    await (await Node.open(settings(tmp_path))).close()
    other = NodeSettings(data=tmp_path, store="harbour", label="", role="pos")
    with pytest.raises(Refused) as refused:
        await (await Node.open(other)).close()
    assert "corner" in refused.value.text


async def test_a_device_says_which_menu_it_holds_once(node: Node) -> None:
    async def held() -> list[Any]:
        events, _ = await node.log.events(0, ["health"])
        return [e.data(health.MenuHeld) for e in events if e.type == health.MENU_HELD]

    for _ in range(100):
        if await held():
            break
        await asyncio.sleep(0.02)
    assert [m.version for m in await held()] == [node.services.menu_version()]


async def test_events_nobody_knows_are_kept_and_harm_nothing(node: Node) -> None:
    await node.log.append([Draft("fridge.measured/3", "fridge-1", {"celsius": 4})])
    answer = await node.command("orders.place", tea(2))
    assert answer.result["total_minor"] == 500
    assert node.health() == []
    assert any(topic.endswith("/fridge") for topic in node.frontier())


async def test_an_id_of_one_command_does_not_answer_another(node: Node) -> None:
    body = tea()
    placed = await node.command("orders.place", body)
    with pytest.raises(Refused) as refused:
        await node.command("orders.void", {**body, "order_id": placed.result["order_id"]})
    assert refused.value.code == "command_id_used"


async def test_head_office_does_nothing_in_a_stores_place(tmp_path: Path) -> None:
    office = await Node.open(NodeSettings(data=tmp_path, store="", label="Head office", role="office"))
    await office.command("menu.publish", command(menu=MENU))
    for name, body in (("orders.place", tea()), ("stock.out", command(item_id="tea"))):
        with pytest.raises(Refused) as refused:
            await office.command(name, body)
        assert refused.value.code == "only_in_a_store"
    await office.close()


async def test_a_terminal_takes_its_last_port_again(tmp_path: Path) -> None:
    ports = []
    for _ in range(2):
        node = await Node.open(settings(tmp_path, mdns=False))
        await node.start()
        ports.append(node.sync_port)
        await node.close()
    assert ports[0] == ports[1]


@pytest.mark.parametrize("charged", [True, False])
async def test_a_crash_during_a_card_payment_ends_in_one_charge_or_none(tmp_path: Path, charged: bool) -> None:
    node = await Node.open(settings(tmp_path, mdns=False, card_delay_ms=60_000))
    await node.command("menu.publish", command(menu=MENU))
    placed = await node.command("orders.place", tea())
    paying = asyncio.create_task(
        node.command("payments.capture", command(order_id=placed.result["order_id"], tender="card"))
    )
    while not node.engine.desk.unsettled():
        await asyncio.sleep(0.01)
    request = node.engine.desk.unsettled()[0]
    paying.cancel()
    for _, task in list(node.engine._in_flight.values()):  # the process dies here
        task.cancel()
    await node.close()
    if charged:  # the terminal had taken the money before it could say so
        memory = SimulatedCardTerminal(memory=tmp_path / "card-terminal.json")
        assert (await memory.charge(request)).answer == "approved"

    node = await Node.open(settings(tmp_path, mdns=False))
    await node.start()
    while node.engine.desk.unsettled():
        await asyncio.sleep(0.01)
    order = node.order(placed.result["order_id"])
    assert order is not None
    assert order.paid_minor == (250 if charged else 0)
    assert len(order.tenders) == int(charged)
    await node.close()


@pytest.mark.parametrize("head_start_ms", [0, 1, 3, 10, 30])
async def test_a_payment_sent_again_during_the_restart_is_answered_truly(tmp_path: Path, head_start_ms: int) -> None:
    node = await Node.open(settings(tmp_path, mdns=False, card_delay_ms=60_000))
    await node.command("menu.publish", command(menu=MENU))
    placed = await node.command("orders.place", tea())
    body = command(order_id=placed.result["order_id"], tender="card")
    paying = asyncio.create_task(node.command("payments.capture", body))
    while not node.engine.desk.unsettled():
        await asyncio.sleep(0.01)
    paying.cancel()
    for _, task in list(node.engine._in_flight.values()):  # the process dies here
        task.cancel()
    await node.close()

    node = await Node.open(settings(tmp_path, mdns=False, card_delay_ms=5))
    await node.start()
    await asyncio.sleep(head_start_ms / 1000)
    try:
        await node.command("payments.capture", body)
        paid = 250
    except Refused:
        paid = 0
    order = node.order(placed.result["order_id"])
    assert order is not None
    assert order.paid_minor == paid
    await node.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
async def test_a_check_that_can_not_open_the_log_does_not_call_it_damaged(tmp_path: Path) -> None:
    import resource

    node = await Node.open(settings(tmp_path, mdns=False, check_log_after_s=0.05, check_log_every_s=0.05))
    await node.command("menu.publish", command(menu=MENU))
    await node.start()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))  # what is open stays open
    try:
        await asyncio.sleep(0.5)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert node.log.unhealthy is None
    assert not (tmp_path / "log.damaged").exists()

    def checked() -> bool:
        [one] = [m for m in node.metrics() if m.name == "log_checked_seconds"]
        return one.value > 0

    before = time.monotonic()
    while not checked() and time.monotonic() - before < 20:
        await asyncio.sleep(0.02)
    assert checked(), "it is tried again"
    await node.close()


async def test_a_log_that_can_not_be_checked_is_told_after_the_second_time_until_it_can(tmp_path: Path) -> None:
    node = await Node.open(settings(tmp_path, mdns=False, check_log_after_s=0.05, check_log_every_s=0.05))
    log = tmp_path / "log.db"
    log.rename(tmp_path / "away.db")
    await node.start()

    async def told(whether: bool) -> None:
        async with asyncio.timeout(30):
            while any("could not look through its log for damage since" in one for one in node.warnings()) != whether:
                await asyncio.sleep(0.02)

    await told(True)
    assert node.log.unhealthy is None
    (tmp_path / "away.db").rename(log)
    await told(False)
    await node.close()


async def test_a_clock_that_is_ahead_is_told_once_not_with_every_event(tmp_path: Path) -> None:
    """Else two machines whose clocks were both set ahead, and back, answer each other's alarms for ever."""
    machine = Machine()
    hours_ms = 3 * 3600 * 1000
    machine.wall_ms = lambda: clock.wall_ms() + hours_ms  # type: ignore[method-assign]
    ahead = await Node.open(settings(tmp_path / "ahead"), machine=machine)
    node = await Node.open(settings(tmp_path / "right"))
    stream = Stream(ahead.log.log_id, "orders")
    for n in range(5):
        await ahead.log.append([Draft("orders.noted/1", "a", {"n": n})])
        batch = await ahead.log.read(stream, n)
        assert batch is not None
        await node.log.store(batch, ahead.log.header)
    async with asyncio.timeout(5):
        while node.log.held().get(Stream(node.log.log_id, "health")) is None:
            await asyncio.sleep(0.01)
    await node.log.append([Draft("orders.noted/1", "a", {})])  # whatever waited before this one is written now
    assert node.log.held()[Stream(node.log.log_id, "health")].seq == 1
    await ahead.close()
    await node.close()


async def test_an_alarm_about_a_clock_waits_a_moment_for_the_name_of_its_terminal(tmp_path: Path) -> None:
    """Its sales may come before it has said what it is called."""
    machine = Machine()
    machine.wall_ms = lambda: clock.wall_ms() + 3 * 3600 * 1000  # type: ignore[method-assign]
    ahead = await Node.open(settings(tmp_path / "ahead"), machine=machine)
    node = await Node.open(settings(tmp_path / "right"))
    await ahead.log.append([Draft("orders.noted/1", "a", {})])
    for topic in ("orders", "membership"):
        batch = await ahead.log.read(Stream(ahead.log.log_id, topic), 0)
        assert batch is not None
        await node.log.store(batch, ahead.log.header)
        await asyncio.sleep(0.2)
    told: list[Event] = []
    async with asyncio.timeout(20):
        while not told:
            await asyncio.sleep(0.05)
            told = [e for e in (await node.log.events(0))[0] if e.type == health.ALARM]
    assert "The clock of Till is 3 hours ahead" in told[0].data()["text"]
    await ahead.close()
    await node.close()


async def test_an_order_sent_again_is_not_thanked_for_before_a_neighbour_holds_it(node: Node) -> None:
    """The server that took it may have died before anybody else had it; the second answer waits like the first."""
    asked: list[int] = []

    async def replicated(events: list[Event]) -> bool:
        asked.append(len(events))
        return True

    body = tea()
    await node.command("orders.place", body)
    node.engine.replicated = replicated
    await node.command("orders.place", body)
    assert asked == [1]


class Reader(SimulatedCardTerminal):
    """A card terminal that fills the server's disk while it takes the money, or can't be asked for a while."""

    def __init__(self, disk: Disk, unreachable: int = 0) -> None:
        super().__init__()
        self.disk, self.unreachable = disk, unreachable

    async def charge(self, request: CardRequest) -> CardOutcome:
        outcome = await super().charge(request)
        self.disk.full = True
        return outcome

    async def status(self, request: CardRequest) -> CardOutcome:
        self.unreachable -= 1
        return CardOutcome("unreachable") if self.unreachable >= 0 else await super().status(request)


@pytest.mark.parametrize("unreachable", [0, 3])
async def test_money_taken_while_the_disk_was_full_is_recorded_once_there_is_room(
    tmp_path: Path, unreachable: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.settlement.SETTLE_AGAIN_S", 0.05)
    disk, machine = Disk(tmp_path, random.Random(1)), Machine()
    machine.connect = disk.connect  # type: ignore[method-assign]
    node = await Node.open(settings(tmp_path), machine=machine, card_terminal=Reader(disk, unreachable))
    await node.command("menu.publish", command(menu=MENU))
    placed = await node.command("orders.place", tea())
    with pytest.raises(LogFailed):
        await node.command("payments.capture", command(order_id=placed.result["order_id"], tender="card"))
    disk.full = False
    async with asyncio.timeout(20):
        while (order := node.order(placed.result["order_id"])) is None or not order.tenders:
            await asyncio.sleep(0.02)
    assert order.paid_minor == 250
    await node.close()


async def test_who_orders_while_a_full_disk_keeps_the_tables_from_being_mended_hears_of_the_disk(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True
    monkeypatch.setattr(tables, "is_full", lambda folder: full)
    node.engine.doubt(sqlite3.OperationalError("database or disk is full"))
    async with asyncio.timeout(30):
        while node.engine.failure is None:
            await asyncio.sleep(0.01)
    with pytest.raises(LogFailed, match=r"disk is full.*Check the disk") as found:
        await node.command("orders.place", tea())
    assert found.value.code == "not_ready"
    with pytest.raises(LogFailed, match="disk is full"):
        node.orders()
    full = False
    async with asyncio.timeout(30):
        while node.engine.failure is not None:
            await asyncio.sleep(0.01)
    assert (await node.command("orders.place", tea())).result["number"]


async def test_money_that_was_said_not_to_be_taken_is_recorded_when_the_card_terminal_knows_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server dies while the money is taken; asked again it cannot reach the card terminal, and says so."""
    monkeypatch.setattr("server.settlement.SETTLE_AGAIN_S", 0.05)
    reader = SimulatedCardTerminal()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    await node.command("menu.publish", command(menu=MENU))
    placed = await node.command("orders.place", tea())
    reader.delay_ms = 60_000
    body = command(order_id=placed.result["order_id"], tender="card")
    paying = asyncio.create_task(node.command("payments.capture", body))
    while not node.engine.desk.unsettled():
        await asyncio.sleep(0.01)
    request = node.engine.desk.unsettled()[0]
    paying.cancel()
    for _, task in list(node.engine._in_flight.values()):  # the process dies here
        task.cancel()
    await node.close()
    reader.delay_ms = 0
    await reader.charge(request)

    reader.mode = "unreachable"
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    await node.start()
    with pytest.raises(Refused) as refused:
        await node.command("payments.capture", body)
    assert refused.value.code == "card_unreachable"
    reader.mode = "approve"
    async with asyncio.timeout(20):
        while (order := node.order(placed.result["order_id"])) is None or not order.tenders:
            await asyncio.sleep(0.02)
    assert order.paid_minor == 250
    await node.close()


class SlowToTell(SimulatedCardTerminal):
    """Asked what became of a payment it says "nothing", and while it says so the payment is sent again."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.charging = asyncio.Event()
        self.told = asyncio.Event()

    async def status(self, request: CardRequest) -> CardOutcome:
        outcome = await super().status(request)
        self.asked.set()
        await self.charging.wait()
        self.told.set()
        return outcome

    async def charge(self, request: CardRequest) -> CardOutcome:
        outcome = await super().charge(request)
        self.charging.set()
        await asyncio.sleep(3600)  # the money is taken, and we never hear of it
        return outcome


async def test_a_payment_sent_again_while_it_is_asked_about_is_not_called_off(tmp_path: Path) -> None:
    """The server dies twice: before the money is taken, and after it, with the same payment sent again between."""
    first = SimulatedCardTerminal(delay_ms=3_600_000)
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=first)
    await node.command("menu.publish", command(menu=MENU))
    placed = await node.command("orders.place", tea())
    body = command(order_id=placed.result["order_id"], tender="card")
    await dies_while_paying(node, body)

    second = SlowToTell()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=second)
    await node.start()
    async with asyncio.timeout(20):
        await second.asked.wait()
        paying = asyncio.create_task(node.command("payments.capture", body))
        await second.told.wait()
    async with node.engine.deciding:  # whoever was told has had its turn
        pass
    paying.cancel()
    await dies(node)
    assert second.charged

    second.charging.set()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=second)
    await node.start()
    async with asyncio.timeout(20):
        while (order := node.order(placed.result["order_id"])) is None or not order.tenders:
            await asyncio.sleep(0.02)
    assert order.paid_minor == 250
    await node.close()


class ToldBehindOurBack(SimulatedCardTerminal):
    """Who asks what became of a payment hears of it before the one who pays."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.charging, self.recorded = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def status(self, request: CardRequest) -> CardOutcome:
        self.asked.set()
        await self.charging.wait()
        return await super().status(request)

    async def charge(self, request: CardRequest) -> CardOutcome:
        outcome = await super().charge(request)
        self.charging.set()
        await self.recorded.wait()
        return outcome


async def test_a_payment_that_was_recorded_meanwhile_is_answered_as_it_will_be_again(tmp_path: Path) -> None:
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=SimulatedCardTerminal(delay_ms=3_600_000))
    await node.command("menu.publish", command(menu=MENU))
    placed = await node.command("orders.place", tea())
    body = command(order_id=placed.result["order_id"], tender="card")
    await dies_while_paying(node, body)

    reader = ToldBehindOurBack()
    node = await Node.open(settings(tmp_path, mdns=False), card_terminal=reader)
    await node.start()
    async with asyncio.timeout(20):
        await reader.asked.wait()
        paying = asyncio.create_task(node.command("payments.capture", body))
        while (order := node.order(placed.result["order_id"])) is None or not order.tenders:
            await asyncio.sleep(0.02)
        reader.recorded.set()
        answer = await paying
    again = await node.command("payments.capture", body)
    assert [e.raw for e in answer.events] == [e.raw for e in again.events] != []
    assert answer.result == again.result
    await node.close()


async def dies_while_paying(node: Node, body: dict[str, Any]) -> None:
    paying = asyncio.create_task(node.command("payments.capture", body))
    async with asyncio.timeout(20):
        while not node.engine.desk.unsettled():
            await asyncio.sleep(0.01)
    paying.cancel()
    await dies(node)


async def dies(node: Node) -> None:
    for _, task in list(node.engine._in_flight.values()):
        task.cancel()
    await node.close()


async def test_what_one_listener_cant_read_keeps_no_other_from_hearing_of_an_order(node: Node) -> None:
    def cant_read(changes: Changes) -> None:
        if changes.orders:
            node.on_changes.remove(cant_read)
            raise sqlite3.DatabaseError("database disk image is malformed")

    told: set[str] = set()
    node.on_changes.insert(0, cant_read)
    node.on_changes.append(lambda changes: told.update(changes.orders))
    order_id = (await node.command("orders.place", tea())).result["order_id"]
    assert order_id in told
    async with asyncio.timeout(20):
        while not node.services.tables.whole:  # they are looked at before they are believed again
            await asyncio.sleep(0.01)
    assert node.order(order_id) is not None


async def test_a_flood_of_alarms_does_not_fill_every_disk_of_the_business(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.node.alarms.MAX_ALARMS", 5)
    monkeypatch.setattr("server.node.alarms.MAX_TOLD", 10)
    for n in range(50):
        if node._alarms.is_news(f"log{n}"):
            node._told_of("clone", "Two machines have one key.", f"log{n}/orders")
    told: list[Event] = []
    async with asyncio.timeout(20):
        while len(told) < 5:
            await asyncio.sleep(0.01)
            told = [e for e in (await node.log.events(0))[0] if e.type == health.ALARM]
    await node.command("orders.place", tea())
    assert len([e for e in (await node.log.events(0))[0] if e.type == health.ALARM]) == 5
    assert len(node._alarms._told_until) == 10
    assert {m.name: m.value for m in node.metrics()}["alarms_kept_back_total"] == 45


@pytest.mark.parametrize("table", ["payments", "orders", "membership", "menu", "stock", "health", "kitchen"])
async def test_a_row_that_is_not_as_it_was_written_keeps_no_terminal_from_starting(tmp_path: Path, table: str) -> None:
    node = await Node.open(settings(tmp_path, mdns=False, card_delay_ms=60_000))
    await node.command("menu.publish", command(menu=MENU))
    await node.command("stock.count", command(item_id="tea", left=9))
    placed = await node.command("orders.place", tea())
    await dies_while_paying(node, command(order_id=placed.result["order_id"], tender="card"))
    with closing(sqlite3.connect(tmp_path / "read" / f"{table}.db")) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        [name] = tables - {"cursor", "archived"}
        states = db.execute(f"SELECT aggregate_id, state FROM {name}").fetchall()
        assert states, "there is nothing to damage"
        with db:
            for key, state in states:
                flipped = state[:-1] + bytes([state[-1] ^ 1])
                db.execute(f"UPDATE {name} SET state = ? WHERE aggregate_id = ?", (flipped, key))
    node = await Node.open(settings(tmp_path, mdns=False))
    [order] = node.orders()
    assert order.number == placed.result["number"]
    assert node.engine.desk.unsettled(), "the card terminal is asked what became of it"
    await node.command("orders.place", tea())
    await node.close()


async def test_a_start_that_reads_a_damaged_event_salvages_the_log_and_goes_on(tmp_path: Path) -> None:
    """Tables that have yet to be made from it meet it before any check does."""
    node = await Node.open(settings(tmp_path))
    await node.command("menu.publish", command(menu=MENU))
    orders = [(await node.command("orders.place", tea())).result["order_id"] for _ in range(3)]
    await node.close()
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        first = "SELECT min(e.position) FROM events e JOIN streams USING (stream) WHERE topic = 'orders'"
        db.execute(f"UPDATE events SET raw = CAST(x'c1' || substr(raw, 2) AS BLOB) WHERE position = ({first})")
        db.commit()
    for file in (tmp_path / "read").iterdir():
        file.unlink()
    node = await Node.open(settings(tmp_path))
    assert node.log.salvaged is not None
    while await node.log.write_again():
        pass
    await node.services.catch_up(node.log.events, node.log.position)
    assert {o.order_id for o in node.orders()} >= set(orders[1:])
    await node.close()


async def test_a_store_whose_menu_has_no_name_is_called_by_its_id_as_people_write(tmp_path: Path) -> None:
    node = await Node.open(
        NodeSettings(data=tmp_path, store="main-street_2", label="Till", role="pos", card_delay_ms=0)
    )
    try:
        assert (node.device().store, node.device().store_name) == ("main-street_2", "Main Street 2")
    finally:
        await node.close()


async def test_what_has_no_end_is_begun_anew_whatever_befalls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("server.engine.BEGUN_ANEW_AFTER_S", 0.0)
    node = await Node.open(settings(tmp_path))
    begun: list[int] = []

    async def work() -> None:
        begun.append(len(begun))
        if len(begun) < 3:
            raise KeyError("nobody has thought of this")
        await asyncio.Event().wait()

    node.engine.keep_up(work)
    async with asyncio.timeout(20):
        while len(begun) < 3:
            await asyncio.sleep(0.01)
    assert sum("begun anew" in r.message for r in caplog.records) == 2
    await node.close()
