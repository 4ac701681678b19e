"""Two-price shop: the smallest world in which an agent can do well, learn, and be trusted or not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from maestro.agents.decision import Action, Decision, Effect, Measured, Proposal, Subject

FULL_PRICE, LOW_PRICE, UNIT_COST = 12.0, 9.0, 5.0
VISITORS = 20
LARGEST_LOSS = VISITORS * (FULL_PRICE - LOW_PRICE)
"""When every visitor of a day would have paid the full price."""


@dataclass
class TwoPriceShop:
    """Sells each product at 12 or at 9; 20 visitors a day look at each, and each has a price it would pay.

    The same visitors, with the same purses, come whatever the price is, so that a day's profit at 9 and at 12
    can be compared on common random numbers.

    Args:
        buys_at_low: by product, the share of visitors who buy at 9.
        buys_at_full: the share who buy at 12, of any product.
        seed: of the visitors' purses.
    """

    buys_at_low: Mapping[str, float]
    buys_at_full: float = 0.3
    seed: int = 7
    prices: dict[str, float] = field(default_factory=dict)
    acts: dict[str, int] = field(default_factory=dict)

    def profit(self, product: str, day: datetime, price: float) -> float:
        """What that day's visitors leave in the till at that price, cost deducted."""
        number = sorted(self.buys_at_low).index(product)
        purses = np.random.default_rng([self.seed, number, int(day.timestamp())]).random(VISITORS)
        share = self.buys_at_low[product] if price == LOW_PRICE else self.buys_at_full
        return float((price - UNIT_COST) * np.count_nonzero(purses < share))


class PriceCutter:
    """A role that proposes the low price for a day wherever it still believes that it pays.

    It starts hopeful, learns each product's gain from what was measured, and predicts with what it learned.
    """

    pack = "test"

    def __init__(self, shop: TwoPriceShop, name: str = "price_cutter", *, learns: bool = True) -> None:
        self.shop = shop
        self.name = name
        self._learns = learns
        self._gains: dict[str, list[float]] = {product: [] for product in shop.buys_at_low}
        self.undone: list[str] = []

    def observe(self, now: datetime) -> Any:
        """The day it is."""
        return now

    def propose(self, observation: Any) -> Sequence[Proposal]:
        """The low price for every product that may still be worth it."""
        return [
            self._proposal(product)
            for product, gains in self._gains.items()
            if not self._learns or len(gains) < 3 or _may_pay(gains)
        ]

    def _proposal(self, product: str) -> Proposal:
        params = {
            "product": product,
            "price": LOW_PRICE,
            "reference_price": FULL_PRICE,
            "unit_cost": UNIT_COST,
            "cost": FULL_PRICE - LOW_PRICE,
        }
        return Proposal(
            subject=Subject("product", product, {"en": product.title(), "ko": f"{product} 상품"}),
            action=Action(
                "price",
                params,
                {"en": f"Sell {product} at 9 today.", "ko": f"오늘 {product}을(를) 9에 팝니다."},
            ),
            baseline=Action("none", {}, {"en": "Keep 12.", "ko": "12를 유지합니다."}),
            reason={"en": "More visitors buy at 9.", "ko": "9이면 더 많은 방문객이 삽니다."},
            evidence={"days_seen": len(self._gains[product])},
            forecast_version="gains-so-far",
        )

    def simulate(self, proposal: Proposal, observation: Any) -> Effect:
        """The mean of the gains so far, and an 80 % interval around it for a single day."""
        gains = self._gains[proposal.subject.id]
        known = gains if len(gains) > 5 else [6.0, -9.0, 21.0]
        mean, spread = float(np.mean(known)), float(np.std(known, ddof=1)) * math.sqrt(1 + 1 / len(known))
        return Effect(mean, mean - 1.4 * spread, mean + 1.4 * spread, horizon_days=1)

    def act(self, decision: Decision) -> Mapping[str, Any]:
        """Put up the low price; the decision's id makes it happen once."""
        if decision.id not in self.shop.acts:
            self.shop.prices[decision.subject.id] = LOW_PRICE
        self.shop.acts[decision.id] = self.shop.acts.get(decision.id, 0) + 1
        return {"price": LOW_PRICE}

    def undo(self, decision: Decision) -> Mapping[str, Any]:
        """Back to the full price."""
        self.shop.prices[decision.subject.id] = FULL_PRICE
        self.undone.append(decision.id)
        return {"price": FULL_PRICE}

    def measure(self, decision: Decision, now: datetime) -> Measured | None:
        """After the day, its profit at 9 against the same visitors' at 12."""
        if now < decision.due_at:
            return None
        product, day = decision.subject.id, decision.created_at
        gain = self.shop.profit(product, day, LOW_PRICE) - self.shop.profit(product, day, FULL_PRICE)
        covered = decision.predicted.low <= gain <= decision.predicted.high
        return Measured(gain, covered, "common_random_numbers", now)

    def learn(self, measured: Sequence[Decision]) -> None:
        """Remember each product's gains."""
        for decision in measured:
            if decision.measured:
                self._gains[decision.subject.id].append(decision.measured.gain)

    def max_loss_per_cycle(self, now: datetime) -> float:
        """A day on which everybody would have paid the full price, on every product."""
        return LARGEST_LOSS


def _may_pay(gains: Sequence[float]) -> bool:
    return float(np.mean(gains)) + 1.3 * float(np.std(gains, ddof=1)) / math.sqrt(len(gains)) > 0
