"""Online Retail benchmark: accuracy and interval coverage of the default forecaster, against single models.

Cleaning: lines with a positive quantity and price whose upper-case stock code starts with five digits (no
postage, no tests, no manual entries), so cancellations and returns are left out and bulk lines stay in;
quantities summed per product and day; the last day, 2011-12-09, is half a day and dropped. Days without a
line are days without a sale: the data does not tell when stock was out. Products count that sold on at least
120 days before an origin.

Origins: the last 28 days, and four earlier ones 28 days apart. WAPE is the sum of absolute misses over the
sum of sales. `ratio_to_best_peer` adds up the misses of the four earlier origins and divides ours by the
best single model's, for single days and for sums of 28 days, and is the larger, so the less flattering, of
the two.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from maestro.learning.forecasting import (
    ComplexSmoothing,
    ExponentialSmoothing,
    Forecast,
    GradientBoosting,
    Panel,
    PointModel,
    SeasonalNaive,
    TeunterSyntetosBabai,
    Theta,
    WindowMean,
    default_forecaster,
)
from maestro.learning.forecasting.base import Floats

DATA = Path(os.environ.get("MAESTRO_DATA", "../shared/data")) / "online_retail.parquet"
FIRST, LAST = date(2010, 12, 1), date(2011, 12, 8)
HORIZON, EARLIER_ORIGINS, LEAST_DAYS_SOLD = 28, 4, 120
PEERS: tuple[PointModel, ...] = (
    SeasonalNaive(),
    WindowMean(28),
    WindowMean(28, profile=56),
    TeunterSyntetosBabai(),
    ExponentialSmoothing("ANN"),
    ComplexSmoothing(),
    Theta(),
    GradientBoosting(0),
)
SPANS = {"sku_day": 1, "sku_week": 7, "sku_28d": 28}


def main() -> None:
    """Forecast at the five origins and print the figures."""
    if not DATA.exists():
        print(f"{DATA} is missing; set MAESTRO_DATA to the folder that holds it.", file=sys.stderr)
        print(json.dumps({"skipped": "online_retail.parquet is missing"}))
        return
    sold = daily_sales()
    misses: list[dict[str, dict[str, float]]] = []
    inside: list[Floats] = []
    wall, cpu = time.perf_counter(), 0.0
    for back in range(EARLIER_ORIGINS + 1):
        panel, came = problem(sold, sold.shape[1] - (back + 1) * HORIZON)
        started = time.process_time()
        ours = default_forecaster(seed=0).forecast(panel, HORIZON)
        cpu += time.process_time() - started
        inside.append(covered(ours, came))
        said = {peer.name: peer.points(panel, HORIZON).mean for peer in PEERS}
        found = {name: errors(came, mean) for name, mean in {"maestro": ours.mean, **said}.items()}
        misses.append(found)
        print(f"origin {back + 1} of 5, {len(came)} products: " + row(found["maestro"]), file=sys.stderr)
    print(json.dumps(summary(misses, inside, round(cpu, 1), round(time.perf_counter() - wall, 1))))


def daily_sales() -> Floats:
    """Pieces sold, [n_products, n_days]."""
    lines = (
        pl.read_parquet(DATA)
        .with_columns(pl.col("StockCode").str.to_uppercase(), pl.col("InvoiceDate").dt.date().alias("day"))
        .filter(
            (pl.col("Quantity") > 0)
            & (pl.col("UnitPrice") > 0)
            & pl.col("StockCode").str.contains(r"^\d{5}")
            & (pl.col("day") <= LAST)
        )
        .group_by("StockCode", "day")
        .agg(pl.col("Quantity").sum())
    )
    days = pl.DataFrame({"day": [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]})
    table = days.join(lines.pivot("StockCode", index="day", values="Quantity"), on="day", how="left")
    wide = table.sort("day").drop("day").fill_null(0)
    return np.ascontiguousarray(wide.select(sorted(wide.columns)).to_numpy().T, dtype=np.float64)


def problem(sold: Floats, origin: int) -> tuple[Panel, Floats]:
    """What was known at the origin, and what came in the horizon after it."""
    keep = (sold[:, :origin] > 0).sum(axis=1) >= LEAST_DAYS_SOLD
    ids = tuple(f"P{row}" for row in np.flatnonzero(keep))
    return Panel(ids, sold[keep, :origin], FIRST), sold[keep, origin : origin + HORIZON]


def covered(forecast: Forecast, came: Floats) -> Floats:
    """1 where the interval held what came."""
    return ((came >= forecast.lower) & (came <= forecast.upper)).astype(np.float64)


def errors(came: Floats, said: Floats) -> dict[str, float]:
    """Summed absolute misses by span, of the whole shop by day, and the two totals."""
    found = {}
    for name, span in SPANS.items():
        sums = (came - said).reshape(len(came), -1, span).sum(axis=2)
        found[name] = float(np.abs(sums).sum())
    found["total_day"] = float(np.abs((came - said).sum(axis=0)).sum())
    return {**found, "said": float(said.sum()), "came": float(came.sum())}


def row(found: dict[str, float]) -> str:
    """WAPEs of one model at one origin, for the progress line."""
    return ", ".join(f"{name} {found[name] / found['came']:.3f}" for name in (*SPANS, "total_day"))


def summary(
    misses: list[dict[str, dict[str, float]]], inside: list[Floats], cpu: float, wall: float
) -> dict[str, object]:
    """The figures of the last line."""
    last, earlier = misses[0], misses[1:]
    pooled = {name: {key: sum(found[name][key] for found in earlier) for key in last[name]} for name in last}
    ratios, best = {}, {}
    for span in ("sku_day", "sku_28d"):
        best[span] = min((name for name in pooled if name != "maestro"), key=lambda name: pooled[name][span])
        ratios[span] = pooled["maestro"][span] / pooled[best[span]][span]
    wapes = {
        f"wape_{key}": round(last["maestro"][key] / last["maestro"]["came"], 3)
        for key in (*SPANS, "total_day")
    }
    return {
        **wapes,
        "ratio_to_best_peer": round(max(ratios.values()), 3),
        "ratio_sku_day": round(ratios["sku_day"], 3),
        "ratio_sku_28d": round(ratios["sku_28d"], 3),
        "best_peer": best,
        "coverage_80": round(float(np.concatenate([part.ravel() for part in inside]).mean()), 3),
        "coverage_by_origin": [round(float(part.mean()), 3) for part in inside],
        "forecast_to_actual": round(pooled["maestro"]["said"] / pooled["maestro"]["came"], 3),
        "peers_wape_sku_day_28d": {
            name: [round(found[span] / found["came"], 3) for span in ("sku_day", "sku_28d")]
            for name, found in last.items()
        },
        "peers_wape_earlier_sku_day_28d": {
            name: [round(found[span] / found["came"], 3) for span in ("sku_day", "sku_28d")]
            for name, found in pooled.items()
        },
        "products": [len(part) for part in inside],
        "cpu_seconds_maestro": cpu,
        "wall_seconds": wall,
    }


if __name__ == "__main__":
    main()
