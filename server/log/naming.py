"""Whose a damaged log's streams are: headers and names that prove themselves, also where their rows no longer do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from server.event import MAX_BATCH_EVENTS, Header, Stream, decode, unpack
from server.keys import chain, genesis, verify_seal
from server.log.leaves import STREAMS, Leaves
from server.log.rows import all_rows, is_whole
from server.log.strand import Strand

MAX_NAMELESS = 16
NAME_TRIES = 8
"""Streams of which nothing tells the name, and sealed events of each that are asked whose they are."""

MAX_HEADER_BYTES = 200
"""A key of 32, a nonce of 16, a store's name of 63."""

HEADERS_QUERY = "SELECT log_id, raw FROM headers"

INDEX_QUERY = "SELECT stream, log_id, topic FROM streams INDEXED BY sqlite_autoindex_streams_1"


def proven_headers(rows: Iterable[tuple[Any, ...]]) -> dict[str, Header]:
    """Those that prove themselves: a log's id is its header's hash. Without its header nothing of a log does, so one
    flipped bit in it is set right."""
    found: dict[str, Header] = {}
    for log_id, raw in rows:
        if not isinstance(raw, bytes) or len(raw) > MAX_HEADER_BYTES:
            continue
        header = _header(raw)
        if header is not None and header.log_id != log_id:  # one of the two is not as it was
            header = next((one for one in map(_header, _one_bit_off(raw)) if one and one.log_id == log_id), header)
        if header is not None:
            found[header.log_id] = header
    return found


def _header(raw: bytes) -> Header | None:
    try:
        return unpack(raw, Header)
    except msgspec.DecodeError:
        return None


def _one_bit_off(raw: bytes) -> Iterator[bytes]:
    for at in range(len(raw)):
        for bit in range(8):
            yield raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]


def strands(db: sqlite3.Connection, leaves: Leaves, headers: dict[str, Header]) -> dict[int, Strand]:
    """By the stream's number in the file. One whose row can't be read is told by its first event, whose hash binds
    the stream's name; where that was dropped, by the index of names, and it is not known what the stream begins with.
    Where row and index differ, the events tell which of the two is right.
    """
    found: dict[int, Strand] = {}
    indexed = {id: (log_id, topic) for id, log_id, topic in all_rows(db, INDEX_QUERY) if isinstance(topic, str)}
    rows = list(all_rows(db, "SELECT stream, log_id, topic, seq, floor_seq, floor_hash FROM streams"))
    if not is_whole(db, "streams"):
        scattered = [(*row[:4], *row[7:]) for row in leaves.rows(STREAMS)]
        rows += sorted(scattered, key=lambda row: row[3], reverse=True)  # the newest of what may be there twice
    for row in rows:
        id, log_id, topic, _, floor_seq, floor_hash = row
        if id in found:
            continue
        if id in indexed and isinstance(topic, str) and topic != indexed[id][1] and not _fits(db, id, topic):
            topic = indexed[id][1]
        log_id = log_id if log_id in headers else _nearest(log_id, headers)
        if isinstance(id, int) and log_id and isinstance(topic, str) and isinstance(floor_hash, bytes):
            stream = Stream(log_id, topic)
            if isinstance(floor_seq, int) and (floor_seq > 0 or floor_hash == genesis(stream)):
                found[id] = Strand(id, stream, headers[log_id], (floor_seq, floor_hash))
    known = {thread.stream: id for id, thread in found.items()}
    for id, digest, raw in all_rows(db, "SELECT stream, hash, raw FROM events NOT INDEXED WHERE seq = 1"):
        if id in found or not (isinstance(id, int) and isinstance(raw, bytes)):
            continue
        for log_id, header in headers.items():
            stream = Stream(log_id, _topic_in(raw))
            if chain(genesis(stream), raw) == digest:
                found.pop(known.get(stream, id), None)  # its row names a number that is not its own
                found[id] = Strand(id, stream, header, (0, genesis(stream)))
                known[stream] = id
                break
    for id, (log_id, topic) in indexed.items():
        if log_id in headers and id not in found:
            stream = Stream(log_id, topic)
            if stream not in known:
                found[id] = Strand(id, stream, headers[log_id], None)
                known[stream] = id
    return found


def _fits(db: sqlite3.Connection, id: int, topic: str) -> bool:
    """Whether the events of a stream are of this topic; also where none can be read."""
    newest = all_rows(db, f"SELECT raw FROM events WHERE stream = {id:d} ORDER BY seq DESC LIMIT 1")
    return all(_topic_in(raw) in ("", Stream("", topic).name) for (raw,) in newest if isinstance(raw, bytes))


class Nameless:
    """Rows of streams of which neither the row of `streams` nor the first event is there: their seals tell whose they
    are, and where only one stream of that writer is not found yet, which. They can't stand in it, for it is not known
    what they follow on; but they prove themselves."""

    def __init__(self, found: dict[int, Strand], headers: dict[str, Header]) -> None:
        self._found = found
        self._headers = headers
        self._waiting: dict[int, list[tuple[Any, ...]]] = {}
        self._tries: dict[int, int] = {}

    def told_by(self, row: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows of this one's stream, if it tells whose it is; none while that is not known."""
        id = row[1]
        waiting = self._waiting.setdefault(id, []) if len(self._waiting) < MAX_NAMELESS else []
        waiting.append(row)
        del waiting[:-MAX_BATCH_EVENTS]
        if row[4] is None or self._tries.get(id, 0) >= NAME_TRIES:
            return []
        self._tries[id] = self._tries.get(id, 0) + 1
        topic = _topic_in(row[5])
        known = {strand.stream for strand in self._found.values()}
        if not topic or any(stream.name == topic and stream.scope for stream in known):
            return []
        candidates = [
            header
            for log_id, header in self._headers.items()
            if Stream(log_id, topic) not in known and verify_seal(header.public_key, row[3], row[4])
        ]
        if len(candidates) != 1:
            return []
        [header] = candidates
        self._found[id] = Strand(id, Stream(header.log_id, topic), header, None)
        return self._waiting.pop(id, [row])


def _nearest(log_id: Any, headers: dict[str, Header]) -> str:
    """The log whose id differs in one letter from what became of it; `""` for none."""
    if isinstance(log_id, str):
        for one in headers:
            if len(one) == len(log_id) and sum(a != b for a, b in zip(one, log_id, strict=True)) == 1:
                return one
    return ""


def _topic_in(raw: bytes) -> str:
    try:
        return decode(Stream("", ""), raw).type.partition(".")[0]
    except msgspec.DecodeError:
        return ""
