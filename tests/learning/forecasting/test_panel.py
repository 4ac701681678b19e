"""A panel refuses what makes no sense, masks stock-outs, and cannot be changed behind one's back."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.errors import InputError
from maestro.learning.forecasting import Panel, WindowMean
from maestro.learning.forecasting.base import content_version

START = date(2026, 1, 5)
TWO = np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0]])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ids": ("A",)}, "shape"),
        ({"values": np.zeros(3)}, "shape"),
        ({"ids": ("A", "A")}, "same name"),
        ({"season_length": 0}, "season"),
        ({"values": np.array([[np.inf], [1.0]])}, "infinite"),
        ({"available": np.ones((2, 2), dtype=bool)}, "stock mask"),
    ],
)
def test_a_panel_that_makes_no_sense_is_refused_with_a_remedy(changes: dict[str, Any], said: str) -> None:
    given_ = {"ids": ("A", "B"), "values": TWO, "start": START, **changes}
    with pytest.raises(InputError, match=said) as refused:
        Panel(**given_)
    assert refused.value.remedy


def test_what_was_out_of_stock_is_unknown_not_zero() -> None:
    mask = np.array([[True, False, True], [True, True, True]])
    panel = Panel(("A", "B"), TWO, START, available=mask)
    assert np.isnan(panel.observed[0, 1])
    assert WindowMean().points(panel, 1).mean[0, 0] == 2.0
    assert panel.values[0, 1] == 2.0


def test_a_panel_keeps_its_own_read_only_copy() -> None:
    source = TWO.copy()
    panel = Panel(("A", "B"), source, START)
    source[0, 0] = 99.0
    assert panel.values[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        panel.values[0, 0] = 5.0


def test_truncating_and_selecting_keep_mask_and_season() -> None:
    mask = np.array([[True, False, True], [True, True, False]])
    panel = Panel(("A", "B"), TWO, START, season_length=3, available=mask)
    part = panel.until(2).select([1])
    assert part.ids == ("B",)
    assert part.season_length == 3
    assert part.available is not None
    assert part.available.tolist() == [[True, True]]


def test_no_series_and_no_period_are_refused() -> None:
    for panel in (Panel((), np.empty((0, 4)), START), Panel(("A",), np.empty((1, 0)), START)):
        with pytest.raises(InputError) as refused:
            panel.check(7)
        assert refused.value.remedy


def test_the_refusal_names_the_series_without_history() -> None:
    with pytest.raises(InputError, match="lamp"):
        Panel(("mug", "lamp"), np.array([[1.0], [np.nan]]), START).check(7)


@settings(deadline=None, max_examples=30)
@given(row=st.integers(0, 1), column=st.integers(0, 2), value=st.floats(-1e6, 1e6))
def test_the_version_changes_with_any_single_value(row: int, column: int, value: float) -> None:
    panel, values = Panel(("A", "B"), TWO, START), TWO.copy()
    values[row, column] = value
    same = np.array_equal(values, TWO, equal_nan=True)
    other = content_version(Panel(("A", "B"), values, START), "x")
    assert (other == content_version(panel, "x")) == same


def test_the_version_changes_with_seed_and_settings() -> None:
    panel = Panel(("A", "B"), TWO, START)
    versions = {
        content_version(panel, model) for model in (WindowMean(7), WindowMean(28), WindowMean(28, profile=7))
    }
    assert len(versions) == 3
