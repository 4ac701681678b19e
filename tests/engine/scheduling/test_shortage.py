"""Shortage: too few workers are foreseen from the backlog and from the hours at which work arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from maestro.engine.scheduling.shortage import arrivals_by_hour, predict_shortage

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)


def daily(hour: int, work_s: float, days: int = 10) -> list[tuple[datetime, float]]:
    """Work that arrived at this hour of each of the last days."""
    today = NOW.replace(hour=hour, minute=30)
    return [(today - timedelta(days=each), work_s) for each in range(1, days + 1)]


def test_a_small_backlog_and_few_arrivals_are_no_shortage() -> None:
    assert predict_shortage([], backlog_s=600, workers=2, now=NOW) is None
    assert predict_shortage(daily(11, 3_000), backlog_s=0, workers=2, now=NOW) is None


def test_a_backlog_that_cannot_be_worked_off_is_a_shortage_now() -> None:
    found = predict_shortage([], backlog_s=4 * 3_600, workers=2, now=NOW)
    assert found is not None
    assert (found.at, found.needed, found.available) == (NOW + timedelta(hours=1), 4, 2)


def test_a_rush_hour_is_foreseen_before_it_comes() -> None:
    found = predict_shortage(daily(11, 8 * 3_600), backlog_s=0, workers=2, now=NOW)
    assert found is not None
    assert found.at == NOW + timedelta(hours=3)
    assert found.needed > 2
    assert "2 workers" in found.words.en
    assert "작업자 2명" in found.words.ko
    assert found.shape()["at"] == found.at.isoformat()


def test_a_rush_hour_beyond_the_horizon_is_not_told() -> None:
    assert predict_shortage(daily(20, 8 * 3_600), backlog_s=0, workers=2, now=NOW) is None


def test_hours_are_counted_from_now_and_old_work_is_forgotten() -> None:
    means, _ = arrivals_by_hour([*daily(10, 1_000.0), (NOW - timedelta(days=60), 1e9)], NOW)
    assert max(means) == means[1]
    assert means[1] == pytest.approx(10_000 / 15, rel=0.2)
