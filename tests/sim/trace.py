"""Who said what when: a digest of everything always, readable lines where somebody wants to read them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from server.event import Stream, decode
from server.replication import frames
from tests.sim.network import End

NOISE = ("Summary", "Have")


class Trace:
    """`level` 0: nothing is written; 1: without the frames that only say that all is well; 2: everything."""

    def __init__(self, now: Callable[[], float], level: int = 0, write: Callable[[str], None] = print) -> None:
        self._now, self._level, self._write = now, level, write
        self._digest = hashlib.blake2b(digest_size=12)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def note(self, text: str) -> None:
        line = f"{self._now():10.4f}  {text}"
        self._digest.update(line.encode())
        if self._level:
            self._write(line)

    def frame(self, end: End, frame: bytes) -> None:
        self._digest.update(frame)
        if self._level:
            message = frames.decode(frame)
            if self._level > 1 or type(message).__name__ not in NOISE:
                self._write(f"{self._now():10.4f}  {end.host.name} → {end.other_host.name}: {said(message)}")


def said(message: object) -> str:
    """A frame in a few words."""
    if isinstance(message, frames.Events):
        stream = Stream(message.log_id, message.topic)
        kinds = []
        for raw in message.events[:4]:
            try:
                event = decode(stream, raw)
                kinds.append(f"{event.type} {event.aggregate_id[:8]}")
            except (msgspec.MsgspecError, ValueError):
                kinds.append("?")
        more = f", … {len(message.events) - 4} more" if len(message.events) > 4 else ""
        last = message.first_seq + len(message.events) - 1
        return f"events {stream.log_id[:6]}/{stream.topic} {message.first_seq}-{last}: {', '.join(kinds)}{more}"
    if isinstance(message, frames.Have):
        return f"have {counts(message.entries)}"
    if isinstance(message, frames.FrontierIs):
        seqs = {log_id: {t: seq for t, (seq, _) in topics.items()} for log_id, topics in message.entries.items()}
        return f"frontier {counts(seqs)}"
    if isinstance(message, frames.Hello):
        return f"hello from {message.label} ({message.device_id[:6]}, log {message.log_id[:6]})"
    if isinstance(message, frames.Refuse):
        return f"refuse {message.code}: {message.text}"
    if isinstance(message, frames.Summary):
        return f"summary {counts(message.changed)}"
    return type(message).__name__.lower()


def counts(entries: dict[str, dict[str, int]]) -> str:
    return " ".join(f"{log_id[:6]}/{t}:{seq}" for log_id, topics in entries.items() for t, seq in topics.items())
