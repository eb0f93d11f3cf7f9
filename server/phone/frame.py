"""What every page has around its content, and the pages that say a few words."""

from __future__ import annotations

import msgspec

from server.phone.answers import version
from server.phone.html import Markup, el, join
from server.phone.words import NAMES, Words, languages

SCRIPTS = (
    "dialogs.js", "filters.js", "following.js", "line.js", "menu.js", "ordering.js", "search.js", "sheet.js",
    "store.js",
)  # fmt: skip
"""What a page's script is made of: asked for at once, not one after the other."""

FORMS = ("zero", "one", "two", "few", "many", "other")
"""Of a text that differs by number (CLDR plural categories)."""

MANIFEST = "/phone/manifest.webmanifest"


def page(words: Words, title: str, *content: Markup | None, kind: str = "", others: str = "", **data: str) -> bytes:
    """A whole document. `others`: addresses of the store's other terminals; `data`: what the script must know."""
    static = f"/phone/static/{version()}"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        el("meta", name="theme-color", content="#fbf6ef", media="(prefers-color-scheme: light)"),
        el("meta", name="theme-color", content="#15110e", media="(prefers-color-scheme: dark)"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("link", rel="manifest", href=MANIFEST),
        el("link", rel="icon", href=f"{static}/icon.svg", type="image/svg+xml"),
        el("link", rel="apple-touch-icon", href=f"{static}/icon-192.png"),
        el("link", rel="stylesheet", href=f"{static}/phone.css"),
        el("link", rel="stylesheet", href="/phone/brand.css"),
        el("script", type="module", src=f"{static}/phone.js"),
        *(el("link", rel="modulepreload", href=f"{static}/{name}") for name in SCRIPTS),
    )
    said = {f"data_{name}": value for name, value in data.items()}
    body = el("body", *content, class_=kind, data_others=others, **said)
    return ("<!doctype html>" + el("html", head, body, lang=words.language, dir=words.direction)).encode()


def spoken(words: Words) -> str:
    """What the script itself has to say, as JSON."""
    keys = ("offline", "moved", "added", "removed", "undo", "new_menu", "show_new_menu", "is_out", "too_many_lines",
            "enough", "handed_over", "at_kiosk_now", "from", "filters_on", "nothing_fits_short")  # fmt: skip
    forms = {form: words.say(f"show_dishes.{form}") for form in FORMS if words.knows(f"show_dishes.{form}")}
    more = {"show_dishes": forms, "comma": words.joined(("", ""))}
    return msgspec.json.encode({key: words.say(key) for key in keys} | more).decode()


def own(words: Words, text: str) -> Markup:
    """A text of the menu's, kept from turning round the page's own where the two run in different directions."""
    return el("bdi", text) if words.turns(text) else join(text)


def language_menu(words: Words) -> Markup:
    """Works without the script: a form that asks for the same page in another language."""
    options = [
        el("option", NAMES[code], value=code, selected=code == words.language, lang=code) for code in languages()
    ]
    choice = el("select", *options, name="lang", id="language", aria_label=words.say("language"))
    shown = el("span", choice, icon("chevron-down"), class_="select")
    return el("form", shown, el("noscript", el("button", words.say("go"))), class_="language", method="get")


def notice(words: Words, title: str, text: str, *more: Markup, **data: str) -> bytes:
    """A page with a few words: a link that has run out, a shop that is not open yet."""
    card = el(
        "main",
        el("div", icon("info"), class_="disc"),
        el("h1", title),
        el("p", text, class_="soft"),
        *more,
        class_="notice",
        id="main",
    )
    return page(words, title, card, kind="notice-page", say=spoken(words), **data)


def icon(name: str) -> Markup:
    """From the sprite; decorative, so nobody hears of it."""
    use = el("use", href=f"/phone/static/{version()}/icons.svg#{name}")
    return el("svg", use, class_="icon", aria_hidden="true", focusable="false")


def button(text: str, *, kind: str = "plain", symbol: str = "", **attributes: str | bool | None) -> Markup:
    inside = join(icon(symbol) if symbol else None, el("span", text))
    return el("button", inside, type="button", class_=f"button {kind}", **attributes)


def sheet_close(words: Words, title: str) -> Markup:
    """What closes a sheet, at its upper corner. Once the sheet is scrolled it is a bar with the sheet's title (which
    readers have from the heading), so that it covers no end of a line."""
    name = el("span", own(words, title), class_="sheet-name", aria_hidden="true")
    return el(
        "div", name, button(words.say("close"), kind="round", symbol="x", data_action="close"), class_="sheet-close"
    )


def basket_head(words: Words, title: str) -> Markup:
    """The basket's heading and what closes it: there before anything is known of the basket, as without a line."""
    close = button(words.say("close"), kind="round", symbol="x", data_action="close")
    return el("div", el("h2", title, id="basket-title", tabindex="-1"), close, class_="sheet-head")
