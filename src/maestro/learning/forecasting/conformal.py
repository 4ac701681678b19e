"""Conformal intervals: the width comes from the errors a model really made at earlier origins."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from maestro.errors import InputError
from maestro.learning.forecasting.base import (
    Bools,
    Floats,
    Forecast,
    Panel,
    PointModel,
    Points,
    content_version,
)
from maestro.learning.forecasting.window_mean import known_mean


class ConformalForecaster:
    """A point model with intervals that hold the promised share of outcomes.

    The model is asked at several earlier origins. How far it was off, relative to the usual error of the
    series for a forecast of that size, is pooled over the panel, and the quantile of these scores at the
    level sets the width. The promise is for all periods of all series together, not for each weekday or
    product.

    Source: Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World; Lei and others (2018),
    Distribution-free predictive inference for regression, section 5.2 (errors relative to their usual size).

    Args:
        model: what says the expected values.
        windows: earlier origins asked, one horizon apart.
    """

    def __init__(self, model: PointModel, windows: int = 2) -> None:
        self.model = model
        self.windows = windows
        self.name = model.name

    def forecast(self, panel: Panel, horizon: int, *, level: float = 0.8) -> Forecast:
        """Expected values, and around them the interval earned at earlier origins."""
        check_level(level)
        return self.dress(panel, *self.study(panel, horizon), level)

    def dress(self, panel: Panel, points: Points, said: Floats, came: Floats, level: float) -> Forecast:
        """The points with the interval that the backtest `said` and `came` earned."""
        half = half_width(said, came, points.mean, level, panel)
        lower = points.mean - half
        return Forecast(
            ids=panel.ids,
            mean=points.mean,
            lower=np.maximum(lower, 0.0) if panel.non_negative else lower,
            upper=points.mean + half,
            level=level,
            model=points.model,
            version=content_version(panel, self.model, points.mean.shape[1], level, self.windows),
        )

    def study(self, panel: Panel, horizon: int) -> tuple[Points, Floats, Floats]:
        """Points, what was said at earlier origins and what then came, [n_origins, n_series, horizon]."""
        panel.check(horizon)
        origins = earlier_origins(panel.n_periods, horizon, self.windows)
        if not origins:
            none = np.empty((0, len(panel.ids), horizon))
            return self.model.points(panel, horizon), none, none
        came = np.stack([panel.observed[:, origin : origin + horizon] for origin in origins])
        points, said = self.model.study(panel, horizon, origins)
        return points, said, came


def check_level(level: float) -> None:
    """Refuse a level that is no share.

    Raises:
        InputError: the level is not strictly between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise InputError(f"An interval level of {level} makes no sense.", remedy="Use a share such as 0.8.")


def earlier_origins(n_periods: int, horizon: int, windows: int) -> list[int]:
    """Up to `windows` origins, one horizon apart and known to the end; oldest first."""
    shortest = max(horizon, 2)
    return [o for k in range(windows, 0, -1) if (o := n_periods - k * horizon) >= shortest]


PRIOR_PERIODS = 56.0
"""Weight of the panel's usual error against the series' own errors, in periods."""

TINY = 1e-9

FEWEST_SCORES = 20
"""Below this many known errors the width is guessed, and generous."""


def half_width(said: Floats, came: Floats, mean: Floats, level: float, panel: Panel) -> Floats:
    """Half the interval around `mean`, [n_series, horizon].

    Args:
        said: backtested means, [n_origins, n_series, horizon]; NaN where a series was not yet known.
        came: what then happened, same shape; NaN where unknown or masked.
        mean: the forecast to be dressed, [n_series, horizon].
        level: share of outcomes to hold.
        panel: the history; tells whether the error grows with the size of the forecast.
    """
    off = np.abs(came - said)
    known: Bools = ~np.isnan(off)
    if known.sum() < FEWEST_SCORES:
        return guessed_width(panel, mean, level)
    usual = ErrorScale(said, off, panel)
    scores = np.sort((off / usual(said))[known])
    rank = min(int(np.ceil((len(scores) + 1) * level)), len(scores)) - 1
    half: Floats = scores[rank] * usual(mean)
    never = known.sum(axis=(0, 2)) == 0
    return np.where(never[:, None], np.maximum(half, guessed_width(panel, mean, level)), half)


class ErrorScale:
    """The usual absolute error of a forecast of a given size, for each series.

    Demand scatters like a count: the error grows with the square root of the size. Each series' own errors
    count as much as it has known periods, against a prior of `PRIOR_PERIODS` at the panel's rate. Where
    values may be negative the size says nothing, and only the series counts.
    """

    def __init__(self, said: Floats, off: Floats, panel: Panel) -> None:
        self.demand = panel.non_negative
        known: Bools = ~np.isnan(off)
        size = np.where(known, self._size(said), 0.0)
        missed = np.where(known, off, 0.0)
        count = known.sum(axis=(0, 2))
        own_size, own_missed = size.sum(axis=(0, 2)), missed.sum(axis=(0, 2))
        if self.demand:
            rate = own_missed.sum() / max(float(own_size.sum()), TINY)
            least = 0.1 * own_size.sum() / max(int(count.sum()), 1)
            prior = PRIOR_PERIODS * np.maximum(own_size / np.maximum(count, 1), max(float(least), TINY))
            self.rate = (own_missed + rate * prior) / (own_size + prior)
        else:
            own = own_missed / np.maximum(count, 1)
            self.rate = np.where(count > 0, own, np.median(own[count > 0]))
        self.rate = np.maximum(self.rate, TINY)

    def __call__(self, mean: Floats) -> Floats:
        """Usual error around these forecasts, [..., n_series, horizon]; never zero."""
        scale: Floats = self.rate[:, None] * np.maximum(self._size(mean), TINY)
        return scale

    def _size(self, mean: Floats) -> Floats:
        return np.sqrt(np.maximum(mean, 0.0)) if self.demand else np.ones_like(mean)


def guessed_width(panel: Panel, mean: Floats, level: float) -> Floats:
    """Width where no error was ever seen: a normal quantile of twice the scatter, or of the value itself."""
    spread = np.sqrt(np.nan_to_num(known_mean(panel.observed**2) - known_mean(panel.observed) ** 2))
    guess = 2.0 * np.maximum(spread, np.abs(known_mean(panel.observed)))[:, None]
    z = float(norm.ppf(0.5 + level / 2.0))
    return np.broadcast_to(z * guess, mean.shape).copy()
