"""What the program itself says went wrong: a traceback in the log is a problem of the day, whatever came of it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from server.log import LogFailed

LOGGERS = ("pilotlight", "server")


class Ear(logging.Handler):
    def __init__(self, problems: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._problems = problems

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or isinstance(error, LogFailed | sqlite3.OperationalError):
            return  # the disk's own troubles are played here, and told to people in words
        self._problems.append(f"traceback: {record.getMessage()}: {type(error).__name__}: {error}")


@contextmanager
def heard(problems: list[str]) -> Iterator[None]:
    """Puts what the server logs as an error, with a traceback, among the problems. Nothing is printed."""
    ear = Ear(problems)
    before = []
    for name in LOGGERS:
        logger = logging.getLogger(name)
        before.append((logger, logger.level, logger.propagate, logger.handlers[:]))
        logger.setLevel(logging.ERROR)
        logger.propagate, logger.handlers = False, [ear]
    try:
        yield
    finally:
        for logger, level, propagate, handlers in before:
            logger.setLevel(level)
            logger.propagate, logger.handlers = propagate, handlers
