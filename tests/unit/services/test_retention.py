"""What a store may stop keeping: never too much, the same on every machine, and as if it was made from what is left."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from server.event import Draft, Event, Frontier, Stream
from server.keys import DeviceKey, chain, genesis
from server.services import table_file
from server.services.fact import At
from server.services.orders import events as orders
from server.services.payments import events as payments
from server.services.payments.events import Attempted, Captured, Forwarded
from server.services.retention.archive import Archive, mark, told, told_after, told_places
from server.services.retention.carried import again, check, proven
from server.services.retention.events import ARCHIVED, TOPIC, Archived, Proof
from server.services.retention.rule import DAY_MS, SALES, Aged, Kept, below, droppable, line, needed, since
from server.services.shop import Services
from server.services.stock.read_model import STORE_END

from .test_read_model import RUNS, histories, open_services
from .world import NOW_MS, Terminal, Writer, numbered, views

EVER = Kept(sales=1, stock=1, health=1)
"""Since ever: everything is old."""


@pytest.fixture(autouse=True, scope="module")
def _no_waiting_for_the_disk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_file, "PRAGMAS", ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=OFF"))
        yield


# -- the line ----------------------------------------------------------------------------------------------------------

times = st.lists(st.integers(1, 40), max_size=12).map(lambda steps: [sum(steps[: i + 1]) for i in range(len(steps))])


@st.composite
def aged(draw: st.DrawFn) -> list[Aged]:
    found = []
    for topic in draw(st.lists(st.sampled_from(["orders", "payments", "stock", "health", "menu"]), unique=True)):
        hlcs = [ms << 16 for ms in draw(times)]
        found.append(Aged(Stream("log", topic), draw(st.integers(0, 5)), [(h, h) for h in hlcs], draw(st.booleans())))
    return found


@given(aged(), st.integers(0, 300), st.integers(0, 300), st.integers(1, 20))
def test_nothing_young_and_nothing_of_a_topic_that_stays_is_below_the_line(
    streams: list[Aged], sales: int, stock: int, limit: int
) -> None:
    found = line(streams, Kept(sales, stock, 0), limit)
    for one in streams:
        floor = found.floors.get(one.stream)
        if floor is None:
            continue
        assert one.stream.name in SALES or one.stream.name == "stock"
        assert one.after < floor <= one.after + len(one.times)
        for hlc, place in one.times[: floor - one.after]:
            assert hlc >> 16 < (stock if one.stream.name == "stock" else sales)
            assert place <= found.tops[one.stream] <= found.upto


@given(aged(), st.integers(1, 300), st.integers(1, 20))
def test_in_small_steps_the_line_gets_where_it_gets_in_one(streams: list[Aged], before: int, limit: int) -> None:
    whole = [one._replace(more=False) for one in streams]
    kept_since = Kept(before, before, before)
    at_once = line(whole, kept_since, 10_000).floors
    floors: Frontier = {}
    for _ in range(200):
        rest = []
        for one in whole:
            after = floors.get(one.stream, one.after)
            left = one.times[after - one.after :]
            rest.append(Aged(one.stream, after, left[:limit], len(left) > limit))
        found = line(rest, kept_since, limit)
        floors |= found.floors
        if not found.floors:
            assert not found.more
            break
    assert floors == at_once


def test_a_clock_that_jumped_ahead_makes_nothing_old() -> None:
    a_year_on = NOW_MS + 365 * DAY_MS
    last_days_began = NOW_MS - 120 * DAY_MS  # by what was sold
    assert since(120, a_year_on, last_days_began) == last_days_began
    assert since(120, NOW_MS, NOW_MS - 200 * DAY_MS) == NOW_MS - 200 * DAY_MS  # the shop was closed now and then
    assert since(120, NOW_MS, None) == 0  # it has not sold on so many days yet
    assert since(0, NOW_MS, 5) == 0


def test_more_open_orders_than_can_be_named_stop_the_line() -> None:
    stream = Stream("log", "orders")
    old = [(f"order-{n}", True, [(n, "log", n, "orders")]) for n in range(1, 12)]
    assert needed(old, {stream: 10}, most=10) == {f"order-{n}" for n in range(1, 11)}
    assert needed(old, {stream: 11}, most=10) is None


def test_of_two_orders_at_one_place_of_a_parted_stream_both_stay_whole() -> None:
    floors = {Stream("log", "orders"): 5, Stream("other", "orders"): 5}
    settled = ("settled", False, [(1, "log", 2, "orders"), (3, "other", 3, "orders")])
    still_open = ("open", True, [(2, "log", 2, "orders")])
    beside = ("beside", False, [(4, "other", 3, "orders")])
    gone = ("gone", False, [(5, "other", 4, "orders")])
    assert needed([beside, settled, still_open, gone], floors) == {"open", "settled", "beside"}
    assert needed([beside, settled, gone], floors) == set()


def test_an_order_of_a_past_that_is_not_archived_stays_whole() -> None:
    """It was placed in the other branch of a parted stream, and voided in a stream that has one."""
    parted, other = Stream("log", "orders"), Stream("other", "orders")
    order = ("order", False, [(200, "log", 3, "orders"), (250, "other", 1, "orders")])
    floors, tops = {parted: 3, other: 1}, {parted: 100, other: 300}
    assert needed([order], floors, tops=tops) == {"order"}
    assert needed([order], floors, tops=tops | {parted: 200}) == set()


def test_what_is_archived_stays_so_where_another_event_at_its_place_must_stay() -> None:
    """The disk was set back, and what it wrote instead came after the other was archived."""
    stream, place = Stream("log", "orders"), (Stream("log", "orders"), 3)
    archive = Archive({"m": mark(1, Archived(told({stream: 5}), {}, 100))})
    before, later = (90, *stream[:1], 3, "orders"), (120, *stream[:1], 3, "orders")
    for seq in (2, 3):  # and when it is said once more, while what stays is older than all that is archived since
        assert (archive.covers(before), archive.covers(later)) == (True, False)
        after = told_after(archive.archived_at([place]))
        said = Archived(told({stream: 9}), told_places([place]), 100 * seq, [], after)
        kept = msgspec.msgpack.decode(msgspec.msgpack.encode(said), type=Archived)
        archive = Archive({"m": mark(seq, kept)})
    assert (archive.covers(before), archive.covers(later)) == (True, False)
    assert archive.covers((250, "log", 4, "orders"))


def test_a_past_that_the_archiver_had_not_heard_of_counts() -> None:
    """A terminal's disk was set back; of its kitchen's stream only the old past was there when it was archived."""
    kitchen, other = Stream("log", "kitchen"), Stream("other", "orders")
    said = Archived(told({kitchen: 2, other: 9}), {}, 500, [], {}, told({kitchen: 100, other: 500}))
    archive = Archive({"m": mark(1, said)})
    assert archive.covers((90, "log", 1, "kitchen"))
    assert not archive.covers((120, "log", 1, "kitchen")), "what it wrote instead, later"
    assert archive.covers((500, "other", 9, "orders"))
    assert archive.tops == {kitchen: 100, other: 500}
    early = Archive({"m": mark(1, Archived(told({kitchen: 2}), {}, 500))})
    assert early.covers((120, "log", 1, "kitchen")), "an early version told one time for all"


def test_that_one_event_is_carried_spares_no_other_at_its_place() -> None:
    proof, (event, _) = a_proof()
    archive = Archive({"log": mark(1, Archived({}, {}, 0, [proof]))})
    at = (*event.order, event.stream.topic)
    assert archive.spares(at, event.raw)
    assert not archive.spares(at, event.raw.replace(b"left", b"kept")), "the other branch's"


def test_only_what_is_archived_and_old_leaves_the_disk() -> None:
    stream = Stream("log", "orders")
    times = [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert droppable(stream, 7, times, lambda at: at[2] != 10, 10) == 9
    assert droppable(stream, 7, times, lambda at: True, 2) == 8
    assert droppable(stream, 7, times[:2], lambda at: True, 10) == 9
    assert droppable(stream, 7, [], lambda at: True, 2) == 7


# -- the tables --------------------------------------------------------------------------------------------------------


def rows(services: Services) -> dict[str, list[Any]]:
    found = {}
    for model in services._models:
        with model.reading() as db:
            found[model.name] = db.execute(f"SELECT * FROM {model._table} ORDER BY aggregate_id").fetchall()
    return found


def archived_by(services: Services, events: Sequence[Event], writer: Writer, share: float) -> Event:
    """What the terminal that holds these events would say, if so much of each stream was old."""
    by_stream: dict[Stream, list[Event]] = {}
    for event in sorted(events, key=lambda e: e.seq):
        by_stream.setdefault(event.stream, []).append(event)
    streams = []
    for stream, those in by_stream.items():
        old = those[: round(len(those) * share)]
        streams.append(Aged(stream, 0, [(e.hlc, e.order[0]) for e in old], False))
    found = line(streams, Kept(2**62, 2**62, 2**62), 10_000)
    kept = services.needed_below(found.floors, found.upto, 0)
    assert kept is not None
    places = services.places_below(kept, found.floors, found.upto)
    draft = Draft(ARCHIVED, writer.log_id, Archived(told(found.floors), told_places(places), found.upto))
    return writer.write(draft, max(e.hlc for e in events) + 1)


def made_of(events: Sequence[Event], portion: int) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    arrived = numbered(events)
    with tempfile.TemporaryDirectory() as folder:
        services = open_services(Path(folder))
        try:
            for at in range(0, len(arrived), portion):
                some = arrived[at : at + portion]
                services.apply(some, some[-1].position)
            found = rows(services), views(services)
        finally:
            services.close()
        again = open_services(Path(folder))  # what is kept in memory is what the files say
        try:
            assert views(again) == found[1]
            late = numbered(arrived, len(arrived) + 1)  # and what is archived does not come back
            again.apply(late, late[-1].position)
            assert (rows(again), views(again)) == found
        finally:
            again.close()
    return found


@runs(RUNS, max_examples=25)
@given(st.data())
def test_tables_after_the_floor_are_those_made_from_what_is_left(data: st.DataObject) -> None:
    """Whoever dropped what, and in whatever order the rest arrives."""
    events = data.draw(histories())
    writer = Writer("log-m")
    with tempfile.TemporaryDirectory() as folder:
        services = open_services(Path(folder))
        services.apply(numbered(events), len(events))
        open_before = {o.order_id for o in services.orders(open_only=True, limit=5000)}
        unsettled = set(services.payments.pending()) & {o.order_id for o in services.orders(limit=5000)}
        before = services.stocks.stock
        said = archived_by(services, events, writer, data.draw(st.sampled_from([0.3, 0.6, 1.0])))
        services.apply(numbered([said], len(events) + 1), len(events) + 1)
        kept = {o.order_id: o for o in services.orders(limit=5000)}
        money_open = {i for i in open_before if i not in kept}
        assert services.stocks.stock.out == before.out
        archive = services.archive
        services.close()
    assert not unsettled - set(kept), "a card payment that nobody has answered is gone"
    expected = made_of([*events, said], 1000)
    for order_id in money_open:  # nothing was ever paid or made of it
        assert order_id not in kept
    # Each machine has dropped a part of what is archived, from the front of each stream.
    left = []
    for stream in {e.stream for e in events}:
        those = sorted((e for e in events if e.stream == stream), key=lambda e: e.seq)
        raws = {e.seq: e.raw for e in those}

        def spared(at: At, raws: dict[int, bytes] = raws) -> bool:
            return archive.spares(at, raws[at[2]])

        may = droppable(stream, 0, [(e.hlc, e.order[0]) for e in those], spared, 2**63)
        left += those[data.draw(st.integers(0, may)) :]
    arrival = data.draw(st.permutations([*left, said]))
    assert made_of(arrival, data.draw(st.integers(1, 30))) == expected


def a_shop_with_history(tmp_path: Path) -> tuple[Terminal, dict[str, str]]:
    """One terminal; what became of each order by name."""
    shop = Terminal(tmp_path)
    shop.say(shop.services.membership_drafts())
    shop.publish()
    found = {}
    begun = ("paid", "unpaid", "overpaid", "voided", "begun", "refunded later", "cooking", "refunded")
    for name in (*begun, "to be given back"):
        found[name] = shop.place("burger", hold_until_paid=True) if name == "begun" else shop.place("burger")
    for name in ("paid", "overpaid", "refunded later", "cooking", "refunded", "to be given back"):
        shop.do("payments.capture", order_id=found[name], tender="cash")
    refunded = shop.services.order(found["refunded"])
    assert refunded is not None
    shop.do(
        "payments.refund",
        order_id=found["refunded"],
        payment_id=refunded.tenders[0].payment_id,
        amount_minor=100,
        reason="cold",
    )
    for name in ("paid", "overpaid", "refunded later", "refunded"):
        shop.do("kitchen.bump", order_id=found[name])
    for name in ("voided", "to be given back"):
        shop.do("orders.void", order_id=found[name], reason="left")
    due = shop.services.order(found["overpaid"])
    assert due is not None
    shop.do("orders.amend", order_id=found["overpaid"], lines=[{"item_id": "salad", "quantity": 1}])
    return shop, found


def archive(shop: Terminal, forgotten_ms: int = 0, writer: Writer | None = None) -> Writer:
    """Everything that is archived when every event so far is old. Returns who said so."""
    writer = writer or Writer("log-m", NOW_MS + DAY_MS)
    floors = {e.stream: max(x.seq for x in shop.events if x.stream == e.stream) for e in shop.events}
    floors = {stream: seq for stream, seq in floors.items() if EVER.of(stream)}
    upto = max(e.order[0] for e in shop.events)
    kept = shop.services.needed_below(floors, upto, forgotten_ms)
    assert kept is not None
    places = shop.services.places_below(kept, floors, upto)
    said = writer.write(Draft(ARCHIVED, "log-m", Archived(told(floors), told_places(places), upto)))
    shop.hear([said])
    return writer


def test_open_unpaid_and_overpaid_orders_stay_and_settled_ones_go(tmp_path: Path) -> None:
    shop, found = a_shop_with_history(tmp_path)
    archive(shop)
    left = {name for name, order_id in found.items() if shop.services.order(order_id) is not None}
    assert left == {"unpaid", "overpaid", "cooking", "to be given back"}
    assert {o.order_id for o in shop.services.orders()} == {found[name] for name in left}
    shop.do("payments.capture", order_id=found["unpaid"], tender="cash")  # and can be brought to an end
    shop.restart()
    assert {o.order_id for o in shop.services.orders()} == {found[name] for name in left}


def test_a_paid_order_that_nobody_said_is_made_is_forgotten_in_the_end(tmp_path: Path) -> None:
    shop, found = a_shop_with_history(tmp_path)
    archive(shop, forgotten_ms=NOW_MS + DAY_MS)
    assert shop.services.order(found["cooking"]) is None
    assert shop.services.order(found["unpaid"]) is not None


def test_a_card_taken_without_a_line_stays_until_the_bank_was_heard_or_will_never_be(tmp_path: Path) -> None:
    """Archived, nobody would ask the card terminal about it any more."""
    shop, found = a_shop_with_history(tmp_path)
    order_id = shop.place("burger")
    order = shop.services.order(order_id)
    assert order is not None
    card = Captured("p1", "card", order.total_minor, offline=True)
    shop.say([Draft(payments.CAPTURED, order_id, card)])
    shop.do("kitchen.bump", order_id=order_id)
    writer = archive(shop)
    assert list(shop.services.payments.stored()) == [order_id]
    assert shop.services.order(found["paid"]) is None
    archive(shop, forgotten_ms=NOW_MS + DAY_MS, writer=writer)  # its terminal only ever repeats its first answer
    assert shop.services.order(order_id) is None

    order_id = shop.place("burger")
    forwarded = Draft(payments.FORWARDED, order_id, Forwarded("p1", card.amount_minor))
    shop.say([Draft(payments.CAPTURED, order_id, card), forwarded])
    shop.do("kitchen.bump", order_id=order_id)
    archive(shop, writer=writer)
    assert shop.services.order(order_id) is None


def test_a_card_taken_for_an_order_just_archived_is_asked_about_all_the_same(tmp_path: Path) -> None:
    """A terminal charged it, without a line, before it heard that another one had given the order up."""
    shop, found = a_shop_with_history(tmp_path)
    order = shop.services.order(found["begun"])
    assert order is not None
    writer = archive(shop)
    assert shop.services.order(order.order_id) is None
    card = Captured("p1", "card", order.total_minor, offline=True)
    shop.say([Draft(payments.CAPTURED, order.order_id, card)])
    archive(shop, writer=writer)
    assert list(shop.services.payments.stored()) == [order.order_id]
    shop.say([Draft(payments.FORWARDED, order.order_id, Forwarded("p1", card.amount_minor))])
    archive(shop, NOW_MS + 2 * DAY_MS, writer)
    assert shop.services.payments.state(order.order_id) is None


@pytest.mark.parametrize("topic", ["payments", "kitchen"])
def test_what_comes_before_its_order_waits_for_it(tmp_path: Path, topic: str) -> None:
    """The order's place in its log went to another branch: its terminal writes it again, and may be off until then."""
    sold, found = a_shop_with_history(tmp_path / "sold")
    other = Terminal(tmp_path / "other")
    other.hear([e for e in sold.events if e.stream.name == topic])
    archive(other)
    other.hear([e for e in sold.events if e.stream.name != topic])
    assert other.services.order(found["paid"]) == sold.services.order(found["paid"])


