"""Where a long word may part."""

from __future__ import annotations

import pytest

from ui.hyphens import SOFT, parted

WORDS = (
    "Natur-sauer-teig-rog-gen-voll-korn-brot",
    "Zwetsch-gen-streu-sel-ku-chen-stück",
    "Kür-bis-kern-kai-ser-sem-mel-mehr-korn-bröt-chen",
    "Donau-dampf-schiff-fahrts-ge-sell-schafts-ka-pi-täns-früh-stück",
)


@pytest.mark.parametrize("word", WORDS)
def test_a_long_word_parts_at_its_syllables(word: str) -> None:
    assert parted(word.replace("-", ""), lambda word: len(word) > 14) == word.replace("-", SOFT)


@pytest.mark.parametrize("text", ["Cheeseburger", "2 × Cola", "おまかせ十貫", "وجبة كلاسيك", "", "Schwarzwälder"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert parted(text, lambda word: len(word) > 13) == text


def test_only_the_words_that_find_no_room_in_a_line_part() -> None:
    text = parted("Schwarzwälder Zitronenlimonade", lambda word: word == "Zitronenlimonade")
    assert text.replace(SOFT, "-") == "Schwarzwälder Zitro-nen-li-mo-nade"


def test_a_word_too_short_for_two_parts_stays_whole() -> None:
    assert parted("Torte", lambda word: True) == "Torte"
