"""Money for people: integer minor units to text and back, as each language writes it. Exact, no floats."""

from __future__ import annotations

import re
from copy import copy
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ui.text import locale

if TYPE_CHECKING:
    from babel.numbers import NumberPattern

DEFAULT_EXPONENT = 2
PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS = {currency: places for places, names in PLACES.items() for currency in names.split()}
"""Currencies whose minor unit is not a hundredth (ISO 4217). Not Babel's: there a currency whose small coins are out
of use has no decimals, and an amount would read a hundred times too large."""

NO_BREAK = "\u00a0"
MINUS = "\u2212"
MARKS = "\u200e\u200f\u061c"
"""Signs without a shape that keep a price the right way round in Arabic."""
LEFT_TO_RIGHT = "\u200e"
RIGHT_TO_LEFT = "\u200f"

LATIN_NAME = re.compile(r"(?<=\d)(\s*)([^\d]*[A-Za-z][^\d]*)$")
"""A currency's Latin name behind an Arabic amount (`US$`): without marks around it its sign goes to the other side."""

TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
"""Where a currency's letters would stand against a digit (CLDR asks for a space there: `KWD 1.500`)."""

MAX_MINOR = 10**12
"""Nobody types more money than this; more is a finger resting on a key."""

KEPT_TEXTS = 4096
"""Prices kept as text: more than a long menu has, less than a megabyte."""


def exponent(currency: str) -> int:
    """How many digits the minor unit has: 2 for EUR, 0 for JPY."""
    return EXPONENTS.get(currency, DEFAULT_EXPONENT)


@cache
def coinless(currency: str) -> bool:
    """Whether its hundredths are out of use in cash (CLDR's cash digits: forint, koruna, rupiah): a whole price is
    written without them there, `1490 Ft`."""
    from babel.core import get_global  # not before the first frame: it takes its time

    fractions = get_global("currency_fractions")
    return exponent(currency) == DEFAULT_EXPONENT and fractions.get(currency, fractions["DEFAULT"])[2] == 0


def places(minor: int, currency: str) -> int:
    """With how many decimals an amount is written. None is ever left out that is not nought."""
    most = exponent(currency)
    return 0 if coinless(currency) and minor % 10**most == 0 else most


@cache
def pattern(language: str, places: int) -> NumberPattern:
    """How a language writes an amount with so many decimals."""
    own = copy(locale(language).currency_formats["standard"])
    own.frac_prec = (places, places)
    return own


@lru_cache(maxsize=KEPT_TEXTS)
def format(minor: int, currency: str, language: str = "en") -> str:
    """`$3.50` in English, `3,50 €` in German. Never breaks over two lines. Digits are 0 to 9 in every language."""
    shown = places(minor, currency)
    text = pattern(language, shown).apply(
        Decimal(minor).scaleb(-exponent(currency)) if shown else Decimal(minor // 10 ** exponent(currency)),
        locale(language),
        currency=currency,
        currency_digits=False,
        decimal_quantization=False,
    )
    text = TOUCHING.sub(NO_BREAK, str(text)).replace(" ", NO_BREAK).strip(NO_BREAK)
    if text.startswith(RIGHT_TO_LEFT):
        text = LATIN_NAME.sub(rf"{RIGHT_TO_LEFT}\1\2{LEFT_TO_RIGHT}", text)
    return signed(text.replace("-", "", 1), MINUS) if minor < 0 else text


def signed(text: str, sign: str) -> str:
    """The sign stands left of the digits in Arabic too."""
    number = text.lstrip(MARKS)
    lead = text[: len(text) - len(number)]
    return f"{lead}{LEFT_TO_RIGHT if lead else ''}{sign}{number}"


def extra(minor: int, currency: str, language: str = "en") -> str:
    """A price on top: `+$0.90`; nothing for nothing."""
    if minor == 0:
        return ""
    text = format(minor, currency, language)
    return text if minor < 0 else signed(text, "+")


def parse(text: str, currency: str, language: str = "en") -> int | None:
    """What a person typed (`12`, `12.5`, `12,50 €`) in minor units, or None when it is not an amount.

    A separator followed by at most the minor unit's digits at the end is the decimal one, whichever it is.
    """
    kept = "".join(c for c in text if c.isdigit() or c in ".,-" + MINUS).rstrip(".,")
    if not any(c.isdigit() for c in kept) or kept.lstrip("-" + MINUS) != kept[-len(kept.lstrip("-" + MINUS)) :]:
        return None
    negative = kept[:1] in ("-", MINUS)
    kept = kept.lstrip("-" + MINUS)
    if "-" in kept or MINUS in kept:
        return None
    most = exponent(currency)
    cut = max(kept.rfind("."), kept.rfind(","))
    decimals = kept[cut + 1 :] if cut >= 0 else ""
    if cut >= 0 and (len(decimals) > most or (len(decimals) == 3 and most != 3)):
        kept, decimals = kept.replace(".", "").replace(",", ""), ""
    elif cut >= 0:
        kept = kept[:cut].replace(".", "").replace(",", "")
    minor = int(kept or "0") * 10**most + int(decimals.ljust(most, "0") or "0")
    if minor > MAX_MINOR:
        return None
    return -minor if negative else minor
