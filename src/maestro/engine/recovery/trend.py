"""Trend: when a figure that keeps rising or falling would reach its limit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WINDOW = 30
"""Readings from which a trend is judged."""

_LEAST = 12
_NORMAL_90 = 1.645


def seconds_to_limit(times: NDArray[np.float64], values: NDArray[np.float64], limit: float) -> float | None:
    """Seconds until a figure reaches its limit, or None where it does not clearly head there.

    Slope by Theil and Sen, robust to outliers, with its 90 % interval (Sen, "Estimates of the Regression
    Coefficient Based on Kendall's Tau", 1968); it must point to the limit at both ends of the interval, so
    that mere noise is no trend.

    Args:
        times: seconds, rising.
        values: the figure at these times.
        limit: what it must not reach, above or below.
    """
    times, values = times[-WINDOW:], values[-WINDOW:]
    count = values.size
    if count < _LEAST:
        return None
    first, second = np.triu_indices(count, 1)
    slopes = np.sort((values[second] - values[first]) / np.maximum(times[second] - times[first], 1e-9))
    reach = _NORMAL_90 * np.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = slopes[max(0, round((slopes.size - reach) / 2))]
    high = slopes[min(slopes.size - 1, round((slopes.size + reach) / 2))]
    slope = float(np.median(slopes))
    now = float(np.median(values + slope * (times[-1] - times)))
    if (limit - now) * low <= 0 or (limit - now) * high <= 0:
        return None
    return (limit - now) / slope
