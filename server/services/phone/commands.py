"""What may be asked of the phone service."""

from __future__ import annotations

from server.services.command import Command


class Key(Command, frozen=True):
    """A key that links to guests' phones are signed with. `secret`: 32 random bytes that you make, base64url without
    padding. With `replace` all links that were given out before hold no longer, printed ones too."""

    secret: str
    replace: bool = False
