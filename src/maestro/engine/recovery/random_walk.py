"""Random walk: walks from the symptoms towards what they need, and tells where it comes to rest."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from maestro.engine.recovery.dependencies import Dependencies

RESTART = 0.15
"""Chance of going back to a symptom at each move."""

BACKWARDS = 0.1
"""Share of weight for moving back to a component that needs this one."""

_MOVES = 60
_QUIET = 0.02


def random_walk(
    dependencies: Dependencies, loudness: NDArray[np.float64], symptoms: Collection[str]
) -> NDArray[np.float64]:
    """Share of time that the walk spends at each component, in the order of the graph; sums to 1.

    From a component it moves to what that needs, the louder the likelier; back a little; and it stays where
    nothing around is louder. Kim, Sumbaly, Shah, "Root Cause Detection in a Service-Oriented Architecture",
    SIGMETRICS 2013 (MonitorRank); Page et al., 1999, for the restart.

    Args:
        dependencies: the graph.
        loudness: how unusual each component is, 0 or more, in the order of the graph.
        symptoms: where the walk begins and begins again.
    """
    names = list(dependencies.components)
    place = {name: index for index, name in enumerate(names)}
    loud = loudness + _QUIET
    moves = np.zeros((len(names), len(names)))
    for name, component in dependencies.components.items():
        here = place[name]
        for needed in component.needs:
            moves[here, place[needed]] += loud[place[needed]]
            moves[place[needed], here] += BACKWARDS * loud[here]
    around = moves.max(axis=1)
    moves[np.diag_indices(len(names))] = np.maximum(0.0, loud - around) + _QUIET
    moves /= moves.sum(axis=1, keepdims=True)
    start = np.array([1.0 if name in symptoms else 0.0 for name in names])
    start = start / start.sum() if start.any() else np.full(len(names), 1.0 / len(names))
    share = start
    for _ in range(_MOVES):
        share = RESTART * start + (1.0 - RESTART) * (share @ moves)
    result: NDArray[np.float64] = share / share.sum()
    return result
