"""Finding a dish by what somebody types: forgives case, accents, a wrong letter or two, unfinished words. Pure.

Works on any script: words where there are spaces, any run of characters where there are none (Chinese, Japanese).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ui.dish.menu import MenuIndex
from ui.text import named

MAX_QUERY = 40
"""Letters that are looked at; more is a cat on the keys."""

SURE_LENGTH, LONG_LENGTH = 4, 8
"""From so many letters on one wrong letter is forgiven, and two."""

PLAIN = str.maketrans({"ı": "i", "İ": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th",
                       "ة": "ه", "ى": "ي", "أ": "ا", "إ": "ا", "آ": "ا"})  # fmt: skip
"""Letters that Unicode does not take apart, and those of one sound that people write for one another."""


HIRAGANA = {c: c - 0x60 for c in range(0x30A1, 0x30F7)}
"""One sound, two scripts: katakana is looked for as hiragana."""


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """`Jalapeño` and `JALAPENO` are one; so are `çorbası` and `corbasi`, half- and full-width, both kana."""
    apart = unicodedata.normalize("NFKD", text.translate(PLAIN).casefold().translate(PLAIN))
    kept = "".join(c for c in apart if not unicodedata.combining(c) or c in "\u3099\u309a")
    return unicodedata.normalize("NFC", kept).translate(HIRAGANA)


def spaceless(letter: str) -> bool:
    """Whether a letter belongs to a script that puts no spaces between words."""
    return "\u2e80" <= letter <= "\ua4cf" or "\uf900" <= letter <= "\ufaff" or "\U00020000" <= letter <= "\U0003ffff"


def words_of(text: str) -> list[str]:
    """Folded words; what is neither letter nor digit parts them."""
    return "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in fold(text)).split()


def distance(typed: str, word: str, most: int) -> int | None:
    """The least number of letters to change, add, leave out or swap with the next one so that `typed` becomes `word`
    or its beginning; None when more than `most`. Optimal string alignment (Damerau 1964) against all prefixes."""
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, a in enumerate(typed, 1):
        now = [i]
        for j, b in enumerate(word, 1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == word[j - 2] and typed[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return None
        before, row = row, now
    least = min(row[max(0, len(typed) - most) :], default=most + 1)
    return least if least <= most else None


def forgiven(typed: str) -> int:
    return 0 if len(typed) < SURE_LENGTH else 1 if len(typed) < LONG_LENGTH else 2


BEGINS, INSIDE, NEAR = 0, 1, 2


def meets(typed: str, words: Iterable[str], run: str) -> int | None:
    """How well a typed word fits: begins a word, is inside one, or nearly begins one; None when not at all. `run` is
    the whole text without spaces, for scripts that have none."""
    best: int | None = None
    for word in words:
        if word.startswith(typed):
            return BEGINS
        if best is None and len(typed) >= 2 and typed in word:
            best = INSIDE
    if best is None and typed and spaceless(typed[0]) and typed in run:
        return INSIDE
    if best is None:
        most = forgiven(typed)
        # the first letter is hardly ever the wrong one, and a dish is not found by chance
        near = (distance(typed, w, most) for w in words if w and w[0] == typed[0] and len(w) >= len(typed) - most)
        misses = min((d for d in near if d is not None), default=None) if most else None
        best = None if misses is None else NEAR + misses
    return best


class Entry(NamedTuple):
    """One dish as it is searched: its name first, then what else speaks for it."""

    item_id: str
    name: list[str]
    other: list[str]
    run: str


ELSEWHERE = 4
"""So much worse is a word that is found in the description, the category or another language than one of the name."""


class Finder:
    """All dishes of a menu, prepared for one language; `words` are further words by item id (categories, diets)."""

    def __init__(self, index: MenuIndex, language: str, words: Mapping[str, Iterable[str]] | None = None) -> None:
        self._entries = [entry(i, item, language, (words or {}).get(i, ())) for i, item in index.items.items()]

    def find(self, query: str) -> list[str]:
        """Ids of the dishes that have every typed word, the best first, else in the menu's order. Nothing typed: none.

        Words that are nearly right count only for dishes when no dish has the word as typed.
        """
        typed = words_of(query[:MAX_QUERY])
        if not typed:
            return []
        scored = [(score, n, e.item_id) for n, e in enumerate(self._entries) if (score := points(e, typed)) is not None]
        exact = [s for s in scored if s[0][0] == 0]
        return [item_id for _, _, item_id in sorted(exact or scored)]


def points(dish: Entry, typed: list[str]) -> tuple[int, int] | None:
    """(wrong letters, how far from the beginning of the name's words), less is better; None: a word is not there."""
    wrong = far = 0
    for word in typed:
        found = meets(word, dish.name, dish.run)
        if found is None or found >= NEAR:
            elsewhere = meets(word, dish.other, "")
            if elsewhere is not None and (found is None or elsewhere < NEAR):
                found, far = elsewhere, far + ELSEWHERE
        if found is None:
            return None
        wrong += max(0, found - NEAR)
        far += min(found, NEAR)
    return wrong, far


def entry(item_id: str, item: Mapping[str, Any], language: str, more: Iterable[str]) -> Entry:
    name = words_of(named(item, language))
    other = words_of(str(item.get("name") or "")) + words_of(named(item, language, "description"))
    for text in more:
        other += words_of(text)
    return Entry(item_id, name, [w for w in dict.fromkeys(other) if w not in name], "".join(name + other))


def next_letters(names: Iterable[str], query: str, most: int) -> list[str]:
    """For scripts that no small keyboard holds: the characters that names of this menu go on with after what is typed
    (or begin with and hold, when nothing is), the most frequent first. So a dish is spelled from its own characters."""
    typed = fold(query).replace(" ", "")
    counts: dict[str, int] = {}
    for name in names:
        folded = "".join(words_of(name))
        at = folded.find(typed) if typed else -1
        if typed and at < 0:
            continue
        rest = folded[at + len(typed) : at + len(typed) + 1] if typed else folded
        for letter in dict.fromkeys(rest):
            if spaceless(letter):
                counts[letter] = counts.get(letter, 0) + 1
    return sorted(counts, key=lambda c: (-counts[c], c))[:most]
