"""Lines that a printer has no letters for, drawn as pictures by a program of its own.

That program (`command`, see `ui/paper.py`) has the fonts and the rules of every script, which a server does not load.
It is told one receipt in JSON, answers its lines, and ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

import msgspec

from server.phone.words import Words
from server.printing.escpos import COLUMN_DOTS, Drawn, code_page, writes
from server.printing.job import Done, Job, Line
from server.printing.layout import Code, Paper, Row

DRAWN_WITHIN_S = 15.0
"""A second, mostly; somebody stands before the printer."""

OWN_SCRIPT = frozenset({"ar", "zh", "ja"})
"""Languages of which no code page holds the letters: all lines of such a receipt are drawn, so that they look alike."""

logger = logging.getLogger("pilotlight.printing")


def to_draw(paper: Paper, language: str) -> list[int]:
    """Which rows the printer's own letters can't write."""
    page = code_page(paper)
    rows = [(n, row) for n, row in enumerate(paper) if isinstance(row, Row)]
    own = language in OWN_SCRIPT
    return [n for n, row in rows if not writes(row, page) or (own and any(c.isalnum() for c in row.text + row.amount))]


async def drawn(paper: Paper, words: Words, columns: int, command: Sequence[str]) -> list[Row | Code | Drawn] | None:
    """The paper with pictures for those lines that need one; None when they could not be drawn."""
    which = to_draw(paper, words.language)
    if not which:
        return list(paper)
    rows = [row for n in which if isinstance(row := paper[n], Row)]
    dots = columns * COLUMN_DOTS // 8 * 8
    job = Job([Line(*row) for row in rows], dots, words.language)
    try:
        lines = await _ask(command, job)
    except (OSError, TimeoutError, msgspec.MsgspecError) as e:
        logger.warning("a receipt is printed without letters of its own script: %s", e or type(e).__name__)
        return None
    pictures = dict(zip(which, lines, strict=False))
    return [Drawn(dots // 8, pictures[n]) if n in pictures else row for n, row in enumerate(paper)]


async def _ask(command: Sequence[str], job: Job) -> list[bytes]:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(DRAWN_WITHIN_S):
            answer, _ = await process.communicate(msgspec.json.encode(job))
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    lines = msgspec.json.decode(answer, type=Done).lines
    if len(lines) != len(job.lines) or any(not line or len(line) % (job.dots // 8) for line in lines):
        raise msgspec.ValidationError("the program that draws did not answer what it was asked")
    return lines
