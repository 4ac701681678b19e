"""State machine: in whatever order processes die, freeze and wake, and runs are cancelled, no work is lost.

Real heartbeats, claims and step journals on a real SQLite file; the processes and the time are played. DBOS's
table of runs is played too, with the public meaning of its calls: who a run is given to, and who may end it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select, update
from sqlalchemy.dialects import sqlite

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.executor import Executor, LeftRun
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.engine.journal_tables import ClaimRow, StepRow
from maestro.engine.step_journal import Claim, FencedError, Recorded, StepJournal, StepRecord
from maestro.engine.tables import create_tables
from maestro.settings import ExecutorSettings

T = TypeVar("T")

BY_HAND = ExecutorSettings(heartbeat_s=1e6, lease_s=3.0, scan_s=0.5, drain_s=0.0)
STEPS = ("reserve", "bill", "thank")
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Row:
    """What DBOS keeps of a run."""

    status: str
    executor: str
    queue: str
    outcomes: list[str] = field(default_factory=list)


@dataclass
class World:
    """What outlives every process: DBOS's table, and the effects on the outside."""

    rows: dict[str, Row] = field(default_factory=dict)
    epochs: dict[str, int] = field(default_factory=dict)
    recorded: dict[tuple[str, str], int] = field(default_factory=dict)
    effects: list[tuple[str, str]] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    during_takeover: str = ""
    """What happens in the middle of the next takeover: `cancel` or `die`."""

    def cancel(self, run: str, records: Database) -> None:
        """What the engine and DBOS do when a run is cancelled."""
        row = self.rows[run]
        row.status, row.executor, row.queue = "CANCELLED", "", ""
        self.cancelled.add(run)
        insert = sqlite.insert(ClaimRow).values(
            run_id=run, executor_id="", epoch=1, ended_at=START, reason=""
        )
        changed = {"epoch": ClaimRow.epoch + 1, "executor_id": "", "ended_at": START}
        fence = insert.on_conflict_do_update(index_elements=["run_id"], set_=changed)
        with records.session() as session:
            self.epochs[run] = session.execute(fence.returning(ClaimRow.epoch)).scalars().all()[0]


class Killed(BaseException):
    """The process was killed here."""


class PlayedRuns:
    """The runs of one process, worked a step at a time when the test says so."""

    def __init__(self, world: World, records: Database) -> None:
        self.world = world
        self.records = records
        self.executor_id = ""
        self.in_hand: dict[str, tuple[Claim, Recorded]] = {}
        self.unrecorded: tuple[str, str] | None = None
        self.journal: StepJournal | None = None
        self.may_work: Callable[[], bool] = lambda: False

    def workflows(self) -> Collection[str]:
        return {"order@1"}

    def running_ids(self) -> Collection[str]:
        return set(self.in_hand)

    async def open(self, executor_id: str, may_work: Callable[[], bool]) -> None:
        self.executor_id, self.may_work = executor_id, may_work
        self.journal = StepJournal(self.records, executor_id)

    async def close(self, drain_s: float) -> None:
        self.in_hand.clear()
        self.unrecorded = None
        if self.journal is not None:
            await self.journal.close()
            self.journal = None

    async def left_by(self, executor_ids: Sequence[str]) -> Sequence[LeftRun]:
        owners = {
            run: row.executor if row.status == "PENDING" else row.queue
            for run, row in self.world.rows.items()
            if row.status in {"PENDING", "ENQUEUED"}
        }
        return [LeftRun(run, owner, known=True) for run, owner in owners.items() if owner in executor_ids]

    async def take_up(self, run_ids: Sequence[str]) -> None:
        then, self.world.during_takeover = self.world.during_takeover, ""
        if then == "cancel":
            self.world.cancel(run_ids[0], self.records)
        for run in run_ids:
            self.give(run)
            if then == "die":
                raise Killed

    async def set_aside(self, lost: str, run_ids: Sequence[str]) -> Collection[str]:
        return ()

    def give(self, run: str) -> None:
        """What DBOS does when a run is resumed on a queue."""
        row = self.world.rows[run]
        if row.status != "SUCCESS":
            row.status, row.queue, row.executor = "ENQUEUED", self.executor_id, ""

    async def begin(self) -> None:
        """Take what is in the own queue and claim it."""
        for run, row in self.world.rows.items():
            if row.status == "ENQUEUED" and row.queue == self.executor_id:
                row.status, row.executor = "PENDING", self.executor_id
                if self.may_work():
                    assert self.journal is not None
                    try:
                        claim, recorded = await self.journal.claim(run)
                    except FencedError:
                        row.status, row.executor = "CANCELLED", ""
                        continue
                    assert run not in self.world.cancelled, "a cancelled run was begun"
                    self.world.epochs[run] = claim.epoch
                    self.in_hand[run] = claim, recorded

    def act(self, run: str) -> str | None:
        """Have the effect of the next step; None where no step is left or the lease is over."""
        claim, recorded = self.in_hand[run]
        left = [step for step in STEPS if step not in recorded.steps]
        if not left or not self.may_work():
            return None
        first_by = self.world.recorded.get((run, left[0]))
        assert first_by is None or first_by > claim.epoch, "a recorded step was worked again"
        self.world.effects.append((run, left[0]))
        return left[0]

    async def record(self, run: str, step: str) -> None:
        """Record a step; a run that belongs to somebody else now is given up."""
        claim, recorded = self.in_hand[run]
        assert self.journal is not None
        mine = claim.epoch == self.world.epochs[run]
        try:
            await self.journal.record(claim, step, StepRecord("succeeded", '"done"'))
        except FencedError:
            assert not mine
            del self.in_hand[run]
            return
        assert mine, "a record was accepted after fencing"
        recorded.steps[step] = StepRecord("succeeded", '"done"')
        self.world.recorded[run, step] = claim.epoch

    def end(self, run: str) -> None:
        """Record the outcome, as DBOS does: only for the process that the run was given to."""
        del self.in_hand[run]
        row = self.world.rows[run]
        if row.status == "PENDING" and row.executor == self.executor_id:
            row.status = "SUCCESS"
            row.outcomes.append("SUCCESS")


