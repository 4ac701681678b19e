"""Upkeep: recovery leaves chosen things alone, and does to a component only what can help it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.memory import MemoryControl
from maestro.engine.recovery.assembly import SelfHealing, assemble
from maestro.engine.recovery.case import Escalation
from maestro.engine.recovery.incident import IncidentDetail
from maestro.engine.tables import create_tables
from maestro.engine.upkeep import WORKERS, Machine, upkeep
from maestro.engine.workers import Pool
from maestro.engine.workers.dask_cluster import DaskCluster
from maestro.engine.workers.thread_pool import ThreadPool
from maestro.settings import MemorySettings, RecoverySettings

NOWHERE = "tcp://127.0.0.1:1"


class Room:
    """An engine room whose memory fills while something else is wrong."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock(datetime(2026, 5, 4, 12, tzinfo=UTC))
        self.folder = folder
        self.records = Database.open(f"sqlite:///{(folder / 'engine.db').as_posix()}")
        create_tables(self.records)
        self.called: list[Escalation] = []
        self._held = 100_000_000

    def heal(self, pool: Pool) -> SelfHealing:
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
