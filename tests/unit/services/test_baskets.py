"""Baskets put down at one screen to be taken up at another."""

from __future__ import annotations

import uuid

import pytest

from server.event import Refused
from server.services.baskets import decider
from server.services.baskets.commands import Park
from server.services.baskets.events import Parked
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
