"""Model selection: every series gets the model that was best at earlier origins, if its record is clear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from maestro.learning.forecasting.base import Floats, Panel, PointModel, Points
from maestro.learning.forecasting.conformal import earlier_origins


class RollingSelection(PointModel):
    """Chooses per series between candidates, and their median, by their errors at earlier origins.

    The error is the absolute miss of single periods plus that of whole seasons (a week of days), as an order
    is placed for a sum of periods. A series' own windows are weighed against the record over the whole
    panel, so that a candidate lucky on one noisy product is not chosen for it. Ties go to the earlier
    candidate.

    Source: Tashman (2000), Out-of-sample tests of forecasting accuracy, International Journal of Forecasting
        16(4).

    Args:
        candidates: the models to choose from, the plainest first: it speaks where nothing can be judged yet.
        windows: earlier origins judged, one horizon apart.
        prior_windows: weight of the whole panel's record, in windows of the series' own.
        combined: whether the median of all candidates is one more candidate.
    """

    def __init__(
        self,
        candidates: Sequence[PointModel],
        windows: int = 2,
        *,
        prior_windows: float = 6.0,
        combined: bool = True,
    ) -> None:
        self.candidates = tuple(candidates)
        self.windows = windows
        self.prior_windows = prior_windows
        self.combined = combined and len(self.candidates) > 2
        names = ", ".join(candidate.name for candidate in self.candidates)
        self.name = f"best({names}{', median' if self.combined else ''})"

    def points(self, panel: Panel, horizon: int) -> Points:
        """What the candidate chosen for each series says."""
        return self.study(panel, horizon, [])[0]

    def backtest(self, panel: Panel, horizon: int, origins: Sequence[int]) -> Floats:
        """At each origin the choice is made from the origins before it alone."""
        judged = {origin: earlier_origins(origin, horizon, self.windows) for origin in origins}
        every = sorted(set(origins).union(*judged.values()))
        return self._replay(
            panel, horizon, judged, dict(zip(every, self._ask(panel, horizon, every), strict=True))
        )

    def study(self, panel: Panel, horizon: int, origins: Sequence[int]) -> tuple[Points, Floats]:
        """Both at once: the candidates are asked only once for each origin."""
        panel.check(horizon)
        spoken = [candidate.points(panel, horizon) for candidate in self.candidates]
        recent = earlier_origins(panel.n_periods, horizon, self.windows)
        judged = {origin: earlier_origins(origin, horizon, self.windows) for origin in origins}
        every = sorted(set(origins).union(recent, *judged.values()))
        said = dict(zip(every, self._ask(panel, horizon, every), strict=True))
        chosen = self._choose(said, panel, horizon, recent)
        means = self._with_median(np.stack([one.mean for one in spoken]))
        median = f"median({', '.join(candidate.name for candidate in self.candidates)})"
        names = tuple(
            spoken[choice].model[row] if choice < len(spoken) else median for row, choice in enumerate(chosen)
        )
        points = Points(means[chosen, np.arange(len(panel.ids))], names)
        return points, self._replay(panel, horizon, judged, said)

    def _replay(
        self, panel: Panel, horizon: int, judged: Mapping[int, Sequence[int]], said: Mapping[int, Floats]
    ) -> Floats:
        """What would have been chosen and said at each origin, judged at the origins before it."""
        rows = np.arange(len(panel.ids))
        out = np.empty((len(judged), len(rows), horizon))
        for place, (origin, past) in enumerate(judged.items()):
            out[place] = said[origin][self._choose(said, panel, horizon, past), rows]
        return out

    def _ask(self, panel: Panel, horizon: int, origins: Sequence[int]) -> Floats:
        """What every candidate said, [n_origins, n_candidates, n_series, horizon]."""
        said = np.stack([candidate.backtest(panel, horizon, origins) for candidate in self.candidates])
        return np.swapaxes(self._with_median(said), 0, 1)

    def _with_median(self, said: Floats) -> Floats:
        return np.concatenate([said, np.median(said, axis=0, keepdims=True)]) if self.combined else said

    def _choose(
        self, said: Mapping[int, Floats], panel: Panel, horizon: int, origins: Sequence[int]
    ) -> NDArray[np.intp]:
        """Row of the chosen candidate for each series, judged at these origins."""
        if not origins:
            return np.zeros(len(panel.ids), dtype=np.intp)
        came = np.stack([panel.observed[:, origin : origin + horizon] for origin in origins])
        known = np.stack([said[origin] for origin in origins], axis=1)
        missed = miss(known, came, panel.season_length)
        windows = (~np.isnan(came - known[0])).any(axis=2).sum(axis=0)
        own = missed.sum(axis=1)
        own = np.divide(own, own.mean(axis=0), out=np.ones_like(own), where=own.mean(axis=0) > 0)
        panel_wide = missed.sum(axis=(1, 2))
        panel_wide = panel_wide / max(float(panel_wide.mean()), 1e-12)
        score = (windows * own + self.prior_windows * panel_wide[:, None]) / (windows + self.prior_windows)
        return np.asarray(np.argmin(np.round(score, 9), axis=0), dtype=np.intp)


def miss(said: Floats, came: Floats, season_length: int) -> Floats:
    """Absolute misses of periods and of whole seasons, summed, [n_candidates, n_origins, n_series]."""
    off = np.nan_to_num(came - said)
    full = off.shape[-1] // season_length * season_length
    seasons = off[..., :full].reshape(*off.shape[:-1], -1, season_length).sum(axis=-1)
    total: Floats = np.abs(off).sum(axis=-1) + np.abs(seasons).sum(axis=-1)
    return total
