"""What the pages say, in the guest's language: `assets/translations/phone.*.json`, and `kiosk.*.json` for what kiosk
and phone say alike. Which language that is, and how it writes money."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from server.cards.amounts import EXPONENTS
from server.phrase import filled_in

FOLDER = Path(__file__).resolve().parent.parent.parent / "assets" / "translations"
FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar"})
NAMES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "pl": "Polski", "tr": "Türkçe",
    "ar": "العربية", "zh": "中文", "ja": "日本語",
}  # fmt: skip
"""In the order in which they are offered."""

NO_BREAK = "\u00a0"
MINUS = "\u2212"
APART = f"{NO_BREAK}· "
"""Between what was chosen for a dish; a line that is broken never begins with the dot."""

MARKS = "\u200e\u200f\u061c"
LEFT_TO_RIGHT, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
LATIN_NAME = re.compile(r"(?<=\d)(\s*)([^\d]*[A-Za-z][^\d]*)$")
RIGHTWARD_SCRIPTS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ISOLATE, RELEASE = "\u2068", "\u2069"
TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
COMMAS = {"ar": "، ", "zh": "、", "ja": "、"}


class Words:
    """The texts of one language; what it lacks is said in English."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = {**_read(FALLBACK), **_read(language)}

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def say(self, key: str, **values: Any) -> str:
        """The text of `phone.key`, or of `kiosk.key` where the phone has none, with `{name}` places filled. A text that
        differs by number has one key for each form the language has, by the value `n`."""
        keys = [key]
        if "n" in values:
            keys = [f"{key}.{plural(self.language, values['n'])}", f"{key}.other", key]
        known = (self._texts.get(f"{screen}.{one}") for screen in ("phone", "kiosk") for one in keys)
        found = next((text for text in known if text is not None), key)
        for name, value in values.items():
            found = found.replace("{" + name + "}", self._kept_apart(str(value)))
        return found

    def left_out(self, name: str) -> str:
        """`No lettuce`."""
        name = filled_in(name, self.say("no_ingredient", name="{name}"), self.language)
        return self.say("no_ingredient", name=name)

    def energy(self, kilocalories: int) -> str:
        """`1,180 kcal` in English, `1.180 kcal` in German; digits are 0 to 9 in every language."""
        written = str(locale(self.language).decimal_formats[None].apply(kilocalories, locale(self.language)))
        return self.say("energy", n=kilocalories).replace(str(kilocalories), written)

    def tax(self, name: str, percentage: str, inclusive: bool) -> str:
        """A tax and its rate, which many a menu has in the tax's name already ("VAT 8%")."""
        rate = re.escape(percentage).replace(r"\.", "[.,]")
        bare = re.sub(rf"\s*\(?(?:%\s*{rate}(?!\d)|(?<![\d.,]){rate}\s*[%％٪])\)?", "", name).strip()
        written = locale(self.language).decimal_formats[None].apply(Decimal(percentage), locale(self.language))
        return self.say("tax_inside" if inclusive else "tax_on_top", name=bare or name, percentage=written)

    def turns(self, text: str) -> bool:
        """Whether a text may run another way than this language."""
        return bool(text) and (self.direction == "rtl" or RIGHTWARD_SCRIPTS.search(text) is not None)

    def _kept_apart(self, said: str) -> str:
        """A name that runs the other way than its sentence turns none of the sentence's words around."""
        return f"{ISOLATE}{said}{RELEASE}" if self.turns(said) else said

    def joined(self, names: Iterable[str]) -> str:
        return self.listed(names, COMMAS.get(self.language, ", "))

    def listed(self, parts: Iterable[str], between: str = APART) -> str:
        """Parts one after the other, as the language runs; none turns its neighbours around (`ui.text.listed`)."""
        parts = list(parts)
        text = between.join(map(self._kept_apart, parts))
        return RIGHT_TO_LEFT_MARK + text if self.direction == "rtl" and any(parts) else text

    def knows(self, key: str) -> bool:
        return f"phone.{key}" in self._texts or f"kiosk.{key}" in self._texts

    def named(self, thing: Any, field: str = "name") -> str:
        """A menu thing's name (or description) in this language, or in the menu's own words."""
        translated = (thing.texts.get(self.language) or {}).get(field)
        return str(translated or getattr(thing, field, "") or "")

    def table(self, name: str) -> str:
        """A table as people say it: `Table 12`; `Terrace` stays as it is."""
        return self.say("table", number=name) if name.isdigit() else name

    def money(self, minor: int, currency: str) -> str:
        """`$3.50` in English, `3,50 €` in German. Never breaks over two lines; digits are 0 to 9 in every language."""
        return money(minor, currency, self.language)

    def nothing(self, currency: str) -> tuple[str, str]:
        """`0,00 €` with all decimals, and as it is written."""
        return money(0, currency, self.language, exact=True), money(0, currency, self.language)

    def extra(self, minor: int, currency: str) -> str:
        """A price on top: `+$0.90`; nothing for nothing."""
        return "" if not minor else money(minor, currency, self.language, plus=True)


