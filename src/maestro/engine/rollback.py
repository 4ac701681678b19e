"""Rollback: takes back what the steps of a failed run did, the last first, each take-back recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from maestro.engine import portable
from maestro.engine.attempt import attempt
from maestro.engine.calling import call_here
from maestro.engine.graph import Graph
from maestro.engine.mapping import finished
from maestro.engine.slot import Slot
from maestro.engine.step import CurrentStep, Node, Step, taking
from maestro.engine.step_journal import Chunk, Claim, Recorded, StepRecord, joined
from maestro.engine.subworkflow import Subworkflow
from maestro.engine.workplace import Workplace
from maestro.telemetry import get_logger

_log = get_logger("engine")


@dataclass(frozen=True)
class Rollback:
    """Takes back what a run did that failed, or that was cancelled to be taken back.

    A saga as in Garcia-Molina and Salem, "Sagas" (SIGMOD 1987). What succeeded and can be undone is undone,
    and so are the finished items of a map that did not succeed. The run of a sub-workflow that did not
    succeed is stopped and takes back by itself what it did.

    Args:
        graph: the workflow.
        inputs: the inputs of the run.
        records: how its steps ended.
        chunks: the finished chunks of its maps.
        claim: the right to record.
        recorded: what was recorded before; undos are looked up here.
        slot: the place of the run, given back while a sub-workflow takes back what it did.
        place: what to work with.
    """

    graph: Graph
    inputs: Mapping[str, Any]
    records: Mapping[str, StepRecord]
    chunks: Mapping[str, Sequence[Chunk]]
    claim: Claim
    recorded: Recorded
    slot: Slot
    place: Workplace

    async def work(self) -> None:
        """Undo one step after another, in the reverse order of their ends; what is at no end yet comes first.

        Each undo is tried as often as its step would be, with the key `run/step/undo`, and recorded, so that
        after a crash it is not worked again. One that fails for good is told to the observers, and the others
        are still undone.

        Raises:
            FencedError: the run belongs to somebody else now.
            JournalError: a sub-workflow cannot be taken back, because the database is away.
        """
        number = max(
            (each.number for each in (*self.records.values(), *self.recorded.steps.values())), default=0
        )
        for one in sorted(self.graph.steps, key=self._last_first):
            step = f"{one.name}/undo"
            if step in self.recorded.steps:
                continue
            record = await self._taken_back(one)
            if record is None:
                continue
            number += 1
            kept = StepRecord(record.status, record.value, record.details, number)
            await self.place.journal.record(self.claim, step, kept)
            if record.error is not None and record.attempts:  # without: the run of a sub-workflow has told it
                words = str(record.error["message"])
                _log.error("rollback failed", run_id=self.claim.run_id, step=one.name, error=words)
                self.place.tell_rollback_failed(self.claim.run_id, self.graph.name, one.name, words)

    def _last_first(self, one: Node) -> float:
        record = self.records.get(one.name)
        return float("-inf") if record is None else -record.number

    async def _taken_back(self, one: Node) -> StepRecord | None:
        """How a step was taken back; None where there is nothing to take back."""
        record = self.records.get(one.name)
        if record is not None and record.status == "succeeded":
            return await self._undone(one, {"result": self._results.get(one.name)}) if one.undo else None
        if isinstance(one, Subworkflow):
            return await self._child(one)
        chunks = self.chunks.get(one.name)
        if not one.undo or not chunks:
            return None
        assert isinstance(one, Step)
        items = self._arguments(one)[one.of]
        values = portable.loads(joined(chunks))
        return await self._undone(one, {one.of: finished(items, chunks), "result": values})

    async def _child(self, one: Subworkflow) -> StepRecord | None:
        if any(parent not in self.records for parent in self.graph.parents[one.name]):
            return None  # it cannot have begun
        child_id = f"{self.claim.run_id}/{one.name}"
        self.place.patience.check_lease(child_id)
        await self.place.journal.prove(self.claim)
        async with self.slot.away():
            if one.name not in self.records:
                await self.place.children.stop(child_id)
            fate = await self.place.children.take_back(child_id)
        if fate.result is not None:
            return await self._undone(one, {"result": fate.result}) if one.undo else None
        if not fate.undos:
            return None
        error = next((each.error for each in fate.undos if each.error is not None), None)
        if error is None:
            return StepRecord("succeeded")
        return StepRecord("failed", None, {"error": dict(error)})

    async def _undone(self, one: Node, known: Mapping[str, Any]) -> StepRecord:
        undo, step = one.undo, f"{one.name}/undo"
        assert undo is not None
        arguments = taking(undo, {**self._arguments(one), **known})
        limit_s = getattr(one, "timeout_s", None) or self.place.patience.timeout_s

        async def call(current: CurrentStep) -> Any:
            await call_here(undo, arguments, current, limit_s)

        async def failed(number: int, record: dict[str, Any]) -> None:
            await self.place.journal.record_attempt(self.claim, step, number, record)

        return await attempt(
            call,
            CurrentStep(self.claim.run_id, step, 0),
            retries=getattr(one, "retries", 3),
            patience=self.place.patience,
            attempts=list(self.recorded.attempts.get(step, [])),
            failed=failed,
        )

    def _arguments(self, one: Node) -> dict[str, Any]:
        return self.graph.arguments(one.name, self.inputs, self._results)

    @cached_property
    def _results(self) -> dict[str, Any]:
        return {
            name: portable.loads(record.value)
            for name, record in self.records.items()
            if record.value is not None
        }
