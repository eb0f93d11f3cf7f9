"""The keys on the glass for searching: few rows, large keys, in the order that a language's own keyboards have. Pure.

No accents and no capitals are needed to find a dish. Chinese and Japanese, whose characters fill no keyboard, get the
characters of this menu's own dishes, and after each touch those that can follow.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ui.dish.search import fold, next_letters

DELETE = "del"
DIGITS = "1234567890"
QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
LAYOUTS = {
    "de": ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    "fr": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    "es": ("qwertyuiop", "asdfghjklñ", "zxcvbnm"),
    "ar": ("ضصثقفغعهخحج", "شسيبلاتنمكط", "ذدزرئءؤوةىظ"),
}
NAMES = {
    "de": ("qwertzuiopü", "asdfghjklöä", "yxcvbnmß"),
    "fr": ("éèêëçàâîïôû", "azertyuiop", "qsdfghjklm", "wxcvbn'-"),
    "es": ("áéíóúü", "qwertyuiop", "asdfghjklñ", "zxcvbnm"),
    "pl": ("ąćęłńóśźż", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "tr": ("qwertyuıopğü", "asdfghjklşi", "zxcvbnmöç"),
    "ar": ("أإآضصثقفغعهخ", "شسيبلاتنمكطحج", "ذدزرئءؤوةىظ"),
    "zh": ("王李张刘陈杨黄赵吴周", "徐孙马朱胡郭何林罗高", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "ja": (
        "あかさたなはまやらわ",
        "いきしちにひみゃりを",
        "うくすつぬふむゆるん",
        "えけせてねへめゅれー",
        "おこそとのほもよろょっ\u309b\u309c",
    ),
}
"""With the letters that names need. Chinese: the commonest family names, which are what one is called by, and Latin
letters. Japanese: kana, and the two marks that change the sound of the one before."""

SOUND_MARKS = {"\u309b": "\u3099", "\u309c": "\u309a"}
SPELLED = ("zh", "ja")
PER_ROW, ROWS = 10, 3


def rows(language: str, names: Iterable[str], query: str) -> list[list[str]]:
    """Rows of keys; each is what it types. The last key of the last row deletes; the space bar is the page's. Digits
    are there for a menu that calls dishes by them: `47 Phở bò`, `J20`."""
    code, names = language.split("-")[0], list(names)
    made = [list(row) for row in LAYOUTS.get(code, QWERTY)]
    if code in SPELLED:
        letters = next_letters(names, query, PER_ROW * ROWS - 1)
        if letters:
            letters.sort(key=in_order)
            made = [letters[n : n + PER_ROW] for n in range(0, len(letters), PER_ROW)]
    if any(numbered(name) for name in names):
        made.insert(0, list(DIGITS))
    made[-1].append(DELETE)
    return made


def in_order(letter: str) -> tuple[bool, str]:
    """Where one looks for a key: kana in their own order (あ, い, う …), then other characters as they come, which is
    the most frequent first."""
    kana = "\u3041" <= letter <= "\u30ff"
    return not kana, letter if kana else ""


def numbered(name: str) -> bool:
    """Whether a dish is called by a number: one is in its first word. `Cola 0.33 l` is called Cola."""
    first = fold(name).split(maxsplit=1)[:1]
    return any(digit in DIGITS for word in first for digit in word)


def letters(language: str) -> list[list[str]]:
    """Rows of keys to type a name with; the last key of the last row deletes."""
    made = [list(row) for row in NAMES.get(language.split("-")[0], QWERTY)]
    made[-1].append(DELETE)
    return made


def typed(text: str, key: str) -> str:
    """A text after one more key. A sound mark changes the kana before it, and does nothing else."""
    if key == DELETE:
        return text[:-1]
    if key in SOUND_MARKS:
        marked = unicodedata.normalize("NFC", text + SOUND_MARKS[key])
        return marked if len(marked) == len(text) else text
    return text + key


def digits(typed: str, key: str, most: int) -> str:
    """Digits after one more key of a keypad; at most so many."""
    if key == DELETE:
        return typed[:-1]
    return (typed + key)[:most] if key.isdigit() else typed
