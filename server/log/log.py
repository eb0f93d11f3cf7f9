"""The log as the rest of the server sees it: awaitable, on one event loop, with the disk in other threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from server.clock import EARLIEST_MS, MAX_AHEAD_MS, Clock
from server.event import MAX_BATCH_EVENTS, Batch, Draft, Event, Frontier, Header, Held, Refused, Stream, original
from server.keys import DeviceKey
from server.log import reader, spans
from server.log.heads import CLAIMED_MS, REPEATED_MS
from server.log.opening import CLAIMED, CONDEMNED_FILE, ENDED_FILE, Opened, is_damage, prepare
from server.log.place import PlaceOf, place_of
from server.log.reader import MAX_READ_BYTES, Answer, fitting
from server.log.recent import Recent
from server.log.requests import Append, FillIn, RaiseFloor, Request, SetAside, Shrink, Store, WriteAgain
from server.log.reserve import Reserve
from server.log.schema import Connect, connect, one_moment, open_reader
from server.log.spans import Span
from server.log.stage import MAX_SEAL_BYTES
from server.log.trouble import LogFailed, error_name, in_one_line, is_io_error
from server.log.turns import TakeTurns, Turns, WriterThread
from server.log.verify import verify
from server.log.writer import Commit, Writer

logger = logging.getLogger("pilotlight.log")

MAX_WAITING = 10_000
"""Requests that may wait for the disk. More means that it can't keep up, and waiting longer would help nobody."""

MAX_WAITING_OTHERS = 8_000
"""Of those, when what others send is refused (they send it again): own sales go on."""

READ_THREADS = 2
"""One long catch-up must not keep a screen waiting."""

SUBSCRIBE_EVENTS = 1000
SUBSCRIBE_BYTES = 1024 * 1024
"""Events handed to a subscriber in one list. A slow one holds its list until the last is sent, and there may be
hundreds of them."""

GAP_WAIT_S = 60.0
"""How long head office waits for somebody who still has what it lost of a stream, before that goes on without."""

DISK_UNREADABLE = "The disk failed to give back what it holds. Check the disk, then restart this terminal."

DAMAGED = "The log on this disk is damaged. It is put aside, and what is whole of it is kept; sales go on in a moment."

T = TypeVar("T")


