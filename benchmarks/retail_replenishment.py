"""Replays automatic reordering on the real last twelve weeks of a shop, against the rules that others use.

Protocol: Online Retail, products with a number for a code sold on at least 100 days before 2011-09-16, lines
of 5,000 pieces or more left out; unit cost .6 of the median price, order cost 2.0 a line, weekly review,
lead time uniform 5 to 12 days, lost sales, opening stock 21 days of mean demand, leftovers worth .7 of cost
on 2011-12-08. The opening stock is charged at what leftovers return, so that profit counts what the twelve
weeks added; `uplift_pct_opening_stock_free` is the same comparison where it is not charged.

Every rule sees the same past (the record of what customers bought, up to the evening before) and meets the
same customers and lead times. Each baseline is used with the setting, and Maestro with the weight of a lost
sale, that earned most on the twelve weeks before; the uplift is against the better of the two tuned
baselines. The confidence interval resamples products and, within each draw, seeds of lead times.

Part of the uplift is that Maestro plans for the known end of selling, which the rules do not. Two more
figures, on
the first seeds, say how much: `uplift_pct_rules_told_end` where the rules order no more than their own rate
sells in the days left, and `uplift_pct_shop_goes_on` where nobody is told of an end and leftovers count at
their full cost. Rules are tuned anew for each.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from maestro.learning.forecasting.period_demand import PeriodDemand
from maestro.packs.retail.baselines import Clairvoyant, DeliveriesTimesFactor, FixedReorderPoint
from maestro.packs.retail.demand_source import ReplayedDemand
from maestro.packs.retail.order_policy import (
    FloatArray,
    IntArray,
    LineTerms,
    OrderPolicy,
    Situation,
    uniform_lead_time,
)
from maestro.packs.retail.policy_tuning import best_setting
from maestro.packs.retail.replenishment import ReplenishmentPolicy, ReplenishmentSettings
from maestro.packs.retail.simulator import ShopSimulator

FIRST_DAY, START, END = date(2010, 12, 1), date(2011, 9, 16), date(2011, 12, 8)
START_DAY = (START - FIRST_DAY).days
DAYS = (END - START).days + 1
HOLDING_PCT = (0.5, 2.0, 5.0)
SEEDS, TUNING_SEEDS = range(20), range(100, 105)
MARGIN_WEIGHTS = (1.0, 1.5, 2.0, 3.0)
SIDE_SEEDS = range(5)
SALVAGE = 0.7
RESAMPLES = 2_000


class RememberedForecasts(ReplenishmentPolicy):
    """The product's policy; a forecast made once for a morning is not made again for the next seed."""

    def __init__(self, settings: ReplenishmentSettings, known: dict[int, PeriodDemand]) -> None:
        super().__init__(settings)
        self._known = known

    def forecast(self, situation: Situation) -> PeriodDemand:
        if situation.day not in self._known:
            self._known[situation.day] = super().forecast(situation)
        return self._known[situation.day]


class ToldTheEnd:
    """A baseline that orders no more than its own rate sells in the days left."""

    def __init__(self, rule: OrderPolicy) -> None:
        self._rule = rule
        self.name = f"{rule.name}, told the end"

    def quantities(self, situation: Situation) -> IntArray:
        left = situation.days_left or 0
        if isinstance(self._rule, DeliveriesTimesFactor):
            return replace(self._rule, cover_days=min(self._rule.cover_days, left)).quantities(situation)
        assert isinstance(self._rule, FixedReorderPoint)
        most = np.maximum(np.ceil(self._rule.rate_per_day * left - situation.position), 0)
        return np.minimum(self._rule.quantities(situation), most.astype(np.int64))


class GoesOn:
    """A rule that is not told of an end; salvage is what a piece that nobody wants returns."""

    def __init__(self, rule: OrderPolicy) -> None:
        self._rule = rule
        self.name = f"{rule.name}, end unknown"

    def quantities(self, situation: Situation) -> IntArray:
        salvage = np.full(len(situation.terms), SALVAGE)
        terms = replace(situation.terms, salvage_share=salvage)
        return self._rule.quantities(replace(situation, days_left=None, terms=terms))


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def load(folder: Path) -> tuple[FloatArray, FloatArray]:
    """Pieces a day [n, days] up to the end, and the median price before the start [n]."""
    sold = pl.col("Quantity") > 0
    frame = (
        pl.read_parquet(folder / "online_retail.parquet")
        .filter(sold & (pl.col("UnitPrice") > 0) & (pl.col("Quantity") < 5000))
        .filter(pl.col("StockCode").str.contains(r"^\d{5}"))
        .with_columns(day=(pl.col("InvoiceDate").dt.date() - FIRST_DAY).dt.total_days())
        .filter(pl.col("day") < START_DAY + DAYS)
    )
    past = frame.filter(pl.col("day") < START_DAY).group_by("StockCode")
    products = (
        past.agg(price=pl.col("UnitPrice").median(), days=pl.col("day").n_unique())
        .filter(pl.col("days") >= 100)
        .sort("StockCode")
        .with_row_index("product")
    )
    lines = frame.join(products, on="StockCode")
    demand = np.zeros((len(products), START_DAY + DAYS))
    np.add.at(demand, (lines["product"].to_numpy(), lines["day"].to_numpy()), lines["Quantity"].to_numpy())
    return demand, products["price"].to_numpy()


