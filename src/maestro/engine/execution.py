"""Execution: works one run of a graph, starting every step as soon as its inputs are there."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from maestro.engine import portable
from maestro.engine.failure import RunCancelledError, RunFailedError, describe
from maestro.engine.graph import Graph
from maestro.engine.observation import WaitOutcome
from maestro.engine.rollback import Rollback
from maestro.engine.slot import Slot
from maestro.engine.step import Node, Step, taking
from maestro.engine.step_journal import Claim, FencedError, JournalError, Recorded, StepRecord
from maestro.engine.step_work import StepWork
from maestro.engine.subworkflow import Subworkflow
from maestro.engine.wait import Wait
from maestro.engine.waiting import Asked
from maestro.engine.workplace import Workplace
from maestro.errors import NotFoundError

CANCELLED = "/cancelled"
"""Recorded as if it were a step: the run was cancelled, and what it did is to be taken back."""

ANOTHER_FAILED = "another step failed"


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
        self._failed = False
        self._numbers = itertools.count(
            1 + max((each.number for each in recorded.steps.values()), default=-1)
        )
        self.work_in_hand: dict[str, StepWork] = {}
        self.waits: set[str] = set()

    async def work(self) -> dict[str, Any]:
        """Run to the end and give the record of the result.

        Raises:
            RunFailedError: a step failed for good; every step that did not depend on it was still run, and
                what could be undone was undone.
            FencedError: the run belongs to somebody else now.
        """
        cancelled = self._recorded.steps.get(CANCELLED)
        if cancelled is not None:
            await self._roll_back(self._recorded.steps)
            raise self._failure(None, cancelled.error or {})
        try:
            async with self._group:
                self._begin([one for one in self._graph.steps if not self._missing[one.name]])
                if not self._complete:
                    self._slot.leave()  # the steps keep the place; the last of them leaves it to what follows
            if not self._complete:
                raise asyncio.CancelledError  # this process leaves, and what a step waits for cannot begin
        except BaseException as raised:
            self._slot.join()
            raise _first(raised) from None
        for one in self._graph.steps:
            record = self._records[one.name]
            if record.error is not None:
                await self._roll_back(self._records)
                raise self._failure(one.name, record.error)
        result = {
            name: portable.loads(value)
            for name in self._graph.last_steps
            if (value := self._records[name].value) is not None
        }
        return {"result": result, "ended_at": self._place.patience.clock.now()}

    @property
    def _complete(self) -> bool:
        return len(self._records) == len(self._by_name)

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
        if record.status == "failed" and not self._failed:
            self._failed = True
            self._give_up()
        free = []
        for child in self._graph.children[name]:
            self._missing[child] -= 1
            if not self._missing[child]:
                free.append(self._by_name[child])
        return free

    def _give_up(self) -> None:
        """The run has failed, as is recorded: waits and sub-workflows that are open end now."""
        self._place.waiting.give_up(self._order.run_id)
        for name in self.waits:
            if isinstance(self._by_name[name], Subworkflow):
                self._group.create_task(self._stop_child(name))

    async def _one(self, node: Node, ready_at: float) -> None:
        try:
            record = await self._recorded_as(node, await self._worked(node, ready_at))
            if node.name in self.waits:
                self.waits.discard(node.name)
                await self._place.waiting.close(self._order.run_id, node.name)
            self._begin(self._through(node.name, record))
        except BaseException:
            self._slot.leave()
            raise
        if not self._complete:
            self._slot.leave()

    async def _recorded_as(self, node: Node, record: StepRecord) -> StepRecord:
        """Record how a step ended, and give what was recorded: that it failed where its result cannot be."""
        record = replace(record, number=next(self._numbers))
        # the values of a map are in its chunks already
        kept = replace(record, value=None) if node.kind == "map" else record
        try:
            await self._place.journal.record(self._claim, node.name, kept)
        except (FencedError, JournalError):
            raise
        except Exception as error:
            record = replace(record, status="failed", value=None, details={"error": describe(error)})
            await self._place.journal.record(self._claim, node.name, record)
        return record

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
            if isinstance(node, Wait | Subworkflow):
                return await self._waited(node, arguments)
            assert isinstance(node, Step)
            size = len(self._inputs) + sum(len(value or "") for value in values.values())
            work = StepWork(node, self._graph, self._claim, self._recorded, self._place)
            self.work_in_hand[node.name] = work
            return await work.work(arguments, size, self._slot, ready_at)
        except (FencedError, JournalError):
            raise
        except Exception as error:
            return StepRecord("failed", None, {"error": describe(error)})

    def _lost_parent(self, node: Node) -> StepRecord | None:
        """That a step cannot be worked, and why; None where it can."""
        for parent in self._graph.parents[node.name]:
            record = self._records[parent]
            if record.status == "failed":
                return _lost(f"{parent} failed")
            if record.details.get("failed"):
                return _lost(record.details["because"])
        for parent in self._graph.needs(node.name):
            if self._records[parent].status == "skipped":
                return StepRecord("skipped", None, {"because": f"{parent} was skipped"})
        return None

    async def _waited(self, node: Wait | Subworkflow, arguments: Mapping[str, Any]) -> StepRecord:
        origin = time.perf_counter()
        if isinstance(node, Wait):
            record = await self._wait(node, arguments)
        else:
            record = await self._subworkflow(node, arguments)
        if record.status == "succeeded":
            seconds = time.perf_counter() - origin
            self._place.tell_wait(
                WaitOutcome(self._order.run_id, self._graph.name, node.name, node.kind, seconds)
            )
        return record

    async def _wait(self, node: Wait, arguments: Mapping[str, Any]) -> StepRecord:
        self.waits.add(node.name)
        if self._failed:
            return _lost(ANOTHER_FAILED)
        since, origin = self._place.patience.clock.now(), time.perf_counter()
        asked = Asked(
            self._order.run_id,
            self._graph.name,
            node.name,
            node.kind,
            node.topic_for(arguments),
            node.words_for(arguments),
            since,
            node.until(since, arguments),
        )
        async with self._slot.away():
            outcome = await self._place.waiting.outcome(asked)
        if outcome is None:
            return _lost(ANOTHER_FAILED)
        return StepRecord("succeeded", portable.dumps(outcome), {"attempts": [self._span(since, origin)]})

    async def _subworkflow(self, node: Subworkflow, arguments: Mapping[str, Any]) -> StepRecord:
        if self._failed and self._claim.epoch == 1:
            return _lost(ANOTHER_FAILED)  # nobody had the run before, so nobody can have begun this
        since, origin = self._place.patience.clock.now(), time.perf_counter()
        child_id = f"{self._order.run_id}/{node.name}"
        children = self._place.children
        try:
            async with self._slot.away():
                if self._failed:
                    await self._stop_child(node.name)
                    result = await children.result(child_id)
                else:
                    self.waits.add(node.name)
                    result = await children.run(node.graph, arguments, child_id, self._order.run_id)
        except (RunCancelledError, NotFoundError):
            if not self._failed:
                raise
            return _lost(ANOTHER_FAILED)
        return StepRecord("succeeded", portable.dumps(result), {"attempts": [self._span(since, origin)]})

    async def _stop_child(self, name: str) -> None:
        child_id = f"{self._order.run_id}/{name}"
        self._place.patience.check_lease(child_id)
        await self._place.journal.prove(self._claim)
        await self._place.children.stop(child_id)

    def _span(self, since: datetime, origin: float) -> dict[str, Any]:
        return {
            "started_at": since,
            "ended_at": self._place.patience.clock.now(),
            "seconds": round(time.perf_counter() - origin, 6),
            "error": None,
        }

    async def _roll_back(self, records: Mapping[str, StepRecord]) -> None:
        if any(isinstance(one, Wait) for one in self._graph.steps):
            await self._place.waiting.close(self._order.run_id)
        chunks = {name: work.chunks for name, work in self.work_in_hand.items()}
        rollback = Rollback(
            self._graph,
            portable.loads(self._inputs),
            records,
            {**self._recorded.chunks, **chunks},
            claim=self._claim,
            recorded=self._recorded,
            slot=self._slot,
            place=self._place,
        )
        await rollback.work()

    def _failure(self, step: str | None, error: Mapping[str, Any]) -> RunFailedError:
        ended_at: datetime = self._place.patience.clock.now()
        return RunFailedError({"step": step, "error": dict(error), "ended_at": ended_at})


def _lost(because: str) -> StepRecord:
    return StepRecord("skipped", None, {"because": because, "failed": True})


def _first(raised: BaseException) -> BaseException:
    """The first of what steps raised; more of them say the same: the run cannot go on here."""
    while isinstance(raised, BaseExceptionGroup):
        raised = raised.exceptions[0]
    return raised
