"""Trend: when a figure that keeps rising or falling would reach its limit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import theilslopes

WINDOW = 30
"""Readings from which a trend is judged."""

_LEAST = 12


def seconds_to_limit(times: NDArray[np.float64], values: NDArray[np.float64], limit: float) -> float | None:
    """Seconds until a figure reaches its limit, or None where it does not clearly head there.

    Slope by Theil and Sen, robust to outliers (Sen, 1968); it must point to the limit at both ends of its
    90 % interval, so that mere noise is no trend.

    Args:
        times: seconds, rising.
        values: the figure at these times.
        limit: what it must not reach, above or below.
    """
    if values.size < _LEAST:
        return None
    times, values = times[-WINDOW:], values[-WINDOW:]
    slope, intercept, low, high = theilslopes(values, times, 0.9)
    now = intercept + slope * times[-1]
    if (limit - now) * low <= 0 or (limit - now) * high <= 0:
        return None
    return float((limit - now) / slope)
