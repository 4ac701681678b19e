"""`maestro workflow start`: puts a run of a workflow into the backlog, and sees an executor begin it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from maestro.cli.listing import open_console
from maestro.clock import Clock, RealClock
from maestro.database import Database
from maestro.engine.executor_registry import ExecutorInfo, ExecutorRegistry, ExecutorState
from maestro.engine.scheduling.backlog import Backlog
from maestro.engine.scheduling.task import NewTask, Task, TaskStatus
from maestro.engine.tables import create_tables
from maestro.errors import ConflictError, InputError, NotFoundError, PermanentError
from maestro.settings import Settings

LOOK_S = 0.1
SETTLED_S = 0.5
"""Seconds after its admission in which a run that cannot begin, for an input is wrong, has failed."""
BEGUN_WITHIN_S = 5.0
"""Seconds for which one watches whether the run begins; a task may wait in the backlog for much longer."""


def start(
    workflow: Annotated[str, typer.Argument(help="Name of the workflow.")],
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            "-i",
            help="An input as name=value, the value in JSON; plain words may stand without quotes. "
            "Repeat it for more.",
        ),
    ] = None,
    task_id: Annotated[
        str,
        typer.Option("--id", help="Name of the task; its run is task-NAME. Asking twice is asking once."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Start a run: it goes into the backlog, and a live executor that knows the workflow works it.

    `maestro run` is such an executor, and `maestro executor` is another.

    Example: maestro workflow start packing --input order=A-17 --input 'weights=[3, 1.5]'

    Example: maestro workflow start nightly --id nightly-2026-03-02
    """
    given = _inputs(inputs or ())
    settings, clock = Settings.load(), RealClock()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    records = Database.open(settings.journal_url, settings.database)
    try:
        records.check()
        create_tables(records)
        _check_known(workflow, ExecutorRegistry(records, clock).list())
        backlog = Backlog(records, clock)
        task = backlog.submit(NewTask(workflow, given, kind=workflow, id=task_id))
        task = asyncio.run(_seen_begin(backlog, task, clock))
    finally:
        records.close()
    if task.status is TaskStatus.FAILED and not as_json:
        raise PermanentError(
            f"Run {task.run_id} failed: {task.error or 'it says not why'}", remedy=_look(task)
        )
    if as_json:
        typer.echo(json.dumps({"run_id": task.run_id, "task_id": task.id, "status": task.status}))
    else:
        open_console().print(f"{_told(task)} {_look(task)}", soft_wrap=True, markup=False)


def _inputs(pairs: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not name or not separator:
            raise InputError(f"{pair!r} is no input.", remedy="Write name=value, such as --input amount=3.")
        try:
            found[name] = json.loads(text)
        except ValueError as error:
            if text[:1] in {"[", "{", '"'}:
                raise InputError(
                    f"Input {name} is no JSON: {error} (got {text!r}).",
                    remedy="""Quote it as a whole for the shell, such as --input 'sales=[3, 1, 4]'.""",
                ) from None
            found[name] = text
    return found


def _check_known(workflow: str, executors: Sequence[ExecutorInfo]) -> None:
    """Nobody would begin what no live executor knows."""
    live = [
        each for each in executors if each.state is ExecutorState.LIVE and each.silent_s <= 2 * each.lease_s
    ]
    if not live:
        raise ConflictError(
            "No executor is at work on this journal, so nobody would begin the run.",
            remedy="Start one first: maestro run, or maestro executor --workflows shop.workflows",
        )
    known = {name.rpartition("@")[0] for each in live for name in each.workflows}
    if workflow not in known:
        raise NotFoundError(
            f"No live executor knows a workflow called {workflow}.",
            remedy=f"Known are: {', '.join(sorted(known))}. Yours come in by MAESTRO_ENGINE__WORKFLOWS or "
            "maestro executor --workflows.",
        )


async def _seen_begin(backlog: Backlog, task: Task, clock: Clock) -> Task:
    """The task once it has begun or failed, or as it is when one has watched long enough."""
    for _ in range(round(BEGUN_WITHIN_S / LOOK_S)):
        if task.status is not TaskStatus.WAITING:
            break
        await clock.sleep(LOOK_S)
        task = backlog.get(task.id)
    if task.status is TaskStatus.ADMITTED:
        await clock.sleep(SETTLED_S)
        task = backlog.get(task.id)
    return task


def _told(task: Task) -> str:
    if task.status is TaskStatus.WAITING:
        return f"Task {task.id} waits in the backlog; its run {task.run_id} begins when its turn comes."
    if task.status is TaskStatus.ADMITTED:
        return f"Run {task.run_id} has begun."
    return f"Run {task.run_id} is {task.status}."


def _look(task: Task) -> str:
    return f"See it: maestro workflow show {task.run_id}"
