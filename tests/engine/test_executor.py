"""Executor: survivors take over from the dead, the frozen stop and join anew, the draining hand over."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from maestro.clock import RealClock, VirtualClock
from maestro.database import Database
from maestro.engine.executor import THOROUGH_EVERY, Executor, LeftRun
from maestro.engine.executor_registry import ExecutorInfo, ExecutorRegistry, ExecutorState
from maestro.engine.presence import this_machine
from maestro.engine.tables import create_tables
from maestro.errors import TemporaryError
from maestro.settings import ExecutorSettings

BY_HAND = ExecutorSettings(heartbeat_s=1e6, lease_s=3.0, scan_s=0.5, drain_s=5.0)


class Paper:
    """The runs of all processes: run -> [executor, workflow]."""

    def __init__(self) -> None:
        self.runs: dict[str, list[str]] = {}


class PaperRuns:
    """Runs of one process that exist on paper only, and never end."""

    def __init__(self, paper: Paper, knows: Collection[str] = ("w@1",)) -> None:
        self.paper = paper
        self.knows = frozenset(knows)
        self.opened: list[str] = []
        self.drained_s: list[float] = []
        self.may_work: Callable[[], bool] = lambda: False
        self.broken = 0
        self.dies_taking_up = False
        self.stuck: set[str] = set()
        self.taken_up: list[str] = []
        self.deadly: set[str] = set()

    def workflows(self) -> Collection[str]:
        return self.knows

    def running_ids(self) -> Collection[str]:
        here = self.opened[-1] if self.opened else ""
        mine = [run for run, (executor, _) in self.paper.runs.items() if executor == here]
        return [run for run in mine if run not in self.stuck]

    async def open(self, executor_id: str, may_work: Callable[[], bool]) -> None:
        if self.broken:
            self.broken -= 1
            raise TemporaryError("The journal does not answer.")
        self.opened.append(executor_id)
        self.may_work = may_work

    async def close(self, drain_s: float) -> None:
        self.drained_s.append(drain_s)

    async def left_by(self, executor_ids: Sequence[str]) -> Sequence[LeftRun]:
        return [
            LeftRun(run, owner, workflow in self.knows)
            for run, (owner, workflow) in self.paper.runs.items()
            if owner in executor_ids
        ]

    async def take_up(self, run_ids: Sequence[str]) -> None:
        self.taken_up += run_ids
        for run in run_ids[: 1 if self.dies_taking_up else None]:
            self.paper.runs[run][0] = self.opened[-1]
        if self.dies_taking_up:
            raise SystemError("killed here")

    async def set_aside(self, lost: str, run_ids: Sequence[str]) -> Collection[str]:
        aside = [run for run in run_ids if run in self.deadly]
        for run in aside:
            del self.paper.runs[run]
        return aside


class Machine:
    """A machine of a test: an executor, its runs and a clock of its own that is moved by hand."""

    def __init__(self, registry: ExecutorRegistry, paper: Paper, knows: Collection[str] = ("w@1",)) -> None:
        self.seconds = 1000.0 * (1 + len(registry.list()))
        self.runs = PaperRuns(paper, knows)
        clock = VirtualClock(datetime(2026, 3, 1, tzinfo=UTC))
        self.executor = Executor(self.runs, registry, BY_HAND, clock, monotonic=lambda: self.seconds)

    def beat(self) -> None:
        heartbeat = self.executor.heartbeat
        assert heartbeat is not None
        heartbeat.beat()

    async def live(self, seconds: float) -> None:
        """Look and beat for so long, by this machine's clock."""
        for _ in range(round(seconds / 0.5)):
            self.seconds += 0.5
            self.beat()
            await self.executor.look()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[ExecutorRegistry]:
    records = Database.open(f"sqlite:///{tmp_path}/engine.db")
    create_tables(records)
    yield ExecutorRegistry(records, VirtualClock(datetime(2026, 3, 1, tzinfo=UTC)))
    records.close()


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
async def machines(registry: ExecutorRegistry, paper: Paper) -> AsyncIterator[Callable[..., Machine]]:
    made: list[Machine] = []

    def make(*knows: str) -> Machine:
        made.append(Machine(registry, paper, knows or ("w@1",)))
        return made[-1]

    yield make
    for each in made:
        await each.executor.drain()


