"""What the screens say, in the languages they speak: `assets/translations/<screen>.<language>.json`.

A file maps keys to texts, `{"pos.change": "Change {amount}"}`. A text that differs by number has two keys,
`pos.items.one` and `pos.items.other`, and is asked for as `pos.items` with `n`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

logger = logging.getLogger("pilotlight.ui.text")

ASSETS = Path(__file__).resolve().parent.parent / "assets"
FALLBACK = "en"


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

    def knows(self, key: str) -> bool:
        return key in self._texts.get(FALLBACK, {})

    def say(self, language: str, key: str, values: Mapping[str, Any] | None = None) -> str:
        """The text of `key` with `{name}` places filled from `values`."""
        values = values or {}
        text = None
        for spoken in (language, FALLBACK):
            texts = self._texts.get(spoken, {})
            if "n" in values:
                text = texts.get(f"{key}.{'one' if values['n'] == 1 else 'other'}")
            text = text if text is not None else texts.get(key)
            if text is not None:
                break
        if text is None:
            if key and key not in self._missing:
                self._missing.add(key)
                logger.warning("no text for %s", key)
            return key
        for name, value in values.items():
            text = text.replace(
                "{" + name + "}", str(int(value) if isinstance(value, float) and value.is_integer() else value)
            )
        return text


def named(thing: Mapping[str, Any], language: str, field: str = "name") -> str:
    """A menu thing's name (or description) in a language, or in the menu's own words."""
    translated = thing.get("texts", {}).get(language, {}).get(field)
    return str(translated or thing.get(field) or "")
