"""Bottleneck: which step, or the wait for whom, holds the runs of a workflow up most, as measured."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass

from maestro.clock import Clock
from maestro.engine.observation import PastRun, RunOutcome, StepOutcome, WaitOutcome
from maestro.engine.words import Words, duration_words

_RUNS = 50
"""Ended runs of a workflow that are looked at."""
_OPEN = 2_000
_SAME_S = 0.05
"""Seconds by which the end of a step and the readiness of the next may lie apart."""


@dataclass(frozen=True)
class Bottleneck:
    """What holds runs up most.

    Args:
        workflow: of which workflow.
        step: the step concerned.
        kind: `work` where the step itself takes long, `wait` where it waits for somebody to work it;
            `approval`, `event` or `timer` where runs wait for that.
        worker: who worked it most often; empty for a wait or a sub-workflow.
        share: of the time that runs of this workflow take, between 0 and 1.
        seconds: a run, in the mean.
        words: the same as a sentence.
    """

    workflow: str
    step: str
    kind: str
    worker: str
    share: float
    seconds: float
    words: Words

    def shape(self) -> dict[str, object]:
        """As the API sends it."""
        return {
            "workflow": self.workflow,
            "step": self.step,
            "kind": self.kind,
            "worker": self.worker,
            "share": self.share,
            "seconds": self.seconds,
            "words": self.words.shape(),
        }


@dataclass(frozen=True)
class _Worked:
    """A step that was worked, or a wait: when its inputs were there, when it began and ended, in seconds."""

    step: str
    worker: str
    ready_s: float
    began_s: float
    ended_s: float
    kind: str = "work"


@dataclass(frozen=True)
class _Held:
    """What one run was held up by on the way that was longest."""

    step: str
    kind: str
    worker: str
    seconds: float


class BottleneckFinder:
    """Measures where runs spend their time; an observer of the engine.

    Args:
        clock: stamps the ends of steps; the machine's, for what is measured is real.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: OrderedDict[str, tuple[str, list[_Worked]]] = OrderedDict()
        self._runs: dict[str, deque[list[_Held]]] = defaultdict(lambda: deque(maxlen=_RUNS))

    def step_ended(self, outcome: StepOutcome) -> None:
        """Note when a step was ready, began and ended."""
        ended = self._clock.now().timestamp()
        began = ended - outcome.seconds
        worked = _Worked(outcome.step, outcome.worker, began - outcome.waited_s, began, ended)
        self._note(outcome.run_id, outcome.workflow, worked)

    def wait_ended(self, outcome: WaitOutcome) -> None:
        """Note how long a run waited for a person, an event, a time or another run."""
        ended = self._clock.now().timestamp()
        began = ended - outcome.seconds
        waited = _Worked(outcome.step, "", began, began, ended, _held_by(outcome.kind))
        self._note(outcome.run_id, outcome.workflow, waited)

    def _note(self, run_id: str, workflow: str, worked: _Worked) -> None:
        self._open.setdefault(run_id, (workflow, []))[1].append(worked)
        if len(self._open) > _OPEN:
            self._open.popitem(last=False)

    def run_ended(self, outcome: RunOutcome) -> None:
        """Walk back from the last step of a run along what it waited for."""
        found = self._open.pop(outcome.run_id, None)
        if found is not None:
            self._runs[outcome.workflow].append(_way_back(found[1]))

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
        """Nothing to measure."""

    def recall(self, run: PastRun) -> None:
        """Measure a run of former times."""
        worked = []
        for each in run.steps:
            began = each.ended_s - each.seconds
            ready = began - each.waited_s
            worked.append(_Worked(each.step, each.worker, ready, began, each.ended_s, _held_by(each.kind)))
        if worked:
            self._runs[run.workflow].append(_way_back(worked))

    def find(self, workflows: Collection[str] | None = None) -> Bottleneck | None:
        """The worst bottleneck among these workflows, or all; None where no run has ended yet.

        Args:
            workflows: names, such as those that have runs now.
        """
        names = sorted(self._runs if workflows is None else set(workflows) & set(self._runs))
        found = [each for each in (self._of(name) for name in names) if each is not None]
        return max(found, key=lambda each: each.seconds, default=None)

    def _of(self, workflow: str) -> Bottleneck | None:
        runs = self._runs[workflow]
        sums: dict[tuple[str, str], float] = defaultdict(float)
        workers: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for held in (each for run in runs for each in run):
            sums[held.step, held.kind] += held.seconds
            workers[held.step][held.worker] += held.seconds
        total = sum(sums.values())
        if total <= 0:
            return None
        (step, kind), seconds = max(sums.items(), key=lambda item: (item[1], item[0]))
        worker = max(workers[step].items(), key=lambda item: (item[1], item[0]))[0]
        share, mean = seconds / total, seconds / len(runs)
        return Bottleneck(
            workflow, step, kind, worker, share, mean, _words(workflow, step, kind, share, mean)
        )


def _way_back(steps: list[_Worked]) -> list[_Held]:
    """What held a run up, from its last step back: its work, its wait, then the step that it waited for."""
    held: list[_Held] = []
    left = list(steps)
    here = max(left, key=lambda each: each.ended_s, default=None)
    while here is not None:
        held.append(_Held(here.step, here.kind, here.worker, here.ended_s - here.began_s))
        held.append(_Held(here.step, "wait", here.worker, here.began_s - here.ready_s))
        ready = here.ready_s
        left = [each for each in left if each is not here and each.ended_s <= ready + _SAME_S]
        here = max(left, key=lambda each: each.ended_s, default=None)
    return held


_WAITS = {
    "wait": Words("for somebody to work {}", "{} 단계를 맡을 작업자를"),
    "approval": Words("for a person's answer at {}", "{} 단계에서 사람의 답을"),
    "event": Words("for the event of {}", "{} 단계의 이벤트를"),
    "timer": Words("until the time of {} has come", "{} 단계의 시각이 될 때까지"),
}


def _held_by(kind: str) -> str:
    """What holds a run up, by the kind of a step: a sub-workflow is work too."""
    return kind if kind in {"approval", "event", "timer"} else "work"


def _words(workflow: str, step: str, kind: str, share: float, seconds: float) -> Words:
    percent, length = round(100 * share), duration_words(seconds)
    if kind in _WAITS:
        what = _WAITS[kind]
        return Words(
            f"Runs of {workflow} wait {length.en} {what.en.format(step)}, {percent} % of their time.",
            f"{workflow} 실행은 {what.ko.format(step)} {length.ko} 기다립니다(전체 시간의 {percent}%).",
        )
    return Words(
        f"Step {step} takes {length.en} of a run of {workflow}, {percent} % of its time.",
        f"{workflow} 실행에서 {step} 단계가 {length.ko} 걸립니다(전체 시간의 {percent}%).",
    )
