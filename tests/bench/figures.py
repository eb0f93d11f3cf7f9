"""What a bench says: one line each, several runs, beside the machine's own limit and beside NATS. Pure.

A ratio is taken run by run where both sides ran in turns, so that a busy minute of the machine weighs on both.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec


class Beside(msgspec.Struct, frozen=True):
    """The same work done by something else. `at_most`, `at_least`: what the ratio ours/theirs is to be."""

    name: str
    runs: list[float]
    at_most: float | None = None
    at_least: float | None = None


class Figure(msgspec.Struct, frozen=True):
    """`runs` in `unit`; `at_most`, `at_least` for the value itself. `room` is the bench it comes from."""

    key: str
    name: str
    unit: str
    runs: list[float]
    beside: list[Beside] = []
    at_most: float | None = None
    at_least: float | None = None
    room: str = ""

    @property
    def value(self) -> float:
        return statistics.median(self.runs)


def ratios(figure: Figure, beside: Beside) -> list[float]:
    """Ours over theirs: of each run where there are as many of both, else of the medians."""
    if len(figure.runs) == len(beside.runs):
        return [a / b for a, b in zip(figure.runs, beside.runs, strict=True)]
    return [figure.value / statistics.median(beside.runs)]


def ratio(figure: Figure, beside: Beside) -> float:
    return statistics.median(ratios(figure, beside))


def met(value: float, at_most: float | None, at_least: float | None) -> bool | None:
    """None where nothing is asked."""
    if at_most is None and at_least is None:
        return None
    return (at_most is None or value <= at_most) and (at_least is None or value >= at_least)


def reached(figure: Figure) -> bool | None:
    """Whether the figure and all its ratios are what they are to be; None where nothing is asked."""
    asked = [met(figure.value, figure.at_most, figure.at_least)]
    asked += [met(ratio(figure, b), b.at_most, b.at_least) for b in figure.beside]
    answers = [one for one in asked if one is not None]
    return all(answers) if answers else None


def spread(runs: Sequence[float]) -> tuple[float, float] | None:
    """From the lower to the upper quartile; lowest and highest of fewer than four; None for one run."""
    if len(runs) < 2:
        return None
    if len(runs) < 4:
        return min(runs), max(runs)
    lower, _, upper = statistics.quantiles(runs, n=4, method="inclusive")
    return lower, upper
