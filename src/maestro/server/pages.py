"""Pages: how long lists are asked for and handed out, a page at a time, from an opaque cursor."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path, Query
from pydantic import BaseModel

from maestro.errors import InputError

LARGEST_PAGE = 200
LARGEST_ID = 2**31 - 1
"""The largest number a database key holds on PostgreSQL."""

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Lines a page.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]
Sort = Annotated[str, Query(max_length=40, description="Field to sort by; a leading minus descends.")]
RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Search = Annotated[str, Query(max_length=200, description="Words to find.")]


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None
    total: int


def write_cursor(*place: Any) -> str:
    """An opaque cursor that holds a place in a list."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def read_cursor(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The place that `write_cursor` wrote.

    Args:
        cursor: what the client sent back.
        kinds: the type of each part.

    Raises:
        InputError: it is not one of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded.encode(), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _foreign() from error
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds):
        raise _foreign()
    return place


DEEPEST = 1_000_000
"""Lines that a list leaves out at most."""


def read_offset(cursor: str | None) -> int:
    """How many lines came before, from a cursor that holds nothing else.

    Raises:
        InputError: it is not one of ours.
    """
    return max(0, min(read_cursor(cursor, [int])[0], DEEPEST)) if cursor else 0


def _foreign() -> InputError:
    return InputError("The cursor is not one of ours.", remedy="Begin again without a cursor.")


def cut(items: Sequence[Any], limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of a list that is already in memory; the cursor holds how many lines came before.

    Args:
        items: the entire list, sorted.
        limit: lines a page.
        cursor: from the page before, or None for the first.
    """
    start = read_cursor(cursor, [int])[0] if cursor else 0
    if start < 0:
        raise _foreign()
    end = start + limit
    return {
        "items": items[start:end],
        "next_cursor": write_cursor(end) if end < len(items) else None,
        "total": len(items),
    }
