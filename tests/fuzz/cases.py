"""A case: a kind of victim and what is done to it, step by step. Kept as JSON when it shows a fault."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import zstandard

CORPUS = Path(__file__).parent / "corpus"
PACK_FROM_BYTES = 2_000
"""Frames from this size on are stored compressed."""

Step = list[Any]
"""`["connect", link, dialled, to_office]`, `["frame", link, bytes]`, `["tick", seconds]`, `["append", topic, count]`,
`["disk", "ok" | "held" | "failing"]`, `["floor", topic, count]`, `["office", reachable]`, `["commit"]` or
`["cut", link]`."""


class Case(msgspec.Struct):
    victim: str
    steps: list[Step]
    fault: str = ""


def _out(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    if len(value) >= PACK_FROM_BYTES:
        return {"zstd": base64.b85encode(zstandard.compress(value, 19)).decode()}
    return {"bytes": base64.b85encode(value).decode()}


def _in(value: Any) -> Any:
    if isinstance(value, dict):
        raw = base64.b85decode(value.get("bytes") or value.get("zstd", ""))
        return zstandard.decompress(raw) if "zstd" in value else raw
    return value


def write(case: Case, folder: Path = CORPUS) -> Path:
    """Named by its content: the same case twice is one file."""
    lines = [json.dumps([_out(one) for one in step]) for step in case.steps]
    head = f'{{"victim": {json.dumps(case.victim)}, "fault": {json.dumps(case.fault[:300])}, "steps": [\n'
    text = head + ",\n".join(lines) + "\n]}\n"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> Case:
    document = json.loads(path.read_text(encoding="utf-8"))
    steps = [[_in(one) for one in step] for step in document["steps"]]
    return Case(document["victim"], steps, document["fault"])


def smaller(case: Case, fails: Callable[[Case], bool], most: int = 400) -> Case:
    """The case without the steps that the fault does not need, found in at most `most` tries."""
    steps, size = case.steps, max(1, len(case.steps) // 2)
    while size and most:
        at = 0
        while at < len(steps) and most:
            most -= 1
            fewer = steps[:at] + steps[at + size :]
            if fails(Case(case.victim, fewer)):
                steps = fewer
            else:
                at += size
        size //= 2
    return Case(case.victim, steps, case.fault)
