"""Pictures on their way when the power goes, or the disk is full: real disks, real servers, orders all the while."""

from __future__ import annotations

from collections.abc import Callable

from app.relay import Relay
from tests.faults.disks import small_disk
from tests.faults.registry import Lab, fault
from tests.process.shop import Server, eventually
from tests.process.test_blobs import bytes_of, has, marked, picture, publish, put

AREA = "Pictures on their way"
DISK_MB = 400
"""Room for a log, and for pictures above what stays free for orders."""

WAIT_S = 120.0


def with_a_disk(lab: Lab, act: Callable[[Server, Server, Relay, object], str]) -> str:
    """A terminal on a disk of its own, and head office behind a thin line."""
    office = Server(lab.folder / "office", "--port", "0", "--api-port", "0", command="office")
    office.folder.mkdir(parents=True, exist_ok=True)
    try:
        office.start()
        with (
            small_disk(lab.folder / "disk", DISK_MB) as disk,
            Relay.in_thread("127.0.0.1", office.endpoint["sync_port"]) as relay,
        ):
            own = ("--store", "s1", "--no-mdns", "--api-port", "0", "--sync-port", "0")
            shop = Server(disk.folder / "data", *own, "--office", f"ws://127.0.0.1:{relay.port}")
            try:
                return act(office, shop, relay, disk)
            finally:
                shop.stop()
    finally:
        office.stop()


@fault(
    "blobs-power",
    area=AREA,
    what="The power goes while a terminal gets the pictures of a new menu",
    seen="Dishes without a picture yet have their letter; after the start the pictures come",
    holds="What was synced is not fetched again; no half or wrong picture is ever shown or given to others",
)
def blobs_power(lab: Lab) -> str:
    def act(office: Server, shop: Server, relay: Relay, disk: object) -> str:
        times = lab.times(4, 2)
        data, digest = picture(150_000 * max(4, times), lab.seed)
        put(office, data, digest)
        publish(office, digest)
        relay.bytes_per_s = 60_000
        shop.start()
        kept = []
        for _ in range(times):
            before = marked(shop, digest)
            assert eventually(lambda before=before: marked(shop, digest) > before + 30_000, WAIT_S)
            disk.cut_power()  # type: ignore[attr-defined]
            shop.kill()
            disk.power_again()  # type: ignore[attr-defined]
            kept.append(marked(shop, digest))
            assert not (shop.folder / "blobs" / digest).exists(), "it counts as here before it is whole"
            shop.start()
        relay.bytes_per_s = 0
        assert eventually(lambda: has(shop, digest), WAIT_S), "it never came"
        assert bytes_of(shop, digest) == data
        return (
            f"{len(kept)} power cuts; kept after them: {', '.join(f'{one:,}' for one in kept)} of {len(data):,} bytes"
        )

    return with_a_disk(lab, act)


@fault(
    "blobs-full",
    area=AREA,
    what="The disk has no room for a new menu’s pictures",
    seen="`doctor`, the status and the API say so; dishes without a picture have their letter",
    holds="256 MiB stay free for orders, which go on; with room the pictures come, without anybody’s doing",
)
def blobs_full(lab: Lab) -> str:
    def act(office: Server, shop: Server, relay: Relay, disk: object) -> str:
        data, digest = picture(400_000, lab.seed)
        put(office, data, digest)
        publish(office, digest)
        disk.fill(leave=200_000_000)  # type: ignore[attr-defined]
        shop.start()
        said = eventually(lambda: shop.get("/v1/blobs")["trouble"], WAIT_S)
        assert "room" in said, f"nothing is said of the full disk: {said!r}"
        assert eventually(lambda: shop.get("/v1/menu"), WAIT_S)
        orders = [shop.place("i0") for _ in range(lab.times(50, 20))]
        assert not has(shop, digest)
        disk.free()  # type: ignore[attr-defined]
        assert eventually(lambda: has(shop, digest), WAIT_S), "there is room, and it never came"
        assert bytes_of(shop, digest) == data
        assert not shop.get("/v1/blobs")["trouble"], "what is over is still complained of"
        assert all(eventually(lambda one=one: office.get(f"/v1/orders/{one}"), WAIT_S) for one in orders)
        return f"“{said}”; {len(orders)} orders meanwhile, all at head office"

    return with_a_disk(lab, act)
