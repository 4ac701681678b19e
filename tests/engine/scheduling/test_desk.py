"""Desk: tasks are asked for, changed, listed in order, explained and foreseen, as the API sends them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.bottleneck import BottleneckFinder
from maestro.engine.scheduling.desk import TaskDesk
from maestro.engine.scheduling.experience import Experience
from maestro.engine.scheduling.pauses import Pauses
from maestro.engine.scheduling.task import TaskStatus
from maestro.engine.waiting import OPEN, OVER, WaitRow
from maestro.errors import ConflictError, InputError, NotFoundError
from maestro.settings import SchedulerSettings

SETTINGS = SchedulerSettings(slots=2)


@pytest.fixture
def kept(records: Database, clock: VirtualClock) -> Backlog:
    return Backlog(records, clock)


@pytest.fixture
def desk(kept: Backlog, records: Database, clock: VirtualClock) -> TaskDesk:
    experience = Experience(kept, records, clock, SETTINGS, executor_id="one", seed=1)
    return TaskDesk(kept, experience, clock, SETTINGS, finder=BottleneckFinder(clock), check=check)


def check(workflow: str, _inputs: Mapping[str, Any]) -> None:
    if workflow == "unknown":
        raise NotFoundError("There is no workflow called unknown.")


async def finish(kept: Backlog, desk: TaskDesk, clock: VirtualClock, task_id: str, seconds: float) -> None:
    assert kept.claim(task_id, "one")
    await clock.advance(seconds=seconds)
    assert kept.end(task_id, TaskStatus.DONE)
    desk.learned()


def begin_wait(records: Database, clock: VirtualClock, run_id: str) -> None:
    row = WaitRow(run_id=run_id, step="sign", workflow="ask", kind="approval", topic="sign", words="Sign?")
    with records.session() as session:
        row.since, row.until, row.state, row.outcome = clock.now(), None, OPEN, None
        session.add(row)


def end_waits(records: Database) -> None:
    with records.session() as session:
        session.execute(update(WaitRow).values(state=OVER))


def test_a_task_is_sent_as_the_api_promises(desk: TaskDesk, clock: VirtualClock) -> None:
    due = clock.now() + timedelta(hours=1)
    shape = desk.submit("replenish", {"rows": 5}, deadline=due, value=2.0, task_id="t1").shape()
    assert {
        name: shape[name] for name in ("id", "kind", "workflow", "status", "value", "run_id", "age_s")
    } == {
        "id": "t1",
        "kind": "replenish",
        "workflow": "replenish",
        "status": "waiting",
        "value": 2.0,
        "run_id": None,
        "age_s": 0.0,
    }
    assert shape["deadline"] == due.isoformat()
    assert isinstance(shape["factors"], list)
    assert sum(each["contribution"] for each in shape["factors"]) == pytest.approx(shape["priority"])
    assert isinstance(shape["explanation"], dict)
    assert shape["explanation"]["en"].startswith("Number 1 of 1.")
    assert (shape["estimate_s"], shape["ends"], shape["waits_for"]) == (None, None, None)


def test_what_could_never_begin_is_refused(desk: TaskDesk) -> None:
    with pytest.raises(NotFoundError):
        desk.submit("unknown", {})
    assert desk.list()[1] == 0


def test_a_change_moves_a_task_at_once(desk: TaskDesk) -> None:
    for each in ("a", "b", "c"):
        desk.submit("replenish", {}, task_id=each)
    assert [view.task.id for view in desk.list()[0]] == ["a", "b", "c"]
    desk.change("c", boost=1.0, value=None)
    assert [view.task.id for view in desk.list()[0]] == ["c", "a", "b"]
    desk.change("a", boost=-1.0)
    assert [view.task.id for view in desk.list()[0]] == ["c", "b", "a"]


async def test_the_list_has_the_waiting_by_priority_and_then_the_rest_by_age(
    desk: TaskDesk, kept: Backlog, clock: VirtualClock
) -> None:
    for each in ("a", "b", "c", "d", "e"):
        await clock.advance(seconds=2)
        desk.submit("replenish", {}, kind="early" if each < "c" else "late", task_id=each)
    kept.cancel("a")
    kept.claim("b", "one")
    await clock.advance(seconds=2)
    desk.change("e", boost=1.0)

    def ids(**asked: Any) -> tuple[list[str], int]:
        views, total = desk.list(**asked)
        return [view.task.id for view in views], total

    assert ids() == (["e", "c", "d", "b", "a"], 5)
    assert ids(limit=2) == (["e", "c"], 5)
    assert ids(limit=2, offset=2) == (["d", "b"], 5)
    assert ids(limit=2, offset=4) == (["a"], 5)
    assert ids(status=["waiting"]) == (["e", "c", "d"], 3)
    assert ids(status=["admitted", "waiting"], kind="early") == (["b"], 1)
    assert ids(status=["cancelled"]) == (["a"], 1)
    assert ids(text="LATE") == (["e", "c", "d"], 3)
    with pytest.raises(InputError, match="no task status"):
        desk.list(status=["lost"])


def test_a_task_that_has_just_begun_is_listed_once(desk: TaskDesk, kept: Backlog) -> None:
    for each in ("a", "b"):
        desk.submit("replenish", {}, task_id=each)
    assert [view.task.status for view in desk.list()[0]] == ["waiting", "waiting"]
    kept.claim("a", "one")  # the order is as young as can be, and does not know yet
    assert [(view.task.id, view.task.status) for view in desk.list()[0]] == [
        ("b", "waiting"),
        ("a", "admitted"),
    ]
    assert desk.list()[1] == 2


async def test_a_task_that_waits_for_others_says_so(desk: TaskDesk) -> None:
    desk.submit("replenish", {}, task_id="first")
    held = desk.submit("replenish", {}, task_id="second", needs=["first"])
    assert (held.priority, held.factors, held.ends) == (0.0, (), None)
    assert held.explanation.en == "It waits for tasks that it needs."
    assert [view.task.id for view in desk.list()[0]] == ["first", "second"]


async def test_a_running_task_is_foreseen_from_how_long_it_has_run(
    desk: TaskDesk, kept: Backlog, clock: VirtualClock
) -> None:
    for each in range(40):
        desk.submit("replenish", {"rows": 3}, task_id=f"t{each}")
        await finish(kept, desk, clock, f"t{each}", 20 + each % 5)
    desk.submit("replenish", {"rows": 3}, task_id="now")
    kept.claim("now", "one")
    begun = clock.now()
    view = desk.get("now")
    assert view.length is not None
    assert view.length.mean == pytest.approx(22, rel=0.1)
    assert view.ends is not None
    assert (view.ends.at - begun).total_seconds() == pytest.approx(22, rel=0.15)
    await clock.advance(seconds=20)
    later = desk.get("now").ends
    assert later is not None
    assert 0 < (later.at - clock.now()).total_seconds() < 10
    kept.end("now", TaskStatus.DONE)
    shape = desk.get("now").shape()
    assert (shape["ends"], shape["run_id"], shape["age_s"]) == (None, "task-now", 20.0)


async def test_what_was_foreseen_at_submission_is_learned_from(
    desk: TaskDesk, kept: Backlog, clock: VirtualClock
) -> None:
    for each in range(60):
        desk.submit("replenish", {"rows": 3}, task_id=f"t{each}")
        await finish(kept, desk, clock, f"t{each}", 5.0)
    foreseen = desk.submit("replenish", {"rows": 3}).task.foreseen
    assert foreseen is not None
    assert foreseen["completion"]["median"] == pytest.approx(5.0, rel=0.2)


def test_the_forecast_is_sent_as_the_api_promises(desk: TaskDesk) -> None:
    shape = desk.forecast().shape()
    assert shape == {
        "backlog_s": 0.0,
        "slots": 2,
        "at_work": 0,
        "pausing": 0,
        "shortage": None,
        "bottleneck": None,
        "proposed_order": [],
        "gain_s": 0.0,
    }


async def test_a_backlog_is_told_once_its_kinds_are_known(
    desk: TaskDesk, kept: Backlog, clock: VirtualClock
) -> None:
    for each in range(200):
        view = desk.submit("replenish", {}, task_id=f"t{each}")
    assert view.explanation.en == "It has only just been asked for."
    assert (desk.forecast().backlog_s, desk.forecast().shortage) == (None, None)
    for each in range(3):
        await finish(kept, desk, clock, f"t{each}", 60.0)
    later = desk.forecast()
    assert later.backlog_s == pytest.approx(197 * 60, rel=0.2)
    assert later.shortage is not None
    assert later.shortage.needed > 2


async def test_a_better_order_names_tasks(desk: TaskDesk, kept: Backlog, clock: VirtualClock) -> None:
    for each in range(3):
        desk.submit("replenish", {}, task_id=f"t{each}")
        await finish(kept, desk, clock, f"t{each}", 60.0)
    desk.submit("replenish", {}, task_id="boosted", boost=1.0)
    desk.submit("replenish", {}, task_id="due", deadline=clock.now() + timedelta(seconds=61), value=50)
    desk.submit("replenish", {}, task_id="other", boost=1.0)
    found = desk.forecast()
    assert set(found.proposed_order) == {"boosted", "due", "other"}
    assert found.proposed_order.index("due") < 2
    assert found.gain_s > 0


async def test_twelve_like_ten_that_took_a_minute_end_within_minutes(
    kept: Backlog, records: Database, clock: VirtualClock
) -> None:
    eight = SchedulerSettings(slots=8)
    desk = TaskDesk(
        kept, Experience(kept, records, clock, eight, executor_id="one", seed=1), clock, eight, check=check
    )
    for each in range(20):
        desk.submit("quick", {"n": each}, task_id=f"q{each}")
        await finish(kept, desk, clock, f"q{each}", 0.05)
    for each in range(10):
        desk.submit("slow", {"n": each}, task_id=f"s{each}")
        await finish(kept, desk, clock, f"s{each}", 60.0)
    desk.submit("slow", {"n": 10}, task_id="bad")
    kept.claim("bad", "one")
    await clock.advance(seconds=2)
    kept.end("bad", TaskStatus.FAILED, "no")
    desk.learned()
    for each in range(12):
        desk.submit("slow", {"n": each}, task_id=f"n{each}")
    for each in range(8):
        kept.claim(f"n{each}", "one")
    await clock.advance(seconds=28)
    views = desk.list(status=["admitted", "waiting"])[0]
    ends = {view.task.id: view.ends for view in views}
    for view in views:
        assert view.length is not None
        assert view.length.median == pytest.approx(60, rel=0.05)
        assert view.length.low <= view.length.mean <= view.length.high
    at_work = [each.at for name, each in ends.items() if each and int(name[1:]) < 8]
    waiting = [each for name, each in ends.items() if each and int(name[1:]) >= 8]
    assert (len(at_work), len(waiting)) == (8, 4)
    assert max(at_work) < clock.now() + timedelta(seconds=45)
    for later in waiting:
        assert max(at_work) < later.low <= later.at <= later.high < clock.now() + timedelta(minutes=4)
    found = desk.forecast()
    assert (found.at_work, found.pausing, found.shortage) == (8, 0, None)
    assert found.backlog_s == pytest.approx(240, rel=0.2)


async def test_a_task_whose_run_waits_for_a_person_is_not_at_work(
    desk: TaskDesk, kept: Backlog, records: Database, clock: VirtualClock
) -> None:
    for each in range(4):
        desk.submit("ask", {}, task_id=f"t{each}")
        await finish(kept, desk, clock, f"t{each}", 60.0)
    desk.submit("ask", {}, task_id="asks")
    kept.claim("asks", "one")
    await clock.advance(seconds=10)
    begin_wait(records, clock, "task-asks")
    pauses = Pauses(records, clock)
    pauses.look()
    await clock.advance(seconds=86_400)
    view = desk.get("asks")
    assert (view.shape()["status"], view.shape()["waits_for"], view.ends) == ("admitted", "approval", None)
    assert view.explanation.en == "It waits for a person's answer."
    desk.submit("ask", {}, task_id="next")
    found = desk.forecast()
    assert (found.at_work, found.pausing) == (0, 1)
    following = desk.get("next").ends
    assert following is not None
    assert following.at < clock.now() + timedelta(seconds=90)
    end_waits(records)
    pauses.look()
    again = desk.get("asks").ends
    assert again is not None
    assert 0 < (again.at - clock.now()).total_seconds() < 70
    await clock.advance(seconds=50)
    kept.end("asks", TaskStatus.DONE)
    assert kept.get("asks").seconds() == pytest.approx(60.0)
    desk.learned()
    length = desk.get("asks").length
    assert length is not None
    assert length.median == pytest.approx(60, rel=0.1)


def test_an_ended_task_is_not_changed(desk: TaskDesk, kept: Backlog) -> None:
    desk.submit("replenish", {}, task_id="t")
    kept.cancel("t")
    with pytest.raises(ConflictError):
        desk.change("t", value=3.0)
    assert desk.get("t").explanation.en == "It was cancelled."
