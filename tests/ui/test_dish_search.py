"""Finding a dish by what people type, in the scripts they type it in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.large import large_menu
from ui.dish.menu import MenuIndex
from ui.dish.search import MAX_QUERY, Finder, distance, fold, next_letters, words_of
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
        "Käsespätzle", "Żurek", "Pierogi ruskie", "שווארמה", "فلافل", "شاورما دجاج", "麻婆豆腐", "ラーメン", "親子丼",
        "김치찌개", "Apple Pie", "Pineapple Juice", "Fish & Chips", "Mac'n'Cheese")  # fmt: skip


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
        ("豆腐", "麻婆豆腐"),
        ("らーめん", "ラーメン"),
        ("ﾗｰﾒﾝ", "ラーメン"),
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
    [("burg", "burger", 0), ("brug", "burger", 1), ("bxrg", "burger", 1), ("burxger", "burger", 1), ("", "b", 0)],
)
def test_the_distance_to_the_beginning_of_a_word(typed, word, wrong) -> None:
    assert distance(typed, word, 2) == wrong


def test_too_far_is_no_distance() -> None:
    assert distance("abcd", "wxyz", 2) is None


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


def test_a_menu_without_characters_of_the_language_is_searched_by_latin_letters() -> None:
    assert keyboard.rows("ja", ["Burger"], "")[0][0] == "q"
