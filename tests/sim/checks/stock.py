"""What is out is not sold: not at the terminal where it was said, until somebody says that it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sim.terminal import Terminal

if TYPE_CHECKING:
    from tests.sim.day import Day

NEEDS: dict[str, tuple[str, ...]] = {"steak": ("steak",), "bacon": ("burger", "x-bacon"), "x-cheese": ("x-cheese",)}
"""What cannot be sold without the subject: dishes, and choices of them."""

ENDS = ("stock.back", "stock.count")
"""What is counted sells again."""


class StockWatch:
    """Whatever the clocks say: who says that something is out answers to what was said of it before."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self._out: dict[str, Terminal] = {}  # "store/subject" -> where it was said
        self._backs: dict[str, tuple[int, int]] = {}  # "store/subject" -> how many began to take it back, and have
        self._asked: dict[str, int] = {}  # "out"s under way, by command -> how many had begun to take it back before

    def asked(self, terminal: Terminal, name: str, body: dict[str, Any]) -> None:
        """A command is on its way."""
        subject = f"{terminal.spec.store}/{subject_of(body)}"
        began, ended = self._backs.get(subject, (0, 0))
        if name in ENDS:
            self._out.pop(subject, None)
            self._backs[subject] = (began + 1, ended)
        elif name == "stock.out" and began == ended:
            self._asked[body["command_id"]] = began

    def forget(self, terminal: Terminal) -> None:
        """Its disk is gone, and with it what was said there."""
        self._out = {subject: there for subject, there in self._out.items() if there is not terminal}

    def done(
        self, terminal: Terminal, name: str, body: dict[str, Any], out_before: tuple[str, ...], grown: set[str]
    ) -> list[str]:
        """It was acknowledged; `out_before` is what `known` said when it was asked. Of an "out" and a "back" that were
        under way at the same time nobody can say which was first. `grown`: of which dishes an amendment sold more."""
        subject = f"{terminal.spec.store}/{subject_of(body)}"
        began, ended = self._backs.get(subject, (0, 0))
        if name in ENDS:
            self._backs[subject] = (began, ended + 1)
        elif name == "stock.out" and self._asked.pop(body["command_id"], None) == began:
            self._out[subject] = terminal
        if name != "orders.place" and not grown:
            return []
        out = [s for s in out_before if s in self.known(terminal)]
        new = [line for line in body["lines"] if "line_id" not in line]
        dishes = [dish for line in new for dish in (line, *line.get("choices", ()))]
        sold = grown | {dish["item_id"] for dish in dishes}
        sold |= {choice["modifier_id"] for dish in dishes for choice in dish.get("modifiers", ())}
        return [
            f"{terminal.name} sold {item}, and {subject} is out there"
            for subject in out
            for item in NEEDS.get(subject, ())
            if item in sold
        ]

    def known(self, terminal: Terminal) -> tuple[str, ...]:
        """What this terminal was told is out, and nobody has begun to take back."""
        store = terminal.spec.store + "/"
        return tuple(k.removeprefix(store) for k, t in self._out.items() if t is terminal and k.startswith(store))


def subject_of(body: dict[str, Any]) -> str:
    return str(next((body[k] for k in ("item_id", "ingredient_id", "modifier_id") if k in body), ""))
