"""Failure: an error survives the journal as the class that tells the caller what to do."""

import pytest

from maestro.engine import StepFailedError
from maestro.engine.failure import describe, revive
from maestro.errors import ConflictError, InputError, MaestroError, PolicyError, TemporaryError


@pytest.mark.parametrize(
    "error",
    [
        InputError("The file is empty.", remedy="Give another."),
        PolicyError("Over budget."),
        TemporaryError("Down.", delay_s=12.5, remedy="Wait."),
        StepFailedError("ValueError: x"),
    ],
)
def test_maestros_errors_come_back_as_themselves(error: MaestroError) -> None:
    back = revive(describe(error))

    assert type(back) is type(error)
    assert vars(back) == vars(error)


def test_an_error_of_another_part_comes_back_as_the_nearest_class_everybody_knows() -> None:
    class SoldOutError(ConflictError):
        """Stock that is no longer there."""

    assert type(revive(describe(SoldOutError("No stock.")))) is ConflictError


def test_any_other_error_keeps_its_words() -> None:
    back = revive(describe(KeyError("sku")))

    assert type(back) is StepFailedError
    assert back.message == "KeyError: 'sku'"


def test_an_unknown_kind_is_still_an_error() -> None:
    assert type(revive({"kind": "Gone", "message": "m", "remedy": ""})) is StepFailedError
