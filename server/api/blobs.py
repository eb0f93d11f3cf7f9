"""`/v1/blobs`: pictures and other large content, by the SHA-256 of its bytes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, put
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from litestar.response import Stream

from server.api.port import NodePort
from server.blobs.digest import is_digest
from server.blobs.frames import MAX_BLOB_BYTES
from server.blobs.room import Blobs
from server.blobs.store import Incoming
from server.event import Refused

WRITE_BYTES = 256 * 1024
"""Of a body so much is gathered, then written in a thread: no order waits for a picture's disk."""

READ_BYTES = 256 * 1024

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{1,12})?")


class BlobHeld(msgspec.Struct):
    """It is here, durably."""

    sha256: str
    bytes: int


class BlobsHeld(msgspec.Struct):
    """`missing`: what the menu refers to and is not here yet. `trouble`: a sentence where something keeps it away."""

    count: int
    bytes: int
    space_bytes: int
    missing: list[str]
    trouble: str


Digest = Annotated[str, Parameter(max_length=64, description="SHA-256 of the bytes: 64 hex digits in lower case.")]


def blobs_of(state: State) -> Blobs:
    node: NodePort = state.node
    return node.blobs


def check_digest(digest: str) -> None:
    if not is_digest(digest):
        raise Refused("bad_field", "“sha256” is 64 hex digits in lower case: the SHA-256 of the bytes.")


@put(
    "/v1/blobs/{sha256:str}",
    status_code=200,
    summary="Put a blob in",
    description=(
        "The body is the file as it is. 200 means durable here. Other machines fetch it when a menu that they sell "
        "from refers to it: as `url` of one of its `images`, written `sha256:<hex>`. What no menu refers to is dropped "
        "after a week."
    ),
    tags=["blobs"],
    responses={
        400: ResponseSpec(dict[str, str], description="The name is none, or not that of these bytes."),
        413: ResponseSpec(dict[str, str], description="It is too large."),
        409: ResponseSpec(dict[str, str], description="There is no room for it."),
    },
)
async def put_blob(request: Request[Any, Any, State], sha256: Digest, state: State) -> BlobHeld:
    check_digest(sha256)
    blobs = blobs_of(state)
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said[:15]) > MAX_BLOB_BYTES:
        raise Refused("too_large", f"The body is too large; up to {MAX_BLOB_BYTES / 1e6:.0f} MB are taken.")
    async with blobs.taking_in:
        incoming = await asyncio.to_thread(blobs.store.incoming)
        try:
            await _take(request, incoming)
            await asyncio.to_thread(incoming.finish, sha256)
        except OSError as e:
            raise Refused("disk_full", f"The disk did not take it ({e.strerror}). Make room; send it again.") from e
        finally:
            await asyncio.to_thread(incoming.discard)
    blobs.arrived(sha256)
    return BlobHeld(sha256, blobs.store.size(sha256))


async def _take(request: Request[Any, Any, State], incoming: Incoming) -> None:
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= WRITE_BYTES:
                await asyncio.to_thread(incoming.write, bytes(waiting))
                waiting.clear()
    except InternalServerException:  # what Litestar says when the caller has gone
        raise Refused("client_gone", "The caller went away before all of it had arrived. Nothing was kept.") from None
    if waiting:
        await asyncio.to_thread(incoming.write, bytes(waiting))


@get(
    "/v1/blobs/{sha256:str}",
    summary="A blob's bytes",
    description="`Range: bytes=N-` goes on from there.",
    tags=["blobs"],
    media_type="application/octet-stream",
    responses={
        404: ResponseSpec(dict[str, str], description="It is not here."),
        206: ResponseSpec(None, description="The part that was asked for."),
        416: ResponseSpec(None, description="It ends before that part."),
    },
)
async def get_blob(request: Request[Any, Any, State], sha256: Digest, state: State) -> Response[Any]:
    check_digest(sha256)
    store = blobs_of(state).store
    size = store.size(sha256)
    if not size:
        raise Refused("not_found", f"The blob {sha256[:12]}… is not here. It may come; ask again later.")
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    first = int(match[1]) if match else 0
    last = min(int(match[2]) if match and match[2] else size - 1, size - 1)
    if first > last:
        return Response(b"", status_code=416, headers={"Content-Range": f"bytes */{size}"})

    async def content() -> AsyncIterator[bytes]:
        at = first
        while at <= last:
            data = await asyncio.to_thread(store.read, sha256, at, min(READ_BYTES, last + 1 - at))
            if not data:
                return
            at += len(data)
            yield data

    headers = {"Accept-Ranges": "bytes", "Content-Length": str(last + 1 - first), "ETag": f'"{sha256}"'}
    if match:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Stream(content(), status_code=206 if match else 200, headers=headers, media_type="application/octet-stream")


@get(
    "/v1/blobs",
    summary="What large content is here",
    description="And what of the menu's is still on its way.",
    tags=["blobs"],
)
async def blobs_held(state: State) -> BlobsHeld:
    blobs = blobs_of(state)
    store = blobs.store
    return BlobsHeld(store.count(), store.used_bytes(), store.space_bytes, blobs.missing(), blobs.warning())


BLOBS = [put_blob, get_blob, blobs_held]
