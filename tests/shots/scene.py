"""A shop in the middle of its day, made by commands alone."""

from __future__ import annotations

import random
from typing import Any

from tests.process.shop import Server

ORDERS = 9
NAMES = ("", "Mara", "", "Jonas", "Aylin", "", "Dr. Wolff-Hohenstein", "", "")


def line(menu: dict[str, Any], item: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A dish with the first answer to everything it asks, and now and then an extra."""
    groups = {g["modifier_group_id"]: g for g in menu["modifier_groups"]}
    combo = next((c for c in menu["combos"] if c["item_id"] == item["item_id"]), None)
    items = {i["item_id"]: i for i in menu["items"]}

    def modifiers(of: dict[str, Any]) -> list[dict[str, Any]]:
        chosen = []
        for group_id in of["modifier_group_ids"]:
            group = groups[group_id]
            if group["min"] > 0 or chance.random() < 0.25:
                chosen.append({"modifier_id": chance.choice(group["modifiers"])["modifier_id"]})
        return chosen

    made: dict[str, Any] = {
        "item_id": item["item_id"],
        "quantity": chance.choice((1, 1, 1, 2)),
        "modifiers": modifiers(item),
    }
    if len(item["variations"]) > 1:
        made["variation_id"] = chance.choice(item["variations"])["variation_id"]
    if combo:
        made["choices"] = [
            {
                "slot_id": slot["slot_id"],
                "item_id": slot["options"][0]["item_id"],
                "modifiers": modifiers(items[slot["options"][0]["item_id"]]),
            }
            for slot in combo["slots"]
            if slot["min"] > 0
        ]
    return made


def fill(server: Server) -> None:
    """Orders in every state, something out, something counted."""
    chance = random.Random(11)
    menu = server.get("/v1/menu")
    for n in range(ORDERS):
        items = chance.sample(menu["items"], k=chance.choice((1, 2, 3, 4)))
        placed = server.command(
            "orders.place",
            lines=[line(menu, item, chance) for item in items],
            dining=chance.choice(("here", "takeaway")),
            channel=("pos", "kiosk")[n % 2],
            customer_name=NAMES[n],
        )
        order_id = placed["result"]["order_id"]
        if n % 3 != 2:
            server.command("payments.capture", order_id=order_id, tender=("cash", "card")[n % 2])
        if n == 0:
            server.command("kitchen.bump", order_id=order_id)
            server.command("orders.collect", order_id=order_id)
        elif n == 1:
            server.command("kitchen.bump", order_id=order_id)
        elif n == 3:
            first = server.get(f"/v1/orders/{order_id}")["lines"][0]["line_id"]
            server.command("kitchen.bump", order_id=order_id, line_ids=[first])
        elif n == 4:
            server.command("orders.void", order_id=order_id, reason="Guest changed their mind")
    server.command("stock.out", ingredient_id="bacon")
    server.command("stock.count", item_id="cheesecake", left=4)
    server.command("stock.count", item_id="cheeseburger", left=3)