def test_an_order_of_which_something_young_is_known_stays_whole(tmp_path: Path) -> None:
    shop, found = a_shop_with_history(tmp_path)
    of_payments = Stream(shop.writer.log_id, "payments")
    last = max(e.seq for e in shop.events if e.stream == of_payments)
    order = shop.services.order(found["refunded later"])
    assert order is not None
    payment_id = order.tenders[0].payment_id
    shop.do("payments.refund", order_id=found["refunded later"], payment_id=payment_id, amount_minor=100, reason="cold")
    floors = {of_payments: last, Stream(shop.writer.log_id, "orders"): 99, Stream(shop.writer.log_id, "kitchen"): 99}
    kept = shop.services.needed_below(floors, 2**62, 0)
    assert kept is not None
    assert found["refunded later"] in kept


def test_an_order_for_which_a_card_is_asked_stays_though_only_the_question_is_young(tmp_path: Path) -> None:
    """A hold that was given up, it seemed, and then somebody comes and pays. The table of orders knows nothing of the
    question, and the table of payments nothing that is old."""
    shop, found = a_shop_with_history(tmp_path)
    upto = max(e.order[0] for e in shop.events)
    floors = {e.stream: max(x.seq for x in shop.events if x.stream == e.stream) for e in shop.events}
    floors = {stream: seq for stream, seq in floors.items() if EVER.of(stream)}
    kept = shop.services.needed_below(floors, upto, 0)
    assert kept is not None
    assert found["begun"] not in kept
    shop.say([Draft(payments.ATTEMPTED, found["begun"], Attempted("p1", "card", 950))])
    kept = shop.services.needed_below(floors, upto, 0)
    assert kept is not None
    assert found["begun"] in kept


