"""Finding a dish by what people type, in the scripts they type it in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.ui.large import large_menu
from ui.dish.menu import MenuIndex
from ui.dish.search import MAX_QUERY, Finder, distances, fold, next_letters, slips, words_of
from ui.kiosk import keyboard


def menu(*names: str, **texts: dict[str, str]) -> MenuIndex:
    """Dishes whose ids are their names; `texts` are translations by language, by name."""
    items: list[dict[str, Any]] = [
        {
            "item_id": name,
            "name": name,
            "variations": [{"variation_id": name, "name": "", "price_minor": 100}],
            "texts": {language: {"name": words[name]} for language, words in texts.items() if name in words},
        }
        for name in names
    ]
    return MenuIndex({"items": items})


SHOP = ("Cheeseburger", "Crème brûlée", "Jalapeño Poppers", "Iskender Kebap", "Çoban Salatası", "ISPANAKLI BÖREK",
        "Käsespätzle", "Żurek", "Pierogi ruskie", "שווארמה", "فلافل", "شاورما دجاج", "تشيز برغر", "کولا ٦", "بيتزا",
        "麻婆豆腐", "ラーメン", "親子丼",
        "김치찌개", "Apple Pie", "Pineapple Juice", "Fish & Chips", "Mac'n'Cheese",
        "Halloumi Wrap", "Cola", "Corn Dog")  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cheese", "Cheeseburger"),
        ("CHEESEB", "Cheeseburger"),
        ("chesseburger", "Cheeseburger"),  # two letters swapped for others
        ("chees burger", "Cheeseburger"),  # parted
        ("cheesebruger", "Cheeseburger"),  # changed places
        ("creme brulee", "Crème brûlée"),
        ("crème", "Crème brûlée"),
        ("jalapeno", "Jalapeño Poppers"),
        ("halapeno", None),
        ("cheesburgr", "Cheeseburger"),  # two letters left out
        ("chseeburger", "Cheeseburger"),
        ("hceeseburger", "Cheeseburger"),
        ("halumi", "Halloumi Wrap"),  # so many as the word has that was meant
        ("ałpin", None),
        ("corn", "Corn Dog"),
        ("cold", None),  # no Cola
        ("horn", None),
        ("iskender", "Iskender Kebap"),
        ("İSKENDER", "Iskender Kebap"),
        ("ıskender", "Iskender Kebap"),
        ("coban", "Çoban Salatası"),
        ("salatasi", "Çoban Salatası"),
        ("ıspanaklı", "ISPANAKLI BÖREK"),
        ("borek", "ISPANAKLI BÖREK"),
        ("kasespatzle", "Käsespätzle"),
        ("spätzle", "Käsespätzle"),
        ("zurek", "Żurek"),
        ("pierogi", "Pierogi ruskie"),
        ("perogi", "Pierogi ruskie"),
        ("فلا", "فلافل"),
        ("دجاج", "شاورما دجاج"),
        ("الدجاج", "شاورما دجاج"),  # with the article
        ("دجـاج", "شاورما دجاج"),  # drawn out
        ("برجر", "تشيز برغر"),  # the g of two countries
        ("كولا", "کولا ٦"),  # letters and digits of another keyboard
        ("کولا 6", "کولا ٦"),
        ("الکولا", "کولا ٦"),
        ("پيتزا", "بيتزا"),
        ("豆腐", "麻婆豆腐"),
        ("らーめん", "ラーメン"),
        ("ﾗｰﾒﾝ", "ラーメン"),
        ("らめん", "ラーメン"),
        ("丼", "親子丼"),
        ("김치", "김치찌개"),
        ("fish chips", "Fish & Chips"),
        ("chips fish", "Fish & Chips"),
        ("   ", None),
        ("xyzzy", None),
        ("%_'\"--", None),
    ],
)
def test_what_is_meant_is_found(typed, first) -> None:
    found = Finder(menu(*SHOP), "en").find(typed)
    assert (found[0] if found else None) == first


def test_a_word_that_begins_so_comes_before_one_that_holds_it() -> None:
    found = Finder(menu("Pineapple Juice", "Apple Pie"), "en").find("apple")
    assert found == ["Apple Pie", "Pineapple Juice"]


def test_nearly_right_is_only_asked_for_when_nothing_is_right() -> None:
    index = menu("Chips", "Chops", "Chip shop special")
    assert "Chops" not in Finder(index, "en").find("chips")
    assert Finder(index, "en").find("chipz") == ["Chips", "Chip shop special"]


def test_short_words_are_taken_as_they_are() -> None:
    assert Finder(menu("Pie", "Pig"), "en").find("pio") == []


def test_a_dish_is_found_in_the_language_chosen_and_in_the_menus_own() -> None:
    finder = Finder(menu("Chicken", de={"Chicken": "Hähnchen"}), "de")
    assert finder.find("hahnchen") == finder.find("Hähnchen") == finder.find("chicken") == ["Chicken"]
    assert Finder(menu("Chicken", de={"Chicken": "Hähnchen"}), "en").find("hahnchen") == []


def test_a_category_and_a_description_speak_for_a_dish_less_than_its_name() -> None:
    index = menu("Latte", "Iced coffee")
    assert Finder(index, "en", {"Latte": ["Coffee"]}).find("coffee") == ["Iced coffee", "Latte"]


def test_a_cat_on_the_keys_finds_nothing_and_takes_no_time() -> None:
    assert Finder(menu(*SHOP), "en").find("x" * 100_000) == []
    assert Finder(menu("a" * MAX_QUERY), "en").find("a" * 500) == ["a" * MAX_QUERY]


def test_dishes_without_a_name_or_with_an_endless_one_are_searched_too() -> None:
    index = menu("", "Pot of " + "very " * 60 + "hot soup", "🍕")
    assert len(Finder(index, "en").find("soup")) == 1


def test_five_hundred_dishes_are_searched_by_part_of_a_number() -> None:
    found = Finder(MenuIndex(large_menu()), "en").find("418")
    assert found == ["dish-418"]


@pytest.mark.parametrize(
    ("typed", "word", "wrong"),
    [("burge", "burger", 0), ("bruge", "burger", 1), ("bxrge", "burger", 1), ("burxger", "burger", 1),
     ("bu", "b", None), ("", "b", None), ("cola", "cold", None), ("colas", "cola", 1), ("halumi", "halloumi", 2),
     ("halum", "halloumi", None),
     ("burgxy", "burger", None), ("abcdefgh", "stuvwxyz", None)],
)  # fmt: skip
def test_how_many_letters_are_wrong_of_the_beginning_of_a_word(typed, word, wrong) -> None:
    assert slips(typed, word) == wrong


def test_what_is_too_far_from_all_of_a_word_is_not_counted_on() -> None:
    assert distances("abcd", "wxyz", 2) == []
    assert distances("ab", "ba", 2) == [2, 1, 1]


LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßàâçéèêëîïôûœąćęłńóśźżğışñ"
WORDS = st.text(LETTERS, min_size=1, max_size=14).filter(lambda w: "".join(words_of(w)) == fold(w))


@given(WORDS, st.data())
def test_one_wrong_letter_of_five_is_forgiven_wherever_it_is_but_at_the_beginning(word, data) -> None:
    letters = fold(word)
    at = data.draw(st.integers(1, max(1, len(letters) - 1)))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    swapped = letters[: at - 1] + letters[at - 1 : at + 1][::-1] + letters[at + 1 :]
    for typed in (swapped, letters[:at] + other + letters[at:], letters[:at] + other + letters[at + 1 :],
                  letters[:at] + letters[at + 1 :]):  # fmt: skip
        if len(typed) >= 5:
            assert Finder(menu(word), "en").find(typed) == [word], typed


@given(WORDS, st.integers(1, 14))
def test_a_word_is_found_by_its_beginning_with_and_without_its_marks(word, length) -> None:
    finder = Finder(menu(word), "en")
    assert finder.find(word[:length]) == finder.find(fold(word[:length])) == finder.find(word.upper()) == [word]


@given(st.text(LETTERS, min_size=1, max_size=4), WORDS)
def test_a_short_word_is_found_only_as_it_is_typed(typed, word) -> None:
    if Finder(menu(word), "en").find(typed):
        assert fold(typed) in fold(word)


@given(WORDS, WORDS)
def test_never_more_letters_are_wrong_than_the_longer_word_forgives(typed, word) -> None:
    wrong = slips(fold(typed), fold(word))
    longer = max(len(fold(typed)), len(fold(word)))
    assert wrong is None or wrong <= (0 if longer < 5 else 1 if longer < 8 else 2)


@given(st.text("فلافلشاورمادجاج麻婆豆腐親子丼らーめん김치찌개", min_size=2, max_size=8), st.data())
def test_arabic_chinese_and_japanese_are_found_by_any_part(name, data) -> None:
    begin = data.draw(st.integers(0, len(name) - 2))
    part = name[begin : data.draw(st.integers(begin + 2, len(name)))]
    assume(len("".join(words_of(part))) >= 2)
    assert Finder(menu(name), "en").find(part) == [name]


@given(st.text(max_size=12))
def test_folding_any_text_twice_is_folding_it_once(text) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_is_the_same_twice() -> None:
    for name in SHOP:
        assert fold(fold(name)) == fold(name)
        assert words_of(name)


def test_characters_of_the_menu_are_offered_and_after_one_those_that_follow() -> None:
    names = ("麻婆豆腐", "豆腐サラダ", "親子丼")
    assert set(next_letters(names, "", 2)) == {"腐", "豆"}
    assert next_letters(names, "豆", 9) == ["腐"]
    assert set(next_letters(names, "豆腐", 9)) == {"さ"}
    assert next_letters(names, "寿", 9) == []
    assert next_letters(("Burger",), "", 9) == []


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pl", "tr", "ar", "zh", "ja", "xx"])
def test_every_language_has_keys_that_fit_and_one_that_deletes(language) -> None:
    rows = keyboard.rows(language, ["麻婆豆腐", "Burger"], "")
    assert rows[-1][-1] == keyboard.DELETE
    keys = [key for row in rows for key in row]
    assert len(set(keys)) == len(keys)
    assert all(len(row) <= 12 for row in rows)
    assert all(len(key) == 1 for key in keys if key != keyboard.DELETE)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pl", "tr"])
def test_every_latin_letter_can_be_typed(language) -> None:
    keys = {key for row in keyboard.rows(language, [], "") for key in row}
    assert set("abcdefghijklmnopqrstuvwxyz") <= keys


def test_kana_stand_in_their_own_order_before_other_characters() -> None:
    rows = keyboard.rows("ja", ["ラーメン", "らくだ丼", "うな丼", "いくら丼", "あんみつ"], "")
    assert rows == [list("あいうくだつなみめら"), ["ん", "ー", "丼", keyboard.DELETE]]


def test_a_menu_without_characters_of_the_language_is_searched_by_latin_letters() -> None:
    assert keyboard.rows("ja", ["Burger"], "")[0][0] == "q"


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
@pytest.mark.parametrize(
    ("name", "there"),
    [("J20 - Orange", True), ("47. 麻婆豆腐", True), ("٤٧ شاورما", True), ("Cola 0.33 l", False), ("", False)],
)
def test_digits_can_be_typed_where_dishes_are_called_by_them(language: str, name: str, there: bool) -> None:
    rows = keyboard.rows(language, ["Burger", "豆腐", name], "")
    assert (rows[0] == list("1234567890")) is there
    assert not there or len(rows) == len(keyboard.rows(language, ["Burger", "豆腐"], "")) + 1
    assert rows[-1][-1] == keyboard.DELETE


def test_a_character_that_is_spelled_on_leaves_the_digits_where_they_are() -> None:
    names = ["47 麻婆豆腐", "48 親子丼"]
    assert keyboard.rows("zh", names, "")[0] == keyboard.rows("zh", names, "麻婆")[0] == list(keyboard.DIGITS)
