"""Children: the runs of sub-workflows: the run that they are steps of begins, stops and takes them back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from maestro.database import Database
from maestro.engine.execution import CANCELLED
from maestro.engine.graph import Graph
from maestro.engine.lifecycle import Lifecycle
from maestro.engine.outage import may_pass, outlast
from maestro.engine.run import RunStatus
from maestro.engine.run_list import RunList
from maestro.engine.step_journal import JournalError, Recorded, read_recorded
from maestro.engine.workplace import Fate
from maestro.errors import ConflictError, NotFoundError

Run = Callable[[Graph, Mapping[str, Any], str, str], Awaitable[dict[str, Any]]]
"""Runs a workflow with inputs, under an id, for the run of another id, or finds it; gives its result."""

Result = Callable[[str], Awaitable[dict[str, Any]]]
"""Waits for the end of a run and gives its result, or raises how it failed."""

Ended = Callable[[str], Awaitable[tuple[RunStatus, dict[str, Any] | None, Exception | None]]]
"""Waits for the end of a run and gives how it ended."""


class RunChildren:
    """The runs of sub-workflows, which are runs like any other.

    Args:
        records: the engine's own tables.
        runs: tells where a run stands.
        lifecycle: cancels runs and takes them back.
        queue: of the runs that this process shall go on with.
        run: runs a sub-workflow.
        result: gives the result of a run.
        ended: tells how a run ended.
    """

    def __init__(
        self,
        *,
        records: Database,
        runs: RunList,
        lifecycle: Lifecycle,
        queue: str,
        run: Run,
        result: Result,
        ended: Ended,
    ) -> None:
        self._records = records
        self._runs = runs
        self._lifecycle = lifecycle
        self._queue = queue
        self._run = run
        self._result = result
        self._ended = ended

    async def run(
        self, graph: Graph, inputs: Mapping[str, Any], run_id: str, parent_id: str
    ) -> dict[str, Any]:
        """Run a workflow with inputs, under an id, for the run of another id, and give its result."""
        return await self._run(graph, inputs, run_id, parent_id)

    async def result(self, run_id: str) -> dict[str, Any]:
        """Wait for the end of a run, and give its result."""
        return await self._result(run_id)

    async def stop(self, run_id: str) -> None:
        """Cancel a run, and keep one that has not begun from beginning; doing it twice is doing it once.

        One that has ended stays as it is, and so does one that is being taken back.

        Raises:
            JournalError: the database is away.
        """
        recorded = await outlast(lambda: self._recorded(run_id))
        if CANCELLED in recorded.steps:
            return
        with _set_back():
            try:
                await self._lifecycle.cancel(run_id)
            except ConflictError:
                return
            except NotFoundError:
                await self._lifecycle.forbid(run_id)

    async def take_back(self, run_id: str) -> Fate:
        """Stop a run that has not ended, have what it did taken back, and wait until that is done.

        Raises:
            JournalError: the database is away.
        """
        with _set_back():
            try:
                status = (await self._runs.info(run_id)).status
            except NotFoundError:
                return Fate()
            if not status.ended:
                await self.stop(run_id)
                status = (await self._runs.info(run_id)).status
            if status in {RunStatus.CANCELLED, RunStatus.STUCK}:
                await self._lifecycle.roll_back(run_id, self._queue)
            status, output, _ = await self._ended(run_id)
        if status is RunStatus.SUCCEEDED:
            assert output is not None
            return Fate(result=output["result"])
        recorded = await outlast(lambda: self._recorded(run_id))
        if CANCELLED not in recorded.steps:
            return Fate()  # it failed by itself, and has taken back by itself what it did
        undos = [record for step, record in recorded.steps.items() if step.endswith("/undo")]
        return Fate(undos=undos)

    def _recorded(self, run_id: str) -> Recorded:
        with self._records.reader() as session:
            return read_recorded(session.connection(), [run_id]).get(run_id) or Recorded()


@contextmanager
def _set_back() -> Iterator[None]:
    """A database that is away sets the run back to what is recorded; it does not fail it."""
    try:
        yield
    except Exception as error:
        if not may_pass(error):
            raise
        raise JournalError(
            "The run of a sub-workflow cannot be stopped now.", remedy="Mend the database."
        ) from error
