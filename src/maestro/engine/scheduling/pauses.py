"""Pauses: which admitted tasks' runs wait for a person, an event or a time, and for how long they have.

A run that waits takes no slot, and how long an answer took says nothing about how long its kind works.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.scheduling.backlog_tables import PAUSES, TASKS
from maestro.engine.scheduling.task import RUN_PREFIX, TaskStatus
from maestro.engine.waiting import OPEN, WaitRow

EXECUTOR = "executor"
"""What a run waits for that no living process can work."""
_FIRST = ("approval", "event", "timer", EXECUTOR)
"""What is told of a run that waits for several things: what a person can do something about comes first."""


class Pauses:
    """Notes when the runs of admitted tasks begin and end to wait.

    Several schedulers may note the same; each pause is counted once.

    Args:
        records: the database of the backlog and of the journal.
        clock: the backlog's.
    """

    def __init__(self, records: Database, clock: Clock) -> None:
        self._records, self._clock = records, clock

    def look(self) -> Mapping[str, str]:
        """Note what began and what ended since the last look.

        Returns:
            By id of each admitted task whose run waits: `approval`, `event`, `timer` or `executor`.
        """
        with self._records.reader() as session:
            waits = _open_waits(session)
            noted = _noted(session)
            if not waits and not noted:
                return {}
            admitted = TASKS.c.status == TaskStatus.ADMITTED.value
            found = _by_task(waits, set(session.scalars(select(TASKS.c.id).where(admitted))))
        before = {task_id: kind for task_id, (kind, _) in noted.items()}
        if found != before:
            self._note(found, noted)
        return found

    def _note(self, found: Mapping[str, str], noted: Mapping[str, tuple[str, Any]]) -> None:
        now = self._clock.now()
        with self._records.session() as session:
            for task_id, kind in found.items():
                if task_id not in noted:
                    _begin(session, {"task_id": task_id, "waits_for": kind, "waits_since": now})
                elif noted[task_id][0] != kind:
                    same = PAUSES.c.task_id == task_id
                    session.execute(update(PAUSES).where(same).values(waits_for=kind))
            for task_id, (_, since) in noted.items():
                if task_id not in found:
                    still = (PAUSES.c.task_id == task_id, PAUSES.c.waits_since == since)
                    waited_s = PAUSES.c.waited_s + (now - since).total_seconds()
                    over = {"waits_for": "", "waits_since": None, "waited_s": waited_s}
                    session.execute(update(PAUSES).where(*still).values(**over))


def _open_waits(session: Session) -> list[tuple[str, str]]:
    """Runs of tasks, or of their sub-workflows, and what they wait for."""
    waits = select(WaitRow.run_id, WaitRow.kind).where(
        WaitRow.state == OPEN, WaitRow.run_id.startswith(RUN_PREFIX, autoescape=True)
    )
    left = select(ClaimRow.run_id).where(
        ClaimRow.reason != "", ClaimRow.run_id.startswith(RUN_PREFIX, autoescape=True)
    )
    found = [(run_id, kind) for run_id, kind in session.execute(waits)]
    return [*found, *((run_id, EXECUTOR) for run_id in session.scalars(left))]


def _noted(session: Session) -> dict[str, tuple[str, Any]]:
    """Admitted tasks that were seen to wait: for what, and since when."""
    query = (
        select(PAUSES.c.task_id, PAUSES.c.waits_for, PAUSES.c.waits_since)
        .join(TASKS, TASKS.c.id == PAUSES.c.task_id)
        .where(PAUSES.c.waits_since.is_not(None), TASKS.c.status == TaskStatus.ADMITTED.value)
    )
    return {task_id: (kind, since) for task_id, kind, since in session.execute(query)}


def _by_task(waits: Collection[tuple[str, str]], admitted: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for run_id, kind in waits:
        task_id = run_id.removeprefix(RUN_PREFIX)
        while task_id not in admitted and "/" in task_id:  # the run of a sub-workflow
            task_id = task_id.rpartition("/")[0]
        if task_id in admitted:
            found[task_id] = min(kind, found.get(task_id, kind), key=_FIRST.index)
    return found


def _begin(session: Session, row: Mapping[str, Any]) -> None:
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    again = {name: row[name] for name in ("waits_for", "waits_since")}
    session.execute(
        insert(PAUSES)
        .values(**row, waited_s=0.0)
        .on_conflict_do_update(index_elements=["task_id"], set_=again, where=PAUSES.c.waits_since.is_(None))
    )
