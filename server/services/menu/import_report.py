"""What an import took over, and one line for everything that it could not take as it stands."""

from __future__ import annotations

import msgspec

from server.services.menu.events import Menu


class ReportLine(msgspec.Struct, frozen=True):
    """`kind` is the source's word for the object (`ITEM`, `PRICING_RULE`); `reason` says what became of it."""

    object_id: str
    kind: str
    reason: str


class ImportReport(msgspec.Struct):
    """`counts` of what is in the menu now: items, variations, prices, categories, modifier_lists, …"""

    counts: dict[str, int] = {}
    lines: list[ReportLine] = []

    def note(self, kind: str, object_id: str, reason: str) -> None:
        line = ReportLine(object_id, kind, reason)
        if line not in self.lines[-50:]:
            self.lines.append(line)


class Imported(msgspec.Struct):
    menu: Menu
    report: ImportReport


def count(menu: Menu) -> dict[str, int]:
    """How much of each there is in a menu."""
    variations = [v for item in menu.items for v in item.variations]
    return {
        "items": len(menu.items),
        "variations": len(variations),
        "prices": sum(v.price_minor is not None for v in variations),
        "categories": len(menu.categories),
        "modifier_lists": len(menu.modifier_groups),
        "modifiers": sum(len(g.modifiers) for g in menu.modifier_groups),
        "taxes": len(menu.taxes),
        "discounts": len(menu.discounts),
        "images": sum(item.image is not None for item in menu.items),
    }
