"""Replenishment agent: automatic reordering; reviews all stock and orders what is worth ordering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from maestro.agents.decision import Action, Decision, Effect, Measured, Proposal, Subject
from maestro.agents.guardrails.base import Guardrail
from maestro.agents.guardrails.budget import Budget
from maestro.agents.guardrails.quantity_band import QuantityBand
from maestro.agents.guardrails.rate_limit import RateLimit
from maestro.clock import Clock
from maestro.database import Database
from maestro.learning.forecasting.period_demand import PeriodDemand
from maestro.packs.base import AgentSpec
from maestro.packs.retail import reasons
from maestro.packs.retail.environment import ShopEnvironment, cancel_order, place_order
from maestro.packs.retail.interval_scale import interval_scale, measured_outcomes, scaled
from maestro.packs.retail.order_plan import GainEstimate, OrderProposal
from maestro.packs.retail.order_policy import Situation
from maestro.packs.retail.reasons import Names
from maestro.packs.retail.replenishment import ReplenishmentPolicy
from maestro.packs.retail.review_evidence import ReviewEvidence, forecast_version
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_records import Line, Records
from maestro.packs.retail.stock import set_targets

NAME = "replenishment"
TITLE = {"en": "Replenishment", "ko": "자동 발주"}
PURPOSE = {
    "en": "Reviews all stock every week and orders what is worth ordering, from the right supplier, in time.",
    "ko": "매주 모든 재고를 살펴 주문할 가치가 있는 상품을 알맞은 공급처에 제때 주문합니다.",
}
LEVEL = 0.8
"""Share of outcomes that a predicted interval is meant to hold."""
_NEVER_TIMES = 4.0
"""A hard limit is this many times the limit beyond which a person is asked."""


@dataclass(frozen=True)
class Review:
    """What one look at the shop found: its records, and how wide intervals must be to hold."""

    records: Records
    scale: float


class ReplenishmentAgent:
    """The retail pack's role for reordering: the decision loop asks it, `ReplenishmentPolicy` reckons.

    Args:
        database: the shop's records.
        shop: the environment, simulated or live.
        clock: the time of what people do.
        currency: of the shop.
        seed: of the policy's random draws.
    """

    name = NAME
    pack = "retail"

    def __init__(
        self, database: Database, shop: ShopEnvironment, clock: Clock, *, currency: str, seed: int
    ) -> None:
        self._database = database
        self._shop = shop
        self._clock = clock
        self._currency = currency
        self._policy = ReplenishmentPolicy(seed=seed)

    def observe(self, now: datetime) -> Review:
        """Sales, stock and orders under way as they stand this morning."""
        with self._database.reader() as session:
            outcomes = measured_outcomes(session, self.name)
        return Review(self._shop.records(now.date()), interval_scale(outcomes, LEVEL))

    def propose(self, observation: Review) -> Sequence[Proposal]:
        """An order, or a wait, for every line where this agent or the plain rule would order.

        A wait is worth a record only where the rule's order is played out beside it, in a simulated shop;
        nobody has to approve that nothing is done.
        """
        records = observation.records
        if not records.shop_lines.lines or records.situation.sales.shape[1] == 0:
            return []
        situation = records.situation
        self._policy.baseline = self._shop.rule(situation)
        forecast = self._forecast(situation)
        plan = self._policy.propose(situation, forecast)
        held_out = self._shop.held_out(records.shop_lines)
        with self._database.session() as session:
            quantities = np.where(held_out, plan.baseline_quantities, plan.quantities)
            set_targets(session, _keyed(records, (situation.position + quantities).tolist()))
        evidence = ReviewEvidence(records, forecast)
        version = forecast_version(forecast)
        proposals = [
            self._proposal(records, item, evidence, version)
            for item in plan.proposals
            if not held_out[item.line] and (item.quantity or self._shop.simulated)
        ] + [
            replace(
                self._proposal(records, _as_the_rule(item, situation), evidence, version),
                reason=reasons.holdout_reason(),
            )
            for item in plan.proposals
            if held_out[item.line] and item.baseline_quantity
        ]
        return [_with_scale(proposal, observation.scale) for proposal in proposals]

    def simulate(self, proposal: Proposal, observation: Review) -> Effect:
        """Every proposal of this role carries its predicted effect."""
        assert proposal.predicted is not None
        return proposal.predicted

    def act(self, decision: Decision) -> Mapping[str, Any]:
        """Send the order; waiting needs nothing done."""
        if decision.action.kind != "order":
            return {}
        return place_order(self._database, decision, decision.decided_at or decision.created_at)

    def undo(self, decision: Decision) -> Mapping[str, Any]:
        """Cancel the order, as long as nothing has arrived."""
        if decision.action.kind != "order":
            return {}
        return cancel_order(self._database, decision, self._clock.now())

    def measure(self, decision: Decision, now: datetime) -> Measured | None:
        """What it was worth against the plain rule's order."""
        return self._shop.measure(decision, now)

    def learn(self, measured: Sequence[Decision]) -> None:
        """Nothing is kept here: each review forecasts from the records, which hold what happened."""

    def max_loss_per_cycle(self, now: datetime) -> float:
        """The bearable mean loss of one review, from the shop's settings, in its currency."""
        return self._shop.settings().largest_mean_loss

    def _forecast(self, situation: Situation) -> PeriodDemand:
        """Demand to expect, by the model that a process started this very morning would learn, too."""
        days, block = situation.sales.shape[1], self._policy.settings.refit_days
        learned = days - days % block or days
        self._policy.forecast(
            replace(situation, sales=situation.sales[:, :learned], in_stock=situation.in_stock[:, :learned])
        )
        return self._policy.forecast(situation)

    def _proposal(
        self, records: Records, item: OrderProposal, evidence: ReviewEvidence, version: str
    ) -> Proposal:
        line, terms = records.shop_lines.lines[item.line], records.situation.terms
        names = Names(line.name, line.supplier, line.location, self._currency)
        lead = float(terms.mean_lead_days[item.line])
        horizon = float(records.situation.review_days)
        if item.quantity != item.baseline_quantity:  # else there is no gain to wait for
            horizon += float(terms.longest_lead_days[item.line])
        gain = (item.gain.mean, item.gain.low, item.gain.high)
        common = {
            "product_id": line.product_id,
            "location_id": line.location_id,
            "supplier_id": line.supplier_id,
            "unit_cost": float(terms.unit_cost[item.line]),
        }
        if item.quantity:
            cover = {"cover_days": round(item.days_of_cover, 1), "cost": round(item.cost, 2)}
            arrives = records.today + timedelta(days=round(lead))
            summary = reasons.order_summary(names, item.quantity, arrives)
            action = Action("order", {**common, **cover, "quantity": item.quantity}, summary)
            reason = reasons.order_reason(names, item.stockout_chance, gain, item.days_of_cover)
        else:
            action = Action("wait", {**common, "quantity": 0, "cost": 0.0}, reasons.wait_summary(names))
            reason = reasons.wait_reason(names, item.stockout_chance, gain, item.days_of_cover)
        kind = "order" if item.baseline_quantity else "wait"
        baseline = Action(
            kind,
            {**common, "quantity": item.baseline_quantity},
            reasons.rule_summary(names, item.baseline_quantity),
        )
        return Proposal(
            subject=Subject("product", line.key, _label(line)),
            action=action,
            baseline=baseline,
            reason=reason,
            evidence=evidence.of(item),
            forecast_version=version,
            predicted=Effect(*gain, unit=self._currency, horizon_days=horizon),
        )