def test_what_is_out_stays_out_and_a_countdown_goes_on(tmp_path: Path) -> None:
    shop = Terminal(tmp_path)
    shop.say(shop.services.membership_drafts())
    shop.publish()
    shop.do("stock.out", ingredient_id="bacon")
    shop.do("stock.out", item_id="steak")
    shop.do("stock.back", item_id="steak")
    shop.do("stock.count", item_id="cola", left=8)
    for _ in range(3):
        order_id = shop.place("cola")
        shop.do("payments.capture", order_id=order_id, tender="cash")
        shop.do("kitchen.bump", order_id=order_id)
    assert shop.services.counts_before(NOW_MS - DAY_MS) == []
    again = shop.services.counts_before(NOW_MS + DAY_MS)
    assert [(d.aggregate_id, d.data.left) for d in again] == [("item:cola", 5)]
    shop.say(again)
    before = shop.services.stocks.stock
    archive(shop)
    assert shop.services.stocks.stock == before
    assert before.left == {"cola": 5}
    assert before.out == {"ingredient:bacon"}
    assert set(shop.services.stocks.subjects) == {"ingredient:bacon", "item:cola"}
    assert shop.services.orders() == []
    shop.place("cola")
    assert shop.services.stocks.stock.left == {"cola": 4}
    shop.restart()
    assert shop.services.stocks.stock.left == {"cola": 4}


