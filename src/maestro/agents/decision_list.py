"""Decision list: the filters, sorts, pages and cursors of a list of decisions."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, true

from maestro.agents.decision import DecisionSummary, Status
from maestro.agents.decision_tables import DecisionRow
from maestro.errors import InputError

MAX_PAGE = 200
SORTS = ("created_at", "predicted", "gain", "subject", "status")
_NO_GAIN = 1.7e308


@dataclass(frozen=True)
class DecisionFilter:
    """Which decisions are meant; an empty field does not restrict.

    Args:
        status: any of these.
        since: created at or after this moment.
        text: words to find in subject, action and id, in any language.
    """

    agent: str = ""
    pack: str = ""
    status: tuple[str, ...] = ()
    subject_id: str = ""
    cycle: str = ""
    since: datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class DecisionPage:
    """One page of a list: its lines, where the next page begins (None after the last), the total."""

    items: tuple[DecisionSummary, ...]
    next_cursor: str | None
    total: int


def condition_of(which: DecisionFilter) -> ColumnElement[bool]:
    """The filter as a condition.

    Raises:
        InputError: a status is unknown.
    """
    parts: list[ColumnElement[bool]] = []
    for column, value in (
        (DecisionRow.agent, which.agent),
        (DecisionRow.pack, which.pack),
        (DecisionRow.subject_id, which.subject_id),
        (DecisionRow.cycle, which.cycle),
    ):
        if value:
            parts.append(column == value)
    if which.status:
        parts.append(DecisionRow.status.in_([_status(item) for item in which.status]))
    if which.since:
        parts.append(DecisionRow.created_at >= which.since)
    if which.text:
        parts.append(DecisionRow.search.contains(which.text.lower(), autoescape=True))
    return and_(true(), *parts)


def sort_keys(sort: str) -> tuple[tuple[ColumnElement[Any], ...], bool]:
    """The columns of a sort, ending in the id so that no two rows tie, and whether it descends.

    Raises:
        InputError: the sort is unknown.
    """
    descending, name = sort.startswith("-"), sort.removeprefix("-")
    by_id = DecisionRow.id.expression
    unmeasured = -_NO_GAIN if descending else _NO_GAIN
    columns: dict[str, tuple[ColumnElement[Any], ...]] = {
        "created_at": (by_id,),
        "predicted": (DecisionRow.predicted_mean.expression, by_id),
        "gain": (func.coalesce(DecisionRow.gain, unmeasured), by_id),
        "subject": (DecisionRow.subject_id.expression, by_id),
        "status": (DecisionRow.status.expression, by_id),
    }
    if name not in columns:
        raise InputError(f"Decisions cannot be sorted by {name!r}.", remedy=f"Use one of {', '.join(SORTS)}.")
    return columns[name], descending


def write_cursor(sort: str, last: Sequence[Any]) -> str:
    """Where the next page begins: after the row with these sort keys."""
    return base64.urlsafe_b64encode(json.dumps([sort, *last]).encode()).decode()


def read_cursor(cursor: str, sort: str) -> Sequence[Any]:
    """The sort keys in a cursor.

    Raises:
        InputError: it is malformed or was written under another sort.
    """
    try:
        written_sort, *last = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error) as error:
        raise InputError("The cursor is not one of ours.", remedy="Begin again without a cursor.") from error
    if written_sort != sort or len(last) != len(sort_keys(sort)[0]):
        raise InputError("The cursor belongs to another sort.", remedy="Begin again without a cursor.")
    return [*last]


def _status(text: str) -> str:
    try:
        return str(Status(text))
    except ValueError as error:
        raise InputError(
            f"No decision can be {text!r}.", remedy=f"Use one of {', '.join(Status)}."
        ) from error
