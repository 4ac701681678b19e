"""Portable values: what a step may take and return, written to the journal as JSON and read back the same.

No pickle: whoever can write to the database must not be able to run code in this process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from maestro.errors import PermanentError

_PLAIN = frozenset({type(None), bool, int, float, str})


def dumps(value: Any) -> str:
    """Write a value as JSON; dates, decimals, tuples and other keys than strings are tagged.

    Args:
        value: None, bool, int, float, str, list, tuple, mapping, datetime, date, timedelta or Decimal, nested
            at will; NumPy scalars are written as the Python number they stand for.

    Raises:
        PermanentError: the value holds something else; the message says where.
    """
    return json.dumps(_pack(value, "the value"), separators=(",", ":"), ensure_ascii=False)


def loads(text: str) -> Any:
    """Read back what `dumps` wrote; tuples, dates and decimals come back as what they were."""
    return json.loads(text, object_hook=_unpack)


def _pack(value: Any, where: str) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, np.generic):
        return _pack(value.item(), where)
    if isinstance(value, list):
        return _pack_items(value, where)
    if isinstance(value, tuple):
        return {"$tuple": _pack_items(value, where)}
    if isinstance(value, Mapping):
        return _pack_mapping(value, where)
    return value if isinstance(value, int | float | str) else _pack_moment(value, where)


def _pack_items(items: list[Any] | tuple[Any, ...], where: str) -> list[Any]:
    if all(type(item) in _PLAIN for item in items):
        return list(items)
    return [_pack(item, f"{where}[{index}]") for index, item in enumerate(items)]


def _pack_mapping(value: Mapping[Any, Any], where: str) -> dict[str, Any]:
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: _pack(item, f"{where}[{key!r}]") for key, item in value.items()}
    pairs = [
        [_pack(key, f"a key of {where}"), _pack(item, f"{where}[{key!r}]")] for key, item in value.items()
    ]
    return {"$dict": pairs}


def _pack_moment(value: Any, where: str) -> dict[str, Any]:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, timedelta):
        return {"$timedelta": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    raise PermanentError(
        f"{where[0].upper()}{where[1:]} is a {type(value).__name__}, which a workflow cannot keep.",
        remedy="Take and return plain data: numbers, text, dates, lists and mappings of them.",
    )


def _unpack(tagged: dict[str, Any]) -> Any:
    if len(tagged) != 1:
        return tagged
    ((tag, content),) = tagged.items()
    read = _READERS.get(tag)
    return tagged if read is None else read(content)


_READERS: dict[str, Any] = {
    "$tuple": tuple,
    "$dict": dict,
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$timedelta": lambda parts: timedelta(days=parts[0], seconds=parts[1], microseconds=parts[2]),
    "$decimal": Decimal,
}
