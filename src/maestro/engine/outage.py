"""Outage: waits for a database that is away, so that what only asked for it does not fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from maestro.telemetry import get_logger

T = TypeVar("T")

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0

_WORDS = ("locked", "connection", "terminating", "starting up", "shutting down", "deadlock")

_log = get_logger("engine.outage")


def may_pass(error: BaseException) -> bool:
    """Whether the database itself is away or busy, so that the same statement may work later."""
    found = error if isinstance(error, DBAPIError | PoolTimeoutError) else error.__cause__
    if isinstance(found, PoolTimeoutError):
        return True
    if not isinstance(found, DBAPIError):
        return False
    words = str(found.orig).lower()
    return found.connection_invalidated or any(word in words for word in _WORDS)


async def outlast(work: Callable[[], T]) -> T:
    """Do something with the database in a thread, again and again while the database is away.

    Args:
        work: must come to the same when it is done twice, for a commit may succeed and its answer be lost.

    Raises:
        Exception: what `work` raises for another reason.
    """
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return await asyncio.to_thread(work)
        except Exception as error:
            if not may_pass(error):
                raise
            _log.warning("the journal does not answer, trying again", error=str(error))
        await asyncio.sleep(pause_s)
        pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
