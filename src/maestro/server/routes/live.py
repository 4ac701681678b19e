"""Live route: the WebSocket at /api/v1/live."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from maestro.server.live import FORBIDDEN, serve_live
from maestro.server.security_headers import same_origin

router = APIRouter()


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Events as they happen; the first message of the client carries its access token."""
    state = websocket.app.state
    if not same_origin(websocket.scope, state.settings.server):
        await websocket.close(FORBIDDEN)
        return
    await serve_live(websocket, state.live, state.authentication)
