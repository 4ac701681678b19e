"""Shortening: what is long is cut at every depth, and said to be cut."""

from __future__ import annotations

from typing import Any

import pytest

from maestro.server.shortening import LONGEST_LIST, LONGEST_TEXT, shortened


@pytest.mark.parametrize("value", [None, 7, "tea", [1, [2]], {"a": [1]}, list(range(LONGEST_LIST))])
def test_what_is_short_stays(value: Any) -> None:
    assert shortened(value) == (value, False)


def test_what_is_long_is_cut_at_every_depth() -> None:
    assert shortened("x" * (LONGEST_TEXT + 1)) == ("x" * LONGEST_TEXT, True)
    assert shortened(list(range(500))) == (list(range(LONGEST_LIST)), True)
    assert shortened({"a": {"b": list(range(500))}, "c": 1}) == (
        {"a": {"b": list(range(LONGEST_LIST))}, "c": 1},
        True,
    )
    many, cut = shortened({str(number): number for number in range(500)})
    assert (len(many), cut) == (LONGEST_LIST, True)
    assert shortened((1, "x" * 20_000)) == ([1, "x" * LONGEST_TEXT], True)
