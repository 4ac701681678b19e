"""Failure: what went wrong in a run, as an error and as a record that the journal can keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maestro import errors
from maestro.errors import MaestroError, PermanentError, TemporaryError


class StepFailedError(PermanentError):
    """A step of a run raised something unexpected, and its retries are used up."""


class RunCancelledError(PermanentError):
    """Somebody cancelled the run that was waited for."""


class RunFailedError(Exception):
    """How a failed run ends in the journal: which step failed, when, and the described error."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        super().__init__(record["error"]["message"])
        self.record = dict(record)


def describe(error: BaseException) -> dict[str, Any]:
    """An error as a journal record: its kind, message and remedy, never its code or its objects."""
    if isinstance(error, MaestroError):
        kind = next(cls.__name__ for cls in type(error).__mro__ if cls in _KINDS.values())
        found = {"kind": kind, "message": error.message, "remedy": error.remedy}
        return {**found, "delay_s": error.delay_s} if isinstance(error, TemporaryError) else found
    words = str(error)
    name = type(error).__name__
    return {"kind": "StepFailedError", "message": f"{name}: {words}" if words else name, "remedy": ""}


def revive(record: Mapping[str, Any]) -> MaestroError:
    """The error that `describe` recorded, as the nearest class of maestro.errors."""
    kind = _KINDS.get(record["kind"], StepFailedError)
    if issubclass(kind, TemporaryError):
        return kind(record["message"], remedy=record["remedy"], delay_s=record["delay_s"])
    return kind(record["message"], remedy=record["remedy"])


_KINDS: dict[str, type[MaestroError]] = {
    "StepFailedError": StepFailedError,
    **{
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, MaestroError)
    },
}
