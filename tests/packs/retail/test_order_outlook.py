"""Tests of the outlook of an order: stock and demand until the next order can arrive, counted by hand."""

from __future__ import annotations

import numpy as np

from maestro.packs.retail.order_outlook import Arrivals, Outlook, PossibleDemand, outlook_of
from maestro.packs.retail.order_policy import IntArray, LineTerms, OpenOrders, Situation, uniform_lead_time

ORDERS = OpenOrders(np.array([0]), np.array([10]), np.array([1]))


def situation(on_hand: int, orders: OpenOrders | None = None, days_left: int | None = None) -> Situation:
    one, zero = np.ones(1), np.zeros(1, dtype=np.int64)
    terms = LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=one,
        holding_rate_per_week=0.02 * one,
        salvage_share=0.7 * one,
        min_order=zero + 1,
        pack_size=zero + 1,
        lead_time_chance=uniform_lead_time(2, 5, 1),
        product=zero,
        location=zero,
        supplier=zero,
    )
    return Situation(
        day=0,
        terms=terms,
        sales=np.zeros((1, 0)),
        in_stock=np.ones((1, 0), dtype=np.bool_),
        on_hand=np.array([on_hand]),
        open_orders=orders or OpenOrders.none(),
        days_left=days_left,
    )


def days(*values: int) -> IntArray:
    return np.array([values], dtype=np.int64)


def seen(now: Situation, *, this: int = 3, following: int = 8, under_way: int | None = None) -> Outlook:
    demand = PossibleDemand(np.full((1, 1, 12), 2.0), np.array([[60.0]]), 30)
    waiting = days(under_way) if under_way is not None else np.zeros((0, 1), dtype=np.int64)
    return outlook_of(now, demand, Arrivals(days(this), days(following), waiting))


def test_stock_at_arrival_is_what_customers_left() -> None:
    view = seen(situation(10))
    assert view.stock_at_arrival.tolist() == [[4.0]]
    assert view.demand.tolist() == [[10.0]]
    assert view.demand_before.tolist() == [[6.0]]
    assert view.exposure_days.tolist() == [[5.0]]
    assert view.demand_until_next_order.tolist() == [[16.0]]
    assert view.cover_days.tolist() == [8.0]


def test_what_is_missing_before_the_arrival_is_lost_whatever_is_ordered() -> None:
    view = seen(situation(3))
    assert view.unserved_before.tolist() == [[3.0]]
    assert view.stock_at_arrival.tolist() == [[0.0]]
    assert view.stockout_chance.tolist() == [1.0]


def test_orders_under_way_help_from_the_day_they_arrive() -> None:
    early, same, late = (seen(situation(3, ORDERS), under_way=day) for day in (1, 3, 6))
    assert early.stock_at_arrival.tolist() == [[7.0]]
    assert early.unserved_before.tolist() == [[0.0]]
    assert same.stock_at_arrival.tolist() == late.stock_at_arrival.tolist() == [[10.0]]
    assert same.unserved_before.tolist() == [[3.0]]


def test_an_order_later_than_all_still_counts_as_stock() -> None:
    assert seen(situation(3, ORDERS), under_way=40).stock_at_arrival.tolist() == [[10.0]]


def test_enough_stock_means_no_chance_of_running_out() -> None:
    assert seen(situation(16)).stockout_chance.tolist() == [0.0]
    assert seen(situation(15)).stockout_chance.tolist() == [1.0]


def test_what_sells_afterwards_is_the_rest() -> None:
    view = seen(situation(10))
    assert view.rest_demand.tolist() == [[44.0]]
    assert view.rest_days.tolist() == [[22.0]]
    assert not view.selling_ends
    assert view.with_rest_demand(np.array([5.0])).rest_demand.tolist() == [[5.0]]


def test_nothing_is_wanted_after_a_known_end() -> None:
    view = seen(situation(10, days_left=6))
    assert view.selling_ends
    assert view.demand.tolist() == [[6.0]]
    assert view.exposure_days.tolist() == [[3.0]]


def test_an_order_that_arrives_after_the_end_sells_nothing() -> None:
    view = seen(situation(10, days_left=2))
    assert view.demand.tolist() == [[0.0]]
    assert view.stock_at_arrival.tolist() == [[6.0]]


def test_the_next_order_arrives_after_this_one() -> None:
    assert seen(situation(10), this=9, following=8).exposure_days.tolist() == [[1.0]]


def test_arrivals_are_drawn_from_the_lead_times() -> None:
    drawn = Arrivals.drawn(situation(0, ORDERS), 500, np.random.default_rng(0))
    assert set(drawn.this.ravel().tolist()) == {2, 3, 4, 5}
    assert set(drawn.following.ravel().tolist()) == {9, 10, 11, 12}
    assert set(drawn.under_way.ravel().tolist()) == {1, 2, 3, 4}


def test_an_overdue_order_is_expected_now() -> None:
    overdue = OpenOrders(np.array([0]), np.array([10]), np.array([9]))
    assert set(Arrivals.drawn(situation(0, overdue), 50, np.random.default_rng(0)).under_way.ravel()) == {0}
