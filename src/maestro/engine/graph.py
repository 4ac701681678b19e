"""Graph: a workflow as a set of step functions whose argument names are the edges."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, cast

from maestro.engine.step import Node, step
from maestro.errors import ConfigurationError, InputError

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]*")


class Graph:
    """A workflow: steps, and who takes whose result.

    An argument named like another step takes that step's result; every other argument is an input of the
    workflow. The result of a run is what its last steps (those whose result nobody takes) returned, by name;
    a step that was skipped by its condition is not in it.

    Args:
        name: name of the workflow, a word of letters, digits, `_`, `-` and `.`.
        steps: functions, steps made with `step`, waits and sub-workflows; their order does not matter to the
            edges.
        inputs: the names of the inputs; when given, an argument that is neither a step nor one of them is an
            error, which catches misspelled edges.
        version: a word for this state of the definition. Several versions of one name may be registered: new
            runs take the one that was registered last, and a run ends on the version it began with.

    Raises:
        ConfigurationError: no steps, a step twice, an unknown name or a cycle.

    Example:
        def forecast(sales): ...
        def order(forecast, stock): ...
        Graph("replenish", [forecast, order]).inputs == ("sales", "stock")
    """

    def __init__(
        self,
        name: str,
        steps: Sequence[Node | Callable[..., Any]],
        *,
        inputs: Collection[str] | None = None,
        version: str = "1",
    ) -> None:
        if not NAME.fullmatch(name):
            raise ConfigurationError(
                f"{name!r} cannot be the name of a workflow.", remedy="Use letters, digits, '_', '-' and '.'."
            )
        self.name = name
        self.version = version
        by_name = self._by_name(steps)
        arguments = {each: one.parameters() for each, one in by_name.items()}
        self.parents: Mapping[str, tuple[str, ...]] = {
            each: tuple(argument for argument in arguments[each] if argument in by_name) for each in by_name
        }
        self._check_names(arguments, inputs)
        self.steps: tuple[Node, ...] = tuple(by_name[each] for each in self._order())
        required: dict[str, bool] = {}
        for one in arguments.values():
            for argument in set(one) - set(by_name):
                required[argument] = required.get(argument, False) or one[argument]
        self.inputs: tuple[str, ...] = tuple(sorted(required))
        self.required_inputs: tuple[str, ...] = tuple(each for each in self.inputs if required[each])
        self.children: Mapping[str, tuple[str, ...]] = {
            each: tuple(one.name for one in self.steps if each in self.parents[one.name]) for each in by_name
        }
        self.last_steps: tuple[str, ...] = tuple(
            one.name for one in self.steps if not self.children[one.name]
        )
        self._arguments = arguments

    def arguments(self, of: str, inputs: Mapping[str, Any], results: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of step `of`: those of its parents' results and of the inputs that are there."""
        known = {**inputs, **results}
        return {each: known[each] for each in self._arguments[of] if each in known}

    def needs(self, of: str) -> tuple[str, ...]:
        """Parents without whose result step `of` cannot be worked: those that it has no default for."""
        required = self._arguments[of]
        return tuple(parent for parent in self.parents[of] if required[parent])

    def downstream(self, of: Collection[str]) -> set[str]:
        """These steps and all that take anything of theirs, at any distance."""
        found = set(of)
        for one in self.steps:
            if found.intersection(self.parents[one.name]):
                found.add(one.name)
        return found

    def check_inputs(self, inputs: Mapping[str, Any]) -> None:
        """Prove that a run could begin with these inputs.

        Raises:
            InputError: one is missing, or one is not taken by any step.
        """
        missing = [each for each in self.required_inputs if each not in inputs]
        if missing:
            raise InputError(
                f"Workflow {self.name} lacks its input {', '.join(missing)}.", remedy="Give it when starting."
            )
        unknown = sorted(set(inputs) - set(self.inputs))
        if unknown:
            raise InputError(
                f"Workflow {self.name} has no input {', '.join(unknown)}.",
                remedy=f"Its inputs are: {', '.join(self.inputs) or 'none'}.",
            )

    @cached_property
    def fingerprint(self) -> str:
        """Changes when a step or an edge does; tells whether a run still fits the graph."""
        shape = ";".join(f"{one.name}({','.join(self._arguments[one.name])})" for one in self.steps)
        return hashlib.sha256(shape.encode()).hexdigest()[:16]

    def same_as(self, other: Graph) -> bool:
        """Whether another definition has the same name, version and steps, made of the same functions."""
        return (self.name, self.version, self.steps) == (other.name, other.version, other.steps)

    def _by_name(self, steps: Sequence[Node | Callable[..., Any]]) -> dict[str, Node]:
        if not steps:
            raise ConfigurationError(f"Workflow {self.name} has no steps.", remedy="Give it at least one.")
        found: dict[str, Node] = {}
        for each in steps:
            one = cast("Node", each) if hasattr(each, "kind") else step(each)
            if one.name in found:
                raise ConfigurationError(
                    f"Workflow {self.name} has two steps called {one.name}.",
                    remedy=f"Rename one: step(fn, name='{one.name}_2').",
                )
            found[one.name] = one
        return found

    def _check_names(
        self, arguments: Mapping[str, Mapping[str, bool]], inputs: Collection[str] | None
    ) -> None:
        known = {*arguments, *(inputs or ())}
        for both in sorted(set(arguments) & set(inputs or ())):
            raise ConfigurationError(
                f"Workflow {self.name} has a step and an input called {both}.", remedy="Rename one of them."
            )
        if inputs is None:
            return
        for each, names in arguments.items():
            for argument in names:
                if argument not in known:
                    close = difflib.get_close_matches(argument, known, n=1)
                    raise ConfigurationError(
                        f"Step {each} of workflow {self.name} takes {argument}: no step and no input.",
                        remedy=f"Did you mean {close[0]}?" if close else "Add it to the inputs.",
                    )

    def _order(self) -> tuple[str, ...]:
        """Topological order; among steps that are free at once, the order of their names."""
        sorter = TopologicalSorter(self.parents)
        try:
            sorter.prepare()
        except CycleError as error:
            path = " -> ".join(reversed(error.args[1]))
            raise ConfigurationError(
                f"The steps of workflow {self.name} wait for each other: {path}.",
                remedy="Rename an argument so that the circle is broken.",
            ) from None
        order: list[str] = []
        while sorter.is_active():
            free = sorted(sorter.get_ready())
            order.extend(free)
            sorter.done(*free)
        return tuple(order)
