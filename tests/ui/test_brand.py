"""Whatever colour a shop has, what is written in it and on it can be read."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.brand import FOCUS, GROUNDS, TEXT, accents, alike, contrast, mended
from tests.ui.diner import MENU
from tests.ui.visit import TALL, enter, set_up

THEME = (Path(__file__).resolve().parents[2] / "ui" / "theme" / "Theme.qml").read_text("utf-8")
colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@given(colours)
def test_any_brand_colour_can_be_read_in_both_palettes(colour: str) -> None:
    roles = accents(colour)
    for mode, grounds in GROUNDS.items():
        for role in ("accent", "accentStrong"):
            for ground in (*grounds, roles["accentSoft"][mode]):
                assert contrast(roles[role][mode], ground) >= TEXT, (mode, role, ground)
        assert contrast(roles["inkOnAccent"][mode], roles["accent"][mode]) >= TEXT, mode


@given(colours)
def test_where_the_keys_are_is_never_of_the_hue_that_says_what_is_chosen(colour: str) -> None:
    roles = accents(colour)
    for mode, grounds in GROUNDS.items():
        frame = roles["focus"][mode]
        assert not alike(roles["accent"][mode], frame)
        assert all(contrast(frame, ground) >= 3 for ground in grounds), "WCAG 2.2, 1.4.11"


def test_only_a_brand_that_is_nearly_blue_changes_the_frame_of_the_focus() -> None:
    own = re.search(r'color info: .* dark \? "(#\w+)" : "(#\w+)"', THEME)
    assert own is not None
    assert (FOCUS["dark"][0], FOCUS["light"][0]) == own.groups()
    assert accents("#bd3f0b")["focus"] == accents("#23702c")["focus"] == {"light": own[2], "dark": own[1]}
    assert accents("#0b5fff")["focus"] == {mode: frames[1] for mode, frames in FOCUS.items()}


@pytest.mark.parametrize("colour", ["#f7e017", "#0b5fff"])
def test_the_kiosk_wears_the_menus_colour_live_and_contrast_goes_before_it(desk, show, colour: str) -> None:
    set_up(desk)
    hand = show("kiosk", TALL, languages=["en"], brand_colour="#444444")
    enter(hand)
    pay = hand.item("kiosk.pay")
    hand.until(lambda: pay.property("ground").name() == accents("#444444")["accent"]["light"])
    desk.tell("menu", None, deepcopy(MENU) | {"brand_colour": colour})
    hand.until(lambda: pay.property("ground").name() == accents(colour)["accent"]["light"])
    assert pay.property("inked").isValid()
    hand.do(lambda: hand.vm.comfort.setProperty("contrast", True))
    hand.until(lambda: pay.property("ground").name() not in accents(colour)["accent"].values())


def test_a_colour_that_is_none_leaves_the_products_own(desk, show, caplog) -> None:
    set_up(desk)
    hand = show("kiosk", TALL, languages=["en"], brand_colour="blue")
    hand.until(lambda: hand.vm.ready)
    assert hand.screen.shell.brand == {}
    assert "the brand colour is left out" in caplog.text


@given(colours)
def test_a_colour_that_can_be_read_stays_as_it_is(colour: str) -> None:
    grounds = ("#ffffff",)
    if contrast(colour, "#ffffff") >= TEXT:
        assert mended(colour, grounds) == colour
    else:
        assert contrast(mended(colour, grounds), "#ffffff") >= TEXT


@given(colours)
def test_mending_goes_no_further_than_it_must(colour: str) -> None:
    after = mended(colour, ("#ffffff",))
    assert after == colour or contrast(after, "#ffffff") < TEXT * 1.12


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#1234567", "javascript:alert(1)"])
def test_what_is_no_colour_is_refused_in_words(colour: str) -> None:
    with pytest.raises(ValueError, match="is not a colour like"):
        accents(colour)


def test_contrast_is_what_wcag_says_it_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_grounds_are_those_of_the_theme() -> None:
    pair = re.compile(r'property color (\w+): contrast \? "#\w{6}" : dark \? "(#\w{6})" : "(#\w{6})"')
    found = {name: (light, dark) for name, dark, light in pair.findall(THEME)}
    names = ("background", "surface", "surfaceRaised", "surfaceSunken")
    assert {found[n][0] for n in names} == set(GROUNDS["light"])
    assert {found[n][1] for n in names} == set(GROUNDS["dark"])
