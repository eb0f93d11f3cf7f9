"""Square catalogs to test with: small ones made by hand, and the real ones where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

REAL_MENUS = Path(__file__).resolve().parents[3].parent / "shared" / "menus"


def usd(amount: Any, currency: str = "USD") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def obj(kind: str, object_id: str, data: dict[str, Any] | None = None, **outer: Any) -> dict[str, Any]:
    fields = {f"{kind.lower()}_data": data} if data is not None else {}
    return {"type": kind, "id": object_id, "version": 1, "present_at_all_locations": True, **fields, **outer}


def variation(object_id: str, amount: Any = 450, name: str = "Regular", outer: Any = (), **data: Any) -> dict[str, Any]:
    facts = {"name": name, "pricing_type": "FIXED_PRICING", "price_money": usd(amount), **data}
    return obj("ITEM_VARIATION", object_id, facts, **dict(outer))


def item(object_id: str = "latte", *variations: Any, outer: Any = (), **data: Any) -> dict[str, Any]:
    sizes = list(variations) or [variation(f"{object_id}-1")]
    return obj("ITEM", object_id, {"name": object_id.title(), "variations": sizes, **data}, **dict(outer))


def modifier(object_id: str, amount: Any = 50, outer: Any = (), **data: Any) -> dict[str, Any]:
    return obj("MODIFIER", object_id, {"name": object_id.title(), "price_money": usd(amount), **data}, **dict(outer))


def modifier_list(object_id: str = "milk", *modifiers: Any, outer: Any = (), **data: Any) -> dict[str, Any]:
    choices = list(modifiers) or [modifier("oat"), modifier("soy")]
    facts = {"name": object_id.title(), "selection_type": "MULTIPLE", "modifiers": choices, **data}
    return obj("MODIFIER_LIST", object_id, facts, **dict(outer))


def info(list_id: str = "milk", low: int = -1, high: int = -1, **more: Any) -> dict[str, Any]:
    limits = {"min_selected_modifiers": low, "max_selected_modifiers": high}
    return {"modifier_list_id": list_id, "enabled": True, **limits, **more}


def category(object_id: str, outer: Any = (), **data: Any) -> dict[str, Any]:
    return obj("CATEGORY", object_id, {"name": object_id.title(), **data}, **dict(outer))


def catalog(*objects: Any, **around: Any) -> bytes:
    return json.dumps({"objects": list(objects), **around}).encode()
