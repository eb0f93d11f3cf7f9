"""The kiosk's words and looks: nothing untranslated, nothing hard-wired in a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from server.brand import contrast
from ui.text import ASSETS, PLURALS, plural

UI = Path(__file__).resolve().parents[2] / "ui"
LANGUAGES = ("ar", "de", "en", "es", "fr", "ja", "pl", "tr", "zh")
KEY = re.compile(r"""(?:tr|text)\(\s*"(kiosk\.[a-z_.]+[a-z_])"\s*[,)]""")
COUNTED = 100  # as many of anything as a customer is told of
PLACE = re.compile(r"\{[a-z]+\}")


def words(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((ASSETS / "translations" / f"kiosk.{language}.json").read_text("utf-8"))
    return texts


def base(key: str) -> str:
    """`kiosk.left.one` is a form of `kiosk.left`."""
    start, _, form = key.rpartition(".")
    return start if form in PLURALS else key


def used() -> set[str]:
    files = [*(UI / "kiosk").glob("*.qml"), *(UI / "kiosk").glob("*.py")]
    return {key for file in files for key in KEY.findall(file.read_text("utf-8"))}


def test_every_sentence_a_page_says_is_written() -> None:
    english = words("en")
    missing = [key for key in sorted(used()) if key not in english and f"{key}.other" not in english]
    assert len(used()) > 50
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_places_to_fill(language) -> None:
    english, other = words("en"), words(language)
    forms = {plural(language, n) for n in range(COUNTED)} | {"other"}
    counted = {base(key) for key in english if base(key) != key}
    plain = set(english) - {f"{key}.{form}" for key in counted for form in PLURALS}
    assert set(other) == plain | {f"{key}.{form}" for key in counted for form in forms}
    for key, text in other.items():
        places = set(PLACE.findall(english.get(key) or english[f"{base(key)}.other"]))
        said = set(PLACE.findall(text))
        assert said == places or (key != base(key) and said == places - {"{n}"}), key  # "two items" needs no number
        assert text.strip(), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_is_only_left_out_of_a_form_that_no_other_number_takes(language) -> None:
    for key, text in words(language).items():
        form = key.rpartition(".")[2]
        if form in PLURALS and "{n}" in words("en")[f"{base(key)}.other"] and "{n}" not in text:
            assert sum(plural(language, n) == form for n in range(COUNTED)) <= 1 + (form == "one"), key


def test_no_page_writes_a_colour_a_size_or_a_duration() -> None:
    colour = re.compile(r'"#[0-9a-fA-F]{3,8}"')
    number = re.compile(
        r"\b(?:pixelSize|spacing|radius|margins|[a-z]+Margin|duration|interval|width|height):\s*-?[2-9]\d*\s*$"
    )
    found = [
        f"{file.name}:{n}: {line.strip()}"
        for folder in ("kiosk", "controls")
        for file in (UI / folder).glob("*.qml")
        for n, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if colour.search(line) or number.search(line)
    ]
    assert found == []


PALETTES = {"contrast": (1, 7.0), "dark": (2, 4.5), "light": (3, 4.5)}
"""Which colour of a role, and the least contrast of text (WCAG 2.2: AAA for those who asked for contrast, else AA)."""


@pytest.mark.parametrize("palette", PALETTES)
def test_text_can_be_read_on_every_ground_it_is_written_on(palette) -> None:
    which, least = PALETTES[palette]
    theme = (UI / "theme" / "Theme.qml").read_text("utf-8")
    colours = {}
    for line in theme.splitlines():
        role = re.search(r"readonly property color (\w+): contrast \?", line)
        shades = re.findall(r'"(#[0-9a-f]{6})"', line)
        if role and len(shades) == 3:
            colours[role.group(1)] = shades[which - 1]
    grounds = ("background", "surface", "surfaceRaised", "surfaceSunken")
    inks = ("ink", "inkMuted", "accentStrong", "danger", "warning", *(("inkFaint", "accent") if least > 4.5 else ()))
    wanted = [(ink, ground) for ink in inks for ground in grounds]
    wanted += [(tone, f"{tone}Soft") for tone in ("accent", "positive", "warning", "danger", "info")]
    wanted += [(f"inkOn{tone.capitalize()}", tone) for tone in ("accent", "positive", "warning", "danger", "info")]
    low = {f"{a} on {b}": round(contrast(colours[a], colours[b]), 2) for a, b in wanted}
    assert {k: v for k, v in low.items() if v < least} == {}