class Process:
    """A process with a clock of its own."""

    def __init__(self, world: World, records: Database, registry: ExecutorRegistry, origin: float) -> None:
        self.seconds = origin
        self.frozen = False
        self.runs = PlayedRuns(world, records)
        self.executor = Executor(
            self.runs, registry, BY_HAND, VirtualClock(START), monotonic=lambda: self.seconds
        )

    async def live(self) -> None:
        """Half a second of this process's life."""
        self.seconds += 0.5
        if not self.frozen:
            if self.executor.heartbeat is not None:
                self.executor.heartbeat.beat()
            await self.executor.look()

    async def work(self, run: str) -> None:
        """The next step of a run, or its end."""
        step = self.runs.act(run)
        if step is not None:
            await self.runs.record(run, step)
        elif self.runs.may_work():
            self.runs.end(run)

    async def die(self) -> None:
        """Vanish without a word; what the test itself holds of it is let go."""
        heartbeat = self.executor.heartbeat
        if heartbeat is not None:
            heartbeat.end()
        await self.runs.close(0.0)


class Chaos(RuleBasedStateMachine):
    """The rules of the game."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="maestro-chaos-")
        self.loop = asyncio.new_event_loop()
        self.records = Database.open(f"sqlite:///{Path(self.folder.name) / 'engine.db'}")
        create_tables(self.records)
        self.registry = ExecutorRegistry(self.records, VirtualClock(START))
        self.world = World()
        self.processes: list[Process] = []
        self.born = 0
        self.join()
        self.join()
        for run in ("order-0", "order-1"):
            self.world.rows[run] = Row("ENQUEUED", "", self.processes[0].executor.id)
        self.wait(self.processes[0].runs.begin())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def awake(self) -> list[Process]:
        return [each for each in self.processes if not each.frozen]

    # What may happen

    @precondition(lambda self: len(self.processes) < 3)
    @rule()
    def join(self) -> None:
        self.born += 1
        process = Process(self.world, self.records, self.registry, 1000.0 * self.born)
        self.wait(process.executor.join())
        self.processes.append(process)

    @precondition(lambda self: self.awake() and len(self.world.rows) < 6)
    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        process = data.draw(st.sampled_from(self.awake()))
        run = f"order-{len(self.world.rows)}"
        self.world.rows[run] = Row("ENQUEUED", "", process.executor.id)

    @precondition(lambda self: self.awake())
    @rule(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.wait(data.draw(st.sampled_from(self.awake())).runs.begin())

    @precondition(lambda self: any(each.runs.in_hand for each in self.awake()))
    @rule(data=st.data(), then=st.sampled_from(["record", "record", "record", "die", "freeze"]))
    def work(self, data: st.DataObject, then: str) -> None:
        process = data.draw(st.sampled_from([each for each in self.awake() if each.runs.in_hand]))
        run = data.draw(st.sampled_from(sorted(process.runs.in_hand)))
        if then == "record":
            self.wait(process.work(run))
            return
        step = process.runs.act(run)
        if then == "die":
            self._die(process)
        else:
            process.runs.unrecorded = (run, step) if step else None
            process.frozen = True

    @precondition(lambda self: self.processes)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        self._die(data.draw(st.sampled_from(self.processes)))

    @precondition(lambda self: self.awake())
    @rule(data=st.data())
    def freeze(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.awake())).frozen = True

    @precondition(lambda self: any(each.frozen for each in self.processes))
    @rule(data=st.data())
    def wake(self, data: st.DataObject) -> None:
        process = data.draw(st.sampled_from([each for each in self.processes if each.frozen]))
        self._wake(process)

    @precondition(lambda self: self.awake())
    @rule(data=st.data())
    def drain(self, data: st.DataObject) -> None:
        process = data.draw(st.sampled_from(self.awake()))
        self.wait(process.executor.drain())
        self.processes.remove(process)

    @rule(halves=st.sampled_from([1, 9]))
    def pass_time(self, halves: int) -> None:
        for _ in range(halves):
            for process in list(self.processes):
                self._live(process)

    @precondition(lambda self: self.world.rows)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(sorted(self.world.rows)))
        row = self.world.rows[run]
        if row.status == "SUCCESS":
            return  # it has ended, so there is nothing to cancel
        self.world.cancel(run, self.records)

    @rule(what=st.sampled_from(["cancel", "die"]))
    def prepare_trouble_for_the_next_takeover(self, what: str) -> None:
        self.world.during_takeover = what

    @precondition(
        lambda self: self.awake() and any(r.status == "CANCELLED" for r in self.world.rows.values())
    )
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        process = data.draw(st.sampled_from(self.awake()))
        cancelled = sorted(run for run, row in self.world.rows.items() if row.status == "CANCELLED")
        run = data.draw(st.sampled_from(cancelled))
        with self.records.session() as session:
            session.execute(update(ClaimRow).where(ClaimRow.run_id == run).values(ended_at=None))
        self.world.cancelled.discard(run)
        process.runs.give(run)

    # What must hold

    @invariant()
    def one_outcome(self) -> None:
        assert all(len(row.outcomes) <= 1 for row in self.world.rows.values())

    @invariant()
    def every_run_is_ended_or_somebody_will_find_it(self) -> None:
        known = {each.id for each in self.registry.list()}
        for row in self.world.rows.values():
            if row.status in {"PENDING", "ENQUEUED"}:
                assert (row.executor or row.queue) in known

    def teardown(self) -> None:
        try:
            self._let_all_end()
            self._audit()
        finally:
            for process in list(self.processes):
                self._die(process)
            self.records.close()
            self.loop.close()
            self.folder.cleanup()

    def _let_all_end(self) -> None:
        self.world.during_takeover = ""
        for process in [each for each in self.processes if each.frozen]:
            self._wake(process)
        if not self.processes:
            self.join()
        for _ in range(80):
            self.pass_time(1)
            for process in self.processes:
                self.wait(process.runs.begin())
                for run in sorted(process.runs.in_hand):
                    self.wait(process.work(run))

    def _audit(self) -> None:
        with self.records.reader() as session:
            recorded = {(run, step) for run, step in session.execute(select(StepRow.run_id, StepRow.step))}
        assert recorded == set(self.world.recorded)
        for run, row in self.world.rows.items():
            assert row.status in {"SUCCESS", "CANCELLED"}, f"{run} was lost: {row}"
            if row.status == "SUCCESS":
                assert all((run, step) in recorded for step in STEPS)
        assert recorded <= set(self.world.effects)

    def _live(self, process: Process) -> None:
        try:
            self.wait(process.live())
        except Killed:
            self._die(process)
        else:
            if not process.frozen:
                self.wait(process.runs.begin())

    def _die(self, process: Process) -> None:
        self.processes.remove(process)
        self.wait(process.die())

    def _wake(self, process: Process) -> None:
        process.frozen = False
        if process.runs.unrecorded is not None:
            run, step = process.runs.unrecorded
            process.runs.unrecorded = None
            self.wait(process.runs.record(run, step))
        self.wait(process.runs.begin())  # its queue may be quicker than its look at the others
        self._live(process)


TestChaos = Chaos.TestCase
TestChaos.settings = settings(
    max_examples=30,
    phases=[Phase.generate],
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
