"""Where a long word may part."""

from __future__ import annotations

import pytest

from ui.hyphens import JOINED, SOFT, parted, phrased

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


def test_a_line_never_begins_with_the_dot_that_parts_two_names() -> None:
    assert parted("Sauermehlsuppe · Schüssel", lambda word: False) == "Sauermehlsuppe\u00a0· Schüssel"
    with_it = parted("Sauermehlsuppe · Schüssel", lambda word: len(word) > len("Sauermehlsuppe"))
    assert with_it.replace(SOFT, "-") == "Sauer-mehl-suppe\u00a0· Schüssel"


@pytest.mark.parametrize(
    "sentence",
    [
        "お支払い|方法を|お選びください",
        "カード端末の|案内に|従ってください",
        "ご注文を|キッチンに|送りました。",
        "ご用意ができましたら|番号で|お呼びします。",
        "ありがとうございます",
    ],
)
def test_a_line_of_japanese_ends_between_two_phrases(sentence: str) -> None:
    made = phrased(sentence.replace("|", ""))
    assert made.replace(JOINED, "") == sentence.replace("|", "")
    where, parts = 0, []
    for n in range(1, len(made)):
        if JOINED not in (made[n], made[n - 1]) and made[n] not in "。、":
            parts.append(made[where:n].replace(JOINED, ""))
            where = n
    assert "|".join([*parts, made[where:].replace(JOINED, "")]) == sentence


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("How would you like to pay?", "to pay?"),
        ("Quel est le numéro de votre table\u202f?", "votre table\u202f?"),
        ("Ya va a la cocina.\nLlamaremos su número cuando esté listo.", "esté listo."),
        ("请输入小票上的九位数字，或将二维码对准扫描器。", "扫描器。"),
        ("Votre commande a bien été enregistrée", "enregistrée"),
        ("Thank you", "you"),
        ("Comment payez-vous\u202f?", "payez-vous\u202f?"),
        ("", ""),
    ],
)
def test_no_short_word_is_left_alone_on_a_last_line(text: str, last: str) -> None:
    made = phrased(text)
    kept = made.rpartition(" ")[2] if " " in text else made[made.find(JOINED) - 1 :] if JOINED in made else made
    assert kept.replace("\u00a0", " ").replace(JOINED, "") == last
    assert made.replace("\u00a0", " ").replace(JOINED, "") == text.replace("\u00a0", " ")
