"""Signals: recent figures of every component, and which of them are unusual, since when and how much."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np
from numpy.typing import NDArray

KEPT = 1200
"""Readings kept of each figure."""

UNUSUAL_Z = 4.0
"""Robust z-score from which a reading is unusual."""

LOOKBACK_S = 30.0
"""Seconds before an incident was noticed in which its cause may have begun."""

_LEAST_BASELINE = 5


@dataclass(frozen=True)
class Anomaly:
    """A figure that is not as it was.

    Args:
        component: whose.
        metric: which figure.
        onset: when it became unusual.
        z: robust z-score since then; its sign tells whether the figure rose or fell.
        value: what it is now.
        normal: what it was before.
    """

    component: str
    metric: str
    onset: datetime
    z: float
    value: float
    normal: float


class Signals:
    """Recent figures, by component and metric, in order of time.

    Args:
        kept: readings kept of each figure.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._series: dict[tuple[str, str], deque[tuple[float, float]]] = {}
        self._epoch: datetime | None = None

    def add(self, component: str, metric: str, at: datetime, value: float) -> None:
        """Remember a reading; one that is no number is left out."""
        if not np.isfinite(value):
            return
        if self._epoch is None:
            self._epoch = at
        series = self._series.setdefault((component, metric), deque(maxlen=self._kept))
        series.append(((at - self._epoch).total_seconds(), float(value)))

    def metrics(self, component: str) -> list[str]:
        """Names of the figures of a component."""
        return [metric for owner, metric in self._series if owner == component]

    def recent(
        self, component: str, metric: str, last: int | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times in seconds since the very first reading, and values, oldest first; the `last` ones or all."""
        series = self._series.get((component, metric), ())
        wanted = series if last is None else reversed(list(islice(reversed(series), last)))
        both = np.array(list(wanted), dtype=np.float64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def anomalies(self, noticed_at: datetime) -> list[Anomaly]:
        """Every figure that is unusual around an incident.

        Median and median absolute deviation of the time before stand for what is usual (Iglewicz and Hoaglin,
        "How to Detect and Handle Outliers", 1993); the scale is at least 5 % of the median, so that a figure
        that never moved does not shout at its first tremor. The onset is the first unusual reading after
        which most readings are unusual.

        Args:
            noticed_at: when the incident was noticed; what lies well before it is the baseline.
        """
        if self._epoch is None:
            return []
        noticed = (noticed_at - self._epoch).total_seconds()
        found = (self._anomaly(component, metric, noticed) for component, metric in self._series)
        return [anomaly for anomaly in found if anomaly is not None]

    def _anomaly(self, component: str, metric: str, noticed: float) -> Anomaly | None:
        times, values = self.recent(component, metric)
        usual = values[times < noticed - LOOKBACK_S]
        if usual.size < _LEAST_BASELINE:
            usual = values[: max(values.size // 3, min(_LEAST_BASELINE, values.size))]
        later = times >= noticed - LOOKBACK_S
        if not later.any() or usual.size < _LEAST_BASELINE:
            return None
        times, values = times[later], values[later]
        median = float(np.median(usual))
        spread = 1.4826 * float(np.median(np.abs(usual - median)))
        scores = (values - median) / max(spread, 0.05 * abs(median), 1e-3)
        unusual = np.abs(scores) >= UNUSUAL_Z
        onset = _onset(unusual)
        if onset is None:
            return None
        assert self._epoch is not None
        worst = scores[onset:]
        return Anomaly(
            component,
            metric,
            onset=_moment(self._epoch, float(times[onset])),
            z=float(np.median(worst[-3:])) if unusual[-1] else float(worst[np.argmax(np.abs(worst))]) / 2,
            value=float(values[-1]),
            normal=median,
        )


def _onset(unusual: NDArray[np.bool_]) -> int | None:
    for index in np.flatnonzero(unusual):
        if unusual[index:].mean() > 0.5:
            return int(index)
    return None


def _moment(epoch: datetime, seconds: float) -> datetime:
    return datetime.fromtimestamp(epoch.timestamp() + seconds, tz=epoch.tzinfo)
