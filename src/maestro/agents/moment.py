"""Moment: how a point in time is written in JSON, ISO 8601 in UTC with a Z."""

from __future__ import annotations

from datetime import UTC, datetime

from maestro.errors import InputError


def moment_text(at: datetime) -> str:
    """`2026-01-05T06:00:00Z`; parts of a second only where there are any.

    Raises:
        InputError: the datetime has no time zone.
    """
    if at.tzinfo is None:
        raise InputError("A moment needs a time zone.", remedy="Use the injected clock.")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """The aware datetime in UTC that `moment_text` wrote.

    Raises:
        InputError: the text is not ISO 8601 or names no time zone.
    """
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{text!r} is not a moment.", remedy="Write it like 2026-01-05T06:00:00Z."
        ) from error
    if at.tzinfo is None:
        raise InputError(f"{text!r} names no time zone.", remedy="Write it like 2026-01-05T06:00:00Z.")
    return at.astimezone(UTC)
