"""Outlook of an order: the possible futures of stock and demand until the next order can arrive.

An order placed now arrives on its own day; the next order, placed at the next review, arrives later. Between
the two arrivals (the *exposure*) this order decides what can be sold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numba
import numpy as np
from numpy.random import Generator

from maestro.packs.retail.order_policy import FloatArray, IntArray, Situation, sampled_days


@dataclass(frozen=True)
class PossibleDemand:
    """Possible demand of n lines in s futures each.

    Args:
        daily: pieces wanted on each coming day, shape [n, s, days]; at least one review and the longest lead
            time.
        total: pieces wanted over the next `total_days`, shape [n, s].
        total_days: how many days `total` covers: to the end of selling where it is known, else as far as is
            looked.
    """

    daily: FloatArray
    total: FloatArray
    total_days: int


@dataclass(frozen=True)
class Arrivals:
    """Days from now on which goods arrive in each future; 0 is this morning.

    Args:
        this: of an order placed now, shape [n, s].
        following: of the order placed at the next review, shape [n, s].
        under_way: of the open orders, shape [orders, s].
    """

    this: IntArray
    following: IntArray
    under_way: IntArray

    @staticmethod
    def drawn(situation: Situation, futures: int, rng: Generator) -> Arrivals:
        """Drawn from the lead times, those of open orders given that they have not arrived so far."""
        chance = situation.terms.lead_time_chance
        shape = (len(chance), futures)
        return Arrivals(
            this=sampled_days(chance, rng.random(shape)),
            following=situation.review_days + sampled_days(chance, rng.random(shape)),
            under_way=_remaining_days(situation, rng.random((len(situation.open_orders.line), futures))),
        )


@dataclass(frozen=True)
class Outlook:
    """Possible futures of n lines as far as one order matters; s futures a line, all arrays [n, s].

    Args:
        stock_at_arrival: pieces still on the shelf when the order arrives, with all earlier orders arrived.
        demand: pieces wanted from that arrival until the next order can arrive.
        exposure_days: days between the two arrivals.
        demand_before: pieces wanted from now until this order arrives.
        days_before: days from now until this order arrives.
        unserved_before: pieces wanted before the order arrives that cannot be served whatever is ordered.
        rest_demand: pieces wanted afterwards, over `rest_days`.
        rest_days: days afterwards that `rest_demand` speaks of.
        selling_ends: whether nothing is sold after these rest days.
    """

    stock_at_arrival: FloatArray
    demand: FloatArray
    exposure_days: FloatArray
    demand_before: FloatArray
    days_before: FloatArray
    unserved_before: FloatArray
    rest_demand: FloatArray
    rest_days: FloatArray
    selling_ends: bool

    @property
    def stockout_chance(self) -> FloatArray:
        """Chance of running out before the next order can arrive if nothing is ordered now, shape [n]."""
        short = (self.unserved_before > 0) | (self.demand > self.stock_at_arrival)
        return np.asarray(short.mean(axis=1))

    @property
    def demand_until_next_order(self) -> FloatArray:
        """Pieces wanted from now until the next order can arrive, shape [n, s]."""
        return self.demand_before + self.demand

    @property
    def cover_days(self) -> FloatArray:
        """Expected days from now until the next order can arrive, shape [n]."""
        return np.asarray((self.days_before + self.exposure_days).mean(axis=1))

    def with_rest_demand(self, pieces: FloatArray) -> Outlook:
        """The same outlook with later demand as given, shape [n], in every future.

        A gain is measured once the next order could arrive; what sells later is not known by then, so
        neither the prediction nor the measurement of a gain may depend on its chance.
        """
        same = np.broadcast_to(pieces[:, None], self.rest_demand.shape)
        return replace(self, rest_demand=np.ascontiguousarray(same))


def outlook_of(situation: Situation, demand: PossibleDemand, arrivals: Arrivals) -> Outlook:
    """What happens until the next order can arrive, in each future, before anything is ordered now."""
    limit = demand.daily.shape[2]
    if situation.days_left is not None:
        limit = min(limit, situation.days_left)
    following = np.minimum(np.maximum(arrivals.following, arrivals.this + 1), limit)
    this = np.minimum(arrivals.this, limit)
    orders = situation.open_orders
    stock, wanted, unserved, spent = _run_until_next_order(
        situation.on_hand.astype(np.float64),
        np.ascontiguousarray(demand.daily),
        np.stack([this, following], axis=2),
        np.stack([orders.line, orders.quantity], axis=1),
        arrivals.under_way,
    )
    return Outlook(
        stock_at_arrival=stock,
        demand=wanted,
        exposure_days=(following - this).astype(np.float64),
        demand_before=spent - wanted,
        days_before=this.astype(np.float64),
        unserved_before=unserved,
        rest_demand=np.maximum(demand.total - spent, 0.0),
        rest_days=np.maximum(demand.total_days - following, 0).astype(np.float64),
        selling_ends=situation.days_left is not None,
    )


def _remaining_days(situation: Situation, draw: FloatArray) -> IntArray:
    """Days until each open order arrives; an order later than thought possible arrives now."""
    orders, terms = situation.open_orders, situation.terms
    width = terms.lead_time_chance.shape[1]
    total = np.arange(width)[None, :]
    chance = np.where(total >= orders.age_days[:, None], terms.lead_time_chance[orders.line], 0.0)
    chance[chance.sum(axis=1) == 0, width - 1] = 1.0
    chance /= chance.sum(axis=1, keepdims=True)
    return np.asarray(np.maximum(sampled_days(chance, draw) - orders.age_days[:, None], 0))


@numba.njit(cache=True)  # pragma: no cover
def _run_until_next_order(on_hand, daily, arrives, orders, order_days):  # type: ignore[no-untyped-def]
    """Day by day in each future: goods under way arrive, customers take what there is."""
    n, s, _ = daily.shape
    stock_at_arrival = np.zeros((n, s))
    demand = np.zeros((n, s))
    unserved = np.zeros((n, s))
    spent = np.zeros((n, s))
    for i in range(n):
        mine = np.flatnonzero(orders[:, 0] == i)
        for j in range(s):
            stock = on_hand[i]
            this, following = arrives[i, j]
            for m in mine:
                if order_days[m, j] > this:
                    stock_at_arrival[i, j] += orders[m, 1]
            for day in range(following):
                wanted = daily[i, j, day]
                spent[i, j] += wanted
                if day == this:
                    stock_at_arrival[i, j] += stock
                for m in mine:
                    if order_days[m, j] == day and day <= this:
                        stock += orders[m, 1]
                        if day == this:
                            stock_at_arrival[i, j] += orders[m, 1]
                if day < this:
                    sold = min(stock, wanted)
                    unserved[i, j] += wanted - sold
                    stock -= sold
                else:
                    demand[i, j] += wanted
            if following <= this:
                stock_at_arrival[i, j] += stock
    return stock_at_arrival, demand, unserved, spent
