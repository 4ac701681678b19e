"""Lifecycle: cancels a run, goes on with one that stopped, and begins one again from a step."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dbos import DBOS
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine import portable
from maestro.engine.definitions import Definitions
from maestro.engine.execution import CANCELLED
from maestro.engine.failure import RunCancelledError, describe
from maestro.engine.graph import Graph
from maestro.engine.inspection import RESTARTED, inputs_of
from maestro.engine.journal import outside
from maestro.engine.journal_tables import AttemptRow, ChunkRow, ClaimRow, LossRow, StepRow
from maestro.engine.run import RunInfo, RunStatus
from maestro.engine.run_list import RunList
from maestro.engine.runner import Runner
from maestro.engine.waiting import Waiting
from maestro.errors import ConflictError, NotFoundError


class Lifecycle:
    """What people may do to a run.

    Args:
        definitions: the workflows that are known here.
        records: the engine's own tables.
        runs: tells where a run stands.
        runner: the runs of this process.
        waiting: what runs wait for.
        clock: stamps what is cancelled.
    """

    def __init__(
        self,
        *,
        definitions: Definitions,
        records: Database,
        runs: RunList,
        runner: Runner,
        waiting: Waiting,
        clock: Clock,
    ) -> None:
        self._definitions = definitions
        self._records = records
        self._runs = runs
        self._runner = runner
        self._waiting = waiting
        self._clock = clock

    async def cancel(self, run_id: str, because: str = "") -> None:
        """Stop a run; what is recorded stays.

        Args:
            run_id: which run.
            because: why it is not worked any more, where nobody asked for that: it then counts as stuck.

        Raises:
            NotFoundError: no such run.
            ConflictError: it has ended already.
        """
        _check_cancellable(await self._runs.info(run_id))
        # DBOS first: it decides between this and an end that comes at the same moment
        await outside(DBOS.cancel_workflow_async(run_id))
        await asyncio.to_thread(self._fence, run_id, self._clock.now(), because)
        await self._runner.stop_here([run_id])
        await self._waiting.close(run_id)
        for child in await self._runs.children(run_id):
            with contextlib.suppress(ConflictError):
                await self.cancel(child.id)
        after = await self._runs.info(run_id)
        if after.status not in {RunStatus.CANCELLED, RunStatus.STUCK}:
            _check_cancellable(after)
            # a survivor took it over at the same moment; it cannot be claimed any more
            await outside(DBOS.cancel_workflow_async(run_id))

    async def forbid(self, run_id: str) -> None:
        """Keep a run that nobody has begun from beginning: a process that was given up may still be about to.

        Resuming the run that it belongs to allows it again.
        """
        await asyncio.to_thread(self._fence, run_id, self._clock.now(), "")

    async def resume(self, run_id: str, queue: str) -> None:
        """Go on with a cancelled, stuck or failed run, on the queue of whoever shall do it.

        Raises:
            NotFoundError: no such run.
            ConflictError: it is running, has succeeded, or was rolled back.
        """
        run = await self._runs.info(run_id)
        if run.status not in {RunStatus.CANCELLED, RunStatus.STUCK, RunStatus.FAILED}:
            raise ConflictError(
                f"Run {run_id} cannot be resumed: it is {run.status}.",
                remedy="Start a new run." if run.status.ended else "Wait for its end.",
            )
        await self._runner.stop_here([run_id])
        if run.status is RunStatus.FAILED:
            await asyncio.to_thread(self._forget_failures, run_id)
        for child in await self._runs.children(run_id):
            with contextlib.suppress(ConflictError):  # it succeeded, or was rolled back and fails us again
                await self.resume(child.id, queue)
        if run.status is RunStatus.FAILED:
            await outside(DBOS.rewind_workflow_async(run_id, queue_name=queue))
        else:
            await asyncio.to_thread(self._reopen, run_id)
            await outside(DBOS.resume_workflow_async(run_id, queue_name=queue))

    async def roll_back(self, run_id: str, queue: str) -> None:
        """Take back what a cancelled run did, its sub-workflows included; it then ends as failed.

        Args:
            run_id: which run.
            queue: the queue of whoever shall do it.
        """
        await asyncio.to_thread(self._mark_cancelled, run_id)
        await asyncio.to_thread(self._reopen, run_id)
        await outside(DBOS.resume_workflow_async(run_id, queue_name=queue))

    async def take_known(self, queue: str) -> None:
        """Go on with runs that were left because their version was not known, where it is known here."""
        left = await asyncio.to_thread(self._left)
        for run_id in left:
            run = await self._runs.info(run_id)
            if run.status is not RunStatus.WAITING:
                continue
            if self._definitions.find(run.workflow, run.version, run.fingerprint) is None:
                continue
            if await asyncio.to_thread(self._take, run_id):
                await outside(DBOS.resume_workflow_async(run_id, queue_name=queue))

    async def prepare_restart(self, run_id: str, from_step: str) -> tuple[str, Graph, dict[str, Any]]:
        """Copy what a new run can keep of an ended one; gives the new id, the workflow and the inputs.

        Steps that take nothing of `from_step`, at any distance, keep what they returned, unless it was
        undone.

        Raises:
            NotFoundError: no such run or step, or its version is not known here.
            ConflictError: it has not ended.
        """
        status = await self._runs.status(run_id)
        run = await self._runs.info(run_id)
        graph = self._definitions.find(run.workflow, run.version, run.fingerprint)
        if graph is None:
            raise NotFoundError(
                f"Version {run.version} of workflow {run.workflow} is not known here.",
                remedy="Register it, or start a new run.",
            )
        if from_step not in graph.parents:
            raise NotFoundError(
                f"Workflow {run.workflow} has no step {from_step}.",
                remedy=f"Its steps are: {', '.join(one.name for one in graph.steps)}.",
            )
        if not run.status.ended:
            raise ConflictError(f"Run {run_id} is {run.status}.", remedy="Cancel it first.")
        chosen = f"{run.workflow}-{uuid.uuid4().hex}"
        await asyncio.to_thread(self._copy, run_id, chosen, graph, from_step)
        return chosen, graph, inputs_of(status)

    def _fence(self, run_id: str, ended_at: datetime, reason: str) -> None:
        fenced = {"executor_id": "", "ended_at": ended_at, "reason": reason}
        dialect = postgresql if self._records.dialect == "postgresql" else sqlite
        changed = {"epoch": ClaimRow.epoch + 1, **fenced}
        statement = dialect.insert(ClaimRow).values({"run_id": run_id, "epoch": 1, **fenced})
        with self._records.session() as session:
            session.execute(statement.on_conflict_do_update(index_elements=["run_id"], set_=changed))

    def _reopen(self, run_id: str) -> None:
        with self._records.session() as session:
            claim = update(ClaimRow).where(ClaimRow.run_id == run_id)
            session.execute(claim.values(ended_at=None, reason=""))
            session.execute(delete(LossRow).where(LossRow.run_id == run_id))

    def _mark_cancelled(self, run_id: str) -> None:
        error = describe(RunCancelledError(f"Run {run_id} was cancelled, and what it did was taken back."))
        row = StepRow(
            run_id=run_id,
            step=CANCELLED,
            number=0,
            status="failed",
            value=None,
            details=portable.dumps({"error": error}),
        )
        with self._records.session() as session:
            session.merge(row)

    def _left(self) -> list[str]:
        with self._records.reader() as session:
            left = select(ClaimRow.run_id).where(ClaimRow.reason != "", ClaimRow.ended_at.is_(None))
            return list(session.scalars(left.limit(100)))

    def _take(self, run_id: str) -> bool:
        """Whether this process is the first to take a run that was left."""
        left = (ClaimRow.run_id == run_id, ClaimRow.reason != "", ClaimRow.ended_at.is_(None))
        statement = update(ClaimRow).where(*left)
        with self._records.session() as session:
            return bool(session.connection().execute(statement.values(reason="")).rowcount)

    def _forget_failures(self, run_id: str) -> None:
        with self._records.session() as session:
            rows = session.scalars(select(StepRow).where(StepRow.run_id == run_id)).all()
            if any(row.step.endswith("/undo") for row in rows):
                raise ConflictError(
                    f"Run {run_id} was rolled back, so there is nothing left to go on from.",
                    remedy="Restart it from a step.",
                )
            lost = [row.step for row in rows if row.status == "failed" or _of_failure(row)]
            for table in (StepRow, AttemptRow):
                session.execute(delete(table).where(table.run_id == run_id, table.step.in_(lost)))
            below = ClaimRow.run_id.startswith(f"{run_id}/", autoescape=True)
            session.execute(update(ClaimRow).where(below).values(ended_at=None))

    def _copy(self, run_id: str, new_id: str, graph: Graph, from_step: str) -> None:
        with self._records.session() as session:
            rows = session.scalars(select(StepRow).where(StepRow.run_id == run_id)).all()
            anew = {row.step.removesuffix("/undo") for row in rows if row.step.endswith("/undo")}
            anew |= {row.step for row in rows if row.status == "failed" or _of_failure(row)}
            anew |= {from_step, *(set(graph.parents) - {row.step for row in rows})}
            kept = set(graph.parents) - graph.downstream(anew)
            # epoch 1 says that there is something to be read when the run is claimed
            session.add(ClaimRow(run_id=new_id, executor_id="", epoch=1, ended_at=None, reason=""))
            session.add(_origin(new_id, run_id, from_step))
            session.flush()
            for table in (StepRow, ChunkRow):
                _copy_rows(session, table, run_id, new_id, kept)


def _copy_rows(
    session: Session, table: type[StepRow] | type[ChunkRow], run_id: str, new_id: str, steps: set[str]
) -> None:
    names = [column.name for column in table.__table__.columns if column.name != "run_id"]
    found = session.execute(
        select(*(getattr(table, name) for name in names)).where(
            table.run_id == run_id, table.step.in_(sorted(steps))
        )
    )
    rows: list[Mapping[str, Any]] = [{"run_id": new_id, **row} for row in found.mappings()]
    if rows:
        session.execute(insert(table), rows)


def _origin(new_id: str, run_id: str, from_step: str) -> StepRow:
    """Says in the journal of a new run which one it took steps over from."""
    details = portable.dumps({"from": run_id, "step": from_step})
    return StepRow(run_id=new_id, step=RESTARTED, number=0, status="succeeded", value=None, details=details)


def _of_failure(row: StepRow) -> bool:
    """Whether a step was skipped because another failed."""
    return row.status == "skipped" and bool(portable.loads(row.details).get("failed"))


def _check_cancellable(run: RunInfo) -> None:
    if run.status.ended:
        raise ConflictError(f"Run {run.id} has {run.status} already.", remedy="There is nothing to cancel.")
