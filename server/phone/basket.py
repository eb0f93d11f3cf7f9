"""A basket as a phone sends it, priced from the menu: what each line costs now, what is wrong with it, and what has
changed since the guest looked. Pure. A phone never says what anything costs; `seen_minor` only tells what it has
shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from server.event import Refused
from server.phone import dishes
from server.phone.frame import basket_head, button, icon, own
from server.phone.html import Markup, el, join
from server.phone.menu_page import picture, picture_of
from server.phone.words import Words
from server.phrase import bracketed, colon
from server.services.carte import Carte
from server.services.command import Body, decode
from server.services.orders.basket import MAX_QUANTITY, build_line, quantities
from server.services.orders.commands import LineRequest, ModifierChoice, SlotChoice
from server.services.orders.events import Dining, Line, LineComponent, counted
from server.services.orders.pricing import price
from server.services.stock.events import Availability

MAX_LINES = 60
"""Of an order from a phone: more different dishes than a table of guests orders. The shop's own limit is higher; who
sends more is told to order at the counter."""


class PhoneLine(Body, frozen=True):
    """One line. `seen_minor`: what one of it cost when the guest last saw it."""

    item_id: str
    quantity: int
    variation_id: str | None = None
    modifiers: list[ModifierChoice] = []
    without: list[str] = []
    choices: list[SlotChoice] = []
    seen_minor: int | None = None

    @property
    def wish(self) -> LineRequest:
        return LineRequest(
            item_id=self.item_id,
            quantity=self.quantity,
            variation_id=self.variation_id,
            modifiers=self.modifiers,
            without=self.without,
            choices=self.choices,
        )


class PhoneBasket(Body, frozen=True):
    """`order_id`: under which it will be ordered."""

    lines: list[PhoneLine]
    dining: Dining = "here"
    name: str = ""
    order_id: str = ""


class PricedLine(NamedTuple):
    """`line` is None when it can't be had as it is: `problem` says why, `mend` what may be done (`change`, `fewer`,
    `remove`), `most` how many there are for `fewer`. `change` says what is different from what was seen."""

    sent: PhoneLine
    line: Line | None
    name: str
    problem: str = ""
    mend: str = ""
    most: int = MAX_QUANTITY
    change: str = ""

    @property
    def unit_minor(self) -> int:
        return self.line.total_minor // self.line.quantity if self.line else 0


class Priced(NamedTuple):
    lines: list[PricedLine]
    total_minor: int
    added_tax_minor: int

    @property
    def orderable(self) -> bool:
        return bool(self.lines) and all(one.line is not None for one in self.lines)


def check_size(lines: Sequence[object], words: Words) -> None:
    """Raises `Refused("too_many_lines")`, in the guest's words."""
    if len(lines) > MAX_LINES:
        raise Refused("too_many_lines", words.say("too_many_lines", most=MAX_LINES, n=len(lines)))


def priced(lines: Sequence[PhoneLine], carte: Carte, available: Mapping[str, Availability], words: Words) -> Priced:
    """Each line by itself, so that one that has run out does not hide what the others cost."""
    taken: Counter[str] = Counter()
    found = []
    for n, sent in enumerate(lines, 1):
        one = _priced(sent, str(n), carte, available, words)
        if one.line is not None:
            one = _within_stock(one, taken, carte, available, words)
        if one.line is not None:
            taken += quantities([one.line])
        found.append(one)
    built = [one.line for one in found if one.line is not None]
    total = price(built, dict(carte.taxes))
    return Priced(found, total.total_minor, total.total_minor - total.subtotal_minor)


def _priced(
    sent: PhoneLine, line_id: str, carte: Carte, available: Mapping[str, Availability], words: Words
) -> PricedLine:
    item = carte.items.get(sent.item_id)
    if item is None or not dishes.sold(item):
        return PricedLine(sent, None, words.say("a_dish"), words.say("off_menu"), "remove")
    name = words.named(item)
    try:
        line = build_line(sent.wish, carte, available, line_id)
    except Refused as refused:
        return PricedLine(sent, None, name, *_trouble(refused, sent, carte, available, words))
    one = PricedLine(sent, line, name)
    if sent.seen_minor is not None and sent.seen_minor != one.unit_minor:
        currency = carte.menu.currency
        before, now = words.money(sent.seen_minor, currency), words.money(one.unit_minor, currency)
        return one._replace(change=words.say("price_changed", before=before, now=now))
    return one


