"""Puts the phone's room into a server's API."""

from __future__ import annotations

from litestar import Litestar, Router

from server.phone.calls import CALLS
from server.phone.files import FILES
from server.phone.gate import gate
from server.phone.give import give_basket, give_link
from server.phone.live import Crowd
from server.phone.pages import PAGES
from server.phone.room import Phone


def open_for_phones(app: Litestar, phone: Phone) -> None:
    """Before the application serves."""
    crowd = Crowd(phone)
    app.state.phone, app.state.crowd = phone, crowd
    app.register(Router("/", route_handlers=[*PAGES, *CALLS, *FILES], middleware=[gate], include_in_schema=False))
    app.register(give_link)
    app.register(give_basket)
    app.on_startup.append(crowd.start)
    app.on_shutdown.append(crowd.stop)
