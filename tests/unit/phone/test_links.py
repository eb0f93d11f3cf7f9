"""A link opens what it is for, until it ends, for nobody who made it up."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.event import Refused
from server.phone.limits import Buckets, Rate
from server.phone.links import Link, read, sign

KEYS = {"0a0b0c": b"k" * 32}
ORDER = str(uuid.UUID(int=7))


def refusal(text: str, kind: str, now_s: float = 0, keys: dict[str, bytes] = KEYS) -> str:
    with pytest.raises(Refused) as caught:
        read(text, kind, keys, now_s)  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.parametrize(
    "link",
    [Link("code", 100, "Tisch 7 ☕"), Link("visit", 100, ""), Link("order", 100, ORDER)],
    ids=lambda one: one.kind,
)
def test_a_link_says_what_it_was_made_for(link: Link) -> None:
    assert read(sign(link, KEYS, b"abcdef" if link.kind != "order" else b""), link.kind, KEYS, 99) == link


def test_a_link_of_yesterday_is_told_from_one_that_never_was() -> None:
    text = sign(Link("code", 100, ""), KEYS)
    assert refusal(text, "code", 100) == "old_link"
    assert refusal(text, "visit", 0) == "bad_link"
    assert refusal(text, "code", 0, {"0a0b0c": b"x" * 32}) == "bad_link"
    assert refusal(text, "code", 0, {}) == "bad_link"


@given(st.integers(0, 400), st.integers(1, 255))
def test_no_bit_of_a_link_can_be_changed(at: int, by: int) -> None:
    import base64

    raw = bytearray(base64.urlsafe_b64decode(sign(Link("order", 2**31, ORDER), KEYS) + "=="))
    raw[at % len(raw)] ^= by
    assert refusal(base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), "order") == "bad_link"


@given(st.text(max_size=300))
def test_whatever_is_put_into_the_address_is_no_link(text: str) -> None:
    assert refusal(text, "order") == "bad_link"


def test_a_link_has_one_spelling_so_that_nobody_is_counted_as_several() -> None:
    texts = [sign(Link("visit", 100, ""), KEYS, bytes([n] * 6)) for n in range(60)]
    dashed = next(text for text in texts if "-" in text)
    assert refusal(dashed.replace("-", "+", 1), "visit") == "bad_link"
    spelled = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = next(one for one in texts if len(one) % 4)  # whose last letter has bits that say nothing
    good = []
    for last in spelled:
        try:
            read(text[:-1] + last, "visit", KEYS, 0)
        except Refused:
            continue
        good.append(last)
    assert good == [text[-1]]


def test_links_of_one_kind_differ() -> None:
    link = Link("visit", 100, "")
    assert sign(link, KEYS, b"aaaaaa") != sign(link, KEYS, b"bbbbbb")


def test_a_phone_may_so_much_at_once_and_so_much_in_the_long_run() -> None:
    buckets = Buckets(Rate(5, 2))
    assert [buckets.take("a", 0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert buckets.take("b", 0.0)
    assert [buckets.take("a", 1.0) for _ in range(3)] == [True, True, False]
    assert sum(buckets.take("a", 1.0 + n / 1000) for n in range(1, 1001)) == 2
