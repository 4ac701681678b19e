"""Inspection: reads runs and steps out of DBOS's records and the engine's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbos import WorkflowStatus

from maestro.engine import portable
from maestro.engine.execution import Execution
from maestro.engine.failure import RunFailedError
from maestro.engine.graph import Graph
from maestro.engine.run import RunDetail, RunInfo, RunStatus, StepInfo, StepStatus, WaitInfo, attempts_of
from maestro.engine.step import Node
from maestro.engine.step_journal import Recorded

STATUSES: Mapping[str, RunStatus] = {
    "ENQUEUED": RunStatus.QUEUED,
    "DELAYED": RunStatus.QUEUED,
    "PENDING": RunStatus.RUNNING,
    "SUCCESS": RunStatus.SUCCEEDED,
    "ERROR": RunStatus.FAILED,
    "CANCELLED": RunStatus.CANCELLED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": RunStatus.STUCK,
}

RESTARTED = "/restarted"
"""Recorded as if it were a step: of which run this one took steps over."""

TOLD_BY_MARKS: Mapping[RunStatus, RunStatus] = {
    RunStatus.RUNNING: RunStatus.RUNNING,
    RunStatus.WAITING: RunStatus.RUNNING,
    RunStatus.CANCELLED: RunStatus.CANCELLED,
    RunStatus.STUCK: RunStatus.CANCELLED,
}
"""What only the marks of a run tell apart, with the one of the two that DBOS's word stands for."""


@dataclass(frozen=True)
class RunMarks:
    """What the engine's own tables say of a run.

    Args:
        waits: whether it waits for something, although DBOS has it in hand.
        reason: why nobody works it; a cancelled run that has one was set aside, and counts as stuck.
        ended_at: when it was cancelled or set aside.
        open_waits: what it waits for.
    """

    waits: bool = False
    reason: str = ""
    ended_at: datetime | None = None
    open_waits: tuple[WaitInfo, ...] = ()


def status_of(status: WorkflowStatus, marks: RunMarks) -> RunStatus:
    """Where a run stands."""
    ours = STATUSES[status.status]
    if ours is RunStatus.RUNNING and marks.waits:
        return RunStatus.WAITING
    if ours is RunStatus.CANCELLED and marks.reason:
        return RunStatus.STUCK
    return ours


def info_of(status: WorkflowStatus, marks: RunMarks) -> RunInfo:
    """A run as it stands in a list."""
    arguments = _arguments(status)
    ours, ended_at, error = status_of(status, marks), None, ""
    if isinstance(status.error, RunFailedError):
        ended_at = status.error.record["ended_at"]
        error = str(status.error)
    elif status.output is not None:
        ended_at = status.output["ended_at"]
    elif ours in {RunStatus.CANCELLED, RunStatus.STUCK}:
        ended_at = marks.ended_at
    return RunInfo(
        id=status.workflow_id,
        workflow=status.name,
        status=ours,
        started_at=arguments[2],
        ended_at=ended_at,
        error=error,
        version=arguments[3],
        executor=status.executor_id or "",
        parent_id=arguments[4],
        reason=marks.reason if ours in {RunStatus.WAITING, RunStatus.STUCK} else "",
        fingerprint=arguments[1],
    )


def inputs_of(status: WorkflowStatus) -> dict[str, Any]:
    """What a run was given."""
    inputs: dict[str, Any] = _arguments(status)[0]
    return inputs


def _arguments(status: WorkflowStatus) -> tuple[Any, ...]:
    """Inputs, fingerprint, start, version and parent of a run, as they were handed to DBOS."""
    given = tuple(status.input["args"]) if isinstance(status.input, dict) else ()
    return given + ({}, "", None, "1", "")[len(given) :]


