"""View: a task as others see it, with its priority, its reasons and what is foreseen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from maestro.engine.scheduling.bottleneck import Bottleneck
from maestro.engine.scheduling.explanation import Factor
from maestro.engine.scheduling.forecaster import Interval
from maestro.engine.scheduling.ranking import Ends
from maestro.engine.scheduling.shortage import Shortage
from maestro.engine.scheduling.task import Task, TaskStatus
from maestro.engine.words import Words


@dataclass(frozen=True)
class TaskView:
    """A task, explained.

    Args:
        task: the task.
        priority: the sum of the contributions of its factors; 0 where it is not waiting to begin.
        factors: the parts of its priority.
        explanation: why it stands where it stands.
        length: seconds that its run takes; None where too few of its kind have run.
        ends: when it will be done; None where it has ended, waits for others or for a person, or where too
            little is known.
        age_s: seconds since it was submitted, until it ended.
    """

    task: Task
    priority: float
    factors: Sequence[Factor]
    explanation: Words
    length: Interval | None
    ends: Ends | None
    age_s: float

    def shape(self) -> dict[str, object]:
        """As the API sends it."""
        task = self.task
        return {
            "id": task.id,
            "kind": task.kind,
            "workflow": task.workflow,
            "status": task.status.value,
            "waits_for": task.waits_for if task.waits else None,
            "priority": self.priority,
            "factors": [each.shape() for each in self.factors],
            "explanation": self.explanation.shape(),
            "deadline": _iso(task.deadline),
            "value": task.value,
            "boost": task.boost,
            "submitted_at": _iso(task.submitted_at),
            "admitted_at": _iso(task.admitted_at),
            "ended_at": _iso(task.ended_at),
            "run_id": None if task.admitted_at is None else task.run_id,
            "error": task.error,
            "estimate_s": None if self.length is None else self.length.shape(),
            "ends": None if self.ends is None else self.ends.shape(),
            "age_s": self.age_s,
        }


@dataclass(frozen=True)
class Forecast:
    """What the scheduler foresees.

    Args:
        backlog_s: expected work that waits, in seconds; None where too little is known of most of it.
        slots: tasks that are worked at once.
        at_work: tasks that are worked now.
        pausing: admitted tasks whose runs wait for a person, an event or a time, and take no slot.
        shortage: too few tasks at once in the next hours; None where not.
        bottleneck: what holds running workflows up most; None where nothing was measured.
        proposed_order: ids of waiting tasks in a better order; empty where the present one is as good.
        gain_s: seconds of completion and lateness weighed by value that it would save.
    """

    backlog_s: float | None
    slots: int
    at_work: int
    pausing: int
    shortage: Shortage | None
    bottleneck: Bottleneck | None
    proposed_order: Sequence[str]
    gain_s: float

    def shape(self) -> dict[str, object]:
        """As the API sends it."""
        return {
            "backlog_s": self.backlog_s,
            "slots": self.slots,
            "at_work": self.at_work,
            "pausing": self.pausing,
            "shortage": None if self.shortage is None else self.shortage.shape(),
            "bottleneck": None if self.bottleneck is None else self.bottleneck.shape(),
            "proposed_order": list(self.proposed_order),
            "gain_s": self.gain_s,
        }


_PLAIN = {
    TaskStatus.WAITING: Words("It waits for tasks that it needs.", "필요한 다른 작업이 끝나기를 기다립니다."),
    TaskStatus.ADMITTED: Words("It is being worked.", "처리하고 있습니다."),
    TaskStatus.DONE: Words("It is done.", "끝났습니다."),
    TaskStatus.FAILED: Words("It failed.", "실패했습니다."),
    TaskStatus.CANCELLED: Words("It was cancelled.", "취소되었습니다."),
}
_PAUSES = {
    "approval": Words("It waits for a person's answer.", "사람의 답을 기다립니다."),
    "event": Words("It waits for an event.", "이벤트를 기다립니다."),
    "timer": Words("It waits for its time.", "정해진 시각을 기다립니다."),
    "executor": Words("It waits for an executor that knows it.", "이 작업을 아는 실행기를 기다립니다."),
}

_NEW = Words("It has only just been asked for.", "방금 접수되었습니다.")


def plain_words(task: Task) -> Words:
    """What to say of a task that has no place in the order."""
    if task.status is TaskStatus.WAITING and task.ready_at is not None:
        return _NEW
    if task.waits:
        return _PAUSES[task.waits_for]
    return _PLAIN[task.status]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
