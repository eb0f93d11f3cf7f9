"""Finding a dish by what somebody types: forgives case, accents, a wrong letter or two, unfinished words. Pure.

Works on any script: words where there are spaces, any run of characters where there are none (Chinese, Japanese).
`server/phone/static/search.js` is the same rule in a browser; a test holds the two together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from ui.dish.menu import MenuIndex
from ui.text import named

MAX_QUERY = 40
"""Letters that are looked at; more is a cat on the keys."""

SURE_LENGTH, LONG_LENGTH = 5, 8
"""From so many letters on one wrong letter is forgiven, and two. Shorter words have too many neighbours: cola, cold."""

PLAIN = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th",
                       "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "پ": "ب", "ڤ": "ف", "ج": "غ", "چ": "غ", "گ": "غ",
                       "\u0640": "",
                       **{chr(zero + n): str(n) for zero in (0x660, 0x6F0) for n in range(10)}})  # fmt: skip
"""Letters that Unicode does not take apart, and those of one sound that people write for one another: a burger is
`برغر` to some and `برجر` to others. Arabic's letters are drawn out by a stroke (U+0640) and its digits are its own."""

ARTICLE = "\u0627\u0644"
"""Arabic's, written together with its word: who types it finds the dish without it."""

LONG = "ー"
"""Makes a kana's vowel long; `コーラ` is found without it."""

HIRAGANA = {c: c - 0x60 for c in range(0x30A1, 0x30F7)}
"""One sound, two scripts: katakana is looked for as hiragana."""

VOICED = "\u3099\u309a"
"""Marks that make another letter of a kana; all other marks may be left out."""


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """`Jalapeño` and `JALAPENO` are one; so are `çorbası` and `corbasi`, half- and full-width, both kana."""
    plain = unmarked(unmarked(text).casefold().translate(PLAIN))
    return unicodedata.normalize("NFC", plain).translate(HIRAGANA)


def unmarked(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if c in VOICED or not unicodedata.category(c).startswith("M"))


def spaceless(letter: str) -> bool:
    """Whether a letter belongs to a script that puts no spaces between words."""
    return "\u2e80" <= letter <= "\ua4cf" or "\uf900" <= letter <= "\ufaff" or "\U00020000" <= letter <= "\U0003ffff"


def words_of(text: str) -> list[str]:
    """Folded words; what is neither letter nor digit parts them."""
    return parted(fold(text).replace(LONG, ""))


def parted(folded: str) -> list[str]:
    return "".join(c if c.isalnum() or c in VOICED else " " for c in folded).split()


def distances(typed: str, word: str, most: int) -> list[int]:
    """To each beginning of `word`, from none of it to all: the least number of letters to change, add, leave out or
    swap with the next one so that `typed` becomes it. Empty when all are more than `most`. Optimal string alignment
    (Damerau 1964)."""
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
            return []
        before, row = row, now
    return row


def forgiven(length: int) -> int:
    return 0 if length < SURE_LENGTH else 1 if length < LONG_LENGTH else 2


def slips(typed: str, word: str) -> int | None:
    """How many letters are wrong when `word` or its beginning was meant; None when it hardly was. The longer of what
    was typed and what was meant says how many are forgiven: `halumi` is `halloumi`."""
    length = len(typed)
    if length < SURE_LENGTH or not word:
        return None
    # the first letter is hardly ever the wrong one, and a dish is not found by chance
    if word[0] != typed[0] and word[:2] != typed[1::-1]:
        return None
    row = distances(typed, word, forgiven(max(length, len(word))))
    return min((d for n, d in enumerate(row) if d <= forgiven(max(length, n))), default=None)


BEGINS, INSIDE, NEAR = 0, 1, 2


def meets(typed: str, words: Sequence[str], run: str) -> int | None:
    """How well a typed word fits: begins a word, is inside one, or nearly begins one; None when not at all. `run` is
    each text without its spaces, for scripts that have none."""
    bare = meets(typed[len(ARTICLE) :], words, run) if typed.startswith(ARTICLE) and len(typed) >= SURE_LENGTH else None
    best = meets_as_typed(typed, words, run)
    return min((found for found in (bare, best) if found is not None), default=None)


def meets_as_typed(typed: str, words: Sequence[str], run: str) -> int | None:
    best: int | None = None
    for word in words:
        if word.startswith(typed):
            return BEGINS
        if best is None and len(typed) >= 2 and typed in word:
            best = INSIDE
    if best is None and typed and spaceless(typed[0]) and typed in run:
        return INSIDE
    if best is None:
        misses = min((d for w in words if (d := slips(typed, w)) is not None), default=None)
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
    others = [words_of(t) for t in (str(item.get("name") or ""), named(item, language, "description"), *more)]
    other = [w for w in dict.fromkeys(chain.from_iterable(others)) if w not in name]
    return Entry(item_id, name, other, " ".join(map("".join, (name, *others))))


def next_letters(names: Iterable[str], query: str, most: int) -> list[str]:
    """For scripts that no small keyboard holds: the characters that names of this menu go on with after what is typed
    (or begin with and hold, when nothing is), the most frequent first. So a dish is spelled from its own characters."""
    typed = fold(query).replace(" ", "")
    counts: dict[str, int] = {}
    for name in names:
        folded = "".join(parted(fold(name)))
        at = folded.find(typed) if typed else -1
        if typed and at < 0:
            continue
        rest = folded[at + len(typed) : at + len(typed) + 1] if typed else folded
        for letter in dict.fromkeys(rest):
            if spaceless(letter):
                counts[letter] = counts.get(letter, 0) + 1
    return sorted(counts, key=lambda c: (-counts[c], c))[:most]
