"""Writes down what a customer hears who orders a meal without looking: `python -m tests.blind [LANGUAGE]`.

The part between the marks of docs/spoken.md is this in English; `--write` renews it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.blind.customer import ROOT, Customer, Visit, environment_is_missing
from tests.blind.meal import order

PAGE = ROOT / "docs/spoken.md"
BEGIN, END = "<!-- what is heard: begin -->\n", "<!-- what is heard: end -->\n"
PORTRAIT = (1080, 1920)


def table(customer: Customer) -> str:
    """A row for each key, equal keys that only pass something by in one."""
    rows = ["| key | what is heard |", "| --- | --- |"]
    for key, heard in customer.diary:
        rows.append(f"| {key.capitalize()} | {' **·** '.join(heard).replace('|', '/')} |")
    return "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    why = environment_is_missing()
    if why:
        print(why, file=sys.stderr)
        return 1
    language = next((a for a in arguments if not a.startswith("-")), "en")
    with tempfile.TemporaryDirectory() as folder, Visit(Path(folder), PORTRAIT) as customer:
        number = order(customer, language)
    written = table(customer).replace(f" {number}.", " 12.")
    print(written)
    if "--write" in arguments:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(before + BEGIN + written + END + rest.partition(END)[2], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
