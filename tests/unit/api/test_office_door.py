"""Who gets into head office's pages, and what another page in the same browser can't do with their cookie."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.unit.api.serving import TOKEN, Served, hear, serving


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path / "office", store="", label="Head office", role="office") as served:
        yield served


async def cookie_of(office: Served) -> str:
    answer = await office.stranger.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    office.stranger.cookies.clear()
    return answer.headers["set-cookie"].partition(";")[0]


async def test_the_link_sets_a_cookie_that_scripts_can_not_read_and_hides_the_token(office: Served) -> None:
    answer = await office.stranger.get(f"/menu?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/menu")
    said = answer.headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    assert TOKEN not in said
    assert (await office.stranger.get("/menu")).status_code == 200


async def test_without_it_there_is_only_the_door(office: Served) -> None:
    for path in ("/", "/menu", "/orders"):
        answer = await office.stranger.get(path)
        assert answer.status_code == 401
        assert "Sign in" in answer.text
    assert (await office.stranger.get("/?token=wrong")).status_code == 401
    assert (await office.stranger.post("/login", data={"token": "wrong"})).status_code == 401
    signed_in = await office.stranger.post("/login", data={"token": f" {TOKEN} "})
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/")


async def test_signing_out_takes_the_cookie_away(office: Served) -> None:
    await office.stranger.get(f"/?token={TOKEN}")
    assert (await office.stranger.get("/v1/orders")).status_code == 200
    answer = await office.stranger.post("/logout", headers={"Origin": office.url})
    assert answer.status_code == 303
    assert (await office.stranger.get("/v1/orders")).status_code == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null"])
async def test_a_foreign_page_can_not_act_or_listen_with_the_cookie(office: Served, origin: str) -> None:
    cookie = await cookie_of(office)
    headers = {"Cookie": cookie, "Origin": origin}
    command = await office.stranger.post("/v1/commands/menu.publish", json={}, headers=headers)
    assert command.status_code == 401
    assert (await office.stranger.get("/v1/orders", headers=headers)).status_code == 401
    connecting = office.socket("/v1/watch?views=status", None, origin=origin)
    connecting.additional_headers = {"Cookie": cookie}
    async with connecting as connection:
        await connection.wait_closed()
    assert connection.close_code == 4401


async def test_the_page_itself_may_act_and_listen(office: Served) -> None:
    cookie = await cookie_of(office)
    headers = {"Cookie": cookie, "Origin": office.url}
    command = await office.stranger.post("/v1/commands/menu.publish", json={}, headers=headers)
    assert command.json()["code"] == "missing_field"
    connecting = office.socket("/v1/watch?views=status", None, origin=office.url)
    connecting.additional_headers = {"Cookie": cookie}
    async with connecting as connection:
        assert (await hear(connection))["view"] == "status"


async def test_a_form_of_a_foreign_page_posts_nothing(office: Served) -> None:
    """Browsers send no Origin with some old forms; without one, the cookie is good for reading only."""
    cookie = await cookie_of(office)
    answer = await office.stranger.post("/v1/commands/menu.publish", json={}, headers={"Cookie": cookie})
    assert answer.status_code == 401


async def test_pages_forbid_what_they_do_not_need(office: Served) -> None:
    answer = await office.stranger.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_static_files_are_only_those_that_belong(office: Served) -> None:
    script = await office.stranger.get("/static/common.js")
    assert script.headers["content-type"].startswith("text/javascript")
    again = await office.stranger.get("/static/common.js", headers={"If-None-Match": script.headers["etag"]})
    assert again.status_code == 304
    for path in ("/static/pages.py", "/static/..%2Fpages.py", "/static/overview.html", "/static/"):
        answer: httpx.Response = await office.stranger.get(path)
        assert answer.status_code == 404


async def test_a_shop_has_no_office_pages(tmp_path: Path) -> None:
    async with serving(tmp_path / "shop", store="corner", label="Counter", role="pos") as shop:
        assert (await shop.stranger.get("/")).status_code == 404
        assert (await shop.http.get("/orders")).status_code == 404
