"""Run pictures: runs, their steps and their definitions as the API sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from maestro.engine.graph import Graph
from maestro.engine.run import AttemptInfo, RunDetail, RunInfo, RunStatus, StepInfo, StepStatus

_RESUMABLE = {RunStatus.CANCELLED, RunStatus.STUCK, RunStatus.FAILED}
_THROUGH = {
    StepStatus.SUCCEEDED,
    StepStatus.FAILED,
    StepStatus.SKIPPED,
    StepStatus.UNDONE,
    StepStatus.UNDO_FAILED,
}


def run_picture(
    run: RunInfo, progress: tuple[int, int], estimate: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A run as one line of a list.

    Args:
        run: the run.
        progress: steps that are through, and steps in all.
        estimate: when it will end, where somebody knows.
    """
    return {
        "id": run.id,
        "workflow": run.workflow,
        "version": run.version,
        "status": run.status,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "error": run.error or None,
        "reason": run.reason or None,
        "executor": run.executor or None,
        "progress": {"done": progress[0], "total": progress[1]},
        "estimate": estimate,
        "parent_id": run.parent_id or None,
    }


def detail_picture(
    run: RunDetail,
    *,
    estimate: Mapping[str, Any] | None,
    expected: Mapping[str, Mapping[str, float]],
    bottleneck: Mapping[str, Any] | None,
    adaptations: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """A run with everything known of it.

    Args:
        run: the run with its steps.
        estimate: when it will end, where somebody knows.
        expected: by step, the seconds that it takes as a rule: mean, low and high.
        bottleneck: the step that the rest waits for, with words.
        adaptations: of its workflow.
    """
    through = sum(step.status in _THROUGH for step in run.steps)
    return {
        **run_picture(run, (through, len(run.steps)), estimate),
        "inputs": run.inputs,
        "steps": [step_picture(step, expected.get(step.name)) for step in run.steps],
        "critical_path": critical_path(run.steps, {name: each["mean"] for name, each in expected.items()}),
        "bottleneck": bottleneck,
        "adaptations": adaptations,
        "can": {
            "cancel": not run.status.ended,
            "resume": run.status in _RESUMABLE,
            "restart": run.status.ended,
        },
    }


def step_picture(step: StepInfo, expected: Mapping[str, float] | None) -> dict[str, Any]:
    """A step of a run."""
    wait = step.wait
    return {
        "name": step.name,
        "parents": step.parents,
        "kind": step.kind,
        "status": step.status,
        "started_at": step.started_at,
        "ended_at": step.ended_at,
        "attempts": [_attempt(each) for each in step.attempts],
        "error": step.error or None,
        "reason": step.reason or None,
        "inputs": step.inputs,
        "output": step.output,
        "where": step.where,
        "worker": step.worker or None,
        "estimate_s": expected,
        "progress": {"done": step.progress[0], "total": step.progress[1]} if step.progress else None,
        "wait": {"kind": wait.kind, "topic": wait.topic, "until": wait.until} if wait else None,
        "child_run_id": step.child_run_id or None,
        "failure_probability": step.failure_probability,
    }


def definition_picture(
    name: str, versions: Sequence[Graph], counts: Mapping[RunStatus, int]
) -> dict[str, Any]:
    """A workflow: its versions, the steps of the latest, and its runs by status."""
    latest = versions[-1]
    return {
        "name": name,
        "versions": [each.version for each in versions],
        "steps": [
            {
                "name": node.name,
                "parents": latest.parents[node.name],
                "kind": node.kind,
                "where": getattr(node, "where", "here"),
                "resources": dict(getattr(node, "resources", {})),
                "retries": getattr(node, "retries", 0),
                "timeout_s": getattr(node, "timeout_s", None),
                "undo": node.undo is not None,
                "conditional": node.when is not None,
            }
            for node in latest.steps
        ],
        "counts": {str(status): count for status, count in counts.items()},
    }


def critical_path(steps: Sequence[StepInfo], expected_s: Mapping[str, float]) -> list[str]:
    """The steps on the longest way through a run, first to last.

    A step that has ended counts with the seconds it took, another with those it takes as a rule, and one of
    which nothing is known with one second.

    Args:
        steps: in the order of the graph, parents first.
        expected_s: by step, the seconds that it takes as a rule.
    """
    length: dict[str, float] = {}
    before: dict[str, str | None] = {}
    for step in steps:
        known = [parent for parent in step.parents if parent in length]
        longest = max(known, key=lambda parent: length[parent], default=None)
        before[step.name] = longest
        length[step.name] = _seconds(step, expected_s) + (length[longest] if longest else 0.0)
    place = max(length, key=lambda name: length[name], default=None)
    path: list[str] = []
    while place is not None:
        path.append(place)
        place = before[place]
    return path[::-1]


def _seconds(step: StepInfo, expected_s: Mapping[str, float]) -> float:
    if step.status is StepStatus.SKIPPED:
        return 0.0
    took = sum(each.seconds or 0.0 for each in step.attempts)
    return took if step.ended_at else max(took, expected_s.get(step.name, 1.0))


def _attempt(attempt: AttemptInfo) -> dict[str, Any]:
    return {
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "seconds": attempt.seconds,
        "error": attempt.error or None,
    }
