"""Tests of the interval scale: predicted intervals come to hold the share that they promise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maestro.agents.decision import Effect
from maestro.database import Database
from maestro.packs.retail.interval_scale import (
    FEWEST_MEASURED,
    Outcome,
    interval_scale,
    measured_outcomes,
    scaled,
)


def outcomes(spread: float, n: int = 500, scale: float = 1.0) -> list[Outcome]:
    """Gains of normal spread around a prediction of 10 with an interval of 10 either side, already scaled."""
    gains = np.random.default_rng(2).normal(10.0, spread, n)
    return [Outcome(10.0, 10 - 10 * scale, 10 + 10 * scale, scale, float(gain)) for gain in gains]


def held(seen: list[Outcome], scale: float) -> float:
    return float(np.mean([each.needed <= scale for each in seen]))


def test_few_outcomes_change_nothing() -> None:
    assert interval_scale(outcomes(30.0, FEWEST_MEASURED - 1), 0.8) == 1.0


@pytest.mark.parametrize("spread", [5.0, 10.0, 20.0])
def test_the_scale_holds_the_promised_share(spread: float) -> None:
    seen = outcomes(spread)
    scale = interval_scale(seen, 0.8)
    assert held(seen, scale) == pytest.approx(0.8, abs=0.01)
    assert scale == pytest.approx(1.28 * spread / 10, rel=0.12)


def test_it_does_not_matter_how_they_were_scaled_before() -> None:
    assert interval_scale(outcomes(12.0, scale=2.0), 0.8) == pytest.approx(
        interval_scale(outcomes(12.0), 0.8)
    )


def test_it_stays_within_bounds() -> None:
    assert interval_scale(outcomes(1_000.0), 0.8) == 4.0
    assert interval_scale(outcomes(0.01), 0.8) == 0.5


def test_an_interval_without_a_side_never_holds_what_lies_there() -> None:
    flat = Outcome(10.0, 10.0, 12.0, 1.0, 9.0)
    assert flat.needed > 1e6
    assert replace(flat, gain=11.0).needed == pytest.approx(0.5)


def test_scaling_keeps_the_mean_and_stretches_both_sides() -> None:
    effect = Effect(5.0, 2.0, 9.0, unit="KRW", horizon_days=12.0)
    assert scaled(effect, 2.0) == Effect(5.0, -1.0, 13.0, unit="KRW", horizon_days=12.0)


def test_what_was_measured_is_read_back_with_its_scale(lived: Database) -> None:
    with lived.reader() as session:
        seen = measured_outcomes(session, "replenishment")
        assert measured_outcomes(session, "somebody else") == []
    assert seen
    assert {each.scale for each in seen} == {1.0}
    assert all(each.low <= each.high for each in seen)