class Log:
    """Open it with `Log.open`; everything else is called on the event loop that opened it.

    `held()` and `headers()` are live: they change between two awaits, never during a callback.
    """

    def __init__(self, folder: Path, opened: Opened, connect: Connect = connect) -> None:
        known = opened.known
        self.folder = folder
        self.log_id = known.log_id
        self.header = known.headers[known.log_id]
        self.device_id = self.header.device_id
        self.position = known.position
        self.unhealthy: str | None = None
        self.salvaged = opened.salvaged
        self.set_back = opened.set_back
        self.begun_ms = known.begun_ms
        self.claimed_ms = known.claimed_ms
        self.orphans = opened.orphans
        self.spans = opened.spans
        self.mending = dict(opened.mending)
        self.starts = opened.starts
        self.on_ending: list[Callable[[str], None]] = []
        self.on_stored: list[Callable[[list[Batch], bool], None]] = []
        self.on_fork: list[Callable[[Stream, int, bytes, bytes], None]] = []
        self.on_ahead: list[Callable[[Stream, int], None]] = []
        self.on_missing: list[Callable[[Stream], None]] = []  # at head office, which should hold everything
        self.archived: Callable[[Stream], int] = lambda stream: 0  # up to where the store has archived a stream
        self._lock = opened.lock
        self._connect = connect
        self._heads = dict(known.heads)
        self._streams = {head.id: stream for stream, head in known.heads.items()}
        self._held = {stream: head.held for stream, head in known.heads.items()}
        self._headers = dict(known.headers)
        self._gaps: dict[Stream, float] = {}  # head office: since when a stream can't go on without what it lost
        self._recent = Recent()
        self.turned_away = 0  # requests, because too many waited
        self._news = asyncio.Event()
        self._closed = self._ended = False
        self._loop = asyncio.get_running_loop()
        self._readers = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="log-reader")
        self._commands = ThreadPoolExecutor(1, thread_name_prefix="log-commands")  # a till waits for no bulk read
        self._reading = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self.reserve = Reserve(folder)
        self._turns: Turns
        self._doubts: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        folder: Path,
        *,
        key: DeviceKey,
        store: str,
        clock: Clock,
        turns: TakeTurns = WriterThread,
        nonce: bytes | None = None,
        connect: Connect = connect,
        place: PlaceOf = place_of,
        reserve_bytes: int = 0,
    ) -> Log:
        """Opens the log in `folder`, made now if there is none; `store` is the store's id, `""` for head office.
        `nonce`: 16 bytes that make a new log's id its own; random when not given. `turns` gives the writer its
        turns, `connect` opens the file, `place` says where it lies; `reserve_bytes` are kept for a full disk.

        Raises `Refused` with one sentence: `clock_not_set`, `data_folder`, `data_folder_in_use`, `newer_log`,
        `log_damaged`, `disk_full`.
        """
        if clock.tick() >> 16 < EARLIEST_MS:
            raise Refused("clock_not_set", "This machine's clock was never set. Set date and time, then start again.")
        now_s = clock.wall_ms() / 1000
        opened = await asyncio.to_thread(prepare, folder, key, store, nonce, connect, place, now_s)
        for head in opened.known.heads.values():
            clock.observe(head.hlc)
        log = cls(folder, opened, connect)
        log.reserve = Reserve(folder, reserve_bytes)
        log._turns = turns(
            Writer(
                folder,
                opened,
                key,
                clock,
                log._tell,
                log._tell_health,
                log._tell_damage,
                log._tell_doubt,
                log.reserve,
            )
        )
        log._turns.start()
        return log

    async def close(self) -> None:
        """Writes what waits, ends the subscriptions, releases the folder. A second time it does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._doubts is not None:
            await asyncio.wait([self._doubts])  # what it finds is written down for the next opening
        await asyncio.to_thread(self._turns.stop)  # its last answers reach this loop before the thread's end does
        self._wake()
        for readers in (self._readers, self._commands):
            await asyncio.to_thread(readers.shutdown)
        for connection in self._connections:
            connection.close()
        self._lock.release()

    # -- writing ---------------------------------------------------------------------------------------------------

    async def append(
        self, drafts: Sequence[Draft], *, command_id: str | None = None, result: Any = None
    ) -> list[Event]:
        """Records own events, all of them or none, in one transaction; durable when it returns.

        A `command_id` that was used before answers with the events of that time and writes nothing. `result` is any
        msgspec-encodable value, kept for `answered`. Raises `LogFailed` (nothing was recorded) and
        `Refused("too_large")`. Once begun it goes to its end, even if the caller is cancelled.
        """
        if not drafts and command_id is None:
            return []
        events: list[Event] = await self._put(Append(self._future(), list(drafts), command_id, result))
        return events

    async def store(self, batch: Batch, header: Header, *, floor: tuple[int, bytes] | None = None) -> int:
        """Records a peer's batch whose chain and seal have been verified; returns how many events were new.

        What is held already is trimmed. `floor` (seq, hash) lets a stream that is not held yet begin there, and one of
        another writer of which less is held go on from there, in a store; what it held is dropped then. Raises
        `Gap`, `Fork` (its evidence is kept and `on_fork` called), `ValueError` for a batch that contradicts itself,
        and `LogFailed`.
        """
        return await self.storing(batch, header, floor=floor)

    def storing(self, batch: Batch, header: Header, *, floor: tuple[int, bytes] | None = None) -> asyncio.Future[int]:
        """`store` for those who do not stand and wait: it is in the queue when this returns, in the order of calls."""
        stream = batch.stream
        archived = floor is not None and floor[0] <= self.archived(stream)
        go_on = floor is not None and self._waited_for(stream, floor[0])
        return self._put(Store(self._future(), batch, header, floor, stream.log_id == self.log_id, archived, go_on))

    def _waited_for(self, stream: Stream, floor_seq: int) -> bool:
        """Whether it was long ago that somebody first had nothing between what head office holds and this floor. Others
        may have it: until then it is a gap."""
        held = self._held.get(stream)
        if self.header.store or held is None or held.seq >= floor_seq:
            self._gaps.pop(stream, None)
            return False
        return self._loop.time() - self._gaps.setdefault(stream, self._loop.time()) >= GAP_WAIT_S

    async def set_aside(
        self, stream: Stream, seq: int, raw: bytes, hash: bytes, seal: bytes | None, seen: bool = False
    ) -> None:
        """Keeps evidence of a fork that was found elsewhere, once, and calls `on_fork`. `seen`: it is shown by somebody
        who does not hold that branch; of a log of ours that has ended it is then written again, and no more."""
        await self._ask(SetAside(self._future(), stream, seq, raw, hash, seal, seen))

    async def write_again(self, *, wait: bool = False) -> int:
        """Writes own events again that have lost their place, with their first time and their origin, some at a time:
        call again until it returns 0. Those that neighbours have given back meanwhile are let go; with `wait` nothing
        else is done. Of a stream that was forked, what neighbours gave in their place is written again, too. Returns
        how many are left (also `orphans`)."""
        if self.orphans or self.mending:
            await self._ask(WriteAgain(self._future(), not wait))
        return self.orphans

    async def fill_in(self, said: Sequence[Span] = ()) -> int:
        """Others' events from behind a hole (`spans`): where the stream has come to them it goes on with them. `said`:
        those of which an event tells now, so that they need not be kept. Returns how many runs wait still."""
        gone = list(said)
        more = True
        while self.spans and (more or gone):
            self.spans, more = await self._ask(FillIn(self._future(), gone))
            gone = []
        return self.spans

    async def waiting_runs(self, limit: int) -> list[Span]:
        """The first of those that wait."""
        return await self._read(partial(spans.first, limit=limit))

    def to_be_mended(self, stream: Stream, seq: int) -> bool:
        """Whether this log has to end because another event `seq` of its stream was signed. Of a former log of ours
        that is so where not yet enough of it was taken out."""
        header = self._headers.get(stream.log_id)
        if header is None or header.public_key != self.header.public_key:
            return False
        done = self.mending.get(stream)
        return seq <= done.cut if done else True

    async def raise_floor(self, stream: Stream, seq: int) -> int:
        """Drops the events of `stream` up to `seq` and keeps the chain's hash there; returns how many went.

        For events that head office holds and whose retention has passed. `seq` is cut to what is held, and at most
        `MAX_DROPPED` go at once, so that appends don't wait long: call again until it returns 0.
        """
        dropped: int = await self._ask(RaiseFloor(self._future(), stream, seq))
        return dropped

    async def shrink(self, spare: int, pages: int) -> int:
        """Gives up to `pages` pages of the file back to the disk, but keeps `spare` free ones for what comes next.
        Returns how many it were; always 0 for a file that an early version made."""
        returned: int = await self._ask(Shrink(self._future(), spare, pages))
        return returned

    def _future(self) -> asyncio.Future[Any]:
        return self._loop.create_future()

    async def _ask(self, request: Request) -> Any:
        return await self._put(request)

    def _put(self, request: Request) -> asyncio.Future[Any]:
        """The request's future; what speaks against it already now is its answer."""
        if self._closed:
            request.future.set_exception(LogFailed("closed", "The server is shutting down. It was not saved."))
        elif self._turns.waiting >= (MAX_WAITING if request.first else MAX_WAITING_OTHERS):
            self.turned_away += 1
            text = "The disk does not keep up. It was not saved; try again in a moment."
            request.future.set_exception(LogFailed("busy", text))
        else:
            self._turns.put(request)
        return request.future

    # -- after a commit (called in the writer's thread, done on the loop) --------------------------------------------

    def _tell(self, commit: Commit) -> None:
        try:
            self._loop.call_soon_threadsafe(self._committed, commit)
        except RuntimeError:
            logger.info("the event loop ended before the log was closed")

    def _tell_health(self, sentence: str | None) -> None:
        self.unhealthy = sentence

    def _tell_damage(self, what: str) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop ended before the log was closed
            self._loop.call_soon_threadsafe(self.condemn, what)

    def _tell_doubt(self, what: str) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._doubt, what)

    def _doubt(self, what: str) -> None:
        """The file did not take what it must take. It is looked through and opened anew, salvaged first if it is
        damaged: what this process believes of it may be wrong as well."""
        self._doubts = self._loop.create_task(self._look_through(what))

    async def _look_through(self, what: str) -> None:
        try:
            report = await asyncio.to_thread(verify, self.folder)
            found = "" if report.ok else report.problems[0]
        except Refused as e:
            found = e.text
        if found:
            self.condemn(found)
        else:
            self._call(self.on_ending, what)

    def _committed(self, commit: Commit) -> None:
        """Facts first, then answers, then callbacks, then subscribers."""
        self._heads.update(commit.heads)
        self._streams.update((head.id, stream) for stream, head in commit.heads.items())
        self._held.update((stream, head.held) for stream, head in commit.heads.items())
        self._headers.update(commit.headers)
        self.position = max(self.position, commit.position)
        self._recent.add(commit.segments)
        for request in commit.requests:
            if isinstance(request, WriteAgain) and request.error is None:
                self.orphans = request.value
            if not request.future.done():
                if request.error is not None:
                    request.future.set_exception(request.error)
                else:
                    request.future.set_result(request.value)
        self.orphans += commit.orphaned
        for batches, own in ((commit.own_batches, True), (commit.peer_batches, False)):
            if batches:
                self._call(self.on_stored, batches, own)
        for request in commit.requests:
            for f in request.forked:
                self._call(self.on_fork, f.stream, f.seq, f.held_hash, f.other_hash)
            if isinstance(request, Store) and request.missing and request.value and not self.header.store:
                self._call(self.on_missing, request.batch.stream)
        for stream, ahead_ms in commit.ahead_ms.items():
            if ahead_ms > MAX_AHEAD_MS:
                self._call(self.on_ahead, stream, ahead_ms)
        if commit.segments:
            self._wake()

    def _call(self, callbacks: list[Callable[..., None]], *arguments: Any) -> None:
        for callback in list(callbacks):
            try:
                callback(*arguments)
            except Exception:
                logger.exception("a callback of the log failed")

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    # -- reading ---------------------------------------------------------------------------------------------------

    def held(self) -> dict[Stream, Held]:
        """How far each stream is held, live. Not to be changed."""
        return self._held

    def frontier(self) -> Frontier:
        """A copy: each stream and the seq up to which it is held."""
        return {stream: held.seq for stream, held in self._held.items()}

    def newest_ms(self) -> dict[Stream, int]:
        """When each stream's newest event held here was written, by its writer's clock, in ms since 1970. From any
        thread."""
        return {stream: head.hlc >> 16 for stream, head in list(self._heads.items())}

    def headers(self) -> dict[str, Header]:
        """By log id, live: our own, those of all streams held, and our former ones. Not to be changed."""
        return self._headers

    def as_first(self, event: Event) -> Event:
        """An event that its writer had to write again, as it was written first; others as they are."""
        return original(event, self._headers[event.stream.log_id])

    async def answered(self, command_id: str) -> Answer | None:
        """The events and the result of a command done before."""
        return await self._read(partial(reader.answer, command_id=command_id), self._commands)

    async def read(
        self, stream: Stream, after_seq: int, max_events: int = MAX_BATCH_EVENTS, max_bytes: int = MAX_SEAL_BYTES
    ) -> Batch | None:
        """Events after `after_seq`, ending at the last seal within the limits (or at the first, if that lies beyond).

        None when there is nothing after, when the stream is not held, or when `after_seq` lies below its floor.
        """
        head = self._heads.get(stream)
        if head is None or not head.floor_seq <= after_seq < head.seq:
            return None
        return await self._read(
            partial(
                reader.batch_after,
                stream=stream,
                stream_id=head.id,
                after=after_seq,
                upto=head.seq,
                max_events=max_events,
                max_bytes=max_bytes,
            )
        )

    async def proof(self, stream: Stream, seq: int) -> tuple[bytes, list[bytes], bytes] | None:
        """What proves that an event is its writer's, without what came before: the chain's hash before it, the event
        and those after it up to the next seal, and that seal. None when it can't be had."""
        head = self._heads.get(stream)
        if head is None or not head.floor_seq < seq <= head.seq:
            return None
        floor = (head.floor_seq, head.floor_hash)
        return await self._read(partial(reader.proof, stream_id=head.id, seq=seq, floor=floor))

    async def part(self, stream: Stream, after_seq: int, limit: int) -> list[Event]:
        """Up to `limit` events of one stream after `after_seq`, wherever the seals are; fewer where they are many
        bytes, none where `after_seq` lies below the floor. Their `position` is 0."""
        head = self._heads.get(stream)
        if head is None or not head.floor_seq <= after_seq < head.seq:
            return []
        question = partial(
            reader.events_of_stream, stream=stream, stream_id=head.id, after=after_seq, upto=head.seq, limit=limit
        )
        return await self._read(question)

    async def events(
        self,
        after: int,
        topics: Collection[str] | None = None,
        limit: int = SUBSCRIBE_EVENTS,
        max_bytes: int = MAX_READ_BYTES,
    ) -> tuple[list[Event], int]:
        """Up to `limit` events after a cursor, in order of arrival, and the cursor to go on from; at least one, and no
        more than `max_bytes`.

        `topics` are names without scope. An empty list with an unchanged cursor means: that was all.
        """
        upto = self.position
        if after >= upto:
            return [], after
        recent = self._recent.after(after, limit)
        if recent is not None:
            recent = recent[: fitting([len(e.raw) for e in recent], max_bytes)]
            wanted = recent if topics is None else [e for e in recent if e.stream.name in topics]
            return wanted, recent[-1].position
        span = {"after": after, "upto": upto, "limit": limit, "max_bytes": max_bytes}
        if topics is None:
            return await self._read(lambda db: reader.events_after(db, self._streams, **span))
        streams = {stream: head for stream, head in self._heads.items() if stream.name in topics}
        return await self._read(lambda db: reader.events_of_streams(db, streams, **span))

    async def subscribe(
        self,
        after: int = 0,
        topics: Collection[str] | None = None,
        limit: int = SUBSCRIBE_EVENTS,
        max_bytes: int = SUBSCRIBE_BYTES,
    ) -> AsyncIterator[list[Event]]:
        """What was missed, then what comes, in lists, each event once and in order; ends when the log is closed.

        A slow subscriber costs no memory: it only falls back, and then reads from the disk.
        """
        cursor = after
        while not self._closed:
            news = self._news
            events, cursor = await self.events(cursor, topics, limit, max_bytes)
            if events:
                yield events
            elif cursor >= self.position and not self._closed:
                await news.wait()

    def condemn(self, what: str) -> None:
        """The file is not what was written. It is said, and salvaged before it is used again: close and open it."""
        self.unhealthy = DAMAGED
        logger.error("the log of %s is damaged (%s)", self.folder, what)
        try:
            (self.folder / CONDEMNED_FILE).write_text(what)
        except OSError as e:
            logger.error("and that can't be written down: %s", e)
        self._call(self.on_ending, what)

    def end(self, why: str, in_s: float = 0.0, *, claimed: bool = False) -> None:
        """This log is not to be continued: close and open it, and another one begins. What it holds stays. `in_s`: how
        long `on_ending` waits, for what is likely to come along. `claimed`: a machine says that it holds more of it."""
        if self._ended:
            return
        self._ended = True
        logger.error("the log %s ends here: %s", self.log_id, why)
        try:
            (self.folder / ENDED_FILE).write_text(f"{self.log_id}\n{why}\n{CLAIMED if claimed else ''}\n")
        except OSError as e:
            logger.error("and that can't be written down: %s", e)
        if in_s:
            self._loop.call_later(in_s, self._call, self.on_ending, why)
        else:
            self._call(self.on_ending, why)

    @property
    def ended(self) -> bool:
        """Whether another log begins with the next start."""
        return self._ended

    def claimed_lately(self, now_ms: int) -> bool:
        """Whether a log of ours ended within a day because a machine said that it holds more of it."""
        return bool(self.claimed_ms) and abs(now_ms - self.claimed_ms) < CLAIMED_MS

    def is_young(self, now_ms: int) -> bool:
        """Whether it has just been begun: what is asked of it may have been done on a disk that was here before."""
        return bool(self.begun_ms) and 0 <= now_ms - self.begun_ms < REPEATED_MS

    @property
    def waiting(self) -> int:
        """Requests that wait for the disk."""
        return self._turns.waiting

    async def _read(self, question: Callable[[sqlite3.Connection], T], readers: ThreadPoolExecutor | None = None) -> T:
        """Asks in a reader thread. Raises `LogFailed("not_read")`."""
        if self._closed:
            raise LogFailed("closed", "The server is shutting down.")
        try:
            return await self._loop.run_in_executor(readers or self._readers, self._read_now, question)
        except sqlite3.Error as e:
            logger.error("the log could not be read: %s %s", error_name(e), e)
            if is_damage(e):
                self.condemn(str(e))
            elif is_io_error(e):
                self.unhealthy = DISK_UNREADABLE
            raise LogFailed("not_read", f"The disk could not be read ({in_one_line(e)}). Check the disk.") from e

    def _read_now(self, question: Callable[[sqlite3.Connection], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._reading, "connection", None)
        if connection is None:
            connection = self._reading.connection = open_reader(self.folder, self._connect)
            self._connections.append(connection)
        with one_moment(connection):
            return question(connection)