def _trouble(
    refused: Refused, sent: PhoneLine, carte: Carte, available: Mapping[str, Availability], words: Words
) -> tuple[str, str]:
    """Why a line can't be had, and what may be done about it."""
    item = carte.items[sent.item_id]
    here = available.get(sent.item_id, dishes.AVAILABLE)
    if here.state == "out":
        return dishes.state_of(item, available, carte, words)[1], "remove"
    chosen = [m.modifier_id for m in sent.modifiers] + [m.modifier_id for c in sent.choices for m in c.modifiers]
    out = {o for i in (sent.item_id, *(c.item_id for c in sent.choices))
           for o in available.get(i, dishes.AVAILABLE).out_modifiers}  # fmt: skip
    gone = [m for m in chosen if m in out]
    gone += [c.item_id for c in sent.choices if available.get(c.item_id, dishes.AVAILABLE).state == "out"]
    if gone:
        return words.say("ran_out", names=dishes.names_of(carte, gone, words)), "change"
    if refused.code == "bad_quantity":
        return words.say("bad_quantity", most=MAX_QUANTITY), "fewer"
    return words.say("not_like_this"), "change"


def _within_stock(
    one: PricedLine, taken: Counter[str], carte: Carte, available: Mapping[str, Availability], words: Words
) -> PricedLine:
    """Of two lines that want the last portion, the later one has the trouble."""
    assert one.line is not None
    most = MAX_QUANTITY
    for item_id, per_line in quantities([one.line]).items():
        left = available.get(item_id, dishes.AVAILABLE).left
        if left is not None:
            each = per_line // one.line.quantity
            most = min(most, max(0, left - taken[item_id]) // each)
    if one.line.quantity <= most:
        return one._replace(most=most)
    if most > 0:
        return one._replace(line=None, problem=words.say("left", n=most), mend="fewer", most=most)
    return one._replace(line=None, problem=words.say("none_left"), mend="remove", most=0)


# -- what is shown ----------------------------------------------------------------------------------------------------


def html(basket: PhoneBasket, found: Priced, carte: Carte, words: Words, table: str) -> Markup:
    """The basket's dialog. `table`: where the guest sits, "" when that is not known."""
    currency = carte.menu.currency
    head = basket_head(words, words.say("basket"))
    if not found.lines:
        empty = (
            el("p", words.say("basket_empty"), class_="empty"),
            el("p", words.say("basket_empty_text"), class_="soft"),
        )
        return join(head, el("div", *empty, class_="nothing"))
    rows = [_row(n, one, carte, words) for n, one in enumerate(found.lines)]
    changes = sum(1 for one in found.lines if one.change)
    said = words.say("basket_trouble") if not found.orderable else words.say("basket_changed") if changes else ""
    tax = words.money(found.added_tax_minor, currency) if found.added_tax_minor else ""
    total = words.money(found.total_minor, currency)
    free = found.orderable and found.total_minor == 0  # then nobody has to pay anywhere
    return join(
        head,
        el("p", said, class_="say" if not found.orderable else "say calm", role="alert") if said else None,
        el("ul", *rows, class_="lines"),
        _asked(basket, words, table),
        el("p", words.say("tax_added", price=tax), class_="soft small") if tax else None,
        el("p", class_="missing", id="order-problem", role="alert"),
        el(
            "div",
            el(
                "button",
                el("span", words.say("order_now"), class_="grow"),
                el("span", total, class_="number"),
                type="button",
                class_="button primary wide",
                id="order",
                disabled=not found.orderable,
                data_sending=words.say("sending"),
            ),
            None if free else el("p", words.say("pay_at_counter"), class_="soft small center"),
            None
            if free
            else button(words.say("hand_over"), kind="small", data_park=True, disabled=not found.orderable),
            class_="sheet-foot column",
        ),
    )


def parked_html(code: str, words: Words) -> Markup:
    """The number under which a kiosk takes the basket up."""
    shown = f"{code[:3]} {code[3:]}"
    return join(
        basket_head(words, words.say("hand_over")),
        el(
            "div",
            el("p", words.say("hand_over_text"), class_="soft"),
            el("p", shown, class_="big-number code", data_code=code),
            button(words.say("at_kiosk"), kind="primary wide", data_moved=True),
            button(words.say("keep_here"), kind="plain wide", data_keep=True),
            class_="nothing parked",
        ),
    )


def _place(dining: Dining, value: Dining, words: Words, *, kind: str, class_: str) -> Markup:
    box = el("input", type=kind, name="dining", value=value, checked=dining == value)
    return el("label", box, el("span", words.say(value)), class_=class_)


def _asked(basket: PhoneBasket, words: Words, table: str) -> Markup:
    """Who sits at a table eats there, and may say otherwise without being asked."""
    if table:
        said = el("span", words.say("at_table", table=words.table(table)), class_="grow")
        takeaway = _place(basket.dining, "takeaway", words, kind="checkbox", class_="chip")
        where = el("div", said, takeaway, class_="at-table")
    else:
        places: tuple[Dining, Dining] = ("here", "takeaway")
        segments = [_place(basket.dining, one, words, kind="radio", class_="segment") for one in places]
        where = el("fieldset", el("legend", words.say("where"), class_="heard"), *segments, class_="segments")
    return el(
        "div",
        where,
        el("label", words.say("your_name"), for_="guest-name", class_="field-label"),
        el(
            "input",
            id="guest-name",
            name="name",
            value=basket.name,
            maxlength="40",
            autocomplete="given-name",
            enterkeyhint="done",
        ),
        class_="asked",
    )


def _row(n: int, one: PricedLine, carte: Carte, words: Words) -> Markup:
    currency = carte.menu.currency
    item = carte.items.get(one.sent.item_id)
    line = one.line
    details = details_of(line, carte, words) if line else []
    title = one.name
    if line is not None and line.variation_name and item is not None:
        variation = carte.variation(item, line.variation_id)
        title = words.listed((one.name, words.named(variation) if variation else line.variation_name), " · ")
    about = {"aria_describedby": f"line-{n}"}  # whose button it is, for who hears them one by one
    mend = None
    if one.mend == "fewer":
        mend = button(words.say("offer.fewer", n=one.most), kind="small", data_fewer=str(one.most), **about)
    quantity = one.sent.quantity
    least_symbol = icon("trash") if quantity <= 1 else icon("minus")
    stepper = el(
        "div",
        el("button", least_symbol, type="button", class_="step", data_less=True,
           aria_label=words.say("remove") if quantity <= 1 else words.say("one_less")),
        el("output", str(quantity), class_="number"),
        el("button", icon("plus"), type="button", class_="step", data_more=True, aria_label=words.say("one_more"),
           disabled=quantity >= one.most),
        class_="stepper",
        role="group",
        aria_label=title,
    )  # fmt: skip
    return el(
        "li",
        picture(picture_of(carte, item.image) if item else None, one.name, size=64),
        el(
            "div",
            el(
                "div",
                el("strong", own(words, title), class_="name", id=f"line-{n}"),
                el("span", words.money(line.total_minor, currency) if line else "", class_="price number"),
                class_="line-head",
            ),
            el("span", own(words, words.listed(details)), class_="description") if details else None,
            el("span", one.problem, class_="why out") if one.problem else None,
            el("span", one.change, class_="why few") if one.change else None,
            class_="words",
        ),
        el(
            "div",
            stepper,
            button(words.say("change"), kind="small", data_edit=True, **about) if item is not None else None,
            button(words.say("remove"), kind="small", data_remove=True, **about) if one.problem else None,
            mend,
            class_="line-foot",
        ),
        class_="line trouble" if one.problem else "line",
        data_line=str(n),
    )


def details_of(line: Line, carte: Carte, words: Words) -> list[str]:
    """What was chosen, one text each, in the guest's language as far as the menu still knows it."""

    def name(subject_id: str, otherwise: str) -> str:
        return dishes.name_of(carte, subject_id, words) or otherwise

    def chosen(of: Line | LineComponent) -> list[str]:
        item = carte.items.get(of.item_id)
        askers = carte.askers(item) if item else {}
        found = []
        for m in of.modifiers:
            said = name(m.modifier_id, m.name) + (f" ×{m.quantity}" if m.quantity > 1 else "")
            asker = askers.get(m.modifier_id)
            found.append(words.listed((words.named(asker), said), colon(words.language)) if asker else said)
        return found

    def left_out(of: Line | LineComponent) -> list[str]:
        pairs = zip(of.without, of.without_names, strict=False)
        return [words.left_out(name(i, n)) for i, n in pairs]

    found = chosen(line)
    for part, times in counted(line.components):
        item = carte.items.get(part.item_id)
        variation = carte.variation(item, part.variation_id) if item and part.variation_name else None
        size = words.named(variation) if variation else part.variation_name
        inside = [*([size] if size else []), *chosen(part), *left_out(part)]
        title = name(part.item_id, part.name) + (f" ×{times}" if times > 1 else "")
        apart, told = bracketed(words.joined(inside), words.language)
        found.append(words.listed((title, told), apart) if inside else title)
    return found + left_out(line)


def told(found: Priced, carte: Carte, words: Words) -> dict[str, object]:
    """What the script must know of it."""
    return {
        "units": [one.unit_minor if one.line else None for one in found.lines],
        "most": [one.most for one in found.lines],
        "count": sum(one.sent.quantity for one in found.lines),
        "total_minor": found.total_minor,
        "total": words.money(found.total_minor, carte.menu.currency),
        "orderable": found.orderable,
        "changed": any(one.change or one.problem for one in found.lines),
    }


def decoded(raw: bytes, words: Words) -> PhoneBasket:
    """A basket from a phone. Raises `Refused` by the name of what is wrong."""
    basket = decode(raw, PhoneBasket)
    check_size(basket.lines, words)
    return basket
