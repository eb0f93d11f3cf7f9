"""Somebody who asks a terminal for something, as a screen does: what comes of it is held against what was promised.

A client whose server dies asks again with the same command id, until it has an answer or loses patience.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from server.answers import CommandAnswer
from server.event import Event, Refused
from server.log import LogFailed
from server.node import Node
from server.settlement import NotKnownYet
from tests.sim import checks
from tests.sim.ledger import Acknowledged
from tests.sim.terminal import Gone, Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

PATIENCE_S = 25.0
"""How long a client asks for an answer to one command."""

GIVES_UP = 0.15
"""Of those whose server died, so many go away and never ask again."""

OTHER_BODY = 0.04
"""Of all commands that did something, so many ids are used once more, by mistake, for something else."""

ASK_AGAIN_S = (0.1, 1.0)
NOT_THERE_YET = ("unknown_order", "not_released", "no_menu", "payment_in_progress")
"""Refusals that may be different in a moment, when more has arrived."""

OTHERWISE: dict[str, Callable[[Any], Any]] = {
    "lines": lambda lines: [*lines, {"item_id": "water", "quantity": 1}],
    "reason": lambda reason: f"{reason}, or not",
    "amount_minor": lambda amount: amount + 1,
    "left": lambda left: left + 1,
    "tender": lambda tender: "cash" if tender == "card" else "card",
}
"""What somebody who uses an id again would send instead."""


class Client:
    """One person's or device's dealings; everything by chance comes from its own seed."""

    def __init__(self, day: Day, seed: str) -> None:
        self.day = day
        self.seed = seed
        self.rand = random.Random(seed)
        self.refused = ""  # the code of its last command's refusal

    async def do(self, terminal: Terminal, name: str, body: dict[str, Any]) -> CommandAnswer | None:
        """The answer, or None when it was refused or nobody answered in time."""
        day = self.day
        command_id = str(uuid.UUID(int=self.rand.getrandbits(128), version=4))
        body = body | {"command_id": command_id}
        day.ledger.asked += 1
        self.refused = ""
        first_asked = day.now
        until = day.now + PATIENCE_S
        day.stock.asked(terminal, name, body)
        out = day.stock.known(terminal)
        attempts = 0
        while day.now < until:
            node = terminal.node
            if not terminal.ready or node is None:
                await asyncio.sleep(self.rand.uniform(*ASK_AGAIN_S))
                continue
            attempts += 1
            start, missed, lost = terminal.starts, node.engine.replicas_missed, terminal.lost_at
            before = checks.newest_hlc(terminal, name, body)
            closed = checks.closed(terminal, name, body.get("order_id", ""))
            charged = checks.being_charged(terminal, body) if name == "payments.capture" else set()
            refunding = checks.being_given_back(terminal, body) if name == "payments.refund" else {}
            set_backs = len(terminal.set_backs)
            knew = checks.knew(terminal, body)
            known_by = ""
            lost_it = first_asked <= terminal.lost_at and not did(terminal, command_id)  # it may have, since, alone
            if lost_it and node.log.log_id not in terminal.parted_logs:
                known_by = next((t.name for t in neighbours(day, node) if did(t, command_id)), "")
            alone = node.mesh is None or not node.mesh.in_company()
            try:
                answer: CommandAnswer = await terminal.ask(methodcaller("command", name, body))
            except Refused as refused:
                day.ledger.refused[refused.code] = day.ledger.refused.get(refused.code, 0) + 1
                if attempts == 1:
                    day.problems += checks.refused(terminal, name, body, refused.code, knew)
                day.note(f"{terminal.name} refuses {name} {command_id[:8]}: {refused.code}")
                if refused.code in NOT_THERE_YET and self.rand.random() < 0.85:
                    await asyncio.sleep(self.rand.uniform(0.3, 2.0))
                    command_id = str(uuid.UUID(int=self.rand.getrandbits(128), version=4))
                    body = body | {"command_id": command_id}
                    continue
                self.refused = refused.code
                return None
            except (Gone, LogFailed, NotKnownYet) as e:
                day.note(f"{terminal.name} does not answer {name} {command_id[:8]} ({type(e).__name__})")
                if self.rand.random() < GIVES_UP:
                    break
                await asyncio.sleep(self.rand.uniform(*ASK_AGAIN_S))
                continue
            except Exception as e:  # what no client may ever see
                day.problems.append(f"{terminal.name} answered {name} with {type(e).__name__}: {e}")
                return None
            if day.breaks_before_answer(terminal):
                day.note(f"{terminal.name} never said what became of {name} {command_id[:8]}")
                await asyncio.sleep(self.rand.uniform(*ASK_AGAIN_S))
                continue
            counted = alone or node.engine.replicas_missed > missed or node.mesh is None
            counted = counted or not node.mesh.in_company()  # type: ignore[union-attr]
            events = [now_at.log.as_first(e) for e in answer.events] if (now_at := terminal.node) else answer.events
            if known_by and known_by not in {t.name for t in neighbours(day, node)}:
                known_by = ""  # its line broke before it had told all
            result = answer.result
            self._acknowledged(
                Acknowledged(
                    first_asked, day.now, terminal, start, name, body, command_id, events, result, known_by, counted
                ),
                answer.events,
            )
            if self.rand.random() < 0.02:  # the answer was lost on its way to the screen: it asks again
                await asyncio.sleep(self.rand.uniform(*ASK_AGAIN_S))
                continue
            if terminal.lost_at == lost:
                grown = checks.grown(terminal, name, body, knew) if attempts == 1 else set()
                day.problems += day.stock.done(terminal, name, body, out, grown)
            if attempts == 1:
                day.problems += checks.after_its_causes(day, terminal, name, answer.events, before)
                day.problems += checks.answered(terminal, name, body, answer, knew)
                if closed and answer.events:
                    day.problems.append(f"{terminal.name} did {name} with an order that it knew was {closed}")
                if set_backs == len(terminal.set_backs):
                    day.problems += checks.dated_now(terminal, name, answer.events)
                day.problems += checks.given_back_twice(terminal, body, answer.events, refunding)
                if answer.events and charged & checks.being_charged(terminal, body):
                    day.problems.append(
                        f"{terminal.name} took money for an order of which it knew a card being charged"
                    )
            if answer.events and random.Random(f"{command_id}/other body").random() < OTHER_BODY:
                await self._use_again(terminal, name, body)
            return answer
        day.ledger.given_up += 1
        return None

    async def _use_again(self, terminal: Terminal, name: str, body: dict[str, Any]) -> None:
        """The id of a command that did something, with another body: it is refused, and nothing is done."""
        day, before = self.day, self.day.now
        changed = body | {field: other(body[field]) for field, other in OTHERWISE.items() if field in body}
        if changed == body or terminal.node is None:
            return
        try:
            await terminal.ask(methodcaller("command", name, changed))
        except (Gone, LogFailed, NotKnownYet):
            return
        except Refused as refused:
            if refused.code == "command_id_used":
                return
            said = f"refused as {refused.code}"
        else:
            said = "done or answered as the first"
        if max(terminal.lost_at, terminal.anew_at) < before and not terminal.damaged:
            day.problems.append(f"{terminal.name}: {name} {body['command_id'][:8]} with another body was {said}")

    async def ask_again(self, entry: Acknowledged) -> None:
        """Whoever was answered asks once more: it is answered as it was, or not at all."""
        day, terminal = self.day, entry.terminal
        lost = max(terminal.lost_at, terminal.salvaged_at, terminal.anew_at)
        try:
            answer: CommandAnswer = await terminal.ask(methodcaller("command", entry.name, entry.body))
        except (Gone, LogFailed, NotKnownYet, Refused) as e:
            day.note(f"{terminal.name} does not answer {entry.command_id[:8]} once more ({type(e).__name__})")
            return
        if lost != max(terminal.lost_at, terminal.salvaged_at, terminal.anew_at) or lost >= entry.at:
            return  # what came back of it is for others to look at
        if [e.raw for e in answer.events] != [e.raw for e in entry.events] or answer.result != entry.result:
            day.problems.append(f"{terminal.name} answers {entry.name} {entry.command_id[:8]} otherwise than before")

    def _acknowledged(self, entry: Acknowledged, events: list[Event]) -> None:
        """`events` as they stand now; in the entry they are as they were first."""
        self.day.ledger.acknowledge(entry)
        self.day.problems += checks.held_by_another(self.day, entry, events)
        said = ", ".join(f"{e.type} {e.stream.log_id[:6]}/{e.stream.topic}/{e.seq}" for e in entry.events)
        self.day.note(f"{entry.terminal.name} answers {entry.name} {entry.command_id[:8]}: {said or 'nothing new'}")
        self.day.answered(entry.terminal)


def neighbours(day: Day, node: Node) -> list[Terminal]:
    """Machines that this one is connected with."""
    there = {p.device_id for p in node.mesh.connected_terminals()} if node.mesh is not None else set()
    return [t for t in day.all if t.node is not None and t.node.log.device_id in there]


def did(terminal: Terminal, command_id: str) -> bool:
    """Whether it holds events that a command led to."""
    with closing(sqlite3.connect(terminal.disk.folder / "log.db")) as db, suppress(sqlite3.DatabaseError):
        return db.execute("SELECT 1 FROM events WHERE instr(raw, ?)", (command_id.encode(),)).fetchone() is not None
    return False
