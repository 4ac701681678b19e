"""Automatic reorder: what to order from whom and how much, given the forecast, the stock and the costs.

At each review the policy looks at many possible futures of demand and lead times, and orders of each line the
quantity of greatest expected worth (`inventory_value`): a newsvendor's choice over one review and lead time
in which lost margin, holding, the cost of ordering, minimum orders, packs and a known end of selling have
their price.
Source: the newsvendor and base-stock models (Zipkin, "Foundations of Inventory Management", 2000) with one
step of look-ahead in place of a fixed service level.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.random import default_rng

from maestro.learning.forecasting.period_demand import PeriodDemand, PeriodDemandModel, PeriodDemandSettings
from maestro.packs.retail.baselines import DeliveriesTimesFactor
from maestro.packs.retail.inventory_value import best_quantity, order_worth
from maestro.packs.retail.order_outlook import Arrivals, Outlook, PossibleDemand, outlook_of
from maestro.packs.retail.order_plan import BudgetCut, GainEstimate, OrderPlan, OrderProposal
from maestro.packs.retail.order_policy import IntArray, OrderPolicy, Situation, arrival_in_time

_FUTURES_STREAM = 31
_BUDGET_STEPS = 30


@dataclass(frozen=True)
class ReplenishmentSettings:
    """How the policy weighs; the two weights can be tuned on a shop's own past (`policy_tuning`)."""

    margin_weight: float = 1.5
    """How many times its margin a lost sale costs: the customer is disappointed, not only the sale missed."""
    demand_level: float = 1.0
    """Multiplier on forecast demand."""
    futures: int = 96
    """Possible futures looked at for each line."""
    refit_days: int = 28
    """Days after which the forecast model learns anew."""
    horizon_days: int = 84
    """Days ahead within which left-over stock is expected to sell where no end is known."""
    forecast: PeriodDemandSettings = field(default_factory=PeriodDemandSettings)
    """How demand is forecast."""


class ReplenishmentPolicy:
    """Maestro's reordering rule.

    Args:
        settings: how it weighs.
        baseline: the rule that proposals are compared with.
        seed: decides the possible futures; the same seed and situations give the same plans.
    """

    name = "maestro"

    def __init__(
        self,
        settings: ReplenishmentSettings | None = None,
        *,
        baseline: OrderPolicy | None = None,
        seed: int = 0,
    ) -> None:
        self.settings = settings or ReplenishmentSettings()
        self.baseline: OrderPolicy = baseline or DeliveriesTimesFactor()
        self._seed = seed
        self._model: PeriodDemandModel | None = None

    def forecast(self, situation: Situation) -> PeriodDemand:
        """Demand of the coming days from the past alone; the model is learned anew every `refit_days`."""
        model = self._model
        age = situation.sales.shape[1] - model.trained_on_days if model else 0
        if model is None or not 0 <= age < self.settings.refit_days:
            model = PeriodDemandModel(
                situation.sales,
                situation.in_stock,
                piece_value=situation.terms.price,
                settings=self.settings.forecast,
                seed=self._seed,
            )
            self._model = model
        return model.forecast(situation.sales, situation.in_stock)

    def quantities(self, situation: Situation) -> IntArray:
        outlook = self.outlook(situation, self.forecast(situation))
        return self._within_budget(situation, outlook, self._wanted(situation, outlook))

    def propose(self, situation: Situation, forecast: PeriodDemand | None = None) -> OrderPlan:
        """The orders of this review with their predicted gain over the baseline, evidence and budget cuts.

        Args:
            situation: the shop this morning.
            forecast: demand to expect, where the caller has it already.
        """
        outlook = self.outlook(situation, forecast or self.forecast(situation))
        wanted = self._wanted(situation, outlook)
        granted = self._within_budget(situation, outlook, wanted)
        rule = self.baseline.quantities(situation)
        return OrderPlan(
            quantities=granted,
            baseline_quantities=rule,
            proposals=_proposals(situation, outlook, granted, rule),
            cut=_cuts(situation, outlook, wanted, granted),
        )

    def outlook(self, situation: Situation, forecast: PeriodDemand) -> Outlook:
        """Possible futures of every line until the next order can arrive, and what may sell afterwards."""
        expected = forecast.scaled(self.settings.demand_level)
        futures = self.settings.futures
        total_days = situation.days_left or self.settings.horizon_days
        ahead = situation.review_days + int(situation.terms.longest_lead_days.max())
        demand = PossibleDemand(
            daily=expected.paths(futures, ahead),
            total=expected.quantiles(total_days, (np.arange(futures) + 0.5) / futures),
            total_days=total_days,
        )
        rng = default_rng([self._seed, _FUTURES_STREAM, situation.day])
        return outlook_of(situation, demand, Arrivals.drawn(situation, futures, rng))

    def _wanted(self, situation: Situation, outlook: Outlook, money_price: float = 0.0) -> IntArray:
        weight = self.settings.margin_weight
        quantity = best_quantity(outlook, situation.terms, margin_weight=weight, money_price=money_price)
        return np.where(arrival_in_time(situation), quantity, 0)

    def _within_budget(self, situation: Situation, outlook: Outlook, wanted: IntArray) -> IntArray:
        """The wanted quantities, or the best that the budget allows: money goes where it is worth most.

        Money gets a price on top of the unit cost, raised until what is still worth ordering fits the budget
        (Lagrange multipliers for the knapsack, Everett 1963).
        """
        cost = situation.terms.unit_cost
        if situation.budget is None or float(wanted @ cost) <= situation.budget:
            return wanted
        low, high = 0.0, float(np.max(situation.terms.price / cost)) * self.settings.margin_weight
        granted = np.zeros_like(wanted)
        for _ in range(_BUDGET_STEPS):
            price = (low + high) / 2
            quantity = np.minimum(wanted, self._wanted(situation, outlook, price))
            if float(quantity @ cost) <= situation.budget:
                granted, high = quantity, price
            else:
                low = price
        return granted


