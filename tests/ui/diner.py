"""A small menu, orders and tickets in the shapes of the API, for screens under test."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

MENU: dict[str, Any] = {
    "currency": "EUR",
    "name": "Diner",
    "languages": ["en", "de"],
    "categories": [
        {"category_id": "burgers", "name": "Burgers", "item_ids": ["burger", "bacon-burger", "menu"]},
        {
            "category_id": "drinks", "name": "Drinks", "item_ids": ["coffee", "cola"],
            "texts": {"de": {"name": "Getränke"}},
        },
        {"category_id": "other", "name": "Other", "item_ids": ["salad", "fries", "gift-card"]},
    ],
    "items": [
        {
            "item_id": "burger", "name": "Cheeseburger", "description": "Beef, cheddar, pickles",
            "variations": [{"variation_id": "burger-1", "name": "Regular", "price_minor": 890}],
            "modifier_group_ids": ["extras"], "ingredient_ids": ["beef", "onion"], "station": "grill",
        },
        {
            "item_id": "bacon-burger", "name": "Bacon Cheeseburger", "description": "With smoked bacon",
            "variations": [{"variation_id": "bacon-burger-1", "name": "Regular", "price_minor": 1090}],
            "modifier_group_ids": ["doneness", "extras"], "ingredient_ids": ["beef", "bacon"], "station": "grill",
        },
        {
            "item_id": "menu", "name": "Burger menu", "description": "Burger and a drink",
            "variations": [{"variation_id": "menu-1", "name": "Menu", "price_minor": 1190}], "station": "grill",
        },
        {
            "item_id": "coffee", "name": "Coffee", "texts": {"de": {"name": "Kaffee"}},
            "variations": [
                {"variation_id": "coffee-s", "name": "Small", "price_minor": 250},
                {"variation_id": "coffee-l", "name": "Large", "price_minor": 350},
            ],
            "station": "bar",
        },
        {
            "item_id": "cola", "name": "Cola",
            "variations": [{"variation_id": "cola-1", "name": "0.33 l", "price_minor": 300}],
        },
        {
            "item_id": "salad", "name": "House salad", "description": "Leaves, bacon, egg",
            "variations": [{"variation_id": "salad-1", "name": "Regular", "price_minor": 790}],
            "ingredient_ids": ["bacon", "egg"], "station": "cold",
        },
        {
            "item_id": "fries", "name": "Fries",
            "variations": [{"variation_id": "fries-1", "name": "Regular", "price_minor": 350}], "station": "fryer",
        },
        {
            "item_id": "gift-card", "name": "Gift card",
            "variations": [{"variation_id": "gift-1", "name": "Any", "price_minor": None}],
        },
    ],
    "modifier_groups": [
        {
            "modifier_group_id": "extras", "name": "Extras", "min": 0, "max": 2,
            "modifiers": [
                {"modifier_id": "extra-cheese", "name": "Extra cheese", "price_minor": 90},
                {"modifier_id": "extra-bacon", "name": "Bacon", "price_minor": 150, "ingredient_ids": ["bacon"]},
                {"modifier_id": "jalapeno", "name": "Jalapeños", "price_minor": 60, "ingredient_ids": ["jalapeno"]},
            ],
        },
        {
            "modifier_group_id": "doneness", "name": "How done?", "min": 1, "max": 1,
            "modifiers": [
                {"modifier_id": "medium", "name": "Medium", "price_minor": 0},
                {"modifier_id": "well", "name": "Well done", "price_minor": 0},
            ],
        },
    ],
    "ingredients": [
        {"ingredient_id": "bacon", "name": "Bacon", "removable_from": ["salad"], "texts": {"de": {"name": "Speck"}}},
        {"ingredient_id": "beef", "name": "Beef"},
        {"ingredient_id": "egg", "name": "Egg", "removable_from": ["salad"]},
        {"ingredient_id": "jalapeno", "name": "Jalapeño"},
        {"ingredient_id": "onion", "name": "Onion", "removable_from": ["burger"]},
    ],
    "combos": [
        {
            "combo_id": "menu", "item_id": "menu", "name": "Burger menu",
            "slots": [
                {
                    "slot_id": "main", "name": "Your burger",
                    "options": [{"item_id": "burger"}, {"item_id": "bacon-burger", "price_minor": 200}],
                },
                {
                    "slot_id": "drink", "name": "Your drink",
                    "options": [
                        {"item_id": "cola"},
                        {"item_id": "coffee", "variation_id": "coffee-l", "price_minor": 50},
                    ],
                },
            ],
        }
    ],
    "taxes": [{"tax_id": "vat", "name": "VAT", "percentage": "19", "inclusive": True}],
}  # fmt: skip

BACON_OUT: dict[str, Any] = {
    "bacon-burger": {"state": "out", "without": [], "because": ["bacon"], "left": None},
    "salad": {"state": "without", "without": ["bacon"], "because": [], "left": None},
    "burger": {"state": "available", "without": [], "because": [], "left": None, "out_modifiers": ["extra-bacon"]},
    "menu": {"state": "available", "without": [], "because": [], "left": None, "out_options": ["bacon-burger"]},
}
BACON_BACK: dict[str, Any] = {
    item_id: {"state": "available", "without": [], "because": [], "left": None} for item_id in BACON_OUT
}


def at(minutes_ago: float) -> str:
    return (
        (datetime.now(UTC) - timedelta(minutes=minutes_ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def line(line_id: str, name: str, price: int, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "line_id": line_id, "item_id": name.lower(), "variation_id": "", "name": name, "quantity": quantity,
        "unit_price_minor": price, "total_minor": price * quantity, "modifiers": [], "note": "", **more,
    }  # fmt: skip


def order(number: str, *, minutes: float = 2, status: str = "placed", paid: int = 0, **more: Any) -> dict[str, Any]:
    """Two burgers and a cola, 20.80."""
    lines = more.pop("lines", None) or [
        line("l1", "Cheeseburger", 890, 2, item_id="burger", variation_id="burger-1"),
        line("l2", "Cola", 300, item_id="cola", variation_id="cola-1"),
    ]
    total = sum(one["total_minor"] for one in lines)
    card = {"payment_id": "p1", "tender": "card", "amount_minor": paid, "card": "VISA ···· 4242"}
    voided = status == "voided"
    return {
        "order_id": f"order-{number}", "number": number, "status": status, "dining": "here",
        "business_day": "2026-03-02", "placed_at": at(minutes), "currency": "EUR", "lines": lines,
        "subtotal_minor": total, "tax_minor": 332, "total_minor": total, "paid_minor": paid,
        "due_minor": 0 if voided else max(0, total - paid), "overpaid_minor": paid if voided else max(0, paid - total),
        "taken_by": {"device_id": "d1", "label": "Kiosk 1"}, "channel": "kiosk",
        "taxes": [{"tax_id": "vat", "name": "VAT", "percentage": "19", "inclusive": True, "amount_minor": 332}],
        "tenders": [card] if paid else [],
        "history": [{"at": at(minutes), "what": "placed", "by": "Kiosk 1", "amount_minor": total}],
        **more,
    }  # fmt: skip


def ticket(number: str, *, seconds: float = 5, **more: Any) -> dict[str, Any]:
    lines = more.pop("lines", None) or [
        ticket_line("l1", "Cheeseburger", 2, details=["+ Extra cheese", "no Onion"], station="grill"),
        ticket_line("l2", "Fries", station="fryer"),
    ]
    return {
        "order_id": f"order-{number}", "number": number, "dining": "here",
        "released_ms": int((time.time() - seconds) * 1000), "lines": lines, "customer_name": "", "channel": "kiosk",
        "taken_by": "Kiosk 1", "done_ms": None, "voided": False, "removed": [], "recalled": False, **more,
    }  # fmt: skip


def ticket_line(line_id: str, name: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "line_id": line_id, "name": name, "quantity": quantity, "details": [], "note": "", "station": "",
        "bumped": False, "changed": False, "warning": "", **more,
    }  # fmt: skip
