"""Running totals: daily sums, the usual name, the median price, and that merging loses nothing."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from maestro.packs.retail.importer import totals as module
from maestro.packs.retail.importer.totals import Totals

DAY = date(2026, 5, 1)


def lines(*rows: tuple[str, str, int, float]) -> pl.DataFrame:
    columns = ["sku", "name", "quantity", "price"]
    return pl.DataFrame(list(rows), schema=columns, orient="row").with_columns(
        location=pl.lit("MAIN"), day=pl.lit(DAY)
    )


def test_lines_add_up_by_day() -> None:
    totals = Totals()
    totals.add(lines(("A", "a", 2, 5.0), ("A", "a", 1, 4.0)))
    totals.add(lines(("A", "a", 1, 5.0), ("B", "b", 1, 1.0)))
    assert totals.daily().rows() == [("A", "MAIN", DAY, 4, 19.0), ("B", "MAIN", DAY, 1, 1.0)]


def test_a_day_that_returns_bring_back_to_nothing_is_left_out() -> None:
    totals = Totals()
    totals.add(lines(("A", "a", 2, 5.0)))
    totals.deduct(
        pl.DataFrame({"sku": "A", "location": "MAIN", "day": DAY, "quantity": -2, "revenue": -10.0})
    )
    assert totals.daily().height == 0


def test_a_product_takes_its_most_frequent_name_and_its_median_price() -> None:
    totals = Totals()
    totals.add(lines(("A", "Cup", 1, 5.0), ("A", "check", 1, 1.0), ("A", "Cup", 1, 6.0), ("B", "", 1, 2.0)))
    assert totals.products().rows() == [("A", 5.0, "Cup"), ("B", 2.0, "B")]


def test_merging_along_the_way_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_COMPACT_ROWS", 2)
    totals = Totals()
    for number in range(20):
        totals.add(lines((f"S{number % 3}", "n", 1, 1.0)))
    assert [row[3] for row in totals.daily().rows()] == [7, 7, 6]


def test_nothing_at_all() -> None:
    assert (Totals().daily().height, Totals().products().height) == (0, 0)
