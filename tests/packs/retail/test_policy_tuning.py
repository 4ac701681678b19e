"""Tests of policy tuning: the setting that earns most on the past is found, and the past stays."""

from __future__ import annotations

import numpy as np

from maestro.packs.retail.baselines import DeliveriesTimesFactor
from maestro.packs.retail.demand_source import ReplayedDemand
from maestro.packs.retail.order_policy import LineTerms, uniform_lead_time
from maestro.packs.retail.policy_tuning import best_setting, replayed_profit
from maestro.packs.retail.simulator import ShopSimulator


def shop(seed: int) -> ShopSimulator:
    one, zero = np.ones(5), np.zeros(5, dtype=np.int64)
    terms = LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=one,
        holding_rate_per_week=0.02 * one,
        salvage_share=0.5 * one,
        min_order=zero + 1,
        pack_size=zero + 1,
        lead_time_chance=uniform_lead_time(2, 5, 5),
        product=np.arange(5),
        location=zero,
        supplier=zero,
    )
    demand = np.full((5, 84), 2.0)
    return ShopSimulator(terms, ReplayedDemand(demand, terms.price, np.zeros(5)), seed, zero + 30)


def test_the_setting_between_too_little_and_far_too_much_wins() -> None:
    shops = [shop(seed) for seed in range(3)]
    rules = [DeliveriesTimesFactor(14, cover) for cover in (2.0, 14.0, 300.0)]
    assert best_setting([[rule] * 3 for rule in rules], shops, 70) == 1


def test_a_replay_leaves_the_shop_as_it_was_and_repeats_itself() -> None:
    start = shop(1)
    first = replayed_profit(start, DeliveriesTimesFactor(14, 14.0), 70)
    assert start.day == 0
    assert start.on_hand.tolist() == [30] * 5
    assert replayed_profit(start, DeliveriesTimesFactor(14, 14.0), 70).tolist() == first.tolist()
