"""Run pictures: what is known of a run, and what may be done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maestro.clock import VirtualClock
from maestro.engine.adaptation.adaptation import Adaptation, AdaptationState, Knob
from maestro.engine.observation import PastRun, PastStep
from maestro.engine.run import AttemptInfo, RunDetail, RunStatus, StepInfo, StepStatus
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.server.run_pictures import detail_picture

from .conftest import NOON


def done(name: str, seconds: float, *parents: str) -> StepInfo:
    attempt = AttemptInfo(NOON, NOON + timedelta(seconds=seconds), seconds, "")
    return StepInfo(name, parents, StepStatus.SUCCEEDED, (attempt,), "")


def past(name: str, seconds: float) -> PastStep:
    return PastStep(
        name,
        worker="local",
        on_worker=False,
        ok=True,
        ended_s=0.0,
        waited_s=0.0,
        seconds=seconds,
        worked_s=seconds,
        items=0,
    )


def pending(name: str, *parents: str) -> StepInfo:
    return StepInfo(name, parents, StepStatus.PENDING, (), "")


def run(status: RunStatus, *steps: StepInfo) -> RunDetail:
    return RunDetail("r", "nightly", status, NOON, None, "", steps=steps)


@pytest.fixture
def book() -> EtaBook:
    return EtaBook(VirtualClock(NOON))


@pytest.mark.parametrize(
    ("status", "can"),
    [
        (RunStatus.RUNNING, {"cancel": True, "resume": False, "restart": False}),
        (RunStatus.WAITING, {"cancel": True, "resume": False, "restart": False}),
        (RunStatus.CANCELLED, {"cancel": False, "resume": True, "restart": True}),
        (RunStatus.FAILED, {"cancel": False, "resume": True, "restart": True}),
        (RunStatus.SUCCEEDED, {"cancel": False, "resume": False, "restart": True}),
    ],
)
def test_what_may_be_done_depends_on_where_it_stands(
    book: EtaBook, status: RunStatus, can: dict[str, bool]
) -> None:
    seen = run(status, done("a", 1), pending("b", "a"))
    picture = detail_picture(seen, estimates=book, adaptations=())
    assert picture["can"] == can
    assert picture["progress"] == {"done": 1, "total": 2}
    assert (picture["error"], picture["executor"], picture["parent_id"]) == (None, None, None)
    assert picture["estimate"] is None, "nothing is known of step b yet"


def test_what_was_learned_says_when_it_ends_and_what_holds_it_up(book: EtaBook) -> None:
    for _ in range(30):
        book.recall(PastRun("nightly", [past("a", 1), past("b", 9), past("c", 2)]))
    seen = run(RunStatus.RUNNING, done("a", 1), pending("b", "a"), pending("c", "a"))
    picture = detail_picture(seen, estimates=book, adaptations=())
    assert list(picture["critical_path"]) == ["a", "b"]
    assert picture["bottleneck"]["step"] == "b"
    assert set(picture["bottleneck"]["words"]) == {"en", "ko"}
    assert 8 < picture["steps"][1]["estimate_s"]["mean"] < 10
    assert set(picture["estimate"]) == {"ends_at", "low", "high"}


def test_adaptations_of_its_workflow_are_told(book: EtaBook) -> None:
    kept = Adaptation("1", "local", "nightly", "a", Knob.WIDTH, 1, 4, NOON, state=AdaptationState.KEPT)
    picture = detail_picture(run(RunStatus.RUNNING), estimates=book, adaptations=[kept])
    assert picture["adaptations"][0]["kept"]
    assert picture["adaptations"][0]["what"]["en"] == "Work 4 chunks at once instead of 1."
