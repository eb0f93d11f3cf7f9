"""The pictures that somebody has looked at and accepted, and what differs from them.

`tests/shots/accepted/` holds them small (`likeness.KEPT`) as WebP, 16 kB each or so. Only what differs is accepted
anew, so that it costs the repository no more than what has changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtGui import QImage

from tests.shots.likeness import difference, side_by_side, small

ACCEPTED = Path(__file__).resolve().parent / "accepted"
QUALITY = 82


def keep(picture: QImage, path: Path) -> None:
    """Small, and as coarse on both sides of a comparison."""
    path.parent.mkdir(exist_ok=True)
    small(picture).save(str(path), quality=QUALITY)


def changes(taken: Path, beside: Path, names: Iterable[str] | None = None) -> dict[str, str]:
    """By picture, in words. `taken`: the folder of what is there now; `names`: those that must be there (without: all
    that were accepted). What differs is written to `beside`, what was accepted on the left."""
    found: dict[str, str] = {}
    now = {path.stem: path for path in taken.glob("*.webp")}
    kept = {path.stem: path for path in ACCEPTED.glob("*.webp")}
    wanted = kept.keys() if names is None else set(names)
    for name in sorted(now.keys() | wanted):
        if name not in kept:
            found[name] = "is new"
        elif name not in now:
            found[name] = "was not taken"
        else:
            before, after = QImage(str(kept[name])), QImage(str(now[name]))
            differs = difference(before, after)
            if differs:
                beside.mkdir(parents=True, exist_ok=True)
                side_by_side(before, after, differs).save(str(beside / f"{name}.png"))
                found[name] = str(differs)
    return found


def accept(folder: Path, found: Iterable[str]) -> None:
    """These are right as they are now."""
    ACCEPTED.mkdir(exist_ok=True)
    for name in found:
        taken, kept = folder / f"{name}.webp", ACCEPTED / f"{name}.webp"
        if taken.exists():
            shutil.copy(taken, kept)
        else:
            kept.unlink(missing_ok=True)
