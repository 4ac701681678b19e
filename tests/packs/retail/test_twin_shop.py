"""Tests of the twin shop: the same customers, the same suppliers, and the plain rule in place of agents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from maestro.packs.retail.baselines import FixedReorderPoint
from maestro.packs.retail.demand_source import ReplayedDemand
from maestro.packs.retail.order_policy import IntArray, LineTerms, OrderPolicy, Situation, uniform_lead_time
from maestro.packs.retail.simulator import ShopSimulator
from maestro.packs.retail.twin_shop import TwinShop, arrivals, operating_profit

N, DAYS, FROM = 3, 60, 14
DEMAND = np.random.default_rng(5).poisson(3.0, (N, DAYS)).astype(np.float64)
START: dict[str, Any] = {
    "on_hand": [20, 4, 0],
    "open_line": [1, 2],
    "open_quantity": [10, 15],
    "open_placed": [FROM - 2, FROM - 1],
}


def terms() -> LineTerms:
    one, number = np.ones(N), np.arange(N, dtype=np.int64)
    return LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=2 * one,
        holding_rate_per_week=0.02 * one,
        salvage_share=0.7 * one,
        min_order=np.zeros(N, dtype=np.int64),
        pack_size=np.ones(N, dtype=np.int64),
        lead_time_chance=uniform_lead_time(3, 8, N),
        product=number,
        location=np.zeros(N, dtype=np.int64),
        supplier=np.zeros(N, dtype=np.int64),
    )


def source() -> ReplayedDemand:
    return ReplayedDemand(DEMAND, terms().price, np.zeros(N))


def rule() -> OrderPolicy:
    return FixedReorderPoint(rate_per_day=np.full(N, 3.0), point_days=14.0, quantity_days=14.0)


def twin() -> TwinShop:
    return TwinShop(
        terms=terms(),
        source=source(),
        seed=9,
        rule=rule(),
        start=START,
        day=FROM,
        history=DEMAND[:, :FROM],
        review_days=7,
    )


def shop() -> ShopSimulator:
    """The same start, to be ordered for by hand."""
    simulator = ShopSimulator(
        terms=terms(),
        source=source(),
        seed=9,
        on_hand=np.array(START["on_hand"], dtype=np.int64),
        day=FROM,
        open_line=np.array(START["open_line"], dtype=np.int64),
        open_quantity=np.array(START["open_quantity"], dtype=np.int64),
        open_placed=np.array(START["open_placed"], dtype=np.int64),
    )
    simulator.open_arrives = arrivals(simulator)
    return simulator


def test_with_the_same_orders_both_shops_earn_the_same() -> None:
    lived, other = twin(), shop()
    for day in range(FROM, FROM + 30):
        before = operating_profit(other)
        if (day - FROM) % 7 == 0:
            other.order(rule().quantities(other.observe()))
        expected = other.step()
        result, profit = lived.pass_day(day, terms())
        np.testing.assert_array_equal(result.wanted, expected.wanted)
        np.testing.assert_array_equal(result.sold, expected.sold)
        assert profit == pytest.approx(operating_profit(other) - before)


def test_it_meets_the_same_customers_whatever_the_shop_does() -> None:
    lived, idle = twin(), shop()
    for day in range(FROM, FROM + 20):
        np.testing.assert_array_equal(lived.pass_day(day, terms())[0].wanted, idle.step().wanted)


def test_lived_again_from_the_start_it_comes_to_the_same_day() -> None:
    steady, again = twin(), twin()
    profits = [steady.pass_day(day, terms())[1] for day in range(FROM, FROM + 25)]
    result, profit = again.pass_day(FROM + 24, terms())
    assert result.day == FROM + 24
    assert profit == profits[-1]


def test_the_last_day_may_be_asked_for_again() -> None:
    lived = twin()
    first = lived.pass_day(FROM + 3, terms())
    assert lived.pass_day(FROM + 3, terms()) is first
    assert lived.pass_day(FROM + 4, terms())[0].day == FROM + 4


def test_a_cost_that_changed_counts_from_that_day_on() -> None:
    cheap, dear = twin(), twin()
    raised = replace(terms(), holding_rate_per_week=np.full(N, 0.2))
    assert cheap.pass_day(FROM, terms())[1] == dear.pass_day(FROM, terms())[1]
    held = cheap.pass_day(FROM + 1, terms())[1] - dear.pass_day(FROM + 1, raised)[1]
    assert 0 < held < 60 * 6 * 0.18 / 7


def test_goods_under_way_arrive_after_the_lead_time_of_their_own_day() -> None:
    simulator = shop()
    due = [
        placed + simulator.lead_times(placed)[line]
        for line, placed in zip(START["open_line"], START["open_placed"], strict=True)
    ]
    assert simulator.open_arrives.tolist() == due


def test_stock_bought_early_is_no_loss() -> None:
    class Hoard:
        name = "hoard"

        def quantities(self, situation: Situation) -> IntArray:
            return np.full(N, 1000, dtype=np.int64)

    simulator = shop()
    simulator.order(Hoard().quantities(simulator.observe()))
    assert operating_profit(simulator) == pytest.approx(-2.0 * N)
