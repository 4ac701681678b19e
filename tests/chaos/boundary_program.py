"""A program that kills itself at a commit of the journal, and one that goes on from there.

`python boundary_program.py FOLDER` first counts the commits of the reference workflow, then plays each case:
one process that is killed before or after the n-th commit, then a fresh one that takes up what it finds. All
are forked from a parent that opened nothing. What happened goes to FOLDER/cases.json.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, current_step, step, step_journal
from maestro.errors import NotFoundError, TemporaryError
from maestro.settings import EngineSettings

RUN = "order-7"
AT_ONCE = 3
FOLDER = Path()
WHO = ""


def leave_trace() -> None:
    """Append a line as one write, as an outside system would count an effect."""
    current = current_step()
    words = {
        "step": current.step,
        "item": current.item,
        "key": current.key,
        "attempt": current.attempt,
        "by": WHO,
    }
    trace = os.open(FOLDER / "effects.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(trace, (json.dumps(words) + "\n").encode())
    os.close(trace)


def reserve(number: int) -> int:
    leave_trace()
    return number + 1


async def bill(reserve: int) -> int:
    leave_trace()
    return reserve * 2


@step(retries=2)
def label(reserve: int) -> int:
    leave_trace()
    if current_step().attempt == 1:
        raise TemporaryError("The printer is warming up.", delay_s=0.01)
    return reserve * 3


@step(when=lambda bill: bill < 0)
def refund(bill: int) -> int:
    leave_trace()
    return bill


@step(each="piece", of="pieces", chunk_size=2, width=1)
def pack(piece: str) -> int:
    leave_trace()
    return len(piece)


async def thank(bill: int, label: int, pack: list[int]) -> int:
    leave_trace()
    return bill + label + sum(pack)


GRAPH = Graph("order", [reserve, bill, label, refund, pack, thank])


async def begin() -> None:
    """Start the run and wait for its end."""
    engine = await launched()
    await engine.start("order", {"number": 7, "pieces": ["cup", "lid", "saucer"]}, run_id=RUN)
    (FOLDER / "acknowledged").touch()
    (FOLDER / "result.json").write_text(json.dumps(await engine.wait(RUN, timeout_s=60)))
    await engine.shutdown()


async def go_on() -> None:
    """Wait for the end of the run that is found; a run that was never begun is told by an empty result."""
    engine = await launched()
    try:
        result = await engine.wait(RUN, timeout_s=60)
    except NotFoundError:
        result = {}
    (FOLDER / "result.json").write_text(json.dumps(result))
    await engine.shutdown()


async def launched() -> Engine:
    engine = Engine(f"sqlite:///{FOLDER / 'engine.db'}", EngineSettings(), RealClock())
    engine.register(GRAPH)
    await engine.launch()
    return engine


def recorded(folder: Path) -> list[str]:
    """The steps that are recorded, read before anybody goes on."""
    try:
        connection = sqlite3.connect(folder / "engine.db")
        found = [row[0] for row in connection.execute("SELECT step FROM engine_steps")]
        found += [f"pack/{row[0]}" for row in connection.execute("SELECT start FROM engine_chunks")]
        connection.close()
    except sqlite3.OperationalError:
        return []
    return found


def forked(work: Callable[[], Any]) -> int:
    """Do something in a child; gives how it ended as `os.waitstatus_to_exitcode` tells it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def play(folder: Path, kill_at: int, moment: str) -> dict[str, Any]:
    """One case: a process that is killed, then one that goes on."""
    folder.mkdir()
    os.environ["MAESTRO_DATA_DIR"] = str(folder)

    def die(number: int, when: str, _: Any) -> None:
        if (number, when) == (kill_at, moment):
            os.kill(os.getpid(), signal.SIGKILL)

    def first() -> None:
        name(folder, "first")
        boundaries = importlib.import_module("boundaries").Boundaries(die)
        asyncio.run(begin())
        (folder / "boundaries").write_text(str(boundaries.count))

    def second() -> None:
        name(folder, "second")
        asyncio.run(go_on())

    told: dict[str, Any] = {"kill_at": kill_at, "moment": moment, "first": forked(first)}
    told["recorded"] = recorded(folder)
    told["acknowledged"] = (folder / "acknowledged").exists()
    if kill_at:
        told["second"] = forked(second)
    told["result"] = json.loads((folder / "result.json").read_text())
    effects = folder / "effects.jsonl"
    lines = effects.read_text().splitlines() if effects.exists() else []
    told["effects"] = [json.loads(line) for line in lines]
    return told


def name(folder: Path, who: str) -> None:
    """Say who and where this process is."""
    global FOLDER, WHO
    FOLDER, WHO = folder, who
    step_journal.LARGEST_BATCH = 1  # one record a commit, so that every record is a boundary


def main(folder: Path) -> None:
    """Play all cases, some at once, and write what happened."""
    whole = play(folder / "whole", 0, "")
    count = int((folder / "whole" / "boundaries").read_text())
    cases = [(number, moment) for number in range(1, count + 1) for moment in ("before", "after")]
    children = []
    for share in range(AT_ONCE):
        child = os.fork()
        if child == 0:
            found = [play(folder / f"{n}-{moment}", n, moment) for n, moment in cases[share::AT_ONCE]]
            (folder / f"share{share}.json").write_text(json.dumps(found))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    shares = [json.loads((folder / f"share{share}.json").read_text()) for share in range(AT_ONCE)]
    played = [case for share in shares for case in share]
    (folder / "cases.json").write_text(json.dumps({"whole": whole, "count": count, "cases": played}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
