"""How much memory an object holds, all that it reaches included."""

from __future__ import annotations

import sys
import types
from collections import deque
from enum import Enum
from typing import Any

import msgspec

NOTHING = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, Enum)


def weigh(thing: Any, but: tuple[Any, ...] = ()) -> int:
    """Bytes, as Python counts them; what it shares with `but` is not counted."""
    seen = {id(one) for one in but}
    total, waiting = 0, [thing]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen or isinstance(one, NOTHING):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        if isinstance(one, bytes | str | int | float | bool):
            continue
        if isinstance(one, dict):
            waiting += one.keys()
            waiting += one.values()
        elif isinstance(one, list | tuple | set | frozenset | deque):
            waiting += one
        elif isinstance(one, msgspec.Struct):
            waiting += [getattr(one, name) for name in one.__struct_fields__]
        elif hasattr(one, "__dict__"):
            waiting.append(one.__dict__)
    return total
