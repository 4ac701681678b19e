"""Ranking: tasks in their order, each with reasons that add up, words for them, and a moment of its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from maestro.clock import VirtualClock
from maestro.engine.scheduling.estimator import TaskEstimator, situation
from maestro.engine.scheduling.forecaster import Interval
from maestro.engine.scheduling.priority import FACTORS, Weights
from maestro.engine.scheduling.ranking import Ranking, available, tails_of
from maestro.engine.scheduling.task import NewTask, Task, TaskStatus


@pytest.fixture
def usual(clock: VirtualClock) -> Task:
    """A task that differs from others in nothing."""
    return Task(
        id="usual",
        kind="import",
        workflow="import",
        status=TaskStatus.WAITING,
        deadline=None,
        value=1.0,
        boost=0.0,
        features={},
        resources={},
        submitted_at=clock.now(),
        ready_at=clock.now(),
        admitted_at=None,
        admitted_by="",
        ended_at=None,
        error="",
        foreseen=None,
    )


def even(seconds: float) -> Interval:
    return Interval(seconds, seconds / 2, seconds * 2, seconds)


def seasoned() -> TaskEstimator:
    """Has seen enough imports of about a minute."""
    estimator = TaskEstimator()
    for each in range(12):
        estimator.ended("import", {}, 55.0 + each, ok=True)
        estimator.completed("import", situation(60.0, 0.0, 0.0), 56.0 + each)
    return estimator


def rank(
    clock: VirtualClock,
    tasks: Sequence[Task],
    lengths: Mapping[str, Interval] | None = None,
    *,
    needs: Mapping[str, Sequence[str]] | None = None,
    free: Mapping[str, float] | None = None,
    left_s: Sequence[float] = (),
    strangers: int = 0,
) -> Ranking:
    return Ranking(
        tasks,
        clock.now(),
        weights=Weights(),
        estimator=seasoned(),
        lengths=lengths or {task.id: even(60.0) for task in tasks},
        needs=needs or {},
        left_s=left_s,
        strangers=strangers,
        slots=2,
        patience_s=3_600.0,
        free=free,
    )


def test_parts_add_up_to_the_priority(clock: VirtualClock, usual: Task) -> None:
    due = replace(usual, id="due", deadline=clock.now() + timedelta(minutes=1), value=3.0)
    old = replace(usual, id="old", ready_at=clock.now() - timedelta(minutes=30))
    ranking = rank(clock, [usual, due, old])
    for task in ranking.tasks:
        factors = ranking.factors(task.id)
        assert [each.name for each in factors] == list(FACTORS)
        assert sum(each.contribution for each in factors) == pytest.approx(ranking.priority(task.id))
        for each in factors:
            assert each.contribution == pytest.approx(each.value * each.weight)
            assert each.words.en
            assert each.words.ko
            assert each.shape()["contribution"] == each.contribution
    assert [task.id for task in ranking.tasks] == ["due", "old", "usual"]


def test_the_place_is_explained_by_what_lifts_and_what_holds_back(clock: VirtualClock, usual: Task) -> None:
    late = replace(usual, id="late", deadline=clock.now() - timedelta(hours=2))
    lengths = {"usual": even(5.0), "late": even(900.0)}
    ranking = rank(clock, [usual, late], lengths)
    words = {task.id: ranking.explanation(task.id) for task in ranking.tasks}
    assert words["usual"].en.startswith("Number 1 of 2. For it: It takes about 5 s.")
    assert words["late"].en == "Number 2 of 2. For it: It is 2 h late. Against it: It takes about 15 min."
    assert words["late"].ko == (
        "2개 가운데 2번째입니다. 앞당기는 이유: 기한을 2시간 넘겼습니다. 늦추는 이유: 약 15분 걸립니다."
    )


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("urgency", {}, "It has no deadline."),
        ("history", {}, "98 % of its kind succeed."),
        ("value", {"value": 2.5}, "It is worth 2.5; 1 is usual."),
        ("boost", {}, "Nobody moved it by hand."),
        ("boost", {"boost": 0.5}, "Somebody moved it ahead."),
        ("boost", {"boost": -0.5}, "Somebody moved it back."),
        ("resources", {}, "All that it needs is free."),
        ("resources", {"resources": {"gpu": 2}}, "50 % of what it needs is free."),
        ("dependencies", {}, "Nothing waits for it."),
        ("age", {}, "It has been ready for 0 s."),
    ],
)
def test_each_part_is_said_in_words(
    clock: VirtualClock, usual: Task, name: str, changes: dict[str, object], words: str
) -> None:
    task = replace(usual, **changes)  # type: ignore[arg-type]
    factors = rank(clock, [task], free={"gpu": 1}).factors("usual")
    assert next(each.words.en for each in factors if each.name == name) == words


def test_a_deadline_to_come_is_said_with_what_is_needed(clock: VirtualClock, usual: Task) -> None:
    due = replace(usual, deadline=clock.now() + timedelta(hours=3))
    assert rank(clock, [due]).factors("usual")[0].words.en == "It is due in 3 h and needs about 1 min."


def test_what_others_wait_for_goes_first(clock: VirtualClock, usual: Task) -> None:
    needed = replace(usual, id="needed")
    lengths = {each: even(60.0) for each in ("usual", "needed", "x", "y")}
    ranking = rank(clock, [usual, needed], lengths, needs={"x": ["needed"], "y": ["x"]})
    assert ranking.tasks[0].id == "needed"
    words = [each.words.en for each in ranking.factors("needed") if each.name == "dependencies"]
    assert words == ["Work of about 2 min waits for it."]


def test_the_last_in_line_ends_last(clock: VirtualClock, usual: Task) -> None:
    tasks = [replace(usual, id=f"t{each}") for each in range(20)]
    ranking = rank(clock, tasks, left_s=[30.0, 90.0])
    waits = [ranking.situation(task.id)["wait"] for task in ranking.tasks]
    assert waits == sorted(waits)
    told = [ranking.ends(task.id) for task in ranking.tasks]
    ends = [each for each in told if each is not None]
    assert len(ends) == 20
    assert [each.at for each in ends] == sorted(each.at for each in ends)
    assert all(each.low <= each.at <= each.high for each in ends)
    assert ends[0].low > clock.now() + timedelta(seconds=30)
    assert list(ends[0].shape()) == ["at", "low", "high"]


def test_what_waits_ends_after_a_slot_falls_free_whatever_was_seen_in_quiet_times(
    clock: VirtualClock, usual: Task
) -> None:
    ranking = rank(clock, [usual], {"usual": Interval(60.0, 50.0, 70.0, 60.0)}, left_s=[9_000.0, 9_600.0])
    ends = ranking.ends("usual")
    assert ends is not None
    assert ends.low >= clock.now() + timedelta(seconds=9_050)


def test_no_end_is_told_where_too_little_is_known(clock: VirtualClock, usual: Task) -> None:
    new = replace(usual, id="new", kind="never seen", boost=1.0)
    alone = rank(clock, [new])
    assert (alone.ends("new"), alone.new) == (None, 1)
    assert alone.factors("new")[1].words.en == "Too few of its kind ran to tell how long it takes."
    behind = rank(clock, [new, usual], left_s=[10.0, 20.0], strangers=2)
    assert behind.ends("usual") is None
    free = rank(clock, [new, usual], left_s=[])
    assert free.ends("usual") is not None


def test_a_newcomer_finds_itself_where_it_would_stand(clock: VirtualClock, usual: Task) -> None:
    tasks = [replace(usual, id=f"t{each}") for each in range(20)]
    ranking = rank(clock, tasks)
    short = ranking.situation_of(even(1.0), float("inf"), NewTask("import"))
    long = ranking.situation_of(even(600.0), float("inf"), NewTask("import"))
    assert short["wait"] == 0.0
    assert long["wait"] > 6
    crowded = ranking.situation_of(even(600.0), float("inf"), NewTask("import"), since_s=5_000.0)
    assert crowded["wait"] > long["wait"]


def test_nobody_waiting_is_an_empty_order(clock: VirtualClock) -> None:
    ranking = rank(clock, [])
    assert (ranking.tasks, ranking.backlog_s) == ([], 0.0)
    assert ranking.situation_of(even(1.0), 0.0, NewTask("import"))["wait"] == 0.0


def test_the_scarcest_resource_decides() -> None:
    assert available({"gpu": 2, "ram": 1}, {"gpu": 1, "ram": 5}) == 0.5
    assert available({"gpu": 2}, {}) == 0.0
    assert available({}, {"gpu": 1}) == 1.0
    assert available({"gpu": 2}, None) == 1.0


def test_long_chains_are_measured_without_recursion() -> None:
    needs = {f"t{each}": [f"t{each - 1}"] for each in range(1, 5_000)}
    tails = tails_of(needs, dict.fromkeys(needs, 1.0))
    assert tails["t0"] == 4_999.0
