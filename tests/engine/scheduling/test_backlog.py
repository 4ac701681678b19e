"""Backlog: tasks are kept, changed, admitted exactly once and ended exactly once, on each database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, insert, select

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.backlog_tables import TASKS
from maestro.engine.scheduling.task import NewTask, Task, TaskStatus
from maestro.errors import ConflictError, InputError, NotFoundError, PermanentError


def asked(task_id: str = "", *, needs: tuple[str, ...] = (), **more: float) -> NewTask:
    return NewTask("replenish", {"rows": 5}, id=task_id, needs=needs, **more)  # type: ignore[arg-type]


def test_a_task_is_kept_as_it_was_asked_for(backlog: Backlog, clock: VirtualClock) -> None:
    due = clock.now() + timedelta(hours=2)
    new = NewTask("replenish", {"rows": 5}, kind="nightly", deadline=due, value=3, resources={"gpu": 1})
    task = backlog.submit(new, {"length_s": 4.0})
    assert backlog.get(task.id) == task
    assert (task.workflow, task.kind, task.deadline, task.value) == ("replenish", "nightly", due, 3)
    assert (task.status, task.submitted_at, task.ready_at) == ("waiting", clock.now(), clock.now())
    assert backlog.inputs(task.id) == {"rows": 5}
    assert task.resources == {"gpu": 1}
    assert task.foreseen == {"length_s": 4.0}
    assert task.run_id == f"task-{task.id}"


def test_the_kind_is_the_workflow_unless_told_otherwise(backlog: Backlog) -> None:
    assert backlog.submit(asked()).kind == "replenish"


def test_asking_twice_with_one_id_is_asking_once(backlog: Backlog) -> None:
    first = backlog.submit(asked("night"))
    assert backlog.submit(asked("night")) == first
    assert backlog.count() == 1


def test_an_id_cannot_mean_two_tasks(backlog: Backlog) -> None:
    backlog.submit(asked("night"))
    with pytest.raises(ConflictError, match="night is another one"):
        backlog.submit(NewTask("replenish", {"rows": 6}, id="night"))


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (asked(value=-1), "cannot be worth"),
        (asked(value=float("nan")), "cannot be worth"),
        (asked(boost=1.5), "cannot be boosted"),
        (asked("x" * 65), "too long"),
        (asked("  "), "empty"),
        (asked("me", needs=("me",)), "needs itself"),
        (asked(needs=("nobody",)), "no task nobody"),
        (NewTask("replenish", deadline=datetime(2026, 1, 1)), "no time zone"),  # noqa: DTZ001
    ],
)
def test_what_makes_no_sense_is_refused(backlog: Backlog, new: NewTask, words: str) -> None:
    with pytest.raises(InputError, match=words):
        backlog.submit(new)
    assert backlog.count() == 0


def test_inputs_must_be_plain_data(backlog: Backlog) -> None:
    with pytest.raises(PermanentError, match="cannot keep"):
        backlog.submit(NewTask("replenish", {"rows": object()}))


def test_priority_inputs_change_at_any_time(backlog: Backlog, clock: VirtualClock) -> None:
    task = backlog.submit(asked("night"))
    due = clock.now() + timedelta(hours=1)
    assert backlog.change(task.id, deadline=due, value=9).value == 9
    assert backlog.change(task.id, boost=0.5).deadline == due
    assert backlog.change(task.id, deadline=None).deadline is None
    assert backlog.change(task.id) == backlog.get(task.id)


def test_an_ended_task_does_not_change(backlog: Backlog) -> None:
    task = backlog.submit(asked("night"))
    backlog.cancel(task.id)
    with pytest.raises(ConflictError, match="cancelled already"):
        backlog.change(task.id, value=2)
    with pytest.raises(InputError, match="boosted"):
        backlog.change(task.id, boost=7)


def test_an_unknown_task_is_said_to_be_unknown(backlog: Backlog) -> None:
    calls: list[Callable[[], object]] = [
        lambda: backlog.get("x"),
        lambda: backlog.inputs("x"),
        lambda: backlog.cancel("x"),
        lambda: backlog.change("x", value=1),
    ]
    for call in calls:
        with pytest.raises(NotFoundError, match="no task x"):
            call()


def test_one_of_many_who_try_admits_a_task(backlog: Backlog) -> None:
    task = backlog.submit(asked())
    taken: list[str] = []

    def try_it(name: str) -> None:
        if backlog.claim(task.id, name):
            taken.append(name)

    threads = [threading.Thread(target=try_it, args=(f"executor-{each}",)) for each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == 1
    assert backlog.get(task.id).admitted_by == taken[0]


def test_a_claim_is_given_back_only_by_its_owner(backlog: Backlog) -> None:
    task = backlog.submit(asked())
    backlog.claim(task.id, "one")
    assert not backlog.give_back(task.id, "two")
    assert backlog.give_back(task.id, "one")
    assert backlog.get(task.id).status is TaskStatus.WAITING


def test_the_first_outcome_is_kept(backlog: Backlog, clock: VirtualClock) -> None:
    task = backlog.submit(asked())
    assert not backlog.end(task.id, TaskStatus.DONE)  # not admitted yet
    backlog.claim(task.id, "one")
    clock.set(clock.now() + timedelta(seconds=30))
    assert backlog.end(task.id, TaskStatus.FAILED, "no stock")
    assert not backlog.end(task.id, TaskStatus.DONE)
    ended = backlog.get(task.id)
    assert (ended.status, ended.error, ended.seconds()) == ("failed", "no stock", 30.0)
    assert ended.age_s(clock.now() + timedelta(days=1)) == 30.0


def test_a_waiting_task_has_no_length(backlog: Backlog) -> None:
    with pytest.raises(ValueError, match="not run to its end"):
        backlog.submit(asked()).seconds()


def test_a_running_task_is_not_taken_out_of_the_backlog(backlog: Backlog) -> None:
    task = backlog.submit(asked())
    backlog.claim(task.id, "one")
    assert not backlog.cancel(task.id)


def test_what_needs_others_begins_after_them(backlog: Backlog, clock: VirtualClock) -> None:
    backlog.submit(asked("a"))
    backlog.submit(asked("b"))
    last = backlog.submit(asked("c", needs=("a", "b")))
    assert last.ready_at is None
    assert not backlog.claim("c", "one")
    assert backlog.links() == {"c": ["a", "b"]}
    done(backlog, "a")
    assert backlog.get("c").ready_at is None
    clock.set(clock.now() + timedelta(minutes=1))
    done(backlog, "b")
    assert backlog.get("c").ready_at == clock.now()
    assert backlog.links() == {}
    assert backlog.claim("c", "one")


def test_what_needs_done_tasks_is_ready_at_once(backlog: Backlog) -> None:
    backlog.submit(asked("a"))
    done(backlog, "a")
    assert backlog.submit(asked("b", needs=("a",))).ready_at is not None


def test_what_needs_a_task_that_fails_is_cancelled_down_the_chain(backlog: Backlog) -> None:
    backlog.submit(asked("a"))
    backlog.submit(asked("b", needs=("a",)))
    backlog.submit(asked("c", needs=("b",)))
    backlog.claim("a", "one")
    backlog.end("a", TaskStatus.FAILED, "no stock")
    assert backlog.get("b").error == "Task a, which it needs, did not succeed."
    assert [backlog.get(each).status for each in "bc"] == ["cancelled", "cancelled"]
    with pytest.raises(InputError, match="a did not succeed"):
        backlog.submit(asked("d", needs=("a",)))


def test_needs_that_end_at_once_release_what_waits(backlog: Backlog) -> None:
    needs = tuple(f"need-{each}" for each in range(6))
    for each in needs:
        backlog.submit(asked(each))
        backlog.claim(each, "one")
    backlog.submit(asked("last", needs=needs))
    threads = [threading.Thread(target=backlog.end, args=(each, TaskStatus.DONE)) for each in needs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert backlog.get("last").ready_at is not None


def test_pages_are_filtered_and_young_first(backlog: Backlog, clock: VirtualClock) -> None:
    for each in ("a1", "a2", "b1"):
        clock.set(clock.now() + timedelta(seconds=1))
        backlog.submit(NewTask("count" if each == "b1" else "replenish", id=each))
    backlog.cancel("a1")
    assert ids(backlog.page()) == ["b1", "a2", "a1"]
    assert ids(backlog.page(limit=1, offset=1)) == ["a2"]
    assert ids(backlog.page(status=["waiting"])) == ["b1", "a2"]
    assert ids(backlog.page(kind="replenish")) == ["a2", "a1"]
    assert ids(backlog.page(text="COUNT")) == ["b1"]
    assert backlog.page(text="%") == []
    assert backlog.count(status=["cancelled"], text="a") == 1
    with pytest.raises(InputError, match="no task status lost"):
        backlog.page(status=["lost"])


def test_history_is_told_from_the_oldest_and_since_a_moment(backlog: Backlog, clock: VirtualClock) -> None:
    begin = clock.now()
    for each in "abc":
        backlog.submit(asked(each))
        clock.set(clock.now() + timedelta(minutes=1))
        done(backlog, each)
    assert ids(backlog.ended(2)) == ["b", "c"]
    assert ids(backlog.ended(9, begin + timedelta(minutes=1))) == ["b", "c"]
    assert ids(backlog.submitted_since(begin, 9)) == ["b", "c"]
    assert ids(backlog.submitted_since(begin, 1)) == ["c"]
    backlog.claim(backlog.submit(asked("d")).id, "one")
    assert ids(backlog.admitted()) == ["d"]


def test_what_ended_long_ago_is_forgotten(backlog: Backlog, clock: VirtualClock) -> None:
    begin = clock.now()
    for each, needs in (("a", ()), ("b", ("a",)), ("c", ())):
        clock.set(clock.now() + timedelta(days=1))
        backlog.submit(asked(each, needs=needs))
    done(backlog, "a")
    done(backlog, "b")
    assert backlog.forget(begin) == 0
    clock.set(clock.now() + timedelta(days=30))
    assert backlog.forget(clock.now()) == 2
    assert ids(backlog.page()) == ["c"]


def test_thousands_of_tasks_stay_fast(records: Database, clock: VirtualClock) -> None:
    backlog = Backlog(records, clock)
    first = backlog.submit(asked("first"))
    others = [column for column in TASKS.c if column.name != "id"]
    rows = select(bindparam("new_id"), *others).where(TASKS.c.id == first.id)
    copy = insert(TASKS).from_select(["id", *(column.name for column in others)], rows)
    with records.session() as session:
        for each in range(5_000):
            session.execute(copy, {"new_id": f"task-{each}"})
    began = time.perf_counter()
    assert len(backlog.waiting()) == 5_001
    assert len(backlog.page(limit=50, offset=4_000)) == 50
    assert backlog.claim("task-77", "one")
    assert time.perf_counter() - began < 5.0


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["claim", "back", "done", "fail", "cancel"]), st.integers(0, 2))))
def test_a_task_is_admitted_by_one_and_ends_once(
    records: Database, clock: VirtualClock, steps: list[tuple[str, int]]
) -> None:
    backlog = Backlog(records, clock)
    task_id = backlog.submit(asked()).id
    owner, ends = None, 0
    for step, who in steps:
        name = f"executor-{who}"
        if step == "claim" and backlog.claim(task_id, name):
            assert owner is None
            owner = name
        elif step == "back" and backlog.give_back(task_id, name):
            assert owner == name
            owner = None
        elif step in {"done", "fail"}:
            ends += backlog.end(task_id, TaskStatus.DONE if step == "done" else TaskStatus.FAILED)
        elif step == "cancel":
            ends += backlog.cancel(task_id)
    assert ends <= 1
    assert backlog.get(task_id).status.ended == (ends == 1)


def done(backlog: Backlog, task_id: str) -> None:
    assert backlog.claim(task_id, "one")
    assert backlog.end(task_id, TaskStatus.DONE)


def ids(tasks: object) -> list[str]:
    assert isinstance(tasks, list)
    return [task.id for task in tasks if isinstance(task, Task)]
