"""One stream of a damaged log on its way into a new one: what of it proves itself, and where it ends."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from server.event import MAX_BATCH_EVENTS, Header, Stream, decode
from server.keys import chain, verify_seal
from server.log.spans import Run, joined

MENDED_BYTES = 2048
"""Of an event in which the bit is looked for that has flipped: most are a few hundred, and each bit costs a hash."""

MEND_TRIES = 32
"""Events of a stream that are tried; where more don't fit, it is no bit that has flipped."""


MAX_STARTS = 4
"""Places that don't fit between two seals from which on it is tried; each try costs a signature."""


class Strand:
    """One stream on its way: how far it has proved itself, and the rows since its last seal.

    What lies between two seals is carried over when the hashes computed from the first end at the hash that the second
    signs. Where they don't, no neighbour would take it as that stream; but an event whose hash still follows on the one
    before is what was written, for chance does not make a SHA-256 fit.
    """

    def __init__(self, id: int, stream: Stream, header: Header, floor: tuple[int, bytes] | None) -> None:
        """`floor` is None where it is not known what the stream begins with."""
        self.id, self.stream, self.header = id, stream, header
        self.floor = floor
        self.sealed: tuple[int, bytes, int, int] | None = None  # seq, hash, position, hlc
        self._broken = False  # from here on nothing can be carried over under the stream's name
        self._known: tuple[int, bytes] | None = floor  # number and hash right before the rows that wait
        self._waiting: list[list[Any]] = []
        self._tries = MEND_TRIES
        self._runs: list[Run] = []
        self.parts: list[tuple[int, Strand]] = []  # what remains below the floor: up to which number, and its strand

    def part_of(self, seq: int) -> Strand:
        """The strand that a number belongs to: this one, or a part of the stream below its floor."""
        return next((part for upto, part in self.parts if seq <= upto), self)

    def take(self, row: tuple[Any, ...]) -> tuple[list[list[Any]], list[list[Any]]]:
        """What this row settles: rows that are carried over, and rows that are whole but have lost their place."""
        position, _, seq, digest, seal, raw = row
        last = self._waiting[-1][2] if self._waiting else self._known[0] if self._known else None
        if last is not None and seq <= last:
            return [], []  # a number that was there before: the file contradicts itself
        rest: list[list[Any]] = []
        if last is None or seq != last + 1:
            rest = self.rest()
            self._broken, self._known = True, None
        self._waiting.append([position, self.id, seq, digest, seal, raw])
        if seal is None:
            return [], rest
        proved = self._proved()
        if not proved and self._mend():
            proved = self._proved()
        if proved and not self._broken and len(proved) <= MAX_BATCH_EVENTS:  # so many without a seal can't be sent
            newest = decode(self.stream, proved[-1][5]).hlc  # as it was, should it have been set right
            self.sealed = (seq, proved[-1][3], position, max(newest, self.sealed[3] if self.sealed else 0))
            self._known, self._waiting = (seq, proved[-1][3]), []
            return proved, rest
        if not proved and not verify_seal(self.header.public_key, digest, seal):
            self._waiting[-1][4] = None  # perhaps only the seal is not as it was: then the next one proves these, too
            return [], rest
        self._broken = True
        run = self._run()
        whole = self.rest()
        if run is not None:
            self._known = (run.last_seq, run.digest)
            self._add(run)
        return [], rest + whole

    def runs(self, but_last: bool = False) -> list[Run]:
        """What proves itself behind a hole, as far as it was read; asked once. The last may still become longer."""
        keep = 1 if but_last else 0
        found, self._runs = self._runs[: len(self._runs) - keep], self._runs[len(self._runs) - keep :]
        return found

    def _add(self, run: Run) -> None:
        longer = joined(self._runs[-1] if self._runs else None, run)
        if longer is None:
            self._runs.append(run)
        else:
            self._runs[-1] = longer

    def _run(self) -> Run | None:
        """The most of the rows that wait, the last of them sealed, that proves itself without those before."""
        rows = self._waiting
        seal = rows[-1][4]
        for start in self._starts():
            seq, digest = self._known if start == 0 and self._known else (rows[start - 1][2], rows[start - 1][3])
            if not rows[start:] or (start == 0 and self._known is None) or rows[start][2] != seq + 1:
                continue
            prior = digest
            for row in rows[start:]:
                digest = chain(digest, row[5])
            if verify_seal(self.header.public_key, digest, seal) and all(map(self._is_event, rows[start:])):
                return Run(seq + 1, prior, [row[5] for row in rows[start:]], seal, digest)
        return None

    def _starts(self) -> list[int]:
        """Where such a run may begin: with the first row, or at one whose hash does not follow, or right after it."""
        rows = self._waiting
        least = max(0, len(rows) - MAX_BATCH_EVENTS)
        odd = [i for i in range(max(1, least), len(rows)) if chain(rows[i - 1][3], rows[i][5]) != rows[i][3]]
        starts = {least, max(1, least)} | {i for at in odd[-MAX_STARTS:] for i in (at, at + 1)}
        return sorted(start for start in starts if start < len(rows))

    def rest(self) -> list[list[Any]]:
        """Of the rows that wait for a seal those that are whole; no more wait then."""
        self._mend()
        rows, self._waiting = self._waiting, []
        before = self._known[1] if self._known else None
        whole = []
        for row in rows:
            if before is not None and chain(before, row[5]) == row[3] and self._is_event(row):
                whole.append(row)
            before = row[3]
        if rows:
            self._known = (rows[-1][2], rows[-1][3])
        return whole

    def _mend(self) -> bool:
        """Sets right what is one bit off: then its hash, which stands beside it, fits again, and that is no chance."""
        before = self._known[1] if self._known else None
        mended = False
        for row in self._waiting:
            if before is not None and chain(before, row[5]) != row[3] and len(row[5]) <= MENDED_BYTES and self._tries:
                self._tries -= 1
                raw = one_bit_off(before, row[5], row[3])
                if raw is not None:
                    row[5], mended = raw, True
            before = row[3]
        return mended

    def _proved(self) -> list[list[Any]]:
        """All rows that wait, with the hashes that the last one's seal signs; none if it doesn't."""
        if self._known is None:
            return []
        digest, proved = self._known[1], []
        for row in self._waiting:
            digest = chain(digest, row[5])
            proved.append([*row[:3], digest, *row[4:]])
        signed = verify_seal(self.header.public_key, digest, proved[-1][4])
        return proved if signed and all(map(self._is_event, proved)) else []

    def _is_event(self, row: list[Any]) -> bool:
        try:
            event = decode(self.stream, row[5])
            number: int = row[2]
            return event.seq == number and event.type.startswith(f"{self.stream.name}.")
        except msgspec.DecodeError:
            return False


def one_bit_off(before: bytes, raw: bytes, digest: bytes) -> bytes | None:
    """The bytes that differ from `raw` in one bit and follow on the hash `before` with the hash `digest`."""
    so_far = hashlib.sha256(before)
    for at, byte in enumerate(raw):
        rest = raw[at + 1 :]
        for bit in range(8):
            one = bytes([byte ^ 1 << bit]) + rest
            found = so_far.copy()
            found.update(one)
            if found.digest() == digest:
                return raw[:at] + one
        so_far.update(raw[at : at + 1])
    return None
