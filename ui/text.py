"""What the screens say, in the languages they speak: `assets/translations/<screen>.<language>.json`.

A file maps keys to texts, `{"pos.change": "Change {amount}"}`. A text that differs by number has one key for each form
the language has (CLDR plural rules), `pos.items.one` and `pos.items.other` in English, and is asked for as `pos.items`
with `n`. Numbers are written as the language writes them.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # else with the first number: the first frame has none
    from babel import Locale

logger = logging.getLogger("pilotlight.ui.text")

ASSETS = Path(__file__).resolve().parent.parent / "assets"
FALLBACK = "en"

TYPEFACE = "Inter"
TYPEFACES = {"ar": "Pilotlight Sans Arabic", "ja": "Pilotlight Sans JP", "zh": "Pilotlight Sans SC"}
"""Families that hold all their languages are written with (`installer/make_fonts.py`); Inter has the others."""

SEPARATORS = {"ar": "، ", "zh": "、", "ja": "、"}
PLURALS = ("zero", "one", "two", "few", "many", "other")
LEFTWARD = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"})
"""Languages that are written from right to left in the script they are mostly written in."""

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ISOLATE, RELEASE = "\u2068", "\u2069"
LEFTWARD_MARK = "\u200f"
"""What a text begins with that runs from right to left, whatever its first word is."""


@cache
def locale(language: str) -> Locale:
    """Babel's rules for a language; English ones for a language that Babel does not know."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-" if "-" in language else "_")
    except (ValueError, UnknownLocaleError):
        return Locale.parse(FALLBACK)


def plural(language: str, n: float) -> str:
    """Which of the language's forms a number takes: one of `PLURALS`."""
    return str(locale(language).plural_form(n))


def runs_left(language: str) -> bool:
    """Whether a language is written from right to left. Babel would say it too, and takes its time to be asked."""
    return re.split("[-_]", language)[0] in LEFTWARD


def typeface(language: str) -> str:
    """The family of `assets/fonts` that has a language's letters."""
    return TYPEFACES.get(language.partition("-")[0], TYPEFACE)


def number(value: float, language: str) -> str:
    """`1,050` in English, `1.050` in German. Digits are 0 to 9 in every language, as on the shop's receipts."""
    from babel.numbers import format_decimal

    return str(format_decimal(int(value) if float(value).is_integer() else value, locale=locale(language)))


def percent(value: float, language: str) -> str:
    """`150%` in English, `150 %` in German; 1.5 is 150 %."""
    from babel.numbers import format_percent

    return str(format_percent(value, locale=locale(language)))


def capital(text: str, language: str) -> str:
    """With a capital letter at its beginning, where the script has any."""
    if language.partition("-")[0] == "tr" and text.startswith("i"):
        return "İ" + text[1:]
    return text[:1].upper() + text[1:]


def joined(names: Iterable[str], language: str) -> str:
    """Names one after the other, with the language's comma."""
    return listed(names, language, SEPARATORS.get(language.partition("-")[0], ", "))


def all_of(names: Iterable[str], language: str) -> str:
    """Names in one phrase, as a sentence goes on with them: `side and drink`."""
    from babel.lists import format_list

    leftward = runs_left(language)
    text = str(format_list([apart(name, leftward) for name in names], locale=locale(language)))
    return LEFTWARD_MARK + text if leftward and text else text


def listed(parts: Iterable[str], language: str, between: str) -> str:
    """Parts one after the other, as the language runs. One that may run the other way is kept apart, so that none turns
    its neighbours around: else "no" and "onion" change places with what stands beside them."""
    leftward = runs_left(language)
    text = between.join(apart(part, leftward) for part in parts)
    return LEFTWARD_MARK + text if leftward and text else text


def apart(text: str, leftward: bool) -> str:
    """Kept apart from what stands around it, where one of them runs from right to left."""
    return ISOLATE + text + RELEASE if text and (leftward or RIGHT_TO_LEFT.search(text)) else text


def filled(text: str, values: Mapping[str, Any], language: str) -> str:
    """A text with its `{name}` places filled. A name that runs the other way than its sentence is kept apart from it,
    so that neither turns the other's words around."""
    leftward = runs_left(language)
    for name, value in values.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            said = number(value, language)
        else:
            said = apart(str(value), leftward)
        text = text.replace("{" + name + "}", said)
    return text


class Translations:
    """All texts of all screens. What a language lacks is said in English; what English lacks shows as its key."""

    def __init__(self, folder: Path = ASSETS / "translations") -> None:
        self._texts: dict[str, dict[str, str]] = {}
        self._missing: set[str] = set()
        for path in sorted(folder.glob("*.*.json")):
            language = path.suffixes[-2].lstrip(".")
            try:
                texts = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as e:
                logger.warning("translations in %s can't be read: %s", path.name, e)
                continue
            self._texts.setdefault(language, {}).update(texts)

    @property
    def languages(self) -> list[str]:
        return sorted(self._texts)

    def spoken(self, screen: str) -> list[str]:
        """The languages that have texts for a screen."""
        return [x for x in self.languages if any(key.startswith(screen + ".") for key in self._texts[x])]

    def keys(self, language: str) -> set[str]:
        return set(self._texts.get(language, ()))

    def own(self, language: str, key: str) -> str:
        """The text of a key in this very language; empty when it has none."""
        return self._texts.get(language, {}).get(key, "")

    def knows(self, key: str) -> bool:
        return key in self._texts.get(FALLBACK, {})

    def say(self, language: str, key: str, values: Mapping[str, Any] | None = None) -> str:
        """The text of `key` with `{name}` places filled from `values`."""
        values = values or {}
        text, spoken = None, language
        for spoken in (language, FALLBACK):
            texts = self._texts.get(spoken, {})
            if "n" in values:
                text = texts.get(f"{key}.{plural(spoken, values['n'])}") or texts.get(f"{key}.other")
            text = text if text is not None else texts.get(key)
            if text is not None:
                break
        if text is None:
            if key and key not in self._missing:
                self._missing.add(key)
                logger.warning("no text for %s", key)
            return key
        return filled(text, values, spoken)


def named(thing: Mapping[str, Any], language: str, field: str = "name") -> str:
    """A menu thing's name (or description) in a language, in the language a variant of it belongs to (`zh` for
    `zh-Hans`), or in the menu's own words."""
    texts = thing.get("texts") or {}
    for spoken in (language, language.partition("-")[0]):
        translated = (texts.get(spoken) or {}).get(field)
        if translated:
            return str(translated)
    return str(thing.get(field) or "")
