"""Measuring an order: what it was worth against another quantity, on what really came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maestro.packs.retail.inventory_value import order_worth
from maestro.packs.retail.order_outlook import Arrivals, PossibleDemand, outlook_of
from maestro.packs.retail.order_policy import FloatArray, LineTerms, OpenOrders, Situation


@dataclass(frozen=True)
class Realised:
    """What came about for one line after a decision; days are counted from its morning.

    Args:
        on_hand: pieces in stock at the decision.
        under_way: (pieces, days until they arrived) of each earlier order.
        arrives: days until an order of that morning arrived.
        following: days until an order of the next review arrived.
        demand: pieces wanted on each day, at least `following` days.
        rest_demand, rest_days: what was expected to sell later, as the prediction took it.
    """

    on_hand: int
    under_way: Sequence[tuple[int, int]]
    arrives: int
    following: int
    demand: FloatArray
    rest_demand: float
    rest_days: float


def realised_gain(terms: LineTerms, quantity: int, instead: int, realised: Realised) -> float:
    """Worth of ordering `quantity` less that of ordering `instead`, in money; the formula of the prediction.

    Args:
        terms: of this one line.
    """
    count = len(realised.under_way)
    situation = Situation(
        day=0,
        terms=terms,
        sales=np.zeros((1, 0)),
        in_stock=np.ones((1, 0), dtype=np.bool_),
        on_hand=np.array([realised.on_hand], dtype=np.int64),
        open_orders=OpenOrders(
            np.zeros(count, dtype=np.int64),
            np.array([pieces for pieces, _ in realised.under_way], dtype=np.int64),
            np.zeros(count, dtype=np.int64),
        ),
    )
    following = max(realised.following, realised.arrives + 1)
    demand = PossibleDemand(
        daily=np.asarray(realised.demand[:following], dtype=np.float64)[None, None, :],
        total=np.zeros((1, 1)),
        total_days=following + round(realised.rest_days),
    )
    arrivals = Arrivals(
        this=np.array([[realised.arrives]], dtype=np.int64),
        following=np.array([[following]], dtype=np.int64),
        under_way=np.array([[days] for _, days in realised.under_way], dtype=np.int64).reshape(count, 1),
    )
    outlook = outlook_of(situation, demand, arrivals).with_rest_demand(np.array([realised.rest_demand]))
    mine, other = (
        order_worth(outlook, terms, np.array([pieces], dtype=np.int64)) for pieces in (quantity, instead)
    )
    return float(mine[0, 0] - other[0, 0])
