"""Request context: gives every request an id, knows who is asking, counts it, times it and logs it."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maestro.server.access_tokens import AccessTokens
from maestro.telemetry import Metrics, bound, get_logger

log = get_logger(__name__)

_GIVEN_ID = re.compile(r"[A-Za-z0-9_.\-]{1,64}")


def header(scope: Scope, name: bytes) -> str:
    """The first header of this name (in lower case), or an empty text."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


def bearer(scope: Scope) -> str:
    """The bearer token of a request, or an empty text."""
    scheme, _, token = header(scope, b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class RequestContext:
    """ASGI middleware, the outermost: puts `request_id` and `claims` into the request's state."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, tokens: AccessTokens) -> None:
        self._app = app
        self._metrics = metrics
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        request_id = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        token = bearer(scope)
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["claims"] = self._tokens.read(token) if token else None
        status = 500
        began = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with bound(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                seconds = time.perf_counter() - began
                route = route_template(scope)
                self._metrics.requests.labels(scope["method"], route, str(status)).inc()
                self._metrics.request_seconds.labels(route).observe(seconds)
                log.debug("request", method=scope["method"], route=route, status=status, seconds=seconds)


def route_template(scope: Scope) -> str:
    """The route's path with its parameters unnamed by value, so that metrics stay few."""
    if "route" not in scope:
        return "(dashboard)" if not scope["path"].startswith("/api") else "(unknown)"
    return str(getattr(scope["route"], "path", "(unknown)"))
