"""Whatever a command's body is, the answer is a decision or a refusal in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.event import Refused
from server.services.command import command_id
from server.services.decision import Decision
from server.services.desk import COMMANDS

from .world import Terminal


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path_factory.mktemp("shop"))
    terminal.publish()
    terminal.place("burger", order_id=ORDER_ID)
    yield terminal
    terminal.services.close()


ORDER_ID = "0b8e5f4e-3c1f-4c55-9d57-0d2f7c1f4f10"

words = st.sampled_from(
    ["burger", "meal", "x-cheese", "extras", "bacon", "here", "cash", "card", "main", "1", ORDER_ID, "", "x" * 300]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | words
FIELDS = sorted(
    {field for struct in COMMANDS.values() for field in struct.__struct_fields__}
    | {"item_id", "quantity", "modifiers", "modifier_id", "choices", "slot_id", "without", "note", "x"}
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(FIELDS), values, max_size=8)


def answer(shop: Terminal, name: str, body: Any) -> str:
    try:
        decision = shop.desk.decide(name, body, str(uuid.uuid4()), shop.now_ms)
    except Refused as refused:
        return refused.code if len(refused.text) > 10 else "a refusal without words"
    assert isinstance(decision, Decision)
    msgspec.msgpack.encode([d.data for d in decision.drafts])
    msgspec.json.encode(decision.result)
    return ""


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(COMMANDS)), bodies)
def test_garbage_is_refused_and_never_an_accident(shop: Terminal, name: str, body: dict[str, Any]) -> None:
    answer(shop, name, body)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(COMMANDS)), st.binary(max_size=40))
def test_bytes_that_are_no_json_are_refused(shop: Terminal, name: str, body: bytes) -> None:
    assert answer(shop, name, body) in ("bad_json", "bad_field", "missing_field")


line_values = st.fixed_dictionaries(
    {"item_id": words, "quantity": st.integers(-1, 120)},
    optional={
        "variation_id": words,
        "note": st.text(max_size=210),
        "without": st.lists(words, max_size=3),
        "modifiers": st.lists(
            st.fixed_dictionaries({"modifier_id": words, "quantity": st.integers(-1, 5)}), max_size=3
        ),
        "choices": st.lists(st.fixed_dictionaries({"slot_id": words, "item_id": words}), max_size=3),
        "open_price_minor": st.integers(-5, 10**12),
    },
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(line_values, max_size=4), st.booleans())
def test_orders_of_anything_are_decided_or_refused(shop: Terminal, lines: list[Any], amend: bool) -> None:
    if amend:
        answer(shop, "orders.amend", {"order_id": ORDER_ID, "lines": lines})
    else:
        answer(shop, "orders.place", {"lines": lines, "dining": "here"})


@pytest.mark.parametrize(
    ("code", "name", "body"),
    [
        ("unknown_command", "orders.eat", {}),
        ("unknown_command", "", {}),
        ("bad_json", "orders.place", b"{"),
        ("bad_json", "orders.place", b"\xff\xfe\xfd"),
        ("bad_json", "orders.place", b""),
        ("bad_json", "orders.place", b'{"dining": "\xc3\x28"}'),
        ("bad_field", "orders.place", b"[]"),
        ("bad_field", "orders.place", b"null"),
        ("bad_json", "orders.place", {"lines": object()}),
        ("bad_json", "orders.place", {"customer_name": "\ud800"}),
        ("missing_field", "orders.place", {}),
        ("unknown_field", "orders.accept", {"order_id": ORDER_ID, "by": "me"}),
        ("bad_field", "orders.accept", {"order_id": 7}),
        ("bad_json", "orders.place", b"[" * 200_000),
    ],
)
def test_each_mistake_has_its_code(shop: Terminal, code: str, name: str, body: Any) -> None:
    found = answer(shop, name, body)
    assert found == code or (code == "bad_json" and found == "bad_field")


def test_a_refusal_names_the_field_and_its_place(shop: Terminal) -> None:
    cases = {
        "colour": {"lines": [{"item_id": "burger", "quantity": 1, "colour": "red"}], "dining": "here"},
        "quantity": {"lines": [{"item_id": "burger"}], "dining": "here"},
        "dining": {"lines": [], "dining": "moon"},
    }
    for named, body in cases.items():
        with pytest.raises(Refused) as refused:
            shop.desk.decide("orders.place", body, str(uuid.uuid4()), shop.now_ms)
        assert named in refused.value.text


def test_a_command_needs_an_id_that_is_a_uuid(shop: Terminal) -> None:
    good = str(uuid.uuid4())
    assert command_id({"command_id": good, "more": 1}) == good
    assert command_id(b'{"command_id": "%s"}' % good.encode()) == good
    for body, code in [
        ({}, "missing_field"),
        ({"command_id": "7"}, "bad_field"),
        ({"command_id": 7}, "bad_field"),
        (b"{", "bad_json"),
    ]:
        with pytest.raises(Refused) as refused:
            command_id(body)  # type: ignore[arg-type]
        assert refused.value.code == code
    with pytest.raises(Refused):
        shop.desk.decide("orders.place", {"lines": [], "dining": "here"}, "seven", shop.now_ms)


def test_a_command_repeated_means_the_same_order(shop: Terminal) -> None:
    command_id = str(uuid.uuid4())
    body = {"lines": [{"item_id": "burger", "quantity": 1}], "dining": "here"}
    one = shop.desk.decide("orders.place", body, command_id, shop.now_ms)
    other = shop.desk.decide("orders.place", body, command_id, shop.now_ms)
    assert one.result["order_id"] == other.result["order_id"]


@pytest.mark.parametrize(
    "wrong", [f"{{{ORDER_ID}}}", "urn:uuid:" + ORDER_ID, "-" * 5000 + ORDER_ID, "٣" * 32, "0_" * 16, ORDER_ID + "\n"]
)
def test_an_id_is_a_uuid_as_everybody_writes_it(shop: Terminal, wrong: str) -> None:
    """A reader that takes any number of dashes lets a row of the log be as long as a body."""
    with pytest.raises(Refused) as refused:
        command_id({"command_id": wrong})
    assert refused.value.code == "bad_field"
    command_id({"command_id": ORDER_ID.replace("-", "").upper()})


@pytest.mark.parametrize("text", ["a\0b", "\x1b@", "x\u202ey", "\x7f"])
def test_a_text_holds_nothing_that_moves_a_printers_head(shop: Terminal, text: str) -> None:
    for name, fields in (
        ("orders.place", {"lines": [{"item_id": "burger", "quantity": 1, "note": text}], "dining": "here"}),
        ("orders.place", {"lines": [{"item_id": "burger", "quantity": 1}], "dining": "here", "customer_name": text}),
        ("orders.void", {"order_id": ORDER_ID, "reason": text}),
        ("payments.capture", {"order_id": ORDER_ID, "tender": "cash", "payment_id": text}),
        ("kitchen.bump", {"order_id": ORDER_ID, "station": text}),
    ):
        with pytest.raises(Refused) as refused:
            shop.do(name, **fields)
        assert refused.value.code == "bad_field", name


def test_a_note_of_several_lines_becomes_one(shop: Terminal) -> None:
    placed = shop.do(
        "orders.place", lines=[{"item_id": "burger", "quantity": 1, "note": " no salt\r\nplease\t"}], dining="here"
    )
    order = shop.services.order(placed["order_id"])
    assert order
    assert order.lines[0].note == "no salt  please"
