"""Memory optimizer: what is given up at which pressure, when new work is refused, how often garbage goes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import timedelta

import pytest

from maestro.clock import VirtualClock
from maestro.engine.memory import MemoryOptimizer, Pressure, Sample, Strategy
from maestro.engine.memory.optimizer import RELIEF, THRESHOLDS
from maestro.errors import TemporaryError

from .conftest import NOON, Machine


class Hoard:
    """Holds bytes of the machine, and gives them up when asked."""

    def __init__(self, machine: Machine, size: int) -> None:
        self.machine = machine
        self.size = size
        self.asked: list[float] = []

    def trim(self, keep: float) -> int:
        self.asked.append(keep)
        freed = self.size - int(self.size * keep)
        self.size -= freed
        self.machine.used -= freed
        return freed


class Scene:
    """An optimizer with one cache and one pool of 100 bytes each."""

    def __init__(self, machine: Machine, clock: VirtualClock, strategy: Strategy) -> None:
        self.machine = machine
        self.clock = clock
        self.cache, self.pool = Hoard(machine, 100), Hoard(machine, 100)
        self.refusals: list[bool] = []
        self.optimizer = MemoryOptimizer(
            strategy,
            clock,
            held=machine.held,
            caches=lambda: [self.cache],
            pools=lambda: [self.pool],
            on_refusal=self.refusals.append,
        )

    def at(self, used: int, after_s: float = 0) -> object:
        self.clock.set(self.clock.now() + timedelta(seconds=after_s))
        self.machine.used = used
        return self.optimizer.react(Sample(self.clock.now(), used, 1000))


@pytest.fixture
def scene(machine: Machine, clock: VirtualClock) -> Iterator[Scene]:
    made = Scene(machine, clock, Strategy.BALANCED)
    yield made
    made.optimizer.end()


def test_with_room_nothing_is_done(scene: Scene) -> None:
    assert scene.at(699) is None
    assert scene.cache.asked == []


def test_more_pressure_gives_up_more(scene: Scene) -> None:
    scene.at(700)
    assert (scene.cache.size, scene.pool.size) == (100, 50)
    scene.at(800)
    assert (scene.cache.size, scene.pool.size) == (75, 12)
    action = scene.at(900)
    assert (scene.cache.size, scene.pool.size) == (37, 0)
    assert action is scene.optimizer.actions[0]
    assert scene.optimizer.actions[0].freed_bytes == 38 + 12
    assert scene.optimizer.actions[0].words.en.startswith("At high pressure: 0.0 MB out of caches")


def test_the_same_pressure_is_answered_again_after_half_a_minute(scene: Scene) -> None:
    assert scene.at(850) is not None
    assert scene.at(850, after_s=5) is None
    assert scene.at(720, after_s=5) is None, "pressure fell, and something was just done"
    assert scene.at(910, after_s=5) is not None, "pressure rose"
    assert scene.at(910, after_s=30) is not None


def test_new_work_is_refused_at_critical_pressure_until_it_is_below_high(scene: Scene) -> None:
    scene.optimizer.check_room()
    scene.at(960)
    assert scene.optimizer.refusing
    with pytest.raises(TemporaryError, match="no new work"):
        scene.optimizer.check_room()
    scene.at(920, after_s=60)
    assert scene.refusals == [True]
    scene.at(890, after_s=60)
    assert scene.refusals == [True, False]
    assert not scene.optimizer.refusing


def test_a_conservative_optimizer_leaves_low_pressure_alone(machine: Machine, clock: VirtualClock) -> None:
    scene = Scene(machine, clock, Strategy.CONSERVATIVE)
    assert scene.at(750) is None
    assert scene.at(850) is not None
    assert scene.cache.size == 100


def test_strategies_are_ordered_at_every_pressure() -> None:
    for pressure in Pressure:
        keeps = [RELIEF[strategy][pressure].caches_keep for strategy in Strategy]
        pools = [RELIEF[strategy][pressure].pools_keep for strategy in Strategy]
        assert keeps == sorted(keeps, reverse=True)
        assert pools == sorted(pools, reverse=True)
    for strategy in Strategy:
        levels = [RELIEF[strategy][pressure].caches_keep for pressure in Pressure]
        assert levels == sorted(levels, reverse=True)


def test_garbage_is_collected_less_often_while_there_is_room(scene: Scene) -> None:
    pythons_own = gc.get_threshold()
    scene.optimizer.begin()
    scene.optimizer.begin()
    assert gc.get_threshold() == THRESHOLDS[Strategy.BALANCED]
    assert gc.get_freeze_count() > 0
    scene.at(850)
    assert gc.get_threshold() == pythons_own
    scene.at(500)
    assert gc.get_threshold() == THRESHOLDS[Strategy.BALANCED]
    scene.optimizer.use(Strategy.AGGRESSIVE)
    assert gc.get_threshold() == THRESHOLDS[Strategy.AGGRESSIVE]
    assert scene.optimizer.strategy == "aggressive"
    scene.optimizer.use(Strategy.CONSERVATIVE)
    assert gc.get_threshold() == pythons_own
    scene.optimizer.end()
    scene.optimizer.end()
    assert gc.get_threshold() == pythons_own
    assert gc.get_freeze_count() == 0


def test_relief_on_demand_is_that_of_high_pressure(scene: Scene) -> None:
    assert scene.optimizer.relieve() is not None
    assert scene.cache.size == 50
    assert scene.optimizer.actions[0].at == NOON
    assert scene.optimizer.actions[0].words.en.startswith("On request")
