"""What a command is answered, and what the log keeps of it for when it is asked again."""

from __future__ import annotations

from typing import Any

import msgspec

from server.event import Event, Refused
from server.services.asked import check_same


class CommandAnswer(msgspec.Struct, frozen=True):
    """What a command did: the events it led to (none when all was already so) and its result."""

    events: list[Event]
    result: Any


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What the log keeps of a command beside its events, for when it is asked again."""

    command: str
    result: Any = None
    refusal: tuple[str, str] | None = None  # code, text: answered so though it left events (a declined card)
    asked: str = ""  # the fingerprint of its body; `""` of who knew none yet


def id_used(first: str, then: str) -> Refused:
    return Refused("command_id_used", f"This command_id was used for {first}. Make a new one for {then}.")


def answer_again(name: str, events: list[Event], kept: Any, asked: str = "") -> CommandAnswer:
    """The answer of a command done before. Raises the `Refused` that it was answered with, if it was, and
    `Refused("command_id_used")` when the id belongs to another command, or to this one with another body."""
    known = msgspec.convert(kept, Kept)
    if known.command != name:
        raise id_used(known.command, name)
    check_same(known.asked, asked)
    if known.refusal is not None:
        raise Refused(*known.refusal)
    return CommandAnswer(events, known.result)
