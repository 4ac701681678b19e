"""What if: lives a shop's next weeks several times, with the agent and with the plain rule, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from maestro.errors import InputError
from maestro.packs.retail.demand_source import BootstrappedDemand
from maestro.packs.retail.order_policy import DAYS_A_WEEK, OrderPolicy, Situation, demand_rate
from maestro.packs.retail.simulator import ShopSimulator
from maestro.packs.retail.twin_shop import operating_profit

_LEAST_DAYS = 28


@dataclass(frozen=True)
class Outcome:
    """What one policy made of one future.

    Args:
        profit: sales less the cost of what was sold, of holding and of ordering, in the shop's currency.
        fill_rate: share of the pieces wanted that were sold.
        stock_value: mean value of stock on hand at cost, in the shop's currency.
    """

    profit: float
    fill_rate: float
    stock_value: float


@dataclass(frozen=True)
class Comparison:
    """The same futures under both policies, one entry a future."""

    agent: tuple[Outcome, ...]
    rule: tuple[Outcome, ...]
    weeks: int

    @property
    def gains(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """What the agent gained over the rule in each future, in the shop's currency."""
        return np.array(
            [mine.profit - plain.profit for mine, plain in zip(self.agent, self.rule, strict=True)]
        )


def compare(
    situation: Situation,
    make_policy: Callable[[int], OrderPolicy],
    rule: OrderPolicy,
    *,
    weeks: int,
    futures: int,
    seed: int,
    progress: Callable[[float], None] = lambda _: None,
) -> Comparison:
    """Live `futures` futures of `weeks` weeks, drawn from the shop's own history by whole weeks.

    Args:
        situation: the shop this morning.
        make_policy: gives the agent's policy for a future's seed.
        rule: the plain rule.
        progress: hears the share that is done, 0 to 1.

    Raises:
        InputError: the history is shorter than 28 days.
    """
    days = situation.sales.shape[1]
    if days < _LEAST_DAYS:
        raise InputError(
            f"A history of {days} days is too short to simulate a future from.",
            remedy=f"Import at least {_LEAST_DAYS} days of sales.",
        )
    agent, plain = [], []
    for future in range(futures):
        start = _opening(situation, seed + future)
        agent.append(_live(start.fork(), make_policy(seed + future), weeks, situation.budget))
        progress((2 * future + 1) / (2 * futures))
        plain.append(_live(start.fork(), rule, weeks, situation.budget))
        progress((future + 1) / futures)
    return Comparison(tuple(agent), tuple(plain), weeks)


def _opening(situation: Situation, seed: int) -> ShopSimulator:
    terms = situation.terms
    usual = demand_rate(situation, situation.sales.shape[1])[:, None]
    history = np.where(situation.in_stock, situation.sales, np.maximum(situation.sales, usual))
    source = BootstrappedDemand(history, terms.price, np.zeros(len(terms)), seed)
    orders = situation.open_orders
    simulator = ShopSimulator(
        terms=terms,
        source=source,
        seed=seed,
        on_hand=situation.on_hand.copy(),
        day=situation.day,
        sales=[column.astype(np.int64) for column in situation.sales.T],
        in_stock=list(situation.in_stock.T),
        review_days=situation.review_days,
        open_line=orders.line,
        open_quantity=orders.quantity,
        open_placed=situation.day - orders.age_days,
    )
    simulator.open_arrives = np.maximum(
        simulator.open_placed + terms.mean_lead_days[orders.line].round().astype(np.int64), situation.day
    )
    return simulator


def _live(simulator: ShopSimulator, policy: OrderPolicy, weeks: int, budget: float | None) -> Outcome:
    values = []
    for day in range(weeks * DAYS_A_WEEK):
        if day % simulator.review_days == 0:
            simulator.order(policy.quantities(simulator.observe(budget=budget)))
        simulator.step()
        values.append(float(simulator.on_hand @ simulator.terms.unit_cost))
    return Outcome(operating_profit(simulator), simulator.accounts.fill_rate, float(np.mean(values)))
