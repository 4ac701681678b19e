"""Dask cluster: workers on other machines, which join a Dask scheduler by its address and leave at any time.

Dask carries tasks, watches workers and repeats what a dead one had; we choose the worker, and keep every
unfinished task here. So the scheduler, whose memory is its only record, may die: when one is back at the
address, the tasks are submitted again under the same keys.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
from asyncio import FIRST_COMPLETED
from collections.abc import Callable, Mapping
from typing import Any

from distributed import Client, KilledWorker

from maestro.clock import Clock
from maestro.engine.words import Words
from maestro.engine.workers.base import Task, Trouble, WorkerLostError
from maestro.engine.workers.dask_far_end import perform_there
from maestro.engine.workers.member import Member
from maestro.engine.workers.pool import WorkerPool
from maestro.engine.workers.process_pool import packed, unpacked
from maestro.engine.workers.worker import DiedError, Done, Usage, Worker
from maestro.errors import ConflictError
from maestro.telemetry import get_logger

LOOK_S = 0.5
"""Seconds of life between two looks at who is there."""
LOST_AFTER_S = 10.0
"""Seconds of life without an answer after which the scheduler counts as dead."""
REMEMBERED_S = 300.0
"""Seconds for which a worker that is gone stays in the list as lost."""

_log = get_logger("workers")


class DaskWorker(Worker):
    """A worker of the cluster, as the scheduler tells of it."""

    kind = "dask"

    def __init__(self, name: str, submit: Callable[[Task, DaskWorker], Any]) -> None:
        super().__init__(name)
        self._submit = submit
        self._address = ""
        self._usage = Usage()
        self.gone: asyncio.Future[None] | None = None

    @property
    def address(self) -> str:
        """Its network address."""
        return self._address

    def see(self, address: str, told: Mapping[str, Any]) -> None:
        """Take over what the scheduler tells."""
        self._address = address
        self.slots = self.ahead = int(told["nthreads"])
        self.resources = {name: float(much) for name, much in told["resources"].items()}
        self.memory_limit_bytes = told["memory_limit"] or None
        metrics = told["metrics"]
        self._usage = Usage(float(metrics.get("cpu", 0.0)), int(metrics.get("memory", 0)))

    async def start(self, died: Callable[[], None]) -> None:
        """Be there; it lives elsewhere."""
        self.gone = asyncio.get_running_loop().create_future()

    async def stop(self) -> None:
        """Be gone, as far as this pool is concerned."""
        if self.gone is not None and not self.gone.done():
            self.gone.set_result(None)

    async def work(self, task: Task, context: contextvars.Context) -> Done:
        """Do a task there; context variables stay here."""
        done: Done = await self._submit(task, self)
        return done

    def usage(self) -> Usage:
        """What it told of itself last."""
        return self._usage


class DaskCluster(WorkerPool):
    """A pool of the workers of a Dask cluster; they join with `maestro worker --join ADDRESS`.

    Args:
        address: of the scheduler, such as tcp://10.0.0.5:8786.
        clock: stamps what others see.
        balancing: how workers are chosen.
        seed: seed of the balancing's draws.
        patience_s: seconds of life that a task waits for a scheduler and a worker that could do it.
    """

    def __init__(
        self,
        address: str,
        clock: Clock,
        *,
        balancing: str = "learned",
        seed: int = 42,
        patience_s: float = 300.0,
    ) -> None:
        super().__init__(clock, balancing=balancing, seed=seed, patience_s=patience_s)
        self.address = address
        self._client: Any = None  # Dask does not tell its types
        self._changed_at = clock.now()
        self._met = False
        self._watching: asyncio.Task[None] | None = None
        self._farewells: set[asyncio.Task[Any]] = set()

    async def add(self, slots: int = 1, resources: Mapping[str, float] | None = None) -> list[str]:
        """Workers of a cluster join by themselves.

        Raises:
            ConflictError: always.
        """
        raise ConflictError(
            "Workers of a cluster join by themselves.",
            remedy=f"On the machine that is to help: maestro worker --join {self.address}",
        )

    def _way_to_join(self, needs: str) -> Words:
        command = f"maestro worker --join {self.address}" + (f" --resources {needs}" if needs else "")
        return Words(f"Add one with: {command}", f"다음 명령으로 추가해 주세요: {command}")

    @property
    def _address(self) -> str:
        return self.address

    def _trouble(self) -> Trouble | None:
        """A scheduler that answered once and does so no more is gone; anything else is given time to come."""
        young = (self._clock.now() - self._changed_at).total_seconds() < LOST_AFTER_S
        if self._client is not None:
            return None if young else super()._trouble()
        if young and not self._met:
            return None
        return Trouble(
            "unreachable",
            Words(
                f"The scheduler at {self.address} does not answer; as soon as it does, it is joined again."
                " On its machine it starts with: maestro worker --scheduler tcp://0.0.0.0:8786",
                f"{self.address}의 스케줄러가 응답하지 않으며, 응답하면 바로 다시 연결합니다."
                " 그 장비에서 시작하는 명령: maestro worker --scheduler tcp://0.0.0.0:8786",
            ),
        )

    async def _bring_up(self) -> None:
        self._changed_at = self._clock.now()
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what it tells, we tell in a line
        self._watching = asyncio.create_task(self._watch())

    async def _take_down(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        if self._farewells:
            await asyncio.wait(self._farewells)
        await self._disconnect()
        self._members.clear()

    async def _dismiss(self, member: Member) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(LOST_AFTER_S):
                    address = member.worker.address
                    await self._client.retire_workers([address], close_workers=True, remove=True)
        await member.worker.stop()

    # The scheduler: here, gone, back again

    async def _watch(self) -> None:
        while True:
            try:
                if self._client is None:
                    self._client = await self._connected()
                    self._met, self._changed_at = True, self._clock.now()
                async with asyncio.timeout(LOST_AFTER_S):
                    told = await self._client.scheduler.identity(n_workers=-1)
                await self._see(told["workers"])
            except (OSError, TimeoutError) as error:
                if self._client is not None:
                    _log.warning("scheduler lost", address=self.address, error=str(error))
                await self._disconnect()
            await asyncio.sleep(LOOK_S)
            if self._client is not None and self._client.status != "running":
                _log.warning("scheduler lost", address=self.address, status=self._client.status)
                await self._disconnect()

    async def _connected(self) -> Any:
        make: Any = Client
        client = make(self.address, asynchronous=True, set_as_default=False, timeout=LOST_AFTER_S)
        try:
            return await client
        except asyncio.CancelledError:
            await client.close()
            raise

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        self._lose_sight()
        for member in self._members.values():
            await member.worker.stop()
        if client is not None:
            with contextlib.suppress(OSError, TimeoutError):
                await client.close()

    def _lose_sight(self) -> None:
        for member in self._members.values():
            member.alive = False

    async def _see(self, told: Mapping[str, Mapping[str, Any]]) -> None:
        """Take over who is there; a worker that was restarted has its old name and another address."""
        seen: set[str] = set()
        for address, each in told.items():
            name = str(each["name"])
            member = self._members.get(name)
            if member is not None and each["status"] == "closing_gracefully":
                member.retired = True  # somebody else retires it: it ends what it has
            elif each["status"] != "running":
                continue
            seen.add(name)
            await self._meet(member or self._admit(DaskWorker(name, self._submit)), address, each)
        for name in set(self._members) - seen:
            await self._miss(self._members[name])
        self._dispatch()

    async def _meet(self, member: Member, address: str, told: Mapping[str, Any]) -> None:
        worker = member.worker
        assert isinstance(worker, DaskWorker)
        member.seen_at = self._clock.now()
        if not member.alive or worker.address != address:
            await worker.stop()
            await worker.start(lambda: None)
            member.alive = True
        worker.see(address, told)

    async def _miss(self, member: Member) -> None:
        if member.alive and not member.retired:
            _log.warning("worker lost", worker=member.name)
        member.alive = False
        await member.worker.stop()
        absent_s = (self._clock.now() - member.seen_at).total_seconds()
        if not member.jobs and (member.retired or absent_s > REMEMBERED_S):
            self._members.pop(member.name, None)
            self._balancing.forget(member.name)

    # Tasks

    async def _submit(self, task: Task, worker: DaskWorker) -> Done:
        client, gone = self._client, worker.gone
        if client is None or client.status != "running" or gone is None:
            self._lose_sight()
            raise DiedError(blame=False)
        future = client.submit(
            perform_there,
            packed(task),
            key=task.key,
            workers=[worker.address],
            # Dask would send a task whose worker is gone to any other, without a look at resources
            allow_other_workers=not task.resources,
            resources=dict(task.resources) or None,
            priority=task.priority,
            retries=0,
            pure=False,
        )
        result: asyncio.Future[tuple[str, bytes]] = asyncio.ensure_future(future.result())
        try:
            waited: set[asyncio.Future[Any]] = {result, gone} if task.resources else {result}
            await asyncio.wait(waited, return_when=FIRST_COMPLETED)
            if future.cancelled():
                self._lose_sight()
                raise DiedError(blame=False)
            if not result.done():
                raise DiedError(blame=self._client is client)
            name, answer = result.result()
            return unpacked(answer, name)
        except KilledWorker as error:
            raise WorkerLostError(
                f"Task {task.key} was given up: several workers died while they did it.",
                remedy="See whether it needs more memory than a worker has.",
            ) from error
        finally:
            self._let_go(client, future, result)

    def _let_go(self, client: Any, future: Any, result: asyncio.Future[tuple[str, bytes]]) -> None:
        if result.done():
            if not result.cancelled():
                result.exception()  # so that it counts as seen
            future.release()
            return
        result.cancel()
        if client.status == "running":
            farewell = asyncio.ensure_future(client.cancel([future], asynchronous=True, force=True))
            self._farewells.add(farewell)
            farewell.add_done_callback(self._farewells.discard)
