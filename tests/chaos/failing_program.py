"""A program whose run fails beside a sub-workflow that is in the middle of a map, killed at every commit.

`python failing_program.py FOLDER` plays the cases of boundary_program with this workflow: one process that
is killed before or after the n-th commit, then a fresh one that goes on. What happened goes to
FOLDER/cases.json.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

from maestro.engine import Graph, current_step, step, subworkflow
from maestro.errors import MaestroError, NotFoundError, PermanentError

program: Any = importlib.import_module("boundary_program")  # beside this file, in no package

HALF_WAY = "order-7/ship/pack/2"


def leave_trace(items: list[int] | None = None) -> None:
    """Append a line as one write, as an outside system would count an effect."""
    words = {"key": current_step().key, "items": items, "by": program.WHO}
    trace = os.open(program.FOLDER / "effects.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(trace, (json.dumps(words) + "\n").encode())
    os.close(trace)


def undo() -> None:
    leave_trace()


def unpack(pieces: list[int], result: list[int]) -> None:
    assert result == [piece * 10 for piece in pieces]
    leave_trace(pieces)


@step(undo=undo)
def reserve(number: int) -> int:
    leave_trace()
    return number


async def pay(reserve: int) -> None:
    """Fails once the sub-workflow is in the middle of its map."""
    effects = program.FOLDER / "effects.jsonl"
    while HALF_WAY not in effects.read_text():
        await asyncio.sleep(0.01)
    raise PermanentError("no money")


@step(undo=undo)
async def label(reserve: int) -> int:
    leave_trace()
    return reserve


@step(each="piece", of="pieces", chunk_size=2, width=1, undo=unpack)
async def pack(piece: int, label: int) -> int:
    leave_trace()
    if piece == 2:
        await asyncio.sleep(3600)
    return piece * 10


SHIPPING = Graph("shipping", [label, pack])


async def begin() -> None:
    """Start the run and wait for its failure."""
    engine = await program.launched()
    await engine.start("order", {"number": 7, "pieces": [0, 1, 2, 3]}, run_id=program.RUN)
    (program.FOLDER / "acknowledged").touch()
    await tell_end(engine)


async def go_on() -> None:
    """Wait for the failure of the run that is found."""
    await tell_end(await program.launched())


async def tell_end(engine: Any) -> None:
    told: dict[str, Any] = {}
    try:
        await engine.wait(program.RUN, timeout_s=60)
    except NotFoundError:
        pass
    except MaestroError as error:
        told["words"] = str(error)
        told["runs"] = {run.id: str(run.status) for run in await engine.list_runs()}
        told["waits"] = len(await engine.waits())
    await engine.shutdown()
    if told:
        told.update(journal(program.FOLDER))
    (program.FOLDER / "result.json").write_text(json.dumps(told))


def journal(folder: Path) -> dict[str, Any]:
    """What is recorded in the end: how each step ended, in order, and the items that are in chunks."""
    connection = sqlite3.connect(folder / "engine.db")
    steps = connection.execute(
        "SELECT run_id, step, status FROM engine_steps ORDER BY run_id, number"
    ).fetchall()
    chunks = connection.execute("SELECT start, size FROM engine_chunks ORDER BY start").fetchall()
    connection.close()
    return {
        "steps": [[f"{run}/{step}", status] for run, step, status in steps],
        "finished": [item for start, size in chunks for item in range(start, start + size)],
    }


if __name__ == "__main__":
    program.GRAPH = Graph("order", [reserve, pay, subworkflow("ship", SHIPPING)])
    program.begin, program.go_on = begin, go_on
    program.main(Path(sys.argv[1]))
