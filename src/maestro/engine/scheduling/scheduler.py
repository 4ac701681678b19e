"""Scheduler: admits tasks from the backlog into the engine, the most important first, and learns from them.

A task is claimed by one conditional UPDATE and its run's id is made of its own, so that however many
schedulers try, and wherever they die, a task is one run. What is admitted and not at its end is followed
again after a restart, and looked after by every other scheduler on the same records.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from maestro.clock import Clock, RealClock
from maestro.database import Database
from maestro.engine.failure import RunCancelledError
from maestro.engine.run import RunStatus
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.bottleneck import BottleneckFinder
from maestro.engine.scheduling.desk import TaskDesk
from maestro.engine.scheduling.experience import Experience
from maestro.engine.scheduling.pauses import Pauses
from maestro.engine.scheduling.ranking import Ranking
from maestro.engine.scheduling.task import Task, TaskStatus
from maestro.engine.scheduling.view import TaskView
from maestro.engine.workflow import Engine
from maestro.errors import ConflictError, MaestroError, NotFoundError, PermanentError, TemporaryError
from maestro.settings import SchedulerSettings
from maestro.telemetry import get_logger

_log = get_logger("scheduler")

_RECONCILE_S = 5.0
"""Seconds between two looks at tasks that other schedulers admitted."""
_LOST_AFTER = timedelta(seconds=30)
"""A task claimed for this long whose run does not exist was left by a process that died in between."""
_CHECKED = 200
_OUTCOMES: Mapping[RunStatus, TaskStatus] = {
    RunStatus.SUCCEEDED: TaskStatus.DONE,
    RunStatus.FAILED: TaskStatus.FAILED,
    RunStatus.STUCK: TaskStatus.FAILED,
    RunStatus.CANCELLED: TaskStatus.CANCELLED,
}


class Scheduler:
    """The loop of one process. Times are of life, not of a simulated shop.

    Args:
        engine: launched; works the runs.
        records: where the backlog is; the engine's own.
        settings: slots, patience and how often to look and to learn.
        clock: stamps tasks; the machine's, unless a test moves its own.
        finder: measures bottlenecks. None where nobody does.
        free: tells which resources are free, by name; None where nobody knows.
        seed: of everything that is drawn.

    Example:
        scheduler = Scheduler(engine, engine.records, settings.scheduler)
        await scheduler.start()
        task = scheduler.desk.submit("replenish", {"sales": [3, 1, 4]}, value=5)
        await scheduler.stop()
    """

    def __init__(
        self,
        engine: Engine,
        records: Database,
        settings: SchedulerSettings,
        clock: Clock | None = None,
        *,
        finder: BottleneckFinder | None = None,
        free: Callable[[], Mapping[str, float]] | None = None,
        seed: int = 42,
    ) -> None:
        self._engine, self._settings = engine, settings
        self._clock = clock or RealClock()
        self._id = engine.executor_id
        self._backlog = Backlog(records, self._clock)
        self._pauses = Pauses(records, self._clock)
        self._experience = Experience(
            self._backlog, records, self._clock, settings, executor_id=self._id, seed=seed
        )
        self.desk = TaskDesk(
            self._backlog,
            self._experience,
            self._clock,
            settings,
            finder=finder,
            free=free,
            check=self._check,
            seed=seed,
        )
        self.desk.on_change = self._wake_from_anywhere
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._improving: asyncio.Task[None] | None = None
        self._following: dict[str, asyncio.Task[None]] = {}
        self._reconciled_s = float("-inf")
        self._order: Ranking | None = None
        self._tried: set[str] = set()
        self._begun: dict[str, asyncio.Event] = {}
        self._holds: set[str] = set()

    # Life

    async def start(self) -> None:
        """Recall what was learned, follow what was admitted, and begin to admit.

        Raises:
            TemporaryError: the engine is not launched.
        """
        if self._working is not None:
            return
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._experience.recall)
        for task in await asyncio.to_thread(self._backlog.admitted):
            if task.admitted_by == self._id:
                await self._begin(task)
        self._working = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Admit nothing more. Runs go on; whoever starts next follows them again."""
        tasks = [each for each in (self._working, self._improving, *self._following.values()) if each]
        self._working = self._improving = None
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._following.clear()

    def hold(self, reason: str) -> None:
        """Take nothing from the backlog until every reason to hold is over."""
        self._holds.add(reason)

    def go_on(self, reason: str) -> None:
        """A reason to hold is over; it may never have been one."""
        self._holds.discard(reason)
        self._wake_from_anywhere()

    async def cancel(self, task_id: str) -> TaskView:
        """Take a task out of the backlog, or stop its run.

        Raises:
            NotFoundError: no such task.
            ConflictError: it has ended.
            TemporaryError: the engine is not launched.
        """
        if not await asyncio.to_thread(self._backlog.cancel, task_id):
            task = await asyncio.to_thread(self._backlog.get, task_id)
            if task.status.ended:
                raise ConflictError(f"Task {task_id} is {task.status} already.")
            await self._engine.cancel(task.run_id)
            await asyncio.to_thread(self._backlog.end, task_id, TaskStatus.CANCELLED)
        self._wake.set()
        return await asyncio.to_thread(self.desk.get, task_id)

    async def result(self, task_id: str) -> dict[str, Any]:
        """Wait until a task has run, and give the results of its run's last steps by name.

        Raises:
            MaestroError: the error of the step that failed.
            RunCancelledError: the task or its run was cancelled.
            NotFoundError: no such task.
            TemporaryError: the engine is not launched.
        """
        begun = self._begun.setdefault(task_id, asyncio.Event())
        try:
            while True:
                task = await asyncio.to_thread(self._backlog.get, task_id)
                if task.admitted_at is not None and task.status is not TaskStatus.WAITING:
                    with contextlib.suppress(NotFoundError):  # claimed, and not begun yet
                        return await self._engine.wait(task.run_id)
                if task.status is TaskStatus.FAILED:
                    raise PermanentError(task.error or f"Task {task_id} failed.")
                if task.status.ended:
                    raise RunCancelledError(f"Task {task_id} is {task.status}.", remedy="Submit it again.")
                with contextlib.suppress(TimeoutError):  # another process may admit it
                    await asyncio.wait_for(begun.wait(), self._settings.poll_s)
                begun.clear()
        finally:
            self._begun.pop(task_id, None)

    async def explain(self, task_id: str) -> TaskView:
        """One task with its explained priority; see `TaskDesk.get`."""
        return await asyncio.to_thread(self.desk.get, task_id)

    # The loop

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._round()
            except TemporaryError as error:
                _log.info("scheduler pauses", error=str(error))
            except Exception:
                _log.exception("scheduler failed in a round")
            await self._rest()

    async def _rest(self) -> None:
        """Until somebody calls, or `poll_s` are over."""
        waits = [
            asyncio.create_task(self._wake.wait()),
            asyncio.create_task(self._clock.sleep(self._settings.poll_s)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _round(self) -> None:
        now_s = self._clock.now().timestamp()
        if now_s - self._reconciled_s >= _RECONCILE_S:
            self._reconciled_s = now_s
            await self._reconcile()
        await asyncio.to_thread(self.desk.learned)
        if self._experience.is_due and (self._improving is None or self._improving.done()):
            self._improving = asyncio.create_task(self._experience.improve())
        pausing = await asyncio.to_thread(self._pauses.look)
        free = self._settings.slots - len(self._following.keys() - pausing.keys())
        if free > 0 and not self._holds:
            await self._admit(free)

    async def _admit(self, free: int) -> None:
        ranking = await asyncio.to_thread(self.desk.order_to_admit)
        if ranking is not self._order:
            self._order, self._tried = ranking, set()
        for task in ranking.tasks:
            if free <= 0:
                return
            if task.id in self._tried or not self._knows(task):
                continue
            self._tried.add(task.id)
            if await asyncio.to_thread(self._backlog.claim, task.id, self._id):
                free -= await self._begin(task)

    async def _begin(self, task: Task) -> bool:
        """Hand a claimed task to the engine and follow it; whether it takes a slot."""
        try:
            inputs = await asyncio.to_thread(self._backlog.inputs, task.id)
            await self._engine.start(task.workflow, inputs, run_id=task.run_id)
        except TemporaryError:
            await asyncio.to_thread(self._backlog.give_back, task.id, self._id)
            raise
        except MaestroError as error:
            await asyncio.to_thread(self._backlog.end, task.id, TaskStatus.FAILED, str(error))
            return False
        self._following[task.id] = asyncio.create_task(self._follow(task))
        if task.id in self._begun:
            self._begun[task.id].set()
        return True

    async def _follow(self, task: Task) -> None:
        """Wait for the end of a run and record it; an engine that leaves ends nothing."""
        try:
            await self._engine.wait(task.run_id)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            _log.debug("run ended badly", task_id=task.id, error=str(error))
        try:
            await self._settle(task)
        except MaestroError as error:
            _log.info("outcome of a task not known yet", task_id=task.id, error=str(error))
        finally:
            self._following.pop(task.id, None)
            self._wake.set()

    async def _settle(self, task: Task) -> None:
        """Record how a run ended, where it has."""
        run = await self._engine.inspect(task.run_id)
        if run.status.ended:
            await asyncio.to_thread(self._backlog.end, task.id, _OUTCOMES[run.status], run.error)

    async def _reconcile(self) -> None:
        """Look after tasks that nobody here follows."""
        others = [
            task for task in await asyncio.to_thread(self._backlog.admitted) if task.id not in self._following
        ]
        for task in others[:_CHECKED]:
            try:
                await self._settle(task)
            except NotFoundError:
                late = self._clock.now() - (task.admitted_at or self._clock.now()) >= _LOST_AFTER
                if late and self._knows(task):
                    await self._begin(task)

    # Inside

    def _knows(self, task: Task) -> bool:
        """Whether its workflow is known here; other executors on the same journal may know others."""
        return task.workflow in self._engine.definitions()

    def _check(self, workflow: str, inputs: Mapping[str, Any]) -> None:
        """Refuse what could never begin: an unknown workflow or wrong inputs."""
        known = self._engine.definitions()
        if workflow not in known:
            raise NotFoundError(
                f"There is no workflow called {workflow}.",
                remedy=f"Known are: {', '.join(sorted(known)) or 'none'}.",
            )
        known[workflow][-1].check_inputs(inputs)

    def _wake_from_anywhere(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)
