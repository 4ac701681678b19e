"""Housekeeping: the workflow that checks the records, proves the audit chain and forgets old runs."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from maestro.agents.agent import State
from maestro.agents.audit_log import AuditLog
from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.graph import Graph
from maestro.engine.recovery.action import Action
from maestro.engine.recovery.assembly import System
from maestro.engine.recovery.checks import CallCheck, DatabaseCheck
from maestro.engine.recovery.dependencies import Component
from maestro.engine.recovery.health import HealthState, Reading
from maestro.engine.recovery.layers import Layer
from maestro.engine.recovery.root_cause import Change
from maestro.engine.step import step
from maestro.engine.upkeep import DISK, EXECUTOR, MEMORY, WORKERS
from maestro.engine.words import Words
from maestro.errors import PermanentError

HOUSEKEEPING = "housekeeping"
"""Name of the workflow."""

RECORDS, AGENTS = "records", "agents"


class Worker(Protocol):
    """An agent at work, as far as its health goes."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...


def housekeeping(database: Database, audit: AuditLog, forget: Callable[[], Awaitable[int]]) -> Graph:
    """The workflow; its result says how long the audit chain is and how many runs were forgotten.

    Args:
        database: the records of agents and packs.
        audit: the chain that is proved.
        forget: deletes runs that ended long ago.
    """

    def check_records() -> bool:
        database.check()
        return True

    def prove_audit() -> int:
        found = audit.verify()
        if not found.ok:
            raise PermanentError(
                f"The audit log was altered at entry {found.first_broken}.",
                remedy="Compare it with a backup: maestro db restore brings one back.",
            )
        return found.rows

    async def forget_runs() -> int:
        return await forget()

    def report(check_records: bool, prove_audit: int, forget_runs: int) -> dict[str, int | bool]:
        return {"records_ok": check_records, "audit_entries": prove_audit, "runs_forgotten": forget_runs}

    return Graph(HOUSEKEEPING, [check_records, step(prove_audit, retries=0), forget_runs, report], inputs=())


TOUCHED: Mapping[str, str] = {
    "settings.changed": AGENTS,
    "agent.limit": AGENTS,
    "clock.changed": AGENTS,
    "sales.imported": RECORDS,
    "stock.adjusted": RECORDS,
    "memory.strategy_changed": MEMORY,
    "workers.added": WORKERS,
    "workers.changed": WORKERS,
    "worker.removed": WORKERS,
    "executor.draining": EXECUTOR,
    "adaptation.reverted": WORKERS,
}
"""Which component an entry of the audit log may have upset."""

CHANGES_KEPT = 200


class RecentChanges:
    """What people and agents changed lately, so that recovery can suspect it. Times are the machine's.

    Args:
        wall: the machine's clock.
    """

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._changes: deque[Change] = deque(maxlen=CHANGES_KEPT)

    def note(self, actor: str, action: str) -> None:
        """Something was written into the audit log."""
        component = TOUCHED.get(action)
        if component is not None:
            words = Words(f"{actor} did {action}", f"{actor}: {action}")
            self._changes.append(Change(self._wall.now(), component, words))

    def since(self, moment: datetime) -> Sequence[Change]:
        """The changes from a moment on, the oldest first."""
        return [change for change in list(self._changes) if change.at >= moment]


def parts(
    database: Database,
    agents: Callable[[], Mapping[str, Worker]],
    changes: RecentChanges,
) -> System:
    """What recovery looks after besides the engine: the records and the agents.

    To release an agent from quarantine is a person's act, so a person is called. Agents need no other
    component here: what else breaks while one waits for its release is an incident of its own, and is mended.

    Args:
        database: the records of agents and packs.
        agents: the agents at work, by name.
        changes: what was changed lately.
    """

    async def look_at_agents() -> Reading:
        out = sorted(name for name, each in agents().items() if each.state == State.QUARANTINED)
        if not out:
            return Reading()
        names = ", ".join(out)
        cause = Words(f"In quarantine: {names}.", f"격리된 에이전트: {names}.")
        return Reading(HealthState.FAILING, "quarantined", cause.en, needs_person=True, cause=cause)

    async def reconnect(_: str) -> None:
        await asyncio.to_thread(database.engine.dispose)

    return System(
        components=(Component(RECORDS, "records", (DISK,)), Component(AGENTS, "agents")),
        checks=(DatabaseCheck(RECORDS, database), CallCheck(AGENTS, look_at_agents)),
        actions=(Action("reconnect_records", ("records",), Layer.REROUTE, reconnect),),
        changes=changes.since,
    )
