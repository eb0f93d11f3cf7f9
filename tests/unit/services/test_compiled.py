"""The tables in SQL are those that the services define; and a server loads no more than it needs to sell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from server.services import compiled
from server.services.compiling import ROWS, module
from server.services.read_model import COMMON
from server.services.shop import Services

NOT_TO_SELL = ("sqlalchemy", "sqlmodel", "PySide6", "jinja2", "httpx", "pydantic", "zeroconf", "pytest")
"""What defines tables, shows screens or makes pages, and would take memory from every terminal."""


def test_compiled_tables_are_those_that_are_defined() -> None:
    told = Path(compiled.__file__).read_text(encoding="utf-8")
    assert told == module(), "a table was changed: run `make tables`"


def test_each_read_model_has_a_table(tmp_path: Path) -> None:
    services = Services(tmp_path, device_id="d", store="s", label="", role="pos")
    assert {model.name for model in services._models} == set(ROWS)
    services.close()


def test_each_table_begins_with_the_same_columns() -> None:
    assert {statements.columns[: len(COMMON)] for statements in compiled.STATEMENTS.values()} == {COMMON}


def test_a_server_loads_nothing_that_it_does_not_need_to_sell() -> None:
    script = "import sys, app.cli, app.serve, server.node, server.api.app; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert not loaded & set(NOT_TO_SELL)
