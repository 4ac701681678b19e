"""Execution: any graph, run durably, gives what plain evaluation of its functions gives."""

import asyncio
import random
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, Step, step
from maestro.settings import EngineSettings


def make_step(name: str, parents: list[str], is_async: bool) -> Step:
    """A step called `name` that lists its own name, the input and what its parents gave."""
    arguments = ", ".join([*parents, "seed"])
    body = f"return ['{name}', seed, {', '.join(parents)}]"
    source = f"{'async ' if is_async else ''}def {name}({arguments}):\n    {body}\n"
    scope: dict[str, Any] = {}
    exec(source, scope)
    return step(scope[name])


@st.composite
def dags(draw: st.DrawFn) -> dict[str, list[str]]:
    """Steps with their parents; names are shuffled, so that their order says nothing about the edges."""
    size = draw(st.integers(1, 8))
    names = draw(st.permutations([f"s{number}" for number in range(size)]))
    return {
        name: draw(st.lists(st.sampled_from(names[:index]), unique=True)) if index else []
        for index, name in enumerate(names)
    }


def evaluated(dag: dict[str, list[str]], seed: int) -> dict[str, Any]:
    """The results of the last steps, worked out by hand; parents come before children in `dag`."""
    values: dict[str, Any] = {}
    for name, parents in dag.items():
        values[name] = [name, seed, *(values[parent] for parent in parents)]
    used = {parent for parents in dag.values() for parent in parents}
    return {name: value for name, value in values.items() if name not in used}


async def run_all(cases: list[tuple[dict[str, list[str]], int]], folder: Path) -> list[dict[str, Any]]:
    engine = Engine(f"sqlite:///{folder}/engine.db", EngineSettings(), RealClock())
    shuffle = random.Random(1)
    for number, (dag, _) in enumerate(cases):
        steps = [make_step(name, parents, shuffle.random() < 0.5) for name, parents in dag.items()]
        shuffle.shuffle(steps)
        engine.register(Graph(f"g{number}", steps))
    await engine.launch()
    try:
        ids = [await engine.start(f"g{number}", {"seed": seed}) for number, (_, seed) in enumerate(cases)]
        return [await engine.wait(run_id, timeout_s=60) for run_id in ids]
    finally:
        await engine.shutdown()


@given(st.lists(st.tuples(dags(), st.integers()), min_size=4, max_size=10))
@settings(max_examples=6, deadline=None)
def test_a_durable_run_equals_plain_evaluation(cases: list[tuple[dict[str, list[str]], int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        results = asyncio.run(run_all(cases, Path(folder)))

    assert results == [evaluated(dag, seed) for dag, seed in cases]


@given(dags(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_steps_are_always_numbered_alike_and_after_their_parents(
    dag: dict[str, list[str]], shuffle: random.Random
) -> None:
    steps = [make_step(name, parents, False) for name, parents in dag.items()]
    first = [each.name for each in Graph("g", steps).steps]
    shuffle.shuffle(steps)

    assert [each.name for each in Graph("g", steps).steps] == first
    assert all(first.index(parent) < first.index(name) for name in dag for parent in dag[name])
