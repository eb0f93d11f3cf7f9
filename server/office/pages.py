"""Head office's web pages: who may see them, and the files they are made of.

The pages hold no data; their scripts ask the API, with a cookie that only they are sent. Everything they need comes
from here, so they work in a building without internet.
"""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from server.api.auth import Gate, from_own_page
from server.api.commands import read_body

FOLDER = Path(__file__).parent / "static"
ASSETS = Path(__file__).parent.parent.parent / "assets"
PAGES = {"/": "overview.html", "/menu": "menu.html", "/orders": "orders.html"}

SESSION_S = 12 * 3600
"""A working day; then the link from the office's terminal is needed again."""

MAX_FORM_BYTES = 4096

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",  # with less, browsers send no Origin with forms
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class File(msgspec.Struct, frozen=True):
    content: bytes
    media_type: str
    etag: str


def read_files() -> dict[str, File]:
    """Everything under `/static/`: the pages' own scripts and styles, typeface and icons."""
    found: dict[str, File] = {}
    sources = [
        *FOLDER.glob("*.js"),
        *FOLDER.glob("*.css"),
        *FOLDER.glob("*.svg"),
        *(ASSETS / "fonts").glob("*.ttf"),
        *(ASSETS / "icons").glob("*.svg"),
    ]
    for path in sources:
        content = path.read_bytes()
        kind = {".js": "text/javascript", ".ttf": "font/ttf"}.get(path.suffix) or mimetypes.guess_type(path.name)[0]
        text = f"{kind}; charset=utf-8" if path.suffix in (".js", ".css", ".svg") else str(kind)
        found[path.name] = File(content, text, f'"{hashlib.sha256(content).hexdigest()[:16]}"')
    return found


AnyRequest = Request[Any, Any, State]
Html = Response[bytes]


def html(name: str, status: int = 200, cookies: list[Cookie] | None = None) -> Html:
    return Response(
        (FOLDER / name).read_bytes(),
        status_code=status,
        media_type=MediaType.HTML,
        headers=PAGE_HEADERS,
        cookies=cookies,
    )


def go_to(path: str, cookie: Cookie | None = None) -> Html:
    """After a form, or to lose the token from the address bar and the history."""
    headers = {**PAGE_HEADERS, "Location": path}
    return Response(b"", status_code=303, headers=headers, cookies=[cookie] if cookie else [])


def session_cookie(gate: Gate) -> Cookie:
    return Cookie(key=gate.cookie, value=gate.session, path="/", max_age=SESSION_S, httponly=True, samesite="lax")


@get(list(PAGES), include_in_schema=False, opt={"open": True, "any_query": True})
async def page(request: AnyRequest, state: State) -> Html:
    gate: Gate = state.gate
    token = request.query_params.get("token")
    if token is not None:
        return go_to(request.url.path, session_cookie(gate)) if gate.is_token(token) else html("wrong.html", 401)
    if not gate.has_session(request):
        return html("login.html", 401)
    return html(PAGES[request.url.path])


@post("/login", include_in_schema=False, status_code=303, opt={"open": True})
async def login(request: AnyRequest, state: State) -> Html:
    gate: Gate = state.gate
    form = parse_qs((await read_body(request, MAX_FORM_BYTES)).decode("utf-8", "replace"))
    if not gate.is_token(form.get("token", [""])[0].strip()):
        return html("wrong.html", 401)
    return go_to("/", session_cookie(gate))


@post("/logout", include_in_schema=False, status_code=303, opt={"open": True})
async def logout(request: AnyRequest, state: State) -> Html:
    gate: Gate = state.gate
    if not from_own_page(request):
        return go_to("/")
    return go_to("/", Cookie(key=gate.cookie, value="", path="/", max_age=0, httponly=True, samesite="lax"))


@get("/static/{name:str}", include_in_schema=False, opt={"open": True})
async def static(request: AnyRequest, name: FromPath[str], state: State) -> Response[bytes]:
    if state.files is None:
        state.files = read_files()
    file: File | None = state.files.get(name)
    if file is None:
        raise NotFoundException
    headers = {"ETag": file.etag, "Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "same-origin"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(b"", status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)


@get("/favicon.ico", include_in_schema=False, opt={"open": True})
async def favicon(state: State, request: AnyRequest) -> Response[bytes]:
    return Response((FOLDER / "brand.svg").read_bytes(), media_type="image/svg+xml", headers=PAGE_HEADERS)


HANDLERS: list[HTTPRouteHandler] = [page, login, logout, static, favicon]
