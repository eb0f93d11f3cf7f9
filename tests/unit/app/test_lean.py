"""What a server does not load, and that it is there for whoever asks."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

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


HEAPS = """
import ctypes, sys, threading
from app.lean import share_one_heap
if sys.argv[1:]:
    share_one_heap()
c = ctypes.CDLL(None)
c.malloc.restype = c.fopen.restype = ctypes.c_void_p
def take():
    c.malloc(100_000)
    together.wait()
together = threading.Barrier(4)
threads = [threading.Thread(target=take) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
out = c.fopen(b"/dev/stdout", b"w")
c.malloc_info(0, ctypes.c_void_p(out))
c.fclose(ctypes.c_void_p(out))
"""


def said_by(program: str, *arguments: str) -> str:
    found = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def test_a_server_loads_no_command_lines_and_no_debuggers() -> None:
    assert said_by(LOADED) == ""


def test_what_was_left_for_later_is_there_when_it_is_asked_for() -> None:
    assert said_by(ASKED) == "no True"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives each thread a heap")
def test_threads_share_one_heap() -> None:
    assert said_by(HEAPS).count("<heap nr=") > 1
    assert said_by(HEAPS, "shared").count("<heap nr=") == 1
