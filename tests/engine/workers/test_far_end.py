"""Far end of a worker: does what it is sent; whatever goes wrong comes back as an error that can travel."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import pytest

from maestro.engine.workers.far_end import call, perform
from maestro.errors import InputError

from .chores import StubbornError, be_stubborn, double, fail


def performed(function: Any, **arguments: Any) -> tuple[bool, Any, float]:
    answer: tuple[bool, Any, float] = pickle.loads(perform(pickle.dumps((function, arguments))))
    return answer


def test_a_value_comes_back_with_the_seconds_that_it_took() -> None:
    succeeded, value, seconds = performed(pow, base=2, exp=10)
    assert (succeeded, value) == (True, 1024)
    assert 0 <= seconds < 1


def test_an_async_function_is_run_to_its_end() -> None:
    assert performed(double, number=4)[:2] == (True, 8)


def test_an_error_comes_back_as_itself_with_where_it_was_raised() -> None:
    succeeded, error, _ = performed(fail, words="no such shop")
    assert not succeeded
    assert isinstance(error, InputError)
    assert "chores.py" in error.__notes__[0]


def test_an_error_that_cannot_travel_comes_back_as_its_words() -> None:
    _, error, _ = performed(be_stubborn)
    assert not isinstance(error, StubbornError)
    assert str(error) == "StubbornError: salt and pepper"


def test_what_cannot_be_imported_there_is_told_in_the_words_of_the_worker() -> None:
    gone = b"cno_such_shop\nheavy\n."  # what pickle writes for the function heavy of a module no_such_shop
    succeeded, error, _ = pickle.loads(perform(gone, lambda error: InputError(f"not here: {error}")))
    assert not succeeded
    assert isinstance(error, InputError)
    assert "not here: No module named 'no_such_shop'" in str(error)
    assert isinstance(pickle.loads(perform(gone))[1], ModuleNotFoundError)


def test_a_value_that_cannot_travel_is_an_error() -> None:
    succeeded, error, _ = performed(sys._getframe)
    assert not succeeded
    assert "pickle" in str(error)


@pytest.mark.parametrize("function", [sys.exit, lambda: next(iter(()))])
def test_leaving_the_process_or_an_iteration_is_an_error_like_others(function: Any) -> None:
    with pytest.raises(RuntimeError, match=r"SystemExit|StopIteration"):
        call(function, {})
