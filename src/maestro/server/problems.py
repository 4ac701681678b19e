"""Problems: every error leaves the server as application/problem+json (RFC 9457), with a remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from maestro.errors import (
    ConflictError,
    InputError,
    MaestroError,
    NotFoundError,
    PolicyError,
    TemporaryError,
)
from maestro.server.authentication import NotSignedInError
from maestro.server.json_response import Json
from maestro.telemetry import get_logger

log = get_logger(__name__)


class TooManyRequestsError(MaestroError):
    """The asker has used up what a minute allows.

    Args:
        wait_s: whole seconds until the next request is allowed.
    """

    def __init__(self, message: str, *, wait_s: int) -> None:
        super().__init__(message, remedy=f"Wait {wait_s} seconds and try again.")
        self.wait_s = wait_s


class FieldProblem(BaseModel):
    """One field of the request that is wrong."""

    field: str
    message: str


class Problem(BaseModel):
    """What the body of every error response holds."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    request_id: str
    errors: list[FieldProblem] | None = None


class ProblemResponse(Json):
    """A response of the media type that RFC 9457 asks for."""

    media_type = "application/problem+json"


_STATUS: tuple[tuple[type[MaestroError], int, str], ...] = (
    (TooManyRequestsError, 429, "too-many-requests"),
    (NotSignedInError, 401, "not-signed-in"),
    (NotFoundError, 404, "not-found"),
    (ConflictError, 409, "conflict"),
    (InputError, 422, "input"),
    (PolicyError, 403, "not-allowed"),
    (TemporaryError, 503, "try-again"),
)


def problem(
    status: int,
    kind: str,
    detail: str,
    *,
    remedy: str = "",
    request_id: str = "",
    errors: Sequence[Mapping[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """An error response.

    Args:
        status: HTTP status code.
        kind: word that programs may tell errors apart by; becomes the `type`.
        detail: what happened, in one sentence.
        remedy: what the reader can do about it.
        request_id: id under which the logs tell more.
        errors: `{field, message}` of each wrong field.
        headers: further headers, such as Retry-After.
    """
    body: dict[str, Any] = {
        "type": f"urn:maestro:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "remedy": remedy,
        "request_id": request_id,
    }
    if errors is not None:
        body["errors"] = errors
    return ProblemResponse(body, status_code=status, headers=dict(headers or {}))


def request_id_of(request: Request) -> str:
    """The id the request context gave to this request."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def _answer_maestro_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MaestroError)
    status, kind = 500, "internal"
    for family, code, word in _STATUS:
        if isinstance(error, family):
            status, kind = code, word
            break
    if isinstance(error, InputError) and isinstance(error.__cause__, DBAPIError):
        status, kind = 503, "storage"  # the disk or the database is at fault, not the request
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyRequestsError):
        headers["Retry-After"] = str(error.wait_s)
    if status == 503:
        headers["Retry-After"] = str(math.ceil(getattr(error, "delay_s", 5.0)))
    if status >= 500:
        log.error("request failed", detail=error.message, kind=type(error).__name__)
    return problem(
        status,
        kind,
        error.message,
        remedy=error.remedy,
        request_id=request_id_of(request),
        headers=headers,
    )


def _answer_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [
        {"field": ".".join(str(part) for part in item["loc"]), "message": str(item["msg"])}
        for item in error.errors()
    ]
    return problem(
        422,
        "validation",
        "The request is not valid.",
        remedy="Correct the fields named under `errors`.",
        request_id=request_id_of(request),
        errors=wrong,
    )


def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return problem(
        error.status_code,
        kind,
        str(error.detail),
        request_id=request_id_of(request),
        headers=error.headers,
    )


def _answer_busy_database(request: Request, error: Exception) -> Response:
    log.error("database did not answer", kind=type(error).__name__)
    return problem(
        503,
        "try-again",
        "The database is busy.",
        remedy="Try again in a moment.",
        request_id=request_id_of(request),
        headers={"Retry-After": "1"},
    )


def _answer_unforeseen(request: Request, error: Exception) -> Response:
    log.error("unforeseen error", exc_info=error)
    return problem(
        500,
        "internal",
        "Something went wrong in Maestro itself.",
        remedy="Look in the log for the request id; nothing was half done.",
        request_id=request_id_of(request),
    )


def answer_with_problems(api: FastAPI) -> None:
    """Let every error of this API leave as a problem."""
    api.add_exception_handler(MaestroError, _answer_maestro_error)
    api.add_exception_handler(RequestValidationError, _answer_validation_error)
    api.add_exception_handler(HTTPException, _answer_http_exception)
    api.add_exception_handler(OperationalError, _answer_busy_database)
    api.add_exception_handler(Exception, _answer_unforeseen)
