"""Where an order or a ticket is brought, for every screen that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def place_of(order: Mapping[str, Any]) -> dict[str, str]:
    """`placeKind` (`table`, `stand`: the number needs a word before it; or empty) and `placeName` (`12`, `Terrace`)."""
    table, stand = str(order.get("table") or ""), str(order.get("stand") or "")
    if stand:
        return {"placeKind": "stand", "placeName": stand}
    return {"placeKind": "table" if table.isdigit() else "", "placeName": table}
