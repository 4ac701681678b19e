"""Tests of what an order is worth: by hand, as the newsvendor and as the economic order quantity say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.packs.retail.inventory_value import best_quantity, order_worth
from maestro.packs.retail.order_outlook import Outlook
from maestro.packs.retail.order_policy import FloatArray, LineTerms, uniform_lead_time


def terms(
    *, order_cost: float = 0.0, holding: float = 0.0, salvage: float = 0.7, min_order: int = 1, pack: int = 1
) -> LineTerms:
    return LineTerms(
        price=np.array([10.0]),
        unit_cost=np.array([6.0]),
        order_cost=np.array([order_cost]),
        holding_rate_per_week=np.array([holding]),
        salvage_share=np.array([salvage]),
        min_order=np.array([min_order]),
        pack_size=np.array([pack]),
        lead_time_chance=uniform_lead_time(2, 2, 1),
        product=np.zeros(1, dtype=np.int64),
        location=np.zeros(1, dtype=np.int64),
        supplier=np.zeros(1, dtype=np.int64),
    )


def outlook(
    demand: FloatArray,
    *,
    stock: float = 0.0,
    rest: float = 0.0,
    rest_days: float = 0.0,
    ends: bool = True,
    days: float = 7.0,
) -> Outlook:
    wanted = np.atleast_2d(demand).astype(np.float64)
    same = np.ones_like(wanted)
    return Outlook(
        stock_at_arrival=stock * same,
        demand=wanted,
        exposure_days=days * same,
        demand_before=0 * same,
        days_before=2 * same,
        unserved_before=0 * same,
        rest_demand=rest * same,
        rest_days=rest_days * same,
        selling_ends=ends,
    )


def worth(view: Outlook, lines: LineTerms, quantity: int) -> list[float]:
    return [round(float(value), 6) for value in order_worth(view, lines, np.array([quantity]))[0]]


def test_pieces_sold_earn_their_margin_and_pieces_left_return_salvage() -> None:
    assert worth(outlook(np.array([3.0, 8.0])), terms(), 5) == [8.4, 20.0]


def test_ordering_costs_once_and_nothing_where_nothing_is_ordered() -> None:
    lines = terms(order_cost=2.0)
    assert worth(outlook(np.array([5.0])), lines, 5) == [20 - 2]
    assert worth(outlook(np.array([5.0])), lines, 0) == [0.0]


def test_holding_is_paid_on_the_mean_stock() -> None:
    lines = terms(holding=0.05)
    assert worth(outlook(np.array([4.0]), days=7), lines, 4) == [15.4]


def test_left_over_pieces_that_sell_later_save_their_cost() -> None:
    view = outlook(np.array([0.0]), rest=3.0, rest_days=10.0)
    assert worth(view, terms(), 5) == [-3.6]


def test_left_over_pieces_also_save_ordering_less_holding() -> None:
    lines = terms(order_cost=2.0, holding=0.07)
    hold, pace = 6 * 0.01, 2.0
    view = outlook(np.array([0.0]), rest=20.0, rest_days=10.0, ends=False, days=0.0)
    saved = 6 + np.sqrt(2 * 2.0 * hold / pace)
    expected = -30 - 2 + 5 * saved - hold * 25 / (2 * pace)
    assert order_worth(view, lines, np.array([5]))[0, 0] == pytest.approx(expected)


def test_without_an_end_too_much_stock_is_worth_its_salvage_at_least() -> None:
    lines = terms(holding=0.07)
    view = outlook(np.array([0.0]), rest=1.0, rest_days=10.0, ends=False, days=0.0)
    a, b = (order_worth(view, lines, np.array([pieces]))[0, 0] for pieces in (1000, 1001))
    assert b - a == pytest.approx(-6 + 4.2)


def test_the_best_quantity_is_the_newsvendors_quantile() -> None:
    demand = np.arange(1.0, 101.0)
    margin, loss = 4.0, 6 - 4.2
    expected = np.quantile(demand, margin / (margin + loss))
    assert int(best_quantity(outlook(demand), terms())[0]) == pytest.approx(expected, abs=1)


def test_stock_that_is_there_is_not_bought_again() -> None:
    demand = np.arange(1.0, 101.0)
    bought = [int(best_quantity(outlook(demand, stock=stock), terms())[0]) for stock in (0.0, 30.0)]
    assert bought[0] - bought[1] == 30


def test_the_best_quantity_of_steady_demand_is_the_economic_order_quantity() -> None:
    lines = terms(order_cost=20.0, holding=0.07)
    pace, hold = 5.0, 6 * 0.01
    view = outlook(np.array([0.0]), rest=5000.0, rest_days=1000.0, ends=False, days=0.0)
    view = replace(view, demand=view.demand + 1e-9)
    economic = np.sqrt(2 * 20.0 * pace / hold)
    worths = np.array([order_worth(view, lines, np.array([q]))[0, 0] for q in range(1, 200)])
    assert 1 + int(worths.argmax()) == pytest.approx(economic, abs=1)


def test_a_small_gain_does_not_pay_for_an_order() -> None:
    view = outlook(np.array([1.0]))
    assert best_quantity(view, terms(order_cost=3.9)).tolist() == [1]
    assert best_quantity(view, terms(order_cost=4.1)).tolist() == [0]


def test_disappointed_customers_make_larger_orders() -> None:
    view = outlook(np.arange(1.0, 101.0))
    plain, weighted = (best_quantity(view, terms(), margin_weight=weight)[0] for weight in (1.0, 3.0))
    assert weighted > plain


def test_scarce_money_makes_smaller_orders() -> None:
    view = outlook(np.arange(1.0, 101.0))
    amounts = [int(best_quantity(view, terms(), money_price=price)[0]) for price in (0.0, 0.1, 0.3, 0.7)]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[-1] == 0


@settings(deadline=None, max_examples=60)
@given(
    demand=st.lists(st.floats(0, 60), min_size=1, max_size=12),
    stock_and_rest=st.tuples(st.floats(0, 30), st.floats(0, 50)),
    costs=st.tuples(st.floats(0, 5), st.floats(0, 0.1)),
    packs=st.tuples(st.integers(1, 6), st.integers(0, 15)),
    ends=st.booleans(),
)
def test_no_other_quantity_the_supplier_accepts_is_worth_more(
    demand: list[float],
    stock_and_rest: tuple[float, float],
    costs: tuple[float, float],
    packs: tuple[int, int],
    ends: bool,
) -> None:
    (stock, rest), (pack, min_order) = stock_and_rest, packs
    lines = terms(order_cost=costs[0], holding=costs[1], pack=pack, min_order=min_order)
    view = outlook(np.array(demand), stock=stock, rest=rest, rest_days=20.0, ends=ends)
    best = int(best_quantity(view, lines)[0])
    assert best % pack == 0
    assert best == 0 or best >= min_order
    reach = max(demand) + rest - stock
    allowed = [q for q in range(0, int(reach) + 1) if q % pack == 0 and (q == 0 or q >= max(min_order, 1))]
    worths = [order_worth(view, lines, np.array([q])).mean() for q in allowed or [0]]
    assert order_worth(view, lines, np.array([best])).mean() >= max(worths) - 1e-6
