"""Autonomy store: keeps each agent's track record, every change of it, and the limits that people set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from maestro.agents import autonomy
from maestro.agents.audit_log import AuditLog
from maestro.agents.track_record import Level, LevelChange, TrackRecord
from maestro.agents.transaction import reading, writing
from maestro.database import Base, Database
from maestro.errors import NotFoundError

EVERYONE = "*"
"""The name under which all agents are stopped at once."""

Change = Callable[[TrackRecord], tuple[TrackRecord, LevelChange | None]]


class AutonomyRow(Base):
    """Where one agent stands."""

    __tablename__ = "autonomy_states"

    agent: Mapped[str] = mapped_column(String(100), primary_key=True)
    record: Mapped[dict[str, Any]]
    limits: Mapped[dict[str, Any]]


class AutonomyChangeRow(Base):
    """One change of an agent's level or of what a person allows it."""

    __tablename__ = "autonomy_changes"
    __table_args__ = (Index("ix_autonomy_changes_agent", "agent", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    agent: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    cause: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(320))


class AutonomyStore:
    """The only way in which an agent's autonomy changes: each change is applied, kept and audited as one.

    Example:
        store.change("replenishment", lambda record: autonomy.pin(record, Level.ADVISE, "ann@shop", now))
    """

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self.database = database
        self._audit = audit

    def register(self, agent: str, level: Level) -> TrackRecord:
        """The agent's record; an agent never seen before starts at `level`."""
        with self.database.session() as session:
            make = postgresql.insert if self.database.dialect == "postgresql" else sqlite.insert
            new = make(AutonomyRow).values(agent=agent, record=TrackRecord(level=level).to_dict(), limits={})
            session.execute(new.on_conflict_do_nothing())
        return self.record(agent)

    def record(self, agent: str, *, session: Session | None = None, locked: bool = False) -> TrackRecord:
        """Where the agent stands; `locked` keeps others from changing it, or deciding on it, in the meantime.

        Raises:
            NotFoundError: it was never registered.
        """
        query = select(AutonomyRow.record).where(AutonomyRow.agent == agent)
        if locked:
            query = query.with_for_update()
        with reading(self.database, session) as open_session:
            stored = open_session.scalar(query)
        if stored is None:
            raise NotFoundError(f"There is no agent {agent}.")
        return TrackRecord.from_dict(stored)

    def stopped(self, agent: str, *, session: Session | None = None) -> bool:
        """Whether this agent, or every agent, is stopped."""
        query = select(AutonomyRow.record).where(AutonomyRow.agent.in_([agent, EVERYONE]))
        with reading(self.database, session) as open_session:
            return any(TrackRecord.from_dict(stored).stopped for stored in open_session.scalars(query))

    def change(self, agent: str, change: Change, *, session: Session | None = None) -> LevelChange | None:
        """Apply a function of `autonomy` to the agent's record.

        Args:
            agent: its name.
            change: from the record in force to the next one and what happened, if anything.

        Raises:
            NotFoundError: the agent was never registered.
            MaestroError: whatever `change` raises; nothing is written.
        """
        with writing(self.database, session) as open_session:
            query = select(AutonomyRow.record).where(AutonomyRow.agent == agent).with_for_update()
            stored = open_session.scalar(query)
            if stored is None:
                raise NotFoundError(f"There is no agent {agent}.")
            record, happened = change(TrackRecord.from_dict(stored))
            open_session.execute(
                update(AutonomyRow).where(AutonomyRow.agent == agent).values(record=record.to_dict())
            )
            if happened:
                self._keep(open_session, agent, happened)
        return happened

    def stop_everyone(self, person: str, at: datetime) -> LevelChange | None:
        """The kill switch of the whole system: no agent acts until `resume_everyone`.

        Levels and evidence of the agents stay. None where the switch is on already.
        """
        self.register(EVERYONE, Level.SHADOW)
        words = {"en": f"{person} stopped all agents.", "ko": f"{person}: 모든 에이전트를 중지했습니다."}
        return self.change(
            EVERYONE,
            lambda record: (record, None) if record.stopped else autonomy.stop(record, person, at, words),
        )

    def resume_everyone(self, person: str, at: datetime) -> LevelChange | None:
        """Release the kill switch; an agent that is stopped itself stays so. None where the switch is off."""
        self.register(EVERYONE, Level.SHADOW)
        words = {
            "en": f"{person} let all agents go on.",
            "ko": f"{person}: 모든 에이전트를 다시 시작했습니다.",
        }
        return self.change(
            EVERYONE,
            lambda record: autonomy.resume(record, person, at, words) if record.stopped else (record, None),
        )

    def history(self, agent: str) -> tuple[LevelChange, ...]:
        """Every change of the agent's autonomy, newest first."""
        query = select(AutonomyChangeRow).where(AutonomyChangeRow.agent == agent)
        with self.database.reader() as session:
            rows = session.scalars(query.order_by(AutonomyChangeRow.id.desc())).all()
        return tuple(_change_of(row) for row in rows)

    def limits(self, agent: str, *, session: Session | None = None) -> Mapping[str, float]:
        """Limits of guardrails, by the guardrail's name, that a person set in place of the pack's."""
        with reading(self.database, session) as open_session:
            stored = open_session.scalar(select(AutonomyRow.limits).where(AutonomyRow.agent == agent))
        return {name: float(limit) for name, limit in (stored or {}).items()}

    def set_limit(self, agent: str, guard: str, limit: float, person: str) -> None:
        """A person sets a guardrail's limit; `DecisionLoop.set_limit` checks it first.

        Raises:
            NotFoundError: the agent was never registered.
        """
        with self.database.session() as session:
            query = select(AutonomyRow.limits).where(AutonomyRow.agent == agent).with_for_update()
            stored = session.scalar(query)
            if stored is None:
                raise NotFoundError(f"There is no agent {agent}.")
            session.execute(
                update(AutonomyRow).where(AutonomyRow.agent == agent).values(limits={**stored, guard: limit})
            )
            details = {"guard": guard, "before": stored.get(guard), "after": limit}
            self._audit.append(f"person:{person}", "agent.limit", agent, details, session=session)

    def _keep(self, session: Session, agent: str, happened: LevelChange) -> None:
        session.execute(
            insert(AutonomyChangeRow).values(
                agent=agent,
                at=happened.at,
                kind=happened.kind,
                before=happened.before.word,
                after=happened.after.word,
                cause=dict(happened.cause),
                actor=happened.actor,
            )
        )
        actor = "system" if happened.actor == autonomy.RULE else f"person:{happened.actor}"
        details = {
            "before": happened.before.word,
            "after": happened.after.word,
            "cause": happened.cause["en"],
        }
        self._audit.append(actor, f"agent.{happened.kind}", agent, details, session=session)


def _change_of(row: AutonomyChangeRow) -> LevelChange:
    return LevelChange(
        at=row.at,
        kind=row.kind,  # type: ignore[arg-type]  # written from a LevelChange alone
        before=Level.named(row.before),
        after=Level.named(row.after),
        cause=row.cause,
        actor=row.actor,
    )
