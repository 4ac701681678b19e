"""Worker pool, what all kinds share: each task goes to one worker, and to another when that one dies."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np

from maestro.clock import Clock
from maestro.engine.observation import PastRun
from maestro.engine.words import Words
from maestro.engine.workers.balancing import BALANCINGS
from maestro.engine.workers.base import (
    Heat,
    Standing,
    Started,
    Task,
    Trouble,
    WorkerInfo,
    WorkerLostError,
    call,
    kind_of,
)
from maestro.engine.workers.load_history import minutes_until
from maestro.engine.workers.member import Job, Member
from maestro.engine.workers.waiting_line import Needs, WaitingLine, needs_of
from maestro.engine.workers.worker import DiedError, Worker
from maestro.errors import ConfigurationError, NotFoundError, TemporaryError
from maestro.telemetry import get_logger

MOST_LOSSES = 3
"""Workers that one task may take down before it is given up."""
HOLD_S, HOLD_SHARE = 0.005, 0.15
"""A freed slot is held for what follows the ended task for so long, at most for this share of its own time:
what follows is recorded first, and would come a moment after the slot went to something less urgent."""
MOST_HELD = 16
"""Tasks for which a faster, busy worker is waited for, while others go past them."""

_log = get_logger("workers")


class WorkerPool(ABC):
    """Gives tasks to workers. Lives in one event loop.

    Args:
        clock: stamps what others see.
        balancing: how workers are chosen, a key of `BALANCINGS`.
        seed: seed of the balancing's draws.
        patience_s: seconds of life that a task waits for a worker to join that could do it.
    """

    def __init__(
        self, clock: Clock, *, balancing: str = "learned", seed: int = 42, patience_s: float = 30.0
    ) -> None:
        self._clock = clock
        self._generator = np.random.default_rng([seed, 7])
        self._patience_s = patience_s
        self._members: dict[str, Member] = {}
        self._jobs: dict[str, Job] = {}
        self._line: WaitingLine[Job] = WaitingLine()
        self._numbers = itertools.count()
        self._open = False
        self._emptied = False
        self._dispatching = False
        self._holds: list[tuple[float, float]] = []
        self._overlooker: asyncio.TimerHandle | None = None
        self.balancing = balancing

    @property
    def balancing(self) -> str:
        """How workers are chosen."""
        return self._balancing_name

    @balancing.setter
    def balancing(self, name: str) -> None:
        if name not in BALANCINGS:
            raise ConfigurationError(
                f"There is no balancing called {name}.", remedy=f"Choose one of {', '.join(BALANCINGS)}."
            )
        self._balancing_name = name
        self._balancing = BALANCINGS[name](self._generator)

    # Life

    async def start(self) -> None:
        """Bring up the workers, or join the cluster."""
        self._open = True
        try:
            await self._bring_up()
        except BaseException:
            await self.stop(0.0)
            raise

    async def stop(self, drain_s: float = 10.0) -> None:
        """Take no more tasks, let running ones end for `drain_s` seconds of life, then leave."""
        self._open = False
        left = [job.done for job in self._jobs.values()]
        if left and drain_s > 0:
            await asyncio.wait(left, timeout=drain_s)
        ending = [job.work for job in self._jobs.values() if job.work]
        for job in list(self._jobs.values()):
            job.gone = True
            if job.work:
                job.work.cancel()
            if not job.done.done():
                job.done.set_exception(WorkerLostError("The worker pool has stopped."))
        self._jobs.clear()
        if ending:
            await asyncio.wait(ending)
        if self._overlooker:
            self._overlooker.cancel()
        await self._take_down()

    @abstractmethod
    async def _bring_up(self) -> None: ...

    @abstractmethod
    async def _take_down(self) -> None: ...

    # Tasks

    async def run(self, task: Task, started: Started | None = None) -> Any:
        """The value of a task; see `maestro.engine.workers.base.Pool.run`."""
        job = self._jobs.get(task.key)
        if job is None:
            if not self._open:
                raise TemporaryError("The worker pool is not running.", remedy="Start it.")
            done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            job = Job(task, next(self._numbers), contextvars.copy_context(), done)
            self._jobs[task.key] = job
            self._line.push(job)
            self._hear(job, started)
            self._dispatch_soon()
        else:
            self._hear(job, started)
        job.awaiters += 1
        try:
            return await asyncio.shield(job.done)
        finally:
            job.awaiters -= 1
            if not job.awaiters and not job.done.done():
                self._abandon(job)

    @staticmethod
    def _hear(job: Job, started: Started | None) -> None:
        if started is not None:
            job.listeners.append(started)
            if job.member is not None:
                started(job.member.name)

    def _abandon(self, job: Job) -> None:
        job.gone = True
        job.done.cancel()
        if self._jobs.get(job.task.key) is job:
            del self._jobs[job.task.key]
        if job.work:
            job.work.cancel()

    def _settle(self, job: Job, value: Any = None, error: BaseException | None = None) -> None:
        if self._jobs.get(job.task.key) is job:
            del self._jobs[job.task.key]
        if job.done.done():
            return
        if error is None:
            job.done.set_result(value)
        else:
            job.done.set_exception(error)

    def recall(self, run: PastRun) -> None:
        """Learn how fast workers were in a run of former times; which worked what of a map is not known."""
        for each in run.steps:
            if each.ok and each.on_worker and each.worked_s is not None and not each.items:
                task = Task("", call, {}, kind=kind_of(run.workflow, each.step))
                self._balancing.learn(each.worker, task, each.worked_s)

    # Giving tasks to workers

    def _dispatch_soon(self) -> None:
        """Dispatch once all that this turn of the loop asks for is in line; the best of it goes first."""
        if not self._dispatching:
            self._dispatching = True
            asyncio.get_running_loop().call_soon(self._dispatch)

    def _dispatch(self) -> None:
        """Give waiting tasks to free workers, the highest priority first."""
        self._dispatching = False
        closed: set[Needs] = set()
        held: list[Job] = []
        while len(held) < MOST_HELD and (job := self._line.pop(closed)) is not None:
            free, busy = self._who_could(job.task)
            if len(free) <= self._held_above(job.task.priority):
                closed.add(needs_of(job.task))
                self._line.push(job)
                continue
            name = self._balancing.choose(job.task, free, busy)
            if name is None:
                held.append(job)
            else:
                self._give(job, self._members[name])
        for job in held:
            self._line.push(job)
        if closed and self._overlooker is None and self._open:
            loop = asyncio.get_running_loop()
            self._overlooker = loop.call_later(self._patience_s, self._give_up_what_nobody_can_do)

    def _who_could(self, task: Task) -> tuple[list[Member], list[Member]]:
        able = [member for member in self._members.values() if member.takes_tasks and member.offers(task)]
        free = [member for member in able if member.has_room(task)]
        if not free:
            free = [member for member in able if member.has_room(task, member.worker.ahead)]
        return free, [member for member in able if member not in free]

    def _hold(self, task: Task, seconds: float) -> None:
        """Keep the slot that a task has left for what follows it, for a moment."""
        moment_s = min(HOLD_S, HOLD_SHARE * seconds)
        loop = asyncio.get_running_loop()
        self._holds.append((loop.time() + moment_s, task.next_priority))
        loop.call_later(moment_s, self._dispatch)

    def _held_above(self, priority: float) -> int:
        """Slots that are held for something more urgent."""
        if not self._holds:
            return 0
        now = asyncio.get_running_loop().time()
        self._holds = [hold for hold in self._holds if hold[0] > now]
        return sum(held > priority for _, held in self._holds)

    def _give(self, job: Job, member: Member) -> None:
        fitting = next((hold for hold in self._holds if hold[1] <= job.task.priority), None)
        if fitting is not None:
            self._holds.remove(fitting)
        member.take(job, self._clock.now())
        job.member = member
        for started in job.listeners:
            started(member.name)
        job.work = asyncio.create_task(self._work(job, member))

    async def _work(self, job: Job, member: Member) -> None:
        task = job.task
        guard = asyncio.timeout(task.timeout_s)
        try:
            async with guard:
                done = await member.worker.work(task, job.context)
        except DiedError as died:
            self._lose(job, member, died.blame)
        except TimeoutError as error:
            member.failed += 1
            late = TemporaryError(
                f"Task {task.key} took longer than {task.timeout_s:g} s.",
                remedy="Give it a longer timeout_s or less to do.",
            )
            self._settle(job, error=late if guard.expired() else error)
        except Exception as error:
            member.failed += 1
            self._settle(job, error=error)
        else:
            by = self._members.get(done.worker or "", member)
            by.done += 1
            self._balancing.learn(by.name, task, done.seconds)
            self._settle(job, done.value)
            if task.next_priority > 0 and not member.worker.ahead:
                self._hold(task, done.seconds)
        finally:
            job.work = job.member = None
            member.release(job, self._clock.now())
            self._dispatch()

    def _lose(self, job: Job, member: Member, blame: bool) -> None:
        if job.gone:
            return
        job.losses += blame
        if job.losses >= MOST_LOSSES:
            error = WorkerLostError(
                f"Task {job.task.key} was given up: {job.losses} workers died while they did it.",
                remedy="See whether it needs more memory than a worker has.",
            )
            self._settle(job, error=error)
            return
        _log.warning("task goes to another worker", task=job.task.key, worker=member.name)
        job.waiting_since = time.perf_counter()
        self._line.push(job)

    def _give_up_what_nobody_can_do(self) -> None:
        self._overlooker = None
        for job in list(self._line):
            waited = time.perf_counter() - job.waiting_since >= self._patience_s * 0.99
            if waited and not self._can_be_done(job.task):
                job.gone = True
                needs = needs_text(job.task)
                words = f"No worker with {needs} is there" if needs else "No worker is there"
                remedy = self._way_to_join(needs).en
                self._settle(job, error=WorkerLostError(f"{words} for task {job.task.key}.", remedy=remedy))
        self._dispatch()

    def _can_be_done(self, task: Task) -> bool:
        return any(member.takes_tasks and member.offers(task) for member in self._members.values())

    def held_up(self) -> dict[str, Words]:
        """The keys of tasks that wait although no worker could do them, with why and what to do about it."""
        return {job.task.key: self._why(job.task) for job in self._line if not self._can_be_done(job.task)}

    def _why(self, task: Task) -> Words:
        needs = needs_text(task)
        way = self._way_to_join(needs)
        if not needs:
            return Words(f"No worker is there. {way.en}", f"작업자가 없습니다. {way.ko}")
        return Words(
            f"No worker offers {needs}. {way.en}", f"{needs} 자원을 제공하는 작업자가 없습니다. {way.ko}"
        )

    @abstractmethod
    def _way_to_join(self, needs: str) -> Words:
        """How a worker comes that offers what is needed, such as gpu=1; nothing in particular where empty."""

    # Workers

    def workers(self) -> list[WorkerInfo]:
        """All workers by name."""
        found = [member.info(self._balancing.speed(member.name)) for member in self._members.values()]
        return sorted(found, key=lambda info: info.name)

    def standing(self) -> Standing:
        """How it stands as a whole."""
        return Standing(self._address, self._emptied, self._patience_s, self._trouble())

    @property
    def _address(self) -> str:
        """Of the scheduler that workers join by themselves; empty where they are of this machine."""
        return ""

    def _trouble(self) -> Trouble | None:
        if self._members or self._emptied:
            return None
        way = self._way_to_join("")
        return Trouble("no_workers", Words(f"No worker is there. {way.en}", f"작업자가 없습니다. {way.ko}"))

    @abstractmethod
    async def add(self, slots: int = 1, resources: Mapping[str, float] | None = None) -> list[str]:
        """Add workers on this machine and name them."""

    async def remove(self, name: str, drain_s: float = 60.0) -> None:
        """Retire a worker: it ends its tasks for `drain_s` seconds of life, then leaves."""
        member = self._member(name)
        member.retired = True
        left = [job.work for job in member.jobs if job.work]
        if left:
            await asyncio.wait(left, timeout=drain_s)
        self._members.pop(name, None)
        self._emptied = not self._members
        self._balancing.forget(name)
        await self._dismiss(member)
        self._dispatch()

    @abstractmethod
    async def _dismiss(self, member: Member) -> None: ...

    def heat(self) -> Heat:
        """How busy each worker was in the last hour."""
        now = self._clock.now()
        minutes = minutes_until(now)
        rows = {name: self._members[name].history.row(minutes, now) for name in sorted(self._members)}
        return Heat(minutes, rows)

    def _member(self, name: str) -> Member:
        if name not in self._members:
            raise NotFoundError(
                f"There is no worker called {name}.", remedy="List the workers to see their names."
            )
        return self._members[name]

    def _admit(self, worker: Worker) -> Member:
        member = Member(worker, self._clock.now())
        self._members[worker.name] = member
        self._emptied = False
        return member


def needs_text(task: Task) -> str:
    """The resources of a task as `maestro worker --resources` takes them, such as gpu=1,licence=2."""
    return ",".join(f"{name}={much:g}" for name, much in sorted(task.resources.items()))
