"""Keeper: writes what was adapted and learned in the background, and hears what people have reverted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from maestro.engine.adaptation.adaptation import Adaptation, copied
from maestro.engine.adaptation.adaptation_store import AdaptationStore
from maestro.telemetry import get_logger

_log = get_logger("engine.adaptation")


class Keeper:
    """One thread that writes in order, so that a step never waits for the database.

    Args:
        store: where it writes.
    """

    def __init__(self, store: AdaptationStore) -> None:
        self._store = store
        self._changed: dict[str, Adaptation] = {}
        self._overruled: deque[str] = deque()
        self._writer: ThreadPoolExecutor | None = None

    def mark(self, one: Adaptation) -> None:
        """This adaptation shall be written, as it stands at the next writing."""
        self._changed[one.id] = one

    def write(self, executor: str) -> None:
        """Write what was marked, and ask what people have reverted of an executor's."""
        changed = [copied(one) for one in self._changed.values()]
        self._changed.clear()
        self.submit(lambda: self._overruled.extend(self._store.save(changed, executor)))

    def write_learned(self, executor: str, data: bytes, outcomes: int, at: datetime) -> None:
        """Write what failure prediction has learned."""
        self.submit(lambda: self._store.save_learned(executor, outcomes, data, at))

    def written(self) -> None:
        """Wait until everything asked for is written."""
        if self._writer is not None:
            self._writer.submit(lambda: None).result()

    def overrule(self, adaptation_id: str) -> None:
        """A person has reverted this one."""
        self._changed.pop(adaptation_id, None)
        self._overruled.append(adaptation_id)

    def overruled(self) -> Iterator[str]:
        """What people have reverted, each once or more."""
        while self._overruled:
            yield self._overruled.popleft()

    def close(self) -> None:
        """Write the rest, and end; what comes later begins anew."""
        if self._writer is not None:
            self._writer.shutdown(wait=True)
            self._writer = None

    def submit(self, write: Callable[[], None]) -> None:
        """Do something else in the same order; what goes wrong is logged."""

        def told(ended: Future[None]) -> None:
            error = ended.exception()
            if error is not None:
                _log.error("what was learned could not be written", error=str(error))

        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, "adaptation")
        self._writer.submit(write).add_done_callback(told)
