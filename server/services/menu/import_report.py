"""What an import took over and what it could not, for people and for programs."""

from __future__ import annotations

import msgspec

from server.services.menu.events import Menu


class ReportLine(msgspec.Struct, frozen=True):
    """One object of the file that the menu does not hold, or holds otherwise than the file has it, and why.

    `kind` is the source's word for it (`ITEM`, `PRICING_RULE`); `object_id` the source's id.
    """

    object_id: str
    kind: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.reason}"


class ImportReport(msgspec.Struct, frozen=True):
    """`counts`: what was taken over, by kind (`prices`: variations that have one). `lines`: one for each object that
    could not be, or not as it stands. `notes`: fields that a menu has no place for, one line each for all objects."""

    counts: dict[str, int] = {}
    lines: list[ReportLine] = []
    notes: list[str] = []

    def text(self) -> str:
        """The report as plain text: the counts, then a line for each object and each field left out."""
        counts = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in self.counts.items())
        parts = [f"Took over {counts}."]
        if self.lines:
            parts += ["", f"Not taken over as it stands ({len(self.lines)}):", *(f"  {line}" for line in self.lines)]
        if self.notes:
            parts += ["", "Fields that have no place here:", *(f"  {note}" for note in self.notes)]
        return "\n".join(parts)


class Imported(msgspec.Struct, frozen=True):
    """A menu from a file, whole and checked, with the report of how it came about."""

    menu: Menu
    report: ImportReport


class Ledger:
    """Gathers what a report says while an import goes on: one line an object, however many reasons it has."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[str, str], list[str]] = {}
        self._fields: dict[tuple[str, str], int] = {}

    def tell(self, kind: str, object_id: str, reason: str) -> None:
        reasons = self._reasons.setdefault((kind, object_id), [])
        if reason not in reasons:
            reasons.append(reason)

    def left_out(self, kind: str, field: str) -> None:
        """One more object of this kind has a field that nobody here reads."""
        self._fields[kind, field] = self._fields.get((kind, field), 0) + 1

    def told(self) -> set[str]:
        """The ids of the objects that have a line."""
        return {object_id for _, object_id in self._reasons}

    def report(self, menu: Menu) -> ImportReport:
        lines = [ReportLine(i, kind, "; ".join(reasons)) for (kind, i), reasons in self._reasons.items()]
        notes = [f"{kind}.{field}: on {n} object{'s' * (n > 1)}" for (kind, field), n in sorted(self._fields.items())]
        return ImportReport(count(menu), lines, notes)


def count(menu: Menu) -> dict[str, int]:
    """How much of each kind a menu holds, in the order people ask for it."""
    variations = [v for i in menu.items for v in i.variations]
    modifiers = [m for g in menu.modifier_groups for m in g.modifiers]
    images = {i.image_id for i in menu.images}
    images.update(name for i in menu.items for name in [i.image, *i.more_images] if name)
    images.update(name for name in [*(v.image for v in variations), *(m.image for m in modifiers)] if name)
    images.update(c.image for c in menu.categories if c.image)
    return {
        "items": len(menu.items),
        "variations": len(variations),
        "prices": sum(v.price_minor is not None for v in variations),
        "categories": len(menu.categories),
        "modifier_lists": len(menu.modifier_groups),
        "modifiers": len(modifiers),
        "taxes": len(menu.taxes),
        "discounts": len(menu.discounts),
        "images": len(images),
    }
