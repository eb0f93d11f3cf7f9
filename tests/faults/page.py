"""docs/reliability.md's tables, written from the registry and from `proven.py`, so that a row can't name a test that
does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.faults.proven import PROVEN
from tests.faults.registry import Row, load

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- rows: written by `python -m tests.faults --page` -->"
END = "<!-- end of rows -->"


HEAD = (
    "| what goes wrong | what the people in the shop see | what is guaranteed | shown by |",
    "| --- | --- | --- | --- |",
)


FIRST = (
    "A server dies",
    "A screen or its server dies",
    "The power goes",
    "A terminal burns after “thank you”",
    "Money",
    "A machine stands still (sleep, overload, a stuck disk) and comes back",
    "A disk fails or is full",
    "The log of a terminal is damaged",
    "A disk is copied, or comes back from a backup",
    "Other files of a terminal are damaged or lost",
)
"""What people fear first; the rest follows as it comes."""


def rows() -> Iterator[tuple[Row, str]]:
    """Every row, with the name of what proves it."""
    for one in load().values():
        yield one.row, f'`make faults ARGS="--only {one.name}"`'
    for row, test in PROVEN:
        yield row, f"`{test}`"


def tables() -> str:
    areas: dict[str, list[str]] = {}
    for row, test in rows():
        areas.setdefault(row.area, []).append(f"| {row.what} | {row.seen} | {row.holds} | {test} |")
    parts = []
    for area in sorted(areas, key=lambda area: FIRST.index(area) if area in FIRST else len(FIRST)):
        lines = areas[area]
        parts.append("\n".join([f"### {area}", "", *HEAD, *lines]))
    return "\n\n".join(parts)


def renewed(text: str) -> str:
    """The page with its tables as they are now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def write() -> None:
    PAGE.write_text(renewed(PAGE.read_text()))
