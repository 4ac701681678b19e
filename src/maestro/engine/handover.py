"""Handover: the runs of this process as its executor opens and closes them, and those that others left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain

from dbos import DBOS, WorkflowStatus

from maestro.engine.executor import LeftRun
from maestro.engine.graph import Graph
from maestro.engine.inspection import RunMarks, info_of
from maestro.engine.journal import outside, queue_of
from maestro.engine.workflow import Engine


class EngineRuns:
    """The runs of one executor after another in this process: one that comes back has another name.

    Args:
        engine: works them; its workflows are registered, and it is not launched.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def workflows(self) -> Collection[str]:
        """What can be run here, as `name@version`."""
        return {f"{graph.name}@{graph.version}" for graph in self._graphs()}

    def running_ids(self) -> Collection[str]:
        """The runs in hand."""
        return self._engine.running_ids()

    async def open(self, executor_id: str, may_work: Callable[[], bool]) -> None:
        """Launch the engine under this name; see `Engine.launch` for what it raises."""
        self._engine.become(executor_id, may_work)
        await self._engine.launch()

    async def close(self, drain_s: float) -> None:
        """Let steps end for `drain_s` seconds, then leave the rest to others."""
        await self._engine.shutdown(drain_s)

    async def left_by(self, executor_ids: Sequence[str]) -> Sequence[LeftRun]:
        """Runs that executors have not ended."""
        begun, given = await left_by(executor_ids)
        by_queue = {queue_of(each): each for each in executor_ids}
        return [
            *(LeftRun(run.workflow_id, run.executor_id or "", self._knows(run)) for run in begun),
            *(LeftRun(run.workflow_id, by_queue[run.queue_name or ""], self._knows(run)) for run in given),
        ]

    async def take_up(self, run_ids: Sequence[str]) -> None:
        """Go on with these runs here: DBOS gives them to the queue of this process and to nobody else.

        DBOS resumes a run, too, that was cancelled after it was listed; whoever cannot claim it then cancels
        it again.
        """
        await outside(DBOS.resume_workflows_async(list(run_ids), queue_name=self._engine.queue))

    def _knows(self, run: WorkflowStatus) -> bool:
        info = info_of(run, RunMarks())
        return any(
            (graph.name, graph.version, graph.fingerprint) == (info.workflow, info.version, info.fingerprint)
            for graph in self._graphs()
        )

    def _graphs(self) -> Iterable[Graph]:
        return chain.from_iterable(self._engine.definitions().values())


async def left_by(executor_ids: Sequence[str]) -> tuple[list[WorkflowStatus], list[WorkflowStatus]]:
    """Runs that executors work on, and runs that were given to them and not begun."""
    begun = await outside(
        DBOS.list_workflows_async(executor_id=list(executor_ids), status="PENDING", load_output=False)
    )
    queues = [queue_of(each) for each in executor_ids]
    given = await outside(DBOS.list_workflows_async(queue_name=queues, status="ENQUEUED", load_output=False))
    return begun, given
