from __future__ import annotations

import pytest

from server.event import Stream
from server.replication.scope import RANKS, View, is_topic, may_hold, rank

LOG = "abcdefghijklmnop"


@pytest.mark.parametrize(
    ("holder", "writer", "topic", "allowed"),
    [
        ("", "north", "orders", True),
        ("", "", "reports", True),
        ("north", "north", "orders", True),
        ("north", "north", "menu/south", True),  # its own, whatever it is called
        ("north", "south", "orders", False),
        ("north", "south", "menu", False),
        ("north", "", "menu", True),
        ("north", "", "menu/north", True),
        ("north", "", "menu/south", False),
        ("north", "", "settings", True),
        ("north", "", "promotions/north", True),
        ("north", "", "orders", False),
        ("north", "", "reports", False),
    ],
)
def test_who_may_hold_what(holder: str, writer: str, topic: str, allowed: bool) -> None:
    assert may_hold(holder, writer, Stream(LOG, topic)) is allowed


def test_a_view_takes_only_the_topics_it_asked_for() -> None:
    view = View("north", frozenset({"orders"}))
    assert view.takes("north", Stream(LOG, "orders"))
    assert not view.takes("north", Stream(LOG, "payments"))
    assert not view.takes("south", Stream(LOG, "orders"))


def test_stock_goes_first_and_health_last() -> None:
    topics = ["health", "loyalty", "menu/north", "payments", "kitchen", "orders", "stock"]
    ranks = [rank(Stream(LOG, topic)) for topic in topics]
    assert ranks == sorted(ranks, reverse=True)
    assert max(ranks) < RANKS


@pytest.mark.parametrize("topic", ["orders", "menu/north", "a.b_c-d/9-X"])
def test_plain_topics(topic: str) -> None:
    assert is_topic(topic)


@pytest.mark.parametrize(
    "topic", ["", "/", "Orders", "menu/", "a/b/c", "x" * 65, "orders\n", "../x", "menu/" + "s" * 65]
)
def test_odd_topics(topic: str) -> None:
    assert not is_topic(topic)
