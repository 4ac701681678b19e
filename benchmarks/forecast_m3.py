"""M3 benchmark: mean sMAPE over all 3,003 series of our median, and of statsforecast's DOT in the same run.

The combination is chosen on the end of the training data alone: the trio and the trio with one more member
forecast the last horizon of each training series from what came before; the best is used for the test split.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from maestro.learning.forecasting import ComplexSmoothing, Ensemble, ExponentialSmoothing, Panel, Theta
from maestro.learning.forecasting.base import Floats

DATA = Path(os.environ.get("MAESTRO_DATA", "../shared/data")) / "m3.parquet"
SEASON = {"Yearly": 1, "Quarterly": 4, "Monthly": 12, "Other": 1}
MEMBERS = {
    "dot": Theta(),
    "ces": ComplexSmoothing(),
    "ets": ExponentialSmoothing(),
    "theta": Theta(dynamic=False),
    "ets_damped": ExponentialSmoothing(damped=True),
}
TRIO = ("dot", "ces", "ets")
COMBINATIONS = (TRIO, (*TRIO, "theta"), (*TRIO, "ets_damped"))
WORKERS = min(2, os.cpu_count() or 1)
CHUNK = 120


class Task(NamedTuple):
    """Some series of one class to be forecast by one member."""

    period: str
    member: str
    histories: list[Floats]
    actual: Floats


def main() -> None:
    """Choose on the training tail, then forecast the test split, and print the figures."""
    if not DATA.exists():
        print(f"{DATA} is missing; set MAESTRO_DATA to the folder that holds it.", file=sys.stderr)
        print(json.dumps({"skipped": "m3.parquet is missing"}))
        return
    started = time.perf_counter()
    frame = pl.read_parquet(DATA).sort("series", "t")
    validation, validation_cpu = run(list(tasks(frame, validation=True)), "training tail")
    scores = {names: score(validation, names)["all"] for names in COMBINATIONS}
    chosen = min(scores, key=lambda names: scores[names])
    test, test_cpu = run(list(tasks(frame, validation=False)), "test split")
    ours, dot, trio = (score(test, names) for names in (chosen, ("dot",), TRIO))
    result = {
        "series": int(ours["series"]),
        "smape": round(ours["all"], 3),
        "dot_smape": round(dot["all"], 3),
        "median_dot_ces_ets_smape": round(trio["all"], 3),
        "chosen": f"median({', '.join(chosen)})",
        "validation_smape": {"+".join(names): round(value, 3) for names, value in scores.items()},
        "smape_by_class": {period: round(ours[period], 2) for period in SEASON},
        "cpu_seconds": round(sum(test_cpu[name] for name in chosen), 1),
        "dot_cpu_seconds": round(test_cpu["dot"], 1),
        "choosing_cpu_seconds": round(sum(validation_cpu.values()), 1),
        "wall_seconds": round(time.perf_counter() - started, 1),
    }
    print(json.dumps(result))


def tasks(frame: pl.DataFrame, *, validation: bool) -> Iterator[Task]:
    """Chunks of series with what came after; with `validation` both are cut from the training part."""
    for period in SEASON:
        rows = frame.filter(pl.col("period") == period)
        train, test = (
            [
                part["value"].to_numpy()
                for part in rows.filter(pl.col("split") == split).partition_by("series")
            ]
            for split in ("train", "test")
        )
        horizon = len(test[0])
        if validation:
            train, test = [y[:-horizon] for y in train], [y[-horizon:] for y in train]
        for at in range(0, len(train), CHUNK):
            for member in MEMBERS:
                yield Task(period, member, train[at : at + CHUNK], np.stack(test[at : at + CHUNK]))


def run(
    todo: list[Task], label: str
) -> tuple[dict[tuple[str, str], tuple[Floats, Floats]], dict[str, float]]:
    """Forecasts and actuals by class and member, and CPU seconds by member."""
    parts: dict[tuple[str, str], list[tuple[Floats, Floats]]] = {}
    cpu = dict.fromkeys(MEMBERS, 0.0)
    with ProcessPoolExecutor(WORKERS) as pool:
        for done, (task, (said, seconds)) in enumerate(zip(todo, pool.map(forecast, todo), strict=True), 1):
            parts.setdefault((task.period, task.member), []).append((said, task.actual))
            cpu[task.member] += seconds
            print(f"\r{label}: {done}/{len(todo)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    joined = {
        key: (np.concatenate([said for said, _ in found]), np.concatenate([came for _, came in found]))
        for key, found in parts.items()
    }
    return joined, cpu


def forecast(task: Task) -> tuple[Floats, float]:
    """What the member says of these series, and the CPU seconds it took."""
    started = time.process_time()
    longest = max(len(y) for y in task.histories)
    values = np.stack([np.concatenate([np.full(longest - len(y), np.nan), y]) for y in task.histories])
    ids = tuple(str(row) for row in range(len(values)))
    panel = Panel(ids, values, date(1950, 1, 1), season_length=SEASON[task.period])
    said = MEMBERS[task.member].points(panel, task.actual.shape[1]).mean
    return said, time.process_time() - started


def score(results: dict[tuple[str, str], tuple[Floats, Floats]], names: tuple[str, ...]) -> dict[str, float]:
    """Mean symmetric absolute percentage error of the median of these members, by class and over all."""
    ensemble = Ensemble([MEMBERS[name] for name in names])
    errors = {}
    for period in SEASON:
        said = ensemble.combine(np.stack([results[period, name][0] for name in names]))
        came = results[period, names[0]][1]
        errors[period] = 200.0 * np.mean(np.abs(came - said) / (np.abs(came) + np.abs(said)), axis=1)
    together = np.concatenate(list(errors.values()))
    means = {period: float(np.mean(error)) for period, error in errors.items()}
    return {**means, "all": float(np.mean(together)), "series": float(len(together))}


if __name__ == "__main__":
    main()
