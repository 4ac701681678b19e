"""Coherent totals: forecasts of products, locations and the whole shop that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from maestro.errors import InputError
from maestro.learning.forecasting.base import Bools, Floats, Forecast, Panel, content_version
from maestro.learning.forecasting.conformal import ConformalForecaster, check_level, half_width


def coherent_forecasts(
    forecaster: ConformalForecaster,
    panel: Panel,
    horizon: int,
    levels: Mapping[str, Sequence[str]],
    *,
    level: float = 0.8,
) -> dict[str, Forecast]:
    """Forecast every series and its groups so that each group's mean is the sum of its series' means.

    Means are summed from below, which keeps them coherent and non-negative. Intervals cannot be summed: the
    errors of products partly cancel. So each group's interval is earned by the group's own errors at earlier
    origins.

    Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, section 11.2.

    Args:
        forecaster: forecasts the series at the bottom, such as product and location.
        panel: their history.
        horizon: periods ahead.
        levels: level name to the group of each series of the panel, such as {"product": ["A", "A", "B"],
            "location": ["north", "south", "north"]}.
        level: share of outcomes the intervals hold.

    Returns:
        One forecast a level, its ids the groups in order of first appearance; "bottom" the series themselves
        and "total" everything together.

    Raises:
        InputError: a level does not name one group a series, or takes a reserved name.
    """
    check_level(level)
    points, said, came = forecaster.study(panel, horizon)
    bottom = forecaster.dress(panel, points, said, came, level)
    out = {"bottom": bottom}
    for name, groups in {**levels, "total": ["total"] * len(panel.ids)}.items():
        if len(groups) != len(panel.ids) or name == "bottom" or (name == "total" and name in levels):
            raise InputError(
                f"The level {name!r} names {len(groups)} groups for {len(panel.ids)} series.",
                remedy="Name one group a series, and call no level 'bottom' or 'total'.",
            )
        out[name] = add_up(bottom, said, came, panel, groups)
    return out


def add_up(bottom: Forecast, said: Floats, came: Floats, panel: Panel, groups: Sequence[str]) -> Forecast:
    """The forecast of groups of series: means summed, intervals from the backtest of the sums.

    Args:
        bottom: forecast of the series.
        said: its backtest, [n_origins, n_series, horizon].
        came: what then happened, same shape.
        panel: history of the series.
        groups: the group of each series.
    """
    ids = tuple(dict.fromkeys(groups))
    row = {group: number for number, group in enumerate(ids)}
    cells = ([row[group] for group in groups], range(len(groups)))
    member = csr_array((np.ones(len(groups)), cells), shape=(len(ids), len(groups)))
    begun = np.logical_or.accumulate(~np.isnan(panel.observed), axis=1)
    together = replace(panel, ids=ids, values=sum_groups(panel.observed, member, begun), available=None)
    spoken: Bools = ~np.isnan(said)
    earlier = sum_groups(said, member, spoken), sum_groups(came, member, spoken)
    mean = added(bottom.mean, member)
    half = half_width(*earlier, mean, bottom.level, together)
    return Forecast(
        ids=ids,
        mean=mean,
        lower=np.maximum(mean - half, 0.0) if panel.non_negative else mean - half,
        upper=mean + half,
        level=bottom.level,
        model=("sum",) * len(ids),
        version=content_version(together, bottom.version, ids),
    )


def sum_groups(values: Floats, member: csr_array, expected: Bools) -> Floats:
    """Sums over the members of each group, [..., n_groups, n_periods]; NaN where one cannot be known.

    Args:
        values: [..., n_series, n_periods].
        member: 1 where a series belongs to a group, [n_groups, n_series].
        expected: where a value ought to be known; a series not begun is not expected and counts as nothing.
    """
    missing = expected & np.isnan(values)
    unknown = (added(missing, member) > 0) | (added(expected, member) == 0)
    total: Floats = np.where(unknown, np.nan, added(np.where(expected, np.nan_to_num(values), 0.0), member))
    return total


def added(values: Floats | Bools, member: csr_array) -> Floats:
    """Plain sums over the members of each group, [..., n_groups, n_periods]."""
    layers = values.reshape(-1, *values.shape[-2:])
    sums = [member @ layer.astype(np.float64) for layer in layers]
    return np.reshape(sums, (*values.shape[:-2], member.shape[0], values.shape[-1]))
