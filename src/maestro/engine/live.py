"""Live: what an engine is while it is launched: it begins runs, watches them and waits for their ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbos import DBOS, SetWorkflowID
from dbos import error as dbos_errors
from sqlalchemy.pool import QueuePool

from maestro.database import Database
from maestro.engine.attempt import Patience
from maestro.engine.children import RunChildren
from maestro.engine.definitions import Definitions
from maestro.engine.failure import RunCancelledError, RunFailedError, revive
from maestro.engine.graph import Graph
from maestro.engine.inspection import STATUSES
from maestro.engine.journal import Journal, outside, queue_of
from maestro.engine.lifecycle import Lifecycle
from maestro.engine.observation import Advisor, Observer, Recalling
from maestro.engine.past_runs import past_runs
from maestro.engine.run import RunStatus
from maestro.engine.run_list import RunList
from maestro.engine.runner import Runner
from maestro.engine.step_journal import StepJournal
from maestro.engine.step_times import StepTimes
from maestro.engine.waiting import Waiting
from maestro.engine.workers.base import Pool
from maestro.engine.workplace import Workplace
from maestro.errors import ConflictError, TemporaryError
from maestro.settings import EngineSettings
from maestro.telemetry import get_logger

_THREADS_END_S = 5.0
_FIRST_LOOK_S = 0.002
"""A run that was just started begins within milliseconds; after that, one looks more and more rarely."""

_log = get_logger("engine")


@dataclass(frozen=True)
class Company:
    """Who stands beside the runs: observers, an advisor and a pool of workers, see `Engine`; and the times of
    steps, which are known for longer than one launch."""

    observers: Sequence[Observer]
    advisor: Advisor | None
    pool: Pool | None
    times: StepTimes


class Live:
    """One launch of an engine, from its opening to its close.

    Args:
        definitions: the workflows that are known.
        records: the engine's own tables; they exist.
        journal: DBOS, claimed for this engine and not yet open.
        patience: clocks, default timeout, seed and lease.
        settings: concurrency, and how often to look at what others did.
        company: observers, advisor and pool.
    """

    def __init__(
        self,
        *,
        definitions: Definitions,
        records: Database,
        journal: Journal,
        patience: Patience,
        settings: EngineSettings,
        company: Company,
    ) -> None:
        self._definitions = definitions
        self._records = records
        self._journal = journal
        self._clock = patience.clock
        self._settings = settings
        self._steps = StepJournal(records, journal.executor_id)
        self.waiting = Waiting(records, self._clock)
        place = Workplace(
            self._steps,
            patience,
            self.waiting,
            journal.executor_id,
            company.observers,
            company.advisor,
            company.pool,
            times=company.times,
        )
        learners = (company.times, company.pool, *company.observers)
        self._recalling = [each for each in learners if isinstance(each, Recalling)]
        self.runner = Runner(definitions, records, place, settings.concurrency)
        self.runs = RunList(definitions, records, self.runner, self.waiting)
        self.lifecycle = Lifecycle(
            definitions=definitions,
            records=records,
            runs=self.runs,
            runner=self.runner,
            waiting=self.waiting,
            clock=self._clock,
        )
        place.children = RunChildren(
            records=records,
            runs=self.runs,
            lifecycle=self.lifecycle,
            queue=journal.queue,
            run=self._run_child,
            result=self.result,
            ended=self._until_ended,
        )
        self._background: list[asyncio.Task[None]] = []
        self._leaving = False

    async def open(self, *, recall: bool) -> None:
        """Take up this executor's unfinished runs, and begin to watch.

        Args:
            recall: let those who learn from steps read the last runs, while work begins already.
        """
        await self._journal.open()
        self._background = [asyncio.create_task(self._watch())]
        if recall:
            self._background.append(asyncio.create_task(self._recall()))

    async def leave(self) -> None:
        """Watch no longer; the runs were stopped before. DBOS is closed next, and then this."""
        self._leaving = True
        for each in self._background:
            each.cancel()
        if self._background:
            await asyncio.wait(self._background)
        await self.waiting.stop()

    async def close(self) -> None:
        """Write what is left to be written."""
        await self._steps.close()
        await self._let_threads_end()

    async def begin(
        self,
        graph: Graph,
        inputs: Mapping[str, Any],
        run_id: str,
        *,
        parent_id: str = "",
        executor_id: str | None = None,
    ) -> None:
        """Begin a run, here or at another executor; one that exists is left as it is.

        Raises:
            ConflictError: the id belongs to a run of another workflow.
        """

        async def begin() -> None:
            durable = self.runner.durable(graph.name)
            given = (dict(inputs), graph.fingerprint, self._clock.now(), graph.version, parent_id)
            with SetWorkflowID(run_id):
                if executor_id is None or executor_id == self._journal.executor_id:
                    await DBOS.start_workflow_async(durable, *given)
                else:
                    await DBOS.enqueue_workflow_async(queue_of(executor_id), durable, *given)

        try:
            await outside(begin())
        except dbos_errors.DBOSConflictingWorkflowError as error:
            raise ConflictError(
                f"Run {run_id} belongs to another workflow than {graph.name}.",
                remedy="Choose another run id.",
            ) from error

    async def result(self, run_id: str) -> dict[str, Any]:
        """The results of the last steps of a run by name, once it has ended; see `Engine.wait`."""
        status, output, failure = await self._until_ended(run_id)
        if isinstance(failure, RunFailedError):
            error = revive(failure.record["error"])
            error.add_note(f"in step {failure.record['step']} of run {run_id}")
            raise error
        if status is not RunStatus.SUCCEEDED:
            raise RunCancelledError(f"Run {run_id} is {status}.", remedy="Resume it to go on.")
        assert output is not None
        result: dict[str, Any] = output["result"]
        return result

    async def _until_ended(self, run_id: str) -> tuple[RunStatus, dict[str, Any] | None, Exception | None]:
        """How a run ended: its status, the record of its result and how it failed."""
        pause_s = _FIRST_LOOK_S
        while True:
            task = self.runner.task(run_id)
            if task is not None:
                await asyncio.wait([task], timeout=1.0)
                if not task.done():
                    continue
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    return RunStatus.SUCCEEDED, task.result(), None
            if self._leaving:
                raise TemporaryError("The engine was shut down.", remedy="Wait until it is back.")
            status = await self.runs.status(run_id)
            ours = STATUSES[status.status]
            if ours.ended:
                return ours, status.output, status.error
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, self._settings.queue_polling_s)

    async def _run_child(
        self, graph: Graph, inputs: Mapping[str, Any], run_id: str, parent_id: str
    ) -> dict[str, Any]:
        """Run a sub-workflow, or find its run, and give its result."""
        if not self.runner.accepting:
            raise asyncio.CancelledError  # this process leaves; whoever goes on with the run begins it
        await self.begin(graph, inputs, run_id, parent_id=parent_id)
        return await self.result(run_id)

    async def _watch(self) -> None:
        """Look again and again at what other processes did to the runs of this one."""
        while True:
            await asyncio.sleep(self._settings.watch_s)
            try:
                await self.runner.stop_lost()
                await self.waiting.look()
                await self.lifecycle.take_known(self._journal.queue)
            except Exception as error:
                _log.warning("the journal cannot be watched", error=str(error))

    async def _recall(self) -> None:
        """Tell those who learn from steps of the last runs, run by run, so that nobody waits for it."""
        try:
            for name in sorted(self._definitions.all()):
                for run in await past_runs(self._records, name, self._clock.speed or 1.0):
                    for each in self._recalling:
                        each.recall(run)
                    await asyncio.sleep(0)
        except Exception as error:
            _log.warning("former runs cannot be learned from", error=str(error))

    async def _let_threads_end(self) -> None:
        """A query whose asker was stopped still runs in its thread; its connection must come back first."""
        pool = self._records.engine.pool
        assert isinstance(pool, QueuePool)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_THREADS_END_S):
                while pool.checkedout():  # noqa: ASYNC110 - a pool has no event for it
                    await asyncio.sleep(0.005)
