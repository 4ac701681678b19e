"""Errors: what happened and what to do about it stand in one message."""

import pytest

from maestro.errors import (
    ConfigurationError,
    ConflictError,
    InputError,
    MaestroError,
    NotFoundError,
    PermanentError,
    PolicyError,
    TemporaryError,
)


def test_a_message_is_followed_by_its_remedy() -> None:
    assert (
        str(InputError("The file is empty.", remedy="Export it again."))
        == "The file is empty. Export it again."
    )


def test_a_message_without_a_remedy_stands_alone() -> None:
    assert str(MaestroError("Stopped.")) == "Stopped."


def test_a_temporary_error_says_when_to_try_again() -> None:
    assert TemporaryError("The supplier is down.", delay_s=30).delay_s == 30


@pytest.mark.parametrize("kind", [PolicyError, InputError, NotFoundError, ConflictError, ConfigurationError])
def test_what_cannot_get_better_is_permanent(kind: type[MaestroError]) -> None:
    assert issubclass(kind, PermanentError)
    assert not issubclass(kind, TemporaryError)
