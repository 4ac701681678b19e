"""Self-test workflow: the smallest run there is; proves that the journal and the steps work."""

from __future__ import annotations

from maestro.engine.graph import Graph

SELF_TEST = "self-test"
"""Name of the workflow."""


def double(number: int) -> int:
    """What the self-test has a step and a worker do."""
    return number * 2


def self_test() -> Graph:
    """The workflow: its input `number` is doubled."""
    return Graph(SELF_TEST, [double], inputs=("number",))
