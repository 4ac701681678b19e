"""Diary: writes to the records in order; what cannot be written now is written once they are back."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from maestro.errors import InputError, MaestroError
from maestro.telemetry import get_logger

KEPT = 10_000
"""Entries that wait at most; the oldest are lost beyond."""

_log = get_logger("engine.recovery")


class Diary:
    """Keeps recovery from waiting for the very database that it is about to mend."""

    def __init__(self) -> None:
        self._entries: deque[Callable[[], None]] = deque(maxlen=KEPT)
        self._writing = threading.Lock()
        self._thread: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> int:
        """Entries that are not written yet."""
        return len(self._entries)

    def write(self, entry: Callable[[], None]) -> None:
        """Remember something to write, after everything that was remembered before."""
        self._entries.append(entry)

    async def flush(self, patience_s: float = 1.0) -> bool:
        """Write what waits, beside the event loop; True where all of it is written.

        Args:
            patience_s: seconds of life to wait for it; a slow writer goes on by itself.
        """
        if not self._entries:
            return True
        if self._thread is None or self._thread.done():
            self._thread = asyncio.ensure_future(asyncio.to_thread(self.flush_now))
        await asyncio.wait({self._thread}, timeout=patience_s)
        return not self._entries

    def flush_now(self) -> None:
        """Write what waits, in this thread, up to the first entry for which the records are out of reach."""
        with self._writing:
            while self._entries:
                entry = self._entries[0]
                try:
                    entry()
                except (OperationalError, InterfaceError, InputError) as error:
                    _log.warning("the records of recovery must wait", error=str(error), waiting=self.waiting)
                    return
                except (SQLAlchemyError, MaestroError) as error:
                    _log.warning("an entry of recovery is left out", error=str(error))
                if self._entries and self._entries[0] is entry:
                    self._entries.popleft()
