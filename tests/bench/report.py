"""The benches' page: a Markdown table, what is and is not equal, the floors, and the pictures. Pure but for `write`."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.bench import plot
from tests.bench.figures import Beside, Figure, met, ratio, ratios, reached, spread
from tests.bench.kiosk_words import KIOSK, KIOSK_FLOORS
from tests.bench.words import EQUAL, FLOORS, INTRODUCTION

PAGE = "benchmarks.md"
PICTURE = "pictures/bench.svg"


def number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def runs(values: Sequence[float]) -> str:
    """`1.5 (1.2–1.9)`: the median, and from quartile to quartile."""
    found = spread(values)
    middle = number(statistics.median(values))
    return middle if found is None else f"{middle} ({number(found[0])}–{number(found[1])})"


def target(at_most: float | None, at_least: float | None) -> str:
    said = [f"≤ {at_most:g}"] if at_most is not None else []
    said += [f"≥ {at_least:g}"] if at_least is not None else []
    return " and ".join(said)


def mark(answer: bool | None) -> str:
    return {True: "yes", False: "**no**", None: ""}[answer]


def lines(figure: Figure) -> Iterable[str]:
    """For the terminal."""
    asked = target(figure.at_most, figure.at_least)
    answer = mark(met(figure.value, figure.at_most, figure.at_least)).strip("*")
    yield f"{figure.name:<76} {runs(figure.runs):>28} {figure.unit:<9} {asked} {answer}"
    for one in figure.beside:
        value = ratio(figure, one)
        answer = mark(met(value, one.at_most, one.at_least)).strip("*")
        said = f"× {number(value)}"
        yield f"    {one.name:<72} {runs(one.runs):>28} {said:<9} {target(one.at_most, one.at_least)} {answer}"


def table(figures: Iterable[Figure]) -> str:
    rows = ["| what | ours | beside | theirs | ours / theirs | wanted | reached |", "|---|---:|---|---:|---:|---|---|"]
    for figure in figures:
        own = met(figure.value, figure.at_most, figure.at_least)
        name, ours = figure.name, f"{runs(figure.runs)} {figure.unit}"
        if own is not None or not figure.beside:
            rows.append(f"| {name} | {ours} | | | | {target(figure.at_most, figure.at_least)} | {mark(own)} |")
            name = ours = ""
        for one in figure.beside:
            rows.append(_row(name, ours, figure, one))
            name = ours = ""
    return "\n".join(rows)


def _row(name: str, ours: str, figure: Figure, one: Beside) -> str:
    asked = target(one.at_most, one.at_least)
    answer = mark(met(ratio(figure, one), one.at_most, one.at_least))
    return f"| {name} | {ours} | {one.name} | {runs(one.runs)} | {runs(ratios(figure, one))} | {asked} | {answer} |"


def floors(figures: Iterable[Figure]) -> str:
    """Why what falls short does."""
    short = [f for f in figures if reached(f) is False]
    if not short:
        return "Every line reached what was wanted in this run."
    return "\n".join(f"- **{f.name}**: {(FLOORS | KIOSK_FLOORS).get(f.key, 'not looked into yet.')}" for f in short)


def beside(machine: dict[str, Any]) -> str:
    """Which NATS ran beside us, and how its writes were synced."""
    if not machine.get("nats"):
        return "NATS is not installed here: its lines are missing"
    ways = {
        "always": "`sync_interval: always`",
        "chattr": "a folder that is written through (`chattr +S`)",
        None: "not possible here",
    }
    return f"nats-server {machine['nats']}; each write synced by: {ways[machine.get('nats_synced_by')]}"


def page(machine: dict[str, Any], figures: list[Figure]) -> str:
    asked = [answer for figure in figures if (answer := reached(figure)) is not None]
    facts = (
        f"{machine['at']} · {machine['system']} · {machine['cores']} cores · Python {machine['python']} · "
        f"SQLite {machine['sqlite']} · {beside(machine)} · load before {', '.join(map(str, machine['load_before']))}, "
        f"after {', '.join(map(str, machine['load_after']))} · "
        f"scheduled {machine['priority']} · took {machine['seconds']} s"
    )
    return (
        "\n\n".join(
            [
                "# Benchmarks",
                INTRODUCTION,
                f"{sum(asked)} of {len(asked)} lines reached what was wanted.\n\n{facts}",
                table(figures),
                f"![each ratio beside what was wanted]({PICTURE})",
                "## What falls short, and why",
                floors(figures),
                *([KIOSK] if any(figure.room == "kiosk" for figure in figures) else []),
                EQUAL,
            ]
        )
        + "\n"
    )


def write(docs: Path, machine: dict[str, Any], figures: list[Figure]) -> None:
    (docs / PICTURE).parent.mkdir(parents=True, exist_ok=True)
    (docs / PICTURE).write_text(plot.ratios_svg(figures), encoding="utf-8")
    (docs / PAGE).write_text(page(machine, figures), encoding="utf-8")
