"""Returns and cancellations: each is taken off the latest earlier sale of the product to that customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

_SAME = ("customer", "sku", "location")
_MOMENT = ("day", "second", "row")
_DEDUCTION = {
    "sku": pl.String,
    "location": pl.String,
    "day": pl.Date,
    "quantity": pl.Int64,
    "revenue": pl.Float64,
}


@dataclass(frozen=True)
class Netting:
    """What became of the returns.

    Args:
        matched: True for each return that was taken off sales, in the order given.
        deductions: sku, location, day, quantity and revenue (both negative): what the returns that were not
            imported before take off, on the day of the sale.
    """

    matched: pl.Series
    deductions: pl.DataFrame


@dataclass
class _Sale:
    day: date
    second: int
    quantity: int
    price: float


def net(sales: pl.DataFrame, returns: pl.DataFrame) -> Netting:
    """Take returns off sales, oldest return first, each wholly or not at all.

    A return goes to the latest earlier sale that has exactly its quantity left, else to the latest earlier
    sales, as many as it needs; what is taken off a sale cannot be taken again. Because it looks at earlier
    sales only, a longer export of the same shop gives the same answer for the same returns.

    Args:
        sales: row, customer, sku, location, day, second, quantity, price; may hold more than those.
        returns: the same columns and is_known: a known return uses up its sales but deducts nothing again.
    """
    open_sales: dict[tuple[str, str, str], list[_Sale]] = defaultdict(list)
    wanted = sales.join(returns.select(_SAME).unique(), on=_SAME, how="semi").sort(_MOMENT)
    for customer, sku, location, *rest in wanted.select(
        *_SAME, "day", "second", "quantity", "price"
    ).iter_rows():
        open_sales[customer, sku, location].append(_Sale(*rest))
    matched = [False] * returns.height
    deductions: list[tuple[str, str, date, int, float]] = []
    ordered = returns.with_row_index("place").sort(_MOMENT)
    for each in ordered.select("place", *_SAME, "day", "second", "quantity", "is_known").iter_rows():
        place, customer, sku, location, day, second, quantity, is_known = each
        earlier = [
            sale for sale in open_sales[customer, sku, location] if (sale.day, sale.second) <= (day, second)
        ]
        for sale, pieces in _taken(earlier, quantity):
            matched[place] = True
            sale.quantity -= pieces
            if not is_known:
                deductions.append((sku, location, sale.day, -pieces, -pieces * sale.price))
    return Netting(
        pl.Series("matched", matched, dtype=pl.Boolean),
        pl.DataFrame(deductions, schema=_DEDUCTION, orient="row"),
    )


def _taken(sales: Sequence[_Sale], quantity: int) -> list[tuple[_Sale, int]]:
    """Which sales give how many pieces, latest first; nothing where together they have too few."""
    for sale in reversed(sales):
        if sale.quantity == quantity:
            return [(sale, quantity)]
    taken: list[tuple[_Sale, int]] = []
    for sale in reversed(sales):
        pieces = min(sale.quantity, quantity)
        if pieces:
            taken.append((sale, pieces))
            quantity -= pieces
        if quantity == 0:
            return taken
    return []
