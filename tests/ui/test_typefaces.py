"""Every letter a screen shows has a shape, in one family that the product brings along."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QGuiApplication, QRawFont, QTextLayout

from ui.host import register_fonts
from ui.text import ASSETS, TYPEFACES, typeface

TRANSLATIONS = sorted((ASSETS / "translations").glob("*.json"))
MOST_BYTES = 10 * 1024 * 1024
"""All typefaces together: a terminal is installed from a stick, and a repository is cloned."""
EVERYDAY = {
    "zh": "汉堡薯条可乐鸡翅冰淇淋馄饨饺子煲鳕鱼鲈豉馒粥炒饭奶茶￥",
    "ja": "ハンバーガー唐揚げ鮭鰻鯖丼味噌汁蕎麦餃子麺抹茶苺檸檬￥",
    "ar": "برغر دجاج بطاطس مثلجات شاورما فلافل قهوة ١٢٣ لآ",
    "pl": "Zażółć gęślą jaźń zł",
    "tr": "İğneli ışık şöyle çığ ₺",
    "fr": "Œuf à la coque, brûlée, ça €",
    "vi": "Phở bò tái, gỏi cuốn, cơm sườn, nước chấm, cà phê sữa đá, Mỹ ₫",
}


@pytest.fixture(autouse=True)
def _fonts(qapp: QGuiApplication) -> None:
    register_fonts()


def faces(text: str, language: str, weight: QFont.Weight) -> dict[str, bool]:
    """The families a text is drawn with, and whether one of them lacks a letter."""
    font = QFont(typeface(language))
    font.setPixelSize(30)
    font.setWeight(weight)
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return {run.rawFont().familyName().casefold(): 0 in run.glyphIndexes() for run in layout.glyphRuns()}


@pytest.mark.parametrize("weight", [QFont.Weight.Normal, QFont.Weight.Bold])
@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda p: p.stem)
def test_a_screens_words_are_drawn_with_the_products_own_letters(path: Path, weight: QFont.Weight) -> None:
    language = path.suffixes[-2].lstrip(".")
    for key, text in json.loads(path.read_text("utf-8")).items():
        assert faces(text.replace("\n", " "), language, weight) == {typeface(language).casefold(): False}, key


@pytest.mark.parametrize("language", EVERYDAY)
def test_dishes_of_every_language_have_their_letters(language: str) -> None:
    assert faces(EVERYDAY[language], language, QFont.Weight.Bold) == {typeface(language).casefold(): False}


@pytest.mark.parametrize("language", ["ar", "ja", "pl", "tr", "zh"])
def test_the_demo_menu_has_its_letters(language: str) -> None:
    menu = json.loads((ASSETS / "menus" / "demo.json").read_text("utf-8"))
    things = [*menu["items"], *menu["categories"], *menu["ingredients"]]
    words = {text for thing in things for text in thing["texts"][language].values()}
    wrong = {
        w
        for w in words
        if set(faces(w, language, QFont.Weight.Normal).items()) != {(typeface(language).casefold(), False)}
    }
    assert wrong == set()


@pytest.mark.parametrize("language", ["ar", "de", "ja", "zh"])
@pytest.mark.parametrize("dish", ["47 Phở bò tái", "珍珠奶茶 Pearl Milk Tea", "كفتة مشوية"])
def test_a_dish_in_another_script_than_the_screens_is_drawn_with_the_products_letters(language: str, dish: str) -> None:
    ours = {"inter", *(family.casefold() for family in TYPEFACES.values())}
    drawn = faces(dish, language, QFont.Weight.Medium)
    assert set(drawn) <= ours
    assert not any(drawn.values())


def test_arabic_letters_join() -> None:
    font = QFont(typeface("ar"))
    font.setPixelSize(30)
    alone, joined = (
        QRawFont.fromFont(font).glyphIndexesForString("بيت"),
        [g for run in layout_of("بيت", font).glyphRuns() for g in run.glyphIndexes()],
    )
    assert len(joined) > 0
    assert set(joined).isdisjoint(alone[:1])  # ب at the beginning has another shape than ب alone


def layout_of(text: str, font: QFont) -> QTextLayout:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return layout


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_a_line_is_as_tall_in_japanese_and_chinese_as_in_english(language: str) -> None:
    heights = {}
    for spoken, text in (("en", "Hg"), (language, "汉堡 Hg")):
        font = QFont(typeface(spoken))
        font.setPixelSize(100)
        heights[spoken] = layout_of(text, font).boundingRect().height()
    assert abs(heights["en"] - heights[language]) <= 2


def test_typefaces_stay_small_and_carry_their_licence() -> None:
    folder = ASSETS / "fonts"
    fonts = [p for p in folder.iterdir() if p.suffix in (".ttf", ".otf")]
    assert sum(os.path.getsize(p) for p in fonts) < MOST_BYTES
    for family in {"Inter", *(f.replace(" ", "") for f in TYPEFACES.values())}:
        assert any(p.name.startswith(family + "-") for p in fonts), family
    assert len(list(folder.glob("LICENSE-*-OFL.txt"))) == 2
