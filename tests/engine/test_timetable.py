"""Timetable: ticks are the same moments whenever they are asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine import Daily, Every, Timetable
from maestro.errors import ConfigurationError

_moments = st.integers(0, 4_000_000_000_000_000).map(
    lambda microseconds: datetime(1971, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
_timetables: st.SearchStrategy[Timetable] = st.integers(1, 10_000_000).map(Every) | st.builds(
    Daily,
    st.times().map(lambda at: at.strftime("%H:%M")),
    st.sampled_from(["UTC", "Asia/Seoul", "Europe/London", "America/New_York"]),
)


@given(_timetables, _moments)
@settings(max_examples=200, deadline=None)
def test_now_lies_between_the_latest_tick_and_the_next(timetable: Timetable, now: datetime) -> None:
    latest, following = timetable.latest(now), timetable.next(now)

    assert latest <= now < following
    assert timetable.latest(following) == following
    assert timetable.latest(following - timedelta(microseconds=1)) == latest


def test_every_hour_ticks_on_the_hour() -> None:
    now = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)

    assert Every(3600).latest(now) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert Every(3600).next(now) == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_daily_follows_the_clocks_of_its_place() -> None:
    london = Daily("06:30", zone="Europe/London")

    assert london.next(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 5, 30, tzinfo=UTC)
    assert london.latest(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 28, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0, -5, 1.5])
def test_every_takes_whole_seconds(seconds: int) -> None:
    with pytest.raises(ConfigurationError, match="whole number"):
        Every(seconds)


@pytest.mark.parametrize(
    ("at", "zone"), [("25:00", "UTC"), ("soon", "UTC"), ("06:30", "Mars/Base"), ("06:30+02:00", "UTC")]
)
def test_daily_takes_a_time_and_a_zone(at: str, zone: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot tick daily"):
        Daily(at, zone=zone)
