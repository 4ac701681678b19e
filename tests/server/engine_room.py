"""The engine room of the small system: its workers, its recovery and its memory, from real parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.adaptation.advisor import LearningAdvisor
from maestro.engine.memory import MemoryControl
from maestro.engine.recovery.circuit_breaker import Breakers
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.recovery.playbook import Playbooks
from maestro.engine.scheduling.scheduler import Scheduler
from maestro.engine.workers.thread_pool import ThreadPool
from maestro.engine.workflow import Engine
from maestro.settings import Settings


@dataclass
class RecoveryRecords:
    """What recovery keeps."""

    incidents: IncidentStore
    breakers: Breakers
    playbooks: Playbooks
    diary: Diary


def recovery_records(records: Database, clock: VirtualClock, settings: Settings) -> RecoveryRecords:
    """Empty records of recovery."""
    diary = Diary()
    playbooks = Playbooks(records, np.random.default_rng(42), diary)
    return RecoveryRecords(
        IncidentStore(records, clock), Breakers(records, clock, settings.recovery), playbooks, diary
    )


def memory_control(clock: VirtualClock, settings: Settings) -> MemoryControl:
    """Memory control that holds 400 of 1,000 MB."""
    return MemoryControl(settings.memory, clock, free=lambda: 600_000_000, held=lambda: 400_000_000)


def learning_advisor(records: Database, clock: VirtualClock, settings: Settings) -> LearningAdvisor:
    """An advisor that has learned nothing yet."""
    return LearningAdvisor(records, settings.adaptation, clock)


def scheduler(engine: Engine, clock: VirtualClock, settings: Settings) -> Scheduler:
    """A scheduler of an empty backlog, not started."""
    return Scheduler(engine, engine.records, settings.scheduler, clock)


def two_threads(clock: VirtualClock) -> ThreadPool:
    """A pool of two threads, not started."""
    return ThreadPool(clock, 2)
