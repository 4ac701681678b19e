"""Handover: the runs of this process as its executor opens and closes them, and those that others left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain

from dbos import DBOS, WorkflowStatus

from maestro.engine.crash_loop import CrashLoop
from maestro.engine.executor import LeftRun
from maestro.engine.graph import Graph
from maestro.engine.inspection import RunMarks, info_of
from maestro.engine.journal import outside, queue_of
from maestro.engine.workflow import Engine
from maestro.errors import ConflictError


class EngineRuns:
    """The runs of one executor after another in this process: one that comes back has another name.

    Args:
        engine: works them; its workflows are registered, and it is not launched.
        losses: executors lost in succession after which a run is set aside; see `CrashLoop`.
    """

    def __init__(self, engine: Engine, losses: int) -> None:
        self._engine = engine
        self._losses = losses

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

    async def set_aside(self, lost: str, run_ids: Sequence[str]) -> Collection[str]:
        """Count the loss of an executor against what it worked; gives the runs that are worked no more."""
        loop = CrashLoop(self._engine.records, self._losses)
        suspected = await asyncio.to_thread(loop.count, lost, run_ids)
        because = (
            f"It was set aside: its executors were lost {self._losses} times in succession, with nothing "
            "recorded in between. Find out what brings them down, then resume it."
        )
        for run_id in suspected:
            with contextlib.suppress(ConflictError):  # it went with the run that began it
                await self._engine.set_aside(run_id, because)
        return suspected

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
