"""The pages' own files, pictures, and what a browser wants to know of an application, under `/phone/`."""

from __future__ import annotations

import asyncio
from functools import lru_cache

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from server.blobs.digest import is_digest
from server.brand import accents
from server.phone.answers import TYPES, YEAR_S, Answer, AnyRequest, File, file, files, picture, version
from server.phone.guests import OPEN, phone_of, words_of
from server.phone.links import MAX_LINK_CHARS

PICTURE_S = 24 * 3600
BRAND = {
    "accent": "accent", "accent-strong": "accentStrong", "accent-soft": "accentSoft", "plate": "accentSoft",
    "on-accent": "inkOnAccent", "focus": "focus",
}  # fmt: skip
"""The sheet's variables for the roles of an accent (`server.brand`)."""

VARIANT = "phone"
SHORT_CHARS = 12
"""Of a name under an icon; phones cut what is longer."""


@get("/phone/static/{of:str}/{name:str}", include_in_schema=False, opt=OPEN)
async def static(request: AnyRequest, of: FromPath[str], name: FromPath[str]) -> Answer:
    """`of`: the version of all files, so that a page's scripts are of one, and kept until there is another."""
    found = files().get(name)
    if found is None:
        raise NotFoundException
    return file(request, found, keep_s=YEAR_S if of == version() else 0)


@get("/phone/picture/{name:str}", include_in_schema=False, opt=OPEN)
async def dish_picture(request: AnyRequest, name: FromPath[str]) -> Answer:
    if is_digest(name):
        return await travelled(request, name)
    found: File | None = picture(name) if len(name) <= MAX_LINK_CHARS else None
    if found is None:
        raise NotFoundException
    return file(request, found, keep_s=PICTURE_S)


async def travelled(request: AnyRequest, digest: str) -> Answer:
    """A picture that came with the menu, as soon as it is here: pages ask again."""
    variants = phone_of(request).node.blobs.variants
    if not variants.is_ready(digest):
        raise NotFoundException
    try:
        content = await asyncio.to_thread(variants.path(digest, VARIANT).read_bytes)
    except OSError:
        raise NotFoundException from None
    return file(request, File(content, content, TYPES[".webp"], f'"{digest[:16]}"'), keep_s=YEAR_S)


@get("/phone/brand.css", include_in_schema=False, opt=OPEN)
async def brand(request: AnyRequest) -> Answer:
    """The shop's own colour, as its screens have it. Who asked for more contrast keeps the product's own accents."""
    colour = phone_of(request).brand_colour
    content = brand_sheet(colour) if colour else b""
    return Response(content, media_type="text/css", headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=4)
def brand_sheet(colour: str) -> bytes:
    found = accents(colour)
    light, dark = (
        " ".join(f"--{name}: {found[role][mode]};" for name, role in BRAND.items()) for mode in ("light", "dark")
    )
    schemes = f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"
    return f"@media not (prefers-contrast: more) {{\n{schemes}\n}}\n".encode()


def kept_files() -> list[str]:
    """What an installed application needs to start without the shop, beside the last menu that it saw."""
    names = sorted(name for name in files() if name != "worker.js" and not name.startswith("icon-"))
    return ["/phone/", "/phone/brand.css", *(f"/phone/static/{version()}/{name}" for name in names)]


@get("/phone/sw.js", include_in_schema=False, opt=OPEN)
async def service_worker(request: AnyRequest) -> Answer:
    found = files()["worker.js"]
    content = found.content.replace(b"VERSION", version().encode())
    content = content.replace(b"FILES = []", b"FILES = " + msgspec.json.encode(kept_files()))
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/phone/"}
    return Response(content, media_type="text/javascript", headers=headers)


def short(name: str) -> str:
    """Whole words of it that fit under an icon."""
    words = name.split()
    while len(words) > 1 and len(" ".join(words)) > SHORT_CHARS:
        words.pop()
    return " ".join(words)[:SHORT_CHARS] if words else name[:SHORT_CHARS]


@get("/phone/manifest.webmanifest", include_in_schema=False, opt=OPEN)
async def manifest(request: AnyRequest) -> Answer:
    words = words_of(request)
    name = phone_of(request).shop(words) or "Pilotlight"
    icons = [
        {"src": f"/phone/static/{version()}/icon-192.png", "sizes": "192x192", "type": "image/png"},
        {"src": f"/phone/static/{version()}/icon-512.png", "sizes": "512x512", "type": "image/png"},
        {"src": f"/phone/static/{version()}/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
    ]
    value = {
        "id": "/phone/", "name": name, "short_name": short(name), "start_url": "/phone/", "scope": "/phone/",
        "display": "standalone", "background_color": "#fbf6ef", "theme_color": "#fbf6ef", "lang": words.language,
        "dir": words.direction, "icons": icons,
    }  # fmt: skip
    content = msgspec.json.encode(value)
    return Response(content, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@get("/phone/alive", include_in_schema=False, status_code=204, opt=OPEN)
async def alive(request: AnyRequest) -> Response[None]:
    """For pages of another terminal that has gone: whether this one serves phones. Says nothing else to anybody."""
    return Response(None, status_code=204, headers={"Access-Control-Allow-Origin": "*"})


FILES = [static, dish_picture, brand, service_worker, manifest, alive]
