"""Shortage: too few tasks at once are foreseen from the backlog and from the same hours of past days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from maestro.engine.scheduling.shortage import past_hours, predict_shortage

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)


def daily(hour: int, work_s: float, days: int = 10) -> list[tuple[datetime, float]]:
    """Work that arrived at this hour of each of the last days."""
    today = NOW.replace(hour=hour, minute=30)
    return [(today - timedelta(days=each), work_s) for each in range(1, days + 1)]


def test_a_small_backlog_and_few_arrivals_are_no_shortage() -> None:
    assert predict_shortage([], backlog_s=600, slots=2, now=NOW) is None
    assert predict_shortage(daily(11, 3_000), backlog_s=0, slots=2, now=NOW) is None


def test_a_backlog_that_cannot_be_worked_off_is_a_shortage_now() -> None:
    found = predict_shortage([], backlog_s=4 * 3_600, slots=2, now=NOW)
    assert found is not None
    assert (found.at, found.needed, found.available) == (NOW + timedelta(hours=1), 4, 2)
    assert (
        found.words.en
        == "In 1 hour more work will still wait than 2 tasks at once get through; 4 at once would."
    )
    assert "동시에 처리하는 작업 2개" in found.words.ko
    assert found.shape()["at"] == found.at.isoformat()


def test_a_rush_hour_is_foreseen_before_it_comes() -> None:
    found = predict_shortage(daily(11, 8 * 3_600), backlog_s=0, slots=2, now=NOW)
    assert found is not None
    assert found.at == NOW + timedelta(hours=3)
    assert found.needed == 3
    assert found.words.en.startswith("As on most of the last 9 days, within 3 hours")
    assert found.words.ko.startswith("지난 9일 대부분이")


def test_a_rush_hour_beyond_the_horizon_is_not_told() -> None:
    assert predict_shortage(daily(20, 8 * 3_600), backlog_s=0, slots=2, now=NOW) is None


@pytest.mark.parametrize("ago", [timedelta(minutes=20), timedelta(hours=20), timedelta(days=1, hours=-2)])
def test_one_burst_foretells_nothing(ago: timedelta) -> None:
    burst = [(NOW - ago, 1e6)]
    assert predict_shortage(burst, backlog_s=0, slots=8, now=NOW) is None
    with_quiet_days = [*burst, *daily(3, 60.0, days=5)]
    assert predict_shortage(with_quiet_days, backlog_s=0, slots=8, now=NOW) is None


def test_what_came_on_half_of_the_days_only_is_no_shortage() -> None:
    rush = daily(11, 8 * 3_600, days=4)
    assert predict_shortage([*rush[:2], *daily(3, 1.0, days=5)], backlog_s=0, slots=2, now=NOW) is None


def test_hours_are_counted_from_now_yesterday_first_and_old_work_is_forgotten() -> None:
    work = past_hours(
        [*daily(10, 1_000.0, days=3), *daily(9, 5.0, days=1), (NOW - timedelta(days=60), 1e9)], NOW
    )
    assert work.shape == (14, 6)
    assert work[:, 1].tolist() == [1_000.0] * 3 + [0.0] * 11
    assert work[0, 0] == 5.0
    assert past_hours([(NOW - timedelta(minutes=5), 60.0)], NOW).shape == (0, 6)
