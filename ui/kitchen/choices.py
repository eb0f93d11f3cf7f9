"""What was chosen for a dish, told apart: what it comes with anyway, what is added, what is left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ui.dish.menu import MenuIndex

Usual = Mapping[str, frozenset[str]]
"""A dish's name -> the names of the choices it comes with."""

LEFT_OUT = re.compile(
    r"^(no|without|keine?n?|ohne|sans|pas de|sin|bez)\s|^(بدون|بلا)\s|^[不无無免]|(なし|抜き|ぬき)$|\syok$",
    re.IGNORECASE,
)
"""Choices of a menu that say, in its own words, that something is to be left out: "No sauce"."""


TIMES = re.compile(r"^\d+ × ")
"""Before a combo's dish that is in it several times."""


def usual(menu: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """What each dish comes with. Of dishes with one name, what all of them come with: nothing wanted is made quiet."""
    index = MenuIndex(menu)
    found: dict[str, frozenset[str]] = {}
    for item in index.items.values():
        askers = index.askers(item)
        chosen = [m for g in index.groups_of(item) for m in g["modifiers"] if m.get("preselected")]
        asked = [(askers.get(m["modifier_id"]), m["name"]) for m in chosen]
        names = frozenset(f"{group['name']}: {name}" if group else name for group, name in asked)
        found[item["name"]] = found.get(item["name"], names) & names
    return found


def told(name: str, details: Iterable[str], comes_with: Usual) -> list[dict[str, str]]:
    """`[{"kind", "text"}]` of a ticket's line. Kinds: `part` (a combo's dish; its own choices follow), `usual`, `plus`,
    `minus` (a choice that leaves something out), `without` (`text` is what is left out)."""
    rows = []
    dish = name
    for detail in details:
        if detail.startswith("+ "):
            text = detail[2:]
            kind = (
                "usual"
                if text in of(dish, comes_with)
                else "minus"
                if LEFT_OUT.search(text.rpartition(": ")[2])
                else "plus"
            )
        elif detail.startswith("no "):
            kind, text = "without", detail[3:]
        else:
            kind, text, dish = "part", detail, TIMES.sub("", detail)
        rows.append({"kind": kind, "text": text})
    return rows


def of(dish: str, comes_with: Usual) -> frozenset[str]:
    """A ticket names a dish with its size: `Cola (Medium)`."""
    found = comes_with.get(dish)
    return comes_with.get(dish.rpartition(" (")[0], frozenset()) if found is None else found
