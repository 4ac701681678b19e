"""Size: how many bytes a value holds in memory, with everything that it refers to."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes, bytearray})


def size_of(value: Any) -> int:
    """Bytes that a value holds: containers with their contents and arrays with their data, each once.

    Plain data, arrays, dataclasses and objects with attributes are looked into; anything else counts as
    what `sys.getsizeof` says of it. Plain data in a list counts at each place where it stands, because
    telling the places apart would take longer than most values are worth.
    """
    if type(value) in _PLAIN:
        return sys.getsizeof(value)
    total, seen, left = 0, set(), [value]
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        parts = _parts(one)
        if _PLAIN.issuperset(map(type, parts)):
            total += sum(map(sys.getsizeof, parts))
        else:
            left += parts
    return total


def _parts(one: Any) -> Collection[Any]:
    if type(one) in _PLAIN:
        return ()
    if isinstance(one, Mapping):
        return [*one.keys(), *one.values()]
    if isinstance(one, list | tuple | set | frozenset):
        return one
    if isinstance(one, np.ndarray):
        # a view keeps the whole array alive that it looks at
        return [one.base, *(one.flat if one.dtype.hasobject else ())]
    if is_dataclass(one) and not isinstance(one, type):
        return [getattr(one, each.name) for each in fields(one)]
    return list(vars(one).values()) if hasattr(one, "__dict__") and not isinstance(one, type) else ()
