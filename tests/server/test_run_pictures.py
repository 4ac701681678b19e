"""Run pictures: the longest way through a run, and what may be done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maestro.engine.run import AttemptInfo, RunDetail, RunStatus, StepInfo, StepStatus
from maestro.server.run_pictures import critical_path, detail_picture

from .conftest import NOON


def done(name: str, seconds: float, *parents: str) -> StepInfo:
    attempt = AttemptInfo(NOON, NOON + timedelta(seconds=seconds), seconds, "")
    return StepInfo(name, parents, StepStatus.SUCCEEDED, (attempt,), "")


def pending(name: str, *parents: str) -> StepInfo:
    return StepInfo(name, parents, StepStatus.PENDING, (), "")


def test_the_longest_way_goes_by_what_steps_took() -> None:
    steps = [done("a", 1), done("b", 5, "a"), done("c", 2, "a"), done("d", 1, "b", "c")]
    assert critical_path(steps, {}) == ["a", "b", "d"]


def test_steps_ahead_count_with_what_they_take_as_a_rule() -> None:
    steps = [done("a", 1), pending("b", "a"), pending("c", "a"), pending("d", "b", "c")]
    assert critical_path(steps, {"b": 2.0, "c": 9.0}) == ["a", "c", "d"]
    assert critical_path([], {}) == []


def test_a_skipped_step_is_no_way() -> None:
    skipped = StepInfo("b", ("a",), StepStatus.SKIPPED, (), "")
    assert critical_path([done("a", 1), skipped, pending("c", "a")], {"b": 50.0}) == ["a", "c"]


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
def test_what_may_be_done_depends_on_where_it_stands(status: RunStatus, can: dict[str, bool]) -> None:
    run = RunDetail("r", "nightly", status, NOON, None, "", steps=(done("a", 1), pending("b", "a")))
    picture = detail_picture(run, estimate=None, expected={}, bottleneck=None, adaptations=())
    assert picture["can"] == can
    assert picture["progress"] == {"done": 1, "total": 2}
    assert (picture["error"], picture["executor"], picture["parent_id"]) == (None, None, None)
