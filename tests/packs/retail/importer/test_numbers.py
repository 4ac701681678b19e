"""Reading numbers: separators, currencies, minus signs, and the evidence for the decimal mark."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.errors import InputError
from maestro.packs.retail.importer.numbers import DecimalEvidence, check_decimal, read_numbers


def read(text: str | None, mark: str = ".") -> float | None:
    value = read_numbers(pl.Series([text], dtype=pl.String), mark)[0]
    return None if value is None else float(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        (" 1,234.50 ", 1234.5),
        ("12,345", 12345),
        ("(5)", -5),
        ("5-", -5),
        ("+5", 5),
        ("-5", -5),
        ("£2.50", 2.5),
        ("₩1,200", 1200),
        ("1200원", 1200),
        ("USD 4.5", 4.5),
        (".5", 0.5),
        ("5.", 5),
        ("1,23", None),
        ("1.2.3", None),
        ("1e5", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        (None, None),
        ("many", None),
    ],
)
def test_with_a_decimal_point(text: str | None, value: float | None) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("1.234,50", 1234.5), ("2,5", 2.5), ("1.234", 1234), ("1.5", None), ("7", 7)]
)
def test_with_a_decimal_comma(text: str, value: float | None) -> None:
    assert read(text, ",") == value


def test_numbers_that_are_numbers_already() -> None:
    assert read_numbers(pl.Series([1, 2]), ".").to_list() == [1.0, 2.0]
    assert read_numbers(pl.Series([1.5, math.inf, math.nan, None]), ".").to_list() == [1.5, None, None, None]


def mark_of(*texts: str) -> str:
    evidence = DecimalEvidence()
    for text in texts:
        evidence.add(pl.Series([text]))
    return evidence.mark()


def test_one_clear_number_decides_for_the_whole_column() -> None:
    assert mark_of("1,234", "2,50 €") == ","
    assert mark_of("1.234", "1.234,5") == ","
    assert mark_of("1,234.5") == mark_of("2.50") == mark_of("1,234", "7") == "."
    evidence = DecimalEvidence()
    evidence.add(pl.Series([1.5]))
    assert evidence.mark() == "."


def test_contrary_evidence_asks_for_the_mark() -> None:
    with pytest.raises(InputError, match="mixed") as caught:
        mark_of("2.50", "2,50")
    assert "--decimal" in caught.value.remedy


def test_a_mark_is_a_point_or_a_comma() -> None:
    check_decimal("")
    with pytest.raises(InputError):
        check_decimal("x")


@settings(max_examples=60, deadline=None)
@given(cents=st.integers(-10_000_000, 10_000_000))
def test_every_amount_survives_being_written_and_read(cents: int) -> None:
    value = cents / 100
    english = f"{value:,.2f}"
    assert read(english) == value
    assert read(english.translate(str.maketrans(",.", ".,")), ",") == value
