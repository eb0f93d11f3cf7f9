"""The same set of events gives the same answers, in whatever order and portions it arrives, and again from nothing."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.event import Draft, Event
from server.services import table_file
from server.services.kitchen.events import BUMPED, RECALLED, Bumped, Recalled
from server.services.membership.events import JOINED, Joined
from server.services.menu.decider import version_of
from server.services.menu.events import PUBLISHED, Menu, MenuPublished
from server.services.orders import events as orders
from server.services.orders.events import Amended, Line, Moved, Placed, Voided
from server.services.orders.read_model import Orders
from server.services.payments import events as payments
from server.services.payments.events import Attempted, Captured, Failed, Refunded
from server.services.shop import Services
from server.services.stock import events as stock
from server.services.stock.events import CameBack, Counted, WentOut, stock_key

from .world import NOW_MS, Terminal, Writer, menu, numbered, views

RUNS = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each run opens real files: shrinking would take minutes
)

ORDERS = ["order-1", "order-2", "order-3"]
ITEMS = ["burger", "salad", "cola"]
LOGS = ["log-a", "log-b", "log-c"]

order_ids = st.sampled_from(ORDERS)
item_ids = st.sampled_from(ITEMS)
line_ids = st.sampled_from(["1", "2", "3"])
payment_ids = st.sampled_from(["p1", "p2"])
amounts = st.sampled_from([100, 990, 2000])
lines = st.lists(
    st.builds(
        lambda i, item, n: Line(i, item, f"{item}-1", item.title(), n, 990, n * 990, station="grill"),
        line_ids,
        item_ids,
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda line: line.line_id,
)


def _total(found: list[Line]) -> int:
    return sum(line.total_minor for line in found)


placed = st.builds(
    lambda n, found, hold: Placed(
        f"BK{n}", "here", "2026-03-01", "EUR", found, _total(found), 0, _total(found), [], "dev", "Kiosk",
        hold_until_paid=hold,
    ),
    st.integers(1, 99),
    lines,
    st.booleans(),
)  # fmt: skip
amended = lines.map(lambda found: Amended(found, _total(found), 0, _total(found), [], "Ann"))
moves = st.sampled_from([orders.ACCEPTED, orders.STARTED, orders.READY, orders.COLLECTED])
subjects = st.sampled_from([("item", "salad"), ("ingredient", "bacon"), ("modifier", "x-cheese")])

drafts = st.one_of(
    st.builds(lambda o, d: Draft(orders.PLACED, o, d), order_ids, placed),
    st.builds(lambda o, d: Draft(orders.PLACED, o, d), order_ids, placed),
    st.builds(lambda o, d: Draft(orders.AMENDED, o, d), order_ids, amended),
    st.builds(lambda o, m: Draft(m, o, Moved("Ann")), order_ids, moves),
    st.builds(lambda o: Draft(orders.VOIDED, o, Voided("left")), order_ids),
    st.builds(lambda o, p, a: Draft(payments.ATTEMPTED, o, Attempted(p, "card", a)), order_ids, payment_ids, amounts),
    st.builds(lambda o, p, a: Draft(payments.CAPTURED, o, Captured(p, "card", a)), order_ids, payment_ids, amounts),
    st.builds(
        lambda o, p, a: Draft(payments.FAILED, o, Failed(p, "card", a, "declined")), order_ids, payment_ids, amounts
    ),
    st.builds(
        lambda o, p, a: Draft(payments.REFUNDED, o, Refunded("r", p, "card", a, "cold")),
        order_ids,
        payment_ids,
        amounts,
    ),
    st.builds(
        lambda o, found, done: Draft(BUMPED, o, Bumped(found, done)),
        order_ids,
        st.lists(line_ids, min_size=1, max_size=3, unique=True),
        st.booleans(),
    ),
    st.builds(lambda o, found: Draft(RECALLED, o, Recalled(found)), order_ids, st.lists(line_ids, max_size=1)),
    st.builds(lambda s: Draft(stock.OUT, stock_key(*s), WentOut(*s)), subjects),
    st.builds(lambda s: Draft(stock.BACK, stock_key(*s), CameBack(*s)), subjects),
    st.builds(lambda i, n: Draft(stock.COUNTED, stock_key("item", i), Counted(i, n)), item_ids, st.integers(0, 9)),
    st.builds(
        lambda d, p: Draft(JOINED, d, Joined(d, d, "kiosk", p)), st.sampled_from("xyz"), st.sampled_from(["BK", "FH"])
    ),
    st.builds(
        lambda name: Draft(PUBLISHED, "menu", MenuPublished(name, _named(name))), st.sampled_from(["one", "two"])
    ),
    st.just(Draft("orders.teleported/1", "order-1", {"to": "mars"})),
    st.just(Draft("orders.placed/1", "order-1", {"number": 7})),
)


def _named(name: str) -> Menu:
    return msgspec.structs.replace(menu(), name=name)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events of three logs at times that are near each other, or far off by a wrong clock; each log's times rise."""
    writers = {log_id: Writer(log_id) for log_id in LOGS}
    times = dict.fromkeys(LOGS, NOW_MS << 16)
    events = []
    for draft in draw(st.lists(drafts, min_size=1, max_size=25)):
        log_id = draw(st.sampled_from(LOGS))
        times[log_id] += draw(st.sampled_from([1, 2, 1 << 16, 5 << 16, 3_600_000 << 16]))
        events.append(writers[log_id].write(draft, times[log_id]))
    return events


