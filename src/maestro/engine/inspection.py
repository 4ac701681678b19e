"""Inspection: reads runs and steps out of DBOS's records and the engine's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbos import WorkflowStatus

from maestro.engine import portable
from maestro.engine.execution import Execution
from maestro.engine.failure import RunFailedError
from maestro.engine.graph import Graph
from maestro.engine.run import RunDetail, RunInfo, RunStatus, StepInfo, StepStatus, attempts_of
from maestro.engine.step import Node
from maestro.engine.step_journal import Recorded, StepRecord

STATUSES: Mapping[str, RunStatus] = {
    "ENQUEUED": RunStatus.QUEUED,
    "DELAYED": RunStatus.QUEUED,
    "PENDING": RunStatus.RUNNING,
    "SUCCESS": RunStatus.SUCCEEDED,
    "ERROR": RunStatus.FAILED,
    "CANCELLED": RunStatus.CANCELLED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": RunStatus.STUCK,
}


@dataclass(frozen=True)
class RunMarks:
    """What the engine's own tables say of a run.

    Args:
        waits: whether it waits for something, although DBOS has it in hand.
        reason: why nobody works it.
        ended_at: when it was cancelled.
    """

    waits: bool = False
    reason: str = ""
    ended_at: datetime | None = None


def info_of(status: WorkflowStatus, marks: RunMarks) -> RunInfo:
    """A run as it stands in a list."""
    arguments = _arguments(status)
    ours, ended_at, error = STATUSES[status.status], None, ""
    if isinstance(status.error, RunFailedError):
        ended_at = status.error.record["ended_at"]
        error = str(status.error)
    elif status.output is not None:
        ended_at = status.output["ended_at"]
    elif ours is RunStatus.CANCELLED:
        ended_at = marks.ended_at
    pending = ours is RunStatus.RUNNING
    return RunInfo(
        id=status.workflow_id,
        workflow=status.name,
        status=RunStatus.WAITING if pending and marks.waits else ours,
        started_at=arguments[2],
        ended_at=ended_at,
        error=error,
        version=arguments[3],
        executor=status.executor_id or "",
        parent_id=arguments[4],
        reason=marks.reason if pending else "",
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


def detail_of(
    info: RunInfo,
    status: WorkflowStatus,
    recorded: Recorded,
    graph: Graph | None,
    execution: Execution | None,
) -> RunDetail:
    """A run with its steps.

    Args:
        info: the run as it stands in a list.
        status: DBOS's record of the run.
        recorded: what the journal knows of its steps.
        graph: the workflow; None where this process does not know it, which shows the recorded steps only.
        execution: the run at work, where it is worked here.
    """
    inputs = inputs_of(status)
    if graph is None:
        names = [name for name in recorded.steps if "/" not in name]
        steps = [_recorded_step(name, recorded) for name in names]
    else:
        values = {
            name: portable.loads(value)
            for name, record in recorded.steps.items()
            if (value := record.value) is not None
        }
        steps = [
            _step(one, graph, recorded=recorded, execution=execution, inputs=inputs, values=values)
            for one in graph.steps
        ]
    return RunDetail(**vars(info), inputs=inputs, steps=tuple(steps))


def _step(
    node: Node,
    graph: Graph,
    *,
    recorded: Recorded,
    execution: Execution | None,
    inputs: Mapping[str, Any],
    values: Mapping[str, Any],
) -> StepInfo:
    parents = graph.parents[node.name]
    reached = all(parent in recorded.steps for parent in parents)
    shape: dict[str, Any] = {
        "parents": parents,
        "kind": node.kind,
        "where": getattr(node, "where", "here"),
        "inputs": graph.arguments(node.name, inputs, values) if reached else None,
    }
    if node.name in recorded.steps:
        return _recorded_step(node.name, recorded, **shape)
    attempts = recorded.attempts.get(node.name, [])
    status = StepStatus.PENDING
    if execution is not None and node.name in execution.attempts:
        status, attempts = StepStatus.RUNNING, execution.attempts[node.name]
    return StepInfo(node.name, status=status, attempts=attempts_of(attempts), error="", **shape)


def _recorded_step(name: str, recorded: Recorded, **shape: Any) -> StepInfo:
    record = recorded.steps[name]
    undo = recorded.steps.get(f"{name}/undo")
    status, error = StepStatus(record.status), record.error
    if undo is not None:
        status = StepStatus.UNDONE if undo.error is None else StepStatus.UNDO_FAILED
        error = undo.error
    details = record.details
    shape = {"parents": (), **shape}
    if "where" in details:
        shape["where"] = details["where"]
    return StepInfo(
        name,
        status=status,
        attempts=attempts_of(record.attempts),
        error=error["message"] if error else "",
        worker=details.get("worker", ""),
        reason=details.get("because", ""),
        output=_output(record),
        failure_probability=details.get("failure_probability"),
        **shape,
    )


def _output(record: StepRecord) -> Any:
    return None if record.value is None else portable.loads(record.value)
