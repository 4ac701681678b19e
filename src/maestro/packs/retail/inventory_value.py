"""What an order is worth: profit with lost sales until the next order can arrive, and what is then left over.

One formula for three uses: choosing a quantity (in expectation over possible futures), predicting the gain over the
baseline's quantity (with an interval), and measuring that gain on what really happened.

An order placed now arrives on its own day; the next order placed at the next review arrives later. Between the two
arrivals (the *exposure*) this order decides what can be sold. What is left at the end of it saves buying the same
pieces again later. That saving follows the relative value function of the economic order quantity (Harris, 1913):
the k-th piece left is worth its unit cost plus its share of ordering, less holding until it is sold, never less than
what it returns as salvage; and a piece that is not sold before a known end returns salvage only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.random import Generator

from maestro.packs.retail.order_policy import (
    DAYS_A_WEEK,
    FloatArray,
    IntArray,
    LineTerms,
    Situation,
)


@dataclass(frozen=True)
class Outlook:
    """Possible futures of n lines as far as one order matters; s futures a line, all arrays [n, s].

    Args:
        stock_at_arrival: pieces still on the shelf when the order arrives, with all earlier orders arrived.
        demand: pieces wanted from that arrival until the next order can arrive.
        exposure_days: days between the two arrivals.
        unserved_before: pieces wanted before the order arrives that cannot be served whatever is ordered.
        rest_demand: pieces wanted afterwards, over `rest_days`.
        rest_days: days afterwards that `rest_demand` speaks of, up to the end of selling where it is known.
        selling_ends: whether nothing is sold after these rest days.
    """

    stock_at_arrival: FloatArray
    demand: FloatArray
    exposure_days: FloatArray
    unserved_before: FloatArray
    rest_demand: FloatArray
    rest_days: FloatArray
    selling_ends: bool

    @property
    def stockout_chance(self) -> FloatArray:
        """Chance of running out before the next order can arrive if nothing is ordered now, shape [n]."""
        short = (self.unserved_before > 0) | (self.demand > self.stock_at_arrival)
        return np.asarray(short.mean(axis=1))


def order_worth(outlook: Outlook, terms: LineTerms, quantity: IntArray) -> FloatArray:
    """Worth of ordering `quantity` [n] in each future, money, shape [n, s]; 0 pieces and no sales are worth 0."""
    return np.asarray(
        _worth_of_all(quantity.astype(np.float64), *_future_arrays(outlook), *_cost_arrays(terms))
    )


def best_quantity(outlook: Outlook, terms: LineTerms, *, margin_weight: float = 1.0) -> IntArray:
    """The quantity of greatest expected worth for each line, shape [n]; whole packs from the minimum order, or 0.

    The worth is concave in the quantity but for the cost of ordering at all, so a ternary search over whole packs
    finds the best order, which is then compared with none.

    Args:
        margin_weight: how many times its margin a lost sale costs; above 1 where customers do not come back.
    """
    result = _best_of_all(
        terms.min_order,
        terms.pack_size,
        margin_weight,
        *_future_arrays(outlook),
        *_cost_arrays(terms),
    )
    return np.asarray(result)


def outlook_of_paths(
    situation: Situation, daily: FloatArray, rest_total: FloatArray, rest_days: int, rng: Generator
) -> Outlook:
    """The outlook for sampled demand, with lead times drawn at random.

    Args:
        daily: possible demand on each coming day, shape [n, s, days]; at least one review plus the longest lead.
        rest_total: possible demand over all the days that are looked at, shape [n, s].
        rest_days: how many days `rest_total` covers.
        rng: draws the lead times.
    """
    n, s, days = daily.shape
    terms = situation.terms
    arrives = sampled_days(terms.lead_time_chance, rng.random((n, s)))
    following = situation.review_days + sampled_days(terms.lead_time_chance, rng.random((n, s)))
    orders = situation.open_orders
    remaining = _remaining_days(situation, rng.random((len(orders.line), s)))
    return outlook_of_days(situation, daily, rest_total, rest_days, arrives, following, remaining)


def outlook_of_days(
    situation: Situation,
    daily: FloatArray,
    rest_total: FloatArray,
    rest_days: int,
    arrives: IntArray,
    following: IntArray,
    remaining: IntArray,
) -> Outlook:
    """The outlook where the days of arrival are given: of this order and the next [n, s], of open orders [m, s]."""
    limit = daily.shape[2]
    if situation.days_left is not None:
        limit = min(limit, situation.days_left)
    following = np.minimum(np.maximum(following, arrives + 1), limit)
    arrives = np.minimum(arrives, limit)
    stock, demand, unserved, spent = _run_until_next_order(
        situation.on_hand.astype(np.float64),
        np.ascontiguousarray(daily),
        arrives,
        following,
        situation.open_orders.line,
        situation.open_orders.quantity.astype(np.float64),
        remaining,
    )
    return Outlook(
        stock_at_arrival=stock,
        demand=demand,
        exposure_days=(following - arrives).astype(np.float64),
        unserved_before=unserved,
        rest_demand=np.maximum(rest_total - spent, 0.0),
        rest_days=np.maximum(rest_days - following, 0).astype(np.float64),
        selling_ends=situation.days_left is not None,
    )


def sampled_days(chance: FloatArray, draw: FloatArray) -> IntArray:
    """Days with the given chances [n, K] at uniform draws [n, s], by the inverse distribution function."""
    below = np.cumsum(chance, axis=1)
    width = chance.shape[1]
    days = np.zeros(draw.shape, dtype=np.int64)
    for k in range(width - 1):
        days += draw >= below[:, k : k + 1] - 1e-12
    longest = width - 1 - np.argmax(chance[:, ::-1] > 0, axis=1)
    return np.minimum(days, longest[:, None])


def _remaining_days(situation: Situation, draw: FloatArray) -> IntArray:
    """Days until each open order arrives (0 is this morning), given that it has not arrived so far."""
    orders, terms = situation.open_orders, situation.terms
    width = terms.lead_time_chance.shape[1]
    total = np.arange(width)[None, :]
    chance = np.where(total >= orders.age_days[:, None], terms.lead_time_chance[orders.line], 0.0)
    overdue = chance.sum(axis=1) == 0
    chance[overdue, width - 1] = 1.0
    chance /= chance.sum(axis=1, keepdims=True)
    return np.maximum(sampled_days(chance, draw) - orders.age_days[:, None], 0)


def _future_arrays(outlook: Outlook) -> tuple[FloatArray | bool, ...]:
    return (
        outlook.stock_at_arrival,
        outlook.demand,
        outlook.exposure_days,
        outlook.rest_demand,
        outlook.rest_days,
        outlook.selling_ends,
    )


def _cost_arrays(terms: LineTerms) -> tuple[FloatArray, ...]:
    holding_a_day = terms.unit_cost * terms.holding_rate_per_week / DAYS_A_WEEK
    return (
        terms.price,
        terms.unit_cost,
        terms.order_cost,
        holding_a_day,
        terms.salvage_share * terms.unit_cost,
    )


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _run_until_next_order(  # type: ignore[no-untyped-def]
    on_hand, daily, arrives, following, open_line, open_quantity, open_days
):  # pragma: no cover - compiled
    n, s, _ = daily.shape
    stock_at_arrival = np.zeros((n, s))
    demand = np.zeros((n, s))
    unserved = np.zeros((n, s))
    spent = np.zeros((n, s))
    for i in range(n):
        mine = np.flatnonzero(open_line == i)
        for j in range(s):
            stock = on_hand[i]
            for day in range(following[i, j]):
                for m in mine:
                    if open_days[m, j] == day:
                        if day <= arrives[i, j]:
                            stock += open_quantity[m]
                        else:
                            stock_at_arrival[i, j] += open_quantity[m]
                wanted = daily[i, j, day]
                spent[i, j] += wanted
                if day < arrives[i, j]:
                    sold = min(stock, wanted)
                    unserved[i, j] += wanted - sold
                    stock -= sold
                else:
                    demand[i, j] += wanted
            stock_at_arrival[i, j] += stock
            for m in mine:
                if open_days[m, j] >= following[i, j]:
                    stock_at_arrival[i, j] += open_quantity[m]
    return stock_at_arrival, demand, unserved, spent


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _left_over_worth(  # type: ignore[no-untyped-def]
    left, rest, rest_days, ends, cost, order, hold, salvage
):  # pragma: no cover - compiled
    """Worth of pieces left: sold one after another at an even pace, each saving its cost and a share of ordering."""
    if left <= 0:
        return 0.0
    if rest_days <= 0 or rest <= 0:
        return left * (salvage - hold * rest_days)
    pace = rest / rest_days
    saved = cost + np.sqrt(2.0 * order * hold / pace)
    useful = left
    if ends > 0.5:
        useful = min(useful, rest)
    elif hold > 0:
        useful = min(useful, max(saved - salvage, 0.0) * pace / hold)
    worth = useful * saved - hold * useful * useful / (2.0 * pace)
    beyond = left - useful
    return worth + beyond * (salvage - (hold * rest_days if ends > 0.5 else 0.0))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _worth(  # type: ignore[no-untyped-def]
    quantity, stock, demand, days, rest, rest_days, ends, price, cost, order, hold, salvage
):  # pragma: no cover - compiled
    ready = stock + quantity
    sold = min(ready, demand)
    left = ready - sold
    worth = price * sold - cost * quantity - hold * days * (ready + left) / 2.0
    if quantity > 0:
        worth -= order
    return worth + _left_over_worth(left, rest, rest_days, ends, cost, order, hold, salvage)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _worth_of_all(  # type: ignore[no-untyped-def]
    quantity, stock, demand, days, rest, rest_days, ends, price, cost, order, hold, salvage
):  # pragma: no cover - compiled
    n, s = demand.shape
    worth = np.zeros((n, s))
    flag = 1.0 if ends else 0.0
    for i in range(n):
        for j in range(s):
            worth[i, j] = _worth(
                quantity[i], stock[i, j], demand[i, j], days[i, j], rest[i, j], rest_days[i, j], flag,
                price[i], cost[i], order[i], hold[i], salvage[i],
            )  # fmt: skip
    return worth


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _mean_worth(  # type: ignore[no-untyped-def]
    quantity, i, stock, demand, days, rest, rest_days, flag, price, cost, order, hold, salvage
):  # pragma: no cover - compiled
    total = 0.0
    s = demand.shape[1]
    for j in range(s):
        total += _worth(
            quantity, stock[i, j], demand[i, j], days[i, j], rest[i, j], rest_days[i, j], flag,
            price[i], cost[i], order[i], hold[i], salvage[i],
        )  # fmt: skip
    return total / s


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _best_of_all(  # type: ignore[no-untyped-def]
    min_order,
    pack,
    margin_weight,
    stock,
    demand,
    days,
    rest,
    rest_days,
    ends,
    price,
    cost,
    order,
    hold,
    salvage,
):  # pragma: no cover - compiled
    n = demand.shape[0]
    best = np.zeros(n, dtype=np.int64)
    flag = 1.0 if ends else 0.0
    paid = cost + (price - cost) * margin_weight
    for i in range(n):
        low = max(1, int(np.ceil(max(min_order[i], 1) / pack[i])))
        reach = 0.0
        for j in range(demand.shape[1]):
            reach = max(reach, demand[i, j] + rest[i, j] - stock[i, j])
        first, last = low, max(low, int(np.ceil(reach / pack[i])))
        while last - first > 2:
            third = (last - first) // 3
            left, right = first + third, last - third
            a = _mean_worth(
                left * pack[i],
                i,
                stock,
                demand,
                days,
                rest,
                rest_days,
                flag,
                paid,
                cost,
                order,
                hold,
                salvage,
            )
            b = _mean_worth(
                right * pack[i],
                i,
                stock,
                demand,
                days,
                rest,
                rest_days,
                flag,
                paid,
                cost,
                order,
                hold,
                salvage,
            )
            if a < b:
                first = left + 1
            else:
                last = right
        none = _mean_worth(0, i, stock, demand, days, rest, rest_days, flag, paid, cost, order, hold, salvage)
        highest = none
        for packs in range(first, last + 1):
            worth = _mean_worth(
                packs * pack[i],
                i,
                stock,
                demand,
                days,
                rest,
                rest_days,
                flag,
                paid,
                cost,
                order,
                hold,
                salvage,
            )
            if worth > highest + 1e-9:
                highest = worth
                best[i] = packs * pack[i]
    return best
