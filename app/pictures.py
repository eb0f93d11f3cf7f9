"""The pictures that lie beside a menu file: found by the names that the menu gives them, checked, and taken along."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import httpx
import msgspec

from server.blobs.digest import reference
from server.blobs.heads import HEAD_BYTES, check_picture
from server.blobs.store import BlobStore
from server.event import Refused
from server.services.menu.events import Image, Menu
from server.services.menu.import_report import ReportLine
from server.services.menu.pictures import digest_of, named

ASSETS = Path(__file__).resolve().parent.parent / "assets"

BESIDE = ("", "images", "pictures")
"""Folders beside the menu file in which its pictures are looked for."""

ENDINGS = ("", ".jpg", ".jpeg", ".png", ".webp", ".gif")
PUT_TIMEOUT_S = 60.0
NAMED = 5
"""Of pictures that are nowhere so many are named: a catalog from the internet may have hundreds."""

BESIDE_THE_FILE = "beside the menu's file, or into a folder “images” there (or name their folder with --pictures)"

Put = Callable[[str, bytes], None]
"""Makes a blob durable under its digest. Raises `Refused`."""


class Taken(msgspec.Struct, frozen=True):
    """`menu` refers to the pictures; `lines`: those that could not be taken, and why."""

    menu: Menu
    count: int
    size: int
    lines: list[ReportLine]


def folders(file: Path, given: Path | None) -> list[Path]:
    """Where to look. Raises `Refused` for a folder that was named and is none."""
    if given is not None and not given.is_dir():
        raise Refused("bad_usage", f"{given} is no folder. Name the one that holds the menu's pictures.")
    return [given] if given is not None else [file.parent / name for name in BESIDE]


def take(menu: Menu, where: Sequence[Path], put: Put) -> Taken:
    """Puts in every picture that the menu names and that lies in one of the folders. One that is no picture, or too
    large, is left out, and told of; so are those that are nowhere. Raises what `put` raises."""
    images = {image.image_id: image for image in menu.images}
    lines: list[ReportLine] = []
    missing: list[str] = []
    count = size = 0
    for name in dict.fromkeys([*named(menu), *images]):
        known = images.get(name, Image(name))
        path = find(name, known.url, where)
        if path is None:
            if digest_of(known.url or name) is None and not comes_along(name):
                missing.append(name)
            continue
        try:
            data = read(path)
        except Refused as refused:
            lines.append(ReportLine(path.name, "picture", refused.text))
            continue
        digest = hashlib.sha256(data).hexdigest()
        put(digest, data)
        images[name] = msgspec.structs.replace(known, url=reference(digest))
        count += 1
        size += len(data)
    if missing:
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        whose = ", ".join(missing[:NAMED]) + more
        lines.append(ReportLine(whose, "picture", f"not found. Put it {BESIDE_THE_FILE}, and import the menu again."))
    return Taken(msgspec.structs.replace(menu, images=list(images.values())), count, size, lines)


def find(name: str, url: str, where: Sequence[Path]) -> Path | None:
    """By the name itself, with or without a picture's ending, else by the last part of its address."""
    for one in candidates(name, url):
        for folder in where:
            for ending in ENDINGS:
                path = folder / f"{one}{ending}"
                if path.is_file():
                    return path
    return None


def comes_along(name: str) -> bool:
    """Whether it is one of those that travel with the program."""
    return not set(name) & set("/\\:\0") and (ASSETS / "images" / name).is_file()


def candidates(name: str, url: str) -> Iterator[str]:
    """Plain names only: nothing leads out of the folder."""
    try:
        last = PurePosixPath(urlsplit(url).path).name
    except ValueError:
        last = ""
    for one in (name, last):
        if one and one not in (".", "..") and not set(one) & set("/\\:\0") and len(one) <= 200:
            yield one


def read(path: Path) -> bytes:
    """Raises `Refused` in words: it can't be read, is no picture, or too large a one."""
    try:
        with path.open("rb") as f:
            size = path.stat().st_size
            beginning = f.read(HEAD_BYTES)
            check_picture(beginning, size)
            return beginning + f.read()
    except OSError as e:
        raise Refused("bad_picture", f"it can't be read ({e.strerror}).") from None


def by_api(api: str, token: str) -> Put:
    """Through a running server."""
    client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=PUT_TIMEOUT_S)

    def put(digest: str, data: bytes) -> None:
        try:
            answer = client.put(f"{api}/v1/blobs/{digest}", content=data)
            told = answer.json()
        except (httpx.HTTPError, ValueError) as e:
            raise Refused("no_server", f"The server does not take pictures ({e}). Restart it and try again.") from None
        if answer.status_code != 200:
            raise Refused(told.get("code", "refused"), told.get("text", "The server refused a picture."))

    return put


def at_rest(folder: Path, space_mb: int) -> Put:
    """Into a data folder whose server is stopped."""
    store = BlobStore(folder, space_mb * 1_000_000)
    store.open()

    def put(digest: str, data: bytes) -> None:
        incoming = store.incoming()
        try:
            incoming.write(data)
            incoming.finish(digest)
        except OSError as e:
            raise Refused("disk_full", f"The disk did not take a picture ({e.strerror}). Make room first.") from e
        finally:
            incoming.discard()

    return put
