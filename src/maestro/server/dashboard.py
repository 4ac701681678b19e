"""Dashboard files: serves the built web application, its page with a fresh nonce, its assets for ever."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

NONCE_PLACE = "__CSP_NONCE__"
"""What the built page holds in place of the nonce."""

FOR_EVER = "public, max-age=31536000, immutable"

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Maestro</title>
<p>The dashboard has not been built. Run <code>make web</code>, then reload this page.
The API is at <code>/api/v1</code>.</p></html>"""


class Dashboard:
    """ASGI application for everything outside the API.

    Args:
        folder: where the built dashboard lies; may be missing.
    """

    def __init__(self, folder: Path) -> None:
        self._page = folder / "index.html"
        self._files = StaticFiles(directory=folder, check_dir=False, follow_symlink=False)
        self._app: ASGIApp = GZipMiddleware(self._serve, minimum_size=1_000)
        self._read: tuple[float, str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4404})
            return
        await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        path = scope["path"]
        if path.startswith("/api/") or path == "/api":
            raise HTTPException(404, f"There is nothing at {path[:200]}.")
        if request.method not in {"GET", "HEAD"}:
            raise HTTPException(405, "The dashboard is only read.", headers={"Allow": "GET, HEAD"})
        response = await self._file(path, scope) or self._index(request)
        await response(scope, receive, send)

    async def _file(self, path: str, scope: Scope) -> Response | None:
        if path in {"/", "/index.html"} or not self._page.is_file():
            return None
        try:
            response = await self._files.get_response(self._files.get_path(scope), scope)
        except HTTPException:
            if path.startswith("/assets/"):
                raise
            return None
        response.headers["Cache-Control"] = FOR_EVER if path.startswith("/assets/") else "no-cache"
        return response

    def _index(self, request: Request) -> Response:
        headers = {"Cache-Control": "no-cache"}
        if not self._page.is_file():
            return HTMLResponse(NOT_BUILT, 503, headers)
        nonce = request.scope["state"]["nonce"]
        return HTMLResponse(self._html().replace(NONCE_PLACE, nonce), headers=headers)

    def _html(self) -> str:
        changed = self._page.stat().st_mtime
        if self._read is None or self._read[0] != changed:
            self._read = (changed, self._page.read_text(encoding="utf-8"))
        return self._read[1]