# Babel is loaded when the first phone comes: a shop without phones does without its memory.


@cache
def locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


def plural(language: str, n: int) -> str:
    """Which of the language's forms a number takes."""
    return str(locale(language).plural_form(n))


@cache
def _pattern(language: str, places: int) -> Any:
    own = copy(locale(language).currency_formats["standard"])
    own.frac_prec = (places, places)
    return own


@cache
def coinless(currency: str) -> bool:
    """Whether whole amounts are written without decimals (`ui.money.coinless`)."""
    from babel.core import get_global

    fractions = get_global("currency_fractions")
    return currency not in EXPONENTS and fractions.get(currency, fractions["DEFAULT"])[2] == 0


@lru_cache(4096)
def money(minor: int, currency: str, language: str, *, plus: bool = False, exact: bool = False) -> str:
    """As the screens write it (`ui.money`). `exact`: with its decimals though they are noughts."""
    most = EXPONENTS.get(currency, 2)
    places = 0 if not exact and coinless(currency) and minor % 10**most == 0 else most
    amount = Decimal(minor).scaleb(-most) if places else Decimal(minor // 10**most)
    text = _pattern(language, places).apply(
        amount, locale(language), currency=currency, currency_digits=False, decimal_quantization=False
    )
    text = TOUCHING.sub(NO_BREAK, str(text)).replace(" ", NO_BREAK).strip(NO_BREAK)
    if text.startswith(RIGHT_TO_LEFT_MARK):
        text = LATIN_NAME.sub(rf"{RIGHT_TO_LEFT_MARK}\1\2{LEFT_TO_RIGHT}", text)
    sign = MINUS if minor < 0 else "+" if plus else ""
    if not sign:
        return text
    text = text.replace("-", "", 1)
    number = text.lstrip(MARKS)
    lead = text[: len(text) - len(number)]
    return f"{lead}{LEFT_TO_RIGHT if lead else ''}{sign}{number}"


@cache
def _read(language: str) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    for screen in ("kiosk", "phone"):
        path = FOLDER / f"{screen}.{language}.json"
        if path.is_file():
            texts |= json.loads(path.read_text(encoding="utf-8"))
    return texts


@cache
def words_in(language: str) -> Words:
    return Words(language)


@cache
def local(at: str) -> str:
    """`2026-03-01 13:00` by this machine's clock, of an instant in ISO 8601; the same in every language."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def languages() -> tuple[str, ...]:
    """Those that the pages speak."""
    return tuple(code for code in NAMES if (FOLDER / f"phone.{code}.json").is_file())


def choose(wishes: Iterable[str]) -> Words:
    """The first of these (`de`, `de-AT`) that the pages speak."""
    for wish in wishes:
        code = wish.strip().lower().partition("-")[0]
        if code in languages():
            return words_in(code)
    return words_in(FALLBACK)


def accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the dearest first."""
    found = []
    for n, part in enumerate(header.split(",")[:20]):
        code, _, weight = part.partition(";q=")
        try:
            q = float(weight or 1)
        except ValueError:
            q = 0.0
        found.append((-q, n, code))
    return [code for _, _, code in sorted(found)]
