"""Kill -9 before and after every commit of a workflow: a fresh process ends it, and nothing is lost."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("boundary_program.py")
RESULT = {"thank": 40 + 12}
KEYS = {f"order-7/{step}" for step in ("reserve", "bill", "label", "thank", "pack/0", "pack/1", "pack/2")}
NO_EFFECT = {"order-7/refund", "order-7/pack"}
# the run, its claim, six steps, one failed attempt, two chunks of a map, the outcome
BOUNDARIES = 12
ITEMS = {"pack/0": {"order-7/pack/0", "order-7/pack/1"}, "pack/2": {"order-7/pack/2"}}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All cases, played by a program that forks a process for each life."""
    folder = tmp_path_factory.mktemp("boundaries")
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((folder / "cases.json").read_text())
    return found


def worked(case: dict[str, Any], by: str) -> Counter[str]:
    """How often each idempotency key was seen outside."""
    return Counter(each["key"] for each in case["effects"] if each["by"] == by)


def recorded(case: dict[str, Any]) -> set[str]:
    """The keys whose work was recorded when the first process died; for a map, those of its items."""
    items = {key for each in case["recorded"] for key in ITEMS.get(each, {f"order-7/{each}"})}
    return items - NO_EFFECT


def test_every_commit_was_a_case(played: dict[str, Any]) -> None:
    assert played["whole"]["result"] == RESULT
    assert played["count"] == BOUNDARIES
    expected = {(n, moment) for n in range(1, BOUNDARIES + 1) for moment in ("before", "after")}
    assert {(case["kill_at"], case["moment"]) for case in played["cases"]} == expected
    assert all(case["first"] == -9 and case["second"] == 0 for case in played["cases"])


def test_no_acknowledged_run_is_lost(played: dict[str, Any]) -> None:
    for case in played["cases"]:
        never_begun = case["result"] == {} and not case["acknowledged"] and not case["effects"]
        assert case["result"] == RESULT or never_begun, case
    assert sum(case["result"] == {} for case in played["cases"]) == 1  # killed before the run was committed


def test_a_recorded_step_or_item_is_never_worked_again(played: dict[str, Any]) -> None:
    for case in played["cases"]:
        assert not set(worked(case, "second")) & recorded(case), case


def test_a_step_that_was_cut_off_is_worked_again_with_the_same_key(played: dict[str, Any]) -> None:
    again = 0
    for case in played["cases"]:
        assert {each["key"] for each in case["effects"]} <= KEYS
        if case["result"]:
            left = KEYS - recorded(case)
            assert set(worked(case, "second")) == left, case
            again += sum(bool(worked(case, "first")[key]) for key in left)
    assert again >= 6


def test_a_step_whose_condition_does_not_hold_is_worked_by_nobody(played: dict[str, Any]) -> None:
    assert all(each["step"] != "refund" for case in played["cases"] for each in case["effects"])


def test_attempts_are_counted_across_the_crash(played: dict[str, Any]) -> None:
    for case in played["cases"]:
        tries = [(each["by"], each["attempt"]) for each in case["effects"] if each["step"] == "label"]
        assert [attempt for _, attempt in tries] in ([], [1, 2], [1, 1, 2], [1, 2, 2]), case
