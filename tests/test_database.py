"""Database: commits as a whole or not at all, keeps UTC, and explains what went wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from maestro.database import Database, UtcDateTime
from maestro.errors import ConfigurationError, InputError
from maestro.settings import DatabaseSettings


class Own(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012


class Note(Own):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime | None]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/a/b/test.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    database = Database.open(url)
    Own.metadata.create_all(database.engine)
    yield database
    database.close()


def test_what_is_written_is_read_back_in_utc(database: Database) -> None:
    seoul = timezone(timedelta(hours=9))
    with database.session() as session:
        session.add(Note(at=datetime(2026, 1, 1, 9, tzinfo=seoul)))
        session.add(Note(at=None))
    with database.reader() as session:
        notes = session.query(Note).order_by(Note.id).all()
    assert [n.at for n in notes] == [datetime(2026, 1, 1, tzinfo=UTC), None]
    database.check()


def test_an_error_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(RuntimeError), database.session() as session:
        session.add(Note(at=datetime.now(UTC)))
        session.flush()
        raise RuntimeError
    with database.reader() as session:
        assert session.query(Note).count() == 0


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"), database.session() as session:
        session.add(Note(at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the naive moment is the point


def test_sqlite_runs_in_wal_mode_with_the_durability_asked_for(tmp_path: Path) -> None:
    for durability, synchronous in (("process", 1), ("power", 2)):
        settings = DatabaseSettings.model_validate({"durability": durability})
        database = Database.open(f"sqlite:///{tmp_path}/{durability}.db", settings)
        with database.reader() as session:
            assert session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert session.scalar(text("PRAGMA synchronous")) == synchronous
        assert database.dialect == "sqlite"
        database.close()


def test_a_reader_is_not_held_up_by_a_writer(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/t.db", DatabaseSettings(busy_timeout_s=0.05))
    Own.metadata.create_all(database.engine)
    with database.session() as writer:
        writer.add(Note(at=None))
        writer.flush()
        with database.reader() as reader:
            assert reader.query(Note).count() == 0
    database.close()


@pytest.mark.parametrize(("url", "words"), [("nonsense", "not understood"), ("mysql://h/n", "mysql")])
def test_a_url_that_is_not_ours_is_refused(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Database.open(url)


def test_a_folder_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="MAESTRO_DATA_DIR"):
        Database.open(f"sqlite:///{tmp_path}/file/sub/test.db")


def test_a_read_only_file_is_explained(tmp_path: Path) -> None:
    Database.open(f"sqlite:///{tmp_path}/t.db").check()
    database = Database.open(f"sqlite:///file:{tmp_path}/t.db?mode=ro&uri=true")
    with pytest.raises(InputError, match="read-only"), database.session() as session:
        session.execute(text("CREATE TABLE x (a)"))
    database.close()


def test_a_full_disk_is_explained_and_nothing_is_written(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/t.db", DatabaseSettings(pool_size=1))
    with database.session() as session:
        session.execute(text("CREATE TABLE x (a)"))
    with pytest.raises(InputError, match="disk is full"), database.session() as session:
        session.execute(text("PRAGMA max_page_count=3"))
        session.execute(text("INSERT INTO x VALUES (zeroblob(1000000))"))
    with database.reader() as session:
        assert session.scalar(text("SELECT count(*) FROM x")) == 0
    database.close()


def test_a_folder_in_place_of_the_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        Database.open(f"sqlite:///{tmp_path}").check()


def test_a_server_that_is_not_there_is_explained() -> None:
    database = Database.open("postgresql://127.0.0.1:1/none")
    with pytest.raises(InputError, match="cannot be reached"):
        database.check()
    with pytest.raises(InputError, match="cannot be reached"), database.session() as session:
        session.execute(text("SELECT 1"))
