"""Amounts and words as people read them."""

from __future__ import annotations

import json
import re
import string
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextLayout

from server.cards.amounts import EXPONENTS
from server.initial import initial
from server.services.payments.card_terminal import Answer
from ui import money
from ui.text import (
    ASSETS,
    PLURALS,
    Translations,
    all_of,
    capital,
    joined,
    listed,
    locale,
    named,
    percent,
    plural,
    runs_left,
)

ROOT = Path(__file__).resolve().parents[2]


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
        (350, "EUR", "tr", "€3,50"),
        (1234567, "PLN", "pl", "12\u00a0345,67\u00a0zł"),
        (500, "JPY", "ja", "\uffe5500"),
        (350, "EUR", "ar", "\u200f3.50\u00a0€"),
        (-90, "EUR", "ar", "\u200f\u200e\u22120.90\u00a0€"),
        (350, "GBP", "ar", "\u200f3.50\u200f\u00a0UK£\u200e"),
        (-90, "USD", "ar", "\u200f\u200e\u22120.90\u200f\u00a0US$\u200e"),
        (350, "SAR", "ar", "\u200f3.50\u00a0ر.س.\u200f"),
        (1000, "RSD", "en", "RSD\u00a010"),
        (149000, "HUF", "de", "1.490\u00a0HUF"),
        (149050, "HUF", "de", "1.490,50\u00a0HUF"),
        (-14900, "CZK", "en", "\u2212CZK\u00a0149"),
        (2500000, "IDR", "en", "IDR\u00a025,000"),
        (0, "CHF", "de", "0,00\u00a0CHF"),
        (1000, "XYZ", "en", "XYZ\u00a010.00"),
    ],
)
def test_an_amount_reads_as_its_country_writes_it(minor: int, currency: str, language: str, text: str) -> None:
    assert money.format(minor, currency, language) == text


def test_screens_read_an_amount_as_the_card_terminal_is_asked_for_it() -> None:
    assert money.EXPONENTS == EXPONENTS


@settings(deadline=None)  # the first word in a language reads its rules from disk
@given(
    minor=st.integers(-(10**11), 10**11),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "PLN", "RSD", "HUF", "IDR"]),
    language=st.sampled_from(["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja"]),
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


@pytest.mark.parametrize(
    ("language", "numbers", "forms"),
    [
        ("pl", (1, 2, 5, 12, 22), ("one", "few", "many", "many", "few")),
        ("ar", (0, 1, 2, 3, 11, 100), ("zero", "one", "two", "few", "many", "other")),
        ("ja", (1, 2), ("other", "other")),
        ("fr", (0, 1, 2), ("one", "one", "other")),
        ("xx", (1, 2), ("one", "other")),
    ],
)
def test_each_language_counts_in_its_own_forms(language, numbers, forms) -> None:
    assert tuple(plural(language, n) for n in numbers) == forms


def test_numbers_in_a_sentence_are_written_as_its_language_does(tmp_path: Path) -> None:
    for language in ("en", "de", "pl", "ar"):
        (tmp_path / f"a.{language}.json").write_text(json.dumps({"a": "{n} kcal"}))
    texts = Translations(tmp_path)
    said = [texts.say(language, "a", {"n": 12345}) for language in ("en", "de", "pl", "ar")]
    assert said == ["12,345 kcal", "12.345 kcal", "12\u00a0345 kcal", "12,345 kcal"]
    assert (percent(1.5, "en"), percent(1.5, "de"), percent(2, "tr")) == ("150%", "150\u00a0%", "%200")


def test_a_name_that_runs_the_other_way_is_kept_apart_from_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.en.json").write_text(json.dumps({"a": "{name} (2)"}))
    (tmp_path / "a.ar.json").write_text(json.dumps({"a": "بدون {name}"}))
    texts = Translations(tmp_path)
    assert texts.say("ar", "a", {"name": "Bacon"}) == "بدون \u2068Bacon\u2069"
    assert texts.say("en", "a", {"name": "شاي"}) == "\u2068شاي\u2069 (2)"
    assert texts.say("en", "a", {"name": "Tea"}) == "Tea (2)"
    assert (joined(["a", "b"], "en"), joined(["a", "b"], "ja")) == ("a, b", "a、b")


