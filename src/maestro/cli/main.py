"""The `maestro` command: gathers the subcommands and turns errors into a sentence and an exit code."""

from __future__ import annotations

import sys

import typer
from rich.console import Console
from rich.markup import escape

from maestro import __version__
from maestro.cli.lazy_command import Place, lazy_group
from maestro.errors import InputError, MaestroError

COMMANDS = {
    "run": Place("maestro.cli.run", "run", "Open the shop, start its agents and serve the dashboard."),
    "import": Place("maestro.cli.importing", "app", "Take in your own data."),
    "simulate": Place(
        "maestro.cli.simulate", "app", "Ask what an agent would be worth, without touching anything."
    ),
    "decisions": Place(
        "maestro.cli.decisions", "app", "What the agents decided: list, show, approve, reject, undo."
    ),
    "worker": Place("maestro.cli.worker", "worker", "Work for a cluster until stopped."),
    "executor": Place("maestro.cli.executor", "executor", "Work on runs until stopped."),
    "workflow": Place(
        "maestro.cli.workflow",
        "app",
        "Runs of workflows: start, list, show, signal, cancel ...",
    ),
    "doctor": Place("maestro.cli.doctor", "doctor", "Check the installation and say what to mend."),
    "db": Place("maestro.cli.database", "app", "Tables: upgrade, downgrade, back up, restore."),
}
"""Every subcommand, where it lives and what it is for; a module is imported when its command is used."""

app = typer.Typer(
    name="maestro",
    cls=lazy_group(COMMANDS),
    help="Runs the recurring decisions of a business; each agent acts only as far as its record has earned.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"maestro {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Options of every command."""


def main() -> None:
    """Entry point: exit code 0 when done, 2 on bad input, 1 on anything else."""
    errors = Console(stderr=True, highlight=False)
    try:
        app()
    except MaestroError as error:
        errors.print(f"[bold red]Error:[/] {escape(error.message)}", soft_wrap=True)
        if error.remedy:
            errors.print(f"[bold]What to do:[/] {escape(error.remedy)}", soft_wrap=True)
        sys.exit(2 if isinstance(error, InputError) else 1)


if __name__ == "__main__":
    main()
