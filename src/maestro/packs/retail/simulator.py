"""Simulator of a shop's future: customers, lost sales, late suppliers, stock and profit, a day at a time.

All chance comes from the demand source and from one lead time per line and day of ordering, both fixed by a
seed and the day number alone. So two shops that order differently meet the same customers and the same
suppliers (common random numbers), a copy continues exactly as the original would, and a saved shop resumes
after a restart.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.random import default_rng

from maestro.packs.retail.demand_source import DemandSource
from maestro.packs.retail.order_policy import (
    DAYS_A_WEEK,
    BoolArray,
    FloatArray,
    IntArray,
    LineTerms,
    OpenOrders,
    OrderPolicy,
    Situation,
    sampled_days,
)

_SUPPLIER_STREAM = 21


@dataclass(frozen=True)
class DayResult:
    """What happened on one day, pieces by line, shape [n] each."""

    day: int
    wanted: IntArray
    sold: IntArray
    arrived: IntArray

    @property
    def lost(self) -> IntArray:
        """Pieces that customers wanted and did not get."""
        return self.wanted - self.sold


@dataclass
class Accounts:
    """Money and pieces by line since the accounts were opened, shape [n] each."""

    revenue: FloatArray
    purchases: FloatArray
    holding: FloatArray
    ordering: FloatArray
    wanted: FloatArray
    sold: FloatArray

    @staticmethod
    def opened(n: int) -> Accounts:
        """Fresh accounts for n lines."""
        return Accounts(*(np.zeros(n) for _ in range(6)))

    @property
    def profit(self) -> FloatArray:
        """Revenue less purchases, holding and ordering cost, shape [n]; left-over stock is not valued."""
        return self.revenue - self.purchases - self.holding - self.ordering

    @property
    def fill_rate(self) -> float:
        """Share of the pieces wanted that were sold."""
        return float(self.sold.sum() / max(self.wanted.sum(), 1.0))


@dataclass
class ShopSimulator:
    """A shop as an environment: look at it, order, let a day pass.

    Args:
        terms: the lines and their costs.
        source: the customers.
        seed: decides the suppliers' lead times.
        on_hand: pieces in stock in the morning, shape [n].
        day: number of the coming day.
        history: pieces sold on the days before, shape [n, day]; with `in_stock` of the same shape.
        selling_days: day number after which nothing is sold any more, where the end is known.
        records_demand: the record shows what customers wanted even where the shelf was empty, as when a
            real record is replayed; otherwise it shows what was sold.
    """

    terms: LineTerms
    source: DemandSource
    seed: int
    on_hand: IntArray
    day: int = 0
    sales: list[IntArray] = field(default_factory=list)
    in_stock: list[BoolArray] = field(default_factory=list)
    price: FloatArray = field(default_factory=lambda: np.zeros(0))
    ends_on_day: int | None = None
    review_days: int = DAYS_A_WEEK
    records_demand: bool = False
    accounts: Accounts = field(default_factory=lambda: Accounts.opened(0))
    open_line: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    open_quantity: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    open_placed: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    open_arrives: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if len(self.price) == 0:
            self.price = self.terms.price.copy()
        if len(self.accounts.revenue) == 0:
            self.accounts = Accounts.opened(len(self.terms))

    def observe(self, *, budget: float | None = None) -> Situation:
        """What a reordering rule may know this morning."""
        n = len(self.terms)
        sales = np.stack(self.sales, axis=1).astype(np.float64) if self.sales else np.zeros((n, 0))
        in_stock = np.stack(self.in_stock, axis=1) if self.in_stock else np.ones((n, 0), dtype=np.bool_)
        return Situation(
            day=self.day,
            terms=self.terms,
            sales=sales,
            in_stock=in_stock,
            on_hand=self.on_hand.copy(),
            open_orders=OpenOrders(
                self.open_line.copy(), self.open_quantity.copy(), self.day - self.open_placed
            ),
            review_days=self.review_days,
            days_left=None if self.ends_on_day is None else self.ends_on_day - self.day,
            budget=budget,
        )

    def lead_times(self, day: int) -> IntArray:
        """How long an order of each line placed on this day takes, in days, whoever places it, shape [n]."""
        chance = default_rng([self.seed, _SUPPLIER_STREAM, day]).random((len(self.terms), 1))
        return sampled_days(self.terms.lead_time_chance, chance)[:, 0]

    def order(self, quantity: IntArray) -> None:
        """Place one order line for each line with a quantity above 0; paid for when placed."""
        lines = np.flatnonzero(quantity > 0)
        pieces = quantity[lines].astype(np.int64)
        self.open_line = np.append(self.open_line, lines)
        self.open_quantity = np.append(self.open_quantity, pieces)
        self.open_placed = np.append(self.open_placed, np.full(len(lines), self.day))
        self.open_arrives = np.append(self.open_arrives, self.day + self.lead_times(self.day)[lines])
        self.accounts.purchases[lines] += pieces * self.terms.unit_cost[lines]
        self.accounts.ordering[lines] += self.terms.order_cost[lines]

    def step(self) -> DayResult:
        """Let one day pass: goods arrive, customers come, what is left costs a day of holding."""
        n = len(self.terms)
        here = self.open_arrives <= self.day
        arrived = np.bincount(self.open_line[here], self.open_quantity[here], n).astype(np.int64)
        self._keep_open(~here)
        stock = self.on_hand + arrived
        wanted = self.source.wanted(self.day, self.price)
        sold = np.minimum(wanted, stock)
        self.on_hand = stock - sold
        self._book(wanted, sold)
        self.sales.append(wanted if self.records_demand else sold)
        self.in_stock.append(np.ones(n, dtype=np.bool_) if self.records_demand else self.on_hand > 0)
        self.day += 1
        return DayResult(self.day - 1, wanted, sold, arrived)

    def run(self, policy: OrderPolicy, days: int) -> None:
        """Let `days` pass, asking `policy` for an order on the first and then every review."""
        for passed in range(days):
            if passed % self.review_days == 0:
                self.order(policy.quantities(self.observe()))
            self.step()

    def fork(self) -> ShopSimulator:
        """A copy that goes its own way from here and meets the same customers and suppliers."""
        other = copy.copy(self)
        other.on_hand, other.price = self.on_hand.copy(), self.price.copy()
        other.sales, other.in_stock = list(self.sales), list(self.in_stock)
        other.accounts = copy.deepcopy(self.accounts)
        return other

    def leftover_value(self) -> FloatArray:
        """What stock and orders under way return if selling ended now, by line, shape [n]."""
        pieces = self.on_hand + np.bincount(self.open_line, self.open_quantity, len(self.terms))
        return np.asarray(pieces * self.terms.unit_cost * self.terms.salvage_share)

    def _keep_open(self, keep: BoolArray) -> None:
        self.open_line, self.open_quantity = self.open_line[keep], self.open_quantity[keep]
        self.open_placed, self.open_arrives = self.open_placed[keep], self.open_arrives[keep]

    def _book(self, wanted: IntArray, sold: IntArray) -> None:
        holding_a_day = self.terms.unit_cost * self.terms.holding_rate_per_week / DAYS_A_WEEK
        self.accounts.revenue += sold * self.price
        self.accounts.holding += self.on_hand * holding_a_day
        self.accounts.wanted += wanted
        self.accounts.sold += sold
