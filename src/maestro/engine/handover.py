"""Handover: the runs of this process as its executor opens and closes them, and those that others left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

from dbos import DBOS, WorkflowStatus
from sqlalchemy import select

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.executor import Executor, LeftRun
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.engine.graph import Graph
from maestro.engine.inspection import RunMarks, info_of
from maestro.engine.journal import outside, queue_of
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.workflow import Engine
from maestro.settings import Settings

MakeEngine = Callable[[str, Callable[[], bool]], Engine]
"""Makes an engine, not yet launched, for an executor id and its lease."""

_CONNECTIONS = 2


class EngineRuns:
    """The runs of one executor after another in this process: one that comes back has another name.

    Args:
        graphs: the workflows that are known here.
        make: makes the engine of an executor.
    """

    def __init__(self, graphs: Sequence[Graph], make: MakeEngine) -> None:
        self._graphs = graphs
        self._make = make
        self._known = {(graph.name, graph.version, graph.fingerprint) for graph in graphs}
        self.engine: Engine | None = None

    def workflows(self) -> Collection[str]:
        """What can be run here, as `name@version`."""
        return {f"{graph.name}@{graph.version}" for graph in self._graphs}

    def running_ids(self) -> Collection[str]:
        """The runs in hand."""
        return self.engine.running_ids() if self.engine else set()

    async def open(self, executor_id: str, may_work: Callable[[], bool]) -> None:
        """Launch an engine of this name; see `Engine.launch` for what it raises."""
        engine = self._make(executor_id, may_work)
        for graph in self._graphs:
            engine.register(graph)
        await engine.launch()
        self.engine = engine

    async def close(self, drain_s: float) -> None:
        """Let steps end for `drain_s` seconds, then leave the rest to others."""
        if self.engine is not None:
            await self.engine.shutdown(drain_s)
            self.engine = None

    async def left_by(self, executor_id: str) -> Sequence[LeftRun]:
        """Runs that an executor has not ended."""
        return [LeftRun(run.workflow_id, self._knows(run)) for run in await left_by(executor_id)]

    async def take_up(self, run_ids: Sequence[str]) -> None:
        """Go on with these runs here: DBOS gives them to the queue of this process and to nobody else.

        A run that was cancelled after it was listed is cancelled again: DBOS resumes cancelled ones too.
        """
        assert self.engine is not None
        await outside(DBOS.resume_workflows_async(list(run_ids), queue_name=self.engine.queue))
        cancelled = await asyncio.to_thread(cancelled_of, self.engine.records, run_ids)
        if cancelled:
            await outside(DBOS.cancel_workflows_async(cancelled))

    def _knows(self, run: WorkflowStatus) -> bool:
        info = info_of(run, RunMarks())
        return (info.workflow, info.version, info.fingerprint) in self._known


async def left_by(executor_id: str) -> Sequence[WorkflowStatus]:
    """Runs that an executor works on, or that were given to it and not begun."""
    begun = await outside(
        DBOS.list_workflows_async(executor_id=executor_id, status="PENDING", load_output=False)
    )
    given = await outside(
        DBOS.list_workflows_async(queue_name=queue_of(executor_id), status="ENQUEUED", load_output=False)
    )
    return [*begun, *given]


def cancelled_of(records: Database, run_ids: Sequence[str]) -> list[str]:
    """Those of the runs that somebody cancelled and nobody has resumed since."""
    query = select(ClaimRow.run_id).where(ClaimRow.run_id.in_(run_ids), ClaimRow.ended_at.is_not(None))
    with records.reader() as session:
        return list(session.scalars(query))


def executor_of(settings: Settings, graphs: Sequence[Graph], clock: Clock) -> Executor:
    """An executor of these workflows, as the settings say; it has not joined yet.

    Args:
        settings: engine, executor and database.
        graphs: what it can run.
        clock: the machine's.
    """

    def make(executor_id: str, may_work: Callable[[], bool]) -> Engine:
        named = settings.engine.model_copy(update={"executor_id": executor_id})
        return Engine(
            settings.journal_url, named, clock, database=settings.database, seed=settings.seed, lease=may_work
        )

    # connections of its own: those of the engine may all be busy
    few = settings.database.model_copy(update={"pool_size": _CONNECTIONS})
    records = Database.open(settings.journal_url, few)
    return Executor(EngineRuns(graphs, make), ExecutorRegistry(records, clock), settings.executor, clock)
