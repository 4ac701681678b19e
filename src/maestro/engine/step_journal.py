"""Step journal: records what the steps of runs came to, many records of many runs in one transaction."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Insert, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from maestro.database import Database, explained
from maestro.engine import portable
from maestro.engine.journal_tables import AttemptRow, ChunkRow, ClaimRow, StepRow
from maestro.engine.outage import FIRST_PAUSE_S, LONGEST_PAUSE_S, may_pass
from maestro.engine.tables import EngineBase
from maestro.errors import InputError, TemporaryError
from maestro.telemetry import get_logger

LARGEST_BATCH = 500

_log = get_logger("engine.journal")


class FencedError(Exception):
    """Somebody else works this run now, or it was cancelled: nothing more of it may be done here."""


class JournalError(TemporaryError):
    """The journal cannot be written now; the reason lies with the database, not with what is written."""


@dataclass(frozen=True)
class Claim:
    """The right to record steps of a run, until somebody claims it with a higher epoch."""

    run_id: str
    executor_id: str
    epoch: int


@dataclass(frozen=True)
class StepRecord:
    """How a step ended.

    Args:
        status: `succeeded`, `failed` or `skipped`.
        value: what it returned as portable JSON; None where it returned nothing to keep.
        details: attempts, error and place of work.
        number: place in the order in which the steps of the run ended.
    """

    status: str
    value: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def error(self) -> Mapping[str, Any] | None:
        """The described error of a failed step."""
        return self.details.get("error")

    @property
    def attempts(self) -> Sequence[Mapping[str, Any]]:
        """Records of its attempts."""
        found: Sequence[Mapping[str, Any]] = self.details.get("attempts", ())
        return found


@dataclass(frozen=True)
class Chunk:
    """Finished items of a map: `size` of them from item `start` on, as a portable JSON list."""

    start: int
    size: int
    total: int
    items: str
    seconds: float


@dataclass
class Recorded:
    """What the journal knows of a run."""

    steps: dict[str, StepRecord] = field(default_factory=dict)
    chunks: dict[str, list[Chunk]] = field(default_factory=lambda: defaultdict(list))
    attempts: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class _Entry:
    """Something to be written; `claim` is None where one is asked for, `table` where it is proven."""

    run_id: str
    claim: Claim | None
    table: Table | None
    row: dict[str, Any]
    done: asyncio.Future[Any]


_CLAIMS, _STEPS, _CHUNKS, _ATTEMPTS = (
    EngineBase.metadata.tables[row.__tablename__] for row in (ClaimRow, StepRow, ChunkRow, AttemptRow)
)


class StepJournal:
    """Writes records in groups: one thread drains a queue, and one transaction takes all that has come.

    Group commit as databases do it (Gawlick and Kinkade, "Varieties of Concurrency Control in IMS/VS Fast
    Path", 1985): while one group is committed the next gathers, so nothing waits for a timer.

    A record is accepted only while its claim holds, checked in the transaction that writes it. Records are
    only ever inserted: whoever is first wins, and writing twice after a lost answer changes nothing.

    Args:
        records: the database; its tables exist.
        executor_id: who claims.
    """

    def __init__(self, records: Database, executor_id: str) -> None:
        self._records = records
        self._executor_id = executor_id
        self._insert = postgresql.insert if records.dialect == "postgresql" else sqlite.insert
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="maestro-journal", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Write what is queued, then end."""
        self._closing.set()
        self._queue.put(None)
        while self._thread.is_alive():  # noqa: ASYNC110 - it answers through this loop, which must go on
            await asyncio.sleep(0.002)

    async def claim(self, run_id: str) -> tuple[Claim, Recorded]:
        """Become the one who records this run, and read what is recorded of it.

        Raises:
            FencedError: it was cancelled, and nobody has resumed it since.
        """
        row = {"run_id": run_id, "executor_id": self._executor_id, "epoch": 1, "ended_at": None, "reason": ""}
        claimed: tuple[Claim, Recorded] = await self._put(run_id, None, None, row)
        return claimed

    async def record(self, claim: Claim, step: str, record: StepRecord) -> None:
        """Record how a step ended; returns when that is committed.

        Raises:
            FencedError: the claim holds no longer; nothing was written.
        """
        row = {
            "run_id": claim.run_id,
            "step": step,
            "number": record.number,
            "status": record.status,
            "value": record.value,
            "details": portable.dumps(dict(record.details)),
        }
        await self._put(claim.run_id, claim, _STEPS, row)

    async def record_chunk(self, claim: Claim, step: str, chunk: Chunk) -> None:
        """Record finished items of a map.

        Raises:
            FencedError: the claim holds no longer; nothing was written.
        """
        row = {"run_id": claim.run_id, "step": step, **vars(chunk)}
        await self._put(claim.run_id, claim, _CHUNKS, row)

    async def record_attempt(self, claim: Claim, step: str, number: int, attempt: Mapping[str, Any]) -> None:
        """Record a failed attempt after which the step will be tried again.

        Raises:
            FencedError: the claim holds no longer; nothing was written.
        """
        row = {
            "run_id": claim.run_id,
            "step": step,
            "number": number,
            "details": portable.dumps(dict(attempt)),
        }
        await self._put(claim.run_id, claim, _ATTEMPTS, row)

    async def prove(self, claim: Claim) -> None:
        """Prove that a claim still holds, before something is done that its run alone may do.

        Raises:
            FencedError: it does not.
        """
        await self._put(claim.run_id, claim, None, {})

    async def _put(self, run_id: str, claim: Claim | None, table: Table | None, row: dict[str, Any]) -> Any:
        done: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put(_Entry(run_id, claim, table, row, done))
        return await done

    # In the thread

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            ending = False
            while len(group) < LARGEST_BATCH and not self._queue.empty():
                entry = self._queue.get()
                if entry is None:
                    ending = True
                    break
                group.append(entry)
            self._answer(group, self._written(group))
            if ending:
                return

    def _written(self, group: Sequence[_Entry]) -> list[Any]:
        """The answer to each entry: a value, or the exception to raise there."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                with self._records.engine.begin() as connection:
                    return self._write(connection, group)
            except Exception as error:
                if may_pass(error) and not self._closing.wait(pause_s):
                    _log.warning("the journal cannot be written, trying again", error=str(error))
                    pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
                    continue
                failure = _explained(error) if isinstance(error, DBAPIError) else error
            if len(group) == 1:
                return [failure]
            # one bad entry must not spoil the others
            return [answer for entry in group for answer in self._written([entry])]

    def _write(self, connection: Connection, group: Sequence[_Entry]) -> list[Any]:
        claims = self._claim_all(connection, [each for each in group if each.claim is None])
        held = self._held(connection, {each.run_id for each in group if each.claim is not None})
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        answers: list[Any] = []
        for entry in group:
            if entry.claim is None:
                cancelled = FencedError(f"run {entry.run_id} was cancelled")
                answers.append(claims.get(entry.run_id, cancelled))
            elif held.get(entry.run_id) != (entry.claim.executor_id, entry.claim.epoch):
                answers.append(FencedError(f"run {entry.run_id} belongs to somebody else now"))
            else:
                if entry.table is not None:
                    rows[entry.table.name].append(entry.row)
                answers.append(None)
        for name, given in rows.items():
            connection.execute(self._first_wins(EngineBase.metadata.tables[name]), given)
        return answers

    def _claim_all(
        self, connection: Connection, entries: Iterable[_Entry]
    ) -> Mapping[str, tuple[Claim, Recorded]]:
        # by id: two processes that claim the same runs lock them in the same order
        wanted = sorted({each.run_id: each.row for each in entries}.items())
        if not wanted:
            return {}
        insert = self._insert(_CLAIMS)
        taken = {"executor_id": insert.excluded.executor_id, "reason": ""}
        statement = insert.on_conflict_do_update(
            index_elements=["run_id"],
            set_={"epoch": _CLAIMS.c.epoch + 1, **taken},
            # a survivor may have listed the run just before it was cancelled
            where=_CLAIMS.c.ended_at.is_(None),
        ).returning(_CLAIMS.c.run_id, _CLAIMS.c.epoch)
        rows = connection.execute(statement, [row for _, row in wanted]).all()
        epochs: dict[str, int] = dict(rows)
        known = read_recorded(connection, [run_id for run_id, epoch in epochs.items() if epoch > 1])
        return {
            run_id: (Claim(run_id, self._executor_id, epoch), known.get(run_id) or Recorded())
            for run_id, epoch in epochs.items()
        }

    def _held(self, connection: Connection, run_ids: Iterable[str]) -> Mapping[str, tuple[str, int]]:
        wanted = sorted(run_ids)
        if not wanted:
            return {}
        found = connection.execute(
            select(_CLAIMS.c.run_id, _CLAIMS.c.executor_id, _CLAIMS.c.epoch)
            .where(_CLAIMS.c.run_id.in_(wanted))
            .order_by(_CLAIMS.c.run_id)
            .with_for_update(read=True)  # PostgreSQL: nobody takes the run over until this is committed
        )
        return {run_id: (executor_id, epoch) for run_id, executor_id, epoch in found}

    def _first_wins(self, table: Table) -> Insert:
        statement: Insert = self._insert(table).on_conflict_do_nothing()
        return statement

    def _answer(self, group: Sequence[_Entry], answers: Sequence[Any]) -> None:
        def tell() -> None:
            for entry, answer in zip(group, answers, strict=True):
                if entry.done.done():
                    continue
                if isinstance(answer, Exception):
                    entry.done.set_exception(answer)
                else:
                    entry.done.set_result(answer)

        self._loop.call_soon_threadsafe(tell)


def read_recorded(connection: Connection, run_ids: Sequence[str]) -> Mapping[str, Recorded]:
    """What is recorded of these runs; a run without records is left out."""
    found: dict[str, Recorded] = defaultdict(Recorded)
    if not run_ids:
        return found
    for row in connection.execute(select(_STEPS).where(_STEPS.c.run_id.in_(run_ids))):
        details = portable.loads(row.details)
        found[row.run_id].steps[row.step] = StepRecord(row.status, row.value, details, row.number)
    _read_chunks(connection, run_ids, found)
    attempts = select(_ATTEMPTS).where(_ATTEMPTS.c.run_id.in_(run_ids)).order_by(_ATTEMPTS.c.number)
    for row in connection.execute(attempts):
        found[row.run_id].attempts[row.step].append(portable.loads(row.details))
    return found


def _read_chunks(connection: Connection, run_ids: Sequence[str], found: Mapping[str, Recorded]) -> None:
    chunks = select(_CHUNKS).where(_CHUNKS.c.run_id.in_(run_ids)).order_by(_CHUNKS.c.start)
    for row in connection.execute(chunks):
        chunk = Chunk(row.start, row.size, row.total, row.items, row.seconds)
        found[row.run_id].chunks[row.step].append(chunk)
    for recorded in found.values():
        for step, record in recorded.steps.items():
            if record.status == "succeeded" and "items" in record.details:
                recorded.steps[step] = replace(record, value=joined(recorded.chunks[step]))


def joined(chunks: Iterable[Chunk]) -> str:
    """The whole result of a map as portable JSON: the lists of its chunks as one."""
    parts = (chunk.items[1:-1] for chunk in sorted(chunks, key=lambda chunk: chunk.start))
    return f"[{','.join(part for part in parts if part)}]"


def _explained(error: DBAPIError) -> Exception:
    words = explained(error)
    if isinstance(words, InputError):
        return JournalError(words.message, remedy=words.remedy)
    if isinstance(error, OperationalError | InterfaceError):
        return JournalError(f"The journal cannot be written: {error.orig}.", remedy="Mend the database.")
    return words