def test_what_was_archived_stays_so_when_the_same_dish_runs_out_again(tmp_path: Path) -> None:
    """One terminal has dropped it and another has not: they must show the same."""
    shop = Terminal(tmp_path)
    shop.say(shop.services.membership_drafts())
    shop.publish()
    shop.do("stock.out", ingredient_id="bacon")
    shop.do("stock.back", ingredient_id="bacon")
    writer = archive(shop)
    assert not shop.services.stocks.subjects
    shop.do("stock.out", ingredient_id="bacon")
    archive(shop, writer=writer)
    assert shop.services.archive.marks["log-m"].seq == 2
    [subject] = shop.services.stocks.subjects.values()
    assert len(subject.turns) == 1
    everything = sorted(shop.events, key=lambda e: e.stream.topic == TOPIC)
    other = Terminal(tmp_path / "other", "device-2")
    other.hear(everything)
    assert rows(other.services) == rows(shop.services)


def test_head_office_keeps_everything(tmp_path: Path) -> None:
    shop, found = a_shop_with_history(tmp_path / "shop")
    archive(shop)
    office = Terminal(tmp_path / "office", "device-o", store="", store_of=lambda _: "riverside")
    office.hear(shop.events)
    assert {o.order_id for o in office.services.orders()} == set(found.values())
    assert not any(STORE_END in key for key in shop.services.stocks.subjects)


