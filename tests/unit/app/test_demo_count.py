"""The demo's verdict: it must be able to say no."""

from typing import Any

from app.demo.count import percentile, summarize


def order(order_id: str, number: str, total: int = 500) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "number": number,
        "status": "placed",
        "business_day": "2026-01-05",
        "total_minor": total,
        "tax_minor": 0,
        "paid_minor": total,
        "lines": [{}],
    }


PLACED = ["a", "b"]
BOOK = [order("a", "BK1"), order("b", "BK2")]
KIOSK = [{"what": "tap", "order_id": "a", "t_ns": 1_000_000}, {"what": "tap", "order_id": "b", "t_ns": 2_000_000}]
KITCHEN = [
    {"what": "kitchen_frame", "order_id": "a", "t_ns": 31_000_000},
    {"what": "kitchen_frame", "order_id": "b", "t_ns": 22_000_000},
]


def test_a_shop_that_agrees_is_well() -> None:
    summary = summarize(PLACED, {"pos": BOOK, "office": BOOK}, KIOSK, KITCHEN, 12.34)
    assert summary.well
    assert (summary.orders_placed, summary.orders_in_kitchen, summary.orders_at_office) == (2, 2, 2)
    assert summary.tap_to_kitchen_ms == {"p50": 20.0, "p99": 30.0, "n": 2}
    assert summary.office_resume_ms == 12.3


def test_an_order_missing_at_the_office_is_lost() -> None:
    summary = summarize(PLACED, {"pos": BOOK, "office": BOOK[:1]}, KIOSK, KITCHEN, None)
    assert summary.lost == 1
    assert not summary.well


def test_an_order_the_kitchen_never_showed_is_lost() -> None:
    assert summarize(PLACED, {"pos": BOOK, "office": BOOK}, KIOSK, KITCHEN[:1], None).lost == 1


def test_an_order_that_waits_for_its_money_is_not_lost_in_a_shop_played_by_hand() -> None:
    summary = summarize(PLACED, {"pos": BOOK, "office": BOOK}, KIOSK, KITCHEN[:1], None, must_be_cooked=False)
    assert summary.well


def test_an_order_that_was_voided_or_not_paid_is_lost() -> None:
    for worse in ({"status": "voided"}, {"paid_minor": 0}):
        book = [{**BOOK[0], **worse}, BOOK[1]]
        assert summarize(PLACED, {"pos": book, "office": book}, KIOSK, KITCHEN, None).lost == 1


def test_a_number_called_twice_is_a_double() -> None:
    book = [order("a", "BK1"), order("b", "BK1")]
    assert summarize(PLACED, {"office": book}, KIOSK, KITCHEN, None).duplicated == 1


def test_an_order_nobody_placed_is_a_double() -> None:
    book = [*BOOK, order("c", "BK3")]
    assert summarize(PLACED, {"office": book}, KIOSK, KITCHEN, None).duplicated == 1


def test_totals_that_differ_are_told() -> None:
    other = [order("a", "BK1", 501), BOOK[1]]
    assert not summarize(PLACED, {"pos": BOOK, "office": other}, KIOSK, KITCHEN, None).totals_equal


def test_a_percentile_of_nothing_is_nothing() -> None:
    assert percentile([], 0.5) is None
