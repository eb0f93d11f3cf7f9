"""Stock: `decide`, pure. What staff say is always recorded, even when it changes nothing here: another terminal, apart
from us, may know something else, and the later word must win there too."""

from __future__ import annotations

from typing import Any

from server.event import Draft, Refused
from server.services.carte import Carte
from server.services.stock import events
from server.services.stock.commands import Back, Count, Out
from server.services.stock.events import CameBack, Counted, Kind, WentOut, stock_key

MAX_LEFT = 9999
"""A counted stock; more than that nobody counts."""

Decided = tuple[list[Draft], dict[str, Any]]


def _subject(command: Out | Back, carte: Carte) -> tuple[Kind, str]:
    given: list[tuple[Kind, str | None]] = [
        ("item", command.item_id),
        ("ingredient", command.ingredient_id),
        ("modifier", command.modifier_id),
    ]
    named = [(kind, subject) for kind, subject in given if subject is not None]
    if len(named) != 1:
        raise Refused("one_subject", "Say what it is by exactly one of item_id, ingredient_id and modifier_id.")
    kind, subject = named[0]
    known: dict[Kind, Any] = {"item": carte.items, "ingredient": carte.ingredients, "modifier": carte.modifiers}
    if subject not in known[kind]:
        raise Refused(f"unknown_{kind}", f"There is no {kind} “{subject[:80]}” on the menu. Choose one that is.")
    return kind, subject


def out(command: Out, carte: Carte, label: str) -> Decided:
    kind, subject = _subject(command, carte)
    key = stock_key(kind, subject)
    return [Draft(events.OUT, key, WentOut(kind, subject, label))], {"subject": key, "name": carte.name_of(subject)}


def back(command: Back, carte: Carte, label: str) -> Decided:
    kind, subject = _subject(command, carte)
    key = stock_key(kind, subject)
    return [Draft(events.BACK, key, CameBack(kind, subject, label))], {"subject": key, "name": carte.name_of(subject)}


def count(command: Count, carte: Carte, label: str) -> Decided:
    if command.item_id not in carte.items:
        raise Refused("unknown_item", f"There is no item “{command.item_id[:80]}” on the menu. Choose one that is.")
    if not 0 <= command.left <= MAX_LEFT:
        raise Refused("bad_quantity", f"“left” must be from 0 to {MAX_LEFT}.")
    key = stock_key("item", command.item_id)
    return [Draft(events.COUNTED, key, Counted(command.item_id, command.left, label))], {
        "subject": key,
        "name": carte.name_of(command.item_id),
        "left": command.left,
    }
