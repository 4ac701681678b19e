"""Progress: proof so far is told in points and words, with the time still needed at the pace so far."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.agents import autonomy
from maestro.agents.evidence import PROOF
from maestro.agents.progress import progress
from maestro.agents.track_record import Level, Proof, TrackRecord

AT = datetime(2026, 1, 5, tzinfo=UTC)


def proved(gain: float, calibration: float, cycles: int, level: Level = Level.ADVISE) -> TrackRecord:
    proof = Proof(gain=PROOF ** (gain / 100), coverage=PROOF ** (calibration / 100))
    return TrackRecord(level=level, cycles=cycles, proof=proof)


def test_points_pace_and_next_level_are_told_in_both_languages() -> None:
    told = progress(proved(41.2, 86, cycles=29), cycle_days=1.0)
    assert told.points == pytest.approx(41.2)
    assert told.gain_points == pytest.approx(41.2)
    assert told.calibration_points == pytest.approx(86)
    assert told.towards is Level.BOUNDED
    assert told.words["en"] == "41 of 100 points of proof; at this pace bounded in about 6 weeks."
    assert told.words["ko"] == "증명 점수 100점 중 41점, 이 속도라면 약 6주 뒤 '한도 내 실행'."


@pytest.mark.parametrize(
    ("cycle_days", "span"),
    [
        (1 / 24, "in about 1 day"),
        (0.5, "in about 5 days"),
        (30.4, "in about 10 months"),
        (365.25, "in about 10 years"),
    ],
)
def test_the_time_needed_is_told_in_the_unit_people_would_use(cycle_days: float, span: str) -> None:
    assert span in progress(proved(50, 100, cycles=10), cycle_days).words["en"]


def test_the_slower_of_the_two_proofs_sets_points_and_pace() -> None:
    told = progress(proved(100, 20, cycles=20), cycle_days=7.0)
    assert told.points == pytest.approx(20)
    assert "in about 18 months" in told.words["en"]


def test_a_young_record_promises_no_date() -> None:
    assert "too early to say when bounded is earned" in progress(proved(10, 10, cycles=3), 7.0).words["en"]


def test_an_agent_without_skill_is_promised_nothing() -> None:
    told = progress(proved(-50, 100, cycles=200), 7.0)
    assert told.points == 0
    assert told.words["en"] == "0 of 100 points of proof; at this pace bounded is not in sight."


def test_who_has_nothing_to_earn_is_told_why() -> None:
    ripe = proved(100, 100, cycles=50)
    stopped, _ = autonomy.stop(ripe, "ann@shop", AT)
    pinned, _ = autonomy.pin(ripe, Level.ADVISE, "ann@shop", AT)
    capped, _ = autonomy.set_cap(ripe, Level.ADVISE, "ann@shop", AT)
    told = {
        "Stopped": progress(stopped, 7.0),
        "Held at advise": progress(pinned, 7.0),
        "at most": progress(capped, 7.0),
        "every level": progress(proved(100, 100, 50, Level.FULL), 7.0),
    }
    for words, given_progress in told.items():
        assert words in given_progress.words["en"]
        assert given_progress.words["ko"]
        assert given_progress.towards is None


@given(st.floats(-300, 200), st.floats(-300, 200), st.integers(0, 10_000), st.floats(0.001, 400))
@settings(deadline=None, max_examples=60)
def test_no_record_breaks_the_sentence(
    gain: float, calibration: float, cycles: int, cycle_days: float
) -> None:
    told = progress(proved(gain, calibration, cycles), cycle_days)
    assert 0 <= told.points <= 100
    assert math.isfinite(told.points)
    assert "{" not in told.words["en"] + told.words["ko"]
    assert "of 100 points of proof" in told.words["en"]
