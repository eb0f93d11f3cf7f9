"""The pages under `/phone/`: a code's door, the menu, an order."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath

from server.event import Refused
from server.phone import frame, live, menu_page, order_page, room
from server.phone.answers import Answer, AnyRequest, html, safe_headers
from server.phone.give import BASKET
from server.phone.guests import OPEN, may, order_of, phone_of, remembered, sorry, visit_of, words_of


@get(["/phone", "/phone/"], include_in_schema=False, opt=OPEN)
async def door(request: AnyRequest) -> Answer:
    """Without a link: the script goes on with the visit that this phone had, if it had one."""
    words = words_of(request)
    title, text = words.say("sorry.no_link"), words.say("sorry.no_link_text")
    return html(request, frame.notice(words, title, text, sorry="no_link"))


@get("/phone/q/{code:str}", include_in_schema=False, opt=OPEN)
async def enter(request: AnyRequest, code: FromPath[str]) -> Answer:
    phone, words = phone_of(request), words_of(request)
    try:
        link = phone.read(code, "code")
        may(phone.visits, code, words)
    except Refused as refused:
        return sorry(request, refused, words)
    handed, table = handed_over(link.subject)
    visit = await phone.link("visit", room.VISIT_S, table)
    lang = request.query_params.get("lang", "")
    query = f"?lang={quote(lang)}" if lang else ""
    return Response(b"", status_code=303, headers={**safe_headers(), "Location": f"/phone/v/{visit}/{query}{handed}"})


def handed_over(subject: str) -> tuple[str, str]:
    """Where the page begins, and the table: of a code that a kiosk showed with a basket, or of any other."""
    if subject.startswith(BASKET):
        return f"#take={subject.removeprefix(BASKET)}", ""
    return "", subject


@get("/phone/v/{visit:str}/", include_in_schema=False, opt=OPEN)
async def menu(request: AnyRequest, visit: FromPath[str]) -> Answer:
    phone, words = phone_of(request), words_of(request)
    try:
        link = visit_of(request, visit)
    except Refused as refused:
        return sorry(request, refused, words)
    carte = phone.carte()
    others = phone.others(request.headers.get("host", ""))
    if carte is None:
        title, text = menu_page.no_menu(words)
        return html(request, frame.notice(words, title, text, menu_page.again(words)), 503, others)
    available, shop = phone.node.availability(), phone.shop(words)
    body = await asyncio.to_thread(menu_page.content, carte, available, words, link.subject, shop)
    data = {"visit": visit, "menu": phone.node.status().menu_version}
    data["zero"], data["nothing"] = words.nothing(carte.menu.currency)
    data["table"] = link.subject
    kind = "menu-page plain" if menu_page.plain(carte) else "menu-page"
    content = frame.page(words, shop, body, kind=kind, others=" ".join(others), say=frame.spoken(words), **data)
    return remembered(request, html(request, content, 200, others), words)


@get("/phone/o/{order:str}", include_in_schema=False, opt=OPEN)
async def order(request: AnyRequest, order: FromPath[str]) -> Answer:
    phone, words = phone_of(request), words_of(request)
    try:
        found = await order_of(request, order, words)
    except Refused as refused:
        return sorry(request, refused, words)
    others = phone.others(request.headers.get("host", ""))
    wait = await asyncio.to_thread(phone.wait, found)
    body = order_page.content(found, phone.node.menu(), words, "/phone/", wait, phone.shop(words))
    title = f"{found.number} · {live.say(found, words)}"  # what a screen reader says first of a page
    content = frame.page(
        words, title, body, kind="order", others=" ".join(others),
        say=frame.spoken(words), order=order,
    )  # fmt: skip
    return remembered(request, html(request, content, 200, others), words)


PAGES = [door, enter, menu, order]
