"""One blob on its way, from one source after another: what to ask for next, and what of an answer to keep. Pure.

Pieces come in the order in which they were asked for, so what is held is always a beginning, and a hash can run along.
A blob that came from one source alone and has the wrong hash convicts it. Where several had a part in it nobody is
convicted: it is fetched again, from one source alone.
"""

from __future__ import annotations

from collections import deque

from server.blobs.frames import MAX_BLOB_BYTES, Ask, BadBlob, Piece


class Absent(Exception):
    """The source does not have it."""


class Fetching:
    """`held`: bytes that are here already, of `total` (0: not known). `sources` had a part in them."""

    def __init__(self, digest: str, held: int = 0, total: int = 0, sources: frozenset[str] = frozenset()) -> None:
        self.digest = digest
        self.held = held
        self.total = total
        self.sources = sources
        self._name = bytes.fromhex(digest)
        self._source = ""
        self._asked = held
        self._in_flight: deque[Ask] = deque()

    @property
    def done(self) -> bool:
        """All bytes are here; whether they are the right ones their hash will tell."""
        return 0 < self.total == self.held

    @property
    def may_ask(self) -> bool:
        """Something is missing that was not asked for. How long it is comes with the first piece."""
        return self._asked < self.total if self.total else not self._in_flight

    def begin(self, source: str, alone: bool = False) -> None:
        """From now on from this source; what was asked for and has not come is asked for again. `alone`: what others
        had a part in does not count."""
        if alone and self.sources - {source}:
            self.again()
        self._source = source
        self._asked = self.held
        self._in_flight.clear()

    def next_ask(self, number: int, length: int) -> Ask | None:
        """The next piece, of up to `length` bytes; None when all that is missing has been asked for."""
        if not self.may_ask:
            return None
        length = min(length, self.total - self._asked) if self.total else length
        ask = Ask(number, self._name, self._asked, length)
        self._asked += length
        self._in_flight.append(ask)
        return ask

    def came(self, piece: Piece) -> bytes:
        """What to append. Raises `Absent`, and `BadBlob` when the answer is none to what was asked."""
        if not self._in_flight or piece.number != self._in_flight[0].number:
            raise BadBlob("it answered what was not asked")
        ask = self._in_flight.popleft()
        if piece.total == 0:
            raise Absent
        if not 0 < piece.total <= MAX_BLOB_BYTES:
            raise BadBlob(f"it has {piece.total} bytes, and the limit is {MAX_BLOB_BYTES}")
        if self.total and piece.total != self.total:
            raise BadBlob(f"it has {piece.total} bytes here and {self.total} elsewhere")
        if len(piece.data) != min(ask.length, piece.total - ask.offset):
            raise BadBlob("a piece has another length than was asked for")
        self.total = piece.total
        self._asked = min(self._asked, self.total)
        self.held += len(piece.data)
        self.sources |= {self._source}
        return piece.data

    def again(self) -> None:
        """The hash was wrong, or sources contradict each other: from the start."""
        self.held = self.total = self._asked = 0
        self.sources = frozenset()
        self._in_flight.clear()
