"""An order's receipt as rows of text, however wide the paper is. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from server.phone.basket import details_of
from server.phone.order_page import beside, place_of
from server.phone.words import Words
from server.services.carte import Carte
from server.services.menu.events import Menu
from server.services.orders.events import Line, Order

LEAST_NAME = 8
"""So much of a name stands beside an amount, at the least."""


NOT_FIRST = frozenset("ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々、。，．・：；！？）」』】〕》")
"""No line begins with one of these, where that can be (JIS X 4051)."""


class Row(NamedTuple):
    """One line of paper. `size`: how many times as wide and high as plain text; `amount`: what stands at the other
    end of the line."""

    text: str = ""
    size: int = 1
    bold: bool = False
    centred: bool = False
    amount: str = ""


class Code(NamedTuple):
    """A QR code."""

    content: str


Paper = list[Row | Code]


def wide(text: str) -> int:
    """Columns that a text takes: two for each character of East Asian scripts, none for marks that are not seen."""
    return sum(_columns(c) for c in text)


def _columns(c: str) -> int:
    if unicodedata.category(c) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns`, at least 2: broken between words, between characters of scripts that
    write without spaces, and within a word that is longer than a line. No lines for no words."""
    lines: list[str] = []
    line = gap = ""
    for piece in _pieces(text):
        if piece == " ":
            gap = piece if line else ""
            continue
        joined = line + gap + piece
        gap = ""
        if wide(joined) > columns:
            if line:
                lines.append(line)
            *full, joined = _cut(piece, columns)
            lines += full
        line = joined
    return [*lines, line] if line else lines


def _pieces(text: str) -> Iterator[str]:
    """What stays together in a line, and `" "` for what is between words. Spaces that do not break are letters."""
    piece = ""
    for c in text:
        if c in " \t\r\n":
            if piece:
                yield piece
            piece = ""
            yield " "
        elif c in NOT_FIRST or not (_columns(c) == 2 or (piece and _columns(piece[-1]) == 2)):
            piece += c
        else:
            if piece:
                yield piece
            piece = c
    if piece:
        yield piece


def _one_line(text: str) -> str:
    """As `wrapped` puts it into a line that is long enough."""
    return "".join(wrapped(text, 2 * len(text) + 2))


def _cut(piece: str, columns: int) -> list[str]:
    """In parts that each fit into a line."""
    parts = [""]
    for c in piece:
        if wide(parts[-1] + c) > columns:
            parts.append("")
        parts[-1] += c
    return parts


def pair(left: str, right: str, columns: int, *, bold: bool = False) -> list[Row]:
    """A name and an amount at the two ends of a line; a long name goes on in the next."""
    first = next(iter(wrapped(left, max(LEAST_NAME, columns - wide(right) - 1))), "")
    more = wrapped(_one_line(left)[len(first) :], columns - 2)
    return [Row(first, bold=bold, amount=right), *(Row(f"  {part}", bold=bold) for part in more)]


ALL_LETTERS = "ABCÄÖÜß éèñç 0123456789", "ąęłż ğış العربية 中文 日本語"
"""What staff look for on a test page: letters of every language. No printer has all of the second line: it is drawn."""


def test_page(label: str, store: str, at: str, columns: int) -> Paper:
    """Says who prints, when, how wide its paper is, and which letters it has."""
    ruler = "".join(str(n % 10) for n in range(1, columns + 1))
    return [
        Row("TEST", 2, True, True),
        *(Row(text, centred=True) for text in (label, store, at) if text),
        Row(ruler),
        *(Row(part) for letters in ALL_LETTERS for part in wrapped(letters, columns)),
        Row("Pilotlight", bold=True, centred=True),
    ]


def receipt(
    order: Order,
    menu: Menu | None,
    words: Words,
    columns: int,
    *,
    copy: bool = False,
    at: str = "",
    again: str = "",
    link: str = "",
) -> Paper:
    """`at`: when it was ordered, as people write it; `again`: the code by which it is ordered again; `link`: of the
    receipt's own page."""
    carte = Carte(menu or Menu(order.currency, ""))
    paper: Paper = [Row(part, 2, True, True) for part in wrapped(words.named(menu) if menu else "", columns // 2)]
    if copy:
        paper.append(Row(f"*** {words.say('receipt.copy')} ***", 1, True, True))
    paper += [Row(words.say("your_number"), centred=True), Row(order.number, 4, True, True)]
    place = place_of(order, words)
    where = " · ".join(t for t in (words.say(order.dining), place, order.customer_name) if t)
    paper += [Row(part, centred=True) for part in wrapped(where, columns)]
    paper += [Row(at, centred=True), Row("-" * columns)]
    guest = ""
    for line in order.lines:
        if line.guest != guest:
            guest = line.guest
            paper += [Row(part, bold=True) for part in wrapped(guest, columns)]
        paper += _line(line, order.currency, carte, words, columns)
    paper.append(Row("-" * columns))
    total = words.money(order.total_minor, order.currency)
    paper += pair(words.say("total"), total, columns, bold=True)
    for tax in order.taxes:
        paper += pair(
            words.tax(tax.name, tax.percentage, tax.inclusive), words.money(tax.amount_minor, order.currency), columns
        )
    for tender in order.tenders:
        name = words.say(f"tender.{tender.tender}") + (f" {tender.card}" if tender.card else "")
        net = tender.amount_minor - tender.refunded_minor
        paper += pair(name, words.money(net, order.currency), columns)
        for key, minor in beside(tender):
            paper += pair(words.say(key), words.money(minor, order.currency), columns)
    if order.due_minor:
        due = words.say("state.pay", price=words.money(order.due_minor, order.currency))
        paper += [Row(part, bold=True) for part in wrapped(due, columns)]
    for tender in order.tenders:
        paper += [Row(part) for text in tender.receipt.splitlines() for part in wrapped(text, columns)]
    paper.append(Row())
    if link:
        paper += [Code(link), *(Row(p, centred=True) for p in wrapped(words.say("receipt.scan"), columns))]
    if again:
        grouped = " ".join(again[i : i + 3] for i in range(0, len(again), 3))
        paper += [Row(p, centred=True) for p in wrapped(words.say("receipt.again"), columns)]
        paper.append(Row(grouped, bold=True, centred=True))
    return paper


def _line(line: Line, currency: str, carte: Carte, words: Words, columns: int) -> Paper:
    item = carte.items.get(line.item_id)
    name = words.named(item) if item else line.name
    if line.variation_name:
        variation = carte.variation(item, line.variation_id) if item else None
        name += f" · {words.named(variation) if variation else line.variation_name}"
    rows: Paper = [*pair(f"{line.quantity} × {name}", words.money(line.total_minor, currency), columns)]
    details = details_of(line, carte, words)
    return rows + [Row(f"  {part}") for text in details for part in wrapped(text, columns - 2)]
