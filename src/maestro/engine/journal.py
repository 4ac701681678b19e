"""Journal: the database in which DBOS records runs and steps, opened fast, quiet and without a network."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any, ClassVar, TypeVar

from dbos import DBOS, DBOSConfig, Serializer
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url

from maestro.database import Database
from maestro.engine import portable
from maestro.engine.failure import RunFailedError, describe
from maestro.errors import ConflictError
from maestro.settings import DatabaseSettings, EngineSettings
from maestro.telemetry import get_logger

T = TypeVar("T")

# A fixed version: a run is checked against its graph by the graph's fingerprint, not by a hash of our source.
_VERSION = "1"


class JournalSerializer(Serializer):
    """Writes what DBOS keeps as JSON, errors included; see `maestro.engine.portable` for why not pickle."""

    def name(self) -> str:
        return "maestro_json"

    def serialize(self, data: Any) -> str:
        if isinstance(data, RunFailedError):
            return json.dumps({"$failure": portable.dumps(data.record)})
        if isinstance(data, BaseException):
            record = {"step": None, "ended_at": None, "error": describe(data)}
            return json.dumps({"$failure": portable.dumps(record)})
        return portable.dumps(data)

    def deserialize(self, serialized_data: str) -> Any:
        data = portable.loads(serialized_data)
        if isinstance(data, dict) and data.keys() == {"$failure"}:
            return RunFailedError(portable.loads(data["$failure"]))
        return data


class _ToStructuredLog(logging.Handler):
    """Passes what DBOS warns about to Maestro's log, except what is told there already or is no trouble.

    Failed and cancelled runs are told by whoever worked them. That a run which is asked for is in a queue is
    no trouble: asking twice is asking once, and a run that was taken over asks for its sub-workflows again.
    """

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info[1] if record.exc_info else None
        words = record.getMessage().lower()
        if isinstance(raised, RunFailedError) or "cancelled" in words or "already exists in queue" in words:
            return
        log = get_logger("engine.dbos")
        (log.error if record.levelno >= logging.ERROR else log.warning)(record.getMessage())


class Journal:
    """The one DBOS instance of this process, for as long as it is open.

    Args:
        url: where it is; SQLite or PostgreSQL.
        settings: name of this executor, and how often queues are looked at.
        database: durability, busy timeout and pool size.
    """

    _open: ClassVar[Journal | None] = None
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, url: str, settings: EngineSettings, database: DatabaseSettings) -> None:
        self._url = url
        self._settings = settings
        self._database = database
        self._sql_engine: SqlEngine | None = None

    def become(self, executor_id: str) -> None:
        """Take another name among executors, from the next opening on."""
        self._settings = self._settings.model_copy(update={"executor_id": executor_id})

    @property
    def executor_id(self) -> str:
        """The name of this executor."""
        return self._settings.executor_id

    @property
    def queue(self) -> str:
        """The queue of runs that this executor shall go on with."""
        return queue_of(self._settings.executor_id)

    async def open(self) -> None:
        """Connect, bring DBOS's tables up to date and take up this executor's unfinished runs.

        The workflows must have been declared to DBOS before.
        """
        logger = logging.getLogger("dbos")
        logger.handlers = [_ToStructuredLog(logging.WARNING)]
        logger.propagate = False
        # must be called on the event loop: DBOS adopts the running one for the runs that it takes up
        DBOS(config=self._config())
        DBOS.listen_queues([self.queue])
        DBOS.launch()
        await DBOS.register_queue_async(
            self.queue, polling_interval_sec=self._settings.queue_polling_s, on_conflict="always_update"
        )

    def claim(self) -> None:
        """Become the one that is open.

        Raises:
            ConflictError: there is one already.
        """
        with Journal._lock:
            if Journal._open is not None:
                raise ConflictError(
                    "An engine is live in this process already.",
                    remedy="Shut it down first, or use that one.",
                )
            Journal._open = self

    async def close(self) -> None:
        """Stop DBOS, forget its workflows and let another engine be launched."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as aside:
            await loop.run_in_executor(aside, lambda: DBOS.destroy(destroy_registry=True))
        # DBOS made its own thread pool the loop's and has closed it; the loop needs another one
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="maestro"))
        if self._sql_engine is not None:
            self._sql_engine.dispose()
            self._sql_engine = None
        with Journal._lock:
            Journal._open = None

    def open_records(self) -> Database:
        """The same database for the engine's own tables.

        Raises:
            ConfigurationError: the URL is malformed or names another kind of database.
            InputError: the folder of a SQLite file cannot be created.
        """
        return Database.open(self._url, self._database)

    def _config(self) -> DBOSConfig:
        config: DBOSConfig = {
            "name": "maestro",
            "application_version": _VERSION,
            "executor_id": self._settings.executor_id,
            "serializer": JournalSerializer(),
            "log_level": "WARNING",
            "enable_otlp": False,
            "notification_listener_polling_interval_sec": 1.0,  # DBOS messages are not used
        }
        url = make_url(self._url)
        if url.get_backend_name() == "sqlite":
            self._sql_engine = _sqlite_engine(self._url, self._database)
            config["system_database_engine"] = self._sql_engine
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            config["system_database_url"] = plain
            config["sys_db_pool_size"] = self._database.pool_size
        return config


def _sqlite_engine(url: str, database: DatabaseSettings) -> SqlEngine:
    """SQLite as a journal: WAL, so that readers never wait; writers wait for each other instead of failing.

    DBOS itself sets neither, and records many times fewer steps a second for it.
    """
    engine = create_engine(
        url,
        pool_size=database.pool_size,
        max_overflow=20,
        connect_args={"timeout": database.busy_timeout_s, "check_same_thread": False},
    )
    synchronous = "FULL" if database.durability == "power" else "NORMAL"

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(f"PRAGMA busy_timeout={int(database.busy_timeout_s * 1000)}")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def queue_of(executor_id: str) -> str:
    """The queue of runs that an executor shall go on with; a survivor moves a dead one's runs to its own."""
    return f"maestro_resume:{executor_id}"


async def outside(work: Coroutine[Any, Any, T]) -> T:
    """Run DBOS calls in an empty context: asked from inside a step, they must not become part of its run."""
    return await asyncio.create_task(work, context=Context())
