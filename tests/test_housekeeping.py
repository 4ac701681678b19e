"""Housekeeping: the audit chain is proved, old runs go, and an agent in quarantine calls a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from maestro.agents.agent import State
from maestro.agents.audit_log import AuditLog
from maestro.clock import RealClock, VirtualClock
from maestro.database import Base, Database
from maestro.engine.recovery.assembly import assemble
from maestro.engine.recovery.case import Escalation
from maestro.engine.recovery.dependencies import Component
from maestro.engine.recovery.health import HealthState
from maestro.engine.step import Step
from maestro.engine.tables import create_tables
from maestro.engine.upkeep import DISK
from maestro.errors import PermanentError
from maestro.housekeeping import AGENTS, RECORDS, RecentChanges, housekeeping, parts
from maestro.settings import RecoverySettings


@dataclass
class Worker:
    name: str
    state: str


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database.open(f"sqlite:///{tmp_path / 'records.db'}")
    Base.metadata.create_all(opened.engine)
    return opened


async def forget() -> int:
    return 3


def test_each_check_is_a_step_of_its_own(database: Database) -> None:
    graph = housekeeping(database, AuditLog(database, RealClock()), forget)
    assert set(graph.parents["report"]) == {"check_records", "prove_audit", "forget_runs"}


def test_an_altered_audit_log_is_said_and_never_retried(database: Database) -> None:
    audit = AuditLog(database, RealClock())
    audit.append("system", "shop.opened", "shop", {})
    prove = next(each for each in housekeeping(database, audit, forget).steps if each.name == "prove_audit")
    assert isinstance(prove, Step)
    assert prove() == 1
    with database.session() as session:
        session.execute(text("UPDATE audit_log SET action = 'shop.closed'"))
    with pytest.raises(PermanentError, match="altered at entry 1"):
        prove()


async def test_a_person_is_called_to_an_agent_in_quarantine_and_nothing_else_releases_it(
    database: Database, tmp_path: Path
) -> None:
    clock = VirtualClock(datetime(2026, 5, 4, 12, tzinfo=UTC))
    broken = Worker("broken", State.QUARANTINED)
    workers = {"calm": Worker("calm", "running"), "broken": broken}
    system = parts(database, lambda: workers, RecentChanges(clock))
    check = next(each for each in system.checks if each.component == AGENTS)
    reading = await check.check()
    assert (reading.state, reading.words) == (HealthState.FAILING, "In quarantine: broken.")
    records = Database.open(f"sqlite:///{tmp_path / 'engine.db'}")
    create_tables(records)
    called: list[Escalation] = []
    system = replace(system, components=(Component(DISK, "disk"), *system.components))
    healing = assemble(system, records, clock, RecoverySettings(), seed=7, call_person=called.append)

    async def rounds(count: int) -> None:
        for _ in range(count):
            await healing.recovery.round()
            clock.set(clock.now() + timedelta(seconds=1))

    await rounds(10)
    assert [(each.title.en, each.tried) for each in called] == [("An agent is in quarantine", ())]
    assert broken.state is State.QUARANTINED
    incident = healing.incidents.unresolved()[0]
    assert (incident.status, incident.layer) == ("escalated", None)
    detail = healing.incidents.get(incident.id)
    assert detail.causes[0]["evidence"][0]["en"] == "In quarantine: broken."
    assert "only a person can end this" in detail.timeline[-1].words.en
    broken.state = State.RUNNING
    await rounds(3)
    assert healing.incidents.unresolved() == []
    await healing.recovery.stop()
    records.close()


async def test_the_records_are_checked_and_reconnected(database: Database) -> None:
    system = parts(database, dict, RecentChanges(RealClock()))
    check = next(each for each in system.checks if each.component == RECORDS)
    assert (await check.check()).state is HealthState.HEALTHY
    action = next(each for each in system.actions if "records" in each.kinds)
    await action.run(RECORDS)
    assert (await check.check()).state is HealthState.HEALTHY


def test_what_people_changed_is_known_to_recovery(database: Database) -> None:
    clock = VirtualClock(datetime(2026, 5, 4, 12, tzinfo=UTC))
    changes = RecentChanges(clock)
    audit = AuditLog(database, clock, changes.note)
    audit.append("person:a@shop", "settings.changed", "shop", {})
    audit.append("person:a@shop", "person.signed_in", "a@shop", {})
    clock.set(clock.now() + timedelta(minutes=1))
    audit.append("person:a@shop", "sales.imported", "sales.csv", {})
    first = clock.now() - timedelta(minutes=1)
    assert [change.component for change in changes.since(first)] == [AGENTS, RECORDS]
    assert [change.component for change in changes.since(clock.now())] == [RECORDS]
    assert parts(database, dict, changes).changes(clock.now()) == changes.since(clock.now())
