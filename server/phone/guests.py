"""What every path asks first: which language, which link, and whether this phone may."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar.datastructures import Cookie

from server.event import Refused
from server.phone import frame
from server.phone.answers import YEAR_S, Answer, AnyRequest, html
from server.phone.limits import Buckets
from server.phone.links import Link
from server.phone.room import Phone
from server.phone.words import Words, accepted, choose
from server.services.carte import Carte
from server.services.orders.events import Order

OPEN = {"open": True, "any_query": True}
"""Needs no token: the link is the key."""

LANGUAGE_COOKIE = "pilotlight_language"


def phone_of(request: Any) -> Phone:
    phone: Phone = request.app.state.phone
    return phone


def words_of(connection: Any) -> Words:
    """The language asked for in the address, chosen before, or that of the browser."""
    wishes = [connection.query_params.get("lang", ""), connection.cookies.get(LANGUAGE_COOKIE, "")]
    return choose([w for w in wishes if w] + accepted(connection.headers.get("accept-language", "")))


def remembered(request: AnyRequest, answer: Answer, words: Words) -> Answer:
    if request.query_params.get("lang"):
        answer.cookies.append(
            Cookie(
                key=LANGUAGE_COOKIE, value=words.language, path="/phone", max_age=YEAR_S, samesite="lax", httponly=True
            )
        )  # fmt: skip
    return answer


def visit_of(request: AnyRequest, text: str) -> Link:
    """Raises `Refused`: `bad_link`, `old_link`, `too_many_requests`."""
    phone = phone_of(request)
    visit = phone.read(text, "visit")
    may(phone.visits, text, words_of(request))
    return visit


def may(buckets: Buckets, who: str, words: Words) -> None:
    """Raises `Refused("too_many_requests")` in the guest's words."""
    if not buckets.take(who, asyncio.get_running_loop().time()):
        raise Refused("too_many_requests", words.say("sorry.too_many_requests_text"))


def sorry(request: AnyRequest, refused: Refused, words: Words) -> Answer:
    """A page for a link that opens nothing (any more)."""
    code = refused.code if words.knows(f"sorry.{refused.code}") else "bad_link"
    title, text = words.say(f"sorry.{code}"), words.say(f"sorry.{code}_text")
    status = {"old_link": 410, "too_many_requests": 429}.get(refused.code, 404)
    content = frame.notice(words, title, text, sorry=refused.code)
    return html(request, content, status)


def carte_of(phone: Phone, words: Words) -> Carte:
    carte = phone.carte()
    if carte is None:
        raise Refused("no_menu", words.say("no_menu_text"))
    return carte


async def order_of(request: Any, text: str, words: Words) -> Order:
    """The order of a link. Raises `Refused`; `not_here_yet` while this terminal has not heard of it."""
    phone = phone_of(request)
    link = phone.read(text, "order")
    may(phone.visits, text, words)
    found = await asyncio.to_thread(phone.node.order, link.subject)
    if found is None:
        raise Refused("not_here_yet", words.say("sorry.not_here_yet_text"))
    return found
