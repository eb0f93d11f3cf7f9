"""The keys that links are signed with: the same at every terminal that holds the same events."""

from __future__ import annotations

import base64
import itertools

import pytest

from server.event import Refused
from server.phone.links import Link, read, sign
from server.services.fact import Fact
from server.services.phone import decider
from server.services.phone.commands import Key
from server.services.phone.events import KEY_MADE, KEYS, KeyMade, key_id_of
from server.services.phone.read_model import KeysState, evolve


def command(letter: str, *, replace: bool = False) -> Key:
    return Key(secret=base64.urlsafe_b64encode(letter.encode() * 32).rstrip(b"=").decode(), replace=replace)


def fact(n: int, data: KeyMade) -> Fact:
    return Fact((n, "log", n, "phone"), KEY_MADE, KEYS, data)


def folded(made: list[KeyMade]) -> KeysState:
    state = KeysState()
    for n, data in enumerate(made, 1):
        state = evolve(state, fact(n, data))
    return state


def test_two_terminals_that_each_made_a_key_take_each_others_links() -> None:
    (one,), _ = decider.key({}, command("a"))
    (other,), _ = decider.key({}, command("b"))
    keys = folded([one.data, other.data]).keys
    for mine in ({one.data.key_id: b"a" * 32}, {other.data.key_id: b"b" * 32}):
        text = sign(Link("visit", 10, "Table 2"), mine)
        assert read(text, "visit", keys, 0).subject == "Table 2"


def test_a_key_instead_of_all_before_ends_their_links_whenever_it_is_heard_of() -> None:
    (old,), _ = decider.key({}, command("a"))
    (new,), _ = decider.key({old.data.key_id: b"a" * 32}, command("b", replace=True))
    for order in itertools.permutations([old.data, new.data]):
        assert folded(list(order)).keys == {new.data.key_id: b"b" * 32}


def test_the_same_key_again_changes_nothing() -> None:
    (made,), result = decider.key({}, command("a"))
    assert decider.key({made.data.key_id: made.data.secret}, command("a")) == ([], result)


@pytest.mark.parametrize("secret", ["", "short", "x" * 43, "é" * 43, "a" * 44])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(Refused, match="secret") as caught:
        decider.key({}, Key(secret=secret if secret != "x" * 43 else "%" * 43))
    assert caught.value.code == "bad_field"


def test_a_forged_key_is_passed_over() -> None:
    assert folded([KeyMade("abcdef", b"x" * 32), KeyMade(key_id_of(b"short"), b"short")]).keys == {}
