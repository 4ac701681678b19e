"""Adaptation store: keeps what was adapted, and what failure prediction learned, in tables."""

from __future__ import annotations

import builtins
import zlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from maestro.database import Database
from maestro.engine.adaptation.adaptation import Adaptation, AdaptationState, Knob
from maestro.engine.adaptation.switchback import Switchback
from maestro.engine.tables import EngineBase
from maestro.errors import ConflictError, NotFoundError


class AdaptationRow(EngineBase):
    """An adaptation as it is kept."""

    __tablename__ = "engine_adaptations"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    executor: Mapped[str] = mapped_column(Text, index=True)
    workflow: Mapped[str] = mapped_column(Text, index=True)
    step: Mapped[str] = mapped_column(Text)
    knob: Mapped[str] = mapped_column(Text)
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(index=True)
    evidence: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Text)
    gain: Mapped[float | None]
    by: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None]


class LearnedRow(EngineBase):
    """What failure prediction has learned in an executor, and what it knew of the moment."""

    __tablename__ = "engine_failure_predictions"

    executor: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]
    outcomes: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class AdaptationStore:
    """Keeps adaptations and what was learned.

    Args:
        records: the engine's tables.
    """

    def __init__(self, records: Database) -> None:
        self._records = records

    def list(
        self,
        *,
        workflow: str | None = None,
        state: AdaptationState | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Adaptation]:
        """Adaptations, the youngest first."""
        query = select(AdaptationRow).order_by(AdaptationRow.at.desc(), AdaptationRow.id)
        if workflow is not None:
            query = query.where(AdaptationRow.workflow == workflow)
        if state is not None:
            query = query.where(AdaptationRow.state == str(state))
        with self._records.reader() as session:
            return [_adaptation(row) for row in session.scalars(query.limit(limit).offset(offset))]

    def count(self) -> int:
        """How many adaptations there are."""
        with self._records.reader() as session:
            return session.scalar(select(func.count()).select_from(AdaptationRow)) or 0

    def of_executor(self, executor: str) -> builtins.list[Adaptation]:
        """All adaptations of an executor, the oldest first."""
        query = select(AdaptationRow).where(AdaptationRow.executor == executor)
        with self._records.reader() as session:
            rows = session.scalars(query.order_by(AdaptationRow.at, AdaptationRow.id)).all()
            return [_adaptation(row) for row in rows]

    def get(self, adaptation_id: str) -> Adaptation:
        """One adaptation.

        Raises:
            NotFoundError: there is none of this id.
        """
        with self._records.reader() as session:
            row = session.get(AdaptationRow, adaptation_id)
        if row is None:
            raise NotFoundError(
                f"There is no adaptation {adaptation_id}.", remedy="List the adaptations to see their ids."
            )
        return _adaptation(row)

    def revert(self, adaptation_id: str, by: str, at: datetime) -> Adaptation:
        """Say that a person wants it undone; its executor does it at its next look.

        Raises:
            NotFoundError: there is none of this id.
            ConflictError: it is reverted already.
        """
        with self._records.session() as session:
            row = session.get(AdaptationRow, adaptation_id, with_for_update=True)
            if row is None:
                raise NotFoundError(
                    f"There is no adaptation {adaptation_id}.",
                    remedy="List the adaptations to see their ids.",
                )
            if row.state == AdaptationState.REVERTED:
                raise ConflictError(f"Adaptation {adaptation_id} is reverted already.")
            row.state, row.by, row.ended_at = str(AdaptationState.REVERTED), by or "a person", at
            return _adaptation(row)

    def save(self, adaptations: Collection[Adaptation], executor: str) -> builtins.list[str]:
        """Keep adaptations as they stand, and give the ids of those that a person has reverted.

        What a person has reverted stays reverted.
        """
        query = select(AdaptationRow.id).where(AdaptationRow.executor == executor, AdaptationRow.by != "")
        if not adaptations:
            with self._records.reader() as session:
                return [*session.scalars(query)]
        with self._records.session() as session:
            overruled = [*session.scalars(query)]
            for one in adaptations:
                if one.id not in overruled:
                    session.merge(_row(one))
            return overruled

    def save_learned(self, executor: str, outcomes: int, data: bytes, at: datetime) -> None:
        """Keep what failure prediction has learned."""
        packed = zlib.compress(data, 1)
        with self._records.session() as session:
            session.merge(LearnedRow(executor=executor, at=at, outcomes=outcomes, data=packed))

    def learned(self, executor: str) -> bytes | None:
        """What failure prediction had learned; None where nothing was kept."""
        with self._records.reader() as session:
            row = session.get(LearnedRow, executor)
            return None if row is None else zlib.decompress(row.data)


def _row(one: Adaptation) -> AdaptationRow:
    return AdaptationRow(
        id=one.id,
        executor=one.executor,
        workflow=one.workflow,
        step=one.step,
        knob=str(one.knob),
        before=one.before,
        after=one.after,
        at=one.at,
        evidence=one.evidence.state(),
        state=str(one.state),
        gain=one.gain,
        by=one.by,
        ended_at=one.ended_at,
    )


def _adaptation(row: AdaptationRow) -> Adaptation:
    return Adaptation(
        id=row.id,
        executor=row.executor,
        workflow=row.workflow,
        step=row.step,
        knob=Knob(row.knob),
        before=row.before,
        after=row.after,
        at=row.at,
        evidence=Switchback.of(row.evidence),
        state=AdaptationState(row.state),
        gain=row.gain,
        by=row.by,
        ended_at=row.ended_at,
    )
