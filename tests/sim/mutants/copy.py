"""A copy of the sources in which one patch is applied."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.sim.mutants.patch import Patch

ROOT = Path(__file__).resolve().parents[3]
COPIED = ("server", "tests/sim", "tests/__init__.py")
"""What a patch may change and what is run; the rest is linked."""


class NoLongerFits(Exception):
    """The text that a patch replaces is not in the sources, or not once: the code has moved on, and the patch must."""


def patched(source: str, patch: Patch) -> str:
    """The file's new text. Raises `NoLongerFits`."""
    count = source.count(patch.old)
    if count != 1:
        raise NoLongerFits(f"{patch.name}: its text is {count} times in {patch.file}. Write it anew for today's code.")
    return source.replace(patch.old, patch.new)


def make_copy(patch: Patch, folder: Path) -> None:
    """Fills `folder` with the sources, the patch applied. Raises `NoLongerFits`."""
    for name in COPIED:
        there = folder / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, there)
    for one in ROOT.iterdir():
        if not (folder / one.name).exists() and not one.name.startswith(".") and one.name != "out":
            os.symlink(one, folder / one.name)
    for one in (ROOT / "tests").iterdir():
        if not (folder / "tests" / one.name).exists() and one.name != "__pycache__":
            os.symlink(one, folder / "tests" / one.name)
    target = folder / patch.file
    target.write_text(patched(target.read_text(), patch))
