"""Journal: on a fast and safe database, readable by people, quiet, and open once at a time."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.clock import RealClock
from maestro.engine import Engine, Graph
from maestro.engine.failure import RunFailedError
from maestro.engine.journal import JournalSerializer
from maestro.errors import ConfigurationError, InputError, PermanentError
from maestro.settings import DatabaseSettings, EngineSettings

Launcher = Callable[..., Awaitable[Engine]]


def double(x: int) -> int:
    return x * 2


def broken(x: int) -> int:
    raise ValueError("secretless words")


async def test_the_journal_is_json_that_a_person_can_read_and_never_pickle(
    launch: Launcher, tmp_path: Path
) -> None:
    engine = await launch(Graph("fine", [double]), Graph("bad", [broken]))
    await engine.wait(await engine.start("fine", {"x": 2}))
    with pytest.raises(PermanentError):
        await engine.wait(await engine.start("bad", {"x": 2}, run_id="b"))

    with sqlite3.connect(tmp_path / "journal" / "engine.db") as connection:
        formats = {row[0] for row in connection.execute("SELECT serialization FROM workflow_status")}
        steps = connection.execute("SELECT run_id, step, status, value FROM engine_steps").fetchall()
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()
    assert formats == {"maestro_json"}
    assert [each[1:] for each in sorted(steps, reverse=True)] == [
        ("double", "succeeded", "4"),
        ("broken", "failed", None),
    ]
    assert mode == "wal"


def test_errors_of_dbos_itself_are_written_as_words() -> None:
    serializer = JournalSerializer()

    back = serializer.deserialize(serializer.serialize(RuntimeError("lost")))

    assert isinstance(back, RunFailedError)
    assert str(back) == "RuntimeError: lost"
    kept = RunFailedError(
        {"step": "s", "ended_at": datetime(2026, 1, 1, tzinfo=UTC), "error": {"message": "m"}}
    )
    assert serializer.deserialize(serializer.serialize(kept)).record == kept.record


async def test_durability_against_power_cuts_can_be_chosen(sqlite_url: str) -> None:
    engine = Engine(sqlite_url, EngineSettings(), RealClock(), database=DatabaseSettings(durability="power"))
    engine.register(Graph("fine", [double]))
    await engine.launch()

    assert await engine.wait(await engine.start("fine", {"x": 4})) == {"double": 8}
    await engine.shutdown()


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", InputError, "cannot be reached"),
        ("mysql://localhost/x", ConfigurationError, "mysql"),
        ("sqlite:////proc/nowhere/engine.db", InputError, "cannot be created"),
    ],
)
async def test_a_journal_that_cannot_be_opened_is_explained_and_blocks_nothing(
    url: str, kind: type[Exception], words: str, launch: Launcher
) -> None:
    engine = Engine(url, EngineSettings(), RealClock())

    with pytest.raises(kind, match=words):
        await engine.launch()

    working = await launch(Graph("fine", [double]))
    assert await working.wait(await working.start("fine", {"x": 1})) == {"double": 2}


async def test_nothing_is_printed_but_what_concerns_people(
    launch: Launcher, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = await launch(Graph("fine", [double]), Graph("bad", [broken]))
    await engine.wait(await engine.start("fine", {"x": 2}))
    with pytest.raises(PermanentError):
        await engine.wait(await engine.start("bad", {"x": 2}, run_id="b"))
    await engine.shutdown()

    written = "".join(capfd.readouterr())
    assert written.count("\n") == 1
    assert "run failed" in written
    assert "Traceback" not in written


async def test_what_dbos_warns_about_reaches_the_log(
    launch: Launcher, capfd: pytest.CaptureFixture[str]
) -> None:
    await launch(Graph("fine", [double]))

    logging.getLogger("dbos").warning("the journal is slow")
    logging.getLogger("dbos").error("the journal is lost")
    logging.getLogger("dbos").info("chatter")

    written = "".join(capfd.readouterr())
    assert "the journal is slow" in written
    assert "the journal is lost" in written
    assert "chatter" not in written
