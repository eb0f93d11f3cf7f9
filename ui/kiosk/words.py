"""What the kiosk says about languages, refusals and cards, where the words depend on what the server answered."""

from __future__ import annotations

from server.phrase import filled_in
from server.wait import Range
from ui.context import Shell
from ui.text import typeface

LANGUAGE_NAMES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "pl": "Polski", "tr": "Türkçe",
    "ar": "العربية", "zh": "中文", "ja": "日本語",
}  # fmt: skip
"""Each in its own words, in the order they are offered; nobody has to read another language to find their own."""


def offered_languages(shell: Shell) -> list[dict[str, str]]:
    """The shop's languages as far as the screen speaks them, the shop's own first. `face`: the family that has the
    letters of the name."""
    known = list(LANGUAGE_NAMES)
    spoken = [code for code in shell.languages if code in shell.translations.languages]
    spoken.sort(key=lambda c: (c != shell.first_language, known.index(c) if c in known else len(known), c))
    return [{"code": c, "name": LANGUAGE_NAMES.get(c, c), "face": typeface(c)} for c in spoken]


def known_or(shell: Shell, prefix: str, code: str, otherwise: str) -> str:
    """The sentence for a code of the server's, or a general one: a customer never sees a code."""
    key = f"{prefix}.{code}"
    return shell.text(key if key in shell.translations.keys("en") else otherwise)


def refusal(shell: Shell, code: str) -> str:
    """Why an order can't be placed."""
    return known_or(shell, "kiosk.refused", code, "kiosk.order_refused")


def card_advice(shell: Shell, code: str) -> str:
    """What to do about it. Where a part was paid, nothing else may be said than that the rest is due."""
    return shell.text("kiosk.part_paid" if code == "card_part" else "kiosk.nothing_charged") if code else ""


def card_failure(shell: Shell, code: str) -> str:
    """What became of the card; empty when nothing is wrong."""
    return known_or(shell, "kiosk.failed", code, "kiosk.failed.card_unreachable") if code else ""


def left_out(shell: Shell, name: str) -> str:
    """`No lettuce`."""
    name = filled_in(name, shell.text("kiosk.no_ingredient", name="{name}"), shell.language)
    return shell.text("kiosk.no_ingredient", name=name)


def wait(shell: Shell, expected: Range | None) -> str:
    """How long the kitchen will take; empty when it is not known."""
    if expected is None:
        return ""
    if expected.low == expected.high:
        return shell.text("kiosk.wait", n=expected.high)
    return shell.text("kiosk.wait_range", low=expected.low, high=expected.high)
