"""The menu as a guest's phone sees it: what of it is sold here, and each dish's state in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.filters import spelt
from server.phone.html import Markup, el
from server.phone.words import Words
from server.phrase import inside
from server.services.carte import Carte
from server.services.menu.events import Category, ComboSlot, Item
from server.services.stock.events import Availability

AVAILABLE = Availability("available")
FEW = 9
"""Portions left from which on the guest is told."""

MARKS = ("vegan", "vegetarian", "spicy")


def sold(item: Item | None) -> bool:
    """A dish whose price is asked for at the counter can't be ordered by phone."""
    return item is not None and bool(item.name.strip()) and any(v.price_minor is not None for v in item.variations)


def sections(carte: Carte) -> list[tuple[Category, list[Item]]]:
    """The categories with the dishes that a phone can order; without categories all of them under the menu's name."""
    found = []
    for category in carte.menu.categories:
        items = [carte.items[i] for i in dict.fromkeys(category.item_ids) if sold(carte.items.get(i))]
        if items:
            found.append((category, items))
    if not found:
        items = [item for item in carte.menu.items if sold(item)]
        return [(Category("all", carte.menu.name, []), items)] if items else []
    return found


def price_text(item: Item, carte: Carte, words: Words) -> str:
    """What a dish costs, or "from" what."""
    amount, varies = least(item, carte)
    text = words.money(amount, carte.menu.currency)
    return words.say("from", price=text) if varies else text


def least(item: Item, carte: Carte) -> tuple[int, bool]:
    """The least that a dish that is sold can be had for, with the cheapest answer to all that must be chosen, and
    whether it can cost more."""
    prices = {v.price_minor for v in item.variations if v.price_minor is not None}
    parts = [answers(item, carte)]
    if item.item_id in carte.combos:
        parts += [slot_answers(slot, carte) for slot in carte.combos[item.item_id].slots]
    return min(prices) + sum(amount for amount, _ in parts), len(prices) > 1 or any(varies for _, varies in parts)


def allergen(word: str, words: Words) -> str:
    """A menu may name more than the law's fourteen; such a word is shown as it is."""
    key = f"allergen.{spelt(word)}"
    return words.say(key) if words.knows(key) else word


def answers(item: Item, carte: Carte) -> tuple[int, bool]:
    """What the modifiers that must be chosen cost at least, and whether they can cost more."""
    total, varies = 0, False
    for group in carte.groups_of(item):
        least, prices = carte.limits(item, group).min, sorted(m.price_minor for m in group.modifiers)
        if least > 0 and prices:
            added = least * prices[0]  # one answer may be given several times
            total += added
            varies = varies or (added > 0 and prices[0] < prices[-1])  # where an answer is free the others are extras
    return total, varies


def slot_answers(slot: ComboSlot, carte: Carte) -> tuple[int, bool]:
    """As `answers`, for one slot of a combo: what its dishes cost alone does not count."""
    options = [(o, carte.items[o.item_id]) for o in slot.options if o.item_id in carte.items]
    if slot.min < 1 or not options:
        return 0, False
    found = [(o.price_minor, *answers(item, carte)) for o, item in options]
    sums = sorted(more + asked for more, asked, _ in found)
    added = sums[0] * slot.min  # one dish may be had several times
    return added, added > 0 and (sums[0] < sums[-1] or any(varies for _, _, varies in found))


def marks(diets: Iterable[str]) -> list[str]:
    """What a diet's word is shown for; vegan says vegetarian too."""
    found = [m for m in MARKS if m in set(diets)]
    return [m for m in found if not (m == "vegetarian" and "vegan" in found)]


def badges(diets: Iterable[str], words: Words, tag: str = "span") -> Markup | None:
    shown = [el("span", words.say(f"mark.{m}"), class_=f"mark {m}") for m in marks(diets)]
    return el(tag, *shown, class_="marks") if shown else None


def name_of(carte: Carte, subject_id: str, words: Words) -> str:
    for known in (carte.items, carte.ingredients, carte.modifiers):
        thing = known.get(subject_id)
        if thing is not None:
            return words.named(thing)
    return ""


def names_of(carte: Carte, ids: Iterable[str], words: Words) -> str:
    return words.joined(name for i in ids if (name := name_of(carte, i, words)))


def state_of(item: Item, available: Mapping[str, Availability], carte: Carte, words: Words) -> tuple[str, str]:
    """`("out" | "without" | "few" | "", why in a few words)`."""
    here = available.get(item.item_id, AVAILABLE)
    if here.state == "out":
        because = [i for i in here.because if i in carte.ingredients or i in carte.modifiers]
        if because:
            return "out", words.say("out_of", names=names_of(carte, because, words))
        hours = [carte.dayparts[d] for d in item.daypart_ids if d in carte.dayparts]
        if hours and here.left != 0 and item.item_id not in here.because:
            return "out", words.say("served", start=hours[0].start, end=hours[0].end)
        return "out", words.say("sold_out")
    if here.state == "without":
        missing = words.joined(inside(name, words.language) for i in here.without if (name := name_of(carte, i, words)))
        return "without", words.say("without", names=missing)
    if here.left is not None and here.left <= FEW:
        return "few", words.say("left", n=here.left)
    return "", ""


def states(carte: Carte, available: Mapping[str, Availability], words: Words) -> dict[str, tuple[str, str]]:
    """Of all dishes, by id."""
    return {i: state_of(item, available, carte, words) for i, item in carte.items.items()}
