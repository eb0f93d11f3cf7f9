"""A line of the basket as it is shown: its words, its price, and what is wrong with it. No I/O."""

from __future__ import annotations

from typing import Any, NamedTuple

from ui.context import Shell
from ui.dish import selection as choosing
from ui.dish.menu import MenuIndex
from ui.dish.selection import Selection
from ui.hyphens import KEPT
from ui.kiosk import said, total, troubles, words
from ui.kiosk.dishes import picture
from ui.text import joined, listed

ROLES = (
    "item_id",
    "name",
    "details",
    "quantity",
    "most",
    "price",
    "struck",
    "image",
    "trouble",
    "offer",
    "room",
    "spoken",
)
DASH = "–"
"""Instead of the price of what has none any more."""


class Trouble(NamedTuple):
    """What is wrong with a line in words, what may be offered (`choices`, `fewer`, `dish`), how many can be had."""

    words: str
    offer: str
    room: int


def trouble(
    index: MenuIndex, known: MenuIndex, shell: Shell, selection: Selection, before: list[Selection]
) -> Trouble | None:
    """`known`: a menu that has all of the line. Of two lines that want the last portion, the later one has it."""
    vanished = troubles.off_menu(index, selection)
    offer = "choices" if troubles.mendable(index, selection) else "dish"
    if vanished:
        told = [i for i in vanished if i in known.items or i in known.modifiers]
        itself = selection.item_id in vanished or not told
        names = troubles.names(known, told, shell.language)
        words = shell.text("kiosk.off_menu") if itself else shell.text("kiosk.not_on_menu", names=names)
        return Trouble(words, offer, 0)
    sizes = troubles.sizes_off_menu(index, selection)
    if sizes:
        words = shell.text("kiosk.not_on_menu", names=size_names(known, selection, sizes, shell.language))
        return Trouble(words, offer, 0)
    gone = troubles.gone(index, selection)
    if gone:
        itself = gone == [selection.item_id]  # its name stands right above
        names = troubles.names(index, gone, shell.language)
        words = shell.text("kiosk.option_out") if itself else shell.text("kiosk.ran_out", names=names)
        return Trouble(words, offer, 0)
    room = troubles.room(index, selection, before)
    if room is None or room >= selection.quantity:
        return None
    if room > 0:
        return Trouble(shell.text("kiosk.left", n=room), "fewer", room)
    return Trouble(shell.text("kiosk.none_left"), "dish", 0)


def size_names(known: MenuIndex, selection: Selection, sizes: list[tuple[str, str]], language: str) -> str:
    """The dish itself stands right above: its size alone."""
    own = [v for i, v in sizes if i == selection.item_id]
    told = choosing.size(known, selection.item_id, own[0], language) if own else []
    told += [choosing.sized(known, i, v, language) for i, v in sizes if i != selection.item_id]
    return joined(told or [known.name(selection.item_id, language)], language)


def row(
    index: MenuIndex, known: MenuIndex, shell: Shell, key: str, selection: Selection, wrong: Trouble | None, most: int
) -> dict[str, Any]:
    """`known`: a menu that has all of the line, the shop's own unless something has vanished from that; without any it
    is "a dish"."""
    there = selection.item_id in known.items
    struck = wrong is not None and wrong.room == 0
    shown = {
        "key": key,
        "item_id": selection.item_id,
        "name": choosing.title(known, selection, shell.language) if there else shell.text("kiosk.a_dish"),
        "details": listed(details(known, shell, selection), shell.language, KEPT) if there else "",
        "quantity": selection.quantity,
        "most": most,
        "price": price(index, known, shell, selection, wrong),
        "struck": struck and selection.item_id in index.items,
        "image": picture(known.items[selection.item_id].get("image")) if there else "",
        "trouble": wrong.words if wrong else "",
        "offer": wrong.offer if wrong else "",
        "room": wrong.room if wrong else 0,
    }
    return {**shown, "spoken": said.line(shown)}


def price(index: MenuIndex, known: MenuIndex, shell: Shell, selection: Selection, wrong: Trouble | None) -> str:
    """Of as many as can be had; where none can, what it came to; a dash where the menu has no price for it."""
    if selection.item_id not in index.items:
        return DASH
    if wrong is not None and wrong.room:
        return shell.money(str(total.line_total(index, selection, wrong.room)), "")
    return shell.money(str(total.line_total(known, selection)), "")


def details(known: MenuIndex, shell: Shell, selection: Selection) -> list[str]:
    def no(name: str) -> str:
        return words.left_out(shell, name)

    left_out = [no(known.name(i, shell.language)) for i in sorted(selection.without)]
    whom = [shell.text("kiosk.for_guest", name=selection.guest)] if selection.guest else []
    return whom + choosing.details(known, selection, shell.language, no) + left_out
