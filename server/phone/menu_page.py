"""The menu: what a guest meets first. Readable before any script runs."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from server.blobs.digest import is_digest
from server.initial import initial
from server.phone import answers, dishes
from server.phone.filters import Filters
from server.phone.frame import basket_head, button, icon, language_menu, own
from server.phone.html import Markup, el, join
from server.phone.words import Words
from server.services.carte import Carte
from server.services.menu.events import Item
from server.services.stock.events import Availability

EAGER_PICTURES = 5
"""Pictures in sight on a phone when the page opens; the others come when they are scrolled to."""


def content(carte: Carte, available: Mapping[str, Availability], words: Words, table: str, shop: str) -> Markup:
    """The page's body: head, rail, dishes, basket bar, and the dialogs that the script fills."""
    parts = dishes.sections(carte)
    filters = Filters(carte, words)
    shown = 0
    sections = []
    for n, (category, items) in enumerate(parts):
        rows = []
        for item in items:
            rows.append(tile(item, carte, available, words, lazy=shown >= EAGER_PICTURES, passes=filters.passed(item)))
            shown += 1
        heading = el("h2", own(words, words.named(category)), id=f"h-{n}", tabindex="-1")
        sections.append(el("section", heading, el("ul", *rows, class_="dishes"), id=f"c-{n}", aria_labelledby=f"h-{n}"))
    links = [
        el("li", el("a", words.named(category), href=f"#c-{n}", data_rail=str(n)))
        for n, (category, _) in enumerate(parts)
    ]
    return join(
        el("a", words.say("to_dishes"), href="#main", class_="skip"),
        el(
            "header",
            el("div", el("h1", own(words, shop)), language_menu(words), class_="head-row"),
            el(
                "div",
                el(
                    "div",
                    el("label", icon("search"), el("span", words.say("search"), class_="heard"), for_="search"),
                    el(
                        "input",
                        type="search",
                        id="search",
                        placeholder=words.say("search"),
                        autocomplete="off",
                        enterkeyhint="search",
                    ),
                    class_="search",
                    role="search",
                ),
                filters.opener(),
                class_="head-row",
            ),
            class_="head",
        ),
        el("nav", el("ul", *links), class_="rail", aria_label=words.say("categories")),
        el("div", id="bar", role="status", class_="line-bar", hidden=True),
        el("div", id="orders", class_="orders", hidden=True),
        el(
            "p",
            el("span", "", id="filters-said", class_="grow", role="status"),
            button(words.say("filters_clear"), kind="small", data_clear=True),
            id="filters-on",
            class_="filters-on",
            hidden=True,
        ),
        el(
            "main",
            el("p", words.say("at_table", table=words.table(table)), class_="table") if table else None,
            *sections,
            el("p", words.say("nothing_found"), id="nothing", class_="soft empty", role="status", hidden=True),
            el("p", words.say("nothing_fits"), id="nothing-fits", class_="soft empty", role="status", hidden=True),
            el("p", words.say("all_prices"), class_="soft small foot"),
            id="main",
            tabindex="-1",
        ),
        el(
            "div",
            el(
                "button",
                icon("basket"),
                el("span", "", id="basket-count"),
                el("span", words.say("see_order"), class_="grow"),
                el("span", "", id="basket-total", class_="number"),
                type="button",
                id="open-basket",
                class_="button primary wide",
            ),
            id="basket-bar",
            class_="basket-bar",
            hidden=True,
        ),
        el("dialog", id="sheet", class_="sheet", aria_labelledby="sheet-title"),
        el(
            "dialog",
            basket_head(words, words.say("basket")),
            id="basket",
            class_="sheet",
            aria_labelledby="basket-title",
        ),
        filters.sheet(),
        el("div", id="toast", class_="toast", role="status", aria_live="polite"),
        el("noscript", el("p", words.say("no_script"), class_="line-bar")),
    )


def picture_of(carte: Carte, image: str | None) -> str | None:
    """What pages ask for a picture by; None where there is none to be had: a menu of another system names some that
    nobody here has."""
    name = carte.picture(image)
    return name if name and (is_digest(name) or answers.picture(name)) else None


def picture(name: str | None, stands: str, *, lazy: bool = True, size: int = 96, says: str = "") -> Markup:
    """`name`: as `picture_of` has it. Without one, and until it is here, its place has the initial of `stands`. `says`:
    what is heard of it; nothing, where its dish's name stands beside it."""
    letter = initial(stands)
    if not name:
        return el("span", el("span", letter, class_="stands"), class_="plate", aria_hidden="true")
    loading = "lazy" if lazy else None
    src = f"/phone/picture/{quote(name, safe='')}"
    image = el("img", src=src, alt="", width=size, height=size, loading=loading, decoding="async")
    heard = {"role": "img", "aria_label": says} if says else {"aria_hidden": "true"}
    return el("span", image, class_="plate pictured", data_stands=letter, **heard)


def tile(
    item: Item,
    carte: Carte,
    available: Mapping[str, Availability],
    words: Words,
    *,
    lazy: bool,
    passes: str | None,
) -> Markup:
    """`passes`: as `Filters.passed`."""
    state, why = dishes.state_of(item, available, carte, words)
    description = words.named(item, "description")
    return el(
        "li",
        el(
            "button",
            el(
                "span",
                el("strong", own(words, words.named(item)), class_="name"),
                el("bdi" if words.turns(description) else "span", description, class_="description")
                if description
                else None,
                dishes.badges(item.diets, words),
                el("span", why, class_="why"),
                el("span", dishes.price_text(item, carte, words), class_="price number"),
                class_="words",
            ),
            picture(picture_of(carte, item.image), words.named(item), lazy=lazy),
            type="button",
            class_="dish",
            data_dish=item.item_id,
            aria_disabled="true" if state == "out" else None,
        ),
        class_=f"tile {state}".strip(),
        data_item=item.item_id,
        data_name=item.name if item.name != words.named(item) else None,
        data_passes=passes,
    )


def plain(carte: Carte) -> bool:
    """Whether no dish has a picture: then their plates leave the room to the words."""
    return not any(picture_of(carte, item.image) for item in carte.items.values())


def no_menu(words: Words) -> tuple[str, str]:
    return words.say("no_menu"), words.say("no_menu_text")


def again(words: Words) -> Markup:
    return button(words.say("try_again"), kind="primary", data_action="reload")
