"""Where long words of a menu may part: at a syllable, with a hyphen, and not wherever a line happens to end. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

SOFT = "\u00ad"
"""A hyphen that is seen only at the end of a line."""

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
    of a compound meet it may be a letter off."""
    return WORD.sub(lambda m: _part(m[0]) if len(m[0]) >= 2 * EDGE and too_wide(m[0]) else m[0], text)


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
