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
        executor: whose adaptations these are.
    """

    def __init__(self, store: AdaptationStore, executor: str) -> None:
        self._store, self._executor = store, executor
        self._changed: dict[str, Adaptation] = {}
        self._overruled: deque[str] = deque()
        self._writer = ThreadPoolExecutor(1, "adaptation")

    def mark(self, one: Adaptation) -> None:
        """This adaptation shall be written, as it stands at the next writing."""
        self._changed[one.id] = one

    def write(self) -> None:
        """Write what was marked, and ask what people have reverted."""
        changed = [copied(one) for one in self._changed.values()]
        self._changed.clear()
        self._submit(lambda: self._overruled.extend(self._store.save(changed, self._executor)))

    def write_learned(self, data: bytes, outcomes: int, at: datetime) -> None:
        """Write what failure prediction has learned."""
        self._submit(lambda: self._store.save_learned(self._executor, outcomes, data, at))

    def written(self) -> None:
        """Wait until everything asked for is written."""
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
        """Write the rest, and end."""
        self._writer.shutdown(wait=True)

    def _submit(self, write: Callable[[], None]) -> None:
        def told(ended: Future[None]) -> None:
            error = ended.exception()
            if error is not None:
                _log.error("what was learned could not be written", error=str(error))

        self._writer.submit(write).add_done_callback(told)