def _with_scale(proposal: Proposal, scale: float) -> Proposal:
    assert proposal.predicted is not None
    evidence = {**proposal.evidence, "interval_scale": scale}
    return replace(proposal, predicted=scaled(proposal.predicted, scale), evidence=evidence)


def _as_the_rule(item: OrderProposal, situation: Situation) -> OrderProposal:
    """The plain rule's order in place of the agent's: there is nothing to gain."""
    quantity = item.baseline_quantity
    up_to = int(situation.position[item.line]) + quantity
    return replace(
        item,
        quantity=quantity,
        gain=GainEstimate(0.0, 0.0, 0.0),
        order_up_to=up_to,
        days_of_cover=up_to * item.cover_days / max(item.expected_demand, 1e-9),
        cost=float(quantity * situation.terms.unit_cost[item.line]),
    )


def _label(line: Line) -> dict[str, str]:
    return {language: f"{name} @ {line.location}" for language, name in line.name.items()}


def _keyed(records: Records, values: list[int]) -> dict[tuple[int, int], int]:
    lines = records.shop_lines.lines
    return {(line.product_id, line.location_id): value for line, value in zip(lines, values, strict=True)}


def guardrails(settings: RetailSettings, currency: str) -> tuple[Guardrail, ...]:
    """The agent's limits, from the shop's choices; hard limits lie beyond what a person is asked about."""
    return (
        Budget(
            limit=settings.budget_per_review,
            hard_limit=settings.budget_per_review * _NEVER_TIMES,
            unit=currency,
        ),
        QuantityBand(
            name="order_value",
            param="cost",
            limit=settings.ask_above,
            hard_limit=settings.ask_above * _NEVER_TIMES,
            kinds=frozenset({"order"}),
            unit=currency,
            noun={"en": "Value", "ko": "금액"},
        ),
        QuantityBand(
            name="days_of_cover",
            param="cover_days",
            limit=settings.largest_cover_days,
            hard_limit=settings.largest_cover_days * _NEVER_TIMES,
            kinds=frozenset({"order"}),
            unit="days",
            noun={"en": "Days of cover", "ko": "재고 일수"},
        ),
        RateLimit(
            limit=settings.orders_per_review,
            hard_limit=settings.orders_per_review * _NEVER_TIMES,
            window_days=1.0,
        ),
    )


def spec(database: Database, shop: ShopEnvironment, clock: Clock, *, currency: str, seed: int) -> AgentSpec:
    """The agent as the pack declares it."""
    role = ReplenishmentAgent(database, shop, clock, currency=currency, seed=seed)
    return AgentSpec(role, TITLE, PURPOSE, lambda: guardrails(shop.settings(), currency))
