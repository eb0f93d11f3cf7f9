"""How arguments are read: examples stay as typed, options are written out, and what is wrong is one sentence."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from app.nearest import no_such

OURS = (
    (": must ", " must "),
    (": expected one argument", " needs a value"),
    ("the following arguments are required: ", "missing: "),
)
"""`argparse`'s words, and what stands for them."""


class Parser(argparse.ArgumentParser):
    """A parser, or that of one command. Wrong usage ends the process with status 2 and one sentence on stderr."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        if example:
            kwargs["epilog"] = "example:\n  " + example.replace("\n", "\n  ")
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        kwargs["allow_abbrev"] = False
        super().__init__(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        said = message.removeprefix("argument ")
        for theirs, ours in OURS:
            said = said.replace(theirs, ours, 1)
        said = said[:1].upper() + said[1:]
        if not said.endswith("?"):
            said = f"{said.removesuffix('.')}. `{self.prog} --help` says more."
        self.exit(2, f"{said}\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Knows all or ends: a command's own parser can say which of its options was meant."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            name = rest[0].partition("=")[0]
            shown = [o for action in self._actions if action.help != argparse.SUPPRESS for o in action.option_strings]
            self.error(no_such("option", name, shown) if name.startswith("-") else f"`{rest[0]}` is one word too many")
        return found, rest

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        if isinstance(action, argparse._SubParsersAction):
            shown = [choice.dest for choice in action._choices_actions]  # without those that have no help
            raise argparse.ArgumentError(None, no_such(str(action.metavar).lower(), value, shown))
        raise argparse.ArgumentError(action, f"must be one of {', '.join(map(str, action.choices))}, not {value!r}")


def whole(text: str) -> int:
    """Raises `ArgumentTypeError`, as all of these do."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}") from None


def count(text: str) -> int:
    """A number of things, at least 1."""
    number = whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {text}")
    return number


def port(text: str) -> int:
    """0 for any free one."""
    number = whole(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"must be between 0 (any free port) and 65535, not {text}")
    return number
