"""Every answer that is not a success: `{"code", "text"}`, whoever found the fault.

4xx: the caller can do something about it. 503: this server can't right now. 500: a fault of ours; it is logged, and
the caller is told nothing of our inside.
"""

from __future__ import annotations

import logging
from typing import Any

from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException

from server.api.turnstile import RETRY_AFTER_S, Busy
from server.event import Refused, plainly

logger = logging.getLogger("pilotlight.api")

STATUS_OF_REFUSAL = {
    "bad_amount": 400,
    "bad_cursor": 400,
    "bad_field": 400,
    "bad_json": 400,
    "bad_menu": 400,
    "bad_menu_file": 400,
    "missing_field": 400,
    "not_an_object": 400,
    "not_utf8": 400,
    "reason_required": 400,
    "unknown_field": 400,
    "wrong_hash": 400,
    "bad_blob": 400,
    "wrong_token": 401,
    "wrong_host": 421,
    "unknown_command": 404,
    "not_found": 404,
    "bad_link": 404,
    "cursor_gone": 410,
    "old_link": 410,
    "too_large": 413,
    "too_many_clients": 429,
    "too_many_requests": 429,
}
"""Refusals for how something was asked. All others are 409: well asked, and the answer is no."""

CODE_OF_STATUS = {400: "bad_request", 401: "wrong_token", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}

AnyRequest = Request[Any, Any, Any]
Problem = Response[dict[str, str]]


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal."""
    if refused.code.endswith("_too_long"):
        return 400
    return STATUS_OF_REFUSAL.get(refused.code, 409)


def problem(status: int, code: str, text: str, headers: dict[str, str] | None = None) -> Problem:
    return Response({"code": code, "text": text}, status_code=status, media_type=MediaType.JSON, headers=headers or {})


def on_refused(_: AnyRequest, refused: Refused) -> Problem:
    return problem(status_of(refused), refused.code, refused.text)


def on_http_exception(request: AnyRequest, error: HTTPException) -> Problem:
    """What Litestar found wrong: a path, a method, a parameter."""
    headers = dict(error.headers or {})
    if isinstance(error, ValidationException):
        return problem(400, "bad_field", _parameters(error), headers)
    status = error.status_code
    if status >= 500:
        return on_exception(request, error)
    text = error.detail
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    elif status == 404:
        text = f"There is no {request.url.path[:200]} here. What there is: /v1/openapi.json."
    elif status == 405:
        text = f"{request.method} does not work on {request.url.path[:200]}. See /v1/openapi.json."
    return problem(status, CODE_OF_STATUS.get(status, "bad_request"), text, headers)


def _parameters(error: ValidationException) -> str:
    """`“limit”: expected a whole number <= 5000.` for each parameter that is wrong."""
    found = error.extra if isinstance(error.extra, list) else []
    parts = [f"“{e.get('key', '')}”: {plainly(str(e.get('message', '')))}." for e in found]
    return " ".join(parts) or f"{error.detail}."


def on_exception(request: AnyRequest, error: Exception) -> Problem:
    """An exception that says `code` and `text` is trouble that the node knows about (a full disk): 503."""
    code, text = getattr(error, "code", None), getattr(error, "text", None)
    if isinstance(code, str) and isinstance(text, str):
        if code == Busy.code:  # thousands of them come together; /metrics counts them
            return problem(503, code, text, {"Retry-After": str(RETRY_AFTER_S)})
        logger.warning("%s %s: %s: %s", request.method, request.url.path, code, text)
        return problem(503, code, text)
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "internal", "This server made a mistake; it is in its log. Try again, and tell support.")


HANDLERS: dict[int | type[Exception], Any] = {
    Refused: on_refused,
    HTTPException: on_http_exception,
    Exception: on_exception,
}
