"""Where lines may end: long words of a menu part at a syllable, with a hyphen, and sentences in Japanese between two
phrases, and not wherever a line happens to end. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

SOFT = "\u00ad"
"""A hyphen that is seen only at the end of a line."""

DOT, KEPT = " · ", "\u00a0· "
"""Between two names in a row, and so that it stays with the first."""

EDGE = 3
"""Letters that stay together at each end of a word."""

WORD = re.compile(r"[^\W\d_]+")
VOWELS = "aeiouyäöüàáâãåæèéêëìíîïòóôõøœùúûýąęıů"
CLUSTER = re.compile(rf"(?<=[{VOWELS}])[^\W\d_{VOWELS}]+(?=[{VOWELS}])", re.IGNORECASE)
ONSETS = (
    "schl", "schm", "schn", "schr", "schw", "sch", "spr", "str", "bl", "br", "ch", "cz", "dr", "dz", "fl", "fr", "gl",
    "kl", "kn", "kr", "ph", "pl", "pr", "qu", "rz", "sz", "th", "tr", "zw",
)  # fmt: skip
"""Consonants with which a syllable begins together; of all others the last one begins it."""


def parted(text: str, too_wide: Callable[[str], bool]) -> str:
    """The text with soft hyphens in words that find no room in a line; others go whole to the next one. The rule is the
    one that German, Spanish, Turkish and others have in common (a syllable begins with one consonant); where the parts
    of a compound meet it may be a letter off. No line begins with the dot that stands between two."""
    text = text.replace(DOT, KEPT)

    def part(found: re.Match[str]) -> str:
        word, kept = found[0], KEPT.rstrip() if text.startswith(KEPT, found.end()) else ""
        return _part(word) if len(word) >= 2 * EDGE and too_wide(word + kept) else word

    return WORD.sub(part, text)


def _part(word: str) -> str:
    places = [cluster.end() - _onset(cluster[0].lower()) for cluster in CLUSTER.finditer(word)]
    for at in reversed([at for at in places if EDGE <= at <= len(word) - EDGE]):
        word = word[:at] + SOFT + word[at:]
    return word


def _onset(consonants: str) -> int:
    """How many of the consonants between two vowels belong to the second one."""
    if len(consonants) > 2 and consonants.endswith("st"):
        return 2
    return next((len(onset) for onset in ONSETS if consonants.endswith(onset)), 1)


JOINED = "\u2060"
"""Between two characters that stay on one line."""

PAIR = 14
"""So many letters are few enough for two words that stay on one line, however large the type."""

HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
"""Between words that are spoken as one: `payez-vous`."""

HAN_END = re.compile(r"[\u4e00-\u9fff]{3}\W*$")

HONORIFICS = "おご"


def phrased(text: str) -> str:
    """Japanese sets no spaces, and a line would end within any word: くだ|さい. A phrase mostly ends with the hiragana
    before a character that is none, or before an honorific; only there a line may end. In other languages no word is
    left alone on a last line, and none ends at a hyphen."""
    if not any(_hiragana(c) for c in text):
        return "\n".join(map(_ended, text.split("\n")))
    stays = [_japanese(a) and _japanese(b) and not _begins(text, n) for n, (a, b) in enumerate(pairwise(text), 1)]
    return text[:1] + "".join(JOINED * stay + c for stay, c in zip(stays, text[1:], strict=True))


def _ended(line: str) -> str:
    """The last two words stay together, if they are short; of Chinese, which sets no spaces, the last characters."""
    if (end := HAN_END.search(line)) is not None:
        return line[: end.start()] + JOINED.join(end[0])
    line = HYPHEN.sub("-" + JOINED, line)
    before, _, last = line.rpartition(" ")
    earlier, _, beside = before.rpartition(" ")
    return f"{before}\u00a0{last}" if earlier and len(beside + last) < PAIR else line


def _begins(text: str, at: int) -> bool:
    """Whether a phrase begins there."""
    if not _hiragana(text[at - 1]) or _honours(text, at - 1):
        return False
    return not _hiragana(text[at]) or _honours(text, at)


def _honours(text: str, at: int) -> bool:
    return text[at] in HONORIFICS and at + 1 < len(text) and _japanese(text[at + 1]) and not _hiragana(text[at + 1])


def _hiragana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u309f"


def _japanese(letter: str) -> bool:
    return _hiragana(letter) or "\u30a0" <= letter <= "\u30ff" or "\u4e00" <= letter <= "\u9fff"