@dataclass(frozen=True)
class Known:
    """What this process knows of a run beyond DBOS's record of it.

    Args:
        recorded: what the journal knows of its steps.
        graph: the workflow; None where this process does not know it, which shows the recorded steps only.
        execution: the run at work, where it is worked here.
        marks: what the engine's own tables say of it.
    """

    recorded: Recorded
    graph: Graph | None
    execution: Execution | None
    marks: RunMarks


def detail_of(info: RunInfo, status: WorkflowStatus, known: Known) -> RunDetail:
    """A run with its steps.

    Args:
        info: the run as it stands in a list.
        status: DBOS's record of the run.
        known: what is known beside that.
    """
    inputs, recorded = inputs_of(status), known.recorded
    if known.graph is None:
        in_order = sorted(recorded.steps, key=lambda name: recorded.steps[name].number)
        steps = [_ended(name, recorded, {"parents": ()}) for name in in_order if "/" not in name]
    else:
        values = {
            name: portable.loads(value)
            for name, record in recorded.steps.items()
            if (value := record.value) is not None
        }
        steps = [_step(one, info.id, known, inputs, values) for one in known.graph.steps]
    restart = recorded.steps.get(RESTARTED)
    return RunDetail(
        **vars(info),
        inputs=inputs,
        steps=tuple(steps),
        result=status.output["result"] if status.output is not None else None,
        restarted_from=restart.details["from"] if restart else "",
        rolled_back=any(name.endswith("/undo") for name in recorded.steps),
    )


def _step(
    node: Node, run_id: str, known: Known, inputs: Mapping[str, Any], values: Mapping[str, Any]
) -> StepInfo:
    recorded, graph = known.recorded, known.graph
    assert graph is not None
    parents = graph.parents[node.name]
    reached = all(parent in recorded.steps for parent in parents)
    shape: dict[str, Any] = {
        "parents": parents,
        "kind": node.kind,
        "where": getattr(node, "where", "here"),
        "inputs": graph.arguments(node.name, inputs, values) if reached else None,
        "progress": _progress(node, recorded),
        "child_run_id": f"{run_id}/{node.name}" if node.kind == "workflow" and reached else "",
        "undoable": node.undo is not None or node.kind == "workflow",
    }
    if node.name in recorded.steps:
        return _ended(node.name, recorded, shape)
    attempts: Sequence[Mapping[str, Any]] = recorded.attempts.get(node.name, [])
    status = StepStatus.PENDING
    shape["wait"] = next((each for each in known.marks.open_waits if each.step == node.name), None)
    execution = known.execution
    if shape["wait"] or (execution and node.name in execution.waits):
        status = StepStatus.WAITING
    elif execution and node.name in execution.work_in_hand:
        work = execution.work_in_hand[node.name]
        status, attempts = StepStatus.RUNNING, work.attempts
        shape["progress"] = work.progress or shape["progress"]
    return StepInfo(node.name, status=status, attempts=attempts_of(attempts), error="", **shape)


def _ended(name: str, recorded: Recorded, shape: Mapping[str, Any]) -> StepInfo:
    record = recorded.steps[name]
    undo = recorded.steps.get(f"{name}/undo")
    status, error = StepStatus(record.status), record.error
    if undo is not None:
        if undo.error is not None:
            status, error = StepStatus.UNDO_FAILED, undo.error
        elif record.status != "failed":
            status, error = StepStatus.UNDONE, None
    details = record.details
    return StepInfo(
        name,
        status=status,
        attempts=attempts_of(record.attempts),
        error=error["message"] if error else "",
        worker=details.get("worker", ""),
        reason=details.get("because", ""),
        output=None if record.value is None else portable.loads(record.value),
        failure_probability=details.get("failure_probability"),
        undo=attempts_of(undo.attempts) if undo is not None else (),
        **{**shape, **({"where": details["where"]} if "where" in details else {})},
    )


def _progress(node: Node, recorded: Recorded) -> tuple[int, int] | None:
    chunks = recorded.chunks.get(node.name)
    return (sum(each.size for each in chunks), chunks[0].total) if chunks else None