def test_of_one_writers_words_the_newest_counts_in_whatever_order_they_come(tmp_path: Path) -> None:
    shop, found = a_shop_with_history(tmp_path)
    writer = Writer("log-m")
    stream = Stream(shop.writer.log_id, "orders")
    all_of_it = told({stream: 99})
    unpaid = [(e.stream, e.seq) for e in shop.events if e.aggregate_id == found["unpaid"]]
    first = writer.write(Draft(ARCHIVED, "log-m", Archived(told({stream: 1}), {}, 2**62)))
    second = writer.write(Draft(ARCHIVED, "log-m", Archived(all_of_it, told_places(unpaid), 2**62)))
    shop.hear([second])
    shop.hear([first])
    assert shop.services.order(found["paid"]) is None
    assert shop.services.order(found["unpaid"]) is not None
    assert first.stream.topic == TOPIC
    assert below((0, stream.log_id, 99, "orders"), shop.services.archive.floors)


# -- what is carried ---------------------------------------------------------------------------------------------------


def a_proof(events: int = 3) -> tuple[Proof, list[Event]]:
    """Of the last of some events, from the second on."""
    key = DeviceKey.generate()
    header = key.new_header("riverside")
    writer = Writer(header.log_id)
    written = [writer.write(Draft(orders.VOIDED, f"order-{n}", orders.Voided("left"))) for n in range(events)]
    digest = prior = chain(genesis(written[0].stream), written[0].raw)
    for event in written[1:]:
        digest = chain(digest, event.raw)
    return Proof(header, "orders", 2, prior, [e.raw for e in written[1:]], key.seal(digest)), written[1:]