Make = Callable[..., Machine]


def row(registry: ExecutorRegistry, executor_id: str) -> ExecutorInfo:
    return next(each for each in registry.list() if each.id == executor_id)


async def test_a_survivor_goes_on_with_the_runs_of_a_dead_one(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    dead, survivor = machines(), machines()
    await dead.executor.join()
    await survivor.executor.join()
    dead_id = dead.executor.id
    paper.runs = {"run1": [dead_id, "w@1"], "run2": [survivor.executor.id, "w@1"], "run3": [dead_id, "w@1"]}

    await survivor.live(3.0)
    assert row(registry, dead_id).state is ExecutorState.LIVE
    await survivor.live(0.5)

    assert {owner for owner, _ in paper.runs.values()} == {survivor.executor.id}
    assert [(each.executor, each.runs) for each in survivor.executor.takeovers] == [
        (dead_id, ("run1", "run3"))
    ]
    after = row(registry, dead_id)
    assert (after.state, after.taken_over_by, after.settled) == (
        ExecutorState.LOST,
        survivor.executor.id,
        True,
    )


async def test_a_run_that_brings_down_whoever_works_it_is_set_aside_and_the_others_go_on(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    dead, survivor = machines(), machines()
    await dead.executor.join()
    await survivor.executor.join()
    dead_id = dead.executor.id
    paper.runs = {"deadly": [dead_id, "w@1"], "fine": [dead_id, "w@1"]}
    survivor.runs.deadly = {"deadly"}

    await survivor.live(3.5)

    assert survivor.runs.taken_up == ["fine"]
    assert [each.runs for each in survivor.executor.takeovers] == [("fine",)]
    assert row(registry, dead_id).settled


async def test_nobody_is_blamed_for_an_executor_that_left_by_itself(machines: Make, paper: Paper) -> None:
    leaving, other = machines(), machines()
    await leaving.executor.join()
    await other.executor.join()
    paper.runs = {"run": [leaving.executor.id, "w@1"]}
    other.runs.deadly = {"run"}
    await leaving.executor.drain()

    await other.live(3.5)

    assert other.runs.taken_up == ["run"]


async def test_of_two_survivors_only_one_takes_over(machines: Make, paper: Paper) -> None:
    dead, one, two = machines(), machines(), machines()
    for each in (dead, one, two):
        await each.executor.join()
    paper.runs = {"run": [dead.executor.id, "w@1"]}

    for _ in range(8):
        await asyncio.gather(one.live(0.5), two.live(0.5))

    assert len(one.executor.takeovers) + len(two.executor.takeovers) == 1


async def test_what_a_survivor_left_half_done_when_it_died_is_done_by_the_next(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    dead, second, third = machines(), machines(), machines()
    for each in (dead, second, third):
        await each.executor.join()
    dead_id, second_id = dead.executor.id, second.executor.id
    paper.runs = {"run1": [dead_id, "w@1"], "run2": [dead_id, "w@1"]}
    second.runs.dies_taking_up = True
    with pytest.raises(SystemError):
        await second.live(3.5)
    assert row(registry, dead_id).claimed_by == second_id
    assert {owner for owner, _ in paper.runs.values()} == {dead_id, second_id}

    await third.live(4.0)

    assert {owner for owner, _ in paper.runs.values()} == {third.executor.id}
    assert row(registry, dead_id).taken_over_by == third.executor.id


async def test_a_run_waits_for_an_executor_that_knows_its_workflow(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    old, new = machines("w@1"), machines("w@2")
    await old.executor.join()
    await new.executor.join()
    old_id = old.executor.id
    paper.runs = {"run": [old_id, "w@1"]}
    await new.live(5.0)
    assert paper.runs["run"][0] == old_id
    assert not row(registry, old_id).settled

    knowing = machines("w@1", "w@2")
    await knowing.executor.join()
    await knowing.live(0.5)
    assert paper.runs["run"][0] == knowing.executor.id


async def test_only_the_runs_that_it_knows_are_taken_over(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    old, new = machines("w@1", "w@2"), machines("w@2")
    await old.executor.join()
    await new.executor.join()
    paper.runs = {"run1": [old.executor.id, "w@1"], "run2": [old.executor.id, "w@2"]}

    await new.live(4.0)

    assert paper.runs["run1"][0] == old.executor.id
    assert paper.runs["run2"][0] == new.executor.id
    assert not row(registry, old.executor.id).settled


async def test_one_that_was_frozen_stops_its_runs_and_joins_under_another_name(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    frozen, survivor = machines(), machines()
    await frozen.executor.join()
    await survivor.executor.join()
    was = frozen.executor.id
    paper.runs = {"run": [was, "w@1"]}
    assert frozen.runs.may_work()
    await survivor.live(4.0)

    frozen.seconds += 4.0  # it wakes
    assert not frozen.runs.may_work()
    await frozen.executor.look()

    assert frozen.runs.drained_s == [0.0]
    assert frozen.executor.id not in {"", was}
    assert frozen.runs.may_work()
    assert paper.runs["run"][0] == survivor.executor.id
    assert row(registry, was).state is ExecutorState.LOST
    assert row(registry, frozen.executor.id).state is ExecutorState.LIVE


async def test_one_that_was_frozen_alone_goes_on_with_its_own_runs(machines: Make, paper: Paper) -> None:
    alone = machines()
    await alone.executor.join()
    was = alone.executor.id
    paper.runs = {"run": [was, "w@1"]}

    alone.seconds += 60.0
    await alone.executor.look()
    await alone.live(0.5)

    assert alone.executor.id != was
    assert paper.runs["run"][0] == alone.executor.id


async def test_one_that_was_frozen_declares_nobody_dead_for_it(
    machines: Make, registry: ExecutorRegistry
) -> None:
    frozen, other = machines(), machines()
    await frozen.executor.join()
    await other.executor.join()
    await frozen.live(2.5)  # the other is silent meanwhile, yet it lives

    frozen.seconds += 60.0
    await frozen.executor.look()
    other.beat()
    await frozen.live(2.5)

    assert row(registry, other.executor.id).state is ExecutorState.LIVE


async def test_joining_anew_is_tried_until_the_journal_answers(machines: Make) -> None:
    one = machines()
    await one.executor.join()
    one.runs.broken = 2
    one.seconds += 60.0

    for _ in range(2):
        with pytest.raises(TemporaryError):
            await one.executor.look()
    await one.executor.look()

    assert one.executor.id
    assert len(one.runs.opened) == 2


async def test_what_is_left_after_draining_is_taken_over_at_the_next_look(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    leaving, staying = machines(), machines()
    await leaving.executor.join()
    await staying.executor.join()
    left_id = leaving.executor.id
    paper.runs = {"run": [left_id, "w@1"]}

    await leaving.executor.drain()
    assert leaving.runs.drained_s == [5.0]
    assert row(registry, left_id).state is ExecutorState.GONE
    await staying.live(0.5)

    assert paper.runs["run"][0] == staying.executor.id


async def test_a_run_that_turns_up_late_at_one_who_left_is_found_by_a_thorough_look(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    leaving, staying = machines(), machines()
    await leaving.executor.join()
    await staying.executor.join()
    left_id = leaving.executor.id
    await leaving.executor.drain()
    await staying.live(1.0)
    assert row(registry, left_id).settled

    paper.runs = {"late": [left_id, "w@1"]}
    await staying.live(0.5 * THOROUGH_EVERY)

    assert paper.runs["late"][0] == staying.executor.id


async def test_a_run_of_its_own_that_nobody_works_is_begun_again(machines: Make, paper: Paper) -> None:
    one = machines()
    await one.executor.join()
    paper.runs = {"worked": [one.executor.id, "w@1"], "idle": [one.executor.id, "w@1"]}
    one.runs.stuck = {"idle"}

    await one.live(0.5 * THOROUGH_EVERY)
    assert one.runs.taken_up == []
    await one.live(0.5 * THOROUGH_EVERY)

    assert one.runs.taken_up == ["idle"]


async def test_a_newcomer_looks_first_after_those_of_whom_nothing_should_be_left(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    leaving, staying = machines(), machines()
    await leaving.executor.join()
    await staying.executor.join()
    left_id = leaving.executor.id
    await leaving.executor.drain()
    await staying.live(0.5)
    await staying.executor.drain()
    assert row(registry, left_id).settled

    paper.runs = {"late": [left_id, "w@1"]}
    newcomer = machines()
    await newcomer.executor.join()
    await newcomer.live(0.5)

    assert paper.runs["late"][0] == newcomer.executor.id


async def test_it_stops_in_good_order_though_the_database_is_away(
    machines: Make, registry: ExecutorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = machines()
    await one.executor.join()

    def away(*_: object) -> bool:
        raise OperationalError("UPDATE", {}, ConnectionError("gone"))

    monkeypatch.setattr(registry, "ask_to_drain", away)
    monkeypatch.setattr(registry, "leave", away)
    await one.executor.drain()

    assert one.runs.drained_s == [5.0]
    assert not one.executor.may_work()
    monkeypatch.undo()


async def test_it_works_until_it_is_told_to_leave_and_drains_then(
    registry: ExecutorRegistry, paper: Paper
) -> None:
    quick = ExecutorSettings(heartbeat_s=0.01, lease_s=3.0, scan_s=0.01, drain_s=1.0)
    for by_row in (False, True):
        runs = PaperRuns(paper)
        executor = Executor(runs, registry, quick, RealClock())
        await executor.join()
        here, stop = executor.id, asyncio.Event()
        working = asyncio.create_task(executor.work(until=stop))
        await asyncio.sleep(0.05)
        if by_row:
            registry.ask_to_drain(here)
        else:
            stop.set()
        await asyncio.wait_for(working, 5)
        assert runs.drained_s == []  # whoever gives it work stops before it does
        await executor.drain()
        assert runs.drained_s == [1.0]
        assert row(registry, here).state is ExecutorState.GONE


async def test_what_goes_wrong_at_a_look_does_not_end_its_work(
    registry: ExecutorRegistry, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = ExecutorSettings(heartbeat_s=0.01, lease_s=3.0, scan_s=0.01, drain_s=1.0)
    executor = Executor(PaperRuns(paper), registry, quick, RealClock())
    await executor.join()
    looks = []

    def broken() -> Sequence[ExecutorInfo]:
        looks.append(1)
        raise RuntimeError("the database is away")

    monkeypatch.setattr(registry, "list", broken)
    stop = asyncio.Event()
    working = asyncio.create_task(executor.work(until=stop))
    while len(looks) < 3:
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(working, 5)
    assert len(looks) >= 3


async def test_a_process_of_the_same_machine_that_is_gone_needs_no_lease_to_be_declared_lost(
    machines: Make, registry: ExecutorRegistry, paper: Paper
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    survivor = machines()
    await survivor.executor.join()
    for name, machine in (("dead", this_machine()), ("elsewhere", "another machine")):
        registry.join(name, "h", ended.pid, 3.0, {"w@1"}, machine=machine)
    paper.runs = {"run1": ["dead", "w@1"], "run2": ["elsewhere", "w@1"]}

    await survivor.live(0.5)

    assert paper.runs["run1"][0] == survivor.executor.id
    assert paper.runs["run2"][0] == "elsewhere"
