"""Money for people: integer minor units to text and back. Pure, exact, no floats."""

from __future__ import annotations

DEFAULT_EXPONENT = 2
EXPONENTS = {
    "BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "PYG": 0, "TND": 3, "UGX": 0,
    "VND": 0, "XAF": 0, "XOF": 0,
}  # fmt: skip
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""

SYMBOLS = {
    "AUD": "A$", "CAD": "CA$", "CHF": "CHF", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "KRW": "₩", "PLN": "zł",
    "USD": "$",
}  # fmt: skip

NO_BREAK = "\u00a0"
MINUS = "\u2212"

SYMBOL_AFTER = frozenset({"de", "fr", "es", "it", "pl", "cs", "da", "sv", "nb", "fi", "pt", "tr", "ru", "uk", "sk"})
DECIMAL_COMMA = SYMBOL_AFTER | {"nl", "id"}
MAX_MINOR = 10**12
"""Nobody types more money than this; more is a finger resting on a key."""


def exponent(currency: str) -> int:
    """How many digits the minor unit has: 2 for EUR, 0 for JPY."""
    return EXPONENTS.get(currency, DEFAULT_EXPONENT)


def digits(minor: int, currency: str, language: str) -> str:
    """The bare number, grouped: `1,234.50` in English, `1.234,50` in German. The sign is left to `format`."""
    places = exponent(currency)
    comma = language[:2] in DECIMAL_COMMA
    whole, rest = divmod(abs(minor), 10**places)
    grouped = f"{whole:,}"
    if comma:
        grouped = grouped.replace(",", ".")
    if not places:
        return grouped
    return f"{grouped}{',' if comma else '.'}{rest:0{places}d}"


def format(minor: int, currency: str, language: str = "en") -> str:
    """`$3.50` in English, `3,50 €` in German. Never breaks over two lines."""
    symbol = SYMBOLS.get(currency, currency)
    number = digits(minor, currency, language)
    sign = MINUS if minor < 0 else ""
    if not symbol:
        return sign + number
    if language[:2] in SYMBOL_AFTER:
        return f"{sign}{number}{NO_BREAK}{symbol}"
    gap = NO_BREAK if len(symbol) > 1 and symbol[-1].isalpha() else ""
    return f"{sign}{symbol}{gap}{number}"


def extra(minor: int, currency: str, language: str = "en") -> str:
    """A price on top: `+$0.90`; nothing for nothing."""
    if minor == 0:
        return ""
    return format(minor, currency, language) if minor < 0 else "+" + format(minor, currency, language)


def parse(text: str, currency: str, language: str = "en") -> int | None:
    """What a person typed (`12`, `12.5`, `12,50 €`) in minor units, or None when it is not an amount.

    A separator followed by at most the minor unit's digits at the end is the decimal one, whichever it is.
    """
    kept = "".join(c for c in text if c.isdigit() or c in ".,-" + MINUS)
    if not any(c.isdigit() for c in kept) or kept.lstrip("-" + MINUS) != kept[-len(kept.lstrip("-" + MINUS)) :]:
        return None
    negative = kept[:1] in ("-", MINUS)
    kept = kept.lstrip("-" + MINUS)
    if "-" in kept or MINUS in kept:
        return None
    places = exponent(currency)
    cut = max(kept.rfind("."), kept.rfind(","))
    decimals = kept[cut + 1 :] if cut >= 0 else ""
    if cut >= 0 and (len(decimals) > places or (len(decimals) == 3 and places != 3)):
        kept, decimals = kept.replace(".", "").replace(",", ""), ""
    elif cut >= 0:
        kept = kept[:cut].replace(".", "").replace(",", "")
    minor = int(kept or "0") * 10**places + int(decimals.ljust(places, "0") or "0")
    if minor > MAX_MINOR:
        return None
    return -minor if negative else minor
