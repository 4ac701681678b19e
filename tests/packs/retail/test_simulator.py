"""Tests of the shop simulator: pieces and money add up, the same chance for everyone, copies go on alike."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.packs.retail.baselines import DeliveriesTimesFactor, FixedReorderPoint
from maestro.packs.retail.demand_source import ReplayedDemand
from maestro.packs.retail.order_policy import LineTerms, uniform_lead_time
from maestro.packs.retail.simulator import ShopSimulator


def shop(
    demand: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    on_hand: int = 10,
    *,
    low: int = 2,
    high: int = 5,
    seed: int = 1,
    records_demand: bool = False,
) -> ShopSimulator:
    n = len(demand)
    one, zero = np.ones(n), np.zeros(n, dtype=np.int64)
    terms = LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=2 * one,
        holding_rate_per_week=0.07 * one,
        salvage_share=0.5 * one,
        min_order=zero + 1,
        pack_size=zero + 1,
        lead_time_chance=uniform_lead_time(low, high, n),
        product=np.arange(n),
        location=zero,
        supplier=zero,
    )
    source = ReplayedDemand(demand, terms.price, np.zeros(n))
    return ShopSimulator(terms, source, seed, zero + on_hand, records_demand=records_demand)


def test_nothing_is_sold_that_is_not_there() -> None:
    run = shop(np.array([[4.0, 8.0, 3.0]]))
    days = [run.step() for _ in range(3)]
    assert [int(day.sold[0]) for day in days] == [4, 6, 0]
    assert [int(day.lost[0]) for day in days] == [0, 2, 3]
    assert run.accounts.fill_rate == 10 / 15


def test_profit_counts_revenue_purchases_holding_and_ordering() -> None:
    run = shop(np.array([[4.0, 8.0]]), low=1, high=1)
    run.order(np.array([5]))
    run.step()
    run.step()
    holding = 6 * 0.07 / 7 * (6 + 3)
    assert run.accounts.profit[0] == 12 * 10 - 5 * 6 - 2 - holding
    assert run.leftover_value()[0] == 3 * 6 * 0.5


def test_goods_arrive_in_the_morning_after_their_lead_time() -> None:
    run = shop(np.zeros((1, 10)), on_hand=0, low=3, high=3)
    run.order(np.array([7]))
    arrivals = [int(run.step().arrived[0]) for _ in range(5)]
    assert arrivals == [0, 0, 0, 7, 0]
    assert run.observe().on_order.tolist() == [0]


def test_the_record_shows_sales_and_days_with_an_empty_shelf() -> None:
    run = shop(np.array([[4.0, 8.0]]))
    run.step()
    run.step()
    seen = run.observe()
    assert seen.sales.tolist() == [[4.0, 6.0]]
    assert seen.in_stock.tolist() == [[True, False]]


def test_a_replayed_record_shows_what_customers_wanted() -> None:
    run = shop(np.array([[4.0, 8.0]]), records_demand=True)
    run.step()
    run.step()
    assert run.observe().sales.tolist() == [[4.0, 8.0]]
    assert run.observe().in_stock.all()


def test_open_orders_are_seen_with_their_age() -> None:
    run = shop(np.zeros((2, 9)), low=5, high=5)
    run.order(np.array([0, 3]))
    run.step()
    run.step()
    orders = run.observe().open_orders
    assert (orders.line.tolist(), orders.quantity.tolist(), orders.age_days.tolist()) == ([1], [3], [2])


def test_the_known_end_is_seen_coming() -> None:
    run = shop(np.zeros((1, 9)))
    assert run.observe().days_left is None
    run.ends_on_day = 9
    run.step()
    assert run.observe(budget=5.0).days_left == 8


def test_lead_times_do_not_depend_on_what_is_ordered() -> None:
    one, other = (shop(np.zeros((50, 3))) for _ in range(2))
    one.order(np.full(50, 3))
    assert one.lead_times(2).tolist() == other.lead_times(2).tolist()
    assert set(one.lead_times(0).tolist()) == {2, 3, 4, 5}
    assert shop(np.zeros((50, 3)), seed=2).lead_times(0).tolist() != one.lead_times(0).tolist()


def test_a_copy_goes_its_own_way_and_meets_the_same_customers() -> None:
    demand = np.random.default_rng(0).poisson(3.0, (4, 60)).astype(np.float64)
    original = shop(demand)
    original.run(DeliveriesTimesFactor(7, 14), 14)
    copy = original.fork()
    copy.run(FixedReorderPoint(np.full(4, 3.0), 9, 9), 21)
    assert original.day == 14
    again = original.fork()
    again.run(FixedReorderPoint(np.full(4, 3.0), 9, 9), 21)
    assert again.accounts.profit.tolist() == copy.accounts.profit.tolist()
    assert again.on_hand.tolist() == copy.on_hand.tolist()
    original.run(DeliveriesTimesFactor(7, 14), 21)
    assert original.accounts.wanted.tolist() == copy.accounts.wanted.tolist()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, 40), st.floats(1, 40))
def test_pieces_are_never_made_lost_or_negative(seed: int, on_hand: int, cover_days: float) -> None:
    demand = np.random.default_rng(seed).poisson(2.0, (3, 42)).astype(np.float64)
    run = shop(demand, on_hand, seed=seed)
    run.run(DeliveriesTimesFactor(14, cover_days), 42)
    bought = run.accounts.purchases / run.terms.unit_cost
    under_way = run.observe().on_order
    assert (run.on_hand >= 0).all()
    assert np.allclose(on_hand + bought, run.accounts.sold + run.on_hand + under_way)
    assert (run.accounts.sold <= run.accounts.wanted).all()
