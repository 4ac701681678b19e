"""Critical path: the longest way through steps that wait for each other, for one or many draws of lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

import numpy as np

from maestro.engine.scheduling.priority import Floats


def longest_path(
    parents: Mapping[str, Sequence[str]], lengths: Mapping[str, Floats]
) -> tuple[Floats, tuple[str, ...]]:
    """When all steps are done if each begins as soon as its parents are done.

    Args:
        parents: by step, the steps it waits for; those that are not keys themselves count as done.
        lengths: by step, its length in each draw, shape (n,).

    Returns:
        The end in each draw, shape (n,), and the steps of the way that is longest in the mean, in order.
    """
    inner = {step: [each for each in of if each in parents] for step, of in parents.items()}
    ends: dict[str, Floats] = {}
    before: dict[str, str | None] = {}
    for step in TopologicalSorter(inner).static_order():
        if not inner[step]:
            before[step], ends[step] = None, np.asarray(lengths[step], np.float64)
            continue
        before[step] = max(sorted(inner[step]), key=lambda each: float(ends[each].mean()))
        ends[step] = np.max([ends[each] for each in inner[step]], axis=0) + lengths[step]
    if not ends:
        return np.zeros(1), ()
    last: str | None = max(sorted(ends), key=lambda each: float(ends[each].mean()))
    path: list[str] = []
    while last is not None:
        path.append(last)
        last = before[last]
    return np.max(list(ends.values()), axis=0), tuple(reversed(path))
