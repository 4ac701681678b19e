"""Backlog: the durable list of tasks that wait for the engine; their priority may change at any time.

Every change is one conditional UPDATE, so that of several schedulers on one database exactly one admits a
task, and exactly one outcome is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.portable import dumps, loads
from maestro.engine.scheduling.backlog_tables import LINKS, PAUSES, TASKS, insert_task, tasks
from maestro.engine.scheduling.estimator import features_of
from maestro.engine.scheduling.task import NewTask, Task, TaskStatus
from maestro.errors import ConflictError, InputError, NotFoundError

_LONGEST_ID = 64
_BATCH = 500
_UNCHANGED: Any = object()


class Backlog:
    """Tasks in the engine's records.

    Args:
        records: the database that keeps them; its tables exist.
        clock: stamps them.

    Example:
        backlog = Backlog(engine.records, RealClock())
        task = backlog.submit(NewTask("replenish", {"sales": [3, 1, 4]}, deadline=tomorrow, value=5))
        backlog.change(task.id, boost=1.0)
    """

    def __init__(self, records: Database, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    # Asking

    def submit(self, new: NewTask, foreseen: Mapping[str, Any] | None = None) -> Task:
        """Put a task into the backlog; asking twice with one id is asking once.

        Args:
            new: what is asked for.
            foreseen: what is foreseen of its completion now, kept to learn from.

        Raises:
            InputError: the id, the value, the boost or a needed task is not allowed.
            PermanentError: an input is no plain data.
            ConflictError: the id belongs to a task of another workflow or with other inputs.
        """
        _check(new)
        task_id = new.id or uuid.uuid4().hex
        now = self._clock.now()
        row = {
            "id": task_id,
            "kind": new.kind or new.workflow,
            "workflow": new.workflow,
            "inputs": dumps(dict(new.inputs)),
            "status": TaskStatus.WAITING.value,
            "deadline": new.deadline,
            "value": float(new.value),
            "boost": float(new.boost),
            "features": features_of(new.inputs),
            "resources": dict(new.resources),
            "submitted_at": now,
            "admitted_by": "",
            "error": "",
            "foreseen": None if foreseen is None else dict(foreseen),
        }
        with self._records.session() as session:
            row["ready_at"] = None if self._open_needs(session, new.needs) else now
            if not insert_task(session, row):
                self._check_same(session, row)
            elif new.needs:
                session.execute(
                    LINKS.insert(), [{"task_id": task_id, "needs_id": each} for each in set(new.needs)]
                )
        return self.get(task_id)

    def _open_needs(self, session: Session, needs: Sequence[str]) -> bool:
        """Whether one of the needed tasks is not done; holds them, so that none ends unseen meanwhile."""
        if not needs:
            return False
        query = select(TASKS.c.id, TASKS.c.status).where(TASKS.c.id.in_(needs)).order_by(TASKS.c.id)
        found = {row.id: TaskStatus(row.status) for row in session.execute(query.with_for_update(read=True))}
        missing = sorted(set(needs) - set(found))
        if missing:
            raise InputError(
                f"There is no task {', '.join(missing)} to wait for.", remedy="Submit what is needed first."
            )
        lost = sorted(each for each, status in found.items() if status.ended and status != TaskStatus.DONE)
        if lost:
            raise InputError(
                f"Task {', '.join(lost)} did not succeed, so nothing can wait for it.",
                remedy="Submit it again under another id.",
            )
        return any(not status.ended for status in found.values())

    def _check_same(self, session: Session, row: Mapping[str, Any]) -> None:
        query = select(TASKS.c.workflow, TASKS.c.inputs).where(TASKS.c.id == row["id"])
        there = session.execute(query).one()
        if (there.workflow, there.inputs) != (row["workflow"], row["inputs"]):
            raise ConflictError(
                f"Task {row['id']} is another one: its workflow or its inputs differ.",
                remedy="Choose another id, or leave it out.",
            )

    def change(
        self,
        task_id: str,
        *,
        deadline: datetime | None = _UNCHANGED,
        value: float = _UNCHANGED,
        boost: float = _UNCHANGED,
    ) -> Task:
        """Change what its priority rests on; what is left out stays.

        Raises:
            NotFoundError: no such task.
            ConflictError: it has ended.
            InputError: the value or the boost is not allowed.
        """
        if value is not _UNCHANGED or boost is not _UNCHANGED:
            _check_numbers(1.0 if value is _UNCHANGED else value, 0.0 if boost is _UNCHANGED else boost)
        if deadline is not _UNCHANGED:
            _check_moment(deadline)
        given = {"deadline": deadline, "value": value, "boost": boost}
        changes = {name: each for name, each in given.items() if each is not _UNCHANGED}
        still = TASKS.c.status.in_([TaskStatus.WAITING.value, TaskStatus.ADMITTED.value])
        if changes and not self._update(and_(TASKS.c.id == task_id, still), changes):
            task = self.get(task_id)
            raise ConflictError(f"Task {task_id} is {task.status} already.", remedy="Submit a new one.")
        return self.get(task_id)

    # Reading

    def get(self, task_id: str) -> Task:
        """One task.

        Raises:
            NotFoundError: there is none with this id.
        """
        found = self._read(tasks().where(TASKS.c.id == task_id))
        if not found:
            raise NotFoundError(f"There is no task {task_id}.", remedy="List the tasks to see their ids.")
        return found[0]

    def inputs(self, task_id: str) -> dict[str, Any]:
        """What its workflow is given.

        Raises:
            NotFoundError: there is no such task.
        """
        with self._records.reader() as session:
            text = session.scalar(select(TASKS.c.inputs).where(TASKS.c.id == task_id))
        if text is None:
            raise NotFoundError(f"There is no task {task_id}.", remedy="List the tasks to see their ids.")
        inputs: dict[str, Any] = loads(text)
        return inputs

    def page(
        self,
        *,
        status: Collection[TaskStatus | str] = (),
        kind: str = "",
        text: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[Task]:
        """Tasks, the youngest first.

        Args:
            status: any of these; all when empty.
            kind: only this one, unless empty.
            text: only where the id, the kind or the workflow holds these letters.
            limit: how many at most.
            offset: how many to leave out first.

        Raises:
            InputError: no such status.
        """
        query = tasks().where(*_filters(status, kind, text))
        query = query.order_by(TASKS.c.submitted_at.desc(), TASKS.c.id.desc())
        return self._read(query.limit(limit).offset(offset))

    def count(self, *, status: Collection[TaskStatus | str] = (), kind: str = "", text: str = "") -> int:
        """How many tasks `page` would give without a limit."""
        query = select(func.count()).select_from(TASKS).where(*_filters(status, kind, text))
        with self._records.reader() as session:
            return int(session.scalar(query) or 0)

    def waiting(self) -> Sequence[Task]:
        """Every task that waits, in the order of submission; without `ready_at` where it waits for others."""
        query = tasks().where(TASKS.c.status == TaskStatus.WAITING.value)
        return self._read(query.order_by(TASKS.c.submitted_at, TASKS.c.id))

    def waiting_ids(self) -> Collection[str]:
        """The ids of every task that waits."""
        query = select(TASKS.c.id).where(TASKS.c.status == TaskStatus.WAITING.value)
        with self._records.reader() as session:
            return set(session.scalars(query))

    def admitted(self) -> Sequence[Task]:
        """Every task whose run is with the engine, by whichever executor, in the order of admission."""
        query = tasks().where(TASKS.c.status == TaskStatus.ADMITTED.value)
        return self._read(query.order_by(TASKS.c.admitted_at, TASKS.c.id))

    def ended(self, limit: int, since: datetime | None = None) -> Sequence[Task]:
        """The last tasks that ran to an end, the oldest first.

        Args:
            limit: how many at most.
            since: only those that ended later.
        """
        over = [TaskStatus.DONE.value, TaskStatus.FAILED.value]
        query = tasks().where(TASKS.c.status.in_(over), TASKS.c.admitted_at.is_not(None))
        if since is not None:
            query = query.where(TASKS.c.ended_at > since)
        newest = self._read(query.order_by(TASKS.c.ended_at.desc(), TASKS.c.id.desc()).limit(limit))
        return newest[::-1]

    def links(self) -> Mapping[str, Sequence[str]]:
        """By id of every waiting task that needs others: the ids of those that are not done."""
        done = TASKS.alias("needed")
        query = (
            select(LINKS.c.task_id, LINKS.c.needs_id)
            .join(TASKS, TASKS.c.id == LINKS.c.task_id)
            .join(done, done.c.id == LINKS.c.needs_id)
            .where(TASKS.c.status == TaskStatus.WAITING.value, done.c.status != TaskStatus.DONE.value)
            .order_by(LINKS.c.task_id, LINKS.c.needs_id)
        )
        found: dict[str, list[str]] = {}
        with self._records.reader() as session:
            for task_id, needs_id in session.execute(query):
                found.setdefault(task_id, []).append(needs_id)
        return found

    def submitted_since(self, moment: datetime, limit: int) -> Sequence[Task]:
        """The youngest tasks submitted after `moment`, at most `limit`, the oldest first, in any state."""
        query = tasks().where(TASKS.c.submitted_at > moment)
        return self._read(query.order_by(TASKS.c.submitted_at.desc(), TASKS.c.id.desc()).limit(limit))[::-1]

    # Going on

    def claim(self, task_id: str, executor_id: str) -> bool:
        """Take a waiting task for admission; True for exactly one of all who try."""
        free = and_(
            TASKS.c.id == task_id,
            TASKS.c.status == TaskStatus.WAITING.value,
            TASKS.c.ready_at.is_not(None),
        )
        taken = {"status": TaskStatus.ADMITTED.value, "admitted_at": self._clock.now()}
        return self._update(free, {**taken, "admitted_by": executor_id})

    def give_back(self, task_id: str, executor_id: str) -> bool:
        """Put a claimed task back whose run could not begin for now."""
        mine = and_(
            TASKS.c.id == task_id,
            TASKS.c.status == TaskStatus.ADMITTED.value,
            TASKS.c.admitted_by == executor_id,
        )
        waiting = {"status": TaskStatus.WAITING.value, "admitted_at": None, "admitted_by": ""}
        return self._update(mine, waiting)

    def end(self, task_id: str, status: TaskStatus, error: str = "") -> bool:
        """Record how an admitted task ended; the first outcome is kept, and True told for that one only.

        Tasks that need it become ready once nothing else holds them, or are cancelled where it failed.
        """
        return self._end(task_id, TaskStatus.ADMITTED, status, error)

    def cancel(self, task_id: str) -> bool:
        """Take a waiting task out of the backlog; False where it is no longer waiting.

        Raises:
            NotFoundError: no such task.
        """
        self.get(task_id)
        return self._end(task_id, TaskStatus.WAITING, TaskStatus.CANCELLED, "")

    def forget(self, before: datetime) -> int:
        """Delete tasks that ended before a moment, a few in each transaction; how many there were."""
        over = [status.value for status in TaskStatus if status.ended]
        old = select(TASKS.c.id).where(TASKS.c.status.in_(over), TASKS.c.ended_at < before).limit(_BATCH)
        forgotten = 0
        while True:
            with self._records.session() as session:
                ids = list(session.scalars(old))
                session.execute(delete(LINKS).where(LINKS.c.task_id.in_(ids)))
                session.execute(delete(PAUSES).where(PAUSES.c.task_id.in_(ids)))
                session.execute(delete(TASKS).where(TASKS.c.id.in_(ids)))
            forgotten += len(ids)
            if len(ids) < _BATCH:
                return forgotten

    def _end(self, task_id: str, before: TaskStatus, status: TaskStatus, error: str) -> bool:
        now = self._clock.now()
        there = and_(TASKS.c.id == task_id, TASKS.c.status == before.value)
        with self._records.session() as session:
            done = session.execute(
                update(TASKS).where(there).values(status=status.value, ended_at=now, error=error)
            )
            if _count(done) != 1:
                return False
            if status is TaskStatus.DONE:
                self._release(session, task_id, now)
            else:
                self._abandon(session, task_id, now)
        return True

    def _release(self, session: Session, task_id: str, now: datetime) -> None:
        """Make ready what waited for this task alone; holds the rows first, so that of two needs that end at
        once the later sees the earlier."""
        for each in self._dependants(session, task_id):
            done = select(TASKS.c.id).where(TASKS.c.status == TaskStatus.DONE.value)
            open_needs = session.scalar(
                select(func.count())
                .select_from(LINKS)
                .where(LINKS.c.task_id == each, LINKS.c.needs_id.not_in(done))
            )
            if not open_needs:
                session.execute(update(TASKS).where(TASKS.c.id == each).values(ready_at=now))

    def _abandon(self, session: Session, task_id: str, now: datetime) -> None:
        """Cancel everything that waits for this task, however far down the chain."""
        lost = [(task_id, each) for each in self._dependants(session, task_id)]
        while lost:
            needed, each = lost.pop()
            words = f"Task {needed}, which it needs, did not succeed."
            session.execute(
                update(TASKS)
                .where(TASKS.c.id == each, TASKS.c.status == TaskStatus.WAITING.value)
                .values(status=TaskStatus.CANCELLED.value, ended_at=now, error=words)
            )
            lost.extend((each, further) for further in self._dependants(session, each))

    def _dependants(self, session: Session, task_id: str) -> Sequence[str]:
        query = (
            select(TASKS.c.id)
            .join(LINKS, LINKS.c.task_id == TASKS.c.id)
            .where(LINKS.c.needs_id == task_id, TASKS.c.status == TaskStatus.WAITING.value)
            .order_by(TASKS.c.id)
            .with_for_update(of=TASKS)
        )
        return list(session.scalars(query))

    # Inside

    def _update(self, where: ColumnElement[bool], changes: Mapping[str, Any]) -> bool:
        with self._records.session() as session:
            return _count(session.execute(update(TASKS).where(where).values(**changes))) == 1

    def _read(self, query: Select[Any]) -> list[Task]:
        with self._records.reader() as session:
            return [_task(row) for row in session.execute(query)]


def _count(result: Any) -> int:
    return int(result.rowcount)


def _task(row: Row[Any]) -> Task:
    values = dict(row._mapping)
    values["status"] = TaskStatus(values["status"])
    values["waits_for"] = values["waits_for"] or ""
    values["waited_s"] = values["waited_s"] or 0.0
    return Task(**values)


def _filters(status: Collection[TaskStatus | str], kind: str, text: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if status:
        try:
            found.append(TASKS.c.status.in_([TaskStatus(each).value for each in status]))
        except ValueError as error:
            raise InputError(
                f"There is no task status {', '.join(status)}.", remedy=f"Use {', '.join(TaskStatus)}."
            ) from error
    if kind:
        found.append(TASKS.c.kind == kind)
    if text:
        found.append(or_(*(column.icontains(text, autoescape=True) for column in _SEARCHED)))
    return found


_SEARCHED = (TASKS.c.id, TASKS.c.kind, TASKS.c.workflow)


def _check(new: NewTask) -> None:
    _check_numbers(new.value, new.boost)
    _check_moment(new.deadline)
    if new.id and (len(new.id) > _LONGEST_ID or not new.id.strip()):
        raise InputError(
            "The id of a task is empty or too long.",
            remedy=f"Use up to {_LONGEST_ID} letters, or leave it out.",
        )
    if new.id and new.id in new.needs:
        raise InputError(f"Task {new.id} needs itself.", remedy="Leave its own id out of what it needs.")


def _check_moment(deadline: datetime | None) -> None:
    if deadline is not None and deadline.tzinfo is None:
        raise InputError("The deadline has no time zone.", remedy="Write it like 2026-01-31T18:00:00Z.")


def _check_numbers(value: float, boost: float) -> None:
    if not 0 <= value <= 1e9:
        raise InputError(f"A task cannot be worth {value}.", remedy="Give 0 or more; 1 is usual.")
    if not -1 <= boost <= 1:
        raise InputError(f"A task cannot be boosted by {boost}.", remedy="Give a boost between -1 and 1.")
