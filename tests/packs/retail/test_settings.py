"""Tests of the shop's choices: the defaults, what is refused, and on which days reviews fall."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro.errors import InputError
from maestro.packs.retail.settings import RetailSettings

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def test_the_defaults_are_as_documented() -> None:
    assert RetailSettings.of({}).model_dump() == {
        "holding_cost_pct_week": 2.0,
        "order_cost": 2.0,
        "salvage_share": 0.7,
        "review_days": 7,
        "review_weekday": 0,
        "budget_per_review": 25_000.0,
        "ask_above": 6_000.0,
        "largest_cover_days": 90.0,
        "orders_per_review": 2_000,
        "largest_mean_loss": 60.0,
        "baseline": "reorder_point",
        "holdout_share": 0.1,
    }


def test_stored_choices_replace_defaults_and_what_is_unknown_is_left_alone() -> None:
    chosen = RetailSettings.of({"order_cost": 5, "once_a_setting": True})
    assert chosen.order_cost == 5.0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("holding_cost_pct_week", -1),
        ("salvage_share", 1.1),
        ("review_days", 0),
        ("review_weekday", 7),
        ("budget_per_review", 0),
        ("largest_mean_loss", 0),
        ("baseline", "astrology"),
        ("order_cost", "a lot"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(key: str, value: object) -> None:
    with pytest.raises(InputError, match=key) as refused:
        RetailSettings.of({key: value})
    assert refused.value.remedy


@given(day=DAYS, weeks=st.integers(1, 4), weekday=st.integers(0, 6))
def test_reviews_every_few_weeks_keep_to_their_weekday(day: date, weeks: int, weekday: int) -> None:
    settings = RetailSettings(review_days=7 * weeks, review_weekday=weekday)
    found = settings.on_review_weekday(day)
    assert found.weekday() == weekday
    assert timedelta(0) <= day - found < timedelta(days=7)


@given(day=DAYS, weekday=st.integers(0, 6))
def test_reviews_of_another_rhythm_keep_to_no_weekday(day: date, weekday: int) -> None:
    assert RetailSettings(review_days=3, review_weekday=weekday).on_review_weekday(day) == day
