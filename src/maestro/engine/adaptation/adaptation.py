"""Adaptation: the record of one thing that the engine does differently, on trial, kept or reverted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from maestro.engine.adaptation.switchback import Switchback
from maestro.engine.words import Words, duration_words

Value = int | float | str


class Knob(StrEnum):
    """What can be done differently at a step."""

    CHUNK_SIZE = "chunk_size"
    WIDTH = "width"
    WHERE = "where"
    DELAY = "delay"
    REROUTE = "reroute"
    REFUSE = "refuse"


class AdaptationState(StrEnum):
    """Where an adaptation stands."""

    TRIAL = "trial"
    KEPT = "kept"
    REVERTED = "reverted"


@dataclass(frozen=True)
class Adaptation:
    """One thing done differently.

    Args:
        id: of the adaptation.
        executor: whose runs it changes.
        workflow: of which workflow.
        step: at which step.
        knob: what is changed.
        before: its value before.
        after: its value in the runs that are done the other way.
        at: when it was first tried, on the engine's clock.
        evidence: what the runs of the trial say.
        state: on trial, kept or reverted.
        gain: what it is measured to gain: as a share of the pace for chunk size, width and place; in points
            of success for a delay or another place on predicted failure; None while nothing is measured.
        by: who reverted it; empty where the measurement did.
        ended_at: when it was last decided upon.
    """

    id: str
    executor: str
    workflow: str
    step: str
    knob: Knob
    before: Value
    after: Value
    at: datetime
    evidence: Switchback = field(default_factory=Switchback)
    state: AdaptationState = AdaptationState.TRIAL
    gain: float | None = None
    by: str = ""
    ended_at: datetime | None = None

    @property
    def what(self) -> Words:
        """What is done differently, in a sentence."""
        return _sentence(self.knob, self.before, self.after)

    def shape(self) -> dict[str, Any]:
        """As the API sends it."""
        return {
            "id": self.id,
            "workflow": self.workflow,
            "step": self.step,
            "what": self.what.shape(),
            "at": self.at,
            "before": self.before,
            "after": self.after,
            "gain": self.gain,
            "state": str(self.state),
            "runs": self.evidence.before + self.evidence.after,
            "by": self.by,
        }


def _sentence(knob: Knob, before: Value, after: Value) -> Words:
    if knob is Knob.CHUNK_SIZE:
        return Words(
            f"Work {after} items in one chunk instead of {before}.",
            f"한 묶음에 {before}개 대신 {after}개씩 처리합니다.",
        )
    if knob is Knob.WIDTH:
        return Words(
            f"Work {after} chunks at once instead of {before}.",
            f"묶음을 {before}개 대신 {after}개씩 동시에 처리합니다.",
        )
    if knob is Knob.WHERE:
        return Words(f"Run it {_PLACES[str(after)].en}.", f"{_PLACES[str(after)].ko} 실행합니다.")
    if knob is Knob.DELAY:
        wait = duration_words(float(after))
        return Words(
            f"Wait {wait.en} before a start that would probably fail.",
            f"실패할 것으로 예상되면 {wait.ko} 기다렸다가 시작합니다.",
        )
    if knob is Knob.REROUTE:
        return Words(
            f"Run it {_PLACES[str(after)].en} when it would probably fail.",
            f"실패할 것으로 예상되면 {_PLACES[str(after)].ko} 실행합니다.",
        )
    return Words(
        "Do not begin what would almost certainly fail.", "거의 확실히 실패할 작업은 시작하지 않습니다."
    )


_PLACES = {
    "here": Words("in this process", "이 프로세스에서"),
    "worker": Words("on a worker", "작업자에서"),
}


def copied(one: Adaptation) -> Adaptation:
    """As it stands now, safe from what later runs add to its evidence."""
    return replace(one, evidence=Switchback.of(one.evidence.state()))
