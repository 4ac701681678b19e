"""Run list: runs as others see them: listed, counted, and one of them with all its steps."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dbos import DBOS, WorkflowStatus
from sqlalchemy import select

from maestro.database import Database
from maestro.engine.definitions import Definitions
from maestro.engine.inspection import STATUSES, TOLD_BY_MARKS, Known, RunMarks, detail_of, info_of, status_of
from maestro.engine.journal import outside
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.run import RunDetail, RunInfo, RunStatus
from maestro.engine.runner import Runner
from maestro.engine.step_journal import Recorded, read_recorded
from maestro.engine.waiting import Waiting
from maestro.errors import InputError, NotFoundError

PAGE = 500

Span = tuple[int, int]
"""How many at most, and how many to leave out before."""


class RunList:
    """Reads runs out of DBOS's records and the engine's own."""

    def __init__(self, definitions: Definitions, records: Database, runner: Runner, waiting: Waiting) -> None:
        self._waiting = waiting
        self._definitions = definitions
        self._records = records
        self._runner = runner

    async def status(self, run_id: str) -> WorkflowStatus:
        """DBOS's record of a run.

        Raises:
            NotFoundError: no such run.
        """
        status = await outside(DBOS.get_workflow_status_async(run_id))
        if status is None:
            raise NotFoundError(f"There is no run {run_id}.", remedy="List the runs to see their ids.")
        return status

    async def info(self, run_id: str) -> RunInfo:
        """A run as it stands in a list.

        Raises:
            NotFoundError: no such run.
        """
        status = await self.status(run_id)
        marks = await asyncio.to_thread(self._marks, [run_id])
        return info_of(status, marks[run_id])

    async def some(
        self, status: RunStatus | str | None, name: str | None, text: str | None, span: Span
    ) -> list[RunInfo]:
        """Runs, the youngest first.

        Raises:
            InputError: no such status.
        """
        wanted = _status(status)
        if wanted is None or wanted not in TOLD_BY_MARKS:
            return await self._page(wanted, name, text, span)
        limit, offset = span
        # DBOS has one word for two of ours: sort them out page by page
        found: list[RunInfo] = []
        at = 0
        while len(found) < offset + limit:
            page = await self._page(wanted, name, text, (PAGE, at))
            found.extend(each for each in page if each.status is wanted)
            if len(page) < PAGE:
                break
            at += PAGE
        return found[offset : offset + limit]

    async def count(self, name: str | None, text: str | None) -> Mapping[RunStatus, int]:
        """How many runs there are of each status."""
        found = await self._found(None, name, text)
        unclear = [each.workflow_id for each in found if STATUSES[each.status] in TOLD_BY_MARKS.values()]
        marks = await asyncio.to_thread(self._marks, unclear)
        counts = Counter(status_of(each, marks.get(each.workflow_id, RunMarks())) for each in found)
        return {status: counts[status] for status in RunStatus}

    async def children(self, run_id: str) -> Sequence[RunInfo]:
        """Runs of the sub-workflows of a run."""
        found = await outside(DBOS.list_workflows_async(workflow_id_prefix=f"{run_id}/", load_output=False))
        infos = (info_of(each, RunMarks()) for each in found)
        return [each for each in infos if each.parent_id == run_id]

    async def inspect(self, run_id: str) -> RunDetail:
        """A run with its steps.

        Raises:
            NotFoundError: no such run.
        """
        status = await self.status(run_id)
        marks = await asyncio.to_thread(self._marks, [run_id])
        info = info_of(status, marks[run_id])
        recorded = await asyncio.to_thread(self._recorded, run_id)
        graph = self._definitions.find(info.workflow, info.version, info.fingerprint)
        known = Known(recorded, graph, self._runner.execution(run_id), marks[run_id])
        return detail_of(info, status, known)

    async def _page(
        self, wanted: RunStatus | None, name: str | None, text: str | None, span: Span
    ) -> list[RunInfo]:
        theirs = None
        if wanted is not None:
            ours = {wanted, TOLD_BY_MARKS.get(wanted, wanted)}
            theirs = [each for each, one in STATUSES.items() if one in ours]
        limit, offset = span
        if text:
            fitting = (await self._found(theirs, name, text))[offset : offset + limit]
            if not fitting:
                return []
            ids = [each.workflow_id for each in fitting]
            found = await outside(DBOS.list_workflows_async(workflow_ids=ids, sort_desc=True))
        else:
            found = await outside(
                DBOS.list_workflows_async(
                    status=theirs, name=name, limit=limit, offset=offset, sort_desc=True
                )
            )
        marks = await asyncio.to_thread(self._marks, [each.workflow_id for each in found])
        return [info_of(each, marks[each.workflow_id]) for each in found]

    async def _found(
        self, theirs: list[str] | None, name: str | None, text: str | None
    ) -> list[WorkflowStatus]:
        """Runs without what went in and came out, the youngest first; DBOS can only tell how ids begin."""
        every = await outside(
            DBOS.list_workflows_async(
                status=theirs, name=name, sort_desc=True, load_input=False, load_output=False
            )
        )
        wanted = (text or "").lower()
        return [each for each in every if wanted in each.workflow_id.lower()]

    def _marks(self, run_ids: Sequence[str]) -> Mapping[str, RunMarks]:
        marks = {run_id: RunMarks() for run_id in run_ids}
        with self._records.reader() as session:
            for start in range(0, len(run_ids), PAGE):
                part = run_ids[start : start + PAGE]
                for claim in session.scalars(select(ClaimRow).where(ClaimRow.run_id.in_(part))):
                    marks[claim.run_id] = RunMarks(bool(claim.reason), claim.reason, claim.ended_at)
                for wait in self._waiting.open_waits(part):
                    before = marks[wait.run_id]
                    waits = (*before.open_waits, wait)
                    marks[wait.run_id] = replace(before, waits=True, open_waits=waits)
        return marks

    def _recorded(self, run_id: str) -> Recorded:
        with self._records.reader() as session:
            return read_recorded(session.connection(), [run_id]).get(run_id) or Recorded()


def _status(status: RunStatus | str | None) -> RunStatus | None:
    if status is None:
        return None
    try:
        return RunStatus(status)
    except ValueError as error:
        raise InputError(
            f"There is no run status {status}.", remedy=f"Use one of {', '.join(RunStatus)}."
        ) from error
