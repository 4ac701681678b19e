"""Engine: starts, watches, cancels and resumes durable runs of workflows, across crashes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping
from contextvars import Context
from datetime import datetime
from typing import Any, TypeVar

from dbos import DBOS, SetWorkflowID, WorkflowStatus
from dbos import error as dbos_errors

from maestro.clock import Clock, RealClock
from maestro.engine.attempt import Patience
from maestro.engine.execution import Execution
from maestro.engine.failure import RunCancelledError, RunFailedError, revive
from maestro.engine.graph import Graph
from maestro.engine.inspection import STATUSES, detail_of, info_of
from maestro.engine.journal import RESUME_QUEUE, Journal
from maestro.engine.run import RunDetail, RunInfo, RunStatus
from maestro.engine.schedule import Schedule, ScheduleInfo, Schedules
from maestro.engine.timetable import Timetable
from maestro.errors import ConfigurationError, ConflictError, InputError, NotFoundError, TemporaryError
from maestro.settings import DatabaseSettings, EngineSettings
from maestro.telemetry import bound, get_logger

T = TypeVar("T")

_log = get_logger("engine")


class Engine:
    """Durable execution in one process; all of DBOS is behind it.

    A run survives the death of its process: at the next launch it goes on, and no step whose result was
    recorded is worked again. A step that was cut off is worked again, with the same idempotency key
    (`current_step().key`).

    Args:
        database_url: where the journal is; SQLite or PostgreSQL.
        settings: concurrency, timeouts and the name of this process among executors.
        clock: stamps runs and drives schedules.
        database: durability, busy timeout and pool size of the journal.
        wait_clock: the clock on which failed attempts wait; the machine's, for what they wait for is real.
        seed: seed of the jitter between attempts.

    Example:
        engine = Engine("sqlite:///engine.db", settings.engine, clock)
        engine.register(Graph("replenish", [forecast, order]))
        await engine.launch()
        run_id = await engine.start("replenish", {"sales": [3, 1, 4]})
        result = await engine.wait(run_id)
        await engine.shutdown()
    """

    def __init__(
        self,
        database_url: str,
        settings: EngineSettings,
        clock: Clock,
        *,
        database: DatabaseSettings | None = None,
        wait_clock: Clock | None = None,
        seed: int = 42,
    ) -> None:
        self._journal = Journal(database_url, settings, database or DatabaseSettings())
        self._settings = settings
        self._clock = clock
        self._patience = Patience(clock, wait_clock or RealClock(), settings.step_timeout_s, seed)
        self._graphs: dict[str, Graph] = {}
        self._durable: dict[str, Callable[..., Coroutine[Any, Any, dict[str, Any]]]] = {}
        self._schedules = Schedules(clock, self._last_tick, self._run_tick)
        self._working: dict[asyncio.Task[Any], str] = {}
        self._executions: dict[str, Execution] = {}
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._accepting = False

    # Life

    def register(self, graph: Graph) -> None:
        """Make a workflow known. Before `launch`, so that its unfinished runs can be taken up again.

        Raises:
            ConfigurationError: the engine is launched, or another workflow has this name.
        """
        if self._accepting:
            raise ConfigurationError(
                f"Workflow {graph.name} came after the launch.",
                remedy="Register it before launching the engine.",
            )
        if graph.name in self._graphs:
            raise ConfigurationError(
                f"There are two workflows called {graph.name}.", remedy="Give one another name."
            )
        self._graphs[graph.name] = graph

    async def launch(self) -> None:
        """Open the journal, take up this executor's unfinished runs and begin the schedules.

        Raises:
            ConflictError: another engine is live in this process.
            ConfigurationError: the database URL is malformed or names another kind of database.
            InputError: the database cannot be reached, created or written.
        """
        self._journal.claim()
        try:
            self._durable = {name: self._make_durable(graph) for name, graph in self._graphs.items()}
            self._slots = asyncio.Semaphore(self._settings.concurrency)
            self._accepting = True
            await self._journal.open()
        except BaseException:
            self._accepting = False
            await self._journal.close()
            raise
        self._schedules.begin()

    async def shutdown(self, drain_s: float = 10.0) -> None:
        """Take no more work, let running steps end for `drain_s` seconds of life, then leave.

        What is not at its end by then stays unfinished in the journal, and the next launch takes it up.
        """
        if not self._journal.is_open:
            return
        self._accepting = False
        await self._schedules.end()
        if self._working:
            await asyncio.wait(list(self._working), timeout=drain_s)
        left = list(self._working)
        for task in left:
            task.cancel()
        if left:
            _log.info("runs left for the next launch", runs=len(left))
            await asyncio.wait(left)
        await self._journal.close()
        self._executions.clear()

    # Runs

    async def start(self, name: str, inputs: Mapping[str, Any], *, run_id: str | None = None) -> str:
        """Begin a run and give its id.

        Args:
            name: the workflow.
            inputs: its inputs by name; plain data (see maestro.engine.portable).
            run_id: the id the run shall have; a run that exists already is not started again, so that asking
                twice is the same as asking once.

        Raises:
            NotFoundError: no such workflow.
            InputError: an input is missing or unknown, or the id is empty.
            PermanentError: an input is no plain data.
            ConflictError: the id belongs to a run of another workflow.
            TemporaryError: the engine is not launched, or is shutting down.
        """
        self._check_accepting()
        graph = self._graph(name)
        graph.check_inputs(inputs)
        if run_id is not None and not run_id.strip():
            raise InputError("The id of a run is empty.", remedy="Give a word, or leave it out.")
        chosen = run_id or f"{name}-{uuid.uuid4().hex}"

        async def begin() -> None:
            with SetWorkflowID(chosen):
                await DBOS.start_workflow_async(
                    self._durable[name], dict(inputs), graph.fingerprint, self._clock.now()
                )

        try:
            await _outside(begin())
        except dbos_errors.DBOSConflictingWorkflowError as error:
            raise ConflictError(
                f"Run {chosen} belongs to another workflow than {name}.", remedy="Choose another run id."
            ) from error
        return chosen

    async def list_runs(
        self,
        *,
        status: RunStatus | str | None = None,
        name: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[RunInfo]:
        """Runs, the youngest first.

        Raises:
            InputError: no such status.
            TemporaryError: the engine is not launched.
        """
        self._check_live()
        wanted = None
        if status is not None:
            try:
                wanted = [each for each, ours in STATUSES.items() if ours is RunStatus(status)]
            except ValueError as error:
                raise InputError(
                    f"There is no run status {status}.", remedy=f"Use one of {', '.join(RunStatus)}."
                ) from error
        found = await _outside(
            DBOS.list_workflows_async(status=wanted, name=name, limit=limit, offset=offset, sort_desc=True)
        )
        return [info_of(each) for each in found]

    async def inspect(self, run_id: str) -> RunDetail:
        """A run with its steps: status, times, attempts and errors.

        Raises:
            NotFoundError: no such run.
            TemporaryError: the engine is not launched.
        """
        status = await self._status(run_id)
        records = await _outside(DBOS.list_workflow_steps_async(run_id))
        running = self._executions.get(run_id)
        return detail_of(status, records, self._graphs.get(status.name), running.attempts if running else {})

    async def cancel(self, run_id: str) -> None:
        """Stop a run; what is recorded stays, and `resume` goes on from there.

        An async step is interrupted; a step in a thread cannot be, and its result is dropped.

        Raises:
            NotFoundError: no such run.
            ConflictError: it has ended already.
            TemporaryError: the engine is not launched.
        """
        run = info_of(await self._status(run_id))
        if run.status.ended:
            raise ConflictError(
                f"Run {run_id} has {run.status} already.", remedy="There is nothing to cancel."
            )
        await _outside(DBOS.cancel_workflow_async(run_id))
        await self._stop_here(run_id)

    async def resume(self, run_id: str) -> None:
        """Go on with a cancelled or stuck run; recorded steps are not worked again.

        Raises:
            NotFoundError: no such run.
            ConflictError: it is running or has ended for good.
            TemporaryError: the engine is not launched, or is shutting down.
        """
        self._check_accepting()
        run = info_of(await self._status(run_id))
        if run.status not in {RunStatus.CANCELLED, RunStatus.STUCK}:
            raise ConflictError(
                f"Run {run_id} cannot be resumed: it is {run.status}.",
                remedy="Start a new run." if run.status.ended else "Wait for its end.",
            )
        await self._stop_here(run_id)
        await _outside(DBOS.resume_workflow_async(run_id, queue_name=RESUME_QUEUE))

    async def wait(self, run_id: str, timeout_s: float | None = None) -> dict[str, Any]:
        """Wait for the end of a run and give the results of its last steps by name.

        Args:
            run_id: which run.
            timeout_s: seconds of life to wait at most.

        Raises:
            MaestroError: the error of the step that failed; a StepFailedError where that was unexpected.
            RunCancelledError: the run was cancelled.
            TimeoutError: it has not ended in time.
            NotFoundError: no such run.
            TemporaryError: the engine is not launched.
        """
        status = await self._until_ended(run_id, timeout_s)
        if isinstance(status.error, RunFailedError):
            error = revive(status.error.record["error"])
            error.add_note(f"in step {status.error.record['step']} of run {run_id}")
            raise error
        if STATUSES[status.status] is not RunStatus.SUCCEEDED:
            raise RunCancelledError(
                f"Run {run_id} is {STATUSES[status.status]}.", remedy="Resume it to go on."
            )
        assert status.output is not None
        result: dict[str, Any] = status.output["result"]
        return result

    # Schedules

    def schedule(
        self, name: str, workflow: str, timetable: Timetable, inputs: Mapping[str, Any] | None = None
    ) -> None:
        """Start a workflow at every tick of a timetable; see `maestro.engine.schedule.follow`.

        Schedules are declared by the program at every start, like workflows; which ticks were run is in the
        journal. A workflow with an input `scheduled_at` gets the moment of the tick.

        Raises:
            NotFoundError: no such workflow.
            InputError: an input is missing or unknown.
            ConfigurationError: the name is no word, or another schedule has it.
        """
        schedule = Schedule(name, workflow, timetable, dict(inputs or {}))
        self._graph(workflow).check_inputs(self._inputs_at(schedule, self._clock.now()))
        self._schedules.add(schedule)

    def unschedule(self, name: str) -> None:
        """Start no more runs by this schedule; one that is running goes on.

        Raises:
            NotFoundError: no such schedule.
        """
        self._schedules.remove(name)

    def schedules(self) -> list[ScheduleInfo]:
        """All schedules by name, with the moment of the next tick."""
        return self._schedules.list()

    def _inputs_at(self, schedule: Schedule, tick: datetime) -> dict[str, Any]:
        takes_tick = "scheduled_at" in self._graph(schedule.workflow).inputs
        return {**schedule.inputs, **({"scheduled_at": tick} if takes_tick else {})}

    async def _last_tick(self, schedule: Schedule) -> datetime | None:
        found = await _outside(
            DBOS.list_workflows_async(
                workflow_id_prefix=f"{schedule.name}@",
                limit=1,
                sort_desc=True,
                load_input=False,
                load_output=False,
            )
        )
        return schedule.tick_of(found[0].workflow_id) if found else None

    async def _run_tick(self, schedule: Schedule, tick: datetime) -> None:
        run_id = schedule.run_id(tick)
        await self.start(schedule.workflow, self._inputs_at(schedule, tick), run_id=run_id)
        await self._until_ended(run_id, None)

    # Inside

    def _make_durable(self, graph: Graph) -> Callable[..., Coroutine[Any, Any, dict[str, Any]]]:
        async def run(inputs: dict[str, Any], fingerprint: str, _started_at: datetime) -> dict[str, Any]:
            run_id = DBOS.workflow_id
            task = asyncio.current_task()
            assert run_id is not None
            assert task is not None
            self._working[task] = run_id
            task.add_done_callback(lambda done: self._working.pop(done, None))
            async with self._slots:
                self._stay_unfinished_when_leaving()
                return await self._work(graph, run_id, inputs, fingerprint)

        durable: Callable[..., Coroutine[Any, Any, dict[str, Any]]] = DBOS.workflow(name=graph.name)(run)
        return durable

    async def _work(
        self, graph: Graph, run_id: str, inputs: dict[str, Any], fingerprint: str
    ) -> dict[str, Any]:
        execution = Execution(graph, run_id, inputs, self._patience)
        self._executions[run_id] = execution
        try:
            with bound(run_id=run_id):
                return await execution.work(fingerprint)
        except RunFailedError as failure:
            step, error = failure.record["step"], str(failure)
            _log.warning("run failed", run_id=run_id, workflow=graph.name, step=step, error=error)
            raise
        finally:
            if self._executions.get(run_id) is execution:
                del self._executions[run_id]

    def _stay_unfinished_when_leaving(self) -> None:
        if not self._accepting:
            raise asyncio.CancelledError  # nothing is recorded, so the next launch takes the run up

    async def _stop_here(self, run_id: str) -> None:
        tasks = [task for task, working_on in self._working.items() if working_on == run_id]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _until_ended(self, run_id: str, timeout_s: float | None) -> WorkflowStatus:
        async with asyncio.timeout(timeout_s):
            while True:
                status = await self._status(run_id)
                if STATUSES[status.status].ended:
                    return status
                here = [task for task, working_on in self._working.items() if working_on == run_id]
                if here:
                    await asyncio.wait(here, timeout=1.0)
                else:
                    await asyncio.sleep(self._settings.queue_polling_s)

    async def _status(self, run_id: str) -> WorkflowStatus:
        self._check_live()
        status = await _outside(DBOS.get_workflow_status_async(run_id))
        if status is None:
            raise NotFoundError(f"There is no run {run_id}.", remedy="List the runs to see their ids.")
        return status

    def _graph(self, name: str) -> Graph:
        if name not in self._graphs:
            raise NotFoundError(
                f"There is no workflow called {name}.",
                remedy=f"Known are: {', '.join(sorted(self._graphs)) or 'none'}.",
            )
        return self._graphs[name]

    def _check_live(self) -> None:
        if not self._journal.is_open:
            raise TemporaryError("The engine is not running.", remedy="Launch it, or wait until it is back.")

    def _check_accepting(self) -> None:
        if not self._accepting:
            raise TemporaryError(
                "The engine takes no work now.", remedy="Launch it, or wait until it is back."
            )


async def _outside(work: Coroutine[Any, Any, T]) -> T:
    """Run DBOS calls in an empty context: asked from inside a step, they must not become part of its run."""
    return await asyncio.create_task(work, context=Context())
