"""`maestro workflow`: lists and explains runs, and cancels, resumes or restarts them, through the journal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer
from pydantic_core import to_json
from rich.text import Text

from maestro.cli.listing import Column, open_console, print_rows
from maestro.cli.starting import start
from maestro.clock import RealClock
from maestro.engine.executor_registry import ExecutorRegistry, ExecutorState
from maestro.engine.graph import Graph
from maestro.engine.loading import load_graphs
from maestro.engine.run import RunDetail, RunInfo, StepInfo
from maestro.engine.workflow import Engine
from maestro.errors import InputError
from maestro.server.run_times import Span, run_times
from maestro.settings import Settings
from maestro.telemetry import configure_logging

T = TypeVar("T")

app = typer.Typer(help="Runs of workflows: start, list, show, signal, cancel ...", no_args_is_help=True)
app.command()(start)
console = open_console()

ONLOOKER = "onlooker"
"""Name under which the command line opens the journal; no run is ever worked under it."""

_COLOURS = {
    "succeeded": "green",
    "failed": "red",
    "stuck": "red",
    "undo_failed": "red",
    "running": "cyan",
    "waiting": "yellow",
    "cancelled": "dim",
    "skipped": "dim",
    "undone": "dim",
}

_RUN_COLUMNS = (
    Column("Id"),
    Column("Workflow", leaves=1),
    Column("Status"),
    Column("Started", leaves=3),
    Column("Took", leaves=2),
    Column("Executor", leaves=4),
    Column("Problem", least=12),
)
_STEP_COLUMNS = (
    Column("Step"),
    Column("Status"),
    Column("Started", leaves=4),
    Column("Took", leaves=2),
    Column("Tries", leaves=3),
    Column("Where", leaves=5),
    Column("Waits for", least=12, leaves=1),
    Column("Problem", least=12),
)

_RunId = Annotated[str, typer.Argument(help="Id of the run, as the list shows it.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.command("list")
def list_runs(
    status: Annotated[
        str | None, typer.Option(help="Only this status, such as running, waiting or failed.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Only runs of this workflow.")] = None,
    search: Annotated[str, typer.Option("--search", "-q", help="Letters of the id.")] = "",
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 20,
    as_json: _Json = False,
) -> None:
    """List runs, the youngest first.

    Example: maestro workflow list --status failed
    """

    async def ask(engine: Engine) -> tuple[list[RunInfo], int]:
        runs = await engine.list_runs(status=status, name=name, text=search or None, limit=limit)
        counts = await engine.count_runs(name=name, text=search or None)
        return runs, sum(count for each, count in counts.items() if status in {None, each})

    runs, total = _through_the_journal(ask)
    if as_json:
        for run in runs:
            typer.echo(_json(run))
        return
    if not runs:
        console.print("No such runs. `maestro run` works on workflows, and so does `maestro executor`.")
        return
    print_rows(
        console,
        _RUN_COLUMNS,
        [
            (
                run.id,
                f"{run.workflow}@{run.version}",
                _coloured(run.status),
                _moment(run.started_at),
                _length(run.took_s),
                run.executor,
                run.error or run.reason,
            )
            for run in runs
        ],
    )
    console.print(f"{len(runs)} of {total}")


@app.command()
def show(run_id: _RunId, as_json: _Json = False) -> None:
    """Explain one run: its steps, attempts, inputs, and what went wrong.

    Example: maestro workflow show replenishment:2026-03-02
    """
    run = _through_the_journal(lambda engine: engine.inspect(run_id))
    if as_json:
        typer.echo(_json(run))
    else:
        _print_run(run)


@app.command()
def signal(
    run_id: _RunId,
    topic: Annotated[str, typer.Argument(help="Name of the approval, or topic of the event.")],
    payload: Annotated[
        str, typer.Option(help='What comes with it, in JSON; of an approval {"approved": true, "note": ""}.')
    ] = "null",
    person: Annotated[str, typer.Option(help="Who says so, for the record.")] = "command line",
) -> None:
    """Tell a waiting run what it waits for: the answer to an approval, or an event.

    Example: maestro workflow signal purchase-17 approve --payload '{"approved": true}'

    Example: maestro workflow signal purchase-17 "parcel A7" --payload '{"weight": 3}'
    """
    try:
        said = json.loads(payload)
    except ValueError as error:
        raise InputError(
            f"The payload is no JSON: {error} (got {payload!r}).",
            remedy="""Quote it for the shell: --payload '{"approved": true}'.""",
        ) from None
    _through_the_journal(lambda engine: engine.signal(run_id, topic, said, by=person, keep=False))
    console.print(f"Run {run_id} was told {topic}.", soft_wrap=True, markup=False)


@app.command()
def cancel(
    run_id: _RunId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back what it did; it ends as failed and cannot be resumed.")
    ] = False,
) -> None:
    """Stop a run, wherever it is worked; what is recorded stays, and `resume` goes on from there.

    Example: maestro workflow cancel replenishment:2026-03-02 --yes
    """
    what = "stopped, and what it did is taken back" if undo else "stopped where it is"

    async def do(engine: Engine) -> tuple[RunDetail, str, bool]:
        run = await engine.inspect(run_id)
        if not yes and not run.status.ended:
            typer.confirm(f"Run {run_id} is {what}. Go on?", abort=True)
        executor, live = await _who_knows(engine, run)
        await engine.cancel(run_id, roll_back=undo, executor_id=executor)
        return await engine.inspect(run_id), executor, live

    run, executor, live = _through_the_journal(do)
    if undo:
        _tell_who(run_id, executor, live, "is taken back")
    else:
        _print_run(run)


@app.command()
def resume(run_id: _RunId) -> None:
    """Have an executor go on with a cancelled, stuck or failed run; steps that succeeded are kept.

    Example: maestro workflow resume replenishment:2026-03-02
    """

    async def do(engine: Engine) -> tuple[str, bool]:
        run = await engine.inspect(run_id)
        executor, live = await _who_knows(engine, run)
        await engine.resume(run_id, executor_id=executor)
        return executor, live

    _tell_who(run_id, *_through_the_journal(do))


@app.command()
def restart(
    run_id: _RunId,
    from_step: Annotated[str, typer.Option(help="The first step that is worked again.")],
    workflows: Annotated[
        list[str] | None,
        typer.Option(
            help="Module with the workflows, as `maestro executor` takes it; repeat it for more. "
            "Default: the setting engine.workflows."
        ),
    ] = None,
) -> None:
    """Run an ended run again from a step, under a new id; what does not depend on the step is kept.

    Example: maestro workflow restart nightly-2f0c --from-step quote --workflows shop.workflows
    """
    places = workflows or Settings.load().engine.workflows
    graphs = [graph for place in places for graph in load_graphs(place)]

    async def do(engine: Engine) -> tuple[str, str, bool]:
        executor, live = await _who_knows(engine, await engine.inspect(run_id))
        return await engine.restart(run_id, from_step, executor_id=executor), executor, live

    _tell_who(*_through_the_journal(do, graphs))


def _through_the_journal(work: Callable[[Engine], Awaitable[T]], graphs: Sequence[Graph] = ()) -> T:
    async def run() -> T:
        async with _journal(graphs) as engine:
            return await work(engine)

    return asyncio.run(run())


@asynccontextmanager
async def _journal(graphs: Sequence[Graph]) -> AsyncIterator[Engine]:
    """The engine as an onlooker: it takes up nobody's runs and works none."""
    settings = Settings.load()
    configure_logging(settings.telemetry.model_copy(update={"log_level": "error"}), RealClock())
    onlooker = settings.engine.model_copy(update={"executor_id": ONLOOKER})
    engine = Engine(settings.journal_url, onlooker, RealClock(), database=settings.database)
    for graph in graphs:
        engine.register(graph)
    await engine.launch()
    try:
        yield engine
    finally:
        await engine.shutdown(0.0)


