"""Live connection: pushes numbered events to dashboards over a WebSocket, and resumes after a drop."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import anyio
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from maestro.agents.events import EventHub
from maestro.clock import Clock
from maestro.server.access_tokens import Claims
from maestro.server.authentication import Authentication
from maestro.telemetry import Metrics, get_logger

VERSION = 1
REMEMBERED_EVENTS = 2_000
"""Events kept for a client that was away for a moment."""
QUEUED_EVENTS = 500
"""Events that may wait for one client; a slower one is cut off and resumes."""
HELLO_WITHIN_S = 10.0
PING_EVERY_S = 25.0
RIGHTS_CHECKED_EVERY_S = 5.0
LARGEST_MESSAGE = 8_192

BAD_TOKEN, FORBIDDEN, TOO_SLOW, TOO_MANY = 4401, 4403, 4409, 4429
MOST_CONNECTIONS = 500

log = get_logger(__name__)


class Hello(BaseModel):
    """The first message of a client."""

    type: Literal["hello"]
    version: Literal[1]
    token: str
    since: int | None = None


@dataclass(eq=False)
class Connection:
    """One client: what waits to be sent, and whether it fell behind."""

    waiting: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUED_EVENTS))
    too_slow: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, message: bytes) -> None:
        try:
            self.waiting.put_nowait(message)
        except asyncio.QueueFull:
            self.too_slow.set()


class LiveHub:
    """Numbers events, remembers the latest, and hands them to every connected client.

    Sequence numbers begin at the milliseconds since 1970 of the start, so that they keep rising over a
    restart, and a client of the process before is told to fetch anew.
    """

    def __init__(self, *, wall_clock: Clock, metrics: Metrics, picture_of_time: Callable[[], Any]) -> None:
        self._clock = wall_clock
        self._metrics = metrics
        self._picture_of_time = picture_of_time
        self._seq = int(wall_clock.now().timestamp() * 1000)
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED_EVENTS)
        self._connections: set[Connection] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def seq(self) -> int:
        """Number of the latest event."""
        return self._seq

    def publish(self, kind: str, data: Mapping[str, Any]) -> None:
        """Announce an event; may be called from any thread, before the server runs or after it stopped."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop closed between the look and the call
                loop.call_soon_threadsafe(self._publish, kind, data)

    def _publish(self, kind: str, data: Mapping[str, Any]) -> None:
        self._seq += 1
        message = to_json(
            {"v": VERSION, "seq": self._seq, "type": kind, "data": data}, inf_nan_mode="null", fallback=str
        )
        self._recent.append((self._seq, message))
        for connection in self._connections:
            connection.offer(message)

    async def run(self, events: EventHub) -> None:
        """Listen to the system and tell the time every second, until cancelled."""
        self._loop = asyncio.get_running_loop()
        unsubscribe = events.subscribe(self.publish)
        try:
            while True:
                await self._clock.sleep(1.0)
                if self._connections:
                    self._tell_time(await run_in_threadpool(self._picture_of_time))
        finally:
            self._loop = None
            unsubscribe()

    def _tell_time(self, picture: Any) -> None:
        """The time is not remembered: it carries the number of the latest event and adds none."""
        message = to_json({"v": VERSION, "seq": self._seq, "type": "clock", "data": picture})
        for connection in self._connections:
            connection.offer(message)

    def join(self, since: int | None) -> tuple[Connection, list[bytes]]:
        """Add a client: its connection, and the messages that greet it.

        Args:
            since: number of the last event the client saw, or None for a new client.
        """
        connection = Connection()
        self._connections.add(connection)
        self._metrics.live_connections.set(len(self._connections))
        missed = self._missed(since)
        resumed = since is not None and missed is not None
        greeting = [to_json({"v": VERSION, "type": "welcome", "seq": self._seq, "resumed": resumed})]
        if since is not None and missed is None:
            greeting.append(to_json({"v": VERSION, "type": "reset", "seq": self._seq}))
        return connection, greeting + (missed or [])

    def leave(self, connection: Connection) -> None:
        """Forget a client."""
        self._connections.discard(connection)
        self._metrics.live_connections.set(len(self._connections))

    @property
    def full(self) -> bool:
        """Whether no further client is accepted."""
        return len(self._connections) >= MOST_CONNECTIONS

    def _missed(self, since: int | None) -> list[bytes] | None:
        """The events after `since`; None when some of them are forgotten or it was never ours."""
        if since is None or since > self._seq:
            return None
        oldest = self._recent[0][0] if self._recent else self._seq + 1
        if since < oldest - 1:
            return None
        return [message for seq, message in self._recent if seq > since]


async def serve_live(websocket: WebSocket, hub: LiveHub, authentication: Authentication) -> None:
    """Serve one client from its hello to its end; closes with 4401, 4403, 4409 or 4429 when it must."""
    await websocket.accept()
    if hub.full:
        await websocket.close(TOO_MANY)
        return
    try:
        hello = await asyncio.wait_for(_read_hello(websocket), HELLO_WITHIN_S)
    except (TimeoutError, WebSocketDisconnect):
        hello = None
    claims = authentication.tokens.read(hello.token) if hello is not None else None
    if hello is None or claims is None or await run_in_threadpool(authentication.identify, claims) is None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(BAD_TOKEN)
        return
    connection, greeting = hub.join(hello.since)
    try:
        for message in greeting:
            await websocket.send_text(message.decode())
        await _until_first_ends(
            partial(_send, websocket, connection),
            partial(_receive, websocket),
            partial(_ping, websocket),
            partial(_watch_rights, websocket, authentication, claims),
            partial(_watch_pace, websocket, connection),
        )
    except* (WebSocketDisconnect, RuntimeError):
        log.debug("live connection dropped")
    finally:
        hub.leave(connection)


async def _read_hello(websocket: WebSocket) -> Hello | None:
    text = await _receive_text(websocket)
    try:
        return Hello.model_validate_json(text)
    except ValidationError:
        return None


async def _receive_text(websocket: WebSocket) -> str:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    text = message.get("text") or ""
    return text if len(text) <= LARGEST_MESSAGE else ""


async def _send(websocket: WebSocket, connection: Connection) -> None:
    while True:
        message = await connection.waiting.get()
        await websocket.send_text(message.decode())


async def _receive(websocket: WebSocket) -> None:
    while True:
        text = await _receive_text(websocket)
        if '"ping"' in text:
            await websocket.send_text('{"type":"pong"}')


async def _ping(websocket: WebSocket) -> None:
    while True:
        await asyncio.sleep(PING_EVERY_S)
        await websocket.send_text('{"type":"ping"}')


async def _watch_rights(websocket: WebSocket, authentication: Authentication, claims: Claims) -> None:
    """End the connection when the access token expires or is void; the client refreshes it and resumes."""
    while True:
        await asyncio.sleep(RIGHTS_CHECKED_EVERY_S)
        expired = authentication.expired(claims)
        if expired or await run_in_threadpool(authentication.identify, claims) is None:
            await websocket.close(BAD_TOKEN)
            return


async def _watch_pace(websocket: WebSocket, connection: Connection) -> None:
    await connection.too_slow.wait()
    await websocket.close(TOO_SLOW)


async def _until_first_ends(*parts: Callable[[], Awaitable[None]]) -> None:
    async with anyio.create_task_group() as group:

        async def run(part: Callable[[], Awaitable[None]]) -> None:
            await part()
            group.cancel_scope.cancel()

        for part in parts:
            group.start_soon(run, part)
