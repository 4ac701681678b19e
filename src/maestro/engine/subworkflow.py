"""Sub-workflow: a step that is a run of another workflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from maestro.engine.graph import Graph
from maestro.engine.step import check_name, check_takes


@dataclass(frozen=True)
class Subworkflow:
    """A workflow as a step of another. Made by `subworkflow`."""

    name: str
    graph: Graph
    when: Callable[..., Any] | None = None
    undo: Callable[..., Any] | None = None
    kind: Literal["workflow"] = "workflow"

    def parameters(self) -> Mapping[str, bool]:
        """The inputs of the workflow, each with whether it must be given."""
        return {each: each in self.graph.required_inputs for each in self.graph.inputs}


def subworkflow(
    name: str,
    graph: Graph,
    *,
    when: Callable[..., Any] | None = None,
    undo: Callable[..., Any] | None = None,
) -> Subworkflow:
    """Run another workflow as a step: its inputs are the edges, its result is the step's.

    Its run has the id `run/step`, and fails and is rolled back by itself. Where the run that it belongs to
    fails first, it is cancelled and takes back what it did; where that is cancelled, so is it. The step needs
    no place among the runs that are worked at once.

    Args:
        name: what other steps call its result.
        graph: the workflow; registering the outer one registers it too.
        when: a condition over its inputs.
        undo: takes its effects back when it has succeeded and the outer run fails later; takes any of its
            inputs and `result`.

    Raises:
        ConfigurationError: the name is no name, or a function takes something that the workflow does not.
    """
    made = Subworkflow(check_name(name), graph, when, undo)
    check_takes(name, "when", when, made.parameters())
    check_takes(name, "undo", undo, made.parameters(), "result")
    return made