@st.composite
def arrivals(draw: st.DrawFn, events: Sequence[Event]) -> list[list[Event]]:
    """The events in some order, in some portions."""
    shuffled = numbered(draw(st.permutations(events)))
    portions, start = [], 0
    while start < len(shuffled):
        size = draw(st.integers(1, len(shuffled)))
        portions.append(shuffled[start : start + size])
        start += size
    return portions


@pytest.fixture(autouse=True, scope="module")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Hundreds of files are made here; what a power cut would leave of them is not what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_file, "PRAGMAS", ("journal_mode=WAL", "synchronous=OFF"))
        yield


def open_services(folder: Path) -> Services:
    return Services(folder, device_id="dev", store="riverside", label="Kiosk", role="kiosk")


def shown(portions: Sequence[Sequence[Event]]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        services = open_services(Path(folder))
        try:
            for portion in portions:
                services.apply(list(portion), portion[-1].position)
            found = views(services)
            assert services.cursor == portions[-1][-1].position
        finally:
            services.close()
        again = open_services(Path(folder))  # the files say the same as what was kept in memory
        try:
            assert views(again) == found
        finally:
            again.close()
    return found


@settings(RUNS, max_examples=40)
@given(st.data())
def test_any_order_and_any_portions_give_the_same_views(data: st.DataObject) -> None:
    events = data.draw(histories())
    expected = shown([numbered(sorted(events, key=lambda e: e.order))])
    assert shown(data.draw(arrivals(events))) == expected


@settings(RUNS, max_examples=15)
@given(st.data())
def test_events_applied_ahead_and_then_again_in_their_turn_change_nothing(data: st.DataObject) -> None:
    events = numbered(data.draw(histories()))
    expected = shown([events])
    ahead = data.draw(st.lists(st.sampled_from(events), max_size=5))
    with tempfile.TemporaryDirectory() as folder:
        services = open_services(Path(folder))
        for event in ahead:
            services.apply([event])
        services.apply(events, events[-1].position)
        assert services.cursor == len(events)
        assert views(services) == expected
        services.close()


def a_day(shop: Terminal, count: int = 30) -> None:
    shop.say(shop.services.membership_drafts())
    shop.publish()
    shop.do("stock.count", item_id="salad", left=100)
    for n in range(count):
        order_id = shop.place("burger", "salad")
        if n % 2:
            shop.do("payments.capture", order_id=order_id, tender="cash")
        if n % 3 == 0:
            shop.do("kitchen.bump", order_id=order_id)


def reader(events: list[Event]) -> Any:
    async def read(after: int, topics: None = None, limit: int = 1000) -> tuple[list[Event], int]:
        found = events[after : after + min(limit, 7)]
        return found, found[-1].position if found else after

    return read


async def caught_up(shop: Terminal) -> list[tuple[int, int]]:
    progress: list[tuple[int, int]] = []
    await shop.services.catch_up(reader(shop.events), len(shop.events), lambda done, of: progress.append((done, of)))
    return progress


async def test_read_models_are_rebuilt_from_nothing(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop)
    expected = views(shop.services)
    shop.services.close()
    for file in (tmp_path / "read").iterdir():
        file.unlink()
    shop.restart()
    assert shop.services.cursor == 0
    progress = await caught_up(shop)
    assert progress[-1] == (len(shop.events), len(shop.events))
    assert len(progress) > 5
    assert views(shop.services) == expected


@pytest.mark.parametrize("broken", ["orders", "kitchen", "stock", "menu", "payments", "membership"])
@pytest.mark.parametrize("how", ["gone", "garbage", "cut short", "empty"])
async def test_one_broken_file_is_rebuilt_alone(tmp_path: Path, broken: str, how: str) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    expected = views(shop.services)
    shop.services.close()
    path = tmp_path / "read" / f"{broken}.db"
    content = path.read_bytes()
    path.unlink()
    if how != "gone":
        path.write_bytes({"garbage": b"not a database" * 1000, "cut short": content[:5000], "empty": b""}[how])
    shop.restart()
    assert shop.services.cursor == 0
    await caught_up(shop)
    assert views(shop.services) == expected


async def test_a_new_version_rebuilds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    expected = views(shop.services)
    monkeypatch.setattr(Orders, "version", Orders.version + 1)
    shop.restart()
    assert shop.services.cursor == 0
    await caught_up(shop)
    assert views(shop.services) == expected


async def test_read_models_of_another_log_are_not_believed(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    shop.options["log_id"] = "log-new"
    shop.restart()
    assert shop.services.cursor == 0
    assert shop.services.orders() == []


async def test_read_models_that_are_ahead_of_the_log_start_over(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 3)
    shop.events = shop.events[:4]
    await caught_up(shop)
    assert shop.services.cursor == 4
    assert len(shop.services.orders()) == 1


def test_the_highest_number_of_a_day_is_kept_in_mind_and_follows_what_comes_from_elsewhere(tmp_path: Path) -> None:
    """It is asked for with each order; a number that came back from a neighbour must not be given again."""
    shop = Terminal(tmp_path)
    a_day(shop, 1)
    order = shop.services.orders()[0]
    of_day = ("device-1", order.business_day)
    first = int("".join(c for c in order.number if c.isdigit()))
    assert shop.services.order_book.last_serial(*of_day) == first
    placed = next(e for e in shop.events if e.type == orders.PLACED).data(Placed)
    for number, device_id in ((first + 5, "device-1"), (first + 3, "device-1"), (first + 90, "device-2")):
        again = msgspec.structs.replace(placed, number=f"AB{number}", taken_by=device_id)
        shop.say([Draft(orders.PLACED, f"order-{number}", again)])
    assert shop.services.order_book.last_serial(*of_day) == first + 5
    assert shop.services.order_book.last_serial("device-2", order.business_day) == first + 90
    assert shop.services.order_book.last_serial("device-1", "2031-01-01") == 0
    shop.restart()
    assert shop.services.order_book.last_serial(*of_day) == first + 5


async def test_events_ahead_of_missing_ones_do_not_move_the_cursor(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 2)
    other = Terminal(tmp_path / "other", "device-2")
    other.services.apply(shop.events[:2], 2)
    changes = other.services.apply(shop.events[-2:])
    assert changes.orders
    assert other.services.cursor == 2
    other.services.apply(shop.events, len(shop.events))
    assert other.services.cursor == len(shop.events)
    assert other.services.orders() == shop.services.orders()


async def test_reading_goes_on_while_events_are_applied(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    a_day(shop, 40)
    fresh = Terminal(tmp_path / "fresh", "device-2")
    catching_up = asyncio.create_task(fresh.services.catch_up(reader(shop.events), len(shop.events)))
    while not catching_up.done():
        assert len(fresh.services.orders()) <= 40
        fresh.services.tickets()
        fresh.services.availability()
        await asyncio.sleep(0)
    await catching_up
    assert fresh.services.orders() == shop.services.orders()


def test_events_of_the_future_and_forged_ones_stop_nothing(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.publish()
    writer = Writer("log-new")
    huge = 2**63 + 5
    shop.hear(
        [
            writer.write(Draft("orders.placed/9", "x", {"what": "ever"})),
            writer.write(Draft("drones.flown/1", "x", [1, 2, 3])),
            writer.write(Draft(orders.PLACED, "x", {"number": "BK1"})),
            writer.write(Draft(payments.CAPTURED, "y", Captured("p", "cash", huge))),
            writer.write(Draft(payments.CAPTURED, "nul\0", Captured("p", "cash", 1))),
            writer.write(Draft(stock.COUNTED, "item:salad", Counted("salad", huge))),
            writer.write(Draft(orders.VOIDED, "z", Voided("x")), 2**64 - 1),
        ]
    )
    assert shop.services.cursor == len(shop.events)
    assert shop.place("burger")


def test_version_of_a_menu_is_known_after_a_restart(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.publish()
    shop.restart()
    assert shop.services.menu_version() == version_of(menu())


def test_a_forged_order_takes_the_days_figures_from_nobody(tmp_path: Path) -> None:
    """SQLite adds up whole numbers until they don't fit, and then gives none at all."""
    shop = Terminal(tmp_path)
    shop.publish()
    shop.place("cola")
    placed = next(event for event in shop.events if event.type == orders.PLACED).data(Placed)
    huge = msgspec.structs.replace(placed, total_minor=2**63 - 1, tax_minor=2**63 - 1)
    liar = Writer("log-9")
    shop.hear([liar.write(Draft(orders.PLACED, f"forged-{n}", huge)) for n in range(3)])
    sales = shop.services.sales("2026-03-01")
    assert sales.orders == 4
    assert msgspec.json.encode(sales)
