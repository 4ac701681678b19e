"""Runtime: the engine of one process with its workers, executor, adaptation, recovery and memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.adaptation.adaptation import AdaptationState
from maestro.engine.adaptation.advisor import LearningAdvisor
from maestro.engine.adaptation.machine import MachineSense
from maestro.engine.executor import Executor
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.engine.graph import Graph
from maestro.engine.handover import EngineRuns
from maestro.engine.memory import MemoryControl
from maestro.engine.observation import Advice, RunOutcome, StepAhead, StepOutcome
from maestro.engine.recovery.assembly import SelfHealing, System, assemble
from maestro.engine.recovery.case import Escalation
from maestro.engine.retention import forget_runs
from maestro.engine.run import RunInfo, RunStatus
from maestro.engine.scheduling.bottleneck import BottleneckFinder
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.scheduling.scheduler import Scheduler
from maestro.engine.scheduling.task import RUN_PREFIX
from maestro.engine.self_test import self_test
from maestro.engine.step import Step
from maestro.engine.tables import create_tables
from maestro.engine.upkeep import Machine, upkeep
from maestro.engine.workers.choice import make_pool
from maestro.engine.workflow import Engine
from maestro.errors import ConflictError
from maestro.settings import Settings
from maestro.telemetry import get_logger

OnEvent = Callable[[str, Mapping[str, Any]], None]

CONNECTIONS = 4
"""Connections to the journal for everything but the engine itself, whose own may all be busy."""


MOST_STUCK = 1_000
"""Runs that do not go on, as far as recovery looks after them."""

FORESEEN_FOR = timedelta(minutes=1)
"""How long a predicted failure of a step counts."""

_log = get_logger("engine.runtime")


class Runtime:
    """Everything that works the runs of one process, put together as the settings say.

    Args:
        settings: all settings.
        graphs: the workflows that are known here.
        clock: the time of people and machines, beside a simulated shop too: every process that opens the
            journal stamps runs with the same time.
        parts: what recovery shall look after besides the engine's own parts.
        at: where this process is, told with the names of its parts when several share the records.
        on_event: told of runs and incidents as they change: a topic and plain data, for a live page.

    Example:
        runtime = Runtime(settings, [Graph("replenish", [forecast, order])], RealClock())
        await runtime.launch()
        run_id = await runtime.engine.start("replenish", {"sales": [3, 1, 4]})
        await runtime.shutdown()
        runtime.close()
    """

    def __init__(
        self,
        settings: Settings,
        graphs: Sequence[Graph],
        clock: Clock,
        *,
        parts: System | None = None,
        at: str = "",
        on_event: OnEvent = lambda *_: None,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._on_event = on_event
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        few = settings.database.model_copy(update={"pool_size": CONNECTIONS})
        self.records = Database.open(settings.journal_url, few)
        self.records.check()
        create_tables(self.records)
        self.pool = make_pool(settings.workers, clock, settings.seed)
        self.memory = MemoryControl(
            settings.memory, clock, on_refusal=lambda refusing: self._admit("memory", not refusing)
        )
        self._name = f"{socket.gethostname()}-{os.getpid()}"
        self._foreseen: dict[tuple[str, str], tuple[datetime, float]] = {}
        self.adaptation = LearningAdvisor(
            self.records,
            settings.adaptation,
            clock,
            executor=settings.engine.executor_id,
            seed=settings.seed,
            places=_places(graphs),
            senses=[MachineSense()],
            wall=clock,
        )
        self.estimates = EtaBook(clock, settings.seed)
        self.bottlenecks = BottleneckFinder(clock)
        self.recovery = self._self_healing(parts or System((), (), ()), at)
        self.engine = self._make_engine((*graphs, self_test()))
        self.executors = ExecutorRegistry(self.records, clock)
        runs = EngineRuns(self.engine, settings.executor.losses)
        self.executor = Executor(runs, self.executors, settings.executor, clock)
        self.scheduler = Scheduler(
            self.engine,
            self.records,
            settings.scheduler,
            clock,
            finder=self.bottlenecks,
            free=self._free_resources,
            seed=settings.seed,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._leaving = asyncio.Event()

    async def launch(self) -> None:
        """Bring up the workers, join the executors, and begin to look after everything.

        Raises:
            ConflictError: another engine is live in this process.
            InputError: the journal cannot be reached, created or written.
        """
        self._leaving = asyncio.Event()
        await asyncio.to_thread(self.adaptation.open)
        await self.pool.start()
        try:
            await self.executor.join()
        except BaseException:
            await self.pool.stop(0.0)
            raise
        self.memory.start()
        self._tasks = [
            asyncio.create_task(self.executor.work(until=self._leaving)),
            asyncio.create_task(self.recovery.recovery.run()),
        ]
        try:
            await self.scheduler.start()
        except BaseException:
            await self.shutdown()
            raise

    async def left(self) -> None:
        """Wait until the executor is told to leave, here or by its row; `shutdown` is next then.

        It still works until then, because whoever gives it work must stop first.
        """
        if self._tasks:
            await asyncio.wait([self._tasks[0]])

    async def shutdown(self) -> None:
        """Let steps end for as long as the settings say, hand the rest over, and stop the workers."""
        if not self._tasks:
            return
        working, healing = self._tasks
        self._tasks = []
        healing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await healing
        await self.scheduler.stop()
        self._leaving.set()
        await working
        await self.executor.drain()
        await self.pool.stop()
        await self.memory.stop()
        await asyncio.to_thread(self.adaptation.close)

    def close(self) -> None:
        """Close the connections to the journal."""
        self.records.close()

    async def forget_old_runs(self) -> int:
        """Delete runs that ended longer ago than they are to be kept, and say how many."""
        before = self._clock.now() - timedelta(days=self.settings.engine.keep_runs_days)
        await asyncio.to_thread(self.scheduler.desk.forget, before)
        return await forget_runs(self.records, before)

    def run_as_declared(self) -> None:
        """Revert every adaptation that is in force or on trial."""
        for state in (AdaptationState.TRIAL, AdaptationState.KEPT):
            for one in self.adaptation.store.list(state=state, limit=1_000):
                with contextlib.suppress(ConflictError):  # reverted with one that it was built upon
                    self.adaptation.revert(one.id, by="recovery")

    # What the engine asks and tells

    def before_step(self, ahead: StepAhead) -> Advice:
        """What adaptation advises; remembers how likely steps of workers fail, for prevention."""
        advice = self.adaptation.before_step(ahead)
        if ahead.where == "worker" and advice.failure_probability is not None:
            self._foreseen[ahead.workflow, ahead.step] = self._clock.now(), advice.failure_probability
        return advice

    def step_ended(self, outcome: StepOutcome) -> None:
        """Nothing: pages ask for steps when they show a run."""

    def run_ended(self, outcome: RunOutcome) -> None:
        """Tell the live page."""
        data = {"id": outcome.run_id, "workflow": outcome.workflow, "status": outcome.status}
        self._on_event("workflow", data)
        if outcome.run_id.startswith(RUN_PREFIX):
            self._on_event("task", {"id": outcome.run_id.removeprefix(RUN_PREFIX), "status": outcome.status})

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
        """Nothing: recovery makes an incident of it."""

    def _make_engine(self, graphs: Sequence[Graph]) -> Engine:
        engine = Engine(
            self.settings.journal_url,
            self.settings.engine,
            self._clock,
            database=self.settings.database,
            wait_clock=self._clock,
            seed=self.settings.seed,
            observers=(self.adaptation, self.estimates, self.bottlenecks, self.recovery.watch, self),
            advisor=self,
            pool=self.pool,
        )
        for graph in graphs:
            engine.register(graph)
        return engine

    def _admit(self, who: str, freely: bool) -> None:
        """Hold new work, or take it again as far as `who` is concerned; the other may still hold it."""
        (self.scheduler.go_on if freely else self.scheduler.hold)(who)

    def _free_resources(self) -> Mapping[str, float]:
        """What workers that have a slot free offer, by name."""
        found: dict[str, float] = {}
        for worker in self.pool.workers():
            if worker.state in {"idle", "busy"} and worker.running < worker.slots:
                for name, amount in worker.resources.items():
                    found[name] = found.get(name, 0.0) + amount
        return found

    def _self_healing(self, parts: System, at: str) -> SelfHealing:
        own = upkeep(
            Machine(
                folder=self.settings.data_dir,
                records=self.records,
                memory=self.memory,
                pool=self.pool,
                clock=self._clock,
                name=self._name,
                may_work=lambda: self.executor.may_work(),  # noqa: PLW0108 - made later
                admit=lambda freely: self._admit("recovery", freely),
                forget=self.forget_old_runs,
                declared=self.run_as_declared,
                foreseen=self._worst_foreseen,
                at=at,
            )
        )
        system = System(
            components=(*own.components, *parts.components),
            checks=(*own.checks, *parts.checks),
            actions=(*own.actions, *parts.actions),
            limits=(*own.limits, *parts.limits),
            changes=parts.changes,
            predictions=lambda: [*own.predictions(), *parts.predictions()],
            stuck_runs=self._stuck_runs,
        )
        return assemble(
            system,
            self.records,
            self._clock,
            self.settings.recovery,
            seed=self.settings.seed,
            owner=self._name,
            call_person=self._call_person,
            on_event=self._on_event,
        )

    async def _stuck_runs(self) -> list[RunInfo]:
        return await self.engine.list_runs(status=RunStatus.STUCK, limit=MOST_STUCK)

    def _worst_foreseen(self) -> float:
        """The highest probability of failure that was told of a step for workers in the last minute."""
        since = self._clock.now() - FORESEEN_FOR
        return max((chance for at, chance in self._foreseen.values() if at >= since), default=0.0)

    def _call_person(self, called: Escalation) -> None:
        """Nothing helped: say so where people look."""
        _log.error("a person is needed", incident=called.incident_id, what=called.title.en)
        self._on_event("incident", {"id": called.incident_id, "status": "escalated"})


def _places(graphs: Sequence[Graph]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The steps that may be sent elsewhere: what a worker can do, this process can do too."""
    return {
        (graph.name, each.name): ("worker", "here")
        for graph in graphs
        for each in graph.steps
        if isinstance(each, Step) and each.where == "worker"
    }
