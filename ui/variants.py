"""`pilotlight picture-variants`: pictures in the sizes in which they are shown. A server starts it, and tells it what
to do in JSON lines; see `server/blobs/variants.py`.

It is a process of its own because pictures come from anywhere: one that would take too much memory to decode ends this
process, and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter

MEMORY_BYTES = 1024 * 1024 * 1024
"""Of addresses: the libraries alone take some hundred megabytes of these."""

DECODED_MB = 256
"""Of one picture: forty megapixels of four bytes, and a second copy for turning it upright."""

QUALITY = 82
NICE = 15


def confine() -> None:
    """Little memory, and only the time that nobody else wants."""
    QImageReader.setAllocationLimit(DECODED_MB)
    if sys.platform != "win32":
        import resource

        os.nice(NICE)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def make(source: str, targets: dict[str, Any]) -> dict[str, Any]:
    """Writes the variants, the largest first, each from the one before. `error`: why it can't be done, or `""`;
    `again`: not because of the picture; `photo`: it fills its frame, nothing of it is see-through."""
    reader = QImageReader(source)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    largest = max(side for _, side in targets.values())
    if size.isValid() and max(size.width(), size.height()) > largest:
        reader.setScaledSize(fit(size, largest))  # a JPEG is then decoded at about that size
    picture = reader.read()
    if picture.isNull():
        return {"error": f"it can't be decoded ({reader.errorString()}). Save it anew."}
    photo = not picture.hasAlphaChannel()
    for path, side in sorted(targets.values(), key=lambda one: -int(one[1])):
        picture = smaller(picture, side)
        new = Path(path).with_suffix(".new")
        writer = QImageWriter(str(new), b"webp")
        writer.setQuality(QUALITY)
        try:
            if not writer.write(picture):
                raise OSError(writer.errorString())
            with new.open("rb") as file:
                os.fsync(file.fileno())  # else a power cut may leave an empty file under its name
            new.replace(path)
        except OSError as e:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            return {"error": f"they can't be written in other sizes ({e.strerror or e})", "again": True}
    return {"error": "", "photo": photo}


def fit(size: QSize, side: int) -> QSize:
    return size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))


def smaller(picture: QImage, side: int) -> QImage:
    if max(picture.width(), picture.height()) <= side:
        return picture
    return picture.scaled(
        fit(picture.size(), side), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def run() -> int:
    confine()
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(make(job["source"], job["targets"])), flush=True)
    return 0
