"""What customers and staff were told: every acknowledged answer, and everything that was asked."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Acknowledged:
    """A 200. `at` is the wall clock, in seconds, when the answer had arrived."""

    at: float
    machine: str
    command: str
    body: dict[str, Any]
    answer: dict[str, Any]


@dataclass
class Ledger:
    """Filled from many threads. `unanswered`: bodies whose fate the client does not know, by command id.
    `elsewhere`: ids of orders that a fault placed itself. `logs_lost`: terminals lose logs
    while customers are there."""

    answers: list[Acknowledged] = field(default_factory=list)
    unanswered: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    trouble: Counter[str] = field(default_factory=Counter)
    elsewhere: set[str] = field(default_factory=set)
    logs_lost: bool = False
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, command: str, body: dict[str, Any]) -> None:
        with self.lock:
            self.unanswered[body["command_id"]] = (command, body)

    def acknowledge(self, machine: str, command: str, body: dict[str, Any], answer: dict[str, Any]) -> None:
        with self.lock:
            self.answers.append(Acknowledged(time.time(), machine, command, body, answer))
            self.unanswered.pop(body["command_id"], None)

    def refuse(self, body: dict[str, Any], code: str) -> None:
        with self.lock:
            self.refused[code] += 1
            self.unanswered.pop(body["command_id"], None)

    def no_answer(self, why: str) -> None:
        with self.lock:
            self.trouble[why] += 1

    def of(self, command: str) -> list[Acknowledged]:
        with self.lock:
            return [a for a in self.answers if a.command == command]

    def placed(self) -> dict[str, Acknowledged]:
        """Acknowledged orders by their id."""
        return {a.answer["result"]["order_id"]: a for a in self.of("orders.place")}

    def summary(self) -> str:
        placed = len(self.placed())
        return f"{len(self.answers)} answers, {placed} orders, {sum(self.trouble.values())} times no answer"
