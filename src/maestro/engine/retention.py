"""Retention: forgets runs that ended long ago, so that the journal does not grow for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from dbos import DBOS
from sqlalchemy import delete

from maestro.database import Database
from maestro.engine.journal import outside
from maestro.engine.tables import EngineBase

BATCH = 200
"""Runs that are forgotten in one transaction, so that nobody waits for long."""

ENDED = ["SUCCESS", "ERROR", "CANCELLED"]


async def forget_runs(records: Database, before: datetime) -> int:
    """Delete the runs that ended before a moment, with all that the journal keeps of them.

    A sub-run goes with the run that began it, or before. A run that has not ended stays, however old.

    Args:
        records: the engine's own tables; the engine is launched.
        before: on the machine's clock, not that of a simulated shop.

    Returns:
        How many were deleted.
    """
    forgotten = 0
    while True:
        found = await outside(
            DBOS.list_workflows_async(
                status=ENDED,
                completed_before=before.isoformat(),
                limit=BATCH,
                load_input=False,
                load_output=False,
            )
        )
        ids = [run.workflow_id for run in found]
        if not ids:
            return forgotten
        # ours first: where it stops in between, the run is still listed and goes at the next time
        await asyncio.to_thread(_delete, records, ids)
        await outside(DBOS.delete_workflows_async(ids))
        forgotten += len(ids)


def _delete(records: Database, run_ids: Sequence[str]) -> None:
    with records.session() as session:
        for table in EngineBase.metadata.sorted_tables:
            if "run_id" in table.columns:
                session.execute(delete(table).where(table.c.run_id.in_(run_ids)))
