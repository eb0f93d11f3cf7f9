"""What somebody may have meant who typed a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable


def no_such(what: str, name: str, known: Iterable[str]) -> str:
    """`There is no command `kiosc`. Did you mean `kiosk`?`; the first sentence alone where nothing is near."""
    from difflib import get_close_matches  # not needed by who types well

    near = get_close_matches(name, sorted(known), n=1)
    return f"There is no {what} `{name}`." + (f" Did you mean `{near[0]}`?" if near else "")
