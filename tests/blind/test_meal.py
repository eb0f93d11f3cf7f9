"""Nobody looks: what a screen reader hears is enough to order and pay, and nothing is said twice or without a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blind.customer import Customer, Visit, environment_is_missing
from tests.blind.meal import DISH, order

pytestmark = pytest.mark.skipif(environment_is_missing() != "", reason=environment_is_missing())
TALL, WIDE = (1080, 1920), (1920, 1080)
ROLES = ("push button", "radio button", "check box", "page tab", "panel", "dialog", "text", "unavailable")


def check_what_was_said(customer: Customer) -> None:
    for key, heard in customer.diary:
        assert len(heard) == len(set(heard)), f"after {key}, twice: {heard}"
        for line in heard:
            assert line.strip(" ,.:"), f"after {key} something without words"
            assert not line.startswith(ROLES), f"after {key} something without a name: {line}"
            assert "undefined" not in line
            assert ", ," not in line


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("size", "language"), [(TALL, "de"), pytest.param(WIDE, "en", marks=pytest.mark.slow)])
def test_a_meal_is_ordered_and_paid_by_what_is_heard(tmp_path: Path, size: tuple[int, int], language: str) -> None:
    with Visit(tmp_path, size) as customer:
        number = order(customer, language)
        (placed,) = customer.server.get("/v1/orders")
    assert placed["number"] == number
    assert placed["dining"] == "takeaway"
    assert placed["paid_minor"] == placed["total_minor"] == 1900
    assert [(line["item_id"], line["quantity"]) for line in placed["lines"]] == [(DISH, 2)]
    check_what_was_said(customer)
