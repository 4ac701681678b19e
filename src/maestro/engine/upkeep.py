"""Upkeep: what recovery looks after in every Maestro process: its components, checks and actions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.memory import MemoryControl, Pressure
from maestro.engine.recovery.action import Action
from maestro.engine.recovery.assembly import System
from maestro.engine.recovery.checks import (
    CallCheck,
    DiskCheck,
    EventLoopCheck,
    JournalCheck,
    MemoryCheck,
    PoolCheck,
)
from maestro.engine.recovery.dependencies import Component
from maestro.engine.recovery.health import HealthState, Reading
from maestro.engine.recovery.layers import Layer
from maestro.engine.recovery.prevention import Limit, Prediction
from maestro.engine.workers.base import Pool

DISK, JOURNAL, MEMORY, LOOP, EXECUTOR, WORKERS = (
    "disk",
    "journal",
    "memory",
    "event loop",
    "executor",
    "workers",
)

LOOK_S = 0.5
"""Seconds between two looks whether a cluster is back."""
COMES_BACK_S = 15.0
"""Seconds for which a cluster is waited for at a time, before that counts as of no help."""


@dataclass(frozen=True)
class Machine:
    """What the engine of one process stands on, as recovery needs to know it.

    Args:
        folder: on the disk that holds the journal.
        records: the engine's own tables.
        memory: memory control of this process.
        pool: the workers.
        clock: the wall clock.
        name: of this process among others.
        may_work: whether the executor holds its lease.
        admit: told whether new work may be taken from the backlog.
        forget: deletes what is kept longer than needed, to make room.
        declared: undoes every adaptation, so that workflows run as they were declared.
        foreseen: how likely the steps that go to workers fail at present.
        at: where these components are, put after their names, when several processes share the records.
    """

    folder: Path
    records: Database
    memory: MemoryControl
    pool: Pool
    clock: Clock
    name: str
    may_work: Callable[[], bool]
    admit: Callable[[bool], None]
    forget: Callable[[], Awaitable[object]]
    declared: Callable[[], object]
    foreseen: Callable[[], float]
    at: str = ""


def upkeep(machine: Machine) -> System:
    """The components of a process with their checks, and the actions that mend them, gentlest first.

    Workers that join by themselves are a cluster: it lives on other machines, needs nothing of this process,
    and none of it can be started from here.
    """
    cluster = bool(machine.pool.standing().address)
    disk, memory, loop, executor, workers = (
        f"{name}{machine.at}" for name in (DISK, MEMORY, LOOP, EXECUTOR, WORKERS)
    )
    return System(
        components=(
            Component(disk, "disk"),
            Component(memory, "memory"),
            Component(loop, "event loop", (memory,)),
            Component(JOURNAL, "database", (disk,)),
            Component(executor, "executor", (JOURNAL, loop)),
            Component(workers, "cluster") if cluster else Component(workers, "workers", (memory,)),
        ),
        checks=(
            DiskCheck(disk, machine.folder),
            MemoryCheck(memory, lambda: machine.memory.monitor.sample().share),
            EventLoopCheck(loop),
            JournalCheck(JOURNAL, machine.records, machine.clock, machine.name),
            CallCheck(executor, lambda: _lease(machine)),
            PoolCheck(workers, machine.pool.workers, machine.pool.standing),
        ),
        actions=(*_actions(machine), *_pool_actions(machine.pool, machine.clock)),
        limits=(Limit(disk, "used_share", 0.97), Limit(memory, "memory_share", 0.95)),
        predictions=lambda: [Prediction(workers, machine.foreseen(), "step_failure")],
    )


async def _lease(machine: Machine) -> Reading:
    if machine.may_work():
        return Reading()
    words = "Its lease has run out: it joins again, and others go on with its runs."
    return Reading(HealthState.DEGRADED, "silent", words)


def _actions(machine: Machine) -> tuple[Action, ...]:
    async def reconnect(_: str) -> None:
        await asyncio.to_thread(machine.records.engine.dispose)

    async def give_memory_back(_: str) -> None:
        await asyncio.to_thread(machine.memory.optimizer.relieve, Pressure.HIGH)

    async def give_all_memory_back(_: str) -> None:
        await asyncio.to_thread(machine.memory.optimizer.relieve, Pressure.CRITICAL)

    async def make_room(_: str) -> None:
        await machine.forget()

    async def as_declared(_: str) -> None:
        await asyncio.to_thread(machine.declared)

    async def hold(_: str) -> None:
        machine.admit(False)

    async def go_on(_: str) -> None:
        machine.admit(True)

    return (
        Action("reconnect", ("database",), Layer.REROUTE, reconnect),
        Action(
            "give_memory_back", ("memory", "event loop"), Layer.REROUTE, give_memory_back, preventive=True
        ),
        Action("forget_old_runs", ("disk",), Layer.REROUTE, make_room, preventive=True),
        Action("give_all_memory_back", ("memory",), Layer.ALTERNATIVE, give_all_memory_back),
        Action(
            "hold_new_work",
            ("disk", "memory", "event loop", "database"),
            Layer.DEGRADE,
            hold,
            afterwards=go_on,
        ),
        Action("run_as_declared", ("workers", "executor"), Layer.RESTORE, as_declared),
    )


def _pool_actions(pool: Pool, clock: Clock) -> tuple[Action, ...]:
    async def replace_lost(_: str) -> None:
        lost = [worker.name for worker in pool.workers() if worker.state == "lost"]
        if lost:  # the new ones first: a pool whose last worker is removed counts as emptied on purpose
            await pool.add(len(lost))
        for name in lost:
            await pool.remove(name, drain_s=0.0)

    async def add_worker(_: str) -> None:
        if not pool.standing().emptied:  # that there is none is somebody's choice then
            await pool.add(1)

    async def await_cluster(_component: str) -> None:
        for _ in range(round(COMES_BACK_S / LOOK_S)):
            lost = any(worker.state == "lost" for worker in pool.workers())
            if not lost and pool.standing().trouble is None:
                return
            await clock.sleep(LOOK_S)

    return (
        Action("replace_lost_workers", ("workers",), Layer.REROUTE, replace_lost, preventive=True),
        Action("await_cluster", ("cluster",), Layer.REROUTE, await_cluster, COMES_BACK_S / 2, settle_s=1.0),
        Action("add_a_worker", ("workers",), Layer.ALTERNATIVE, add_worker),
    )
