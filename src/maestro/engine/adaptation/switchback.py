"""Switchback: tells whether another way of doing something helps, by drawing the way for each run."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

LEAST_RUNS = 10
"""Runs of each way before anything is concluded: the bounds hold for means of several runs."""
SHARPEST_AT = 50
"""Runs at which the bounds are narrowest for what they promise."""


def drawn(seed: int, trial: str, run_id: str, share: float) -> bool:
    """Whether this run is done the other way; the same for the same run, in any process, at any time."""
    digest = hashlib.sha256(f"{seed}/{trial}/{run_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


@dataclass
class Switchback:
    """Evidence of a trial, one run at a time.

    Each run adds an estimate of what the other way gains: the difference of the means so far, corrected by
    how the run itself went over the probability with which its way was drawn (augmented inverse probability
    weighting). Its bounds hold at all moments at once, so that looking after every run and stopping at will
    deceives nobody: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and
    asymptotic confidence sequences", Annals of Statistics 52, 2024, Theorem 2.2.

    Args:
        share: probability with which a run is done the other way.
    """

    share: float = 0.5
    before: int = 0
    after: int = 0
    sum_before: float = 0.0
    sum_after: float = 0.0
    runs: int = 0
    total: float = 0.0
    squares: float = 0.0

    def see(self, after: bool, value: float) -> None:
        """Take in how a run went, done the other way or as before; more is better."""
        if self.before or self.after:
            expected_before, expected_after = self._expected()
            surprise = value - (expected_after if after else expected_before)
            weighted = surprise / self.share if after else -surprise / (1.0 - self.share)
            estimate = expected_after - expected_before + weighted
            self.runs += 1
            self.total += estimate
            self.squares += estimate * estimate
        if after:
            self.after += 1
            self.sum_after += value
        else:
            self.before += 1
            self.sum_before += value

    def _expected(self) -> tuple[float, float]:
        before = self.sum_before / self.before if self.before else self.sum_after / self.after
        after = self.sum_after / self.after if self.after else before
        return before, after

    @property
    def gain(self) -> float:
        """What the other way gains a run, in the unit of the values."""
        return self.total / self.runs if self.runs else 0.0

    def bounds(self, alpha: float) -> tuple[float, float]:
        """Between what the gain lies; wrong at any moment in at most about a share `alpha` of trials."""
        if min(self.before, self.after) < LEAST_RUNS:
            return -math.inf, math.inf
        variance = max(self.squares / self.runs - self.gain**2, 0.0)
        narrow = (-2.0 * math.log(alpha) + math.log(1.0 - 2.0 * math.log(alpha))) / SHARPEST_AT
        grown = self.runs * narrow + 1.0
        width = math.sqrt(
            2.0 * variance * grown / (self.runs**2 * narrow) * math.log(math.sqrt(grown) / alpha)
        )
        return self.gain - width, self.gain + width

    def state(self) -> dict[str, Any]:
        """All evidence, as plain data."""
        return asdict(self)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """The trial that gave this state."""
        return cls(**state)
