"""How pages and files leave: compressed where it pays, under a policy that lets nothing in from anywhere else."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

FOLDER = Path(__file__).parent / "static"
ASSETS = Path(__file__).resolve().parent.parent.parent / "assets"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}
COMPRESSED_FROM_BYTES = 800
"""Smaller answers fit into one packet as they are."""

SELF = "'self'"
YEAR_S = 365 * 24 * 3600
AnyRequest = Request[Any, Any, State]
Answer = Response[bytes]


def policy(others: Iterable[str]) -> str:
    """The Content-Security-Policy of a page: nothing inline, nothing from elsewhere; it may ask the store's other
    terminals whether they are there."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; "
        f"worker-src 'self'; connect-src {' '.join((SELF, *others))}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def safe_headers(others: Iterable[str] = ()) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy(others),
        "Referrer-Policy": "no-referrer",  # the address is a key
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "X-Robots-Tag": "noindex",
    }


def packed(request: AnyRequest, content: bytes, media_type: str, status: int, headers: dict[str, str]) -> Answer:
    if len(content) >= COMPRESSED_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, 6, mtime=0)
        headers = {**headers, "Content-Encoding": "gzip"}
    return Response(content, status_code=status, media_type=media_type, headers={**headers, "Vary": "Accept-Encoding"})


def html(request: AnyRequest, content: bytes, status: int = 200, others: Iterable[str] = ()) -> Answer:
    return packed(request, content, "text/html", status, safe_headers(others))


def json(request: AnyRequest, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return packed(request, msgspec.json.encode(value, enc_hook=str), "application/json", status, headers or {})


class File(msgspec.Struct, frozen=True):
    content: bytes
    small: bytes  # gzip
    media_type: str
    etag: str


@cache
def files() -> dict[str, File]:
    """The pages' own files, and the icons they use as one sprite."""
    found = {path.name: _file(path.name, path.read_bytes()) for path in FOLDER.iterdir() if path.suffix in TYPES}
    found["icons.svg"] = _file("icons.svg", sprite())
    return found


def _file(name: str, content: bytes) -> File:
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return File(content, gzip.compress(content, 9, mtime=0), TYPES[Path(name).suffix], etag)


ICONS = {
    "search": "search", "basket": "shopping-basket", "x": "x", "minus": "minus", "plus": "plus",
    "trash": "trash-2", "check": "check", "info": "info", "clock": "clock", "wifi-off": "wifi-off",
    "filter": "filter", "chevron-down": "chevron-down",
}  # fmt: skip
"""The sprite's symbols, and the files of `assets/icons` that they come from."""


def sprite() -> bytes:
    symbols = []
    for name, file in ICONS.items():
        text = (ASSETS / "icons" / f"{file}.svg").read_text()
        inside = " ".join(text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].split())
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{inside}</symbol>'
        )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


@cache
def version() -> str:
    """Of the pages' files: it is in their addresses, so that a phone keeps them until they change."""
    found = files()
    return hashlib.sha256("".join(found[name].etag for name in sorted(found)).encode()).hexdigest()[:10]


def file(request: AnyRequest, found: File, *, keep_s: int, **headers: str) -> Answer:
    caching = f"public, max-age={keep_s}, immutable" if keep_s else "no-cache"
    said = {"ETag": found.etag, "Cache-Control": caching, "Cross-Origin-Resource-Policy": "same-origin", **headers}
    if request.headers.get("if-none-match") == found.etag:
        return Response(b"", status_code=304, headers=said)
    if "gzip" in request.headers.get("accept-encoding", "") and len(found.small) < len(found.content):
        return Response(
            found.small,
            media_type=found.media_type,
            headers={**said, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"},
        )
    return Response(found.content, media_type=found.media_type, headers=said)


@cache
def picture(name: str) -> File | None:
    """A dish's picture that comes with the program; None when there is none of that name."""
    path = ASSETS / "images" / name
    if path.suffix != ".webp" or path.parent != ASSETS / "images" or not path.is_file():
        return None
    content = path.read_bytes()
    return File(content, content, TYPES[".webp"], f'"{hashlib.sha256(content).hexdigest()[:16]}"')
