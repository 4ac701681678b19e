"""Order plan: the proposals of one review with their evidence, and the orders that the budget cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maestro.packs.retail.order_policy import FloatArray, IntArray


@dataclass(frozen=True)
class GainEstimate:
    """Predicted gain of an order over the baseline's, in money: the mean and an 80 % interval."""

    mean: float
    low: float
    high: float

    @staticmethod
    def of(samples: FloatArray) -> GainEstimate:
        """From the gain in each of many possible futures, shape [s]."""
        low, high = np.quantile(samples, [0.1, 0.9])
        return GainEstimate(float(samples.mean()), float(low), float(high))


@dataclass(frozen=True)
class OrderProposal:
    """One order line, or waiting where the baseline would order, with the figures that explain it, in pieces.

    Args:
        line: number of the line in the situation; `product`, `location`, `supplier` are its identities.
        quantity: what to order; `baseline_quantity` is what the baseline rule would order now.
        gain: predicted gain over the baseline's quantity, money.
        stockout_chance: chance of running out before the next order can arrive, if nothing is ordered now.
        order_up_to: stock and orders under way after this order.
        on_hand, on_order: before this order.
        expected_demand: until the next order can arrive (`cover_days`); `demand_low` to `demand_high` holds
            80 %.
        rest_demand: expected after that, over `rest_days`; what left-over stock is valued with.
        days_of_cover: how long `order_up_to` lasts at the expected demand.
        cost: what the order costs, money, without the cost of ordering.
    """

    line: int
    product: int
    location: int
    supplier: int
    quantity: int
    baseline_quantity: int
    gain: GainEstimate
    stockout_chance: float
    order_up_to: int
    on_hand: int
    on_order: int
    expected_demand: float
    demand_low: float
    demand_high: float
    cover_days: float
    rest_demand: float
    rest_days: float
    days_of_cover: float
    cost: float


@dataclass(frozen=True)
class BudgetCut:
    """A line that the budget reduced: wanted and granted pieces, and the expected worth given up."""

    line: int
    product: int
    location: int
    wanted: int
    granted: int
    worth_lost: float


@dataclass(frozen=True)
class OrderPlan:
    """What the policy answers at one review.

    Args:
        quantities: pieces of each line, shape [n].
        baseline_quantities: what the baseline rule would order, shape [n].
        proposals: one for each line where this policy or the rule would order, the largest gain first.
        cut: lines that the budget reduced, the greatest loss first.
    """

    quantities: IntArray
    baseline_quantities: IntArray
    proposals: tuple[OrderProposal, ...]
    cut: tuple[BudgetCut, ...]
