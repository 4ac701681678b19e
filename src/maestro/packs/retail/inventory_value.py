"""Inventory value: what an order is worth, as profit with lost sales plus the value of what is left over.

One formula for three uses: choosing a quantity (in expectation over possible futures), predicting the gain
over the baseline's quantity (with an interval), and measuring that gain on what really happened.

What is left when the next order can arrive saves buying the same pieces again. That saving follows the
relative value function of the economic order quantity (Harris, 1913): the k-th piece left is worth its unit
cost and its share of the cost of ordering, less holding until it is sold, and never less than it returns as
salvage; a piece that is not sold before a known end of selling returns salvage only.
"""

from __future__ import annotations

import numba
import numpy as np

from maestro.packs.retail.order_outlook import Outlook
from maestro.packs.retail.order_policy import DAYS_A_WEEK, FloatArray, IntArray, LineTerms

_PRICE = 0
_NOTHING = 1e-9


def order_worth(outlook: Outlook, terms: LineTerms, quantity: IntArray) -> FloatArray:
    """Worth of ordering `quantity` [n] in each future, money, shape [n, s]; only differences count."""
    return np.asarray(_worth_of_all(quantity, _futures(outlook), _costs(terms), outlook.selling_ends))


def best_quantity(
    outlook: Outlook, terms: LineTerms, *, margin_weight: float = 1.0, money_price: float = 0.0
) -> IntArray:
    """The quantity of greatest expected worth for each line, shape [n]; whole packs, or 0.

    The worth is concave in the quantity but for the cost of ordering at all, so a ternary search over whole
    packs finds the best order, which is then compared with none. No future is bought for beyond the days
    that the outlook speaks of.

    Args:
        margin_weight: how many times its margin a lost sale costs; above 1 where customers do not come back.
        money_price: what spending one unit of money costs on top, where a budget binds.
    """
    costs = _costs(terms)
    costs[:, _PRICE] = terms.unit_cost + (terms.price - terms.unit_cost) * margin_weight
    packs = np.stack([terms.min_order, terms.pack_size], axis=1)
    spend = money_price * terms.unit_cost
    return np.asarray(_best_of_all(packs, spend, _futures(outlook), costs, outlook.selling_ends))


def _futures(outlook: Outlook) -> FloatArray:
    """The outlook as one array for the compiled loops, shape [n, s, 5]."""
    parts = [
        outlook.stock_at_arrival,
        outlook.demand,
        outlook.exposure_days,
        outlook.rest_demand,
        outlook.rest_days,
    ]
    return np.stack(parts, axis=2)


def _costs(terms: LineTerms) -> FloatArray:
    """The costs a piece as one array for the compiled loops, shape [n, 5]."""
    holding_a_day = terms.unit_cost * terms.holding_rate_per_week / DAYS_A_WEEK
    salvage = terms.salvage_share * terms.unit_cost
    return np.stack([terms.price, terms.unit_cost, terms.order_cost, holding_a_day, salvage], axis=1)


@numba.njit(cache=True)
def _left_over_worth(left, rest, rest_days, costs, ends):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Worth of pieces left: sold at an even pace, each saves its cost and a share of ordering."""
    _, cost, order, hold, salvage = costs
    if left <= 0:
        return 0.0
    if rest_days <= 0 or rest <= _NOTHING:
        return left * (salvage - hold * rest_days)
    pace = rest / rest_days
    saved = cost + np.sqrt(2.0 * order * hold / pace)
    useful = left
    if ends:
        useful = min(useful, rest)
    elif hold > 0:
        useful = min(useful, max(saved - salvage, 0.0) * pace / hold)
    worth = useful * saved - hold * useful * useful / (2.0 * pace)
    return worth + (left - useful) * (salvage - (hold * rest_days if ends else 0.0))


@numba.njit(cache=True)
def _worth(quantity, future, costs, ends):  # type: ignore[no-untyped-def]  # pragma: no cover
    stock, demand, days, rest, rest_days = future
    price, cost, order, hold, _ = costs
    ready = stock + quantity
    sold = min(ready, demand)
    left = ready - sold
    worth = price * sold - cost * quantity - hold * days * (ready + left) / 2.0
    if quantity > 0:
        worth -= order
    return worth + _left_over_worth(left, rest, rest_days, costs, ends)


@numba.njit(cache=True)
def _worth_of_all(quantity, futures, costs, ends):  # type: ignore[no-untyped-def]  # pragma: no cover
    n, s, _ = futures.shape
    worth = np.zeros((n, s))
    for i in range(n):
        for j in range(s):
            worth[i, j] = _worth(quantity[i], futures[i, j], costs[i], ends)
    return worth


@numba.njit(cache=True)
def _mean_worth(quantity, futures, costs, ends):  # type: ignore[no-untyped-def]  # pragma: no cover
    total = 0.0
    for j in range(futures.shape[0]):
        total += _worth(quantity, futures[j], costs, ends)
    return total / futures.shape[0]


@numba.njit(cache=True)
def _best_of_all(packs, spend, futures, costs, ends):  # type: ignore[no-untyped-def]  # pragma: no cover
    n = futures.shape[0]
    best = np.zeros(n, dtype=np.int64)
    for i in range(n):
        smallest, pack = packs[i]
        reach = 0.0
        for j in range(futures.shape[1]):
            reach = max(reach, futures[i, j, 1] + futures[i, j, 3] - futures[i, j, 0])
        first = max(1, int(np.ceil(smallest / pack)))
        last = max(first, int(np.ceil(reach / pack)))
        while last - first > 2:
            left = (first + (last - first) // 3) * pack
            right = (last - (last - first) // 3) * pack
            less = _mean_worth(left, futures[i], costs[i], ends) - spend[i] * left
            more = _mean_worth(right, futures[i], costs[i], ends) - spend[i] * right
            if less < more:
                first = left // pack + 1
            else:
                last = right // pack
        highest = _mean_worth(0, futures[i], costs[i], ends)
        for count in range(first, last + 1):
            worth = _mean_worth(count * pack, futures[i], costs[i], ends) - spend[i] * count * pack
            if worth > highest + 1e-9:
                highest = worth
                best[i] = count * pack
    return best
