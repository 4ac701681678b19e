"""Body limit: refuses request bodies that are larger than what the route is for."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maestro.server.problems import problem
from maestro.server.request_context import header

LARGEST_BODY = 1 << 20
"""Bytes of an ordinary request."""
LARGEST_UPLOAD = 2 << 30
"""Bytes of a file that is uploaded for an import."""

UPLOAD_PATH = "/api/v1/imports"


class LimitBody:
    """ASGI middleware: answers 413 before reading, or while reading a body that announced no length."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = LARGEST_UPLOAD if scope["path"] == UPLOAD_PATH else LARGEST_BODY
        announced = header(scope, b"content-length")
        if announced and (not announced.isdigit() or int(announced) > limit):
            await _too_large(limit, scope)(scope, receive, send)
            return
        seen = 0

        async def receive_within_limit() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, f"A request body has at most {limit} bytes.")
            return message

        await self._app(scope, receive_within_limit, send)


def _too_large(limit: int, scope: Scope) -> ASGIApp:
    return problem(
        413,
        "content-too-large",
        f"A request body has at most {limit} bytes.",
        remedy="Send less at once.",
        request_id=scope["state"]["request_id"],
    )
