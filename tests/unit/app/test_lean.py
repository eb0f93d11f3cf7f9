"""What a server does not load, and that it is there for whoever asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

NOT_FOR_A_SERVER = (
    "click, multiprocessing, bdb, yaml.nodes, _strptime, http.client, logging.handlers, sqlmodel, pydantic"
)

LOADED = f"""
import sys
from app.lean import load_later
load_later()
import app.serve
print(*[name for name in {NOT_FOR_A_SERVER!r}.split(", ") if name in sys.modules])
"""

ASKED = """
import sys
from app.lean import load_later
load_later()
import uvicorn
import locale, logging.config, pdb, urllib.request
from uvicorn.main import STARTUP_FAILURE
assert uvicorn.Server is __import__("uvicorn.server").server.Server
assert callable(uvicorn.run)
assert locale.getpreferredencoding()
assert logging.config.dictConfig is sys.modules["logging.config"].dictConfig
assert pdb.Pdb is sys.modules["pdb"].Pdb
assert urllib.request.Request("http://localhost/").host == "localhost"
try:
    pdb.what_nobody_has
except AttributeError as e:
    print("no", "what_nobody_has" in str(e))
"""


def said_by(program: str) -> str:
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def test_a_server_loads_no_command_lines_and_no_debuggers() -> None:
    assert said_by(LOADED) == ""


def test_what_was_left_for_later_is_there_when_it_is_asked_for() -> None:
    assert said_by(ASKED) == "no True"
