"""Outage: what needs the database waits until it is back; what is wrong for another reason fails at once."""

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from maestro.engine.outage import may_pass, outlast
from maestro.errors import InputError


def lost(words: str) -> OperationalError:
    return OperationalError("UPDATE", {}, Exception(words))


def explained(cause: Exception) -> InputError:
    error = InputError("The database server cannot be reached.")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        lost("database is locked"),
        lost("server closed the connection unexpectedly"),
        lost("the database system is starting up"),
        PoolTimeoutError("no connection is free"),
        explained(lost("connection refused")),
    ],
)
def test_a_database_that_is_away_may_come_back(error: Exception) -> None:
    assert may_pass(error)


@pytest.mark.parametrize(
    "error",
    [
        lost("disk I/O error"),
        IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed")),
        InputError("The disk is full."),
        ValueError("the connection is no number"),
    ],
)
def test_what_is_wrong_in_itself_stays_wrong(error: Exception) -> None:
    assert not may_pass(error)


async def test_it_is_done_when_the_database_is_back() -> None:
    answers: list[Exception | str] = [lost("database is locked"), lost("connection lost"), "done"]

    def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert await outlast(ask) == "done"


async def test_another_failure_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await outlast((tmp_path / "nothing").read_text)
