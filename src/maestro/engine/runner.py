"""Runner: works the runs that are given to this process, each under a claim, until the claim is lost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from datetime import datetime
from typing import Any

from dbos import DBOS, WorkflowStatus
from sqlalchemy import select, update

from maestro.database import Database
from maestro.engine.definitions import Definitions
from maestro.engine.execution import Execution, Order
from maestro.engine.failure import RunFailedError
from maestro.engine.journal import outside
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.observation import RunOutcome
from maestro.engine.outage import outlast
from maestro.engine.slot import Slot
from maestro.engine.step_journal import Claim, FencedError, JournalError
from maestro.engine.workplace import Workplace
from maestro.telemetry import bound, get_logger

Durable = Callable[..., Coroutine[Any, Any, dict[str, Any]]]

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0

_PAGE = 500

_log = get_logger("engine")


class Runner:
    """The runs of this process.

    Args:
        definitions: the workflows that are known here.
        records: the engine's own tables.
        place: what the runs work with.
        concurrency: runs that are worked at once.
    """

    def __init__(
        self, definitions: Definitions, records: Database, place: Workplace, concurrency: int
    ) -> None:
        self._definitions = definitions
        self._records = records
        self._place = place
        self._places = asyncio.Semaphore(concurrency)
        self._tasks: dict[asyncio.Task[Any], str] = {}
        self._slots: dict[asyncio.Task[Any], Slot] = {}
        self._claims: dict[asyncio.Task[Any], Claim] = {}
        self._executions: dict[str, Execution] = {}
        self._durable = {name: self._make_durable(name) for name in definitions.all()}
        self._concurrency = concurrency
        place.load = self.load
        self.accepting = True

    def load(self) -> float:
        """How much of the places for runs is taken, 0 to 1."""
        return sum(slot.held for slot in self._slots.values()) / self._concurrency

    def durable(self, name: str) -> Durable:
        """The durable function of a workflow, for DBOS to start."""
        return self._durable[name]

    def running_ids(self) -> set[str]:
        """Runs that this process has in hand, those that only wait included."""
        return set(self._tasks.values())

    def execution(self, run_id: str) -> Execution | None:
        """How far a run is, where this process works it."""
        return self._executions.get(run_id)

    def task(self, run_id: str) -> asyncio.Task[Any] | None:
        """The task that works a run here; it ends after the outcome is recorded."""
        return next((task for task, working_on in self._tasks.items() if working_on == run_id), None)

    async def stop_here(self, run_ids: Collection[str]) -> None:
        """Stop working runs in this process; the journal is not told, and others may go on with them."""
        wanted = set(run_ids)
        await _stopped([task for task, run_id in self._tasks.items() if run_id in wanted])

    async def drain(self, drain_s: float) -> None:
        """Take no more, let what is worked end for `drain_s` seconds of life, and leave the rest as it is."""
        self.accepting = False
        until = time.monotonic() + drain_s
        while (left := until - time.monotonic()) > 0:
            busy = [task for task, slot in self._slots.items() if slot.held]
            if not busy:
                break
            await asyncio.wait(busy, timeout=min(left, 0.1))
        unfinished = self.running_ids()
        if unfinished:
            _log.info("runs left for the next launch", runs=len(unfinished))
            await self.stop_here(unfinished)

    async def stop_lost(self) -> None:
        """Stop those runs of this process that somebody else has claimed or cancelled meanwhile."""
        mine = dict(self._claims)
        if not mine:
            return
        run_ids = sorted({claim.run_id for claim in mine.values()})
        held: dict[str, int] = {}
        for start in range(0, len(run_ids), _PAGE):
            held.update(await asyncio.to_thread(self._epochs, run_ids[start : start + _PAGE]))
        # task by task: the same run may have come back here meanwhile under a new claim
        await _stopped([task for task, claim in mine.items() if held.get(claim.run_id) != claim.epoch])

    def _epochs(self, run_ids: list[str]) -> Mapping[str, int]:
        with self._records.reader() as session:
            query = select(ClaimRow.run_id, ClaimRow.epoch).where(ClaimRow.run_id.in_(run_ids))
            return dict(session.execute(query).all())

    def _make_durable(self, name: str) -> Durable:
        async def run(
            inputs: dict[str, Any],
            fingerprint: str,
            started_at: datetime,
            version: str = "1",
            _parent_id: str = "",
        ) -> dict[str, Any]:
            run_id = DBOS.workflow_id
            assert run_id is not None
            graph = self._definitions.find(name, version, fingerprint)
            if graph is None:
                return await self._left_for_others(run_id, name, version)
            return await self._run(Order(run_id, graph, inputs, started_at))

        durable: Durable = DBOS.workflow(name=name)(run)
        return durable

    async def _run(self, order: Order) -> dict[str, Any]:
        task, slot = asyncio.current_task(), Slot(self._places)
        assert task is not None
        self._tasks[task], self._slots[task] = order.run_id, slot
        try:
            await slot.take()
            try:
                self._stay_unfinished_when_leaving()
                with bound(run_id=order.run_id):
                    return await self._claimed(order, slot)
            finally:
                slot.leave()
        except BaseException:
            self._forget(task)
            raise
        finally:
            # the task goes on until DBOS has recorded the outcome; only then the run is out of our hands
            task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)
        self._slots.pop(task, None)

    async def _claimed(self, order: Order, slot: Slot) -> dict[str, Any]:
        """Claim a run and work it; again where the journal was away, or who claimed it had no right to."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return await self._work(order, slot)
            except JournalError as error:
                _log.error("run set back by its journal", run_id=order.run_id, error=str(error))
                await self._place.patience.wait_clock.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            except FencedError as error:
                _log.info("run given up", run_id=order.run_id, why=str(error))
                if not await self._still_ours(order.run_id):
                    raise asyncio.CancelledError from error  # its outcome is somebody else's to record

    async def _work(self, order: Order, slot: Slot) -> dict[str, Any]:
        run_id, origin = order.run_id, time.perf_counter()
        self._place.patience.check_lease(run_id)
        claim, recorded = await self._place.journal.claim(run_id)
        if claim.epoch > 1 and not await self._given_to_us(run_id):
            raise FencedError(f"run {run_id} was given to somebody else before it was claimed")
        execution = Execution(order, claim, recorded, slot, self._place)
        task = asyncio.current_task()
        assert task is not None
        self._claims[task], self._executions[run_id] = claim, execution
        status = ""
        try:
            result = await execution.work()
            status = "succeeded"
            return result
        except RunFailedError as failure:
            step, error = failure.record["step"], str(failure)
            _log.warning("run failed", run_id=run_id, workflow=order.graph.name, step=step, error=error)
            status = "failed"
            raise
        finally:
            del self._claims[task]
            if self._executions.get(run_id) is execution:
                del self._executions[run_id]
            if status and self._place.observers:
                self._place.tell_run(
                    RunOutcome(
                        run_id,
                        order.graph.name,
                        order.graph.version,
                        status,
                        order.started_at,
                        time.perf_counter() - origin,
                    )
                )

    async def _given_to_us(self, run_id: str) -> bool:
        status = await outside(DBOS.get_workflow_status_async(run_id))
        return status is not None and self._owns(status)

    async def _still_ours(self, run_id: str) -> bool:
        """Whether the run is ours although another executor claimed it: it woke after it was given up."""
        if not self._place.patience.lease():
            return False
        claim = await outlast(lambda: self._claim_of(run_id))
        if claim is not None and claim.ended_at is not None:
            # given to us by somebody who had listed it just before it was cancelled
            await outside(DBOS.cancel_workflow_async(run_id))
            return False
        if claim is None or claim.executor_id in {"", self._place.executor_id}:
            return False
        return await self._given_to_us(run_id)

    def _claim_of(self, run_id: str) -> ClaimRow | None:
        with self._records.reader() as session:
            return session.get(ClaimRow, run_id)

    def _owns(self, status: WorkflowStatus) -> bool:
        return status.status == "PENDING" and status.executor_id == self._place.executor_id

    async def _left_for_others(self, run_id: str, name: str, version: str) -> dict[str, Any]:
        """Say why a run is not worked here; whoever knows its version takes it from there."""
        reason = (
            f"Version {version} of workflow {name}, with which this run began, is not known to executor "
            f"{self._place.executor_id}."
        )
        _log.warning("run waits for its version", run_id=run_id, workflow=name, version=version)
        with contextlib.suppress(FencedError):  # it was cancelled meanwhile: nothing is to be said of it
            await self._place.journal.claim(run_id)
            await outlast(lambda: self._give_reason(run_id, reason))
        raise asyncio.CancelledError

    def _give_reason(self, run_id: str, reason: str) -> None:
        with self._records.session() as session:
            session.execute(update(ClaimRow).where(ClaimRow.run_id == run_id).values(reason=reason))

    def _stay_unfinished_when_leaving(self) -> None:
        if not self.accepting:
            raise asyncio.CancelledError  # nothing is recorded, so the next launch takes the run up


async def _stopped(tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
