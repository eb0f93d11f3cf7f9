"""A log that keeps the promises of `server.log`, with a list for a disk. It trusts nobody and checks every chain."""

from __future__ import annotations

from server.event import Batch, Draft, Header, Held, Stream, decode, encode
from server.keys import DeviceKey, chain, genesis, verify_seal
from server.log.requests import SKIPPED_FROM_MS

Row = tuple[bytes, bytes, bytes | None]  # raw, hash, seal


class Gap(Exception):
    pass


class Fork(Exception):
    pass


class MemoryLog:
    """One device's streams. `drop_below` makes a floor."""

    def __init__(self, key: DeviceKey, store: str, nonce: bytes) -> None:
        self.key = key
        self.header = Header(1, key.public_key, nonce, store)
        self.log_id = self.header.log_id
        self.headers: dict[str, Header] = {self.log_id: self.header}
        self.rows: dict[Stream, list[Row]] = {}
        self.floors: dict[Stream, tuple[int, bytes]] = {}
        self.set_aside: list[Batch] = []

    def copy(self) -> MemoryLog:
        """A restored or cloned disk."""
        other = MemoryLog(self.key, self.header.store, self.header.nonce)
        other.headers = dict(self.headers)
        other.rows = {stream: list(rows) for stream, rows in self.rows.items()}
        other.floors = dict(self.floors)
        return other

    def floor(self, stream: Stream) -> tuple[int, bytes]:
        return self.floors.get(stream, (0, genesis(stream)))

    def head(self, stream: Stream) -> tuple[int, bytes]:
        floor = self.floor(stream)
        rows = self.rows.get(stream)
        return (floor[0] + len(rows), rows[-1][1]) if rows else floor

    def held(self) -> dict[Stream, Held]:
        return {s: Held(*self.head(s), *self.floor(s)) for s in self.rows}

    def append(self, topic: str, count: int, hlc: int, data: object = None, kind: str = "made") -> Batch:
        """`count` events (at most 512) in one commit, sealed at the end."""
        stream = Stream(self.log_id, topic)
        seq, digest = self.head(stream)
        raws, hashes = [], []
        for i in range(count):
            draft = Draft(f"{stream.name}.{kind}/1", f"a{(seq + i) % 7}", data or {"n": seq + i}, topic)
            raw = encode(seq + 1 + i, hlc + i, draft, None)
            digest = chain(digest, raw)
            raws.append(raw)
            hashes.append(digest)
        return self._add(Batch(stream, seq + 1, raws, hashes, self.key.seal(digest)))

    def store(self, batch: Batch, header: Header, floor: tuple[int, bytes] | None = None) -> Batch | None:
        """Trims what is held; raises `Gap` or `Fork`; None when all of it is held."""
        if floor and batch.stream not in self.rows:
            self.floors[batch.stream] = floor
        seq, digest = self.head(batch.stream)
        others = self.header.store and batch.stream.log_id != self.log_id
        if floor and seq < floor[0] == batch.first_seq - 1 and others and self._was_away(batch):
            self.floors[batch.stream], self.rows[batch.stream] = floor, []
            seq, digest = floor
        if batch.last_seq <= seq:
            return None
        if batch.first_seq > seq + 1:
            raise Gap(f"{batch.stream}: {batch.first_seq} after {seq}")
        skip = seq + 1 - batch.first_seq
        rest = Batch(batch.stream, seq + 1, batch.events[skip:], batch.hashes[skip:], batch.seal)
        if skip and batch.hashes[skip - 1] != digest:
            raise Fork(str(batch.stream))
        for raw, expected in zip(rest.events, rest.hashes, strict=True):
            digest = chain(digest, raw)
            assert digest == expected, "the Replica let a broken chain through"
        assert header.log_id == batch.stream.log_id
        assert verify_seal(header.public_key, digest, batch.seal), "the Replica let a bad seal through"
        self.headers[header.log_id] = header
        return self._add(rest)

    def _was_away(self, batch: Batch) -> bool:
        rows = self.rows.get(batch.stream)
        since = decode(batch.stream, batch.events[0]).hlc - decode(batch.stream, rows[-1][0]).hlc if rows else 0
        return since >= SKIPPED_FROM_MS << 16

    def read(self, stream: Stream, after: int, max_events: int, max_bytes: int) -> Batch | None:
        """Up to the last seal within the limits; at least one sealed run."""
        floor_seq, _ = self.floor(stream)
        rows = self.rows.get(stream, [])
        if after < floor_seq:
            return None
        start = after - floor_seq
        end, size = None, 0
        for i in range(start, len(rows)):
            size += len(rows[i][0])
            if end is not None and (i - start >= max_events or size > max_bytes):
                break
            if rows[i][2]:
                end = i
        if end is None:
            return None
        part = rows[start : end + 1]
        seal = part[-1][2]
        assert seal
        return Batch(stream, floor_seq + start + 1, [r[0] for r in part], [r[1] for r in part], seal)

    def drop_below(self, stream: Stream, seq: int) -> None:
        """Makes `seq` the floor, as retention would."""
        floor_seq, _ = self.floor(stream)
        rows = self.rows[stream]
        self.floors[stream] = (seq, rows[seq - floor_seq - 1][1])
        self.rows[stream] = rows[seq - floor_seq :]

    def _add(self, batch: Batch) -> Batch:
        rows = self.rows.setdefault(batch.stream, [])
        rows.extend((raw, digest, None) for raw, digest in zip(batch.events, batch.hashes, strict=True))
        rows[-1] = (*rows[-1][:2], batch.seal)
        return batch
