"""Tests of the baseline reordering rules: fixed reorder point, deliveries times factor, the clairvoyant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from maestro.packs.retail.baselines import Clairvoyant, DeliveriesTimesFactor, FixedReorderPoint
from maestro.packs.retail.order_policy import LineTerms, Situation, uniform_lead_time


def situation(on_hand: list[int], sales: list[list[float]], *, days_left: int | None = None) -> Situation:
    n = len(on_hand)
    one, zero = np.ones(n), np.zeros(n, dtype=np.int64)
    terms = LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=2 * one,
        holding_rate_per_week=0.02 * one,
        salvage_share=0.7 * one,
        min_order=zero + 1,
        pack_size=zero + 1,
        lead_time_chance=uniform_lead_time(3, 3, n),
        product=np.arange(n),
        location=zero,
        supplier=zero,
    )
    return Situation(
        day=len(sales[0]),
        terms=terms,
        sales=np.array(sales),
        in_stock=np.ones((n, len(sales[0])), dtype=np.bool_),
        on_hand=np.array(on_hand),
        days_left=days_left,
    )


def test_the_fixed_rule_orders_its_quantity_at_or_below_the_point() -> None:
    rule = FixedReorderPoint(np.array([2.0, 2.0]), point_days=10, quantity_days=14)
    assert rule.quantities(situation([20, 21], [[0.0], [0.0]])).tolist() == [28, 0]
    assert "reorder point 10 days" in rule.name


def test_the_fixed_rule_does_not_follow_demand() -> None:
    rule = FixedReorderPoint(np.array([2.0]), point_days=10, quantity_days=14)
    assert rule.quantities(situation([0], [[99.0] * 30])).tolist() == [28]


def test_the_suggestion_covers_days_of_recent_deliveries_less_what_is_there() -> None:
    rule = DeliveriesTimesFactor(window_days=2, cover_days=10, factor=1.5)
    assert rule.quantities(situation([5, 100], [[9, 1, 3], [9, 1, 3]])).tolist() == [25, 0]
    assert rule.name == "deliveries of 2 days x 1.5 x 10 days"


def test_no_rule_orders_what_cannot_arrive_before_the_end() -> None:
    late = situation([0], [[5.0] * 10], days_left=3)
    future = np.full((1, 40), 5.0)
    for rule in (
        FixedReorderPoint(np.array([5.0]), 10, 10),
        DeliveriesTimesFactor(10, 10),
        Clairvoyant(future),
    ):
        assert rule.quantities(late).tolist() == [0]


def test_the_clairvoyant_buys_what_will_sell_before_the_next_order_arrives() -> None:
    dear = situation([4], [[0.0] * 5])
    dear = replace(dear, terms=replace(dear.terms, order_cost=np.zeros(1)))
    future = np.concatenate([np.zeros((1, 5)), np.arange(1.0, 41.0)[None, :]], axis=1)
    assert Clairvoyant(future).quantities(dear).tolist() == [sum(range(1, 11)) - 4]


def test_the_clairvoyant_buys_for_longer_where_ordering_is_costly() -> None:
    now = situation([0], [[0.0] * 5])
    cheap, dear = (replace(now.terms, order_cost=np.array([cost])) for cost in (0.0, 50.0))
    future = Clairvoyant(np.ones((1, 400)))
    less, more = (future.quantities(replace(now, terms=terms))[0] for terms in (cheap, dear))
    assert more > less


def test_the_clairvoyant_never_buys_a_piece_that_does_not_sell_by_the_end() -> None:
    now = situation([3], [[0.0] * 5], days_left=6)
    assert Clairvoyant(np.full((1, 40), 2.0)).quantities(now).tolist() == [9]


def test_the_clairvoyant_orders_nothing_after_the_last_day() -> None:
    now = situation([3], [[0.0] * 5])
    assert Clairvoyant(np.zeros((1, 5))).quantities(now).tolist() == [0]
