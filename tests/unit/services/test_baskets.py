"""Baskets put down at one screen to be taken up at another."""

from __future__ import annotations

import contextlib
import json
import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.event import Refused, Stream, encode
from server.event import decode as event_of
from server.services.baskets import decider
from server.services.baskets.commands import Park
from server.services.baskets.events import Parked
from server.services.command import decode
from server.services.orders.commands import LineRequest

PARK = Park(lines=[LineRequest(item_id="tea", quantity=2)], dining="takeaway")


def test_a_basket_has_a_number_and_the_same_one_when_it_is_put_down_again() -> None:
    command_id = str(uuid.uuid4())
    (draft,), told = decider.park(lambda _: None, PARK, command_id, 1000)
    parked: Parked = draft.data
    assert (len(parked.code), parked.code.isdigit(), told["code"]) == (decider.CODE_DIGITS, True, parked.code)
    assert decider.park(lambda code: parked, PARK, command_id, 2000) == ([], told)


def test_a_number_that_is_in_use_is_not_given_twice_until_its_basket_is_gone() -> None:
    command_id = str(uuid.uuid4())
    (first,), told = decider.park(lambda _: None, PARK, command_id, 1000)
    other = Parked(told["code"], [], first.data.until_ms, "another")
    known = {told["code"]: other}.get
    (second,), _ = decider.park(known, PARK, command_id, 2000)
    assert second.data.code != told["code"]
    (third,), _ = decider.park(known, PARK, command_id, first.data.until_ms)
    assert third.data.code == told["code"]


def test_nothing_and_too_much_are_refused() -> None:
    for lines, code in (([], "no_lines"), (PARK.lines * 201, "too_many_lines")):
        with pytest.raises(Refused) as caught:
            decider.park(lambda _: None, Park(lines=lines), str(uuid.uuid4()), 0)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"quantity": 2**64}, "bad_quantity"),
        ({"quantity": 0}, "bad_quantity"),
        ({"modifiers": [{"modifier_id": "cheese", "quantity": 2**70}]}, "bad_quantity"),
        (
            {
                "choices": [
                    {"slot_id": "drink", "item_id": "cola", "modifiers": [{"modifier_id": "ice", "quantity": -1}]}
                ]
            },
            "bad_quantity",
        ),
        ({"open_price_minor": -(2**64)}, "bad_amount"),
        ({"note": "x" * 201}, "note_too_long"),
        ({"guest": "x" * 41}, "guest_too_long"),
        ({"without": ["salt"] * 201}, "too_many_choices"),
    ],
)
def test_what_no_menu_would_take_is_not_put_down(line: dict[str, Any], code: str) -> None:
    asked = decode({"lines": [{"item_id": "tea", "quantity": 1, **_written(line)}]}, Park)
    with pytest.raises(Refused) as caught:
        decider.park(lambda _: None, asked, str(uuid.uuid4()), 0)
    assert caught.value.code == code


def _written(line: dict[str, Any]) -> dict[str, Any]:
    """JSON has no limit for numbers, its writer here has."""
    return {key: msgspec.Raw(json.dumps(value).encode()) for key, value in line.items()}


WHOLE = st.integers(-(2**70), 2**70) | st.integers(-1, 100)
MODIFIER = st.fixed_dictionaries({"modifier_id": st.text(max_size=4), "quantity": WHOLE})
LINE = st.fixed_dictionaries(
    {"item_id": st.text(max_size=4), "quantity": WHOLE},
    optional={
        "modifiers": st.lists(MODIFIER, max_size=2),
        "note": st.text(max_size=300) | st.none(),
        "guest": st.text(max_size=60),
        "open_price_minor": WHOLE | st.none(),
        "choices": st.lists(
            st.fixed_dictionaries(
                {"slot_id": st.just("s"), "item_id": st.just("i"), "modifiers": st.lists(MODIFIER, max_size=2)}
            ),
            max_size=2,
        ),
    },
)


@given(st.lists(LINE, min_size=1, max_size=3))
def test_what_is_put_down_can_be_written(lines: list[dict[str, Any]]) -> None:
    with contextlib.suppress(Refused):
        (draft,), _ = decider.park(
            lambda _: None, decode(json.dumps({"lines": lines}).encode(), Park), str(uuid.uuid4()), 0
        )
        raw = encode(1, 1 << 16, draft, None)
        assert event_of(Stream("l" * 16, "baskets"), raw).data(Parked) == draft.data