def test_a_dish_is_named_in_the_guests_language_or_in_its_own() -> None:
    dish = {"name": "Fries", "texts": {"de": {"name": "Pommes"}}}
    assert named(dish, "de") == "Pommes"
    assert named(dish, "fr") == "Fries"
    assert named(dish, "de-CH") == "Pommes"
    assert named(dish | {"texts": {"de": {"name": ""}, "fr": None}}, "fr") == "Fries"
    assert named(dish, "de", "description") == ""


def base(key: str) -> str:
    start, _, form = key.rpartition(".")
    return start if form in PLURALS else key


def test_every_screen_says_the_same_things_in_every_language() -> None:
    """Same keys but for the forms of numbers, same places to fill in."""
    folder = ASSETS / "translations"
    screens = {path.name.partition(".")[0] for path in folder.glob("*.en.json")}
    for screen in sorted(screens):
        english = json.loads((folder / f"{screen}.en.json").read_text())
        for path in folder.glob(f"{screen}.*.json"):
            other = json.loads(path.read_text())
            assert {base(k) for k in other} == {base(k) for k in english}, path.name
            for key, text in english.items():
                if key in other and not key.endswith(".one"):
                    assert places(other[key]) == places(text), f"{path.name}: {key}"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", [*Translations().languages, "he", "fa-IR", "ur_PK", "ckb", "zh-Hans", "xx"])
def test_the_way_a_language_runs_is_the_one_that_unicode_says(language: str) -> None:
    assert runs_left(language) == (locale(language).text_direction == "rtl")


def test_a_word_that_stands_alone_begins_with_its_languages_capital() -> None:
    assert [
        capital(word, language) for word, language in (("gluten", "en"), ("incir", "tr"), ("卵", "ja"), ("", "en"))
    ] == [
        "Gluten",
        "İncir",
        "卵",
        "",
    ]


def test_a_refusal_that_is_translated_is_one_that_the_server_knows() -> None:
    """A slip in a code would never be seen: the server's own words would be said."""
    server = "".join(path.read_text() for path in (ROOT / "server").rglob("*.py"))
    known = set(re.findall(r'"([a-z_]+)"', server)) | {f"card_{answer}" for answer in get_args(Answer)}
    texts = Translations()
    keys = {key for language in texts.languages for key in texts.keys(language)}
    codes = {key.removeprefix("refused.") for key in keys if key.startswith("refused.")}
    assert codes
    assert codes - known == set()


@pytest.mark.parametrize("names", [["Medium", "جبنة إضافية", "⁨بدون ⁨بصل⁩⁩"], ["بصل", "Ketchup"], ["Rare", "Cola"]])
def test_a_list_of_mixed_scripts_runs_as_its_language_does(qapp: Any, names: list[str]) -> None:
    """Neighbours do not change places, and no word leaves the thing it belongs to."""
    for language, leftward in (("ar", True), ("en", False)):
        text = listed(names, language, " · ")
        layout = QTextLayout(text)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(10_000)
        layout.endLayout()
        at = 0
        spans: list[tuple[float, float]] = []
        for name in names:
            at = text.index(name, at)
            places = [line.cursorToX(n)[0] for n in range(at + 1, at + len(name))]
            spans.append((min(places), max(places)))
            at += len(name)
        assert spans == sorted(spans, reverse=leftward)
        assert all(a[1] <= b[0] + 1 or b[1] <= a[0] + 1 for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("47 Phở bò tái", "47"),
        ("M12 Gebratene Nudeln", "M"),
        ("phở gà", "P"),
        ("“Klassik” Burger", "K"),
        ("🍜 Soup", "S"),
        ("\u200f\u2068وجبة\u2069", "و"),
        ("e\u0301clair", "E\u0301"),
        ("タロイモ", "タ"),
        ("🍜", "🍜"),
        ("", ""),
    ],
)
def test_a_dish_without_a_picture_has_its_number_or_first_letter(name: str, stands: str) -> None:
    assert initial(name) == stands


def test_what_comes_with_a_dish_is_told_in_one_phrase() -> None:
    assert all_of(["Side"], "en") == "Side"
    assert all_of(["Side", "Drink"], "en") == "Side and Drink"
    assert all_of(["Beilage", "Getränk"], "de") == "Beilage und Getränk"
    assert all_of(["主食", "飲み物"], "ja") == "主食、飲み物"
    assert all_of(["طبق", "مشروب"], "ar") == "\u200f\u2068طبق\u2069 و\u2068مشروب\u2069"
