"""Upkeep: recovery leaves chosen things alone, and does to a component only what can help it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.memory import MemoryControl
from maestro.engine.recovery.assembly import SelfHealing, assemble
from maestro.engine.recovery.case import Escalation
from maestro.engine.recovery.incident import IncidentDetail
from maestro.engine.tables import create_tables
from maestro.engine.upkeep import WORKERS, Machine, upkeep
from maestro.engine.words import Words
from maestro.engine.workers.base import Standing, Trouble, WorkerInfo
from maestro.engine.workers.dask_cluster import DaskCluster
from maestro.engine.workers.thread_pool import ThreadPool
from maestro.settings import MemorySettings, RecoverySettings

AWAY = Trouble("unreachable", Words("The scheduler does not answer.", "스케줄러가 응답하지 않습니다."))
NOWHERE = "tcp://127.0.0.1:1"


class PaperPool:
    """A pool on paper: some of its workers are lost, or its scheduler does not answer."""

    def __init__(self, address: str = "", lost: int = 0) -> None:
        self.address, self.trouble = address, None if lost or not address else AWAY
        self.names = [f"old-{number}" for number in range(3)]
        self.lost = set(self.names[:lost])
        self.least = len(self.names)

    def workers(self) -> list[WorkerInfo]:
        moment = datetime(2026, 5, 4, tzinfo=UTC)
        return [
            WorkerInfo(
                name,
                "1",
                "process",
                "lost" if name in self.lost else "idle",
                *(1, 0, 0, 0, 0.0, 0, None, 1.0, {}),
                joined_at=moment,
                seen_at=moment,
            )
            for name in self.names
        ]

    def standing(self) -> Standing:
        return Standing(self.address, trouble=self.trouble)

    async def add(self, slots: int = 1) -> list[str]:
        self.names += [f"new-{number}" for number in range(slots)]
        return self.names

    async def remove(self, name: str, drain_s: float = 60.0) -> None:
        self.names.remove(name)
        self.least = min(self.least, len(self.names))


class Room:
    """An engine room whose memory fills while something else is wrong."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock(datetime(2026, 5, 4, 12, tzinfo=UTC))
        self.folder = folder
        self.records = Database.open(f"sqlite:///{(folder / 'engine.db').as_posix()}")
        create_tables(self.records)
        self.called: list[Escalation] = []
        self._held = 100_000_000

    def heal(self, pool: Any) -> SelfHealing:
        async def forget() -> None: ...

        machine = Machine(
            folder=self.folder,
            records=self.records,
            memory=MemoryControl(MemorySettings(), self.clock, free=self._free, held=lambda: self._held),
            pool=pool,
            clock=self.clock,
            name="here",
            may_work=lambda: True,
            admit=lambda _: None,
            forget=forget,
            declared=lambda: None,
            foreseen=lambda: 0.0,
        )
        return assemble(
            upkeep(machine),
            self.records,
            self.clock,
            RecoverySettings(),
            seed=7,
            call_person=self.called.append,
        )

    def _free(self) -> int:
        return 1_000_000_000 - self._held

    async def live(self, healing: SelfHealing, seconds: int) -> None:
        for _ in range(seconds):
            self._held += 2_000_000
            await healing.recovery.round()
            await self.clock.advance(seconds=1)

    def about_workers(self, healing: SelfHealing) -> list[IncidentDetail]:
        found = [healing.incidents.get(each.id) for each in healing.incidents.latest()[0]]
        return [each for each in found if each.incident.component == WORKERS]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    made = Room(tmp_path)
    yield made
    made.records.close()


async def test_workers_retired_by_a_person_are_no_incident_and_stay_away(room: Room) -> None:
    pool = ThreadPool(room.clock, 2)
    await pool.start()
    healing = room.heal(pool)
    await room.live(healing, 5)
    for worker in pool.workers():
        await pool.remove(worker.name)
    await room.live(healing, 30)
    assert room.about_workers(healing) == []
    assert pool.workers() == []
    await pool.add(1)
    await room.live(healing, 5)
    assert [worker.state for worker in pool.workers()] == ["idle"]
    await healing.recovery.stop()
    await pool.stop()


async def test_a_scheduler_that_does_not_answer_is_waited_for_and_then_a_person_is_called(room: Room) -> None:
    pool = DaskCluster(NOWHERE, room.clock)
    healing = room.heal(pool)
    await room.live(healing, 8)
    assert room.about_workers(healing) == []  # it may be about to come
    await room.live(healing, 120)
    (detail,) = room.about_workers(healing)
    assert detail.incident.title.en == "The pool of workers does not answer"
    assert {(each.action, each.target) for each in detail.actions} == {("await_cluster", WORKERS)}
    assert detail.causes[0]["component"] == WORKERS
    assert NOWHERE in detail.causes[0]["evidence"][0]["en"]
    assert [each.title.en for each in room.called] == ["The pool of workers does not answer"]
    await healing.recovery.stop()


async def test_lost_workers_are_replaced_and_the_pool_is_never_empty_meanwhile(room: Room) -> None:
    pool = PaperPool(lost=3)
    healing = room.heal(pool)
    await room.live(healing, 60)
    assert not pool.lost & set(pool.names)
    assert pool.least == 3
    (detail,) = room.about_workers(healing)
    assert (detail.incident.kind, detail.incident.status) == ("lost_workers", "resolved")
    await healing.recovery.stop()


async def test_a_cluster_that_comes_back_ends_the_incident(room: Room) -> None:
    pool = PaperPool("tcp://far:8786")
    healing = room.heal(pool)
    await room.live(healing, 6)
    pool.trouble = None
    await room.live(healing, 6)
    (detail,) = room.about_workers(healing)
    assert detail.incident.status == "resolved"
    assert [each.action for each in detail.actions] == ["await_cluster"]
    assert room.called == []
    await healing.recovery.stop()
