"""Round robin, least connections and load: each follows its own rule."""

from __future__ import annotations

import numpy as np

from maestro.engine.workers import Task
from maestro.engine.workers.balancing import BALANCINGS, Balancing

from .test_balancing import Place

TASK = Task("key", print, {})


def make(name: str) -> Balancing:
    return BALANCINGS[name](np.random.default_rng(1))


def test_round_robin_gives_turns_and_passes_over_who_is_full() -> None:
    balancing, places = make("round_robin"), [Place("a"), Place("b"), Place("c")]
    assert [balancing.choose(TASK, places, []) for _ in range(4)] == ["a", "b", "c", "a"]
    assert balancing.choose(TASK, [places[0], places[2]], [places[1]]) == "c"
    assert balancing.choose(TASK, places, []) == "b"
    balancing.forget("c")
    assert balancing.choose(TASK, places, []) == "c"


def test_least_connections_counts_tasks_against_slots() -> None:
    running = (TASK, 1.0)
    places = [Place("a", 2, [running]), Place("b", 8, [running, running]), Place("c", 3, [running])]
    assert make("least_connections").choose(TASK, places, []) == "b"


def test_load_takes_the_least_used_and_counts_what_was_just_given() -> None:
    places = [Place("a", 4, [], 0.6), Place("b", 4, [], 0.5), Place("c", 4, [(TASK, 0.0)], 0.4)]
    assert make("load").choose(TASK, places, []) == "b"
