"""`maestro import`: takes in your own sales history, and accounts for every row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from maestro import migrations
from maestro.clock import RealClock
from maestro.database import Database
from maestro.errors import InputError
from maestro.packs.retail.importer import REASONS, ImportOptions, ImportSummary, import_sales
from maestro.settings import Settings

app = typer.Typer(help="Take in your own data.", no_args_is_help=True)

_STAGES = {
    "reading": "Reading",
    "checking": "Checking",
    "importing": "Importing",
    "saving": "Saving",
}


@app.callback()
def _import() -> None:
    """Take in your own data."""


@app.command()
def sales(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet, one sales line a row.")],
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="field=heading where a heading is not recognised, such as sku=Art.-Nr.; repeatable."
        ),
    ] = None,
    encoding: Annotated[str, typer.Option(help="utf-8, cp949 or latin-1; default: detected.")] = "",
    delimiter: Annotated[str, typer.Option(help="Character between two fields; default: detected.")] = "",
    date_format: Annotated[
        str, typer.Option(help="dmy, mdy, ymd or a pattern such as %d.%m.%Y; default: decided by the column.")
    ] = "",
    decimal: Annotated[str, typer.Option(help="Decimal mark, . or ,; default: decided by the column.")] = "",
    location: Annotated[str, typer.Option(help="Location of all rows where the file names none.")] = "MAIN",
    supplier: Annotated[str, typer.Option(help="Code of an existing supplier for new products.")] = "",
    service_codes: Annotated[
        str, typer.Option(help="Regular expression of further codes that are no products, such as ^FEE.")
    ] = "",
    opening_stock_days: Annotated[
        float, typer.Option(help="Days of recent sales assumed in stock for new places; 0 for none.", min=0)
    ] = 21.0,
    shop_name: Annotated[str, typer.Option(help="Name of the shop, at the first import.")] = "My shop",
    currency: Annotated[str, typer.Option(help="Currency of the shop, at the first import.")] = "GBP",
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Import a sales history; a repeated import changes nothing, an extended one adds what is new.

    Example: maestro import sales history.csv --date-format dmy
    """
    settings = Settings.load()
    options = ImportOptions(
        quarantine_dir=settings.data_dir / "quarantine",
        columns=dict(_pair(text) for text in column or []),
        encoding=encoding,
        delimiter=delimiter,
        date_format=date_format,
        decimal=decimal,
        location=location,
        supplier=supplier,
        service_codes=service_codes,
        opening_stock_days=opening_stock_days,
        shop_name=shop_name,
        currency=currency,
    )
    database = Database.open(settings.database_url, settings.database)
    try:
        migrations.upgrade(database)
        summary = _with_bar(file, database, options)
    finally:
        database.close()
    if as_json:
        typer.echo(json.dumps(summary.to_json(), ensure_ascii=False))
    else:
        _print_summary(Console(highlight=False), summary)


def _pair(text: str) -> tuple[str, str]:
    field, separator, heading = text.partition("=")
    if not separator or not field or not heading:
        raise InputError(
            f"--column {text} is not understood.", remedy="Write field=heading, such as --column sku=Art.-Nr."
        )
    return field.strip(), heading.strip()


def _with_bar(file: Path, database: Database, options: ImportOptions) -> ImportSummary:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("Opening", total=1.0)

        def progress(stage: str, share: float) -> None:
            bar.update(task, description=_STAGES.get(stage, stage), completed=share)

        return import_sales(file, database, options, RealClock(), progress)


def _said(reason: str) -> str:
    """A reason in words."""
    return REASONS[reason]["en"] if reason in REASONS else reason.replace("_", " ")


def _print_summary(console: Console, summary: ImportSummary) -> None:
    if summary.already_imported:
        console.print(f"{summary.file_name} was imported before; nothing was changed.")
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_row(f"{summary.rows:,}", "rows in the file")
    table.add_row(f"[green]{summary.imported:,}[/]", "imported")
    table.add_row(f"{summary.merged:,}", "merged into other rows")
    for reason, count in summary.merged_reasons.items():
        table.add_row("", f"{count:,} {_said(reason)}")
    table.add_row(f"[yellow]{summary.quarantined:,}[/]", "left out, each with its reason")
    for reason, count in summary.quarantined_reasons.items():
        table.add_row("", f"{count:,} {_said(reason)}")
    for note, count in summary.notes.items():
        table.add_row(f"{count:,}", _said(note))
    console.print(table)
    console.print(
        f"{summary.products_created:,} new products at {summary.locations_created} new locations, "
        f"{summary.first_day} to {summary.last_day}."
    )
    if summary.quarantine_file:
        console.print(f"Left-out rows: {summary.quarantine_file}", soft_wrap=True)
    console.print("Next: `maestro run` opens the shop.")
