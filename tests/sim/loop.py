"""Time that is only counted: one `Scheduler` for all, and for each machine an event loop of its own on top of it.

Nothing waits for anything real. When nobody has anything to do, time goes on to the next moment at which somebody has.
A machine that crashes takes its loop with it: what was scheduled there never happens. One that is frozen does later
what it should have done meanwhile.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from functools import partial
from heapq import heappop, heappush
from typing import Any

MAX_STEPS = 20_000_000
"""Steps of one run; more is a loop that never comes to rest."""


class PowerCut(BaseException):
    """The machine lost its power in the middle of this. Nobody hears of it."""


class Handle:
    """Something to be done on a loop. `when` is simulated seconds."""

    __slots__ = ("_when", "arguments", "callback", "cancelled_", "context", "loop")

    def __init__(
        self, loop: SimLoop, callback: Callable[..., Any], arguments: tuple[Any, ...], context: Context | None
    ) -> None:
        self.loop, self.callback, self.arguments, self.context = loop, callback, arguments, context
        self.cancelled_ = False
        self._when = 0.0

    def cancel(self) -> None:
        self.cancelled_ = True

    def cancelled(self) -> bool:
        return self.cancelled_

    def when(self) -> float:
        return self._when


class Scheduler:
    """The order of everything. `now` is seconds since the beginning of the run."""

    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0
        self.dropped: list[Handle] = []
        """Kept, so that nothing of a machine that crashed is cleaned up while the others live on."""
        self._ready: deque[Handle] = deque()
        self._timers: list[tuple[float, int, Handle]] = []
        self._number = 0

    def soon(self, handle: Handle) -> None:
        self._ready.append(handle)

    def at(self, when: float, handle: Handle) -> None:
        handle._when = when
        self._number = number = self._number + 1
        heappush(self._timers, (when, number, handle))

    def run(self, until: Callable[[], bool]) -> None:
        """Until the condition holds; it is looked at whenever time is about to go on. Raises what a step raises."""
        ready, timers = self._ready, self._timers
        running, steps = None, self.steps
        try:
            while True:
                if not ready:
                    if until():
                        return
                    if not timers:
                        raise RuntimeError("nobody has anything to do any more, and the end is not reached")
                    when = timers[0][0]
                    now = self.now = max(self.now, when)
                    while timers and timers[0][0] <= now:
                        ready.append(heappop(timers)[2])
                handle = ready.popleft()
                if handle.cancelled_:
                    continue
                loop = handle.loop
                if loop.dead:
                    self.dropped.append(handle)
                    continue
                if loop.frozen:
                    loop.held.append(handle)
                    continue
                steps += 1
                if steps > MAX_STEPS:
                    raise RuntimeError(f"{MAX_STEPS} steps, and no end")
                if loop is not running:
                    events._set_running_loop(loop)
                    running = loop
                context = handle.context
                if context is None:
                    handle.callback(*handle.arguments)
                else:
                    context.run(handle.callback, *handle.arguments)
        finally:
            self.steps = steps
            events._set_running_loop(None)


class SimLoop(asyncio.AbstractEventLoop):
    """One machine's event loop. Work for other threads is done in a single step, `work_s()` after it was asked for;
    each executor does one thing after the other."""

    def __init__(self, scheduler: Scheduler, name: str, work_s: Callable[[], float] = lambda: 0.0) -> None:
        self.scheduler = scheduler
        self.name = name
        self.dead = False
        self.frozen = False
        self.held: list[Handle] = []
        self.troubles: list[str] = []
        self._work_s = work_s
        self._busy_until: dict[Any, float] = {}
        self._tasks: list[asyncio.Task[Any]] = []
        self._prune_at = 256
        self._soon = scheduler._ready.append
        self.create_future = partial(asyncio.Future, loop=self)  # type: ignore[method-assign]

    def thaw(self) -> None:
        """Goes on, beginning with what was due meanwhile."""
        self.frozen = False
        held, self.held = self.held, []
        for handle in held:
            self.scheduler.soon(handle)

    # -- what asyncio asks of a loop ---------------------------------------------------------------------------------

    def time(self) -> float:
        return self.scheduler.now

    def call_soon(self, callback: Any, *arguments: Any, context: Context | None = None) -> Any:
        handle = Handle(self, callback, arguments, context)
        self._soon(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_at(self, when: float, callback: Any, *arguments: Any, context: Context | None = None) -> Any:
        handle = Handle(self, callback, arguments, context)
        self.scheduler.at(when, handle)
        return handle

    def call_later(self, delay: float, callback: Any, *arguments: Any, context: Context | None = None) -> Any:
        handle = Handle(self, callback, arguments, context)
        self.scheduler.at(self.scheduler.now + delay, handle)
        return handle

    def create_task(
        self, work: Coroutine[Any, Any, Any], *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=self, name=name or "", context=context)
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        self._tasks.append(task)
        if len(self._tasks) > self._prune_at:
            self._tasks = [t for t in self._tasks if not t.done()]
            self._prune_at = max(256, 2 * len(self._tasks))
        return task

    def run_in_executor(self, executor: Any, function: Any, *arguments: Any) -> Any:
        future = self.create_future()
        begins = max(self.scheduler.now, self._busy_until.get(executor, 0.0) if executor is not None else 0.0)
        ends = begins + self._work_s()
        if executor is not None:
            self._busy_until[executor] = ends
        self.scheduler.at(ends, Handle(self, self._work, (future, function, arguments), None))
        return future

    def _work(self, future: asyncio.Future[Any], function: Any, arguments: tuple[Any, ...]) -> None:
        try:
            result = function(*arguments)
        except PowerCut:
            return
        except Exception as e:
            if not future.cancelled():
                future.set_exception(e)
        else:
            if not future.cancelled():
                future.set_result(result)

    get_debug = bool  # type: ignore[assignment]  # False; asked for each future, and this takes no step in Python

    def is_running(self) -> bool:
        return not self.dead

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.troubles.append(f"{context.get('message')}: {context.get('exception')!r}")

    # -- the end -----------------------------------------------------------------------------------------------------

    def bury(self) -> None:
        """After the run: ends what never came to its end, in the order in which it was begun, and hears nothing."""
        self.dead = True
        for task in self._tasks:
            if not task.done():
                try:
                    task.get_coro().close()  # type: ignore[union-attr]
                except BaseException:
                    continue
        self._tasks = []
        self.held = []
