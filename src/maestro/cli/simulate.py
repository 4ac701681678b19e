"""`maestro simulate`: asks what an agent would be worth to your shop, without touching anything."""

from __future__ import annotations

import json
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from maestro.app import App
from maestro.packs.retail.environment import plain_rule
from maestro.packs.retail.replenishment import ReplenishmentPolicy
from maestro.packs.retail.shop_records import read_records, shop_settings
from maestro.packs.retail.what_if import Comparison, Outcome, compare
from maestro.settings import Settings

app = typer.Typer(help="Ask what an agent would be worth, without touching anything.", no_args_is_help=True)


@app.callback()
def _simulate() -> None:
    """Ask what an agent would be worth, without touching anything."""


@app.command()
def retail(
    weeks: Annotated[int, typer.Option(help="Weeks to live in each future.", min=1, max=52)] = 12,
    futures: Annotated[int, typer.Option(help="Futures to live, each under both policies.", min=1)] = 5,
    seed: Annotated[int | None, typer.Option(help="Seed of the futures; default: the setting.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Live your shop's next weeks with automatic reordering and with the plain rule, on the same customers.

    Example: maestro simulate retail --weeks 12 --futures 10
    """
    settings = Settings.load()
    opened = App.open(settings.without_workflows())
    try:
        today = opened.clock.now().date()
        with opened.database.reader() as session:
            choices = shop_settings(session)
            records = read_records(session, choices, today)
    finally:
        opened.close()
    situation, seed = records.situation, settings.seed if seed is None else seed
    rule = plain_rule(choices, situation)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Living {futures} futures of {weeks} weeks", total=1.0)
        comparison = compare(
            situation,
            lambda chance: ReplenishmentPolicy(seed=chance, baseline=rule),
            rule,
            weeks=weeks,
            futures=futures,
            seed=seed,
            progress=lambda share: bar.update(task, completed=share),
        )
    if as_json:
        typer.echo(json.dumps(_summary(comparison)))
    else:
        _print(Console(highlight=False), comparison)


def _mean(outcomes: tuple[Outcome, ...]) -> dict[str, float]:
    names = ("profit", "fill_rate", "stock_value")
    return {name: float(np.mean([getattr(outcome, name) for outcome in outcomes])) for name in names}


def _summary(comparison: Comparison) -> dict[str, object]:
    gains = comparison.gains
    low, high = np.quantile(gains, [0.1, 0.9])
    return {
        "weeks": comparison.weeks,
        "futures": len(gains),
        "agent": _mean(comparison.agent),
        "rule": _mean(comparison.rule),
        "gain": {"mean": float(gains.mean()), "low": float(low), "high": float(high)},
    }


def _print(console: Console, comparison: Comparison) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("", "Profit", "Fill rate", "Mean stock"):
        table.add_column(title, justify="left" if not title else "right")
    for name, outcomes in (("With the agent", comparison.agent), ("Plain rule", comparison.rule)):
        mean = _mean(outcomes)
        table.add_row(
            name, f"{mean['profit']:,.0f}", f"{mean['fill_rate']:.1%}", f"{mean['stock_value']:,.0f}"
        )
    console.print(table)
    gains = comparison.gains
    low, high = np.quantile(gains, [0.1, 0.9])
    console.print(
        f"Gain over {comparison.weeks} weeks: {gains.mean():+,.0f} "
        f"(8 of 10 futures between {low:+,.0f} and {high:+,.0f}); nothing in the shop was touched."
    )
