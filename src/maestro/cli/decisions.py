"""`maestro decisions`: lists and explains decisions, and approves, rejects or undoes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated

import typer

from maestro.agents.decision import Decision, Words
from maestro.agents.decision_list import DecisionFilter
from maestro.agents.loop import DecisionLoop
from maestro.app import App
from maestro.cli.listing import Column, open_console, print_rows
from maestro.settings import Settings

app = typer.Typer(help="What the agents decided: list, show, approve, reject, undo.", no_args_is_help=True)
console = open_console()

_COLUMNS = (
    Column("Id"),
    Column("When", leaves=1),
    Column("Status"),
    Column("Decision", least=16),
    Column("Expected", leaves=2, justify="right"),
    Column("Realised", leaves=3, justify="right"),
)

_Id = Annotated[str, typer.Argument(help="Id of the decision, as the list shows it.")]
_Note = Annotated[str, typer.Option(help="Why; kept with the decision.")]
_Person = Annotated[str, typer.Option(help="Who decides, for the record.")]


@app.command("list")
def list_decisions(
    status: Annotated[str | None, typer.Option(help="Only this status, such as waiting or executed.")] = None,
    agent: Annotated[str | None, typer.Option(help="Only this agent's.")] = None,
    search: Annotated[str, typer.Option("--search", "-q", help="Words in the sentence or the product.")] = "",
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=200)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List decisions, the newest first.

    Example: maestro decisions list --status waiting
    """
    opened = App.open(Settings.load().without_workflows())
    try:
        which = DecisionFilter(status=(status,) if status else (), agent=agent or "", text=search)
        page = opened.decisions.list(which, limit=limit)
    finally:
        opened.close()
    if as_json:
        for item in page.items:
            typer.echo(json.dumps(item.to_dict(), ensure_ascii=False))
        return
    if not page.items:
        console.print("No decisions yet. `maestro run` starts the agents, and the first review makes some.")
        return
    language = opened.settings.language
    print_rows(
        console,
        _COLUMNS,
        [
            (
                item.id,
                f"{item.created_at:%Y-%m-%d}",
                str(item.status),
                item.summary[language],
                f"{item.predicted.mean:+,.2f}",
                f"{item.measured.gain:+,.2f}" if item.measured else "",
            )
            for item in page.items
        ],
    )
    console.print(f"{len(page.items)} of {page.total}")


@app.command()
def show(decision_id: _Id) -> None:
    """Explain one decision: why, on what evidence, who allowed it, what came of it.

    Example: maestro decisions show d_01J...
    """
    opened = App.open(Settings.load().without_workflows())
    try:
        decision = opened.decisions.get(decision_id)
        timeline = opened.decisions.timeline(decision_id)
    finally:
        opened.close()
    language = opened.settings.language
    _print_decision(decision, language)
    for event in timeline:
        console.print(f"  {event.at:%Y-%m-%d %H:%M}  {event.words[language]}  ({event.actor})")


@app.command()
def approve(decision_id: _Id, note: _Note = "", person: _Person = "command line") -> None:
    """Allow a waiting decision; it is carried out at once.

    Example: maestro decisions approve d_01J... --note "season starts"
    """
    _move(decision_id, lambda loop: loop.approve(decision_id, person, note))


@app.command()
def reject(decision_id: _Id, note: _Note = "", person: _Person = "command line") -> None:
    """Turn a waiting decision down.

    Example: maestro decisions reject d_01J... --note "supplier is closed"
    """
    _move(decision_id, lambda loop: loop.reject(decision_id, person, note))


@app.command()
def undo(
    decision_id: _Id,
    note: _Note = "",
    person: _Person = "command line",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take an executed decision back, as long as that is possible.

    Example: maestro decisions undo d_01J... --yes
    """
    if not yes:
        typer.confirm("The order is cancelled at the supplier. Go on?", abort=True)
    _move(decision_id, lambda loop: loop.undo(decision_id, person, note))


def _move(decision_id: str, deed: Callable[[DecisionLoop], Decision]) -> None:
    opened = App.open(Settings.load().without_workflows())
    try:
        loop = opened.agent(opened.decisions.get(decision_id).agent).loop
        _print_decision(deed(loop), opened.settings.language)
    finally:
        opened.close()


def _print_decision(decision: Decision, language: str) -> None:
    predicted, measured = decision.predicted, decision.measured

    def said(words: Words) -> str:
        return words[language]

    console.print(f"[bold]{said(decision.action.summary)}[/]")
    console.print(f"  {decision.id}  {decision.status}  {decision.allowed_by}")
    console.print(f"  {said(decision.reason)}")
    interval = f"{predicted.low:+,.2f} to {predicted.high:+,.2f}"
    console.print(f"  expected {predicted.mean:+,.2f} {predicted.unit} ({predicted.level:.0%}: {interval})")
    if measured:
        console.print(f"  realised {measured.gain:+,.2f} {predicted.unit} ({measured.method})")
    for guard in decision.guards:
        console.print(f"  {guard.verdict:5} {guard.guard}: {said(guard.words)}")
