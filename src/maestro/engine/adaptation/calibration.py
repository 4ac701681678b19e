"""Calibration: bends predicted probabilities so that of those called 30 percent, 30 percent come true."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

WINDOW = 2_000
REFIT_EVERY = 50
NEEDED = 100
TRUST = 10.0
LEAST = 1e-4

Floats = NDArray[np.float64]


class Calibration:
    """A line between log-odds, fitted to the latest predictions and how they ended.

    Platt, "Probabilistic Outputs for Support Vector Machines", 1999, over a sliding window of predictions
    that were made before their outcome was known, drawn towards "leave it as it is" while there are few.
    """

    def __init__(self) -> None:
        self.shift, self.slope = 0.0, 1.0
        self._seen: deque[tuple[float, bool]] = deque(maxlen=WINDOW)
        self._since = 0

    def apply(self, probability: float) -> float:
        """The calibrated probability."""
        return _sigmoid(self.shift + self.slope * _log_odds(probability))

    def learn(self, probability: float, yes: bool) -> None:
        """Take in a prediction as it was before calibration, and whether it came true."""
        self._seen.append((_log_odds(probability), yes))
        self._since += 1
        if self._since >= REFIT_EVERY and len(self._seen) >= NEEDED:
            self._since = 0
            self._fit()

    def _fit(self) -> None:
        """Newton's method, held back where it overshoots, with a normal prior at shift 0 and slope 1."""
        score = np.array([each for each, _ in self._seen])
        yes = np.array([each for _, each in self._seen], dtype=float)
        design = np.column_stack([np.ones_like(score), score])
        prior, line = np.array([0.0, 1.0]), np.array([self.shift, self.slope])

        def loss(at: Floats) -> float:
            odds = design @ at
            away = at - prior
            return float((np.logaddexp(0.0, odds) - yes * odds).sum() + 0.5 * TRUST * (away @ away))

        now = loss(line)
        for _ in range(12):
            chance = 1.0 / (1.0 + np.exp(-np.clip(design @ line, -30.0, 30.0)))
            gradient = design.T @ (yes - chance) - TRUST * (line - prior)
            curvature = (design * (chance * (1.0 - chance))[:, None]).T @ design + TRUST * np.eye(2)
            move = np.linalg.solve(curvature, gradient)
            while (then := loss(line + move)) > now and float(np.abs(move).max()) > 1e-6:
                move = move / 2.0
            if float(np.abs(move).max()) <= 1e-6:
                break
            line, now = line + move, then
        self.shift, self.slope = float(line[0]), float(max(line[1], 0.0))

    def state(self) -> dict[str, Any]:
        """All that was learned, as plain data."""
        return {
            "line": [self.shift, self.slope],
            "seen": [[score, yes] for score, yes in self._seen],
            "since": self._since,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.shift, self.slope = state["line"]
        self._seen = deque(((score, yes) for score, yes in state["seen"]), maxlen=WINDOW)
        self._since = state["since"]


def _log_odds(probability: float) -> float:
    held = min(max(probability, LEAST), 1.0 - LEAST)
    return math.log(held / (1.0 - held))


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(x, -30.0), 30.0)))
