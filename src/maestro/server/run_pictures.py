"""Run pictures: runs, their steps and their definitions as the API sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from maestro.engine.adaptation.adaptation import Adaptation, AdaptationState
from maestro.engine.graph import Graph
from maestro.engine.run import AttemptInfo, RunDetail, RunInfo, RunStatus, StepInfo, StepStatus
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.words import Words
from maestro.server.shortening import shortened

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
        "took_s": run.took_s,
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
    estimates: EtaBook,
    adaptations: Sequence[Adaptation],
    full: bool = False,
) -> dict[str, Any]:
    """A run with everything known of it.

    Args:
        run: the run with its steps.
        estimates: knows how long its steps take.
        adaptations: of its workflow.
        full: whether inputs and outputs are given whole, however long they are.
    """
    estimate = estimates.run(run)
    through = sum(step.status in _THROUGH for step in run.steps)
    return {
        **run_picture(run, (through, len(run.steps)), estimate.shape() if estimate else None),
        **_values(full, inputs=run.inputs),
        "steps": [
            step_picture(step, found.shape() if found else None, full=full)
            for step in run.steps
            for found in (estimates.step(run.workflow, step.name),)
        ],
        "critical_path": estimates.critical_path(run),
        "bottleneck": _bottleneck(estimates.bottleneck(run)),
        "adaptations": [_adaptation(each) for each in adaptations],
        "can": {
            "cancel": not run.status.ended,
            "resume": run.status in _RESUMABLE,
            "restart": run.status.ended,
        },
    }


def step_picture(step: StepInfo, expected: Mapping[str, float] | None, *, full: bool) -> dict[str, Any]:
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
        **_values(full, inputs=step.inputs, output=step.output),
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


def _values(full: bool, **values: Any) -> dict[str, Any]:
    """Values by name, short enough for a page unless all of them is wanted."""
    if full:
        return {**values, "cut": False}
    shorter = {name: shortened(value) for name, value in values.items()}
    return {name: value for name, (value, _) in shorter.items()} | {
        "cut": any(cut for _, cut in shorter.values())
    }


def _bottleneck(step: str | None) -> dict[str, Any] | None:
    if step is None:
        return None
    words = Words(
        f"Step {step} is the longest on the longest way through this run.",
        f"{step} 단계가 이 실행에서 가장 긴 경로의 가장 긴 단계입니다.",
    )
    return {"step": step, "words": words.shape()}


def _adaptation(adaptation: Adaptation) -> dict[str, Any]:
    return {
        "at": adaptation.at,
        "step": adaptation.step,
        "what": adaptation.what.shape(),
        "kept": adaptation.state is AdaptationState.KEPT,
    }


def _attempt(attempt: AttemptInfo) -> dict[str, Any]:
    return {
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "seconds": attempt.seconds,
        "error": attempt.error or None,
    }
