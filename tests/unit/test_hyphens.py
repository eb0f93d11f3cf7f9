"""Where a long word may part."""

from __future__ import annotations

import pytest

from ui.hyphens import SOFT, letters_in, parted

WORDS = (
    "Natur-sauer-teig-rog-gen-voll-korn-brot",
    "Zwetsch-gen-streu-sel-ku-chen-stück",
    "Kür-bis-kern-kai-ser-sem-mel-mehr-korn-bröt-chen",
    "Donau-dampf-schiff-fahrts-ge-sell-schafts-ka-pi-täns-früh-stück",
)


@pytest.mark.parametrize("word", WORDS)
def test_a_long_word_parts_at_its_syllables(word: str) -> None:
    assert parted(word.replace("-", ""), 14) == word.replace("-", SOFT)


@pytest.mark.parametrize("text", ["Cheeseburger", "2 × Cola", "おまかせ十貫", "وجبة كلاسيك", "", "Schwarzwälder"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert parted(text, 13) == text


def test_only_the_words_that_find_no_room_in_a_line_part() -> None:
    assert (
        parted("Schwarzwälder Zitronenlimonade", letters_in(8.0)).replace(SOFT, "-")
        == "Schwarzwälder Zitro-nen-li-mo-nade"
    )
