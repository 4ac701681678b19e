"""Pages: cursors are opaque, and every line of a list comes exactly once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.errors import InputError
from maestro.server.pages import cut, read_cursor, write_cursor


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 60), st.integers(1, 20))
def test_pages_together_are_the_list(length: int, limit: int) -> None:
    whole = list(range(length))
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = cut(whole, limit, cursor)
        assert page["total"] == length
        assert len(page["items"]) <= limit
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30), st.integers())
def test_a_cursor_gives_back_its_place(name: str, number: int) -> None:
    assert read_cursor(write_cursor(name, number), [str, int]) == [name, number]


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=40))
def test_a_foreign_cursor_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match="not one of ours"):
        read_cursor(text, [str, int, str, int])


@pytest.mark.parametrize("place", [(-5,), (True,), ("1",), (1, 2)])
def test_a_cursor_of_another_list_is_refused(place: tuple[object, ...]) -> None:
    with pytest.raises(InputError):
        cut([1, 2, 3], 2, write_cursor(*place))
