"""Reading dates: many ways to write one, and the evidence for day or month first."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.errors import InputError
from maestro.packs.retail.importer.dates import DateEvidence, check_format, read_dates

FIFTH = date(2026, 1, 5)


def read(text: str | None, order: str = "dmy") -> tuple[date | None, int | None]:
    return read_dates(pl.Series([text], dtype=pl.String), order).row(0)


def order_of(*texts: str) -> str:
    evidence = DateEvidence()
    for text in texts:
        evidence.add(pl.Series([text]))
    return evidence.order()


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("2026-01-05", 0),
        ("2026-1-5 08:26:30", 30390),
        ("2026-01-05T08:26:00Z", 30360),
        ("2026/01/05 08:26", 30360),
        ("20260105", 0),
        ("5/1/2026 8:26", 30360),
        ("05.01.2026", 0),
        ("05-01-26", 0),
        ("5-Jan-26", 0),
        ("5 January 2026", 0),
        ("Jan 5, 2026 3:04 PM", 54240),
        ("2026. 1. 5. 오후 3:04", 54240),
        ("2026년 1월 5일 오전 12:10", 600),
        ("5/1/2026 12:30 am", 1800),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, second: int) -> None:
    assert read(text) == (FIFTH, second)


@pytest.mark.parametrize(
    "text", ["", None, "soon", "31/02/2026", "2026-13-01", "12:30", "1/2", "123456789012345"]
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert read(text)[0] is None


def test_month_first_is_read_when_told_but_dotted_dates_stay_day_first() -> None:
    assert read("1/5/2026", "mdy")[0] == FIFTH
    assert read("5.1.2026", "mdy")[0] == FIFTH


def test_year_first_only_leaves_other_orders_out() -> None:
    assert read("2026-01-05", "ymd")[0] == FIFTH
    assert read("5/1/2026", "ymd")[0] is None


def test_a_pattern_of_ones_own() -> None:
    assert read("26|01|05", "%y|%m|%d") == (FIFTH, 0)
    assert read("26|01|05 08:26", "%y|%m|%d %H:%M") == (FIFTH, 30360)
    assert read("05.01.2026", "%y|%m|%d")[0] is None


def test_dates_that_are_dates_already() -> None:
    moments = pl.Series([datetime(2026, 1, 5, 8, 26), None])  # noqa: DTZ001  a file's wall time
    assert read_dates(moments, "dmy").rows() == [(FIFTH, 30360), (None, None)]
    assert read_dates(pl.Series([FIFTH]), "dmy").rows() == [(FIFTH, 0)]
    assert read_dates(pl.Series([20260105]), "dmy").rows() == [(FIFTH, 0)]
    assert read_dates(pl.Series([1.5]), "dmy").rows() == [(None, None)]


def test_one_clear_date_decides_for_the_whole_column() -> None:
    assert order_of("03/04/2026", "13/04/2026") == "dmy"
    assert order_of("03/04/2026", "04/13/2026") == "mdy"


def test_dates_that_need_no_decision() -> None:
    assert order_of("2026-03-04", "04/04/2026", "03.04.2026") == "dmy"
    evidence = DateEvidence()
    evidence.add(pl.Series([1, 2]))
    assert evidence.order() == "dmy"


@pytest.mark.parametrize(
    ("texts", "words"), [(["03/04/2026"], "two ways"), (["13/1/2026", "1/13/2026"], "mixed")]
)
def test_no_evidence_and_contrary_evidence_ask_for_the_format(texts: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        order_of(*texts)
    assert "--date-format" in caught.value.remedy


def test_a_format_is_one_of_three_words_or_a_pattern() -> None:
    for good in ("", "dmy", "mdy", "ymd", "%d/%m/%Y"):
        check_format(good)
    with pytest.raises(InputError):
        check_format("dd/mm/yyyy")


@settings(max_examples=60, deadline=None)
@given(day=st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_survives_being_written_and_read(day: date) -> None:
    for pattern, order in (
        ("%Y-%m-%d", "ymd"),
        ("%d/%m/%Y", "dmy"),
        ("%m/%d/%Y", "mdy"),
        ("%d %b %Y", "dmy"),
    ):
        assert read(day.strftime(pattern), order)[0] == day
