"""Run times: where steps stand in seconds, and which of them decide when their run ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from maestro.engine.run import AttemptInfo, RunDetail, RunStatus, StepInfo, StepStatus
from maestro.server.run_times import RunTimes, run_times

from .conftest import NOON


def attempt(at: float, seconds: float | None, error: str = "") -> AttemptInfo:
    """An attempt `at` seconds after its run was asked for."""
    started_at = NOON + timedelta(seconds=at)
    ended_at = None if seconds is None else started_at + timedelta(seconds=seconds)
    return AttemptInfo(started_at, ended_at, seconds, error)


def step(
    name: str,
    *parents: str,
    status: StepStatus = StepStatus.SUCCEEDED,
    attempts: tuple[AttemptInfo, ...] = (),
) -> StepInfo:
    return StepInfo(name, parents, status, attempts, "")


def times(*steps: StepInfo, so_far_s: float = 100, status: RunStatus = RunStatus.RUNNING) -> RunTimes:
    run = RunDetail("r", "nightly", status, NOON, None, "", steps=steps)
    return run_times(run, NOON + timedelta(seconds=so_far_s), {"pack": 30.0, "ship": 5.0})


def test_steps_stand_where_they_were() -> None:
    found = times(step("a", attempts=(attempt(2, 3),)), step("b", "a", attempts=(attempt(6, 1),)))
    assert {name: (span.begins_s, span.ends_s) for name, span in found.spans.items()} == {
        "a": (2.0, 5.0),
        "b": (6.0, 7.0),
    }
    assert found.so_far_s == 100


def test_a_step_took_as_long_as_all_its_attempts_with_the_waits_between() -> None:
    found = times(step("a", attempts=(attempt(0, 0.1, "down"), attempt(2.5, 0.2)))).spans["a"]
    assert found.took_s == pytest.approx(2.7)
    assert found.attempts_s == (0.0, 2.5)


def test_a_step_at_work_has_no_end_yet() -> None:
    found = times(step("a", status=StepStatus.RUNNING, attempts=(attempt(4, None),))).spans["a"]
    assert (found.begins_s, found.ends_s, found.took_s) == (4.0, None, None)


def test_a_wait_began_when_its_inputs_were_there_whichever_process_ended_it() -> None:
    asked = replace(step("ask", "a", attempts=(attempt(50, 10),)), kind="approval")
    found = times(step("a", attempts=(attempt(0, 3),)), asked).spans["ask"]
    assert (found.begins_s, found.ends_s) == (3.0, 60.0)


def test_a_wait_that_goes_on_began_when_its_inputs_were_there() -> None:
    asked = replace(step("ask", "a", status=StepStatus.WAITING), kind="event")
    found = times(step("a", attempts=(attempt(0, 3),)), asked).spans["ask"]
    assert (found.begins_s, found.ends_s) == (3.0, None)


def test_no_step_begins_before_those_end_that_it_depends_on() -> None:
    found = times(step("a", attempts=(attempt(0, 3),)), step("b", "a", attempts=(attempt(2.9, 0.05),)))
    assert found.spans["b"].begins_s == 3.0
    assert found.spans["b"].took_s == pytest.approx(0.05)
    assert found.deciding == ("a", "b")


def test_what_was_taken_over_from_another_run_did_not_begin_in_this_one() -> None:
    steps = (step("a", attempts=(attempt(-3_600, 5),)), step("b", "a", attempts=(attempt(1, 2),)))
    run = RunDetail("r", "nightly", RunStatus.SUCCEEDED, NOON, NOON + timedelta(seconds=3.5), "", steps=steps)
    found = run_times(replace(run, restarted_from="r0"), NOON, {})
    assert set(found.spans) == {"b"}
    assert (found.so_far_s, found.deciding, found.longest) == (3.5, ("b",), "b")


def test_what_decides_the_end_includes_the_wait_for_a_person() -> None:
    asked = replace(step("ask", "a", attempts=(attempt(1, 60),)), kind="approval")
    found = times(
        step("a", attempts=(attempt(0, 1),)),
        step("heavy", "a", attempts=(attempt(1, 20),)),
        asked,
        step("ship", "heavy", "ask", attempts=(attempt(61, 1),)),
        status=RunStatus.SUCCEEDED,
    )
    assert found.deciding == ("a", "ask", "ship")
    assert found.longest == "ask"


def test_what_is_still_to_go_counts_as_long_as_is_expected() -> None:
    found = times(
        step("a", attempts=(attempt(0, 90),)),
        step("pack", "a", status=StepStatus.PENDING),
        step("ship", "a", status=StepStatus.PENDING),
        step("sign", "pack", status=StepStatus.PENDING),
    )
    assert found.deciding == ("a", "pack", "sign")
    assert found.longest == "a"


def test_a_way_goes_through_what_was_skipped() -> None:
    found = times(
        step("a", attempts=(attempt(0, 3),)),
        step("b", "a", status=StepStatus.SKIPPED),
        step("c", "b", attempts=(attempt(3, 1),)),
        status=RunStatus.SUCCEEDED,
    )
    assert found.deciding == ("a", "b", "c")


def test_of_a_run_that_is_over_nothing_more_is_expected() -> None:
    found = times(
        step("a", attempts=(attempt(0, 3),)),
        step("pack", "a", status=StepStatus.PENDING),
        status=RunStatus.CANCELLED,
    )
    assert (set(found.spans), found.deciding) == ({"a"}, ("a",))


def test_a_run_in_which_nothing_took_time_has_no_longest_step() -> None:
    assert times(status=RunStatus.QUEUED).longest is None
