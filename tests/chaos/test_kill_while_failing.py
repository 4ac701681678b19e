"""Kill -9 before and after every commit of a failing run: a fresh process takes back all that was done."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("failing_program.py")
UNDOABLE = {"order-7/reserve", "order-7/ship/label"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All cases, played by a program that forks a process for each life."""
    folder = tmp_path_factory.mktemp("failing")
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder)], capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((folder / "cases.json").read_text())
    return found


def began(played: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases whose run was committed before the kill, and the one without a kill."""
    return [case for case in (played["whole"], *played["cases"]) if case["result"]]


def undos(case: dict[str, Any], by: str = "") -> list[str]:
    """The undos that had an effect, in order; those of one process where it is named."""
    return [
        each["key"] for each in case["effects"] if each["key"].endswith("/undo") and by in {"", each["by"]}
    ]


def test_every_commit_was_a_case(played: dict[str, Any]) -> None:
    assert played["count"] >= 20
    assert len(played["cases"]) == 2 * played["count"]
    # what happens side by side is not committed in the same order each time, so the last may be left out
    assert all(case.get("second", 0) == 0 for case in played["cases"])
    assert sum(case["first"] == -9 for case in played["cases"]) >= 2 * played["count"] - 6
    assert len(began(played)) >= len(played["cases"]) - 1


def test_the_run_fails_for_its_own_reason_and_nothing_stays_open(played: dict[str, Any]) -> None:
    for case in began(played):
        found = case["result"]
        assert found["words"] == "no money", case
        assert found["runs"]["order-7"] == "failed", case
        assert found["runs"].get("order-7/ship", "failed") == "failed", case
        assert found["waits"] == 0


def test_all_that_is_recorded_as_done_is_taken_back_inside_first(played: dict[str, Any]) -> None:
    for case in began(played):
        steps = dict(case["result"]["steps"])
        done = [key for key in UNDOABLE if steps.get(key) == "succeeded"]
        if case["result"]["finished"]:
            done.append("order-7/ship/pack")
        for key in done:
            assert steps[f"{key}/undo"] == "succeeded", case
            assert f"{key}/undo" in undos(case), case
        names = [
            name for name, _ in case["result"]["steps"] if name.startswith("order-7/") and "undo" in name
        ]
        if "order-7/ship/undo" in names:
            assert names.index("order-7/ship/undo") < names.index("order-7/reserve/undo"), case
        assert undos(case)[-1] == "order-7/reserve/undo", case


def test_an_undo_of_a_map_gets_the_finished_items_each_time(played: dict[str, Any]) -> None:
    for case in began(played):
        given = [each["items"] for each in case["effects"] if each["items"] is not None]
        assert given, case
        assert all(items == case["result"]["finished"] for items in given), case


def test_an_undo_that_is_recorded_is_never_worked_again(played: dict[str, Any]) -> None:
    for case in began(played):
        before = {f"order-7/{each}" for each in case.get("recorded", ())}
        before |= {f"order-7/ship/{each}" for each in case.get("recorded", ())}
        assert not before & set(undos(case, "second")), case
        assert all(undos(case).count(key) <= 2 for key in undos(case)), case
