"""Demo shop: an invented gift shop with two years of history, to watch the agents at work at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator, default_rng

from maestro.packs.retail.baselines import FixedReorderPoint
from maestro.packs.retail.demand_source import GeneratedDemand
from maestro.packs.retail.demo_catalogue import CATALOGUE
from maestro.packs.retail.order_policy import BoolArray, FloatArray, IntArray, LineTerms
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_records import lead_time_chance
from maestro.packs.retail.simulator import ShopSimulator

HISTORY_DAYS = 728
"""Two years of whole weeks."""
_DEMO_STREAM = 31
_PLAN_DAYS = 364


@dataclass(frozen=True)
class DemoLocation:
    """A place of the demo shop."""

    code: str
    name: str
    share: float


@dataclass(frozen=True)
class DemoSupplier:
    """Who delivers to the demo shop; lead times in days."""

    code: str
    name: str
    least_days: int
    mean_days: float
    most_days: int
    minimum_pieces: int


LOCATIONS = (DemoLocation("HIGH", "High Street", 0.62), DemoLocation("PORT", "Harbour", 0.38))
SUPPLIERS = (
    DemoSupplier("NORDIC", "Nordic Home Ltd", 4, 6.5, 11, 6),
    DemoSupplier("HARBOUR", "Harbour Goods", 2, 3.5, 7, 4),
    DemoSupplier("EAST", "East Lane Trading", 9, 14.0, 24, 12),
    DemoSupplier("PAPER", "Paper Mill Works", 5, 8.0, 14, 10),
)


@dataclass(frozen=True)
class DemoProduct:
    """A product of the demo shop."""

    sku: str
    name: str
    name_ko: str
    category: str
    price: float
    unit_cost: float
    pack_size: int
    supplier: int


@dataclass(frozen=True)
class DemoShop:
    """A shop and the record of its past, line by line (product by product, each at both locations).

    Args:
        first_day: day 0 of the history and of the customers.
        sold, stock_out, stock_end: what the record says of each day, shape [n, HISTORY_DAYS].
        simulator: the shop on the morning after its history, with orders under way.
    """

    first_day: date
    products: tuple[DemoProduct, ...]
    source: GeneratedDemand
    sold: IntArray
    stock_out: BoolArray
    stock_end: IntArray
    simulator: ShopSimulator


def demo_source(seed: int, first_day: date) -> GeneratedDemand:
    """The customers of the demo shop alone; the same seed gives the same customers on every day."""
    rng = default_rng([seed, _DEMO_STREAM])
    return _customers(rng, _products(rng), seed, first_day)


def demo_shop(seed: int, today: date) -> DemoShop:
    """Invent a shop and live its two years up to yesterday under the plain rule; shelves ran empty at times.

    Args:
        seed: decides everything.
        today: the morning on which the agents take over; history begins 728 days before.
    """
    rng = default_rng([seed, _DEMO_STREAM])
    products = _products(rng)
    first_day = today - timedelta(days=HISTORY_DAYS)
    source = _customers(rng, products, seed, first_day)
    terms = demo_terms(products)
    level = source.level
    simulator = ShopSimulator(
        terms=terms,
        source=source,
        seed=seed,
        on_hand=np.maximum(np.ceil(level * 24), terms.pack_size).astype(np.int64),
    )
    ends = []
    for day in range(HISTORY_DAYS):
        if day % simulator.review_days == 0:
            recent = np.stack(simulator.sales[-84:], axis=1).mean(axis=1) if day >= 28 else level
            rule = FixedReorderPoint(rate_per_day=recent, point_days=21.0, quantity_days=28.0)
            simulator.order(rule.quantities(simulator.observe()))
        simulator.step()
        ends.append(simulator.on_hand.copy())
    return DemoShop(
        first_day=first_day,
        products=products,
        source=source,
        sold=np.stack(simulator.sales, axis=1),
        stock_out=~np.stack(simulator.in_stock, axis=1),
        stock_end=np.stack(ends, axis=1),
        simulator=simulator,
    )


def demo_terms(products: tuple[DemoProduct, ...]) -> LineTerms:
    """The terms of all lines: each product at each location, in that order."""
    settings = RetailSettings()
    lines = [(p, place) for p in range(len(products)) for place in range(len(LOCATIONS))]
    of = [products[p] for p, _ in lines]
    n = len(lines)
    width = max(supplier.most_days for supplier in SUPPLIERS) + 1
    chances = [lead_time_chance(s.least_days, s.mean_days, s.most_days) for s in SUPPLIERS]
    padded = [np.pad(chance, (0, width - len(chance))) for chance in chances]
    return LineTerms(
        price=np.array([product.price for product in of]),
        unit_cost=np.array([product.unit_cost for product in of]),
        order_cost=np.full(n, settings.order_cost),
        holding_rate_per_week=np.full(n, settings.holding_cost_pct_week / 100),
        salvage_share=np.full(n, settings.salvage_share),
        min_order=np.array([SUPPLIERS[product.supplier].minimum_pieces for product in of], dtype=np.int64),
        pack_size=np.array([product.pack_size for product in of], dtype=np.int64),
        lead_time_chance=np.array([padded[product.supplier] for product in of]),
        product=np.array([p for p, _ in lines], dtype=np.int64),
        location=np.array([place for _, place in lines], dtype=np.int64),
        supplier=np.array([product.supplier for product in of], dtype=np.int64),
    )


def _products(rng: Generator) -> tuple[DemoProduct, ...]:
    products = []
    for shelf, (category, names) in enumerate(CATALOGUE.items()):
        for place, (name, name_ko) in enumerate(names):
            price = float(np.round(np.exp(rng.normal(2.1, 0.6)), 0) + 0.95)
            cost = float(np.round(price * rng.uniform(0.42, 0.62), 2))
            pack = int(rng.choice([1, 2, 6, 12], p=[0.4, 0.2, 0.25, 0.15]))
            supplier = int(rng.choice(len(SUPPLIERS), p=[0.3, 0.3, 0.22, 0.18]))
            sku = f"{category[:2].upper()}{shelf}{place + 1:02d}"
            products.append(DemoProduct(sku, name, name_ko, category, price, cost, pack, supplier))
    return tuple(products)


def _customers(
    rng: Generator, products: tuple[DemoProduct, ...], seed: int, first_day: date
) -> GeneratedDemand:
    p, places = len(products), len(LOCATIONS)
    level = np.exp(rng.normal(0.9, 0.9, p))
    intermittent = rng.random(p) < 0.25
    level = np.where(intermittent, level * 0.35, level)
    share = np.array([location.share for location in LOCATIONS])
    weekday = np.array([0.85, 0.8, 0.9, 0.95, 1.15, 1.45, 0.9]) * rng.normal(1.0, 0.05, (p, 7))
    promoted = _promotions(rng, p)

    def lines(values: FloatArray) -> FloatArray:
        return np.repeat(values, places, axis=0)

    return GeneratedDemand(
        level=lines(level) * np.tile(share, p),
        growth_per_year=lines(rng.normal(0.08, 0.15, p)),
        weekday_factor=lines(np.clip(weekday, 0.3, None)),
        season_factor=lines(_seasons(rng, products)),
        dispersion=lines(rng.uniform(0.8, 4.0, p)),
        visit_chance=lines(np.where(intermittent, rng.uniform(0.12, 0.35, p), 1.0)),
        promoted=np.repeat(promoted, places, axis=0),
        promotion_lift=lines(rng.uniform(1.5, 2.6, p)),
        reference_price=lines(np.array([product.price for product in products])),
        elasticity=lines(rng.uniform(0.8, 2.2, p)),
        first_weekday=first_day.weekday(),
        first_week=min(51, (first_day.timetuple().tm_yday - 1) // 7),
        seed=seed,
    )


def _seasons(rng: Generator, products: tuple[DemoProduct, ...]) -> FloatArray:
    """Multiplier by week of the year, shape [p, 52]: gifts rise towards December, garden in spring."""
    week = np.arange(52)
    gifts = 1.0 + 1.1 * np.exp(-(((week - 48.5) / 4.0) ** 2))
    spring = 1.0 + 0.9 * np.exp(-(((week - 19) / 6.0) ** 2)) - 0.35 * np.exp(-(((week - 2) / 7.0) ** 2))
    winter = 1.0 + 0.6 * np.cos((week - 1) / 52 * 2 * np.pi)
    curves = {"Garden": spring, "Season": gifts**1.6, "Textiles": winter, "Toys": gifts, "Candles": gifts}
    rows = []
    for product in products:
        curve = curves.get(product.category, 1.0 + 0.35 * (gifts - 1.0))
        row = np.clip(curve * np.exp(rng.normal(0.0, 0.05, 52)), 0.2, None)
        rows.append(row / row.mean())
    return np.array(rows)


def _promotions(rng: Generator, p: int) -> BoolArray:
    """Each product is on promotion for a week, two to four times a year, shape [p, 364]."""
    plan = np.zeros((p, _PLAN_DAYS), dtype=np.bool_)
    for product in range(p):
        for week in rng.choice(_PLAN_DAYS // 7, size=int(rng.integers(2, 5)), replace=False):
            plan[product, week * 7 : week * 7 + 7] = True
    return plan
