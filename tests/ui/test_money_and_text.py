"""Amounts and words as people read them."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import money
from ui.text import ASSETS, Translations, named


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (350, "USD", "en", "$3.50"),
        (350, "EUR", "de", "3,50\u00a0€"),
        (350, "EUR", "en", "€3.50"),
        (-90, "EUR", "en", "\u2212€0.90"),
        (1234567, "USD", "en", "$12,345.67"),
        (1234567, "EUR", "de", "12.345,67\u00a0€"),
        (500, "JPY", "en", "¥500"),
        (1500, "KWD", "en", "KWD\u00a01.500"),
        (0, "CHF", "de", "0,00\u00a0CHF"),
        (1000, "XYZ", "en", "XYZ\u00a010.00"),
    ],
)
def test_an_amount_reads_as_its_country_writes_it(minor: int, currency: str, language: str, text: str) -> None:
    assert money.format(minor, currency, language) == text


@given(
    minor=st.integers(-(10**11), 10**11),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    language=st.sampled_from(["en", "de"]),
)
def test_an_amount_that_was_shown_can_be_typed_back(minor: int, currency: str, language: str) -> None:
    assert money.parse(money.format(minor, currency, language), currency, language) == minor


@pytest.mark.parametrize(
    ("text", "minor"), [("12", 1200), ("12.5", 1250), ("12,50 €", 1250), ("1.234,5", 123450), (",5", 50)]
)
def test_amounts_are_understood_however_they_are_typed(text: str, minor: int) -> None:
    assert money.parse(text, "EUR") == minor


@pytest.mark.parametrize("text", ["", "abc", "-", ".", "9" * 20, "1-2"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert money.parse(text, "EUR") is None


def test_an_extra_says_plus_and_nothing_says_nothing() -> None:
    assert money.extra(90, "EUR", "en") == "+€0.90"
    assert money.extra(0, "EUR", "en") == ""


def test_a_text_missing_in_a_language_is_said_in_english_and_missing_there_as_its_key(tmp_path: Path) -> None:
    (tmp_path / "pos.en.json").write_text(json.dumps({"a": "Hello {who}", "n.one": "{n} item", "n.other": "{n} items"}))
    (tmp_path / "pos.de.json").write_text(json.dumps({"n.one": "{n} Artikel", "n.other": "{n} Artikel"}))
    (tmp_path / "broken.de.json").write_text("{")
    texts = Translations(tmp_path)
    assert texts.say("de", "a", {"who": "Ada"}) == "Hello Ada"
    assert texts.say("de", "n", {"n": 1}) == "1 Artikel"
    assert texts.say("en", "n", {"n": 2.0}) == "2 items"
    assert texts.say("en", "nothing") == "nothing"


def test_a_dish_is_named_in_the_guests_language_or_in_its_own() -> None:
    dish = {"name": "Fries", "texts": {"de": {"name": "Pommes"}}}
    assert named(dish, "de") == "Pommes"
    assert named(dish, "fr") == "Fries"
    assert named(dish, "de", "description") == ""


def test_every_screen_says_the_same_things_in_every_language() -> None:
    """Same keys, same places to fill in."""
    folder = ASSETS / "translations"
    screens = {path.name.partition(".")[0] for path in folder.glob("*.en.json")}
    for screen in sorted(screens):
        english = json.loads((folder / f"{screen}.en.json").read_text())
        for path in folder.glob(f"{screen}.*.json"):
            other = json.loads(path.read_text())
            assert set(other) == set(english), path.name
            for key, text in english.items():
                assert places(other[key]) == places(text), f"{path.name}: {key}"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
