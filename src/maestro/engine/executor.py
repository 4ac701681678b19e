"""Executor: this process as one of many that work on the same runs; survivors take over from the dead."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from maestro.clock import Clock
from maestro.engine.executor_registry import ExecutorInfo, ExecutorRegistry, ExecutorState
from maestro.engine.heartbeat import Heartbeat
from maestro.engine.lease import Watch
from maestro.engine.presence import has_ended, this_machine
from maestro.errors import MaestroError
from maestro.settings import ExecutorSettings
from maestro.telemetry import get_logger

T = TypeVar("T")

THOROUGH_EVERY = 20
"""The first and then every so many looks also go to executors of which nothing should be left."""

LONGEST_LOOK_LEASES = 3.0
"""A look that takes more leases than this, because the database does not answer, is given up."""

_log = get_logger("engine.executor")


@dataclass(frozen=True)
class LeftRun:
    """A run that an executor left unfinished, and whether its workflow and version are known here."""

    id: str
    executor: str
    known: bool


@dataclass(frozen=True)
class Takeover:
    """A takeover that happened here: when, from whom, which runs."""

    at: datetime
    executor: str
    runs: tuple[str, ...]


class Runs(Protocol):
    """What an executor needs of the engine that works on the runs."""

    def workflows(self) -> Collection[str]:
        """What it can run, as `name@version`."""
        ...

    def running_ids(self) -> Collection[str]:
        """The runs that it works on at present."""
        ...

    async def open(self, executor_id: str, may_work: Callable[[], bool]) -> None:
        """Begin as this executor; ask `may_work` before every attempt at a step."""
        ...

    async def close(self, drain_s: float) -> None:
        """Take no more work, let steps end for `drain_s` seconds, stop the rest without a record."""
        ...

    async def left_by(self, executor_ids: Sequence[str]) -> Sequence[LeftRun]:
        """What other executors have not ended."""
        ...

    async def take_up(self, run_ids: Sequence[str]) -> None:
        """Go on with these runs here."""
        ...

    async def set_aside(self, lost: str, run_ids: Sequence[str]) -> Collection[str]:
        """Leave those alone that seem to bring down whoever works them, as they did the one lost last."""
        ...


class Executor:
    """This process among the executors of one journal.

    It beats every `heartbeat_s` seconds. Whoever sees that another's heartbeat has stood still for `lease_s`
    seconds declares it lost, claims its runs and goes on with those whose workflow and version it knows. One
    that was frozen finds its lease run out when it wakes: it stops its runs, whose records nobody would
    accept any more, and joins again under another name.

    Args:
        runs: the runs of this process: the engine.
        registry: the executors of its journal.
        settings: heartbeat, lease and patience.
        clock: the machine's clock; stamps what people read, and it waits on it between two looks.
        monotonic: seconds since some moment, never going back.

    Example:
        executor = Executor(runs, registry, settings.executor, clock)
        await executor.join()
        await executor.work(until=stop)   # ends, too, when it is asked to drain
        await executor.drain()
    """

    def __init__(
        self,
        runs: Runs,
        registry: ExecutorRegistry,
        settings: ExecutorSettings,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runs = runs
        self._registry = registry
        self._settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._host = socket.gethostname()
        self._machine = this_machine() if settings.same_machine else ""
        self._watch = Watch(monotonic)
        self._heartbeat: Heartbeat | None = None
        self._looks = 0
        self._idle: set[str] = set()
        self._takeovers: list[Takeover] = []
        # threads of its own: those of the event loop may all be busy with steps
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="maestro-executor")

    @property
    def id(self) -> str:
        """Its name at present; empty before it joined and after it left."""
        return self._heartbeat.executor_id if self._heartbeat else ""

    @property
    def workflows(self) -> Sequence[str]:
        """What it can run, as `name@version`."""
        return sorted(self._runs.workflows())

    @property
    def running(self) -> int:
        """How many runs it works on at present."""
        return len(self._runs.running_ids())

    @property
    def heartbeat(self) -> Heartbeat | None:
        """Its heartbeat; None before it joined and after it left."""
        return self._heartbeat

    @property
    def takeovers(self) -> Sequence[Takeover]:
        """What it took over since it began, the first one first."""
        return tuple(self._takeovers)

    def may_work(self) -> bool:
        """Whether nobody can have taken over its runs yet."""
        return self._heartbeat is not None and self._heartbeat.holds()

    async def join(self) -> None:
        """Begin to work, and be seen by the others.

        Raises:
            MaestroError: the journal cannot be opened.
        """
        pid = os.getpid()
        executor_id = f"{self._host}-{pid}-{uuid.uuid4().hex[:8]}"
        lease_s, workflows = self._settings.lease_s, self._runs.workflows()
        heartbeat = Heartbeat(
            executor_id,
            self._registry,
            self._settings,
            self._monotonic,
            lambda: len(self._runs.running_ids()),
        )
        await self._runs.open(executor_id, heartbeat.holds)
        try:
            await self._aside(
                lambda: self._registry.join(
                    executor_id, self._host, pid, lease_s, workflows, machine=self._machine
                )
            )
            await self._aside(heartbeat.begin)
        except BaseException:
            await self._runs.close(0.0)
            raise
        self._heartbeat = heartbeat
        self._watch = Watch(self._monotonic)
        _log.info("executor joined", executor=executor_id)

    async def work(self, until: asyncio.Event) -> None:
        """Look after the others until told to leave, here or by the row of this executor; `drain` is next."""
        while not until.is_set() and not (self._heartbeat and self._heartbeat.asked_to_drain):
            try:
                await self.look()
            except Exception as error:
                # whatever it was, one who stops looking takes over from nobody and is of no use
                _log.warning("executor looks again", executor=self.id, error=str(error) or repr(error))
            await self._pause(until)

    async def look(self) -> None:
        """One look: rejoin if the lease has run out, else take over from those that are lost or gone."""
        heartbeat = self._heartbeat
        if heartbeat is None or not heartbeat.holds():
            await self._rejoin()
            return
        heartbeat.alive()
        self._looks += 1
        try:
            async with asyncio.timeout(LONGEST_LOOK_LEASES * self._settings.lease_s):
                await self._look_after_others()
        except Exception:
            self._watch.pause()
            raise

    async def drain(self) -> None:
        """Take no more work, let steps end for `drain_s` seconds, hand the rest over and leave."""
        if self._heartbeat is not None:
            me = self.id
            _log.info("executor drains", executor=me, runs=len(self._runs.running_ids()))
            with contextlib.suppress(SQLAlchemyError, MaestroError):
                await self._aside(lambda: self._registry.ask_to_drain(me))
            with contextlib.suppress(SQLAlchemyError, MaestroError):  # unseen, others wait for the lease
                await self._leave(self._settings.drain_s)
            self._heartbeat = None
        self._threads.shutdown()

    async def _look_after_others(self) -> None:
        executors = await self._aside(self._registry.list)
        if await self._declare_lost([each for each in executors if each.id != self.id]):
            executors = await self._aside(self._registry.list)
        present = {each.id for each in executors if each.state.present}
        thorough = self._looks % THOROUGH_EVERY == 1
        if thorough:
            await self._take_up_idle()
        gone = [
            each
            for each in executors
            if not each.state.present
            and (each.claimed_by == self.id or each.claimed_by not in present)
            and (thorough or not each.settled)
        ]
        if not gone:
            return
        left = await self._runs.left_by([each.id for each in gone])
        for each in gone:
            await self._take_over(each, [run for run in left if run.executor == each.id])

    async def _take_up_idle(self) -> None:
        """Go on with runs that were given to this executor, but that nobody here works: a second look at
        them proves that what should have begun them has failed, as it can when the database goes away."""
        known = {run.id for run in await self._runs.left_by([self.id]) if run.known}
        idle = known - set(self._runs.running_ids())
        again = sorted(idle & self._idle)
        self._idle = idle
        if again:
            await self._runs.take_up(again)
            _log.warning("idle runs taken up", executor=self.id, runs=len(again))

    async def _declare_lost(self, others: Sequence[ExecutorInfo]) -> bool:
        """Declare those lost that are; says whether there was one."""
        dead = [*self._watch.look(others), *filter(self._seen_ended, others)]
        for each in dead:
            lost, me = each, self.id
            if await self._aside(lambda: self._registry.declare_lost(lost, me)):  # noqa: B023 - awaited here
                _log.warning("executor lost", executor=each.id, heartbeat_at=each.heartbeat_at.isoformat())
        return bool(dead)

    def _seen_ended(self, other: ExecutorInfo) -> bool:
        """Whether this machine itself tells that another's process is no more."""
        here = other.state.present and self._machine != "" and other.machine == self._machine
        return here and has_ended(other.pid)

    async def _take_over(self, other: ExecutorInfo, left: Sequence[LeftRun]) -> None:
        me = self.id
        if other.claimed_by != me:
            if other.settled and not left:
                return
            if left and not any(run.known for run in left):
                return  # they wait for somebody who knows their workflow
            if not await self._aside(lambda: self._registry.claim(other, me)):
                return
            left = await self._runs.left_by([other.id])  # another may have taken some before we claimed
        ours = tuple(run.id for run in left if run.known)
        if not self.may_work():
            return  # another may have claimed them meanwhile
        if other.state is ExecutorState.LOST:
            aside = await self._runs.set_aside(other.id, ours)
            ours = tuple(run for run in ours if run not in aside)
            left = [run for run in left if run.id not in aside]
            for run in aside:
                _log.error("run set aside", executor=me, lost=other.id, run_id=run)
        if ours:
            await self._runs.take_up(ours)
            self._takeovers.append(Takeover(self._clock.now(), other.id, ours))
            _log.info("runs taken over", executor=me, lost=other.id, runs=len(ours))
        settled = len(ours) == len(left)
        await self._aside(lambda: self._registry.release(other.id, me, settled=settled, took_over=bool(ours)))

    async def _rejoin(self) -> None:
        stopped = len(self._runs.running_ids())
        _log.warning("lease lost, runs stopped", executor=self.id, runs=stopped)
        await self._leave(0.0)
        await self.join()

    async def _leave(self, drain_s: float) -> None:
        heartbeat = self._heartbeat
        if heartbeat is None:
            return
        await self._runs.close(drain_s)
        await self._aside(heartbeat.end)
        await self._aside(lambda: self._registry.leave(heartbeat.executor_id))
        self._heartbeat = None

    async def _pause(self, until: asyncio.Event) -> None:
        waits = [
            asyncio.create_task(until.wait()),
            asyncio.create_task(self._clock.sleep(self._settings.scan_s)),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _aside(self, work: Callable[[], T]) -> T:
        loop: Any = asyncio.get_running_loop()
        found: T = await loop.run_in_executor(self._threads, work)
        return found
