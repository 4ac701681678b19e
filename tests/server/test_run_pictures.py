"""Run pictures: what is known of a run, and what may be done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maestro.clock import VirtualClock
from maestro.engine.adaptation.adaptation import Adaptation, AdaptationState, Knob
from maestro.engine.observation import PastRun, PastStep
from maestro.engine.run import AttemptInfo, RunDetail, RunStatus, StepInfo, StepStatus
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.words import Words
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
        (RunStatus.RUNNING, {"cancel": True, "undo": False, "resume": False, "restart": False}),
        (RunStatus.WAITING, {"cancel": True, "undo": False, "resume": False, "restart": False}),
        (RunStatus.CANCELLED, {"cancel": False, "undo": False, "resume": True, "restart": True}),
        (RunStatus.FAILED, {"cancel": False, "undo": False, "resume": True, "restart": True}),
        (RunStatus.SUCCEEDED, {"cancel": False, "undo": False, "resume": False, "restart": True}),
    ],
)
def test_what_may_be_done_depends_on_where_it_stands(
    book: EtaBook, status: RunStatus, can: dict[str, bool]
) -> None:
    seen = run(status, done("a", 1), pending("b", "a"))
    picture = detail_picture(seen, estimates=book, adaptations=(), now=NOON)
    assert picture["can"] == can
    assert picture["progress"] == {"done": 1, "total": 2}
    assert (picture["error"], picture["executor"], picture["parent_id"]) == (None, None, None)
    assert picture["estimate"] is None, "nothing is known of step b yet"


def test_what_could_be_taken_back_may_be_cancelled_and_undone(book: EtaBook) -> None:
    step = replace(done("pay", 1), undoable=True)
    going = detail_picture(run(RunStatus.RUNNING, step), estimates=book, adaptations=(), now=NOON)
    over = detail_picture(run(RunStatus.SUCCEEDED, step), estimates=book, adaptations=(), now=NOON)
    assert (going["can"]["undo"], over["can"]["undo"]) == (True, False)


def test_a_run_that_was_rolled_back_is_not_offered_to_be_resumed(book: EtaBook) -> None:
    seen = replace(run(RunStatus.FAILED, done("pay", 1)), rolled_back=True)
    picture = detail_picture(seen, estimates=book, adaptations=(), now=NOON)
    assert picture["can"] == {"cancel": False, "undo": False, "resume": False, "restart": True}


def test_of_a_failed_run_only_what_succeeded_counts(book: EtaBook) -> None:
    failed = StepInfo("ship", ("pay",), StepStatus.FAILED, (), "no stock")
    skipped = StepInfo("tell", ("ship",), StepStatus.SKIPPED, (), "")
    undone = replace(done("pay", 1), status=StepStatus.UNDONE)
    broken = run(RunStatus.FAILED, undone, failed, skipped)
    routed = run(RunStatus.SUCCEEDED, done("pay", 1), skipped)
    pictures = [detail_picture(each, estimates=book, adaptations=(), now=NOON) for each in (broken, routed)]
    assert [each["progress"] for each in pictures] == [{"done": 1, "total": 3}, {"done": 2, "total": 2}]


@pytest.mark.parametrize(
    ("kind", "output", "word"),
    [
        ("approval", {"approved": True, "note": "", "by": "", "timed_out": False}, "approved"),
        ("approval", {"approved": False, "note": "", "by": "", "timed_out": False}, "rejected"),
        ("approval", {"approved": False, "note": "", "by": "", "timed_out": True}, "timed_out"),
        ("event", {"payload": 1, "by": "", "timed_out": False}, "arrived"),
        ("event", {"payload": None, "by": "", "timed_out": True}, "timed_out"),
    ],
)
def test_what_ended_a_wait_is_told(book: EtaBook, kind: str, output: dict[str, Any], word: str) -> None:
    step = replace(done("ask", 1), kind=kind, output=output)
    picture = detail_picture(run(RunStatus.SUCCEEDED, step), estimates=book, adaptations=(), now=NOON)
    assert picture["steps"][0]["answer"] == {"word": word, "by": None, "note": None}


def test_who_decided_is_told_with_the_note(book: EtaBook) -> None:
    output = {"approved": False, "note": "too dear", "by": "owner@shop.test", "timed_out": False}
    asked = replace(done("ask", 1), kind="approval", output=output)
    seen = run(RunStatus.SUCCEEDED, asked, done("book", 1, "ask"))
    steps = detail_picture(seen, estimates=book, adaptations=(), now=NOON)["steps"]
    assert steps[0]["answer"] == {"word": "rejected", "by": "owner@shop.test", "note": "too dear"}
    assert steps[1]["answer"] is None


def test_what_came_out_and_how_it_was_undone_is_told(book: EtaBook) -> None:
    undo = AttemptInfo(NOON, NOON, 0.5, "")
    seen = run(RunStatus.SUCCEEDED, replace(done("pay", 1), undo=(undo,)))
    seen = replace(seen, result={"pay": 12}, restarted_from="r0")
    picture = detail_picture(seen, estimates=book, adaptations=(), now=NOON)
    assert (picture["result"], picture["restarted_from"]) == ({"pay": 12}, "r0")
    assert [each["seconds"] for each in picture["steps"][0]["undo"]] == [0.5]


def test_what_was_learned_says_when_it_ends_and_what_holds_it_up(book: EtaBook) -> None:
    for _ in range(30):
        book.recall(PastRun("nightly", [past("a", 1), past("b", 9), past("c", 2)]))
    seen = run(RunStatus.RUNNING, done("a", 1), pending("b", "a"), pending("c", "a"))
    picture = detail_picture(seen, estimates=book, adaptations=(), now=NOON)
    assert list(picture["critical_path"]) == ["a", "b"]
    assert picture["bottleneck"]["step"] == "b"
    assert set(picture["bottleneck"]["words"]) == {"en", "ko"}
    assert 8 < picture["steps"][1]["estimate_s"]["median"] < 10
    assert set(picture["estimate"]) == {"ends_at", "low", "high"}


def test_adaptations_of_its_workflow_are_told(book: EtaBook) -> None:
    kept = Adaptation("1", "local", "nightly", "a", Knob.WIDTH, 1, 4, NOON, state=AdaptationState.KEPT)
    picture = detail_picture(run(RunStatus.RUNNING), estimates=book, adaptations=[kept], now=NOON)
    assert picture["adaptations"][0]["kept"]
    assert picture["adaptations"][0]["what"]["en"] == "Work 4 chunks at once instead of 1."


def test_a_step_that_no_worker_could_do_says_why(book: EtaBook) -> None:
    def working(name: str) -> StepInfo:
        return StepInfo(name, (), StepStatus.RUNNING, (), "", where="worker")

    steps = (working("train"), working("each"), working("other"), pending("later", "train"))
    picture = detail_picture(
        run(RunStatus.RUNNING, *steps),
        estimates=book,
        adaptations=(),
        now=NOON,
        held_up={
            "r/train": Words("No GPU.", "GPU가 없습니다."),
            "r/each/12": Words("No licence.", "라이선스가 없습니다."),
            "r/later": Words("Not begun.", "시작 전입니다."),
            "r2/other": Words("Of another run.", "다른 실행입니다."),
        },
    )
    told = {step["name"]: step["held_up"] and step["held_up"]["en"] for step in picture["steps"]}
    assert told == {"train": "No GPU.", "each": "No licence.", "other": None, "later": None}
