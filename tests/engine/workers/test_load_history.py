"""Load history: the busy share of each minute is exact, and an hour is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from maestro.engine.workers.load_history import MINUTES, LoadHistory, minutes_until

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_the_busy_share_of_a_minute_is_the_time_in_which_it_was_busy() -> None:
    history = LoadHistory(NOON)
    history.note(NOON + timedelta(seconds=30), 1.0)
    history.note(NOON + timedelta(seconds=45), 0.5)
    history.note(NOON + timedelta(seconds=90), 0.0)
    now = NOON + timedelta(minutes=3)
    assert history.row(minutes_until(now), now)[-4:] == pytest.approx([0.375, 0.25, 0.0, 0.0])


def test_the_present_minute_counts_only_as_far_as_it_has_passed() -> None:
    history = LoadHistory(NOON)
    history.note(NOON, 1.0)
    now = NOON + timedelta(seconds=20)
    assert history.row(minutes_until(now), now)[-1] == pytest.approx(1.0)


def test_an_hour_is_kept_however_long_it_lasts() -> None:
    history = LoadHistory(NOON)
    history.note(NOON, 1.0)
    history.note(NOON + timedelta(hours=1), 1.0)
    now = NOON + timedelta(days=30)
    row = history.row(minutes_until(now), now)
    assert len(row) == MINUTES
    assert row[:-1] == pytest.approx([1.0] * (MINUTES - 1))
    assert len(history._seconds) <= MINUTES + 1


def test_before_the_worker_joined_nothing_is_told() -> None:
    history = LoadHistory(NOON + timedelta(seconds=45))
    history.note(NOON + timedelta(seconds=45), 1.0)
    history.note(NOON + timedelta(seconds=60), 0.0)
    now = NOON + timedelta(minutes=2)
    row = history.row(minutes_until(now), now)
    assert row[:-3] == [None] * (MINUTES - 3)
    assert row[-3:] == pytest.approx([1.0, 0.0, 0.0]), "of its first minute, the part in which it was there"


def test_a_worker_that_has_just_joined_is_idle() -> None:
    history = LoadHistory(NOON)
    assert history.row(minutes_until(NOON), NOON) == [None] * (MINUTES - 1) + [0.0]
