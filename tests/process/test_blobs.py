"""Pictures travel between real servers, whoever is killed, cut off, wrong or full meanwhile."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from app.relay import Relay
from server.blobs.partial import Mark
from tests.process.shop import HTTP, Server, eventually

pytestmark = pytest.mark.timeout(300)  # real servers, on whatever machine
WAIT_S = 90.0
Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Server] = []

    def one(name: str, *arguments: str, office: bool = False) -> Server:
        who = [] if office else ["--store", "s1", "--no-mdns", "--sync-port", "0"]
        port = ["--port", "0"] if office else []
        server = Server(
            tmp_path / name, *who, *port, "--api-port", "0", *arguments, command="office" if office else "server"
        )
        running.append(server)
        return server.start()

    yield one
    for server in running:
        server.stop()


def peer(server: Server) -> list[str]:
    return ["--peer", f"127.0.0.1:{server.endpoint['sync_port']}"]


def picture(size: int, seed: int = 1) -> tuple[bytes, str]:
    data = random.Random(seed).randbytes(size)
    return data, hashlib.sha256(data).hexdigest()


def put(server: Server, data: bytes, digest: str) -> httpx.Response:
    url = f"{server.endpoint['api']}/v1/blobs/{digest}"
    return HTTP.put(url, content=data, headers=server.headers, timeout=30)


def publish(server: Server, *digests: str) -> None:
    items = [
        {"item_id": f"i{n}", "name": f"Dish {n}", "image": f"p{n}", "variations": [
            {"variation_id": "v", "name": "", "price_minor": 100}]}
        for n in range(len(digests))
    ]  # fmt: skip
    menu = {
        "currency": "EUR", "name": "M", "items": items,
        "categories": [{"category_id": "c", "name": "C", "item_ids": [i["item_id"] for i in items]}],
        "images": [{"image_id": f"p{n}", "url": f"sha256:{digest}"} for n, digest in enumerate(digests)],
    }  # fmt: skip
    server.command("menu.publish", menu=menu)


def bytes_of(server: Server, digest: str) -> bytes:
    return HTTP.get(f"{server.endpoint['api']}/v1/blobs/{digest}", headers=server.headers, timeout=30).content


def has(server: Server, digest: str) -> bool:
    url = f"{server.endpoint['api']}/v1/blobs/{digest}"
    return HTTP.get(url, headers=server.headers | {"Range": "bytes=0-0"}, timeout=30).status_code == 206


def figure(server: Server, name: str) -> float:
    text = HTTP.get(server.endpoint["api"] + "/metrics", headers=server.headers, timeout=30).text
    found = re.search(rf"^pilotlight_{name} (\S+)$", text, re.M)
    assert found, f"no figure {name}"
    return float(found[1])


def marked(server: Server, digest: str) -> int:
    """So much of it is there for good."""
    try:
        return msgspec.msgpack.decode((server.folder / "blobs" / f"{digest}.mark").read_bytes(), type=Mark).length
    except FileNotFoundError:
        return 0


def status(server: Server) -> Any:
    return server.get("/v1/status")


def test_a_picture_put_in_at_head_office_is_at_every_terminal(start: Start) -> None:
    office = start("office", office=True)
    first = start("first", "--office", f"ws://127.0.0.1:{office.endpoint['sync_port']}")
    second = start("second", *peer(first))
    pictures = [picture(size, size) for size in (1, 511, 30_000, 90_000)]
    for data, digest in pictures:
        answer = put(office, data, digest)
        assert answer.json() == {"sha256": digest, "bytes": len(data)}
    publish(office, *[digest for _, digest in pictures])
    for server in (first, second):
        eventually(
            lambda server=server: not server.get("/v1/blobs")["missing"] and has(server, pictures[-1][1]), WAIT_S
        )
        for data, digest in pictures:
            assert bytes_of(server, digest) == data
    assert figure(second, "blobs_wrong_total") == 0


def test_a_fetch_goes_on_where_it_was_after_a_kill_and_a_cut(start: Start) -> None:
    data, digest = picture(300_000)
    office = start("office", office=True)
    put(office, data, digest)
    publish(office, digest)
    with Relay.in_thread("127.0.0.1", office.endpoint["sync_port"]) as relay:
        relay.bytes_per_s = 40_000
        shop = start("shop", "--office", f"ws://127.0.0.1:{relay.port}")
        eventually(lambda: marked(shop, digest) > 30_000, WAIT_S)
        shop.kill()
        before = marked(shop, digest)
        shop.start()
        eventually(lambda: marked(shop, digest) > before + 20_000, WAIT_S)
        relay.cut()
        assert not has(shop, digest), "what is not whole is not shown to anybody"
        relay.bytes_per_s = 0
        relay.restore()
        eventually(lambda: has(shop, digest), WAIT_S)
        assert bytes_of(shop, digest) == data
        assert figure(shop, "blobs_received_bytes_total") <= len(data) - before, "what was there was not fetched again"


def test_wrong_bytes_are_never_shown_and_somebody_else_is_asked(start: Start) -> None:
    data, digest = picture(200_000)
    liar = start("liar")
    put(liar, data, digest)
    publish(liar, digest)
    held = liar.folder / "blobs" / digest
    held.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    shop = start("shop", *peer(liar))
    eventually(lambda: figure(shop, "blobs_wrong_total") >= 1, WAIT_S)
    assert not has(shop, digest)
    assert not (shop.folder / "blobs" / digest).exists()
    honest = start("honest", *peer(shop))
    put(honest, data, digest)
    eventually(lambda: has(shop, digest), WAIT_S)
    assert bytes_of(shop, digest) == data


@pytest.mark.slow
def test_when_a_source_dies_in_the_middle_the_other_one_gives_the_rest(start: Start) -> None:
    data, digest = picture(500_000)
    first, second = start("first"), start("second")
    for server in (first, second):
        put(server, data, digest)
    ports = [server.endpoint["sync_port"] for server in (first, second)]
    with Relay.in_thread("127.0.0.1", ports[0]) as one, Relay.in_thread("127.0.0.1", ports[1]) as other:
        one.bytes_per_s = other.bytes_per_s = 60_000
        shop = start("shop", *[f"--peer=127.0.0.1:{relay.port}" for relay in (one, other)])
        publish(shop, digest)
        eventually(lambda: marked(shop, digest) > 50_000, WAIT_S)
        asked, rest = (one, other) if one.bytes_down > other.bytes_down else (other, one)
        (first if asked is one else second).kill()
        rest.bytes_per_s = 0
        eventually(lambda: has(shop, digest), WAIT_S)
    assert bytes_of(shop, digest) == data
    assert figure(shop, "blobs_received_bytes_total") <= len(data) + 64 * 1024


def test_a_shop_without_room_for_pictures_says_so_and_sells(start: Start) -> None:
    data, digest = picture(1_500_000)
    small, small_digest = picture(10_000, 2)
    first = start("first")
    put(first, data, digest)
    put(first, small, small_digest)
    folder = first.folder.parent / "second"
    folder.mkdir()
    (folder / "settings.toml").write_text("blob_space_mb = 1\n")
    second = start("second", *peer(first))
    publish(first, digest, small_digest)
    eventually(lambda: any("blob_space_mb" in text for text in status(second)["warnings"]), WAIT_S)
    eventually(lambda: has(second, small_digest), WAIT_S)
    assert not has(second, digest)
    order_id = second.place("i0")
    assert eventually(lambda: first.get(f"/v1/orders/{order_id}"))
    refused = put(second, data, digest)
    assert refused.status_code == 409
    assert refused.json()["code"] == "blobs_full"


def test_what_is_no_picture_of_that_name_is_refused_in_words(start: Start) -> None:
    server = start("server")
    data, digest = picture(1000)
    for name, body, code in (
        (digest, b"another", "wrong_hash"),
        (digest, b"", "bad_blob"),
        ("x" * 64, data, "bad_field"),
    ):
        answer = put(server, body, name)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    url = f"{server.endpoint['api']}/v1/blobs/{digest}"
    assert HTTP.get(url, headers=server.headers).json()["code"] == "not_found"
    assert HTTP.put(url, content=data).status_code == 401
    assert HTTP.get(url).status_code == 401
    assert put(server, data, digest).status_code == 200
    answer = HTTP.get(url, headers=server.headers | {"Range": "bytes=990-"})
    assert (answer.status_code, answer.content) == (206, data[990:])
    assert HTTP.get(url, headers=server.headers | {"Range": "bytes=1000-"}).status_code == 416
