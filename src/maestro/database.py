"""Database: SQLAlchemy engine, session and table base; SQLite (WAL) by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from maestro.errors import ConfigurationError, InputError
from maestro.settings import DatabaseSettings


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: refuses naive datetimes on the way in, gives aware ones on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table; constraint names follow one convention so that migrations work both ways."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


def table_of(row: type[Base]) -> Table:
    """The bare table of a row class, for statements that are built once and run often."""
    table = row.__table__
    assert isinstance(table, Table)
    return table


def _url(text_url: str) -> URL:
    try:
        url = make_url(text_url)
    except ArgumentError as error:
        raise ConfigurationError(
            "The database URL is not understood.",
            remedy="Set database.url (MAESTRO_DATABASE__URL) to sqlite:///path/to/file.db or to "
            "postgresql://user:password@host:5432/name; without one, SQLite is used in the data folder.",
        ) from error
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigurationError(
            f"Maestro does not keep its records in {url.get_backend_name()}.",
            remedy="Set database.url (MAESTRO_DATABASE__URL) to sqlite:///... or postgresql://...",
        )
    return url


def make_engine(url: str, settings: DatabaseSettings | None = None) -> Engine:
    """Open a database: SQLite gets WAL, foreign keys and immediate transactions; PostgreSQL a checked pool.

    Args:
        url: SQLAlchemy URL; `postgresql://` is opened with psycopg 3.
        settings: durability, busy timeout and pool size; the defaults when None.

    Raises:
        ConfigurationError: the URL is malformed or names another kind of database.
        InputError: the folder of a SQLite file cannot be created or written.
    """
    settings = settings or DatabaseSettings()
    parsed = _url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed, pool_size=settings.pool_size, max_overflow=10, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        _make_folder(Path(parsed.database).parent)
    engine = create_engine(
        parsed,
        pool_size=settings.pool_size,
        max_overflow=20,
        connect_args={"timeout": settings.busy_timeout_s, "check_same_thread": False},
    )
    synchronous = "FULL" if settings.durability == "power" else "NORMAL"

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin event below starts transactions instead
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={int(settings.busy_timeout_s * 1000)}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The data folder {folder} cannot be created: {error.strerror}.",
            remedy="Choose a writable folder with MAESTRO_DATA_DIR.",
        ) from error


class Database:
    """One open database: sessions that commit as a whole or not at all.

    Example:
        with database.session() as session:
            session.add(row)
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(
            engine.execution_options(read_only=True), expire_on_commit=False, autoflush=False
        )

    @classmethod
    def open(cls, url: str, settings: DatabaseSettings | None = None) -> Database:
        """Open by URL; see `make_engine` for what it raises."""
        return cls(make_engine(url, settings))

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for writing: commits at the end, rolls back on any error.

        Raises:
            InputError: the disk is full, the file is read-only, or the server cannot be reached.
        """
        try:
            with self._sessions.begin() as session:
                yield session
        except OperationalError as error:
            raise explained(error) from error

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """A session for reading: never takes SQLite's write lock, never commits."""
        try:
            with self._readers() as session:
                yield session
        except OperationalError as error:
            raise explained(error) from error

    def check(self) -> None:
        """Prove that the database answers.

        Raises:
            InputError: it does not; the message says why and what to do.
        """
        with self.reader() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def explained(error: DBAPIError) -> Exception:
    """Turn a driver's error into a sentence with a remedy; other errors stay as they are."""
    words = str(error.orig).lower()
    if "disk is full" in words or "no space left" in words:
        return InputError("The disk is full; nothing was written.", remedy="Free some space and try again.")
    if "readonly" in words or "read-only" in words:
        return InputError(
            "The database file is read-only; nothing was written.",
            remedy="Make the data folder writable, or choose another with MAESTRO_DATA_DIR.",
        )
    if "unable to open database file" in words:
        return InputError(
            "The database file cannot be opened.",
            remedy="Check that the data folder exists and is writable (MAESTRO_DATA_DIR).",
        )
    if "connection refused" in words or "could not translate host" in words or "connection failed" in words:
        return InputError(
            "The database server cannot be reached.", remedy="Start it, or correct MAESTRO_DATABASE__URL."
        )
    return error
