"""The comparer of pictures: each change that a person would see is caught, what other machines do is let pass."""

from __future__ import annotations

import os
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter

from tests.shots.likeness import difference, side_by_side, small
from ui.host import register_fonts
from ui.text import TYPEFACE

WIDTH, HEIGHT = 1080, 1920
ROWS = [
    ("Ember Burger", "€8.90", "Beef from the grill, lettuce, tomato, pickles, onions"),
    ("Cheeseburger", "€9.50", "Beef, melted cheddar, pickles and onions"),
    ("Bacon Cheeseburger", "€10.90", "Beef, crispy bacon, double cheddar, smoky sauce"),
    ("Double Oak", "€12.90", "Two beef patties, cheddar, onions fried over oak"),
]


class Page:
    """A page of a kiosk as far as it matters here: cards with names, prices, small text, and a button."""

    def __init__(self) -> None:
        self.hinting = QFont.HintingPreference.PreferNoHinting
        self.offset = 0.0  # of all text, as another machine's metrics give
        self.darker = 100  # percent, of all text
        self.button = QRectF(540, 1740, 480, 126)
        self.button_colour = "#bd3f0b"
        self.button_text = "Pay"
        self.card_colour = "#ffffff"
        self.names = [name for name, _, _ in ROWS]
        self.notes = [note for _, _, note in ROWS]
        self.prices = [price for _, price, _ in ROWS]
        self.price_colour = "#9a3207"

    def font(self, pixels: int, weight: int) -> QFont:
        font = QFont(TYPEFACE)
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight(weight))
        font.setHintingPreference(self.hinting)
        return font

    def draw(self) -> QImage:
        image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        image.fill(QColor("#fbf6ef"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for n, name in enumerate(self.names):
            card = QRectF(60, 100 + n * 400, 960, 340)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.card_colour))
            painter.drawRoundedRect(card, 20, 20)
            self.write(painter, card.adjusted(30, 30, -30, 0), name, 30, 600, "#231a14")
            self.write(painter, card.adjusted(30, 90, -30, 0), self.notes[n], 22, 400, "#655648")
            self.write(painter, card.adjusted(30, 250, -30, 0), self.prices[n], 36, 700, self.price_colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.button_colour))
        painter.drawRoundedRect(self.button, 30, 30)
        self.write(painter, self.button.adjusted(200, 40, 0, 0), self.button_text, 36, 600, "#ffffff")
        painter.end()
        return image

    def write(self, painter: QPainter, where: QRectF, text: str, pixels: int, weight: int, colour: str) -> None:
        painter.setFont(self.font(pixels, weight))
        painter.setPen(QColor(colour).darker(self.darker))
        painter.drawText(where.translated(self.offset, self.offset), Qt.AlignmentFlag.AlignLeft, text)


@pytest.fixture(autouse=True)
def fonts(qapp: QGuiApplication) -> None:
    register_fonts()


def changed(change: Callable[[Page], None]) -> tuple[QImage, QImage]:
    page = Page()
    kept = small(page.draw())
    change(page)
    return kept, small(page.draw())


def shift_the_button(page: Page) -> None:
    page.button.translate(0, 12)


def lose_a_label(page: Page) -> None:
    page.notes[1] = ""


def lose_a_price(page: Page) -> None:
    page.prices[2] = ""


def lose_the_buttons_label(page: Page) -> None:
    page.button_text = ""


def another_colour(page: Page) -> None:
    page.button_colour = "#23702c"


def another_ground(page: Page) -> None:
    page.card_colour = "#e6dacb"


def a_fainter_ground(page: Page) -> None:
    page.card_colour = "#f3ebe0"


def cut_a_text_off(page: Page) -> None:
    page.notes[0] = "Beef from the grill, lettuce, tomato, pick…"


def cut_a_name_off(page: Page) -> None:
    page.names[2] = "Bacon Cheesebu…"


def another_price(page: Page) -> None:
    page.prices[3] = "€129.00"


@pytest.mark.parametrize(
    "change",
    [
        shift_the_button,
        lose_a_label,
        lose_a_price,
        lose_the_buttons_label,
        another_colour,
        another_ground,
        a_fainter_ground,
        cut_a_text_off,
        cut_a_name_off,
        another_price,
    ],
    ids=lambda change: change.__name__,
)
def test_what_a_person_would_see_is_caught(change: Callable[[Page], None]) -> None:
    found = difference(*changed(change))
    assert found, found


def full_hinting(page: Page) -> None:
    page.hinting = QFont.HintingPreference.PreferFullHinting


def vertical_hinting(page: Page) -> None:
    page.hinting = QFont.HintingPreference.PreferVerticalHinting


def half_a_pixel(page: Page) -> None:
    page.offset = 0.5


def a_pixel(page: Page) -> None:
    page.offset = 1.0


def darker_stems(page: Page) -> None:
    page.darker = 130


@pytest.mark.parametrize(
    "change", [full_hinting, vertical_hinting, half_a_pixel, a_pixel, darker_stems], ids=lambda c: c.__name__
)
def test_what_another_machine_does_is_let_pass(change: Callable[[Page], None]) -> None:
    kept, now = changed(change)
    assert kept != now, "the change changes something"
    found = difference(kept, now)
    assert not found, found


def test_another_size_differs_and_the_pictures_stand_beside_each_other() -> None:
    kept, now = small(Page().draw()), small(Page().draw().copy(0, 0, 1000, 1920))
    found = difference(kept, now)
    assert found
    assert side_by_side(kept, now, found).width() > 3 * kept.width()
