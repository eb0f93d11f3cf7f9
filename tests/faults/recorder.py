"""What a power cut leaves, at its worst: a server runs under `strace`, every write and every sync of its databases is
taken down, and its folder is built anew as a disk may hold it that kept only what it had promised.

A sync makes durable what had been written to that file before the sync began. Of everything later each sector of 512
bytes may be old or new, whatever was written before or after it; a file that grew or shrank may have either size.
"""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

SECTOR = 512
Kind = Literal["write", "size", "sync", "unlink"]
Cut = Literal["synced", "prefix", "sectors", "all"]
"""How unkind: only what was synced; in order up to a moment, the last write torn; any sectors; everything written."""

CUTS: tuple[Cut, ...] = ("synced", "prefix", "sectors", "sectors", "all")
CALLS = "pwrite64,ftruncate,fdatasync,fsync,unlink,unlinkat"
LONGEST_WRITE = 1 << 20


def wrap(trace: Path) -> list[str]:
    """What comes before a server's command so that it is recorded."""
    follow = ["strace", "-f", "-qq", "-ttt", "-T", "-y", "-xx", "-s", str(LONGEST_WRITE), "--seccomp-bpf"]
    return [*follow, "-e", f"trace={CALLS}", "-o", str(trace)]


@dataclass(frozen=True)
class Call:
    """One system call on a database. `end` is infinite if the process died in it."""

    kind: Kind
    path: str
    start: float
    end: float
    at: int = 0
    data: bytes = b""


LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
BEGUN = re.compile(r"^(.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
WHOLE = re.compile(r"^(\w+)\((.*)\) += (-?\d+)[^<]*(?:<(\d+\.\d+)>)?$", re.DOTALL)
HANDLE = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>(?:\(deleted\))?(?:, )?(.*)$")
STRING = re.compile(r'^(?:[^"]*)"((?:\\x[0-9a-f]{2})*)"(?:\.\.\.)?(?:, )?(.*)$')


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def calls(trace: Path, folder: Path) -> list[Call]:
    """The calls on databases in `folder`, in the order in which they began."""
    found = [call for call in parsed(trace.read_text(errors="replace")) if inside(call.path, folder)]
    return sorted(found, key=lambda call: call.start)


def inside(path: str, folder: Path) -> bool:
    return path.startswith(f"{folder}/") and path.endswith((".db", ".db-wal", ".db-journal"))


def parsed(text: str) -> Iterator[Call]:
    begun: dict[str, tuple[float, str]] = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        thread, stamp, rest = match[1], float(match[2]), match[3]
        if unfinished := BEGUN.match(rest):
            begun[thread] = (stamp, unfinished[1])
            continue
        end = None
        if resumed := RESUMED.match(rest):
            stamp, head = begun.pop(thread, (stamp, f"{resumed[1]}("))
            end = float(match[2])
            rest = head + resumed[2]
        if whole := WHOLE.match(rest):
            took = float(whole[4] or 0)
            yield from call(whole[1], whole[2], int(whole[3]), stamp, max(end or 0, stamp + took))
    for stamp, head in begun.values():  # it died in the middle
        name, _, rest = head.partition("(")
        yield from call(name, rest, None, stamp, float("inf"))


def call(name: str, rest: str, result: int | None, start: float, end: float) -> Iterator[Call]:
    """`result` None: not known, it never came back."""
    if result is not None and result < 0:
        return
    if name in ("unlink", "unlinkat"):
        if text := STRING.match(rest):
            yield Call("unlink", unhex(text[1]).decode(), start, end)
        return
    handle = HANDLE.match(rest)
    if handle is None:
        return
    path, rest = unhex(handle[1]).decode(), handle[2]
    if name in ("fdatasync", "fsync"):
        if result is not None:
            yield Call("sync", path, start, end)
    elif name == "ftruncate":
        yield Call("size", path, start, end, at=int(rest))
    elif (written := STRING.match(rest)) is not None:
        data = unhex(written[1])
        size, at = (int(number) for number in written[2].split(", ")[:2])
        if result is None or len(data) == size == result:
            yield Call("write", path, start, end, at=at, data=data)
        else:
            raise ValueError(f"a write of {size} bytes was not taken down whole")


@dataclass
class Disk:
    """One file: what is durable, and what was done since."""

    durable: bytearray = field(default_factory=bytearray)
    exists: bool = True
    since: list[Call] = field(default_factory=list)

    def do(self, one: Call) -> None:
        if one.kind == "sync":
            self.sync(one)
        else:
            self.since.append(one)

    def sync(self, sync: Call) -> None:
        """What had been done when it began is safe."""
        later = []
        for one in self.since:
            if one.end <= sync.start:
                self.durable, self.exists = applied(self.durable, one), one.kind != "unlink"
            else:
                later.append(one)
        self.since = later

    def left(self, cut: Cut, rand: random.Random) -> bytes | None:
        """What a disk may hold that lost its power now; None: no such file."""
        data, exists, since = bytearray(self.durable), self.exists, self.since
        if cut == "synced":
            since = []
        elif cut == "prefix" and since:
            since = since[: rand.randrange(len(since) + 1)]
            if since and since[-1].kind == "write" and rand.random() < 0.7:
                last = since[-1]
                whole = rand.randrange(0, len(last.data) + 1, SECTOR) if len(last.data) >= SECTOR else 0
                since = [*since[:-1], Call("write", last.path, last.start, last.end, last.at, last.data[:whole])]
        elif cut == "sectors":
            return self._any_sectors(rand) if exists else None
        for one in since:
            data, exists = applied(data, one), one.kind != "unlink"
        return bytes(data) if exists else None

    def _any_sectors(self, rand: random.Random) -> bytes:
        """Each sector as it was at any moment since the last sync; the size, too."""
        versions: dict[int, list[bytes]] = {}
        size, sizes = len(self.durable), [len(self.durable)]

        def newest(sector: int) -> bytes:
            if sector not in versions:
                old = bytes(self.durable[sector * SECTOR : (sector + 1) * SECTOR])
                versions[sector] = [old.ljust(SECTOR, b"\0")]
            return versions[sector][-1]

        for one in self.since:
            if one.kind == "write":
                for sector in range(one.at // SECTOR, (one.at + len(one.data) - 1) // SECTOR + 1):
                    now = bytearray(newest(sector))
                    begin, end = max(one.at, sector * SECTOR), min(one.at + len(one.data), (sector + 1) * SECTOR)
                    now[begin - sector * SECTOR : end - sector * SECTOR] = one.data[begin - one.at : end - one.at]
                    versions[sector].append(bytes(now))
                size = max(size, one.at + len(one.data))
            elif one.kind == "size":
                for sector in range(-(-one.at // SECTOR), -(-size // SECTOR)):
                    newest(sector)
                    versions[sector].append(bytes(SECTOR))
                size = one.at
            sizes.append(size)
        out = bytearray(self.durable)
        longest = max(sizes)
        out.extend(bytes(-(-longest // SECTOR) * SECTOR - len(out)) if len(out) < longest else b"")
        for sector, known in versions.items():
            out[sector * SECTOR : (sector + 1) * SECTOR] = rand.choice(known)
        return bytes(out[: rand.choice(sizes)])


def applied(data: bytearray, one: Call) -> bytearray:
    if one.kind == "write":
        if len(data) < one.at:
            data.extend(bytes(one.at - len(data)))
        data[one.at : one.at + len(one.data)] = one.data
    elif one.kind == "size":
        if one.at < len(data):
            del data[one.at :]
        else:
            data.extend(bytes(one.at - len(data)))
    else:
        data.clear()
    return data


def after_the_cut(
    before: Path, recorded: list[Call], after: Path, live: Path, when: float, cut: Cut, rand: random.Random
) -> Path:
    """A folder beside `live` as that may be after a power cut at `when`. `before`: as it was, safely, when recording
    began; `after`: when it ended. Small files that are no databases are as after, or torn, empty or missing."""
    out = live.with_name(f"{live.name}-after-{time.time_ns()}")
    shutil.copytree(before, out, symlinks=True)
    disks: dict[str, Disk] = {}
    for one in recorded:
        if one.start > when:
            continue
        if one.path not in disks:
            old = before / Path(one.path).relative_to(live)
            disks[one.path] = Disk(bytearray(old.read_bytes()) if old.exists() else bytearray(), old.exists())
        disk = disks[one.path]
        if one.kind != "sync" or one.end <= when:
            disk.do(one if one.end <= when else Call(one.kind, one.path, one.start, float("inf"), one.at, one.data))
            if one.kind != "unlink":
                disk.exists = True
    for path, disk in disks.items():
        target = out / Path(path).relative_to(live)
        target.parent.mkdir(parents=True, exist_ok=True)
        left = disk.left(cut, rand)
        target.unlink(missing_ok=True)
        if left is not None:
            target.write_bytes(left)
    for shm in out.rglob("*-shm"):
        shm.unlink()  # memory, not disk
    for name in ("endpoint.json", "known.json", "sync.port", "lock"):
        small(after / name, out / name, cut, rand)
    for name in ("api.token", "card-terminal.json"):  # written long ago, and another machine's memory
        if (after / name).exists():
            shutil.copy2(after / name, out / name)
    return out


def pour(left: Path, live: Path) -> None:
    """The machine's own folder is as `left`: the same files on the same disk (a log knows a copy of itself), with other
    bytes in them."""
    wanted = {path.relative_to(left) for path in left.rglob("*") if path.is_file()}
    for path in [p for p in live.rglob("*") if p.is_file()]:
        if path.relative_to(live) not in wanted:
            path.unlink()
    for name in wanted:
        target = live / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("r+b" if target.exists() else "wb") as file:
            file.write((left / name).read_bytes())
            file.truncate()


def small(after: Path, target: Path, cut: Cut, rand: random.Random) -> None:
    """A file that nobody syncs."""
    if not after.exists():
        return
    data = after.read_bytes()
    target.unlink(missing_ok=True)
    what = "whole" if cut == "all" else rand.choice(("whole", "torn", "empty", "missing", "zeros"))
    if what != "missing":
        kept = {"whole": data, "torn": data[: len(data) // 2], "empty": b"", "zeros": bytes(len(data))}[what]
        target.write_bytes(kept)
