"""Inspection: reads runs and steps out of DBOS's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dbos import StepInfo as StepRecord
from dbos import WorkflowStatus

from maestro.engine.failure import RunFailedError
from maestro.engine.graph import Graph
from maestro.engine.run import RunDetail, RunInfo, RunStatus, StepInfo, StepStatus, attempts_of

STATUSES: Mapping[str, RunStatus] = {
    "ENQUEUED": RunStatus.QUEUED,
    "DELAYED": RunStatus.QUEUED,
    "PENDING": RunStatus.RUNNING,
    "SUCCESS": RunStatus.SUCCEEDED,
    "ERROR": RunStatus.FAILED,
    "CANCELLED": RunStatus.CANCELLED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": RunStatus.STUCK,
}


def info_of(status: WorkflowStatus) -> RunInfo:
    """A run as it stands in a list."""
    arguments = status.input["args"] if isinstance(status.input, dict) else ()
    ended_at, error = None, ""
    if isinstance(status.error, RunFailedError):
        ended_at = status.error.record["ended_at"]
        error = str(status.error)
    elif status.output is not None:
        ended_at = status.output["ended_at"]
    return RunInfo(
        id=status.workflow_id,
        workflow=status.name,
        status=STATUSES[status.status],
        started_at=arguments[2] if arguments else None,
        ended_at=ended_at,
        error=error,
    )


def detail_of(
    status: WorkflowStatus,
    records: Sequence[StepRecord],
    graph: Graph | None,
    running: Mapping[str, Sequence[Mapping[str, Any]]],
) -> RunDetail:
    """A run with its steps.

    Args:
        status: DBOS's record of the run.
        records: DBOS's records of the steps that are through.
        graph: the workflow; None where this process does not know it, which shows the recorded steps only.
        running: attempts so far at the steps that this process works on.
    """
    info = info_of(status)
    recorded = {each["function_name"]: each["output"] for each in records if each["output"] is not None}
    names = [one.name for one in graph.steps] if graph else list(recorded)
    parents = graph.parents if graph else {}
    steps = []
    for name in names:
        record = recorded.get(name)
        if record is not None:
            error = record["error"]["message"] if "error" in record else ""
            found = StepStatus(record["status"]), attempts_of(record["attempts"]), error
        elif name in running:
            found = StepStatus.RUNNING, attempts_of(running[name]), ""
        else:
            found = StepStatus.PENDING, (), ""
        steps.append(StepInfo(name, parents.get(name, ()), *found))
    arguments = status.input["args"] if isinstance(status.input, dict) else ({},)
    return RunDetail(**vars(info), inputs=arguments[0], steps=tuple(steps))
