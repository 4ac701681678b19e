"""Tests of the replenishment agent: what it proposes and does, the same for the same shop and seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from maestro.agents.decision import Decision, Status
from maestro.agents.decision_store import DecisionStore
from maestro.agents.guardrails.base import GuardContext
from maestro.agents.track_record import Level
from maestro.database import Database
from maestro.errors import ConflictError
from maestro.packs.retail.agents.replenishment import ReplenishmentAgent, guardrails, spec
from maestro.packs.retail.entities import Product, PurchaseOrder, Shop, StockLevel
from maestro.packs.retail.order_policy import BoolArray
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_records import ShopLines, opening
from maestro.packs.retail.simulated_shop import SimulatedShop

from ..conftest import SEED, START, live, looped, reopened  # noqa: TID252 - test folders are no packages

Copied = Callable[[Path], Database]
EVERY = tuple(Status)


def decisions(database: Database) -> tuple[Decision, ...]:
    return DecisionStore(database).select(agent="replenishment", status=EVERY)


def agent(database: Database, shop: SimulatedShop) -> ReplenishmentAgent:
    return ReplenishmentAgent(database, shop, shop.clock, currency="GBP", seed=SEED)


def choose(database: Database, **options: object) -> None:
    with database.session() as session:
        session.scalars(select(Shop)).one().options = options


def test_the_same_shop_and_seed_give_the_same_decisions(small_file: Path, copied: Copied) -> None:
    made = []
    for _ in range(2):
        database = copied(small_file)
        shop = reopened(database)
        live(shop, 8, looped(database, shop, Level.BOUNDED))
        made.append(decisions(database))
    assert {decision.cycle for decision in made[0]} == {"2026-01-05T06:00:00Z", "2026-01-12T06:00:00Z"}
    assert made[0] == made[1]


def test_every_line_where_it_or_the_rule_would_order_is_decided(small: Database) -> None:
    shop = reopened(small)
    role = agent(small, shop)
    review = role.observe(shop.next_moment())
    proposals = role.propose(review)
    situation = review.records.situation
    rule = shop.rule(situation).quantities(situation)
    proposed = {proposal.subject.id: proposal for proposal in proposals}
    assert len(proposed) == len(proposals)
    for line, quantity in zip(review.records.shop_lines.lines, rule.tolist(), strict=True):
        if line.key in proposed:
            assert proposed[line.key].baseline.params["quantity"] == quantity
            assert proposed[line.key].action.params["quantity"] or quantity
        else:
            assert quantity == 0
    means = [proposal.predicted.mean for proposal in proposals if proposal.predicted]
    assert means == sorted(means, reverse=True)


def test_orders_come_in_whole_packs_with_their_cost_and_a_reason(lived: Database) -> None:
    with lived.reader() as session:
        products = {product.id: product for product in session.scalars(select(Product))}
    for decision in decisions(lived):
        params, predicted = decision.action.params, decision.predicted
        product, quantity = products[params["product_id"]], params["quantity"]
        assert decision.action.kind == ("order" if quantity else "wait")
        assert quantity % product.pack_size == 0
        assert params["cost"] == pytest.approx(quantity * product.unit_cost, abs=0.01)
        assert set(decision.reason) == set(decision.action.summary) == {"en", "ko"}
        assert predicted.low <= predicted.high
        assert (predicted.unit, predicted.level) == ("GBP", 0.8)
        assert decision.forecast_version.startswith("period-demand-")


def test_targets_are_shown_on_the_stock_page(small: Database) -> None:
    shop = reopened(small)
    looped(small, shop, Level.BOUNDED).run_cycle(shop.next_moment())
    made = {
        (each.action.params["product_id"], each.action.params["location_id"]): each.evidence["target"]
        for each in decisions(small)
    }
    with small.reader() as session:
        shown = {(row.product_id, row.location_id): row.target for row in session.scalars(select(StockLevel))}
    assert made.items() <= shown.items()
    assert None not in shown.values()


def test_an_executed_order_can_be_undone_until_it_arrives(small: Database) -> None:
    shop = reopened(small)
    loop = looped(small, shop, Level.BOUNDED)
    loop.run_cycle(shop.next_moment())
    ordered = [
        each for each in decisions(small) if each.action.kind == "order" and each.status is Status.EXECUTED
    ]
    undone = loop.undo(ordered[0].id, "ann@shop.example")
    assert undone.status is Status.UNDONE
    with small.reader() as session:
        order = session.scalars(select(PurchaseOrder).where(PurchaseOrder.key == ordered[0].id)).one()
    assert order.status == "cancelled"
    assert undone.outcome["undo"] == {"cancelled": [order.number]}
    live(shop, 25)
    with pytest.raises(ConflictError):
        loop.undo(ordered[1].id, "ann@shop.example")


def test_waiting_needs_nothing_done(lived: Database) -> None:
    shop = reopened(lived)
    waits = [decision for decision in decisions(lived) if decision.action.kind == "wait"]
    assert waits
    assert agent(lived, shop).act(waits[0]) == {}
    assert agent(lived, shop).undo(waits[0]) == {}


def test_gains_are_due_once_the_next_order_could_be_there(lived: Database) -> None:
    for decision in decisions(lived):
        same = decision.action.params["quantity"] == decision.baseline.params["quantity"]
        days = decision.predicted.horizon_days
        assert days == 7 if same else days > 7


class HalfHeldOut(SimulatedShop):
    """A shop in which every second line is left to the plain rule."""

    def held_out(self, shop_lines: ShopLines) -> BoolArray:
        return np.asarray(np.arange(len(shop_lines.lines)) % 2 == 0)


def test_held_out_lines_are_ordered_by_the_rule(small: Database) -> None:
    shop = reopened(small)
    shop.__class__ = HalfHeldOut
    role = agent(small, shop)
    review = role.observe(shop.next_moment())
    situation = review.records.situation
    proposed = {proposal.subject.id: proposal for proposal in role.propose(review)}
    rule = shop.rule(situation).quantities(situation)
    assert rule[::2].any()
    for number, line in list(enumerate(review.records.shop_lines.lines))[::2]:
        if rule[number] == 0:
            assert line.key not in proposed
            continue
        proposal = proposed[line.key]
        assert proposal.action.params["quantity"] == proposal.baseline.params["quantity"] == rule[number]
        assert proposal.predicted is not None
        assert (proposal.predicted.low, proposal.predicted.mean, proposal.predicted.high) == (0, 0, 0)
        assert proposal.evidence["target"] == situation.position[number] + rule[number]
        assert "plain rule orders this product" in proposal.reason["en"]


def test_a_shop_without_products_or_history_gets_no_proposals(small: Database) -> None:
    shop = reopened(small)
    role = agent(small, shop)
    review = role.observe(shop.next_moment())
    now = review.records.situation
    empty = replace(now, sales=now.sales[:, :0], in_stock=now.in_stock[:, :0])
    assert role.propose(replace(review, records=replace(review.records, situation=empty))) == []
    with small.session() as session:
        for product in session.scalars(select(Product)):
            product.active = False
    assert role.propose(role.observe(shop.next_moment())) == []


def test_three_days_of_history_are_enough_to_propose(small: Database) -> None:
    shop = reopened(small)
    role = agent(small, shop)
    review = role.observe(shop.next_moment())
    now = review.records.situation
    young = replace(now, day=3, sales=now.sales[:, -3:], in_stock=now.in_stock[:, -3:])
    proposals = role.propose(replace(review, records=replace(review.records, situation=young)))
    assert proposals
    assert all(len(proposal.evidence["history"]) == 3 for proposal in proposals)


def test_limits_come_from_the_shop_s_choices(small: Database) -> None:
    choose(
        small,
        budget_per_review=100.0,
        ask_above=10.0,
        largest_cover_days=30.0,
        orders_per_review=5,
        largest_mean_loss=7.0,
    )
    shop = reopened(small)
    declared = spec(small, shop, shop.clock, currency="GBP", seed=SEED)
    assert {guard.name: guard.limit for guard in declared.guardrails()} == {
        "budget": 100.0,
        "order_value": 10.0,
        "days_of_cover": 30.0,
        "rate_limit": 5,
    }
    assert declared.role.max_loss_per_cycle(START) == 7.0


@pytest.mark.parametrize(
    ("cost", "cover", "verdicts"),
    [
        (10.0, 20.0, {"pass"}),
        (6_500.0, 20.0, {"pass", "ask"}),
        (10.0, 91.0, {"pass", "ask"}),
        (10.0, 361.0, {"pass", "block"}),
        (101_000.0, 20.0, {"pass", "block"}),
    ],
)
def test_beyond_a_limit_a_person_is_asked_and_far_beyond_it_is_blocked(
    lived: Database, cost: float, cover: float, verdicts: set[str]
) -> None:
    order = next(decision for decision in decisions(lived) if decision.action.kind == "order")
    params = {**order.action.params, "cost": cost, "cover_days": cover}
    asked = replace(order, action=replace(order.action, params=params))
    context = GuardContext(now=opening(START.date()), level="bounded")
    results = [guard.check(asked, context) for guard in guardrails(RetailSettings(), "GBP")]
    assert {result.verdict for result in results} == verdicts


def test_an_order_is_dated_when_a_person_allowed_it(small: Database) -> None:
    choose(small, ask_above=20.0)
    shop = reopened(small)
    loop = looped(small, shop, Level.BOUNDED)
    loop.run_cycle(shop.next_moment())
    waiting = DecisionStore(small).select(agent="replenishment", status=(Status.WAITING,))
    before = shop.clock.now()
    loop.approve(waiting[0].id, "ann@shop.example")
    with small.reader() as session:
        order = session.scalars(select(PurchaseOrder).where(PurchaseOrder.key == waiting[0].id)).one()
    assert order.sent_at is not None
    assert timedelta(0) <= order.sent_at - before < timedelta(days=1)
