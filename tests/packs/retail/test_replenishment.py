"""Tests of automatic reorder: what is ordered and why, within packs, budget and season; by replay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maestro.learning.forecasting.period_demand import PeriodDemand, PeriodDemandSettings
from maestro.packs.retail.baselines import DeliveriesTimesFactor, FixedReorderPoint
from maestro.packs.retail.demand_source import ReplayedDemand
from maestro.packs.retail.order_policy import LineTerms, OpenOrders, Situation, uniform_lead_time
from maestro.packs.retail.policy_tuning import replayed_profit
from maestro.packs.retail.replenishment import ReplenishmentPolicy, ReplenishmentSettings
from maestro.packs.retail.simulator import ShopSimulator

FAST = ReplenishmentSettings(futures=48, forecast=PeriodDemandSettings(rounds=30, examples_a_leaf=20))
NOTHING = FixedReorderPoint(np.zeros(4), -1.0, 0.0)


def terms(n: int = 4, *, pack_size: int = 1, min_order: int = 1) -> LineTerms:
    one, zero = np.ones(n), np.zeros(n, dtype=np.int64)
    return LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=2 * one,
        holding_rate_per_week=0.02 * one,
        salvage_share=0.7 * one,
        min_order=zero + min_order,
        pack_size=zero + pack_size,
        lead_time_chance=uniform_lead_time(3, 6, n),
        product=100 + np.arange(n),
        location=zero + 7,
        supplier=zero + 3,
    )


def situation(on_hand: list[int] | None = None, lines: LineTerms | None = None) -> Situation:
    lines = lines or terms()
    n = len(lines)
    return Situation(
        day=100,
        terms=lines,
        sales=np.random.default_rng(0).poisson(4.0, (n, 100)).astype(np.float64),
        in_stock=np.ones((n, 100), dtype=np.bool_),
        on_hand=np.array(on_hand or [0] * n),
    )


def steady(low: float = 3.0, high: float = 5.0, n: int = 4) -> PeriodDemand:
    """Demand of any rate between two a day, equally likely."""
    rate = np.tile([low, high], (n, 1))
    return PeriodDemand(np.array([0.0, 1.0]), rate, rate, 16, np.full(7, 1 / 7))


def policy(**changes: float) -> ReplenishmentPolicy:
    return ReplenishmentPolicy(replace(FAST, **changes), baseline=NOTHING)  # type: ignore[arg-type]


def test_an_empty_shelf_is_filled_and_a_full_one_is_not() -> None:
    plan = policy().propose(situation([0, 20, 60, 900]), steady())
    assert plan.quantities[1] > plan.quantities[2]
    assert (plan.quantities[:2] > 0).all()
    assert plan.quantities[3] == 0


def test_pieces_under_way_are_not_ordered_again() -> None:
    now = situation([0, 0, 0, 0])
    waiting = replace(now, open_orders=OpenOrders(np.array([1]), np.array([40]), np.array([1])))
    alone, joined = (policy().propose(view, steady()).quantities for view in (now, waiting))
    assert alone[1] - joined[1] == pytest.approx(40, abs=8)
    assert alone[0] == joined[0]


def test_a_proposal_carries_the_figures_that_explain_it() -> None:
    plan = policy().propose(situation([10, 900, 900, 900]), steady())
    (proposal,) = plan.proposals
    assert (proposal.product, proposal.location, proposal.supplier) == (100, 7, 3)
    assert proposal.baseline_quantity == 0
    assert proposal.stockout_chance == 1.0
    assert proposal.order_up_to == 10 + proposal.quantity
    assert proposal.cost == 6 * proposal.quantity
    assert proposal.gain.low < proposal.gain.mean < proposal.gain.high
    assert proposal.gain.mean > 0
    assert 11 < proposal.cover_days < 12
    assert proposal.expected_demand == pytest.approx(4 * proposal.cover_days, rel=0.05)
    assert proposal.demand_low < proposal.expected_demand < proposal.demand_high
    assert proposal.days_of_cover == pytest.approx(proposal.order_up_to / 4, rel=0.05)
    assert proposal.rest_demand == pytest.approx(4 * proposal.rest_days, rel=0.05)


def test_waiting_is_proposed_where_only_the_baseline_would_order() -> None:
    eager = ReplenishmentPolicy(FAST, baseline=FixedReorderPoint(np.full(4, 100.0), 10, 10))
    plan = eager.propose(situation([900] * 4), steady())
    assert [proposal.quantity for proposal in plan.proposals] == [0] * 4
    assert all(proposal.baseline_quantity == 1000 for proposal in plan.proposals)
    assert all(proposal.gain.mean > 0 for proposal in plan.proposals)


def test_the_largest_gain_comes_first() -> None:
    plan = policy().propose(situation([0, 10, 20, 30]), steady())
    gains = [proposal.gain.mean for proposal in plan.proposals]
    assert gains == sorted(gains, reverse=True)


def test_orders_are_whole_packs_and_never_below_the_minimum() -> None:
    plan = policy().propose(situation([0, 10, 25, 40], terms(pack_size=12, min_order=30)), steady())
    ordered = plan.quantities[plan.quantities > 0]
    assert (ordered % 12 == 0).all()
    assert (ordered >= 30).all()


def test_a_binding_budget_cuts_where_least_is_lost_and_says_so() -> None:
    now = situation([0, 10, 20, 30])
    free = policy().propose(now, steady())
    budget = 0.5 * float(free.quantities @ now.terms.unit_cost)
    tight = policy().propose(now.with_budget(budget), steady())
    spent = float(tight.quantities @ now.terms.unit_cost)
    assert 0.8 * budget <= spent <= budget
    assert {cut.line for cut in tight.cut} == set(np.flatnonzero(tight.quantities < free.quantities))
    assert all(cut.granted < cut.wanted for cut in tight.cut)
    assert all(cut.worth_lost > 0 for cut in tight.cut)
    assert free.cut == ()


def test_no_budget_at_all_orders_nothing() -> None:
    assert policy().propose(situation().with_budget(0.0), steady()).quantities.tolist() == [0] * 4


def test_a_generous_budget_changes_nothing() -> None:
    free, rich = (policy().propose(situation().with_budget(b), steady()) for b in (None, 1e6))
    assert free.quantities.tolist() == rich.quantities.tolist()


def test_less_is_ordered_near_a_known_end_and_nothing_that_comes_too_late() -> None:
    far, near, late = (
        policy().propose(replace(situation(), days_left=days), steady()).quantities for days in (80, 9, 3)
    )
    assert (near < far).all()
    assert (near > 0).all()
    assert late.tolist() == [0] * 4


def test_dear_stock_is_ordered_more_sparingly() -> None:
    wide = steady(1.0, 12.0)
    dear_terms = replace(terms(), holding_rate_per_week=np.full(4, 0.2))
    cheap, dear = (
        policy().propose(situation(lines=lines), wide).quantities for lines in (terms(), dear_terms)
    )
    assert (dear < cheap).all()


def test_a_weightier_lost_sale_and_a_higher_level_order_more() -> None:
    wide = steady(1.0, 12.0)
    plain, weighted, higher = (
        chosen.propose(situation(), wide).quantities
        for chosen in (policy(margin_weight=1.0), policy(margin_weight=4.0), policy(demand_level=1.3))
    )
    assert (weighted > plain).all()
    assert (higher > plain).all()


def test_the_same_seed_and_situation_give_the_same_plan() -> None:
    one, two = (policy().propose(situation([0, 10, 20, 30])) for _ in range(2))
    assert one.proposals == two.proposals


def test_the_model_is_learned_anew_after_its_days() -> None:
    chosen = policy()
    now = situation()
    chosen.forecast(now)
    first = chosen._model
    later = replace(now, sales=np.tile(now.sales, 2)[:, :127], in_stock=np.ones((4, 127), dtype=np.bool_))
    chosen.forecast(later)
    assert chosen._model is first
    chosen.forecast(replace(now, sales=np.tile(now.sales, 2), in_stock=np.ones((4, 200), dtype=np.bool_)))
    assert chosen._model is not first


def test_three_days_of_history_are_enough_to_order_something() -> None:
    now = replace(situation(), day=3, sales=np.full((4, 3), 5.0), in_stock=np.ones((4, 3), dtype=np.bool_))
    quantities = policy().quantities(now)
    assert (quantities > 0).all()
    assert (quantities < 5 * 60).all()


def test_it_earns_more_than_the_baselines_on_demand_it_has_not_seen() -> None:
    rng = np.random.default_rng(5)
    n, past, future = 60, 180, 84
    level = np.exp(rng.normal(0.5, 0.8, n))[:, None] * np.ones(past + future)
    level[:, 60:] *= np.linspace(1.0, 1.8, past + future - 60)
    demand = rng.poisson(level * rng.gamma(0.7, 1 / 0.7, level.shape)).astype(np.float64)
    lines = terms(n)
    shop = ShopSimulator(
        terms=lines,
        source=ReplayedDemand(demand, lines.price, np.zeros(n)),
        seed=1,
        on_hand=np.round(14 * demand[:, :past].mean(axis=1)).astype(np.int64),
        day=past,
        sales=list(demand[:, :past].T.astype(np.int64)),
        in_stock=list(np.ones((past, n), dtype=np.bool_)),
        ends_on_day=past + future,
    )
    rules = [DeliveriesTimesFactor(28, cover) for cover in (14.0, 21.0, 28.0)]
    rules_earned = max(replayed_profit(shop, rule, future).sum() for rule in rules)
    assert replayed_profit(shop, ReplenishmentPolicy(FAST), future).sum() > 1.02 * rules_earned
