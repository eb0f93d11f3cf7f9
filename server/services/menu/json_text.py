"""JSON from a file a person gave us: whatever is wrong with it is told in one sentence with line and column."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from server.event import Refused


def refuse(text: str) -> NoReturn:
    """Raises `Refused("bad_menu_file")`: the file is not right, and `text` says where."""
    raise Refused("bad_menu_file", text)


def _at(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(data) > 1 and 0 in data[:2]):
        refuse("The file is not in UTF-8 (it looks like UTF-16 or a binary file); save it as UTF-8 and try again.")
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        refuse(f"The file is not in UTF-8: a wrong byte at {_at(before, len(before))}; save it as UTF-8 and try again.")


def _no_constant(word: str) -> NoReturn:
    refuse(f"The file has {word} for a number; JSON has no such number, write a real one.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        of = f" ({found['id']})" if isinstance(found.get("id"), str) else ""
        refuse(f"The file has the field “{twice[:80]}” twice in one object{of}; keep one of them.")
    return found


def parse(data: bytes) -> Any:
    """The value in a JSON file. Raises `Refused("bad_menu_file")`."""
    text = _decode(data)
    if not text.strip():
        refuse("The file is empty; export the menu again.")
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        at = _at(text, error.pos)
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        if cut and error.pos > 0:
            refuse(f"The file is cut off: its JSON ends in the middle, at {at}; export or copy it again.")
        refuse(f"The file is not JSON: {error.msg[:1].lower()}{error.msg[1:]} at {at}; export it again.")
    except RecursionError:
        refuse("The file is nested too deeply to be a menu; export it again.")
    except ValueError:  # int() refuses thousands of digits
        refuse("The file has a number of thousands of digits; correct it and try again.")
