"""What the screens and phones say is written as a printer would set it: marks, and where a line may end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
FAULTS = {
    "": [
        ("an apostrophe of a typewriter", re.compile(r"'")),
        ("dots for an ellipsis", re.compile(r"\.\.\.")),
    ],
    "fr": [
        ("a mark that may begin a line, or stands too near", re.compile(r"[^\u00a0\u202f][:;!?»]|«[^\u00a0]")),
        ("a space before an ellipsis", re.compile(r"\s…")),
    ],
    "es": [("a space before an ellipsis", re.compile(r"\s…")), ("no sign that opens", re.compile(r"^[^¿]*\?|^[^¡]*!"))],
    "pl": [
        ("a word of one letter that may end a line", re.compile(r"\b[aiouwz] ", re.IGNORECASE)),
        ("a space before an ellipsis", re.compile(r"\s…")),
    ],
    "tr": [("a space before an ellipsis", re.compile(r"\s…"))],
    "zh": [
        ("a mark of half a character", re.compile(r"[\u4e00-\u9fff][,.;:?!()]")),
        ("half an ellipsis", re.compile("(?<!…)…(?!…)")),
    ],
}  # fmt: skip
"""What a language's texts must not hold; the first for all."""


def written(thing: Any, language: str) -> Iterator[str]:
    """The texts of a menu in a language."""
    if isinstance(thing, dict):
        yield from thing.get("texts", {}).get(language, {}).values()
    for one in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
        yield from written(one, language)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "pl", "tr", "zh"])
def test_every_text_is_set_as_its_language_is(language: str) -> None:
    texts: list[str] = []
    for screen in ("kiosk", "phone", "stays"):
        texts += json.loads((ASSETS / f"translations/{screen}.{language}.json").read_text("utf-8")).values()
    assert len(texts) > 300
    faults = [*FAULTS[""], *FAULTS.get(language, [])]
    assert [(what, text) for what, fault in faults for text in texts if fault.search(text)] == []


@pytest.mark.parametrize("language", ["es", "fr", "tr", "zh"])
def test_the_demo_menu_is_set_as_its_languages_are(language: str) -> None:
    texts = list(written(json.loads((ASSETS / "menus/demo.json").read_text("utf-8")), language))
    assert len(texts) > 100
    faults = [*FAULTS[""], *FAULTS[language]]
    assert [(what, text) for what, fault in faults for text in texts if fault.search(text)] == []
