"""Schemathesis over a real server: every answer is one that the OpenAPI document knows, and none is a 5xx."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.served import server

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
CHECKS += ",response_headers_conformance"


def fuzz_documented(seed: int, seconds: float) -> bool:
    """True when nothing was found. It goes on for `seconds`, in all its phases."""
    print(f"schemathesis: seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as name, server(Path(name) / "shop") as served:
        program = [str(Path(sys.executable).parent / "schemathesis"), "run"]
        where = [f"{served.endpoint['api']}/v1/openapi.json", "-H", f"Authorization: Bearer {served.endpoint['token']}"]
        how = ["--checks", CHECKS, "--seed", str(seed), "--max-time", str(int(seconds)), "--continue-on-failure"]
        how += ["--generation-database", "none", "--warnings", "off", "--no-color", "--max-examples", "100000"]
        ended = subprocess.run([*program, *where, *how], cwd=name)
        complaints = served.complaints()
        health = served.call("/healthz")
    for line in complaints[:3]:
        print(f"FAULT: the server's log: {line[:300]}")
    return ended.returncode == 0 and not complaints and health["status"] == "ok"