def shop(
    record: tuple[FloatArray, FloatArray],
    start: int,
    holding_pct: float,
    seed: int,
    leftover: float = SALVAGE,
) -> ShopSimulator:
    """The shop on the morning of `start`, with its true past and an unknown future of twelve weeks."""
    demand, price = record
    n = len(price)
    one, number = np.ones(n), np.arange(n)
    terms = LineTerms(
        price=price,
        unit_cost=0.6 * price,
        order_cost=2.0 * one,
        holding_rate_per_week=holding_pct / 100 * one,
        salvage_share=leftover * one,
        min_order=np.ones(n, dtype=np.int64),
        pack_size=np.ones(n, dtype=np.int64),
        lead_time_chance=uniform_lead_time(5, 12, n),
        product=number,
        location=np.zeros(n, dtype=np.int64),
        supplier=np.zeros(n, dtype=np.int64),
    )
    past = demand[:, :start]
    return ShopSimulator(
        terms=terms,
        source=ReplayedDemand(demand[:, : start + DAYS], price, np.zeros(n)),
        seed=seed,
        on_hand=np.round(21 * past.mean(axis=1)).astype(np.int64),
        day=start,
        sales=list(past.T.astype(np.int64)),
        in_stock=list(np.ones((start, n), dtype=np.bool_)),
        ends_on_day=start + DAYS,
        records_demand=True,
    )


def fixed_points(demand: FloatArray, start: int) -> list[OrderPolicy]:
    """50 settings: rate of all the past or the last 12 weeks, 5 reorder points, 5 quantities."""
    rates = (demand[:, :start].mean(axis=1), demand[:, start - 84 : start].mean(axis=1))
    return [
        FixedReorderPoint(rate, float(point), float(quantity))
        for rate in rates
        for point in (14, 21, 28, 35, 42)
        for quantity in (7, 14, 21, 28, 42)
    ]


def deliveries() -> list[OrderPolicy]:
    """40 settings: 4 windows of deliveries, 10 spans of days to cover (days and factor are one number)."""
    return [
        DeliveriesTimesFactor(window_days=window, cover_days=float(cover))
        for window in (14, 28, 56, 91)
        for cover in (14, 16, 18, 21, 24, 28, 32, 36, 42, 49)
    ]


def profits(
    record: tuple[FloatArray, FloatArray],
    holding_pct: float,
    policy: OrderPolicy,
    *,
    seeds: range = SEEDS,
    leftover: float = SALVAGE,
) -> dict[str, Any]:
    """Profit of each seed and product [seeds, n], with the opening stock charged, and the mean fill rate."""
    earned, fill, opening = [], [], 0.0
    for seed in seeds:
        run = shop(record, START_DAY, holding_pct, seed, leftover)
        at_first = run.leftover_value()
        opening = float(at_first.sum())
        run.run(policy, DAYS)
        earned.append(run.accounts.profit + run.leftover_value() - at_first)
        fill.append(run.accounts.fill_rate)
    return {
        "profit": np.array(earned),
        "fill": float(np.mean(fill)),
        "name": policy.name,
        "opening": opening,
    }


def tuned_rules(
    record: tuple[FloatArray, FloatArray],
    holding_pct: float,
    wrap: Callable[[OrderPolicy], OrderPolicy] = lambda rule: rule,
    leftover: float = SALVAGE,
) -> dict[str, OrderPolicy]:
    """Each baseline with the setting that earned most on the twelve weeks before."""
    start = START_DAY - DAYS
    before = [shop(record, start, holding_pct, seed, leftover) for seed in TUNING_SEEDS]
    families = {
        "fixed_reorder_point": (fixed_points(record[0], start), fixed_points(record[0], START_DAY)),
        "deliveries_times_factor": (deliveries(), deliveries()),
    }
    return {
        name: wrap(now[best_setting([[wrap(rule)] * len(before) for rule in then], before, DAYS)])
        for name, (then, now) in families.items()
    }


def side_uplift(
    record: tuple[FloatArray, FloatArray],
    holding_pct: float,
    maestro: OrderPolicy,
    wrap: Callable[[OrderPolicy], OrderPolicy],
    leftover: float = SALVAGE,
) -> float:
    """Uplift in percent, on a few seeds, over the better of the baselines as `wrap` makes them."""
    rules = tuned_rules(record, holding_pct, wrap, leftover)
    earned = [
        float(profits(record, holding_pct, rule, seeds=SIDE_SEEDS, leftover=leftover)["profit"].sum())
        for rule in (maestro, *rules.values())
    ]
    return round(100 * (earned[0] / max(earned[1:]) - 1), 2)


