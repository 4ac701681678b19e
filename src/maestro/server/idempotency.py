"""Idempotency: a write sent twice under one Idempotency-Key happens once and is answered the same twice."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from sqlalchemy import ForeignKey, LargeBinary, String, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from maestro.clock import Clock
from maestro.database import Base, Database
from maestro.errors import ConflictError, InputError
from maestro.server.permissions import signed_in

KEPT_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=5)
"""A request that began longer ago and never ended died with its process; its key is free again."""

LONGEST_KEY = 100


class IdempotentRequest(Base):
    """A write that was asked for under a key, and once it succeeded, its answer."""

    __tablename__ = "idempotent_requests"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    media_type: Mapped[str | None] = mapped_column(String(100))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class IdempotentRequests:
    """Remembers writes by person and key."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, account_id: int, key: str, fingerprint: str) -> Response | None:
        """Claim the key: None means go on, a response means that it was answered before.

        Raises:
            InputError: the key was used for another request.
            ConflictError: the first request under the key is still being worked on.
        """
        now = self._clock.now()
        row = IdempotentRequest(account_id=account_id, key=key, fingerprint=fingerprint, began_at=now)
        try:
            with self._database.session() as session:
                old = delete(IdempotentRequest).where(IdempotentRequest.began_at < now - KEPT_FOR)
                session.execute(old)
                known = session.get(IdempotentRequest, (account_id, key))
                if known is None:
                    session.add(row)
                    return None
                return _answer_again(known, fingerprint, now)
        except IntegrityError as error:  # on PostgreSQL the other request can come between look and insert
            raise _in_progress() from error

    def keep(self, account_id: int, key: str, response: Response) -> None:
        """Keep the answer of a write that succeeded."""
        with self._database.session() as session:
            row = session.get(IdempotentRequest, (account_id, key))
            if row is not None:
                row.status = response.status_code
                row.media_type = response.headers.get("content-type")
                row.body = bytes(response.body)

    def release(self, account_id: int, key: str) -> None:
        """Free the key of a write that failed: nothing happened, so it may be tried again."""
        with self._database.session() as session:
            row = session.get(IdempotentRequest, (account_id, key))
            if row is not None:
                session.delete(row)


def _answer_again(known: IdempotentRequest, fingerprint: str, now: datetime) -> Response | None:
    if known.fingerprint != fingerprint:
        raise InputError(
            "This Idempotency-Key was used for another request.", remedy="Use a new key for a new request."
        )
    if known.status is None:
        if now - known.began_at < GIVEN_UP_AFTER:
            raise _in_progress()
        known.began_at = now
        return None
    return Response(
        known.body, known.status, {"Idempotent-Replayed": "true"}, known.media_type or "application/json"
    )


def _in_progress() -> ConflictError:
    return ConflictError(
        "The first request under this Idempotency-Key is still being worked on.",
        remedy="Wait a moment and send it again.",
    )


class IdempotentRoute(APIRoute):
    """A route that honours the header Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method in {"GET", "HEAD"}:
                return await handle(request)
            if not 1 <= len(key) <= LONGEST_KEY:
                raise InputError(
                    f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.", remedy="Use a UUID."
                )
            person = await signed_in(request)
            return await _once(request, person.id, key, handle)

        return handle_once


async def _once(
    request: Request, person_id: int, key: str, handle: Callable[[Request], Awaitable[Response]]
) -> Response:
    requests: IdempotentRequests = request.app.state.idempotent_requests
    said = b"\0".join((request.method.encode(), str(request.url.path).encode(), await request.body()))
    fingerprint = hashlib.sha256(said).hexdigest()
    before = await run_in_threadpool(requests.begin, person_id, key, fingerprint)
    if before is not None:
        return before
    try:
        response = await handle(request)
    except BaseException:
        await run_in_threadpool(requests.release, person_id, key)
        raise
    if response.status_code < 300:
        await run_in_threadpool(requests.keep, person_id, key, response)
    else:
        await run_in_threadpool(requests.release, person_id, key)
    return response