def test_what_is_carried_goes_on_being_carried_while_it_is_needed() -> None:
    """It may have left every disk: there is always room for it."""
    first, events = a_proof()
    second, others = a_proof()
    needed_still = [(events[1].stream, events[1].seq), (events[0].stream, events[0].seq), (others[0].stream, 99)]
    assert again(needed_still, [second, first]) == [first]
    assert again([], [second, first]) == []


def test_a_carried_event_proves_itself() -> None:
    proof, events = a_proof()
    assert check(proof) == events
    said = Archived({}, {proof.header.log_id: {"orders": [3]}}, 0, [proof])
    assert [event.aggregate_id for event in proven(said, "riverside")] == ["order-2"]
    assert proven(said, "elsewhere") == []


@pytest.mark.parametrize("what", ["event", "order", "prior", "seal", "key", "number", "none"])
def test_who_carries_an_event_cannot_alter_it(what: str) -> None:
    proof, _ = a_proof()
    other, _ = a_proof()
    events = proof.events
    forged = {
        "event": {"events": [events[0], events[1].replace(b"left", b"gone")]},
        "order": {"events": [events[1], events[0]]},
        "prior": {"prior": other.prior},
        "seal": {"seal": other.seal},
        "key": {"header": other.header},
        "number": {"first_seq": 3},
        "none": {"events": []},
    }[what]
    bad = msgspec.structs.replace(proof, **forged)
    assert check(bad) == []
    assert mark(1, Archived({}, {}, 0, [bad, proof])).carried == (proof,)


def test_an_archive_that_contradicts_itself_is_the_same_in_whatever_order_it_is_heard(tmp_path: Path) -> None:
    """It says that an order is archived, and that nothing so late is: no honest terminal does."""
    first, second = Terminal(tmp_path / "a"), Terminal(tmp_path / "b")
    first.publish()
    order_id = first.place("cola")
    (placed,) = [event for event in first.events if event.type == orders.PLACED]
    archived = Archived({placed.stream.log_id: {"orders": placed.seq}}, upto=placed.order[0] - 1)
    said = Writer("log-9").write(Draft(ARCHIVED, "liar", archived))
    first.hear([said])
    second.hear([*first.events[:-1], said])
    third = Terminal(tmp_path / "c")
    third.hear([said, *first.events[:-1]])
    assert [shop.services.order(order_id) is None for shop in (first, second, third)] == [False] * 3
