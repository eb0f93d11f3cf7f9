"""Events and their bytes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.event import MAX_EVENT_BYTES, Batch, Draft, Event, Refused, Stream, decode, encode, plainly
from server.keys import DeviceKey

STREAM = Stream("aaaaaaaaaaaaaaaa", "orders")

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
DATA = st.dictionaries(st.text(), st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4), max_leaves=10))
SEQ = st.integers(1, 2**63 - 1)
HLC = st.integers(0, 2**63 - 1)


@given(SEQ, HLC, st.text(), st.text(), DATA, st.none() | st.text())
def test_an_event_comes_back_as_it_was_written(
    seq: int, hlc: int, type: str, aggregate_id: str, data: dict[str, Any], command_id: str | None
) -> None:
    raw = encode(seq, hlc, Draft(type, aggregate_id, data), command_id)
    event = decode(STREAM, raw, position=7)
    assert event == Event(STREAM, seq, hlc, type, aggregate_id, raw, command_id, 7)
    assert event.data() == data


@given(SEQ, HLC, DATA)
def test_bytes_are_the_same_wherever_they_are_made(seq: int, hlc: int, data: dict[str, Any]) -> None:
    assert encode(seq, hlc, Draft("a.b/1", "x", data), None) == encode(seq, hlc, Draft("a.b/1", "x", data), None)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_event_are_refused_and_nothing_else_happens(raw: bytes) -> None:
    try:
        event = decode(STREAM, raw)
    except msgspec.DecodeError:
        return
    assert event.raw == raw


def test_fields_that_a_newer_version_added_are_ignored() -> None:
    class Old(msgspec.Struct):
        number: int

    raw = msgspec.msgpack.encode(
        (1, 2, "orders.placed/1", "o", {"number": 3, "new": True}, None, 0, None, "a ninth element")
    )
    assert decode(STREAM, raw).data(Old) == Old(3)


def test_an_event_too_large_to_be_anything_but_a_mistake_is_refused() -> None:
    with pytest.raises(Refused) as e:
        encode(1, 1, Draft("orders.placed/1", "o", {"note": "x" * MAX_EVENT_BYTES}), None)
    assert e.value.code == "too_large"
    assert "limit" in e.value.text


def test_a_number_over_64_bits_is_refused() -> None:
    with pytest.raises(Refused) as e:
        encode(1, 1, Draft("orders.placed/1", "o", {"quantity": 2**64}), None)
    assert e.value.code == "number_too_large"


@given(st.lists(st.tuples(HLC, st.sampled_from(["aaaa", "bbbb", "cccc"]), SEQ), unique=True), st.randoms())
def test_the_order_of_events_does_not_depend_on_their_arrival(places: list[tuple[int, str, int]], random: Any) -> None:
    events = [Event(Stream(log, "t"), seq, hlc, "a.b/1", "x", b"") for hlc, log, seq in places]
    shuffled = random.sample(events, len(events))
    assert sorted(events, key=lambda e: e.order) == sorted(shuffled, key=lambda e: e.order)


def test_a_topic_may_have_a_scope() -> None:
    assert (Stream("l", "menu/riverside").name, Stream("l", "menu/riverside").scope) == ("menu", "riverside")
    assert (Stream("l", "orders").name, Stream("l", "orders").scope) == ("orders", "")
    assert str(Stream("l", "menu/riverside")) == "l/menu/riverside"


def test_a_draft_goes_to_the_topic_of_its_type_unless_it_names_one() -> None:
    assert Draft("orders.placed/1", "o", {}).stream_topic == "orders"
    assert Draft("menu.published/1", "m", {}, topic="menu/riverside").stream_topic == "menu/riverside"


def test_a_log_id_is_the_hash_of_who_writes_it() -> None:
    key = DeviceKey.generate()
    one, two = key.new_header("riverside"), key.new_header("riverside")
    assert one.log_id != two.log_id
    assert one.device_id == two.device_id == key.device_id
    assert len(one.log_id) == len(one.device_id) == 16
    assert msgspec.structs.replace(one, store="elsewhere").log_id != one.log_id


def test_a_batch_knows_its_last_number() -> None:
    assert Batch(STREAM, 5, [b"a", b"b"], [b"", b""], b"").last_seq == 6


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        ("Expected `int`, got `str`", "expected a whole number, got text"),
        ("Expected `int | null`, got `array`", "expected a whole number or nothing, got a list"),
        ("Expected `int` >= 1", "expected a whole number >= 1"),
        ("Object missing required field `currency`", "the field “currency” is missing"),
        ("Object contains unknown field `colour`", "there is no field “colour”"),
        ("Invalid enum value 'eaten'", "invalid enum value 'eaten'"),
        ("", ""),
    ],
)
def test_a_complaint_about_a_value_is_put_in_words(complaint: str, said: str) -> None:
    assert plainly(complaint) == said
