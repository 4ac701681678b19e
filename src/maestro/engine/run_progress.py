"""Run progress: how many steps of each of many runs are done, in one question to the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from maestro.database import Database
from maestro.engine.journal_tables import StepRow

PAGE = 500


@dataclass(frozen=True)
class Done:
    """How many steps of a run succeeded, and how many were skipped."""

    succeeded: int = 0
    skipped: int = 0


def steps_done(records: Database, run_ids: Sequence[str]) -> Mapping[str, Done]:
    """By run, the steps that are done; runs without any are left out."""
    found: dict[str, Done] = {}
    with records.reader() as session:
        for start in range(0, len(run_ids), PAGE):
            rows = session.execute(
                select(
                    StepRow.run_id,
                    func.count().filter(StepRow.status == "succeeded"),
                    func.count().filter(StepRow.status == "skipped"),
                )
                .where(StepRow.run_id.in_(run_ids[start : start + PAGE]), StepRow.step.not_like("%/%"))
                .group_by(StepRow.run_id)
            )
            found.update((run_id, Done(succeeded, skipped)) for run_id, succeeded, skipped in rows)
    return found