def margin_weight(record: tuple[FloatArray, FloatArray], known: dict[int, PeriodDemand]) -> float:
    """The weight of a lost sale that earned most on the twelve weeks before, over all holding costs."""
    start = START_DAY - DAYS
    shops = [shop(record, start, holding, TUNING_SEEDS[0]) for holding in HOLDING_PCT]
    settings = [replace(ReplenishmentSettings(), margin_weight=weight) for weight in MARGIN_WEIGHTS]
    candidates = [[RememberedForecasts(setting, known)] * len(shops) for setting in settings]
    return MARGIN_WEIGHTS[best_setting(candidates, shops, DAYS)]


def uplift_interval(mine: FloatArray, theirs: FloatArray) -> tuple[float, float]:
    """95 % bootstrap interval of the uplift in percent over products and seeds, both resampled."""
    rng = np.random.default_rng(0)
    seeds, n = mine.shape
    uplift = np.zeros(RESAMPLES)
    for draw in range(RESAMPLES):
        product = np.bincount(rng.integers(n, size=n), minlength=n)
        seed = np.bincount(rng.integers(seeds, size=seeds), minlength=seeds)
        uplift[draw] = 100 * ((seed @ mine @ product) / (seed @ theirs @ product) - 1)
    low, high = np.quantile(uplift, [0.025, 0.975])
    return float(low), float(high)


def compare(
    record: tuple[FloatArray, FloatArray], holding_pct: float, maestro: OrderPolicy
) -> dict[str, Any]:
    """All rules at one holding cost."""
    rules = tuned_rules(record, holding_pct)
    results = {name: profits(record, holding_pct, rule) for name, rule in rules.items()}
    mine = profits(record, holding_pct, maestro)
    upper = profits(record, holding_pct, Clairvoyant(record[0]))
    best = max(results.values(), key=lambda result: float(result["profit"].sum()))
    low, high = uplift_interval(mine["profit"], best["profit"])
    totals = {
        name: float(result["profit"].sum(axis=1).mean())
        for name, result in {**results, "maestro": mine, "clairvoyant": upper, "best": best}.items()
    }
    return {
        "profit": {name: round(total) for name, total in totals.items() if name != "best"},
        "settings": {name: result["name"] for name, result in results.items()},
        "uplift_pct": round(100 * (totals["maestro"] / totals["best"] - 1), 2),
        "uplift_pct_opening_stock_free": round(
            100 * (totals["maestro"] - totals["best"]) / (totals["best"] + best["opening"]), 2
        ),
        "uplift_pct_rules_told_end": side_uplift(record, holding_pct, maestro, ToldTheEnd),
        "uplift_pct_shop_goes_on": side_uplift(record, holding_pct, GoesOn(maestro), GoesOn, 1.0),
        "uplift_ci95_low": round(low, 2),
        "uplift_ci95_high": round(high, 2),
        "seeds_won": int((mine["profit"].sum(axis=1) > best["profit"].sum(axis=1)).sum()),
        "gap_closed": round(
            (totals["maestro"] - totals["best"]) / (totals["clairvoyant"] - totals["best"]), 3
        ),
        "fill_rate": {
            **{name: round(result["fill"], 3) for name, result in results.items()},
            "maestro": round(mine["fill"], 3),
            "clairvoyant": round(upper["fill"], 3),
        },
    }


def main() -> None:
    folder = Path(os.environ.get("MAESTRO_DATA", "../shared/data"))
    if not (folder / "online_retail.parquet").exists():
        say(f"online_retail.parquet is not in {folder}; set MAESTRO_DATA to the folder with the data.")
        print(json.dumps({"skipped": "online_retail.parquet is missing"}))
        return
    began = time.perf_counter()
    record = load(folder)
    products, days = record[0].shape
    say(f"{products} products, {days} days")
    known: dict[int, PeriodDemand] = {}
    weight = margin_weight(record, known)
    say(f"weight of a lost sale {weight} ({time.perf_counter() - began:.0f} s)")
    maestro = RememberedForecasts(ReplenishmentSettings(margin_weight=weight), known)
    holding = {}
    for pct in HOLDING_PCT:
        holding[str(pct)] = compare(record, pct, maestro)
        say(f"holding {pct} % a week: {holding[str(pct)]} ({time.perf_counter() - began:.0f} s)")
    print(
        json.dumps(
            {
                "products": products,
                "seeds": len(SEEDS),
                "margin_weight": weight,
                "holding_pct_week": holding,
                "seconds": round(time.perf_counter() - began, 1),
                "cpu_seconds": round(time.process_time(), 1),
            }
        )
    )


if __name__ == "__main__":
    main()
