"""Engine views: the shapes of runs, of tasks and of what is foreseen of them, as the API sends them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from maestro.server.views import Words

RunWord = Literal["queued", "running", "waiting", "succeeded", "failed", "cancelled", "stuck"]
StepWord = Literal["pending", "running", "waiting", "succeeded", "failed", "skipped", "undone", "undo_failed"]
StepKind = Literal["step", "map", "workflow", "approval", "event", "timer"]
WaitKind = Literal["approval", "event", "timer"]
WhereWord = Literal["here", "worker"]


class ProgressView(BaseModel):
    """How far something counted has come."""

    done: int
    total: int


class SecondsView(BaseModel):
    """Seconds: the median, and the interval that holds four of five cases."""

    median: float
    low: float
    high: float


class EndsView(BaseModel):
    """When something will probably end, with the interval that holds four of five cases."""

    ends_at: datetime
    low: datetime
    high: datetime


class BottleneckView(BaseModel):
    """The step that the rest waits for."""

    step: str
    words: Words


class RunView(BaseModel):
    """A run as one line of a list; `took_s` are seconds, once it has ended."""

    id: str
    workflow: str
    version: str
    status: RunWord
    started_at: datetime | None
    ended_at: datetime | None
    took_s: float | None
    error: str | None
    reason: str | None
    executor: str | None
    progress: ProgressView
    estimate: EndsView | None
    parent_id: str | None


class AttemptView(BaseModel):
    """One attempt at a step; `at_s` are seconds since the run was asked for."""

    at_s: float | None
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    error: str | None


class AnswerView(BaseModel):
    """What ended a wait for a person or an event, who said so, and the note."""

    word: Literal["approved", "rejected", "arrived", "timed_out"]
    by: str | None
    note: str | None


class StepWaitView(BaseModel):
    """What a step waits for."""

    kind: WaitKind
    topic: str
    until: datetime | None


class StepView(BaseModel):
    """One step of a run; `parents` are the steps whose results it takes.

    `begins_s` and `ends_s` are seconds since the run was asked for, `took_s` those between the two,
    waits between attempts included; null where it did not begin in this run. `answer` is what ended a wait,
    `undo` are the attempts at taking a step back. `cut` says that inputs or output are longer than what is
    shown; `?full=true` gives all. `held_up` says why no worker takes it although it has begun.
    """

    name: str
    parents: list[str]
    kind: StepKind
    status: StepWord
    started_at: datetime | None
    ended_at: datetime | None
    begins_s: float | None
    ends_s: float | None
    took_s: float | None
    attempts: list[AttemptView]
    error: str | None
    reason: str | None
    inputs: Any
    output: Any
    cut: bool
    where: WhereWord
    worker: str | None
    estimate_s: SecondsView | None
    progress: ProgressView | None
    wait: StepWaitView | None
    answer: AnswerView | None
    undo: list[AttemptView]
    child_run_id: str | None
    failure_probability: float | None
    held_up: Words | None


class RunAdaptationView(BaseModel):
    """An adaptation of the workflow that a run belongs to."""

    at: datetime
    step: str
    what: Words
    kept: bool


class RunCanView(BaseModel):
    """What a manager may do with a run now; `undo` is to cancel it and take back what it did."""

    cancel: bool
    undo: bool
    resume: bool
    restart: bool


class RunDetailView(RunView):
    """A run with its inputs, result and steps; `cut` says that these are longer than what is shown.

    `so_far_s` are seconds since it was asked for, until its end or until now. The steps of the
    `critical_path` decide when it ends: each began when the one before ended, waits for people included.
    """

    inputs: Any
    result: Any
    cut: bool
    restarted_from: str | None
    so_far_s: float
    steps: list[StepView]
    critical_path: list[str]
    bottleneck: BottleneckView | None
    adaptations: list[RunAdaptationView]
    can: RunCanView


class SignalledRunView(RunDetailView):
    """A run that was told something; `note` says where nobody waits for that now."""

    note: Words | None


class DefinedStepView(BaseModel):
    """A step as its workflow declares it."""

    name: str
    parents: list[str]
    kind: StepKind
    where: WhereWord
    resources: dict[str, float]
    retries: int
    timeout_s: float | None
    undo: bool
    conditional: bool


class DefinedInputView(BaseModel):
    """An input of a workflow; one that is not required has a value of its own in every step that takes it."""

    name: str
    required: bool


class DefinitionView(BaseModel):
    """A workflow that this process knows: inputs and steps are of its latest version, runs of all."""

    name: str
    versions: list[str]
    inputs: list[DefinedInputView]
    steps: list[DefinedStepView]
    counts: dict[RunWord, int]


class DefinitionList(BaseModel):
    """Every workflow that this process knows."""

    items: list[DefinitionView]


class WaitView(BaseModel):
    """A step that waits for a person, an event or a time."""

    run_id: str
    workflow: str
    step: str
    kind: WaitKind
    topic: str
    since: datetime
    until: datetime | None
    words: Words


class ShortageView(BaseModel):
    """A moment at which more work waits than the tasks worked at once get through.

    `needed` and `available` count tasks at once (`scheduler.slots`), not workers.
    """

    at: datetime
    needed: float
    available: float
    words: Words


class FactorView(BaseModel):
    """One part of a priority: its value, how much it counts, and what it adds."""

    name: str
    value: float
    weight: float
    contribution: float
    words: Words


class TaskEndsView(BaseModel):
    """When a task will probably be done, with the interval that holds four of five cases."""

    at: datetime
    low: datetime
    high: datetime


TaskWord = Literal["waiting", "admitted", "done", "failed", "cancelled"]
TaskWaitWord = Literal["approval", "event", "timer", "executor"]


class TaskView(BaseModel):
    """A task of the backlog with its explained priority.

    `waits_for` is what the run of an admitted task waits for; it takes no slot meanwhile, and nobody can tell
    when it `ends`. `estimate_s` and `ends` are null too where too few of its kind have run.
    """

    id: str
    kind: str
    workflow: str
    status: TaskWord
    waits_for: TaskWaitWord | None
    priority: float
    factors: list[FactorView]
    explanation: Words
    deadline: datetime | None
    value: float
    boost: float
    submitted_at: datetime
    admitted_at: datetime | None
    ended_at: datetime | None
    run_id: str | None
    error: str
    estimate_s: SecondsView | None
    ends: TaskEndsView | None
    age_s: float


class MeasuredBottleneckView(BottleneckView):
    """What holds the runs of a workflow up most.

    That is the work of a step, the `wait` for somebody to work it, or for an answer, an event or a time.
    """

    workflow: str
    kind: Literal["work", "wait", "approval", "event", "timer"]
    worker: str
    share: float
    seconds: float


class TaskForecastView(BaseModel):
    """What the backlog comes to: work, tasks at once, shortage, bottleneck, and a better order, if any.

    `backlog_s` is null where too little is known of most of what waits. `slots` are the tasks worked at once,
    `at_work` those worked now, `pausing` those admitted whose runs wait and take no slot.
    """

    backlog_s: float | None
    slots: int
    at_work: int
    pausing: int
    shortage: ShortageView | None
    bottleneck: MeasuredBottleneckView | None
    proposed_order: list[str]
    gain_s: float
