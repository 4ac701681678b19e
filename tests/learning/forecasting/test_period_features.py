"""Tests of the features of a daily history: from the past alone, free of scale, stock-outs left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maestro.learning.forecasting.period_features import first_origin, period_features

ONE = np.ones(3)


def history(days: int = 120) -> NDArray[np.float64]:
    return np.random.default_rng(0).poisson(4.0, (3, days)).astype(np.float64)


def open_days(sales: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.ones(sales.shape, dtype=np.bool_)


def test_the_future_never_changes_a_feature() -> None:
    sales = history()
    changed = sales.copy()
    changed[:, 80:] = 99.0
    before, after = (period_features(known, open_days(known), [80], ONE) for known in (sales, changed))
    assert np.array_equal(before.values, after.values, equal_nan=True)
    assert np.array_equal(before.scale, after.scale)


def test_a_product_ten_times_as_fast_looks_the_same_but_for_its_scale() -> None:
    sales = history()
    sales[1] = 10 * sales[0]
    table = period_features(sales, open_days(sales), [100], ONE)
    same = np.isclose(table.values[0], table.values[1], equal_nan=True)
    assert table.scale[1] == 10 * table.scale[0]
    assert (~same).sum() == 1


def test_rows_run_over_products_then_mornings() -> None:
    sales = history()
    table = period_features(sales, open_days(sales), [100, 93], ONE)
    assert table.product.tolist() == [0, 1, 2, 0, 1, 2]
    assert table.origin.tolist() == [100, 100, 100, 93, 93, 93]


def test_the_target_is_what_came_after_a_day_in_units_of_the_scale() -> None:
    sales = history()
    table = period_features(sales, open_days(sales), [100], ONE)
    target, known = table.target(sales, open_days(sales), 10)
    assert known.all()
    assert np.allclose(target * table.scale, sales[:, 100:110].mean(axis=1))


def test_a_target_mostly_out_of_stock_teaches_nothing() -> None:
    sales = history()
    in_stock = open_days(sales)
    in_stock[0, 103:110] = False
    in_stock[1, 107:110] = False
    table = period_features(sales, in_stock, [100], ONE)
    target, known = table.target(sales, in_stock, 10)
    assert known.tolist() == [False, True, True]
    assert np.isclose(target[1] * table.scale[1], sales[1, 100:107].mean())


def test_last_year_is_missing_until_there_was_one() -> None:
    sales = history(500)
    young, old = (period_features(sales, open_days(sales), [day], ONE).values for day in (300, 500))
    assert np.isnan(young).any()
    assert not np.isnan(old).any()
    assert first_origin() == 63
