"""The demo shop's menu is whole: it can be published, shown in two languages, and behaves when bacon runs out."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from collections import Counter

import pytest

import assets
from server.services.menu.decider import read_menu
from server.services.menu.events import Item, Menu
from server.services.stock.availability import availability
from server.services.stock.events import Stock, stock_key

EU_ALLERGENS = {
    "celery", "crustaceans", "egg", "fish", "gluten", "lupin", "milk", "molluscs", "mustard", "nuts", "peanuts",
    "sesame", "soybeans", "sulphites",
}  # fmt: skip

OTHERS = ("de", "fr", "es", "pl", "tr", "ar", "zh", "ja")


@pytest.fixture(scope="module")
def menu() -> Menu:
    return read_menu(assets.path("menus", "demo.json").read_bytes())


@pytest.fixture(scope="module")
def items(menu: Menu) -> dict[str, Item]:
    return {i.item_id: i for i in menu.items}


def test_it_is_a_shop_worth_showing(menu: Menu) -> None:
    assert len(menu.items) >= 60
    assert len(menu.categories) >= 8
    assert menu.currency == "EUR"
    assert menu.combos
    assert menu.dayparts
    assert {t.inclusive for t in menu.taxes} == {True}
    assert len(menu.discounts) >= 2


def test_every_item_is_in_a_category_and_has_a_price_a_station_and_a_tax(menu: Menu) -> None:
    shown = Counter(i for c in menu.categories for i in c.item_ids)
    for i in menu.items:
        assert shown[i.item_id] == 1
        assert i.variations
        assert all(v.price_minor is not None and v.price_minor > 0 for v in i.variations)
        assert i.station
        assert i.tax_ids
        assert i.kilocalories is not None
        assert 0 < len(i.description) <= 110
        assert set(i.allergens) <= EU_ALLERGENS


def test_every_name_is_there_in_every_language_of_the_kiosk(menu: Menu) -> None:
    assert menu.languages == ["en", *OTHERS]
    slots = [s for c in menu.combos for s in c.slots]
    modifiers = [m for g in menu.modifier_groups for m in g.modifiers]
    variations = [v for i in menu.items for v in i.variations]
    named = [*menu.items, *menu.categories, *menu.modifier_groups, *modifiers, *variations, *menu.ingredients]
    for one in [*named, *menu.combos, *slots, *menu.dayparts]:
        assert [code for code in OTHERS if not one.texts[code]["name"]] == [], one
    assert all(i.texts[code]["description"] for i in menu.items for code in OTHERS)


def test_every_picture_is_here_and_none_is_idle(menu: Menu) -> None:
    used = {i.image for i in menu.items} | {c.image for c in menu.categories}
    assert used == {p.name for p in assets.path("images", "").glob("*.webp")}
    assert len({i.image for i in menu.items}) == len(menu.items)


def test_a_combo_names_the_allergens_of_all_its_choices(menu: Menu, items: dict[str, Item]) -> None:
    for combo in menu.combos:
        inside = {a for s in combo.slots for o in s.options for a in items[o.item_id].allergens}
        assert inside <= set(items[combo.item_id].allergens)


def test_vegan_is_vegetarian_and_has_nothing_of_animals(menu: Menu) -> None:
    for i in menu.items:
        if "vegan" in i.diets:
            assert "vegetarian" in i.diets
            assert not {"milk", "egg", "fish", "crustaceans"} & set(i.allergens), i.item_id


def test_without_bacon_the_burger_goes_and_the_salad_stays(menu: Menu) -> None:
    found = availability(menu, Stock(out=frozenset({stock_key("ingredient", "bacon")})))
    assert found["bacon-cheeseburger"].state == "out"
    assert found["bacon-menu"].state == "out"
    assert found["classic-menu"].state != "out"
    assert (found["caesar-salad"].state, found["caesar-salad"].without) == ("without", ["bacon"])
    assert found["cola"].state == "available"
    assert sum("bacon" in m.ingredient_ids for g in menu.modifier_groups for m in g.modifiers) >= 3


def test_sounds_are_short_and_small() -> None:
    for name in ("new-ticket.wav", "bump.wav"):
        path = assets.path("sounds", name)
        assert path.stat().st_size < 60_000
        with wave.open(str(path)) as sound:
            assert sound.getnframes() / sound.getframerate() < 1.5


@pytest.mark.parametrize("kind", ["fonts", "icons", "images", "menus", "sounds"])
def test_every_folder_has_its_licence(kind: str) -> None:
    assert list(assets.path(kind, "").glob("LICENSE*"))


LETTERS = "äöüÄÖÜßẞ€éèñçłşğıİøåæœšžőű–—„“”’…×·−½•"
LOOK = """
import sys
from PySide6.QtGui import QFontDatabase, QGuiApplication, QRawFont
app = QGuiApplication([])
for path in sys.argv[2:]:
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(path))
    font = QRawFont(path, 16)
    missing = [c for c in sys.argv[1] if not font.supportsCharacter(ord(c))]
    print("Inter" in families and not missing)
"""


def test_the_typeface_has_what_european_names_need() -> None:
    paths = [
        str(assets.path("fonts", f"Inter-{w}.ttf")) for w in ("Regular", "Medium", "SemiBold", "Bold", "ExtraBold")
    ]
    seen = subprocess.run(  # a process of its own: an application of Qt's lasts as long as its process
        [sys.executable, "-c", LOOK, LETTERS, *paths],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert seen.stdout.split() == ["True"] * len(paths), seen.stderr
