"""Decision store: writes a decision once, moves it only from the status that was seen, lists 100,000 fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from maestro.agents.decision import Decision, DecisionSummary, Status, TimelineEvent
from maestro.agents.decision_list import (
    MAX_PAGE,
    DecisionFilter,
    DecisionPage,
    condition_of,
    read_cursor,
    sort_keys,
    write_cursor,
)
from maestro.agents.decision_tables import (
    CHANGING,
    DecisionBodyRow,
    DecisionEventRow,
    DecisionRow,
    body_values,
    changing_values,
    decision_of,
    row_values,
    summary_of,
)
from maestro.agents.transaction import reading, writing
from maestro.database import Database, table_of
from maestro.errors import ConflictError, InputError, NotFoundError


class DecisionStore:
    """Every decision of every agent.

    Methods that write take an open `session` to join the caller's transaction, or open their own.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, decisions: Iterable[Decision], *, session: Session | None = None) -> tuple[Decision, ...]:
        """Write proposed decisions; one that its cycle already holds for the same subject is left alone.

        Returns:
            those that were new.

        Raises:
            InputError: a decision holds something that is not plain JSON, such as NaN.
        """
        with writing(self.database, session) as open_session:
            fresh = _without_known(open_session, tuple(decisions))
            if fresh:
                open_session.execute(insert(DecisionRow), [row_values(decision) for decision in fresh])
                open_session.execute(insert(DecisionBodyRow), [body_values(decision) for decision in fresh])
        return fresh

    def get(self, decision_id: str, *, session: Session | None = None) -> Decision:
        """The whole decision.

        Raises:
            NotFoundError: there is none of that id.
        """
        found = self._load(DecisionRow.id == decision_id, session=session)
        if not found:
            raise NotFoundError(
                f"There is no decision {decision_id}.", remedy="List the decisions to see their ids."
            )
        return found[0]

    def select(
        self, *, agent: str, status: Sequence[Status], session: Session | None = None
    ) -> tuple[Decision, ...]:
        """Whole decisions of an agent in any of these statuses, oldest first."""
        condition = and_(DecisionRow.agent == agent, DecisionRow.status.in_([str(item) for item in status]))
        return self._load(condition, session=session)

    def update(
        self,
        decision: Decision,
        *,
        expected_status: Status,
        event: TimelineEvent | None = None,
        session: Session | None = None,
    ) -> Decision:
        """Write the next version of a decision, and a line of its timeline, if nobody moved it meanwhile.

        Raises:
            ConflictError: its status is no longer the expected one.
            NotFoundError: there is none of that id.
        """
        with writing(self.database, session) as open_session:
            seen = {"seen_id": decision.id, "seen_status": str(expected_status)}
            moved = open_session.execute(_MOVE, changing_values(decision) | seen).scalar()
            if moved is None:
                present = open_session.scalar(select(DecisionRow.status).where(DecisionRow.id == decision.id))
                if present is None:
                    raise NotFoundError(f"There is no decision {decision.id}.")
                raise ConflictError(
                    f"Decision {decision.id} is {present} by now, not {expected_status}.",
                    remedy="Reload it to see what happened meanwhile.",
                )
            guards = [asdict(result) for result in decision.guards]
            body = {"seen_id": decision.id, "guards": guards, "outcome": dict(decision.outcome)}
            open_session.execute(_REWRITE, body)
            if event:
                self.note(decision.id, event, session=open_session)
        return decision

    def note(self, decision_id: str, event: TimelineEvent, *, session: Session | None = None) -> None:
        """Add a line to a decision's timeline."""
        with writing(self.database, session) as open_session:
            line = {"event": event.event, "actor": event.actor, "words": dict(event.words)}
            open_session.execute(_NOTE, {"decision_id": decision_id, "at": event.at, **line})

    def timeline(self, decision_id: str) -> tuple[TimelineEvent, ...]:
        """What happened to a decision, in order."""
        query = select(DecisionEventRow).where(DecisionEventRow.decision_id == decision_id)
        with self.database.reader() as session:
            rows = session.scalars(query.order_by(DecisionEventRow.id)).all()
        return tuple(TimelineEvent(row.at, row.event, row.actor, row.words) for row in rows)

    def list(
        self,
        which: DecisionFilter | None = None,
        *,
        sort: str = "-created_at",
        limit: int = 50,
        cursor: str | None = None,
    ) -> DecisionPage:
        """One page of decisions, by keyset, so that page 1,000 costs what page 1 does.

        Args:
            which: the filter; None means all.
            sort: one of `SORTS`, with a leading minus for descending. Unmeasured gains come last either way.
            limit: lines a page, at most 200.
            cursor: `next_cursor` of the page before, under the same sort.

        Raises:
            InputError: the sort is unknown, the limit out of range or the cursor not one of ours.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InputError(f"A page holds 1 to {MAX_PAGE} decisions, not {limit}.")
        condition = condition_of(which or DecisionFilter())
        keys, descending = sort_keys(sort)
        query = select(DecisionRow, keys[0]).where(condition)
        if cursor:
            after = read_cursor(cursor, sort)
            edge = tuple_(*keys) if len(keys) > 1 else keys[0]
            value: Any = tuple_(*after) if len(keys) > 1 else after[0]
            query = query.where(edge < value if descending else edge > value)
        query = query.order_by(*(key.desc() if descending else key.asc() for key in keys)).limit(limit + 1)
        with self.database.reader() as session:
            rows = session.execute(query).all()
            total = session.scalar(select(func.count()).select_from(DecisionRow).where(condition)) or 0
        more = len(rows) > limit
        rows = rows[:limit]
        last = (rows[-1][1], rows[-1][0].id)[-len(keys) :] if more else None
        return DecisionPage(
            items=tuple(summary_of(row) for row, _ in rows),
            next_cursor=write_cursor(sort, last) if last else None,
            total=total,
        )

    def iterate(self, which: DecisionFilter | None = None) -> Iterator[DecisionSummary]:
        """Every decision of a filter, newest first, a page at a time; for exports."""
        cursor: str | None = None
        while True:
            page = self.list(which, limit=MAX_PAGE, cursor=cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def spent(self, agent: str, cycle: str, *, session: Session | None = None) -> float:
        """Money that one cycle's allowed actions commit, those that failed or were undone left out."""
        query = select(func.coalesce(func.sum(DecisionRow.cost), 0.0)).where(
            DecisionRow.agent == agent, DecisionRow.cycle == cycle, _allowed()
        )
        with reading(self.database, session) as open_session:
            return float(open_session.scalar(query) or 0.0)

    def acted(
        self, agent: str, since: datetime, subject_id: str = "", *, session: Session | None = None
    ) -> int:
        """How many actions an agent was allowed since a moment, for one subject or for all."""
        query = (
            select(func.count())
            .select_from(DecisionRow)
            .where(DecisionRow.agent == agent, DecisionRow.decided_at >= since, _allowed())
        )
        if subject_id:
            query = query.where(DecisionRow.subject_id == subject_id)
        with reading(self.database, session) as open_session:
            return open_session.scalar(query) or 0

    def _load(self, condition: ColumnElement[bool], *, session: Session | None) -> tuple[Decision, ...]:
        query: Select[DecisionRow, DecisionBodyRow] = (
            select(DecisionRow, DecisionBodyRow)
            .join(DecisionBodyRow, DecisionBodyRow.decision_id == DecisionRow.id)
            .where(condition)
            .order_by(DecisionRow.id)
            .execution_options(populate_existing=True)
        )
        with reading(self.database, session) as open_session:
            return tuple(decision_of(row, body) for row, body in open_session.execute(query))


