"""A dish being put together: a form with one question a fieldset, which the script reads and adds up.

The script only counts; what may be chosen and what it costs is said here, and checked again when it is ordered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from server.filters import spelt
from server.phone import dishes
from server.phone.frame import icon, own, sheet_close
from server.phone.html import Markup, el
from server.phone.menu_page import picture, picture_of
from server.phone.words import Words
from server.services.carte import Carte
from server.services.menu.events import Combo, ComboSlot, Item, ModifierGroup
from server.services.orders.basket import MAX_QUANTITY
from server.services.orders.commands import LineRequest, ModifierChoice
from server.services.stock.events import Availability

AVAILABLE = dishes.AVAILABLE
MAX_PICTURES = 8
"""Of one dish, as at the kiosk."""
MANY = 20
"""The most of one modifier that the form's stepper goes to."""
LONG_WORD = 16
"""Letters from which on a word may find no room in a line of its own, and has to break."""


def whole(text: str) -> bool:
    """Whether all its words find room in a line."""
    return all(len(word) < LONG_WORD for word in text.split())


class Sheet:
    """`line`: what was chosen before; `saving`: it is a line of the basket that is changed."""

    def __init__(
        self,
        item: Item,
        carte: Carte,
        available: Mapping[str, Availability],
        words: Words,
        line: LineRequest | None,
        *,
        saving: bool = False,
    ) -> None:
        self.item, self.carte, self.available, self.words, self.line = item, carte, available, words, line
        self.saving = saving
        self.currency = carte.menu.currency
        self._id = 0
        sizes = item.variations
        self._free = len(sizes) == 1 and not sizes[0].price_minor  # then a choice is what it costs

    def html(self) -> Markup:
        item, words = self.item, self.words
        state, why = dishes.state_of(item, self.available, self.carte, words)
        must, may = self._questions()
        facts = []
        if item.kilocalories:
            facts.append(self._as_it_comes(words.energy(item.kilocalories)))
        if item.allergens:
            names = words.joined(dishes.allergen(a, words) for a in dict.fromkeys(map(spelt, item.allergens)))
            facts.append(self._as_it_comes(words.say("contains", names=names)))
        else:
            facts.append(words.say("allergens_unknown"))
        quantity = self.line.quantity if self.line else 1
        description = words.named(item, "description")
        return el(
            "form",
            sheet_close(words, words.named(item)),
            self._pictures(),
            el("h2", own(words, words.named(item)), id="sheet-title", tabindex="-1"),
            el("p", own(words, description), class_="soft") if description else None,
            dishes.badges(item.diets, words, "p"),
            el("p", *[el("span", f) for f in facts], class_="facts") if facts else None,
            el("p", why, class_=f"why {state}", role="status") if why else None,
            *must,
            *may,
            el(
                "div",
                self._stepper(quantity, "quantity", words.say("how_many")),
                el(
                    "button",
                    el("span", words.say("save") if self.saving else words.say("add"), class_="grow"),
                    el("span", "", class_="number", data_price=True),
                    class_="button primary",
                    disabled=state == "out",
                    data_add=True,
                ),
                class_="sheet-foot",
            ),
            id="dish-form",
            novalidate=True,
            data_item=item.item_id,
            data_name=words.named(item),
            data_base=str((item.variations[0].price_minor or 0) if len(item.variations) == 1 else 0),
        )

    def _pictures(self) -> Markup | None:
        """The dish's own and further ones, each once; several side by side, which a finger or keys move."""
        found = (picture_of(self.carte, name) for name in (self.item.image, *self.item.more_images))
        names = list(dict.fromkeys(name for name in found if name))[:MAX_PICTURES]
        stands, words = self.words.named(self.item), self.words
        if len(names) < 2:
            return el("div", picture(names[0], stands, lazy=False, size=240), class_="sheet-picture") if names else None
        plates = [
            picture(name, stands, lazy=n > 2, size=240, says=words.say("picture_of", n=n, all=len(names)))
            for n, name in enumerate(names, 1)
        ]
        return el("div", *plates, class_="sheet-picture several", role="group", aria_label=stands, tabindex="0")

    def _as_it_comes(self, text: str) -> str:
        """What is stated of a combo may be another thing for what is chosen."""
        combo = any(combo.item_id == self.item.item_id for combo in self.carte.menu.combos)
        return self.words.say("as_it_comes", text=text) if combo else text

    def _questions(self) -> tuple[list[Markup], list[Markup]]:
        """What must be answered comes first; the menu's order else."""
        must: list[Markup] = []
        may: list[Markup] = []
        if len(self.item.variations) > 1:
            must.append(self._variations())
        combo = self.carte.combos.get(self.item.item_id)
        if combo is not None:
            for slot in combo.slots:
                (must if slot.min > 0 else may).append(self._slot(combo, slot))
        chosen = self.line.modifiers if self.line else None
        for group in self.carte.groups_of(self.item):
            limits = self.carte.limits(self.item, group)
            (must if limits.min > 0 else may).append(self._group(self.item, group, chosen, ""))
        removable = self._removable()
        if removable is not None:
            may.append(removable)
        return must, may

    def _variations(self) -> Markup:
        chosen = self.line.variation_id if self.line and self.line.variation_id else None
        sold = [v for v in self.item.variations if v.price_minor is not None]
        pictured = any(picture_of(self.carte, v.image) for v in sold)
        options = [
            self._option(
                "radio", "variation", v.variation_id, self.words.named(v) or self.words.named(self.item),
                checked=v.variation_id == chosen if chosen else n == 0,
                price=v.price_minor or 0, shown=self.words.money(v.price_minor or 0, self.currency),
                image=v.image, pictured=pictured,
            )
            for n, v in enumerate(sold)
        ]  # fmt: skip
        return self._fieldset(self.words.say("ask_variation"), 1, 1, options, kind="variation")

    def _group(self, item: Item, group: ModifierGroup, chosen: list[ModifierChoice] | None, slot: str) -> Markup:
        limits = self.carte.limits(item, group)
        out = set(self.available.get(item.item_id, AVAILABLE).out_modifiers)
        counts = {c.modifier_id: c.quantity for c in chosen} if chosen is not None else {}
        radio = limits.max == 1 and limits.min == 1
        self._id += 1
        name = f"g{self._id}"
        own_price = self._free and limits.min > 0 and not slot
        pictured = any(picture_of(self.carte, m.image) for m in group.modifiers)
        options = []
        for m in group.modifiers:
            gone = m.modifier_id in out
            count = counts.get(m.modifier_id, 0) if chosen is not None else int(m.preselected)
            options.append(
                self._option(
                    "radio" if radio else "checkbox", name, m.modifier_id, self.words.named(m),
                    checked=count > 0 and not gone, price=m.price_minor,
                    shown=self._costs(m.price_minor, own_price), out=gone, count=max(1, count),
                    many=not radio and (limits.max is None or limits.max > 1), image=m.image, pictured=pictured,
                )
            )  # fmt: skip
        title = self.words.named(group) or self.words.say("ask_group")
        return self._fieldset(title, limits.min, limits.max, options, kind="group", slot=slot)

    def _costs(self, minor: int, own: bool) -> str:
        """`own`: it is the dish's own price, and no extra."""
        return self.words.money(minor, self.currency) if own and minor else self.words.extra(minor, self.currency)

    def _slot(self, combo: Combo, slot: ComboSlot) -> Markup:
        out = set(self.available.get(combo.item_id, AVAILABLE).out_options)
        here = [c for c in self.line.choices if c.slot_id == slot.slot_id] if self.line else []
        before, times = {c.item_id: c for c in here}, Counter(c.item_id for c in here)
        offered = [o for o in slot.options if dishes.sold(self.carte.items.get(o.item_id))]
        can = [o for o in offered if o.item_id not in out and self._state(o.item_id) != "out"]
        only = can[0].item_id if len(can) == 1 and slot.min >= 1 else ""
        radio = slot.max == 1 and slot.min == 1
        self._id += 1
        name = f"s{self._id}"
        pictured = any(picture_of(self.carte, self.carte.items[o.item_id].image) for o in offered)
        options = []
        inside = []
        for option in offered:
            item = self.carte.items[option.item_id]
            checked = option.item_id in before or (not before and option.item_id == only)
            count = times[option.item_id] or (slot.min if checked else 1)
            options.append(
                self._option(
                    "radio" if radio else "checkbox", name, item.item_id, self.words.named(item), checked=checked,
                    price=option.price_minor, shown=self._costs(option.price_minor, self._free and slot.min > 0),
                    out=option not in can, image=item.image, pictured=pictured,
                    variation=option.variation_id or "", many=slot.max > 1, count=count,
                )
            )  # fmt: skip
            choice = before.get(item.item_id)
            groups = [
                self._group(item, group, choice.modifiers if choice else None, slot.slot_id)
                for group in self.carte.groups_of(item)
            ]
            if groups:
                heading = el("h3", self.words.named(item))
                inside.append(
                    el("div", heading, *groups, class_="inside", data_inside=item.item_id, hidden=not checked)
                )
        title = self.words.named(slot) or self.words.say("ask_slot")
        field = self._fieldset(title, slot.min, slot.max, options, kind="slot", slot=slot.slot_id)
        return el("div", field, *inside, class_="slot")

    def _state(self, item_id: str) -> str:
        return self.available.get(item_id, AVAILABLE).state

    def _removable(self) -> Markup | None:
        item, words = self.item, self.words
        gone = set(self.available.get(item.item_id, AVAILABLE).without)
        left_out = set(self.line.without) if self.line else set()
        options = [
            self._option(
                "checkbox", "without", i, words.left_out(dishes.name_of(self.carte, i, words)),
                checked=i in left_out or i in gone, price=0, shown="", fixed=i in gone,
            )
            for i in item.ingredient_ids
            if (item.item_id, i) in self.carte.removable
        ]  # fmt: skip
        return self._fieldset(words.say("ask_without"), 0, None, options, kind="without") if options else None

    def _fieldset(
        self, title: str, least: int, most: int | None, options: list[Markup], *, kind: str, slot: str = ""
    ) -> Markup:
        words = self.words
        if least > 0:
            rule = words.say("please_choose", n=least)
        elif most is not None and most > 1:
            rule = words.say("up_to", n=most)
        else:
            rule = words.say("if_you_like")
        self._id += 1
        hint = f"hint{self._id}"
        return el(
            "fieldset",
            el(
                "legend",
                el("span", own(words, title)),
                el(
                    "span",
                    rule,
                    id=hint,
                    class_="rule must" if least else "rule",
                    data_open=rule if least else None,
                    data_done=words.say("chosen") if least else None,
                ),
            ),
            el("div", *options, class_="options"),
            el("p", class_="missing", role="alert"),
            aria_describedby=hint,
            data_kind=kind,
            data_slot=slot or None,
            data_min=str(least),
            data_max="" if most is None else str(most),
            data_missing=words.say("missing", title=title),
        )

    def _option(
        self, kind: str, name: str, value: str, text: str, *, checked: bool, price: int, shown: str, out: bool = False,
        fixed: bool = False, many: bool = False, count: int = 1, image: str | None = None, pictured: bool = False,
        variation: str = "",
    ) -> Markup:  # fmt: skip
        box = el(
            "input", type=kind, name=name, value=value, checked=checked, disabled=out or fixed, data_price=str(price),
            data_count=str(count), data_variation=variation or None, data_fixed=fixed,
        )  # fmt: skip
        label = el(
            "label",
            box,
            picture(picture_of(self.carte, image), text, size=56) if pictured else None,
            el("span", own(self.words, text), class_="grow whole" if whole(text) else "grow"),
            el("span", self.words.say("option_out") if out else shown, class_="number extra"),
            class_="option",
        )
        if not many:
            return label
        return el("div", label, self._stepper(count, "count", text, hidden=not checked), class_="with-count")

    def _stepper(self, value: int, kind: str, about: str, hidden: bool = False) -> Markup:
        words = self.words
        return el(
            "div",
            el("button", icon("minus"), type="button", class_="step", data_step="-1", aria_label=words.say("one_less")),
            el("output", str(value), class_="number", aria_live="polite"),
            el("button", icon("plus"), type="button", class_="step", data_step="1", aria_label=words.say("one_more")),
            class_="stepper",
            role="group",
            aria_label=about,
            data_stepper=kind,
            data_most=str(MANY if kind == "count" else MAX_QUANTITY),
            hidden=hidden,
        )
