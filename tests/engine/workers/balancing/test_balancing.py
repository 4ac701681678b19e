"""Every balancing: chooses among free workers only, uses all, repeats itself with the same seed, forgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.workers import Task
from maestro.engine.workers.balancing import BALANCINGS, Balancing


@dataclass
class Place:
    """A worker of a simulated pool."""

    name: str
    slots: int = 1
    underway: Sequence[tuple[Task, float]] = ()
    used: float = 0.0


def a_task(kind: str = "fit", size: float = 1.0) -> Task:
    return Task("key", print, {}, kind=kind, size=size)


@pytest.fixture(params=sorted(BALANCINGS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def make(name: str, seed: int = 3) -> Balancing:
    return BALANCINGS[name](np.random.default_rng(seed))


def test_the_only_free_worker_gets_the_task(name: str) -> None:
    assert make(name).choose(a_task(), [Place("a")], []) == "a"


@settings(deadline=None, max_examples=50)
@given(
    free=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3), st.floats(0, 1)), min_size=1, max_size=6),
    busy=st.integers(0, 3),
    seconds=st.lists(st.floats(1e-3, 1e3), max_size=10),
)
@pytest.mark.parametrize("name", sorted(BALANCINGS))
def test_a_free_worker_is_chosen_or_a_busy_one_waited_for(
    name: str, free: list[tuple[int, int, float]], busy: int, seconds: list[float]
) -> None:
    balancing = make(name)
    places = [
        Place(f"f{number}", slots, [(a_task(), 0.1)] * min(running, slots - 1), used)
        for number, (slots, running, used) in enumerate(free)
    ]
    full = [Place(f"b{number}", 1, [(a_task(), 0.1)]) for number in range(busy)]
    everyone = [*places, *full]
    for number, each in enumerate(seconds):
        balancing.learn(everyone[number % len(everyone)].name, a_task(), each)
    chosen = balancing.choose(a_task(), places, full)
    assert chosen in {place.name for place in places} or (chosen is None and full)


def test_equal_workers_all_get_work(name: str) -> None:
    balancing = make(name)
    done = {"a": 0, "b": 0, "c": 0}
    places = {each: Place(each) for each in done}
    for _ in range(30):
        wave: list[str] = []
        while len(wave) < 3:
            free = [place for place in places.values() if place.name not in wave]
            chosen = balancing.choose(a_task(), free, [])
            assert chosen is not None
            wave.append(chosen)
        for each in wave:
            done[each] += 1
            balancing.learn(each, a_task(), 1.0)
    assert done == {"a": 30, "b": 30, "c": 30}


def test_the_same_seed_gives_the_same_choices(name: str) -> None:
    def choices() -> list[str | None]:
        balancing, places, made = make(name), [Place("a"), Place("b"), Place("c")], []
        for number in range(20):
            made.append(balancing.choose(a_task(), places, []))
            balancing.learn(str(made[-1]), a_task(), 1.0 + number % 3)
        return made

    assert choices() == choices()


def test_speed_is_1_where_nothing_is_known_and_after_a_worker_is_forgotten(name: str) -> None:
    balancing = make(name)
    assert balancing.speed("a") == 1.0
    balancing.learn("a", a_task(), 5.0)
    balancing.learn("b", a_task(), 1.0)
    balancing.choose(a_task(), [Place("a"), Place("b")], [])
    balancing.forget("a")
    assert balancing.speed("a") == 1.0
