"""Portable values: plain data goes into the journal and comes out the same; objects are refused."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine import portable
from maestro.errors import PermanentError

_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.datetimes(timezones=st.just(UTC))
    | st.datetimes()
    | st.dates()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
)
_keys = st.text() | st.integers() | st.dates() | st.tuples(st.integers(), st.text())
_values = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(_keys, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_values)
@settings(max_examples=200, deadline=None)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert portable.loads(portable.dumps(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        {"$tuple": [1]},
        {"$datetime": "not a date"},
        {"$dict": 1, "other": 2},
        {"a": {"$decimal": "1"}},
        ((), [()], {(): ()}),
        float("inf"),
    ],
)
def test_a_value_that_looks_like_a_tag_is_not_taken_for_one(value: Any) -> None:
    assert portable.loads(portable.dumps(value)) == value


def test_kinds_are_kept_apart() -> None:
    value = [
        (1,),
        [1],
        date(2026, 1, 2),
        datetime(2026, 1, 2, tzinfo=UTC),
        Decimal("1.50"),
        timedelta(hours=1),
    ]

    back = portable.loads(portable.dumps(value))

    assert [type(each) for each in back] == [type(each) for each in value]
    assert str(back[4]) == "1.50"


def test_numbers_of_numpy_become_plain_numbers() -> None:
    back = portable.loads(portable.dumps({"n": np.int64(3), "x": [np.float64(0.5)], "ok": np.bool_(True)}))

    assert back == {"n": 3, "x": [0.5], "ok": True}
    assert type(back["n"]) is int


def test_names_of_an_enumeration_become_words() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert portable.loads(portable.dumps([Colour.RED])) == ["red"]


def test_anything_else_is_refused_and_the_place_is_named() -> None:
    with pytest.raises(PermanentError, match=r"The value\['rows'\]\[1\] is a object") as caught:
        portable.dumps({"rows": [1, object()]})

    assert "plain data" in caught.value.remedy
