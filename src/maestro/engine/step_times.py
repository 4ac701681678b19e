"""Step times: how long each step takes, learned from its runs, and how much work hangs on it."""

from __future__ import annotations

from collections.abc import Mapping

from maestro.engine.graph import Graph
from maestro.engine.observation import PastRun
from maestro.engine.step import Step

MEMORY = 20
"""The last run weighs at least one part in so many."""
MOVED = 0.1
"""Share by which a mean must move before the ways through its workflow are added up anew."""


class StepTimes:
    """The running mean of the seconds of each step, by workflow, and the longest way from each to an end.

    Where workers are scarce, the step with the longest way ahead goes first: the critical-path rule (Kelley
    and Walker, "Critical-Path Planning and Scheduling", 1959). It begins with what the journal knows of the
    last runs; a step that was never seen counts as the mean of its workflow.

    In the first run of a workflow all its steps count as the mean of all that was ever seen, so that ways are
    counted in steps. Were they measured as soon as some are known, what became ready before would be compared
    by another measure with what became ready after.
    """

    def __init__(self) -> None:
        self._seconds: dict[str, dict[str, tuple[float, int]]] = {}
        self._ways: dict[tuple[str, str], tuple[Mapping[str, float], Mapping[str, float]]] = {}
        self._measured: set[tuple[str, str]] = set()

    def learn(self, workflow: str, step: str, seconds: float) -> None:
        """A step of a workflow has succeeded after so many seconds of work, waiting not counted."""
        means = self._seconds.setdefault(workflow, {})
        mean, seen = means.get(step, (0.0, 0))
        means[step] = mean + (seconds - mean) / min(seen + 1, MEMORY), seen + 1

    def recall(self, run: PastRun) -> None:
        """Learn from a run of former times."""
        for each in run.steps:
            if each.ok and each.worked_s is not None:
                self.learn(run.workflow, each.step, each.worked_s)

    def way_ahead(self, graph: Graph, step: str) -> float:
        """Seconds of the longest way from a step to an end of its graph, itself included."""
        key = graph.name, graph.version
        known = self._ways.get(key)
        means = self._seconds[graph.name] if self._is_measured(graph) else {}
        if known is None or self._moved(known[0], means, step):
            lengths = {name: mean for name, (mean, _) in means.items()}
            known = self._ways[key] = lengths, _ways(graph, lengths, self._typical(lengths))
        return known[1][step]

    def way_after(self, graph: Graph, step: str) -> float:
        """Seconds of the longest way that begins when a step is done; 0 where nothing takes its result."""
        return max((self.way_ahead(graph, child) for child in graph.children[step]), default=0.0)

    def _is_measured(self, graph: Graph) -> bool:
        """Whether a workflow was seen whole, or is in its second run at least."""
        key = graph.name, graph.version
        if key not in self._measured:
            means = self._seconds.get(graph.name, {})
            whole = all(one.name in means for one in graph.steps if isinstance(one, Step))
            if means and (whole or any(seen > 1 for _, seen in means.values())):
                self._measured.add(key)
        return key in self._measured

    def _typical(self, lengths: Mapping[str, float]) -> float:
        """Seconds of a step that was never seen: the mean of its workflow, or else of all."""
        known = list(lengths.values()) or [
            mean for means in self._seconds.values() for mean, _ in means.values()
        ]
        return sum(known) / len(known) if known else 1.0

    @staticmethod
    def _moved(then: Mapping[str, float], means: Mapping[str, tuple[float, int]], step: str) -> bool:
        if len(then) != len(means):
            return True
        return step in means and abs(means[step][0] - then[step]) > MOVED * then[step]


def _ways(graph: Graph, lengths: Mapping[str, float], typical: float) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for one in reversed(graph.steps):
        after = max((found[child] for child in graph.children[one.name]), default=0.0)
        found[one.name] = lengths.get(one.name, typical) + after
    return found
