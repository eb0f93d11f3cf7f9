"""All links of this node, and the `Replica` that decides over them: its actions are done here, and nothing is decided.

Frames go to links, reads and stores to the log, and every commit of the log goes back to the `Replica` in the turn in
which it is announced, so that a new event is on its way to all peers before anybody else hears of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from functools import partial
from typing import Any, Protocol

from server.event import Batch
from server.log import Fork, Gap, Log, LogFailed
from server.replication import frames
from server.replication.actions import Action, Alarm, Close, Fetch, Me, PeersChanged, Send, Store
from server.replication.link import MAX_STORING_ALL_BYTES, Link
from server.replication.listener import HELLO_WITHIN_S
from server.replication.protocol import Replica

logger = logging.getLogger("pilotlight.mesh")


class Listening(Protocol):
    """Who wants to know what happens on the links."""

    def greeted(self, link: Link) -> None:
        """The peer has said a valid hello."""

    def heard(self) -> None:
        """A frame was handled; a peer may hold more than before."""

    def peers_changed(self) -> None:
        """`Replica.peers()` would answer something else."""

    def alarm(self, code: str, text: str, stream: str) -> None:
        """A person should know this."""

    def offence(self, address: str, what: str) -> None:
        """A caller from `address` broke a rule."""


class Exchange:
    """Made when the sync port is known; `leave` ends it."""

    def __init__(self, log: Log, me: Me, listening: Listening, nonce: bytes | None = None) -> None:
        left = {stream: (mending.seq, mending.hash) for stream, mending in log.mending.items()}
        self.replica = Replica(me, log.held(), log.headers(), nonce=nonce, left=left)
        self._now = asyncio.get_running_loop().time
        self.links: dict[int, Link] = {}
        self._log = log
        self._listening = listening
        self._bytes_of_ended_links = [0, 0]
        self._tasks: dict[asyncio.Task[Any], None] = {}  # in the order in which they were begun
        self._closing = False
        self._storing = 0  # bytes of events on their way to the disk, of all links
        self.given_up = 0  # links, because the peer did not read
        log.on_stored.append(self._committed)

    def traffic(self) -> tuple[int, int]:
        """Bytes of frames received and sent since the start, over all links."""
        came, went = self._bytes_of_ended_links
        links = self.links.values()
        return came + sum(link.bytes_in for link in links), went + sum(link.bytes_out for link in links)

    def waiting(self) -> tuple[int, int, int]:
        """Bytes of frames that wait for peers to read them, the same for the one with most, and bytes of peers' events
        that wait for our disk."""
        queued = [link.queued for link in self.links.values()]
        return sum(queued), max(queued, default=0), self._storing

    def _crowded(self) -> bool:
        return self._storing > MAX_STORING_ALL_BYTES

    def hang_up(self, link: Link, code: str) -> None:
        """Ends a link for reasons of our own."""
        link.close(code)
        self.do(self.replica.disconnect(link.number, self._now()))

    def leave(self) -> None:
        """Ends all links; nothing that the log commits from now on is told to anybody."""
        self._closing = True
        if self._committed in self._log.on_stored:
            self._log.on_stored.remove(self._committed)
        for link in list(self.links.values()):
            link.close("closing")

    async def close(self) -> None:
        """Waits for nobody: what is on its way to the log gets there, or comes again another day."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- a link's life ------------------------------------------------------------------------------------------------

    async def serve(self, link: Link) -> None:
        """A link from its first frame to its last."""
        replica = self.replica
        self.links[link.number] = link
        try:
            now = self._now()
            self.do(
                replica.connect(link.number, now, dialled=link.dialled, to_office=link.to_office, address=link.address)
            )
            await link.run(self._receive, HELLO_WITHIN_S, self._crowded)
        finally:
            self.links.pop(link.number, None)
            self._bytes_of_ended_links[0] += link.bytes_in
            self._bytes_of_ended_links[1] += link.bytes_out
            self.do(replica.disconnect(link.number, self._now()))

    def _receive(self, link: Link, frame: bytes) -> None:
        replica = self.replica
        now = self._now()
        if not link.device_id:
            link.device_id = _device_of(frame)
        try:
            actions = replica.receive(link.number, frame, now)
        except Exception:
            logger.exception("a frame from %s could not be handled; the link is closed", link.address)
            actions = [Close(link.number, "failed", "The frame could not be handled.", True)]
            actions += replica.disconnect(link.number, now)
        self.do(actions)
        if not link.greeted and replica.peer(link.number) is not None:
            link.greeted = True
            self._listening.greeted(link)
        self._listening.heard()

    # -- what the Replica asks for ------------------------------------------------------------------------------------

    def do(self, actions: Iterable[Action]) -> None:
        for action in actions:
            if isinstance(action, Send):
                self._send(action)
            elif isinstance(action, Store):
                link = self.links.get(action.link)
                size = sum(map(len, action.batch.events))
                self._storing += size
                if link:
                    link.hold_back(size)
                storing = self._log.storing(action.batch, action.header, floor=action.floor)
                storing.add_done_callback(partial(self._stored, action, link, size))
            elif isinstance(action, Fetch):
                self._spawn(self._fetch(action), "fetch")
            elif isinstance(action, Close):
                self._close(action)
            elif isinstance(action, PeersChanged):
                self._listening.peers_changed()
            else:
                self._alarm(action)

    def _send(self, action: Send) -> None:
        link = self.links.get(action.link)
        if link and not link.send(action.frame):
            logger.warning("the link to %s is given up: it does not read what is sent", link.address)
            self.given_up += 1
            self.hang_up(link, "slow")

    def _stored(self, action: Store, link: Link | None, size: int, storing: asyncio.Future[int]) -> None:
        """The log has answered. That it has stored something it tells all at once (`_committed`)."""
        self._storing -= size
        if link:
            link.hold_back(-size)
        error = None if storing.cancelled() else storing.exception()
        if error is None or self._closing:
            return
        stream, code, text = action.batch.stream, "failed", str(error)
        if isinstance(error, Gap | Fork | LogFailed):
            code, text = error.code, error.text
        else:
            logger.error("a batch of %s could not be stored", stream, exc_info=error)
        self.do(self.replica.rejected(action.link, stream, code, text, self._now()))

    async def _fetch(self, action: Fetch) -> None:
        batch = None
        try:
            batch = await self._log.read(action.stream, action.after_seq, action.max_events, action.max_bytes)
        except LogFailed as e:
            logger.warning("%s can't be read for a peer: %s", action.stream, e.text)
        self.do(self.replica.fetched(action.link, action.stream, batch, self._now()))

    def _close(self, action: Close) -> None:
        link = self.links.get(action.link)
        if link is None:
            return
        link.explained = True
        link.close(action.code, action.backoff)
        if not action.backoff:
            logger.info("link to %s closed: %s", link.address, action.text)
        elif not link.dialled:
            self._listening.offence(link.address, f"{action.text} ({action.code})")
        else:
            logger.warning("link to %s closed: %s (%s)", link.address, action.text, action.code)

    def _alarm(self, alarm: Alarm) -> None:
        self._listening.alarm(alarm.code, alarm.text, str(alarm.stream or ""))
        if alarm.evidence:
            self._spawn(self._set_aside(alarm.evidence, alarm.perhaps), "evidence")

    async def _set_aside(self, evidence: Batch, seen: bool) -> None:
        """From the first event on that differs from ours. The seal signs the last event only; those before are bound to
        it by the chain. `seen`: the peer does not hold that branch itself.

        Of a log of ours that has ended, and of which nothing differs here (for it lacks these), it is the same: it only
        tells what this disk may have forgotten.
        """
        stream, log = evidence.stream, self._log
        header = log.headers().get(stream.log_id)
        if header is None:
            return  # a log of ours that this disk knows nothing of: it comes as all else that is held of it
        ours = header.public_key == log.header.public_key
        last = len(evidence.events) - 1
        try:
            start = await first_other(log, evidence)
            if start is None and ours and stream.log_id == log.log_id:
                return  # it goes on from what we have: this disk is an older state of itself, which is told elsewhere
            seen = seen or (ours and start is None)
            for i, (raw, digest) in enumerate(zip(evidence.events, evidence.hashes, strict=True)):
                if i >= (start or 0):
                    seal = evidence.seal if i == last else None
                    await log.set_aside(stream, evidence.first_seq + i, raw, digest, seal, seen)
        except LogFailed as e:
            logger.warning("evidence of a fork in %s could not be kept: %s", stream, e.text)

    def _committed(self, batches: list[Batch], own: bool) -> None:
        """The log's `on_stored`."""
        self.do(self.replica.stored(batches, own, self._now()))

    # -- tasks --------------------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks[task] = None
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and task.exception() is not None:
            logger.error("%s ended", task.get_name(), exc_info=task.exception())


def _device_of(frame: bytes) -> str:
    """The device id in a hello, even one that will be refused; for knowing whom not to call again."""
    try:
        message = frames.decode(frame)
    except frames.BadFrame:
        return ""
    return message.device_id if isinstance(message, frames.Hello) else ""


async def first_other(log: Log, branch: Batch) -> int | None:
    """Which of the branch's events is the first of which the log holds another, counted from 0; None when it holds the
    same or nothing in their places. Of what it has let go of it knows the last one's hash. Raises `LogFailed`."""
    held = log.held().get(branch.stream)
    if held is None:
        return None
    floor = held.floor_seq - branch.first_seq
    if 0 <= floor < len(branch.hashes) and branch.hashes[floor] != held.floor_hash:
        return floor
    after = max(branch.first_seq - 1, held.floor_seq)
    while after < branch.last_seq:
        ours = await log.read(branch.stream, after)
        if ours is None:
            return None
        for i, digest in enumerate(ours.hashes, after + 1 - branch.first_seq):
            if i < len(branch.hashes) and digest != branch.hashes[i]:
                return i
        after = ours.last_seq
    return None
