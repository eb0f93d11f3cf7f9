"""What a server does without: what its libraries import and it never uses (their command lines, debuggers, other
formats: four megabytes, loaded when somebody asks for anything of it), and a heap for each of its threads.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

LATER = (
    "locale",  # subprocess: 500 kB of other names for locales
    "urllib.request",  # websockets: a proxy on the way to a server
    "logging.config",  # uvicorn: a file that says how to log
    "pdb",  # litestar: a debugger on the console
    "yaml",  # litestar: the API's document in another format
)
"""Whoever imports one of them does so as a whole, and asks for what is in it only where it needs that."""

PROGRAM = "uvicorn.main"
"""What starts uvicorn as a program, with options and processes that it watches; we start its server ourselves."""


M_ARENA_MAX = -8
"""Of glibc's `mallopt`."""


def share_one_heap() -> None:
    """All threads take memory from the same place, where glibc would give each one of its own, which keeps what it had
    once: a megabyte and a half after a day. They hardly ever need it at once, since Python runs one at a time."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # no glibc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def load_later() -> None:
    """Before the first of them is imported; those that are there already stay."""
    for name in LATER:
        if name not in sys.modules and find_spec(name) is not None:
            sys.modules[name] = module = _stand_in(name)
            parent, _, last = name.rpartition(".")
            if parent:
                setattr(import_module(parent), last, module)
    if "uvicorn" not in sys.modules:
        sys.modules[PROGRAM] = program = ModuleType(PROGRAM)
        program.__getattr__ = _of_the_program  # type: ignore[method-assign]
        try:
            import_module("uvicorn")
        finally:
            del sys.modules[PROGRAM]  # who wants the program gets it


def _stand_in(name: str) -> ModuleType:
    """A module that is empty until it is asked for something."""
    module = ModuleType(name)

    def of_the_real_one(attribute: str) -> Any:
        if sys.modules.get(name) is module:
            del sys.modules[name]
        return getattr(import_module(name), attribute)

    module.__getattr__ = of_the_real_one  # type: ignore[method-assign]
    return module


def _of_the_program(name: str) -> Any:
    if name == "Server":
        return import_module("uvicorn.server").Server
    if name in ("main", "run"):
        return _called_later(name)
    raise AttributeError(name)


def _called_later(name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        return getattr(import_module(PROGRAM), name)(*arguments, **named)

    return call
