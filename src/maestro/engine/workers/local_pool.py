"""Local pool, what thread and process pools share: workers of one slot, brought back when they die."""

from __future__ import annotations

import asyncio
import itertools
import time
from abc import abstractmethod
from collections.abc import Mapping

from maestro.clock import Clock
from maestro.engine.words import Words
from maestro.engine.workers.base import WorkerInfo, WorkerKind
from maestro.engine.workers.member import Member
from maestro.engine.workers.pool import WorkerPool
from maestro.engine.workers.worker import Worker
from maestro.telemetry import get_logger

SHORT_LIFE_S = 1.0
"""A worker that dies sooner than this is brought back later and later."""
LONGEST_BACKOFF_S = 10.0

_log = get_logger("workers")


class LocalPool(WorkerPool):
    """Workers of this machine, each doing one task at a time.

    Args:
        clock: stamps what others see, and waits before a worker that keeps dying is brought back.
        slots: workers to begin with.
        balancing: how workers are chosen.
        seed: seed of the balancing's draws.
        patience_s: seconds of life that a task waits for a worker to join that could do it.
        resources: what each of the first workers offers, by name.
    """

    def __init__(
        self,
        clock: Clock,
        slots: int,
        *,
        balancing: str = "learned",
        seed: int = 42,
        patience_s: float = 30.0,
        resources: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(clock, balancing=balancing, seed=seed, patience_s=patience_s)
        self._slots = slots
        self._resources = dict(resources or {})
        self._names = itertools.count(1)
        self._revivals: set[asyncio.Task[None]] = set()

    async def add(self, slots: int = 1, resources: Mapping[str, float] | None = None) -> list[str]:
        """Add workers on this machine and name them; each does one task at a time."""
        added = []
        for _ in range(slots):
            worker = self._make(f"{self._kind}-{next(self._names)}", resources)
            member = self._admit(worker)
            await self._bring_to_life(member)
            added.append(worker.name)
        self._dispatch()
        return added

    def _way_to_join(self, needs: str) -> Words:
        if not needs:
            return Words(
                "Add one on the page Workers, or with POST /api/v1/workers.",
                "작업자 화면이나 POST /api/v1/workers로 추가해 주세요.",
            )
        start = f"maestro worker --scheduler tcp://0.0.0.0:8786 --resources {needs}"
        return Words(
            f"Start a cluster with one that does: {start}; then start Maestro with"
            " MAESTRO_WORKERS__ADDRESS=tcp://HOST:8786.",
            f"제공하는 작업자로 클러스터를 시작한 뒤({start}),"
            " MAESTRO_WORKERS__ADDRESS=tcp://HOST:8786으로 Maestro를 다시 시작해 주세요.",
        )

    def workers(self) -> list[WorkerInfo]:
        """All workers by name; one of this machine is known to live for as long as it has not died."""
        now = self._clock.now()
        for member in self._members.values():
            if member.alive:
                member.seen_at = now
        return super().workers()

    @property
    @abstractmethod
    def _kind(self) -> WorkerKind: ...

    @abstractmethod
    def _make(self, name: str, resources: Mapping[str, float] | None) -> Worker: ...

    async def _bring_up(self) -> None:
        await self.add(self._slots, self._resources)

    async def _take_down(self) -> None:
        for revival in self._revivals:
            revival.cancel()
        if self._revivals:
            await asyncio.wait(self._revivals)
        for member in list(self._members.values()):
            await self._dismiss(member)
        self._members.clear()

    async def _dismiss(self, member: Member) -> None:
        member.retired, member.alive = True, False
        await member.worker.stop()

    async def _bring_to_life(self, member: Member) -> None:
        born = time.perf_counter()
        await member.worker.start(lambda: self._died(member, time.perf_counter() - born))
        member.alive = True
        member.seen_at = self._clock.now()

    def _died(self, member: Member, lived_s: float) -> None:
        member.alive = False
        if member.retired or not self._open:
            return
        member.deaths = member.deaths + 1 if lived_s < SHORT_LIFE_S else 0
        _log.warning("worker died", worker=member.name, lived_s=round(lived_s, 3))
        revival = asyncio.create_task(self._revive(member))
        self._revivals.add(revival)
        revival.add_done_callback(self._revivals.discard)

    async def _revive(self, member: Member) -> None:
        if member.deaths > 1:
            await self._clock.sleep(min(LONGEST_BACKOFF_S, 0.1 * 2.0**member.deaths))
        await member.worker.stop()
        if not member.retired:
            await self._bring_to_life(member)
            self._dispatch()
