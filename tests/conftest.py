"""What all tests share."""

from __future__ import annotations

import gc

from hypothesis import settings

settings.register_profile("patient", deadline=None)  # how fast a machine is fails no test
settings.load_profile("patient")


def pytest_collection_finish() -> None:
    """Nothing that was loaded by now is ever garbage: no collection looks through it again. A test of a screen collects
    when it ends, which took longer than many such tests, and more with each test that stands in the suite."""
    gc.collect()
    gc.freeze()
