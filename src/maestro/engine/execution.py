"""Execution: works one run of a graph, starting every step as soon as its inputs are there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from maestro.engine import portable
from maestro.engine.attempt import attempt
from maestro.engine.calling import Errand, call_here, call_worker
from maestro.engine.failure import RunFailedError, describe
from maestro.engine.graph import Graph
from maestro.engine.observation import Advice, StepAhead, StepOutcome
from maestro.engine.slot import Slot
from maestro.engine.step import CurrentStep, Node, Step, taking
from maestro.engine.step_journal import Claim, Recorded, StepRecord
from maestro.engine.workplace import Workplace
from maestro.errors import PolicyError


@dataclass(frozen=True)
class Order:
    """What is to be run: a graph with inputs, under an id; `started_at` is the engine's time."""

    run_id: str
    graph: Graph
    inputs: Mapping[str, Any]
    started_at: datetime


class Execution:
    """One run of a graph in this process, from what is recorded of it to its end.

    Args:
        order: what to run.
        claim: the right to record it.
        recorded: what was recorded of it before.
        slot: its place among the runs that are worked at once; it has one when `work` begins.
        place: what it works with.
    """

    def __init__(self, order: Order, claim: Claim, recorded: Recorded, slot: Slot, place: Workplace) -> None:
        self._order = order
        self._graph = order.graph
        self._claim = claim
        self._recorded = recorded
        self._slot = slot
        self._place = place
        self._inputs = portable.dumps(dict(order.inputs))
        self._records: dict[str, StepRecord] = {}
        self._missing = {one.name: len(self._graph.parents[one.name]) for one in self._graph.steps}
        self._by_name = {one.name: one for one in self._graph.steps}
        self._group = asyncio.TaskGroup()
        self.attempts: dict[str, list[dict[str, Any]]] = {}
        self.progress: dict[str, tuple[int, int]] = {}

    async def work(self) -> dict[str, Any]:
        """Run to the end and give the record of the result.

        Raises:
            RunFailedError: a step failed for good; every step that did not depend on it was still run.
            FencedError: the run belongs to somebody else now.
        """
        try:
            async with self._group:
                self._begin([one for one in self._graph.steps if not self._missing[one.name]])
                if not self._complete:
                    self._slot.leave()  # the steps keep the place; the last of them leaves it to what follows
        except BaseException as raised:
            self._slot.join()
            raise _first(raised) from None
        for one in self._graph.steps:
            record = self._records[one.name]
            if record.error is not None:
                raise self._failure(one.name, record.error)
        result = {
            name: portable.loads(value)
            for name in self._graph.last_steps
            if (value := self._records[name].value) is not None
        }
        return {"result": result, "ended_at": self._place.patience.clock.now()}

    def _begin(self, ready: list[Node]) -> None:
        """Start what has all its inputs; what is recorded is through at once."""
        while ready:
            one = ready.pop()
            record = self._recorded.steps.get(one.name)
            if record is None:
                self._slot.join()
                self._group.create_task(self._one(one, time.perf_counter()))
            else:
                ready.extend(self._through(one.name, record))

    def _through(self, name: str, record: StepRecord) -> list[Node]:
        """Keep how a step ended; gives those that wait for nothing any longer."""
        self._records[name] = record
        free = []
        for child in self._graph.children[name]:
            self._missing[child] -= 1
            if not self._missing[child]:
                free.append(self._by_name[child])
        return free

    async def _one(self, node: Node, ready_at: float) -> None:
        try:
            record = replace(await self._worked(node, ready_at), number=len(self._records))
            await self._place.journal.record(self._claim, node.name, record)
            self._begin(self._through(node.name, record))
        except BaseException:
            self._slot.leave()
            raise
        if not self._complete:
            self._slot.leave()

    @property
    def _complete(self) -> bool:
        return len(self._records) == len(self._by_name)

    async def _worked(self, node: Node, ready_at: float) -> StepRecord:
        lost = self._lost_parent(node)
        if lost:
            return lost
        # each step reads its own copy, exactly as the journal would give it after a crash
        values = {parent: self._records[parent].value for parent in self._graph.parents[node.name]}
        results = {parent: portable.loads(value) for parent, value in values.items() if value is not None}
        arguments = self._graph.arguments(node.name, portable.loads(self._inputs), results)
        try:
            if node.when is not None and not node.when(**taking(node.when, arguments)):
                return StepRecord("skipped", None, {"because": "its condition did not hold"})
        except Exception as error:
            return StepRecord("failed", None, {"error": describe(error)})
        assert isinstance(node, Step)
        size = len(self._inputs) + sum(len(value or "") for value in values.values())
        return await self._step(node, arguments, size, ready_at)

    def _lost_parent(self, node: Node) -> StepRecord | None:
        """That a step cannot be worked, and why; None where it can."""
        for parent in self._graph.parents[node.name]:
            record = self._records[parent]
            if record.status == "failed":
                return StepRecord("skipped", None, {"because": f"{parent} failed", "failed": True})
            if record.details.get("failed"):
                return StepRecord("skipped", None, {"because": record.details["because"], "failed": True})
        for parent in self._graph.needs(node.name):
            if self._records[parent].status == "skipped":
                return StepRecord("skipped", None, {"because": f"{parent} was skipped"})
        return None

    async def _step(self, one: Step, arguments: dict[str, Any], size: int, ready_at: float) -> StepRecord:
        ahead = StepAhead(
            self._order.run_id,
            self._graph.name,
            self._graph.version,
            one.name,
            one.where,
            size,
            arguments,
            self._features(),
        )
        advice = self._place.advice(ahead)
        if advice.refuse:
            return StepRecord("failed", None, {"error": describe(PolicyError(advice.refuse))})
        if advice.delay_s > 0:
            async with self._slot.away():
                await self._place.patience.wait_clock.sleep(advice.delay_s)
        waited_s, origin = time.perf_counter() - ready_at, time.perf_counter()
        record = await self._attempts(one, arguments, advice)
        details = {**record.details, "waited_s": round(waited_s, 6)}
        record = replace(record, details=details)
        self._tell(ahead, record, waited_s, time.perf_counter() - origin)
        return record

    async def _attempts(self, one: Step, arguments: dict[str, Any], advice: Advice) -> StepRecord:
        where = advice.where or one.where
        limit_s = one.timeout_s or self._place.patience.timeout_s
        worker = [self._place.executor_id]
        attempts = self.attempts[one.name] = list(self._recorded.attempts.get(one.name, ()))

        async def call(current: CurrentStep) -> Any:
            if where == "worker" and self._place.pool is not None:
                errand = Errand(
                    one.resources,
                    f"{self._graph.name}.{one.name}",
                    priority=float(self._graph.depths[one.name]),
                )
                return await call_worker(
                    self._place.pool,
                    one.fn,
                    arguments,
                    current,
                    limit_s=limit_s,
                    errand=errand,
                    started=worker.append,
                )
            return await call_here(one.fn, arguments, current, limit_s)

        async def failed(number: int, record: dict[str, Any]) -> None:
            await self._place.journal.record_attempt(self._claim, one.name, number, record)

        current = CurrentStep(self._order.run_id, one.name, 0)
        record = await attempt(
            call,
            current,
            retries=one.retries,
            patience=self._place.patience,
            attempts=attempts,
            failed=failed,
        )
        return replace(record, details={**record.details, "where": where, "worker": worker[-1]})

    def _features(self) -> dict[str, float]:
        now = self._place.patience.clock.now()
        return {"hour": now.hour + now.minute / 60, "weekday": float(now.weekday())}

    def _tell(self, ahead: StepAhead, record: StepRecord, waited_s: float, seconds: float) -> None:
        if not self._place.observers:
            return
        error = record.error
        outcome = StepOutcome(
            ahead.run_id,
            ahead.workflow,
            ahead.version,
            ahead.step,
            record.details["worker"],
            record.attempts[0]["started_at"] if record.attempts else self._place.patience.clock.now(),
            waited_s,
            seconds,
            len(record.attempts),
            record.status == "succeeded",
            error["kind"] if error else "",
            ahead.size,
            ahead.features,
        )
        self._place.tell_step(outcome)

    def _failure(self, step: str | None, error: Mapping[str, Any]) -> RunFailedError:
        ended_at: datetime = self._place.patience.clock.now()
        return RunFailedError({"step": step, "error": dict(error), "ended_at": ended_at})


def _first(raised: BaseException) -> BaseException:
    """The first of what steps raised; more of them say the same: the run cannot go on here."""
    while isinstance(raised, BaseExceptionGroup):
        raised = raised.exceptions[0]
    return raised
