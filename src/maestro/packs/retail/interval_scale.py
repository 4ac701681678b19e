"""Interval scale: widens or narrows predicted gains' intervals until they hold what they promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from maestro.agents.decision import Effect
from maestro.agents.decision_tables import DecisionBodyRow, DecisionRow

FEWEST_MEASURED = 100
LATEST_MEASURED = 600
_LEAST, _MOST = 0.5, 4.0


@dataclass(frozen=True)
class Outcome:
    """A measured decision: its interval as it was predicted, the scale used then, and the gain that came."""

    mean: float
    low: float
    high: float
    scale: float
    gain: float

    @property
    def needed(self) -> float:
        """The scale at which the unscaled interval would just have held the gain."""
        side = self.high - self.mean if self.gain >= self.mean else self.mean - self.low
        return abs(self.gain - self.mean) / max(side / self.scale, 1e-9)


def interval_scale(outcomes: Sequence[Outcome], level: float) -> float:
    """The scale at which `level` of these outcomes would have been held; 1 before there are a hundred.

    Split conformal prediction with normalised scores (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman,
    "Distribution-Free Predictive Inference for Regression", JASA 2018), on the latest measured decisions.
    """
    if len(outcomes) < FEWEST_MEASURED:
        return 1.0
    needed = np.array([outcome.needed for outcome in outcomes])
    rank = min(1.0, level * (1 + 1 / len(needed)))
    return float(np.clip(np.quantile(needed, rank), _LEAST, _MOST))


def measured_outcomes(session: Session, agent: str) -> list[Outcome]:
    """The latest measured decisions of an agent that could go either way."""
    statement = (
        select(DecisionRow.predicted, DecisionRow.gain, DecisionBodyRow.evidence["interval_scale"])
        .join(DecisionBodyRow, DecisionBodyRow.decision_id == DecisionRow.id)
        .where(DecisionRow.agent == agent, DecisionRow.gain.is_not(None))
        .order_by(DecisionRow.id.desc())
        .limit(LATEST_MEASURED)
    )
    return [
        Outcome(said["mean"], said["low"], said["high"], float(scale or 1.0), gain)
        for said, gain, scale in session.execute(statement)
        if gain is not None
    ]


def scaled(effect: Effect, scale: float) -> Effect:
    """The same prediction with an interval `scale` times as wide on either side; it always holds its mean."""
    return Effect(
        mean=effect.mean,
        low=min(effect.mean, effect.mean - scale * (effect.mean - effect.low)),
        high=max(effect.mean, effect.mean + scale * (effect.high - effect.mean)),
        level=effect.level,
        unit=effect.unit,
        horizon_days=effect.horizon_days,
    )
