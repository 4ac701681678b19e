"""Shortening: cuts long lists, mappings and texts, so that a page that shows a run stays small."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

LONGEST_LIST = 100
"""Items shown of a list or a mapping."""

LONGEST_TEXT = 10_000
"""Characters shown of a text."""


def shortened(value: Any) -> tuple[Any, bool]:
    """The beginning of a value, and whether anything was cut off, at any depth.

    Args:
        value: plain data, as steps take and return it.
    """
    if isinstance(value, str):
        return value[:LONGEST_TEXT], len(value) > LONGEST_TEXT
    if isinstance(value, Mapping):
        parts = {key: shortened(each) for key, each in islice(value.items(), LONGEST_LIST)}
        cut = len(value) > LONGEST_LIST or any(part[1] for part in parts.values())
        return {key: part[0] for key, part in parts.items()}, cut
    if isinstance(value, list | tuple):
        found = [shortened(each) for each in value[:LONGEST_LIST]]
        return [part[0] for part in found], len(value) > LONGEST_LIST or any(part[1] for part in found)
    return value, False
