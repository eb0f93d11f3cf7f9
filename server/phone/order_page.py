"""One order as its guest sees it: what to do now, how far it is, and the receipt. Nothing of anybody else."""

from __future__ import annotations

from server.phone.basket import details_of
from server.phone.frame import icon, language_menu, own
from server.phone.html import Markup, el, join
from server.phone.words import Words, local
from server.services.carte import Carte
from server.services.menu.events import Menu
from server.services.orders.events import Order, Tender
from server.wait import Range

STEPS = ("received", "paid", "in_preparation", "ready", "collected")
_REACHED = {"placed": 0, "accepted": 1, "in_preparation": 2, "ready": 3, "collected": 4}


def step_of(order: Order) -> int:
    """How far the order is, as an index of `STEPS`."""
    reached = _REACHED.get(order.status, 0)
    paid = order.total_minor <= order.paid_minor
    return max(reached, 1) if paid else reached


def state_of(order: Order) -> str:
    """`pay`, `waiting`, `in_preparation`, `ready`, `collected` or `voided`: what the guest is told to do."""
    if order.status == "voided":
        return "voided"
    if order.status in ("in_preparation", "ready", "collected"):
        return order.status
    return "pay" if order.due_minor > 0 and not order.released else "waiting"


def content(order: Order, menu: Menu | None, words: Words, menu_link: str, wait: Range | None, shop: str) -> Markup:
    return join(
        el("header", el("div", el("h1", own(words, shop)), language_menu(words), class_="head-row"), class_="head"),
        el("div", id="bar", role="status", class_="line-bar", hidden=True),
        el("main", live(order, menu, words, wait), id="main", class_="order-page"),
        el(
            "p",
            el("a", words.say("order_again"), class_="button plain wide", data_again=True, hidden=True),
            el("a", words.say("back_to_menu"), href=menu_link, class_="button plain wide", data_back=True),
            class_="back",
        ),
        el("div", id="toast", class_="toast", role="status", aria_live="polite"),
    )


def live(order: Order, menu: Menu | None, words: Words, wait: Range | None = None) -> Markup:
    """What changes as the order goes on; sent anew whenever it does."""
    state = state_of(order)
    due = words.money(order.due_minor, order.currency)
    say = words.say(f"state.{state}", price=due)
    return el(
        "div",
        el(
            "section",
            el("p", words.say("your_number"), class_="soft"),
            el("p", order.number, class_="big-number", data_number=True),
            el("p", say, class_="say", role="status", aria_live="assertive", data_state=state),
            el("p", icon("clock"), el("span", in_words(wait, words)), class_="wait", data_wait=True) if wait else None,
            class_=f"ticket {state}",
        ),
        _steps(order, words) if state != "voided" else None,
        _receipt(order, menu, words),
        id="live",
        data_status=state,
    )


def in_words(wait: Range, words: Words) -> str:
    if wait.low == wait.high:
        return words.say("wait", n=wait.high)
    return words.say("wait_range", low=wait.low, high=wait.high)


def _steps(order: Order, words: Words) -> Markup:
    reached = step_of(order)
    steps = []
    for n, step in enumerate(STEPS):
        if step == "paid" and order.due_minor > 0 and reached > 0:
            continue  # the kitchen was told to go on without
        done = n <= reached
        steps.append(
            el(
                "li",
                el("span", icon("check") if done else None, class_="dot"),
                el("span", words.say(f"step.{step}")),
                class_="done" if done else None,
                aria_current="step" if n == reached else None,
            )
        )
    return el("ol", *steps, class_="steps", aria_label=words.say("progress"))


def _receipt(order: Order, menu: Menu | None, words: Words) -> Markup:
    carte = Carte(menu) if menu else Carte(Menu(order.currency, ""))
    currency = order.currency
    rows = []
    for line in order.lines:
        item = carte.items.get(line.item_id)
        name = words.named(item) if item else line.name
        variation = carte.variation(item, line.variation_id) if item else None
        if line.variation_name:
            name = words.listed((name, words.named(variation) if variation else line.variation_name), " · ")
        details = words.listed([*details_of(line, carte, words), *([f"→ {line.guest}"] if line.guest else [])])
        rows.append(
            el(
                "li",
                el("span", f"{line.quantity} ×", class_="number soft"),
                el(
                    "span",
                    el("strong", own(words, name)),
                    el("span", own(words, details), class_="description") if details else None,
                ),
                el("span", words.money(line.total_minor, currency), class_="number"),
            )
        )
    sums = [_sum(words.say("total"), words.money(order.total_minor, currency), "total")]
    for tax in order.taxes:
        text = words.tax(tax.name, tax.percentage, tax.inclusive)
        sums.append(_sum(text, words.money(tax.amount_minor, currency), "soft small"))
    for tender in order.tenders:
        label = words.say(f"tender.{tender.tender}") if words.knows(f"tender.{tender.tender}") else tender.tender
        sums.append(_sum(label, words.money(tender.amount_minor - tender.refunded_minor, currency), "soft"))
        sums += [_sum(words.say(key), words.money(minor, currency), "soft small") for key, minor in beside(tender)]
    shop = own(words, words.named(menu)) if menu and menu.name else None
    return el(
        "section",
        el("h2", words.say("what_you_ordered")),
        el(
            "p",
            *[join(shop, " · ") if shop else None, f"{order.number} · ", el("time", local(order.placed_at), dir="ltr")],
            class_="soft small",
            data_when=True,
        ),
        el("ul", *rows, class_="receipt"),
        el("dl", *[part for one in sums for part in one], class_="sums"),
        el(
            "p",
            " · ".join(t for t in (words.say(order.dining), place_of(order, words), order.customer_name) if t),
            class_="soft small",
        ),
        class_="card",
    )


def place_of(order: Order, words: Words) -> str:
    """Where it is brought: `Table 12`, `Terrace`, `Number 7`; empty when it is called out."""
    if order.stand:
        return words.say("stand", number=order.stand)
    return words.table(order.table)


def beside(tender: Tender) -> list[tuple[str, int]]:
    """What stands under a payment: keys of words, minor units; of a tip, of cash that was handed over and back."""
    cash = tender.change_minor and tender.tendered_minor
    found = (("tip_line", tender.tip_minor), ("cash_given", cash), ("cash_change", tender.change_minor))
    return [(key, minor) for key, minor in found if minor]


def _sum(label: str, amount: str, kind: str) -> tuple[Markup, Markup]:
    return el("dt", label, class_=kind), el("dd", amount, class_=f"{kind} number")
