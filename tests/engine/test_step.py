"""Step: a function with its name, retries and timeout."""

import functools

import pytest

from maestro.engine import current_step, step
from maestro.errors import ConfigurationError, PermanentError


def test_step_works_bare_with_options_and_as_a_call() -> None:
    @step
    def bare(x: int) -> int:
        return x + 1

    @step(retries=5, timeout_s=2.0)
    def patient(x: int) -> int:
        return x + 2

    def plain(x: int) -> int:
        return x + 3

    called = step(plain, retries=0, name="other")

    assert (bare.name, bare.retries, bare.timeout_s) == ("bare", 3, None)
    assert (patient.name, patient.retries, patient.timeout_s) == ("patient", 5, 2.0)
    assert (called.name, called.retries) == ("other", 0)
    assert (bare(1), patient(x=1), called(1)) == (2, 3, 4)


def test_arguments_with_a_default_need_not_be_given() -> None:
    @step
    def bare(x: int, *, y: int = 2) -> int:
        return x + y

    assert dict(bare.parameters()) == {"x": True, "y": False}


def test_a_function_without_a_name_needs_one() -> None:
    nameless = functools.partial(max, 1)

    with pytest.raises(ConfigurationError, match="cannot be the name of a step"):
        step(nameless)
    assert step(nameless, name="largest").name == "largest"


@pytest.mark.parametrize(("retries", "timeout_s"), [(-1, None), (3, 0.0), (3, -1.0)])
def test_retries_and_timeouts_that_make_no_sense_are_refused(retries: int, timeout_s: float | None) -> None:
    with pytest.raises(ConfigurationError, match="retries of 0 or more"):
        step(max, retries=retries, timeout_s=timeout_s)


def test_outside_a_step_there_is_no_current_one() -> None:
    with pytest.raises(PermanentError, match="No step is being worked on"):
        current_step()
