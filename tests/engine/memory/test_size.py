"""Size: what a value holds in memory, with all that it refers to."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.memory.size import size_of


def test_plain_data_counts_as_python_says() -> None:
    assert size_of("tea") == sys.getsizeof("tea")
    assert size_of(b"\0" * 1000) == sys.getsizeof(b"\0" * 1000)


def test_an_array_counts_with_its_data_and_a_view_with_all_it_looks_at() -> None:
    array = np.zeros(100_000)
    assert 800_000 <= size_of(array) < 801_000
    assert 800_000 <= size_of(array[:10]) < 802_000
    assert size_of(np.array([{"a": "x" * 5000}], dtype=object)) > 5000


def test_what_is_shared_counts_once_and_a_cycle_ends() -> None:
    inner = ["x" * 10_000, ["y"]]
    assert size_of([inner, inner]) < size_of(inner) + 200
    loop: list[Any] = [1]
    loop.append(loop)
    assert size_of(loop) > 0


def test_dataclasses_and_objects_are_looked_into() -> None:
    @dataclass
    class Record:
        text: str = "x" * 10_000
        more: list[str] = field(default_factory=lambda: ["y" * 10_000])

    class Thing:
        def __init__(self) -> None:
            self.text = "z" * 10_000

    assert size_of(Record()) > 20_000
    assert size_of(Thing()) > 10_000
    assert size_of({"a": Thing(), ("b", 1): {3}}) > 10_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None, max_examples=50)
@given(json_values, json_values)
def test_a_container_is_larger_than_what_it_holds(one: Any, other: Any) -> None:
    assert size_of([one, other]) >= max(size_of(one), size_of(other))
