"""Run progress: how many steps of each of many runs are through, in one question to the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from maestro.database import Database
from maestro.engine.journal_tables import StepRow

PAGE = 500


def steps_through(records: Database, run_ids: Sequence[str]) -> Mapping[str, int]:
    """By run, the steps that have ended, whatever came of them; runs without any are left out."""
    found: dict[str, int] = {}
    with records.reader() as session:
        for start in range(0, len(run_ids), PAGE):
            rows = session.execute(
                select(StepRow.run_id, func.count())
                .where(StepRow.run_id.in_(run_ids[start : start + PAGE]), StepRow.step.not_like("%/%"))
                .group_by(StepRow.run_id)
            )
            found.update((run_id, count) for run_id, count in rows)
    return found
