"""The kiosk's words and looks: nothing untranslated, nothing hard-wired in a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ui.text import ASSETS

UI = Path(__file__).resolve().parents[2] / "ui"
LANGUAGES = ("de", "en", "es", "fr")
KEY = re.compile(r"""(?:tr|text)\(\s*"(kiosk\.[a-z_.]+[a-z_])"\s*[,)]""")
PLACE = re.compile(r"\{[a-z]+\}")


def words(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((ASSETS / "translations" / f"kiosk.{language}.json").read_text("utf-8"))
    return texts


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
    assert set(other) == set(english)
    for key, text in english.items():
        if not key.endswith(".one"):
            assert set(PLACE.findall(other[key])) == set(PLACE.findall(text)), key
        assert other[key].strip(), key


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


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    a, b = sorted((light(one), light(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground_it_is_written_on(dark) -> None:
    theme = (UI / "theme" / "Theme.qml").read_text("utf-8")
    pair = re.compile(r'property color (\w+): dark \? "(#\w{6})" : "(#\w{6})"')
    colours = {name: night if dark else day for name, night, day in pair.findall(theme)}
    grounds = ("background", "surface", "surfaceRaised", "surfaceSunken")
    wanted = [(ink, ground) for ink in ("ink", "inkMuted", "accentStrong", "danger", "warning") for ground in grounds]
    wanted += [(tone, f"{tone}Soft") for tone in ("accent", "positive", "warning", "danger", "info")]
    wanted += [(f"inkOn{tone.capitalize()}", tone) for tone in ("accent", "positive", "warning", "danger", "info")]
    low = {f"{a} on {b}": round(contrast(colours[a], colours[b]), 2) for a, b in wanted}
    assert {k: v for k, v in low.items() if v < 4.5} == {}
