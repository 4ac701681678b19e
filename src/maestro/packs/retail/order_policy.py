"""What every reordering rule sees and answers: the terms of each line, the situation of the shop, the order.

A *line* is one product at one location. All arrays run over the n lines of a shop, in one fixed order, so
that a rule is a pure function from a `Situation` to a quantity per line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from maestro.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DAYS_A_WEEK = 7


@dataclass(frozen=True)
class LineTerms:
    """What is agreed or known about each of n lines, money in the shop's currency, pieces as units.

    Args:
        price: selling price a piece, shape [n].
        unit_cost: buying price a piece, shape [n].
        order_cost: what placing one order line costs, whatever its size, shape [n].
        holding_rate_per_week: cost of keeping a piece in stock a week, as a share of its unit cost, shape
            [n].
        salvage_share: share of the unit cost that a piece nobody will buy still returns, shape [n].
        min_order: smallest quantity the supplier accepts, shape [n].
        pack_size: orders come in multiples of this, shape [n].
        lead_time_chance: chance that an order arrives k days after it was placed, shape [n, K]; rows sum to
            1; column 0 is 0 because nothing arrives on the day of its order.
        product, location, supplier: identities of the line, shape [n].
    """

    price: FloatArray
    unit_cost: FloatArray
    order_cost: FloatArray
    holding_rate_per_week: FloatArray
    salvage_share: FloatArray
    min_order: IntArray
    pack_size: IntArray
    lead_time_chance: FloatArray
    product: IntArray
    location: IntArray
    supplier: IntArray

    def __post_init__(self) -> None:
        n = len(self.price)
        for name, values in self.__dict__.items():
            if len(values) != n:
                raise InputError(f"{name} has {len(values)} lines where price has {n}.")
        if np.any(self.pack_size < 1) or np.any(self.min_order < 0):
            raise InputError("A pack holds at least one piece and a minimum order is not negative.")
        if np.any(self.lead_time_chance[:, 0] != 0) or not np.allclose(
            self.lead_time_chance.sum(axis=1), 1.0
        ):
            raise InputError("Each row of lead_time_chance must sum to 1 with nothing on day 0.")

    def __len__(self) -> int:
        return len(self.price)

    @property
    def mean_lead_days(self) -> FloatArray:
        """Expected days from order to arrival, shape [n]."""
        return self.lead_time_chance @ np.arange(self.lead_time_chance.shape[1], dtype=np.float64)

    @property
    def longest_lead_days(self) -> IntArray:
        """The last day on which an order may still arrive, shape [n]."""
        width = self.lead_time_chance.shape[1]
        return np.asarray(width - 1 - np.argmax(self.lead_time_chance[:, ::-1] > 0, axis=1))

    def take(self, lines: IntArray) -> LineTerms:
        """The terms of some of the lines, in the order asked for."""
        return LineTerms(**{name: values[lines] for name, values in self.__dict__.items()})


def uniform_lead_time(low_days: int, high_days: int, n: int, *, width: int | None = None) -> FloatArray:
    """Chances [n, width] of a lead time that is any whole day from `low_days` to `high_days` alike."""
    if not 1 <= low_days <= high_days:
        raise InputError(f"A lead time of {low_days} to {high_days} days is impossible.")
    chance = np.zeros((n, width or high_days + 1))
    chance[:, low_days : high_days + 1] = 1.0 / (high_days + 1 - low_days)
    return chance


def sampled_days(chance: FloatArray, draw: FloatArray) -> IntArray:
    """Days with the given chances [n, K] at uniform draws [n, s], by the inverse distribution function."""
    below = np.cumsum(chance, axis=1)
    width = chance.shape[1]
    days = np.zeros(draw.shape, dtype=np.int64)
    for k in range(width - 1):
        days += draw >= below[:, k : k + 1] - 1e-12
    longest = width - 1 - np.argmax(chance[:, ::-1] > 0, axis=1)
    return np.asarray(np.minimum(days, longest[:, None]))


@dataclass(frozen=True)
class OpenOrders:
    """Orders under way, one entry an order line: which line, how many pieces, placed how many days ago."""

    line: IntArray
    quantity: IntArray
    age_days: IntArray

    @staticmethod
    def none() -> OpenOrders:
        """No order is under way."""
        empty = np.zeros(0, dtype=np.int64)
        return OpenOrders(empty, empty, empty)

    def pieces(self, n: int) -> IntArray:
        """Pieces under way for each of n lines."""
        return np.bincount(self.line, weights=self.quantity, minlength=n).astype(np.int64)


@dataclass(frozen=True)
class Situation:
    """All that a reordering rule may know in the morning of `day`: past and present, never the future.

    Args:
        day: number of the coming day; the histories hold the days before it.
        terms: the terms of the n lines.
        sales: pieces sold on each past day, shape [n, days].
        in_stock: False where the shelf ran empty that day, so that sales say less than demand, shape [n,
            days].
        on_hand: pieces in stock, shape [n].
        open_orders: orders under way.
        review_days: days until the next chance to order.
        days_left: days of selling left, counting today, where the end is known.
        budget: the most that this order may cost in all, where there is a limit.
    """

    day: int
    terms: LineTerms
    sales: FloatArray
    in_stock: BoolArray
    on_hand: IntArray
    open_orders: OpenOrders = field(default_factory=OpenOrders.none)
    review_days: int = DAYS_A_WEEK
    days_left: int | None = None
    budget: float | None = None

    @property
    def on_order(self) -> IntArray:
        """Pieces under way, shape [n]."""
        return self.open_orders.pieces(len(self.terms))

    @property
    def position(self) -> IntArray:
        """Pieces in stock and under way, shape [n]."""
        return self.on_hand + self.on_order

    def with_budget(self, budget: float | None) -> Situation:
        """The same situation under another limit on what the order may cost."""
        return replace(self, budget=budget)


class OrderPolicy(Protocol):
    """A reordering rule: the baselines, the clairvoyant and Maestro's own policy answer the same question."""

    @property
    def name(self) -> str:
        """The rule in a few plain words."""
        ...

    def quantities(self, situation: Situation) -> IntArray:
        """Pieces to order now of each line, shape [n]; whole packs, at least the minimum order, or 0."""
        ...


def whole_packs(quantity: FloatArray, terms: LineTerms) -> IntArray:
    """Wanted pieces as the supplier accepts them: up to whole packs and the minimum order; 0 stays 0."""
    wanted = np.ceil(np.round(quantity, 6))
    packs = np.ceil(np.maximum(wanted, terms.min_order) / terms.pack_size) * terms.pack_size
    return np.where(wanted > 0, packs, 0).astype(np.int64)


def arrival_in_time(situation: Situation) -> BoolArray:
    """Whether an order placed now can still arrive before selling ends, shape [n]."""
    if situation.days_left is None:
        return np.ones(len(situation.terms), dtype=np.bool_)
    return np.asarray(np.argmax(situation.terms.lead_time_chance > 0, axis=1) < situation.days_left)


def demand_rate(situation: Situation, window_days: int) -> FloatArray:
    """Pieces wanted a day over the last `window_days`, shape [n]; days with an empty shelf are left out."""
    sales = situation.sales[:, -window_days:]
    open_days = situation.in_stock[:, -window_days:]
    return np.asarray((sales * open_days).sum(axis=1) / np.maximum(open_days.sum(axis=1), 1))
