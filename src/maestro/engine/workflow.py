"""Engine: starts, watches, cancels and resumes durable runs of workflows, across crashes."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dbos import DBOS

from maestro.clock import Clock, RealClock
from maestro.database import Database
from maestro.engine.attempt import Patience
from maestro.engine.definitions import Definitions
from maestro.engine.graph import Graph
from maestro.engine.journal import Journal, outside, queue_of
from maestro.engine.live import Company, Live
from maestro.engine.observation import Advisor, Observer
from maestro.engine.run import RunDetail, RunInfo, RunStatus, WaitInfo
from maestro.engine.schedule import Schedule, ScheduleInfo, Schedules
from maestro.engine.step_times import StepTimes
from maestro.engine.subworkflow import Subworkflow
from maestro.engine.tables import create_tables
from maestro.engine.timetable import Timetable
from maestro.engine.workers.base import Pool
from maestro.errors import ConfigurationError, ConflictError, InputError, MaestroError, TemporaryError
from maestro.settings import DatabaseSettings, EngineSettings

FIRST_LOOK_S = 0.002
"""A run that was just started begins within milliseconds; after that, one looks more and more rarely."""


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
        observers: are told how steps and runs ended; also `engine.observers`, until the launch.
        advisor: is asked before a step begins; also `engine.advisor`, until the launch.
        pool: where steps with `where="worker"` run; here without one; also `engine.pool`, until the launch.
            Whoever made it starts and stops it.
        lease: whether this process may work at all; asked before each attempt. Where it says no, runs are
            given up here and nothing is recorded.

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
        observers: Sequence[Observer] = (),
        advisor: Advisor | None = None,
        pool: Pool | None = None,
        lease: Callable[[], bool] = lambda: True,
    ) -> None:
        self._journal = Journal(database_url, settings, database or DatabaseSettings())
        self._settings = settings
        self._clock = clock
        self._patience = Patience(clock, wait_clock or RealClock(), settings.step_timeout_s, seed, lease)
        self._definitions = Definitions()
        self._schedules = Schedules(clock, self._last_tick, self._run_tick)
        self.observers = list(observers)
        self.advisor = advisor
        self.pool = pool
        self._times = StepTimes()
        self._recalled = False
        self._records: Database | None = None
        self._live: Live | None = None

    @property
    def executor_id(self) -> str:
        """Name of this process among executors."""
        return self._journal.executor_id

    def become(self, executor_id: str, lease: Callable[[], bool]) -> None:
        """Take another name among executors, and another lease, for the next launch.

        Raises:
            ConflictError: the engine is launched.
        """
        if self._live is not None:
            raise ConflictError("The engine is running under its name.", remedy="Shut it down first.")
        self._journal.become(executor_id)
        self._patience = replace(self._patience, lease=lease)

    @property
    def queue(self) -> str:
        """The queue of runs that this process shall go on with, for whoever hands it some."""
        return self._journal.queue

    @property
    def records(self) -> Database:
        """The engine's own tables, in the journal's database; they exist once the engine was launched."""
        if self._records is None:
            self._records = self._journal.open_records()
        return self._records

    # Life

    def register(self, graph: Graph) -> None:
        """Make a workflow, or another version of one, and its sub-workflows known. Before `launch`, so that
        its unfinished runs can be taken up again.

        Raises:
            ConfigurationError: the engine is launched, or a workflow with other steps has this name and
                version.
        """
        if self._live is not None:
            raise ConfigurationError(
                f"Workflow {graph.name} came after the launch.",
                remedy="Register it before launching the engine.",
            )
        self._definitions.add(graph)
        for one in graph.steps:
            if isinstance(one, Subworkflow):
                self.register(one.graph)

    def definitions(self) -> Mapping[str, Sequence[Graph]]:
        """The workflows known here by name, each in all its versions, the one for new runs last."""
        return {name: list(versions.values()) for name, versions in self._definitions.all().items()}

    async def launch(self) -> None:
        """Open the journal, take up this executor's unfinished runs and begin the schedules.

        Raises:
            ConflictError: another engine is live in this process.
            ConfigurationError: the database URL is malformed or names another kind of database.
            InputError: the database cannot be reached, created or written.
        """
        self._journal.claim()
        try:
            await asyncio.to_thread(self._prepare_records)
            self._live = Live(
                definitions=self._definitions,
                records=self.records,
                journal=self._journal,
                patience=self._patience,
                settings=self._settings,
                company=Company(self.observers, self.advisor, self.pool, self._times),
            )
            await self._live.open(recall=not self._recalled)
            self._recalled = True
        except BaseException:
            await self._close()
            raise
        self._schedules.begin()

    async def shutdown(self, drain_s: float = 10.0) -> None:
        """Take no more work, let running steps end for `drain_s` seconds of life, then leave.

        What is not at its end by then stays unfinished in the journal, and the next launch takes it up.
        """
        if self._live is None:
            return
        self._live.runner.accepting = False
        await self._schedules.end()
        await self._live.runner.drain(drain_s)
        await self._close()

    def running_ids(self) -> set[str]:
        """Runs that this process has in hand, those that only wait included."""
        return self._live.runner.running_ids() if self._live else set()

    async def stop_here(self, run_ids: Collection[str]) -> None:
        """Stop working runs in this process without telling the journal; others may go on with them."""
        await self._here().runner.stop_here(run_ids)

    # Runs

    async def start(
        self,
        name: str,
        inputs: Mapping[str, Any],
        *,
        run_id: str | None = None,
        executor_id: str | None = None,
    ) -> str:
        """Begin a run, here or at another executor, and give its id.

        Args:
            name: the workflow.
            inputs: its inputs by name; plain data (see maestro.engine.portable).
            run_id: the id the run shall have; a run that exists already is not started again, so that asking
                twice is the same as asking once.
            executor_id: the executor that shall work it; this process when None.

        Raises:
            NotFoundError: no such workflow.
            InputError: an input is missing or unknown, or the id is empty.
            PermanentError: an input is no plain data.
            ConflictError: the id belongs to a run of another workflow.
            TemporaryError: the engine is not launched, or is shutting down.
        """
        live = self._accepting()
        graph = self._definitions.latest(name)
        graph.check_inputs(inputs)
        if run_id is not None and not run_id.strip():
            raise InputError("The id of a run is empty.", remedy="Give a word, or leave it out.")
        chosen = run_id or f"{name}-{uuid.uuid4().hex}"
        await live.begin(graph, inputs, chosen, executor_id=executor_id)
        return chosen

    async def list_runs(
        self,
        *,
        status: RunStatus | str | None = None,
        name: str | None = None,
        text: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[RunInfo]:
        """Runs, the youngest first.

        Args:
            status: only those of this status.
            name: only those of this workflow.
            text: only those in whose id this stands somewhere, in capitals or not.
            limit: how many at most.
            offset: how many of the youngest to leave out.

        Raises:
            InputError: no such status.
            TemporaryError: the engine is not launched.
        """
        return await self._here().runs.some(status, name, text, (limit, offset))

    async def count_runs(
        self, *, name: str | None = None, text: str | None = None
    ) -> Mapping[RunStatus, int]:
        """How many runs there are of each status; `name` and `text` as in `list_runs`.

        Raises:
            TemporaryError: the engine is not launched.
        """
        return await self._here().runs.count(name, text)

    async def inspect(self, run_id: str) -> RunDetail:
        """A run with its steps: status, times, attempts, errors, inputs and outputs.

        Raises:
            NotFoundError: no such run.
            TemporaryError: the engine is not launched.
        """
        return await self._here().runs.inspect(run_id)

    async def cancel(self, run_id: str, *, roll_back: bool = False, executor_id: str | None = None) -> None:
        """Stop a run and its sub-workflows; what is recorded stays, and `resume` goes on from there.

        An async step is interrupted; a step in a thread cannot be, and its result is dropped.

        Args:
            run_id: which run.
            roll_back: take back what it did, as if it had failed; it then ends as failed, and cannot be
                resumed where there was anything to take back.
            executor_id: who shall take it back; this process when None.

        Raises:
            NotFoundError: no such run.
            ConflictError: it has ended already.
            TemporaryError: the engine is not launched.
        """
        await self._here().lifecycle.cancel(run_id)
        if roll_back:
            queue = queue_of(executor_id or self.executor_id)
            await self._accepting().lifecycle.roll_back(run_id, queue)

    async def set_aside(self, run_id: str, because: str) -> None:
        """Work a run no more until a person resumes it; until then it counts as stuck.

        Raises:
            NotFoundError: no such run.
            ConflictError: it has ended already.
            TemporaryError: the engine is not launched.
        """
        await self._here().lifecycle.cancel(run_id, because)

    async def resume(self, run_id: str, *, executor_id: str | None = None) -> None:
        """Go on with a cancelled, stuck or failed run; steps that succeeded are not worked again.

        Args:
            run_id: which run.
            executor_id: who shall go on with it; this process when None.

        Raises:
            NotFoundError: no such run.
            ConflictError: it is running, has succeeded, or was rolled back.
            TemporaryError: the engine is not launched, or is shutting down.
        """
        await self._accepting().lifecycle.resume(run_id, queue_of(executor_id or self.executor_id))

    async def restart(self, run_id: str, from_step: str, *, executor_id: str | None = None) -> str:
        """Run an ended run again from a step, under a new id, which is returned.

        Steps that take nothing of `from_step`, at any distance, keep what they returned, unless it was
        undone.

        Args:
            run_id: which run.
            from_step: the first step that is worked again.
            executor_id: who shall work the new run; this process when None.

        Raises:
            NotFoundError: no such run or step, or its version is not known here.
            ConflictError: it has not ended.
            TemporaryError: the engine is not launched, or is shutting down.
        """
        live = self._accepting()
        new_id, graph, inputs = await live.lifecycle.prepare_restart(run_id, from_step)
        await live.begin(graph, inputs, new_id, executor_id=executor_id)
        return new_id

    async def signal(
        self, run_id: str, topic: str, payload: Any = None, by: str = "", *, keep: bool = True
    ) -> bool:
        """Tell a run what it waits for, the answer to an approval or an event; whether it waits for it now.

        An event that comes before the run waits for it is kept; an approval only counts once it is asked for.

        Args:
            run_id: which run.
            topic: the name of the approval, or the topic of the event.
            payload: plain data; of an approval {"approved": bool, "note": str}.
            by: who says so.
            keep: keep an event that the run does not wait for yet; otherwise that is an error.

        Raises:
            NotFoundError: no such run.
            ConflictError: it has ended, or does not wait for this.
            InputError: the payload of an approval says neither yes nor no.
            TemporaryError: the engine is not launched.
        """
        live = self._here()
        run = await live.runs.info(run_id)
        if run.status.ended:
            raise ConflictError(f"Run {run_id} has {run.status} already.", remedy="Start a new run.")
        graph = self._definitions.find(run.workflow, run.version, run.fingerprint)
        asks = graph is not None and any(one.kind == "approval" and one.name == topic for one in graph.steps)
        return await live.waiting.signal(run_id, topic, payload, by, keep=keep and not asks)

    async def waits(self) -> list[WaitInfo]:
        """Approvals, events and times that runs wait for, the oldest first.

        Raises:
            TemporaryError: the engine is not launched.
        """
        return await asyncio.to_thread(self._here().waiting.open_waits)

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
        async with asyncio.timeout(timeout_s):
            return await self._here().result(run_id)

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
        self._definitions.latest(workflow).check_inputs(self._inputs_at(schedule, self._clock.now()))
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
        takes_tick = "scheduled_at" in self._definitions.latest(schedule.workflow).inputs
        return {**schedule.inputs, **({"scheduled_at": tick} if takes_tick else {})}

    async def _last_tick(self, schedule: Schedule) -> datetime | None:
        found = await outside(
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
        with contextlib.suppress(MaestroError):  # how it ended is in its record; here only the end counts
            await self._here().result(run_id)

    # Inside

    def _prepare_records(self) -> None:
        self.records.check()
        create_tables(self.records)

    async def _close(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            await live.leave()
        await self._journal.close()
        if live is not None:
            await live.close()
        if self._records is not None:
            self._records.close()

    def _here(self) -> Live:
        if self._live is None:
            raise TemporaryError("The engine is not running.", remedy="Launch it, or wait until it is back.")
        return self._live

    def _accepting(self) -> Live:
        if self._live is None or not self._live.runner.accepting:
            raise TemporaryError(
                "The engine takes no work now.", remedy="Launch it, or wait until it is back."
            )
        return self._live
