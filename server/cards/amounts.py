"""Minor units to nexo's decimal amounts and back; exact."""

from __future__ import annotations

from decimal import Decimal

_PLACES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS = {currency: places for places, names in _PLACES.items() for currency in names.split()}
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""

MAX_DIGITS = 12
"""Before the point. Nobody pays more by card, and a number with a million zeros costs time."""


def to_decimal(minor: int, currency: str) -> Decimal:
    """`1050` EUR is `10.50`, `1050` JPY is `1050`."""
    return Decimal(minor).scaleb(-EXPONENTS.get(currency, 2))


def to_minor(amount: Decimal, currency: str) -> int:
    """Raises `ValueError` for an amount that is no whole number of minor units."""
    if not amount.is_finite() or amount.adjusted() > MAX_DIGITS:
        raise ValueError("no amount")
    minor = amount.scaleb(EXPONENTS.get(currency, 2))
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} {currency} is no whole number of the currency's smallest unit")
    return int(minor)