_ROWS, _BODIES = table_of(DecisionRow), table_of(DecisionBodyRow)
_NOTE = insert(table_of(DecisionEventRow))
_REWRITE = update(_BODIES).where(_BODIES.c.decision_id == bindparam("seen_id"))
_REWRITE = _REWRITE.values(guards=bindparam("guards"), outcome=bindparam("outcome"))
_MOVE = (
    update(_ROWS)
    .where(_ROWS.c.id == bindparam("seen_id"), _ROWS.c.status == bindparam("seen_status"))
    .values({name: bindparam(name) for name in CHANGING})
    .returning(_ROWS.c.id)
)


def _allowed() -> ColumnElement[bool]:
    gone = [str(status) for status in (Status.FAILED, Status.BLOCKED, Status.UNDONE)]
    return and_(DecisionRow.allowed_by != "", DecisionRow.status.not_in(gone))


def _without_known(session: Session, decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    known: set[tuple[str, str, str, str]] = set()
    for agent, cycle in {(decision.agent, decision.cycle) for decision in decisions}:
        query = select(DecisionRow.subject_kind, DecisionRow.subject_id).where(
            DecisionRow.agent == agent, DecisionRow.cycle == cycle
        )
        known |= {(agent, cycle, kind, subject) for kind, subject in session.execute(query)}
    fresh = []
    for decision in decisions:
        key = (decision.agent, decision.cycle, decision.subject.kind, decision.subject.id)
        if key not in known:
            known.add(key)
            fresh.append(decision)
    return tuple(fresh)