async def _who_knows(engine: Engine, run: RunInfo) -> tuple[str, bool]:
    """The executor that shall go on with a run, and whether it is live now.

    A live one that knows the version of the run. Where there is none, the one that joined last: whoever
    joins next looks after what it left.
    """
    executors = await asyncio.to_thread(ExecutorRegistry(engine.records, RealClock()).list)
    known = f"{run.workflow}@{run.version}"
    for executor in executors:
        if executor.state is ExecutorState.LIVE and known in executor.workflows:
            return executor.id, True
    return executors[0].id if executors else run.executor, False


def _tell_who(run_id: str, executor: str, live: bool, what: str = "goes on") -> None:
    who = f"with executor {executor}" if live else "as soon as an executor that knows its workflow is live"
    console.print(f"Run {run_id} {what} {who}.", soft_wrap=True)


def _json(run: RunInfo) -> str:
    whole = {**vars(run), "took_s": run.took_s}
    return to_json(whole, inf_nan_mode="null", fallback=str).decode()


def _print_run(run: RunDetail) -> None:
    title = Text.assemble((run.id, "bold"), f"  {run.workflow}@{run.version}  ", _coloured(run.status))
    console.print(title, soft_wrap=True)
    times = run_times(run, RealClock().now(), {})
    so_far = f"{'took' if run.status.ended else 'so far'} {_length(times.so_far_s)}"
    console.print(f"  started {_moment(run.started_at)}, {so_far}" if run.started_at else "  not yet started")
    for words in (run.error, run.reason):
        if words:
            console.print(f"  {words}", style="red", soft_wrap=True, markup=False)
    for name, value in run.inputs.items():
        console.print(f"  {name} = {_shortened(value)}", soft_wrap=True, markup=False)
    print_rows(console, _STEP_COLUMNS, [_step(step, times.spans.get(step.name)) for step in run.steps])


def _step(step: StepInfo, span: Span | None) -> tuple[str | Text, ...]:
    waits = step.wait.topic if step.wait else ", ".join(step.parents) if step.status == "pending" else ""
    return (
        step.name,
        _coloured(step.status),
        _moment(step.started_at),
        _length(span.took_s if span else None),
        str(len(step.attempts)),
        step.worker or step.where,
        waits,
        step.error or step.reason,
    )


def _coloured(status: str) -> Text:
    return Text(str(status), style=_COLOURS.get(status, ""))


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def _length(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:,.1f} s"


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]} ..."
