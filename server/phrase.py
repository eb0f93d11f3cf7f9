"""How the names of a menu stand together in a phrase, on screens and on phones. Pure."""

from __future__ import annotations

COLONS = {"fr": "\u00a0: ", "ja": "：", "zh": "："}
BRACKETS = {"ja": ("（", "）"), "zh": ("（", "）")}


def spoken(language: str) -> str:
    """`pt-BR` is spoken as `pt` is."""
    return language.partition("-")[0]


def inside(text: str, language: str) -> str:
    """As it stands inside a sentence: without the capital letter that a heading has. Nouns of German keep theirs,
    and so do abbreviations, and names of several words with one each."""
    second = text[2:3] if text[1:2] in ("'", "’") else text[1:2]  # `L'accompagnement`
    abbreviated = not (second.islower() or second == " ")
    if spoken(language) == "de" or abbreviated or any(word[:1].isupper() for word in text.split()[1:]):
        return text
    first = {"İ": "i", "I": "ı"}.get(text[0]) if spoken(language) == "tr" else None
    return (first or text[0].lower()) + text[1:]


def filled_in(name: str, text: str, language: str) -> str:
    """The name as a text like `No {name}` takes it in: one that begins with the name leaves it its capital."""
    return name if text.startswith("{name}") else inside(name, language)


def colon(language: str) -> str:
    """Between what is spoken of and what is said about it."""
    return COLONS.get(spoken(language), ": ")


def bracketed(text: str, language: str) -> tuple[str, str]:
    """What stands before it, and the text in brackets as the language writes them."""
    before, after = BRACKETS.get(spoken(language), ("(", ")"))
    return "" if spoken(language) in BRACKETS else " ", before + text + after
