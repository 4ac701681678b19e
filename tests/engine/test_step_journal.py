"""Step journal: records go in groups, the first wins, and who lost the claim writes nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from maestro.database import Database
from maestro.engine.journal_tables import ClaimRow, StepRow
from maestro.engine.step_journal import (
    Chunk,
    FencedError,
    JournalError,
    StepJournal,
    StepRecord,
    read_recorded,
)
from maestro.engine.tables import create_tables


@pytest.fixture
def records(journal_url: str) -> Iterator[Database]:
    database = Database.open(journal_url)
    create_tables(database)
    yield database
    database.close()


@pytest.fixture
async def journal(records: Database) -> AsyncIterator[StepJournal]:
    made = StepJournal(records, "first")
    yield made
    await made.close()


@pytest.fixture
async def other(records: Database) -> AsyncIterator[StepJournal]:
    made = StepJournal(records, "second")
    yield made
    await made.close()


def done(value: str, number: int = 0) -> StepRecord:
    return StepRecord("succeeded", value, {"attempts": []}, number)


async def test_what_is_recorded_is_read_with_the_next_claim(journal: StepJournal) -> None:
    claim, nothing = await journal.claim("r")
    await journal.record(claim, "s", done("1", 4))
    await journal.record_attempt(claim, "t", 1, {"error": "busy"})
    await journal.record_chunk(claim, "m", Chunk(0, 2, 3, "[1,2]", 0.1))

    again, known = await journal.claim("r")

    assert (claim.epoch, again.epoch) == (1, 2)
    assert nothing.steps == {}
    assert known.steps == {"s": done("1", 4)}
    assert known.attempts["t"] == [{"error": "busy"}]
    assert known.chunks["m"] == [Chunk(0, 2, 3, "[1,2]", 0.1)]


async def test_a_finished_map_is_read_as_one_list(journal: StepJournal) -> None:
    claim, _ = await journal.claim("r")
    await journal.record_chunk(claim, "m", Chunk(2, 1, 3, "[3]", 0.1))
    await journal.record_chunk(claim, "m", Chunk(0, 2, 3, "[1,2]", 0.1))
    await journal.record(claim, "m", StepRecord("succeeded", None, {"items": 3}))

    _, known = await journal.claim("r")

    assert known.steps["m"].value == "[1,2,3]"


async def test_who_lost_the_claim_writes_nothing(
    records: Database, journal: StepJournal, other: StepJournal
) -> None:
    old, _ = await journal.claim("r")
    await journal.record(old, "a", done("1"))
    new, known = await other.claim("r")

    await other.prove(new)
    with pytest.raises(FencedError):
        await journal.prove(old)
    with pytest.raises(FencedError):
        await journal.record(old, "b", done("old"))
    with pytest.raises(FencedError):
        await journal.record_chunk(old, "m", Chunk(0, 1, 1, "[1]", 0.1))
    await other.record(new, "b", done("new"))

    assert list(known.steps) == ["a"]
    with records.reader() as session:
        found = read_recorded(session.connection(), ["r"])["r"]
    assert {step: record.value for step, record in found.steps.items()} == {"a": "1", "b": "new"}
    assert found.chunks == {}


async def test_writing_twice_changes_nothing(journal: StepJournal) -> None:
    claim, _ = await journal.claim("r")
    await journal.record(claim, "s", done("first"))
    await journal.record(claim, "s", done("second"))

    assert (await journal.claim("r"))[1].steps["s"].value == "first"


async def test_many_records_of_many_runs_share_transactions(records: Database, journal: StepJournal) -> None:
    commits: list[Any] = []
    event.listen(records.engine, "commit", commits.append)
    claims = [claim for claim, _ in await asyncio.gather(*(journal.claim(f"r{n}") for n in range(50)))]

    await asyncio.gather(*(journal.record(claim, f"s{n}", done("1")) for claim in claims for n in range(10)))

    assert len(commits) < 50
    with records.reader() as session:
        assert session.scalar(select(func.count()).select_from(StepRow)) == 500


async def test_claiming_one_run_twice_at_once_gives_two_epochs_or_one_holder(journal: StepJournal) -> None:
    claims = [claim for claim, _ in await asyncio.gather(*(journal.claim("r") for _ in range(3)))]

    newest = max(claims, key=lambda claim: claim.epoch)
    await journal.record(newest, "s", done("1"))
    for claim in claims:
        if claim.epoch < newest.epoch:
            with pytest.raises(FencedError):
                await journal.record(claim, "t", done("1"))


class Failing:
    """Makes the next `times` transactions fail as a lost connection does, before or after their commit."""

    def __init__(self, database: Database, when: str, times: int, words: str = "connection lost") -> None:
        self.left = times
        self.words = words
        if when == "before":
            event.listen(database.engine, "before_cursor_execute", self._before)
        else:
            event.listen(database.engine, "commit", self._at_commit)

    def _fail(self) -> None:
        if self.left:
            self.left -= 1
            raise OperationalError("INSERT", {}, Exception(self.words))

    def _before(self, *_: Any) -> None:
        self._fail()

    def _at_commit(self, connection: Any) -> None:
        if self.left:
            connection.connection.dbapi_connection.commit()  # it was written, but nobody hears of it
        self._fail()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_store_that_comes_back_loses_and_doubles_nothing(
    when: str, records: Database, journal: StepJournal
) -> None:
    claim, _ = await journal.claim("r")
    Failing(records, when, times=3)

    await journal.record(claim, "s", done("1"))

    with records.reader() as session:
        assert session.scalars(select(StepRow.value)).all() == ["1"]


async def test_what_cannot_be_written_is_told_and_spoils_nothing_else(
    records: Database, journal: StepJournal
) -> None:
    claim, _ = await journal.claim("r")
    failing = Failing(records, "before", times=10**6, words="database or disk is full")

    outcomes = await asyncio.gather(
        journal.record(claim, "s", done("1")), journal.record(claim, "t", done("1")), return_exceptions=True
    )

    assert [type(each) for each in outcomes] == [JournalError, JournalError]
    failing.left = 0
    await journal.record(claim, "s", done("1"))


async def test_what_is_queued_is_written_before_it_closes(records: Database) -> None:
    journal = StepJournal(records, "first")
    claim, _ = await journal.claim("r")
    writing = [asyncio.create_task(journal.record(claim, f"s{n}", done("1"))) for n in range(20)]
    await asyncio.sleep(0)

    await journal.close()

    await asyncio.gather(*writing)
    with records.reader() as session:
        assert session.scalar(select(func.count()).select_from(StepRow)) == 20
        assert session.scalar(select(ClaimRow.executor_id)) == "first"
