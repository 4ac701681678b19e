"""Netting returns: which sale a return is taken off, and when none is."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.packs.retail.importer.returns import Netting, net

Line = tuple[int, int]  # day of May, pieces

_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("customer", "sku", "location"), pl.String),
    **{"row": pl.Int64, "day": pl.Date, "second": pl.Int32, "quantity": pl.Int64, "is_known": pl.Boolean},
}


def frame(lines: list[Line], *, first_row: int, customer: str = "C1") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": range(first_row, first_row + len(lines)),
            "customer": [customer] * len(lines),
            "sku": ["A"] * len(lines),
            "location": ["MAIN"] * len(lines),
            "day": [date(2026, 5, day) for day, _ in lines],
            "second": [0] * len(lines),
            "quantity": [pieces for _, pieces in lines],
            "price": [2.0] * len(lines),
            "is_known": [False] * len(lines),
        },
        schema_overrides=_SCHEMA,
    )


def netted(sales: list[Line], returns: list[Line], *, customer: str = "C1") -> Netting:
    return net(frame(sales, first_row=2), frame(returns, first_row=100, customer=customer))


def off(netting: Netting) -> list[tuple[int, int]]:
    return [(day.day, pieces) for day, pieces in netting.deductions.select("day", "quantity").iter_rows()]


def test_the_latest_earlier_sale_of_exactly_that_quantity_comes_first() -> None:
    assert off(netted([(1, 5), (2, 5), (3, 9)], [(4, 5)])) == [(2, -5)]


def test_otherwise_the_latest_sales_give_as_many_as_needed() -> None:
    netting = netted([(1, 5), (2, 4)], [(4, 6)])
    assert off(netting) == [(2, -4), (1, -2)]
    assert netting.deductions["revenue"].to_list() == [-8.0, -4.0]


def test_what_was_taken_off_cannot_be_taken_again() -> None:
    netting = netted([(1, 5)], [(2, 3), (3, 3), (4, 2)])
    assert netting.matched.to_list() == [True, False, True]
    assert off(netting) == [(1, -3), (1, -2)]


def test_later_sales_and_other_customers_sales_are_left_alone() -> None:
    assert netted([(5, 3)], [(4, 3)]).matched.to_list() == [False]
    assert netted([(1, 3)], [(4, 3)], customer="C2").matched.to_list() == [False]


def test_a_known_return_uses_up_its_sale_and_deducts_nothing_again() -> None:
    returns = frame([(2, 3), (3, 3)], first_row=100).with_columns(pl.Series("is_known", [True, False]))
    netting = net(frame([(1, 3)], first_row=2), returns)
    assert netting.matched.to_list() == [True, False]
    assert off(netting) == []


def test_no_returns_at_all() -> None:
    netting = netted([(1, 3)], [])
    assert (len(netting.matched), netting.deductions.height) == (0, 0)


_lines = st.lists(st.tuples(st.integers(1, 28), st.integers(1, 9)), max_size=8)


@settings(max_examples=40, deadline=None)
@given(sales=_lines, returns=_lines)
def test_matched_pieces_are_deducted_exactly_and_no_day_falls_below_zero(
    sales: list[Line], returns: list[Line]
) -> None:
    netting = netted(sales, returns)
    matched = sum(pieces for (_, pieces), ok in zip(returns, netting.matched, strict=True) if ok)
    assert -netting.deductions["quantity"].sum() == matched
    left: dict[int, int] = {}
    for day, pieces in [*sales, *off(netting)]:
        left[day] = left.get(day, 0) + pieces
    assert min(left.values(), default=0) >= 0
