"""Failure prediction: how likely a step fails, said before it starts and learned from how steps ended."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maestro.engine.adaptation.boosting import Cases, Forest, Growth
from maestro.engine.adaptation.calibration import Calibration
from maestro.engine.adaptation.situation import PRIOR_RATE, UNKNOWN, Columns, Situation

WINDOW = 4_096
FIRST_TREE = 50
SHARE, SOONEST, LATEST = 100, 5, 40
EDGES = 48
ROUTINE, ROUTINE_SHARE = 0.02, 8

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Prediction:
    """A probability and what it rests on; handed back to `learn` when the step has ended.

    Args:
        probability: of failure, all attempts included; calibrated.
        uncalibrated: what the trees alone say.
        situation: what was known.
        row: the same as numbers, with what had failed lately at that moment.
    """

    probability: float
    uncalibrated: float
    situation: Situation
    row: Floats


class FailurePrediction:
    """Calibrated probability that a step fails, learned online: predict, then learn, outcome by outcome.

    Trees find causes such as "this worker when it is loaded" or "that dependency in the morning" among all
    names and numbers of the situation and what has failed lately; a line between log-odds then makes the
    probabilities true. Where nothing explains the failures, it says the base rate.

    Learning is even: one small tree every few outcomes, some milliseconds each, never a long stop. Of
    successes that were as good as certain only some are learned from, each for all.

    Args:
        seed: which cases and columns each tree sees; the same outcomes in the same order give the same
            probabilities.

    Example:
        prediction = predictor.predict(situation)
        ...
        predictor.learn(prediction, failed=True)
    """

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._forest = Forest(Growth(), self._rng, base=math.log(PRIOR_RATE / (1.0 - PRIOR_RATE)))
        self._columns = Columns()
        self._calibration = Calibration()
        self._rows: Floats = np.zeros((0, 0))
        self._bins: Ints = np.zeros((0, 0), dtype=np.int64)
        self._failed: Floats = np.zeros(0)
        self._weight: Floats = np.zeros(0)
        self._cases = 0
        self._score: Floats = np.zeros(0)
        self._edges: list[Floats] = []
        self._edges_set_at = 0
        self.outcomes = 0

    def predict(self, situation: Situation) -> Prediction:
        """How likely a step that begins now in this situation fails."""
        row = self._columns.row(situation)
        raw = _sigmoid(self._forest.score_one(row, self._columns.named))
        return Prediction(self._calibration.apply(raw), raw, situation, row)

    def learn(self, prediction: Prediction, failed: bool) -> None:
        """Take in how the step ended of which this was said."""
        self._calibration.learn(prediction.uncalibrated, failed)
        self._columns.see(prediction.situation, failed)
        self.outcomes += 1
        weight = 1.0
        if not failed and prediction.probability < ROUTINE and self._cases >= FIRST_TREE:
            if self.outcomes % ROUTINE_SHARE:
                return
            weight = float(ROUTINE_SHARE)
        self._cases += 1
        self._remember(prediction.row, failed, weight)
        every = min(max(self._cases // SHARE, SOONEST), LATEST)
        if self._cases >= FIRST_TREE and self._cases % every == 0:
            self._renew()

    def _remember(self, row: Floats, failed: bool, weight: float) -> None:
        """Add a case to the window; grows by doubling, so that adding is cheap."""
        named = self._columns.named
        if self._rows.shape[1] < len(named):
            self._widen(len(named))
        if len(row) < len(named):
            row = np.concatenate([row, np.where(named[len(row) :], 0.0, UNKNOWN)])
        if self._cases > len(self._rows) and len(self._rows) < WINDOW:
            more = max(64, len(self._rows))
            self._rows = np.vstack([self._rows, np.zeros((more, len(named)))])
            self._bins = np.vstack([self._bins, np.zeros((more, len(named)), dtype=np.int64)])
            self._failed = np.concatenate([self._failed, np.zeros(more)])
            self._weight = np.concatenate([self._weight, np.zeros(more)])
            self._score = np.concatenate([self._score, np.zeros(more)])
        place = (self._cases - 1) % WINDOW
        self._rows[place], self._failed[place], self._weight[place] = row, failed, weight
        self._score[place] = self._forest.score_one(row, named)
        for column, edges in enumerate(self._edges):
            self._bins[place, column] = (
                row[column] if named[column] else edges.searchsorted(row[column], "right")
            )

    def _widen(self, columns: int) -> None:
        old = self._rows.shape[1]
        filling = np.where(self._columns.named[old:], 0.0, UNKNOWN)
        self._rows = np.hstack([self._rows, np.tile(filling, (len(self._rows), 1))])
        self._bins = np.hstack([self._bins, np.zeros((len(self._rows), columns - old), dtype=np.int64)])
        self._edges += [np.zeros(0)] * (columns - old)
        self._edges_set_at = 0

    def _renew(self) -> None:
        size, named = min(self._cases, WINDOW), self._columns.named
        if self._cases >= min(1.5 * self._edges_set_at, self._edges_set_at + WINDOW):
            self._set_edges(size)
        cases = Cases(
            self._rows[:size], self._bins[:size], self._edges, named, self._failed[:size], self._weight[:size]
        )
        self._score[:size] = self._forest.renew(cases, self._score[:size])

    def _set_edges(self, size: int) -> None:
        """Divide each number at the quantiles of the window; trees that stand keep the limits they have."""
        self._edges_set_at = self._cases
        for column, is_name in enumerate(self._columns.named):
            values = self._rows[:size, column]
            if is_name:
                self._bins[:size, column] = values
                continue
            known = values[np.isfinite(values)]
            inner = np.linspace(0.0, 1.0, EDGES)[1:-1]
            self._edges[column] = np.unique(np.quantile(known, inner)) if len(known) else np.zeros(0)
            self._bins[:size, column] = self._edges[column].searchsorted(values, "right")

    def dump(self) -> bytes:
        """All that was learned, to be kept."""
        size = min(self._cases, WINDOW)
        plain = {
            "columns": self._columns.state(),
            "calibration": self._calibration.state(),
            "rng": self._rng.bit_generator.state,
            "outcomes": self.outcomes,
            "cases": self._cases,
            "edges": [edges.tolist() for edges in self._edges],
            "edges_set_at": self._edges_set_at,
            "base": self._forest.base,
        }
        file = io.BytesIO()
        arrays: dict[str, Any] = {
            "plain": np.frombuffer(json.dumps(plain).encode(), dtype=np.uint8),
            "rows": self._rows[:size],
            "bins": self._bins[:size].astype(np.uint8),
            "failed": self._failed[:size],
            "weight": self._weight[:size],
            "score": self._score[:size],
        }
        np.savez(file, **(arrays | self._forest.arrays()))
        return file.getvalue()

    def load(self, data: bytes) -> None:
        """Go on from what `dump` gave, exactly as if nothing had come between."""
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            plain = json.loads(kept["plain"].tobytes())
            self._rows, self._bins = kept["rows"], kept["bins"].astype(np.int64)
            self._failed, self._weight, self._score = kept["failed"], kept["weight"], kept["score"]
            self._forest.restore({name: kept[name] for name in self._forest.arrays()}, plain["base"])
        self._columns.restore(plain["columns"])
        self._calibration.restore(plain["calibration"])
        self._rng.bit_generator.state = plain["rng"]
        self.outcomes, self._cases = plain["outcomes"], plain["cases"]
        self._edges = [np.array(edges) for edges in plain["edges"]]
        self._edges_set_at = plain["edges_set_at"]


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(x, -30.0), 30.0)))
