"""Past runs: reads out of the journal how the last runs of a workflow went, for those who learn from it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dbos import DBOS
from sqlalchemy import select

from maestro.database import Database
from maestro.engine import portable
from maestro.engine.journal import outside
from maestro.engine.journal_tables import StepRow
from maestro.engine.observation import PastRun, PastStep
from maestro.engine.waiting import WaitRow

LAST = 20
"""Runs of a workflow that are read; a running mean of times remembers about as many."""

_ENDED = ["SUCCESS", "ERROR"]


async def past_runs(records: Database, workflow: str, speed: float) -> list[PastRun]:
    """The last runs of a workflow that ended by themselves, the oldest first.

    Args:
        records: the engine's own tables; the engine is launched.
        workflow: its name.
        speed: seconds of the engine's clock in one second of life.
    """
    found = await outside(
        DBOS.list_workflows_async(
            name=workflow, status=_ENDED, limit=LAST, sort_desc=True, load_input=False, load_output=False
        )
    )
    run_ids = [each.workflow_id for each in reversed(found)]
    steps = await asyncio.to_thread(_read, records, run_ids, speed) if run_ids else {}
    return [PastRun(workflow, steps[run_id]) for run_id in run_ids if run_id in steps]


def _read(records: Database, run_ids: Sequence[str], speed: float) -> Mapping[str, Sequence[PastStep]]:
    # by name: what steps returned may be long, and is not wanted
    columns = StepRow.run_id, StepRow.step, StepRow.status, StepRow.details
    query = select(*columns).where(StepRow.run_id.in_(run_ids)).order_by(StepRow.run_id, StepRow.number)
    found: dict[str, list[PastStep]] = defaultdict(list)
    waits_of = select(WaitRow.run_id, WaitRow.step, WaitRow.kind).where(WaitRow.run_id.in_(run_ids))
    with records.reader() as session:
        waits = {(run_id, step): kind for run_id, step, kind in session.execute(waits_of)}
        for row in session.execute(query):
            details = portable.loads(row.details)
            if "/" not in row.step and details.get("attempts"):
                seen = _step(row.step, row.status == "succeeded", details, speed)
                kind = waits.get((row.run_id, row.step), "step" if seen.worker else "workflow")
                found[row.run_id].append(replace(seen, kind=kind))
    return found


def _step(name: str, ok: bool, details: Mapping[str, Any], speed: float) -> PastStep:
    items: int | None = details.get("items")
    # the first attempt at a map is the whole of it; the others are at single items
    attempts = details["attempts"] if items is None else details["attempts"][:1]
    last = attempts[-1]
    worker: str = details.get("worker", "")
    if worker or last["seconds"] is not None:
        seconds = sum(each["seconds"] or 0.0 for each in attempts)
    else:
        seconds = _life_s(last["ended_at"], speed) - _life_s(last["started_at"], speed)
    return PastStep(
        step=name,
        worker=worker,
        on_worker=details.get("where") == "worker",
        ok=ok,
        ended_s=_life_s(last["ended_at"], speed),
        waited_s=details.get("waited_s", 0.0),
        seconds=seconds,
        worked_s=details.get("worked_s", last["seconds"] if worker else None),
        items=items or 0,
    )


def _life_s(moment: datetime, speed: float) -> float:
    return moment.timestamp() / speed
