"""Rollback: takes back what the steps of a failed run did, the last first, each take-back recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maestro.engine import portable
from maestro.engine.attempt import attempt
from maestro.engine.calling import call_here
from maestro.engine.graph import Graph
from maestro.engine.step import CurrentStep, Node, taking
from maestro.engine.step_journal import Claim, Recorded, StepRecord
from maestro.engine.workplace import Workplace
from maestro.telemetry import get_logger

_log = get_logger("engine")


async def roll_back(
    graph: Graph,
    inputs: Mapping[str, Any],
    records: Mapping[str, StepRecord],
    *,
    claim: Claim,
    recorded: Recorded,
    place: Workplace,
) -> None:
    """Undo every step that succeeded and can be undone, in the reverse order of their ends.

    A saga as in Garcia-Molina and Salem, "Sagas" (SIGMOD 1987). Each undo is tried as often as its step would
    be, with the key `run/step/undo`, and recorded, so that after a crash it is not worked again. One that
    fails for good is told to the observers, and the others are still undone.

    Args:
        graph: the workflow.
        inputs: the inputs of the run.
        records: how its steps ended.
        claim: the right to record.
        recorded: what was recorded before; undos are looked up here.
        place: what to work with.

    Raises:
        FencedError: the run belongs to somebody else now.
    """
    undoable = [one for one in graph.steps if one.undo is not None and one.name in records]
    done = [one for one in undoable if records[one.name].status == "succeeded"]
    results = {
        name: portable.loads(record.value) for name, record in records.items() if record.value is not None
    }
    number = max((record.number for record in (*records.values(), *recorded.steps.values())), default=0)
    for one in sorted(done, key=lambda one: -records[one.name].number):
        number += 1
        step = f"{one.name}/undo"
        if step in recorded.steps:
            continue
        arguments = {**graph.arguments(one.name, inputs, results), "result": results.get(one.name)}
        record = await _undone(one, arguments, claim, place, recorded.attempts.get(step, []))
        kept = StepRecord(record.status, record.value, record.details, number)
        await place.journal.record(claim, step, kept)
        if record.error is not None:
            words = str(record.error["message"])
            _log.error("rollback failed", run_id=claim.run_id, step=one.name, error=words)
            place.tell_rollback_failed(claim.run_id, one.name, words)


async def _undone(
    one: Node, arguments: Mapping[str, Any], claim: Claim, place: Workplace, before: list[dict[str, Any]]
) -> StepRecord:
    undo, step = one.undo, f"{one.name}/undo"
    assert undo is not None
    limit_s = getattr(one, "timeout_s", None) or place.patience.timeout_s

    async def call(current: CurrentStep) -> Any:
        await call_here(undo, taking(undo, arguments), current, limit_s)

    async def failed(number: int, record: dict[str, Any]) -> None:
        await place.journal.record_attempt(claim, step, number, record)

    return await attempt(
        call,
        CurrentStep(claim.run_id, step, 0),
        retries=getattr(one, "retries", 3),
        patience=place.patience,
        attempts=list(before),
        failed=failed,
    )
