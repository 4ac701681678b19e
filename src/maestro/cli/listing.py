"""Listing: prints rows under titles so that what people copy, such as an id, is never cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

_GAP = 2
_ENDLESS = 100_000
"""Characters in a line where nobody looks at a screen: a pipe or a file takes any."""


@dataclass(frozen=True)
class Column:
    """One column, and how it gives way where a screen is narrow.

    Args:
        title: printed above it.
        least: characters to which it may be narrowed, its text going on in the next line; 0 for whole lines.
        leaves: the column with the highest number is left out first; 0 for never.
        justify: where its text stands.
    """

    title: str
    least: int = 0
    leaves: int = 0
    justify: JustifyMethod = "left"


def open_console() -> Console:
    """A console as wide as the screen, and as wide as anything where there is none."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _ENDLESS
    return console


def print_rows(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[str | Text]]) -> None:
    """Print rows; texts are printed as they are, without markup."""
    texts = [[Text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    natural = {
        column: max(len(column.title), *(row[place].cell_len for row in texts))
        for place, column in enumerate(columns)
    }
    kept = _kept(columns, natural, console.width)
    whole = sum(_narrowest(column, natural) + _GAP for column in kept) <= console.width
    table = Table(box=None, padding=(0, _GAP, 0, 0))
    for column in kept:
        folds = column.least > 0 or not whole
        table.add_column(column.title, no_wrap=not folds, overflow="fold", justify=column.justify)
    for row in texts:
        table.add_row(*(cell for column, cell in zip(columns, row, strict=True) if column in kept))
    console.print(table)
    left_out = [column.title for column in columns if column not in kept]
    if left_out:
        console.print(f"Left out, for the screen is narrow: {', '.join(left_out)}.", soft_wrap=True)


def _kept(columns: Sequence[Column], natural: dict[Column, int], width: int) -> list[Column]:
    """The columns that fit side by side, those that never leave in any case."""
    kept = list(columns)
    while sum(_narrowest(column, natural) + _GAP for column in kept) > width:
        leaving = max(kept, key=lambda column: column.leaves)
        if not leaving.leaves:
            break
        kept.remove(leaving)
    return kept


def _narrowest(column: Column, natural: dict[Column, int]) -> int:
    return min(natural[column], column.least) if column.least else natural[column]
