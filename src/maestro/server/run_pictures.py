"""Run pictures: runs, their steps and their definitions as the API sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from maestro.engine.adaptation.adaptation import Adaptation, AdaptationState
from maestro.engine.graph import Graph
from maestro.engine.run import AttemptInfo, RunDetail, RunInfo, RunStatus, StepInfo, StepStatus
from maestro.engine.run_progress import Done
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.words import Words
from maestro.server.run_times import Span, run_times
from maestro.server.shortening import shortened

_RESUMABLE = {RunStatus.CANCELLED, RunStatus.STUCK, RunStatus.FAILED}
_SUCCEEDED = {StepStatus.SUCCEEDED, StepStatus.UNDONE, StepStatus.UNDO_FAILED}


def progress_of(status: RunStatus, done: Done, total: int) -> tuple[int, int]:
    """Steps that are through, and steps in all; of a failed run only those that succeeded count."""
    through = done.succeeded if status is RunStatus.FAILED else done.succeeded + done.skipped
    return through, max(total, done.succeeded + done.skipped)


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
    now: datetime,
    held_up: Mapping[str, Words] | None = None,
    full: bool = False,
) -> dict[str, Any]:
    """A run with everything known of it.

    Args:
        run: the run with its steps.
        estimates: knows how long its steps take.
        adaptations: of its workflow.
        now: on the machine's clock.
        held_up: why tasks of workers wait that nobody could do, by their keys.
        full: whether inputs and outputs are given whole, however long they are.
    """
    estimate = estimates.run(run)
    expected = {step.name: estimates.step(run.workflow, step.name) for step in run.steps}
    times = run_times(run, now, {name: found.median for name, found in expected.items() if found})
    return {
        **run_picture(run, _progress(run), estimate.shape() if estimate else None),
        **_values(full, inputs=run.inputs, result=run.result),
        "restarted_from": run.restarted_from or None,
        "so_far_s": times.so_far_s,
        "steps": [
            {
                **step_picture(step, times.spans.get(step.name), found.shape() if found else None, full=full),
                "held_up": _held_up(f"{run.id}/{step.name}", step, held_up or {}),
            }
            for step in run.steps
            for found in (expected[step.name],)
        ],
        "critical_path": times.deciding,
        "bottleneck": _bottleneck(times.longest),
        "adaptations": [_adaptation(each) for each in adaptations],
        "can": {
            "cancel": not run.status.ended,
            "undo": not run.status.ended and any(each.undoable for each in run.steps),
            "resume": run.status in _RESUMABLE and not (run.status is RunStatus.FAILED and run.rolled_back),
            "restart": run.status.ended,
        },
    }


def step_picture(
    step: StepInfo, span: Span | None, expected: Mapping[str, float] | None, *, full: bool
) -> dict[str, Any]:
    """A step of a run.

    Args:
        step: the step.
        span: where it stands in its run; None where it did not begin in it.
        expected: seconds of life that it should take, where somebody knows.
        full: whether input and output are given whole, however long they are.
    """
    wait = step.wait
    attempts_s = span.attempts_s if span else ()
    return {
        "name": step.name,
        "parents": step.parents,
        "kind": step.kind,
        "status": step.status,
        "started_at": step.started_at,
        "ended_at": step.ended_at,
        "begins_s": span.begins_s if span else None,
        "ends_s": span.ends_s if span else None,
        "took_s": span.took_s if span else None,
        "attempts": [_attempt(*each) for each in zip_longest(step.attempts, attempts_s)],
        "error": step.error or None,
        "reason": step.reason or None,
        **_values(full, inputs=step.inputs, output=step.output),
        "where": step.where,
        "worker": step.worker or None,
        "estimate_s": expected,
        "progress": {"done": step.progress[0], "total": step.progress[1]} if step.progress else None,
        "wait": {"kind": wait.kind, "topic": wait.topic, "until": wait.until} if wait else None,
        "answer": _answer(step),
        "undo": [_attempt(each, None) for each in step.undo],
        "child_run_id": step.child_run_id or None,
        "failure_probability": step.failure_probability,
    }


def _held_up(key: str, step: StepInfo, waiting: Mapping[str, Words]) -> dict[str, str] | None:
    """Why nobody works a step that has begun; the tasks of a map have its key and a number."""
    if step.status is not StepStatus.RUNNING:
        return None
    return next(
        (words.shape() for task, words in waiting.items() if task == key or task.startswith(f"{key}/")), None
    )


def definition_picture(
    name: str, versions: Sequence[Graph], counts: Mapping[RunStatus, int]
) -> dict[str, Any]:
    """A workflow: its versions, the steps of the latest, and its runs by status."""
    latest = versions[-1]
    return {
        "name": name,
        "versions": [each.version for each in versions],
        "inputs": [{"name": each, "required": each in latest.required_inputs} for each in latest.inputs],
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
        f"Step {step} takes the most of the time until this run ends.",
        f"이 실행이 끝나기까지 {step} 단계가 가장 오래 걸립니다.",
    )
    return {"step": step, "words": words.shape()}


def _adaptation(adaptation: Adaptation) -> dict[str, Any]:
    return {
        "at": adaptation.at,
        "step": adaptation.step,
        "what": adaptation.what.shape(),
        "kept": adaptation.state is AdaptationState.KEPT,
    }


def _progress(run: RunDetail) -> tuple[int, int]:
    succeeded = sum(step.status in _SUCCEEDED for step in run.steps)
    skipped = sum(step.status is StepStatus.SKIPPED for step in run.steps)
    return progress_of(run.status, Done(succeeded, skipped), len(run.steps))


def _answer(step: StepInfo) -> dict[str, Any] | None:
    """What ended a wait for a person or an event: a yes or no, a signal, or the end of its time."""
    found = step.output
    if step.kind not in {"approval", "event"} or not isinstance(found, Mapping):
        return None
    word = "arrived" if step.kind == "event" else "approved" if found.get("approved") else "rejected"
    return {
        "word": "timed_out" if found.get("timed_out") else word,
        "by": found.get("by") or None,
        "note": found.get("note") or None,
    }


def _attempt(attempt: AttemptInfo, at_s: float | None) -> dict[str, Any]:
    return {
        "at_s": at_s,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "seconds": attempt.seconds,
        "error": attempt.error or None,
    }
