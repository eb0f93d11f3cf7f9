"""Where long words of a menu may part: at a syllable, with a hyphen, and not wherever a line happens to end. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

SOFT = "\u00ad"
"""A hyphen that is seen only at the end of a line."""

LETTER_EMS = 0.6
"""How wide a letter is at most, on an average, in the type's size."""

EDGE = 3
"""Letters that stay together at each end of a word."""

REMEMBERED = 4096
"""Names of a large menu in a few languages."""

WORD = re.compile(r"[^\W\d_]+")
VOWELS = "aeiouyäöüàáâãåæèéêëìíîïòóôõøœùúûýąęıů"
CLUSTER = re.compile(rf"(?<=[{VOWELS}])[^\W\d_{VOWELS}]+(?=[{VOWELS}])", re.IGNORECASE)
ONSETS = (
    "schl", "schm", "schn", "schr", "schw", "sch", "spr", "str", "bl", "br", "ch", "cz", "dr", "dz", "fl", "fr", "gl",
    "kl", "kn", "kr", "ph", "pl", "pr", "qu", "rz", "sz", "th", "tr", "zw",
)  # fmt: skip
"""Consonants with which a syllable begins together; of all others the last one begins it."""


@lru_cache(REMEMBERED)
def parted(text: str, letters: int) -> str:
    """The text with soft hyphens in words of more than so many `letters`; shorter ones go whole to the next line. The
    rule is the one that German, Spanish, Turkish and others have in common (a syllable begins with one consonant);
    where a compound's parts meet it may be a letter off."""
    return WORD.sub(lambda word: _part(word[0]) if len(word[0]) > letters else word[0], text)


def letters_in(ems: float) -> int:
    """How many letters find room in a line that is so many times as wide as its type is high."""
    return max(2 * EDGE, int(ems / LETTER_EMS))


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
