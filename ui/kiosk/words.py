"""What the kiosk says about languages, refusals and cards, where the words depend on what the server answered."""

from __future__ import annotations

from ui.context import Shell

LANGUAGE_NAMES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "pl": "Polski", "tr": "Türkçe",
}  # fmt: skip


def offered_languages(shell: Shell) -> list[dict[str, str]]:
    """The shop's languages, in the shop's order, as far as the screen speaks them."""
    offered = [code for code in shell.languages if code in shell.translations.languages]
    return [{"code": code, "name": LANGUAGE_NAMES.get(code, code)} for code in offered]


def known_or(shell: Shell, prefix: str, code: str, otherwise: str) -> str:
    """The sentence for a code of the server's, or a general one: a customer never sees a code."""
    key = f"{prefix}.{code}"
    return shell.text(key if key in shell.translations.keys("en") else otherwise)


def refusal(shell: Shell, code: str) -> str:
    """Why an order can't be placed."""
    return known_or(shell, "kiosk.refused", code, "kiosk.order_refused")


def card_failure(shell: Shell, code: str) -> str:
    """What became of the card; empty when nothing is wrong."""
    return known_or(shell, "kiosk.failed", code, "kiosk.failed.card_unreachable") if code else ""