def _proposals(
    situation: Situation, outlook: Outlook, quantity: IntArray, rule: IntArray
) -> tuple[OrderProposal, ...]:
    terms = situation.terms
    settled = outlook.with_rest_demand(outlook.rest_demand.mean(axis=1))
    gain = order_worth(settled, terms, quantity) - order_worth(settled, terms, rule)
    demand = outlook.demand_until_next_order
    low, high = np.quantile(demand, [0.1, 0.9], axis=1)
    expected, cover = demand.mean(axis=1), outlook.cover_days
    chance, on_order, position = outlook.stockout_chance, situation.on_order, situation.position
    proposals = [
        OrderProposal(
            line=int(i),
            product=int(terms.product[i]),
            location=int(terms.location[i]),
            supplier=int(terms.supplier[i]),
            quantity=int(quantity[i]),
            baseline_quantity=int(rule[i]),
            gain=GainEstimate.of(gain[i]),
            stockout_chance=float(chance[i]),
            order_up_to=int(position[i] + quantity[i]),
            on_hand=int(situation.on_hand[i]),
            on_order=int(on_order[i]),
            expected_demand=float(expected[i]),
            demand_low=float(low[i]),
            demand_high=float(high[i]),
            cover_days=float(cover[i]),
            rest_demand=float(settled.rest_demand[i, 0]),
            rest_days=float(settled.rest_days[i].mean()),
            days_of_cover=float((position[i] + quantity[i]) * cover[i] / max(expected[i], 1e-9)),
            cost=float(quantity[i] * terms.unit_cost[i]),
        )
        for i in np.flatnonzero((quantity > 0) | (rule > 0))
    ]
    return tuple(sorted(proposals, key=lambda proposal: (-proposal.gain.mean, proposal.line)))


def _cuts(
    situation: Situation, outlook: Outlook, wanted: IntArray, granted: IntArray
) -> tuple[BudgetCut, ...]:
    reduced = np.flatnonzero(granted < wanted)
    if len(reduced) == 0:
        return ()
    terms = situation.terms
    lost = (order_worth(outlook, terms, wanted) - order_worth(outlook, terms, granted)).mean(axis=1)
    cuts = [
        BudgetCut(
            line=int(i),
            product=int(terms.product[i]),
            location=int(terms.location[i]),
            wanted=int(wanted[i]),
            granted=int(granted[i]),
            worth_lost=float(lost[i]),
        )
        for i in reduced
    ]
    return tuple(sorted(cuts, key=lambda cut: (-cut.worth_lost, cut.line)))
