"""Adaptation: finds the fastest chunk size and width, keeps only what helps, and undoes it when asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.clock import RealClock, VirtualClock
from maestro.database import Database
from maestro.engine import Engine, Graph, step
from maestro.engine.adaptation.adaptation import Adaptation, AdaptationState, Knob, Value
from maestro.engine.adaptation.advisor import LearningAdvisor
from maestro.engine.adaptation.machine import MachineSense
from maestro.engine.adaptation.seat import Seats
from maestro.engine.adaptation.switchback import Switchback, drawn
from maestro.engine.observation import Advice, RunOutcome, StepAhead, StepOutcome
from maestro.engine.tables import create_tables
from maestro.errors import ConflictError, NotFoundError
from maestro.settings import AdaptationSettings, EngineSettings

START = datetime(2026, 1, 5, tzinfo=UTC)
ITEMS = 10_000

Pace = Callable[[float, float], float]


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{tmp_path}/engine.db")
    create_tables(database)
    yield database
    database.close()


class Simulated:
    """An engine of one step that asks the advisor, works by made-up rules, and tells how it went."""

    def __init__(self, records: Database, *, seed: int = 1, **options: object) -> None:
        limits = {key: options.pop(key) for key in list(options) if key in AdaptationSettings.model_fields}
        self.clock = VirtualClock(START)
        self.records = records
        self.limits = AdaptationSettings.model_validate(limits)
        self.options = options
        self.advisor = self.restarted(seed)
        self.rng = np.random.default_rng(seed)
        self.number = 0
        self.advice = Advice()

    def restarted(self, seed: int = 1) -> LearningAdvisor:
        options: dict[str, Any] = {"seed": seed, "wall": self.clock, **self.options}
        advisor = LearningAdvisor(self.records, self.limits, self.clock, **options)
        advisor.open()
        return advisor

    def ask(self, features: dict[str, float], size: int = ITEMS, step: str = "price") -> StepAhead:
        self.number += 1
        self.clock.set(self.clock.now() + timedelta(seconds=30))
        ahead = StepAhead(f"run-{self.number}", "order", "1", step, "here", size, {}, features)
        self.advice = self.advisor.before_step(ahead)
        return ahead

    def tell(self, ahead: StepAhead, seconds: float, ok: bool = True) -> None:
        self.advisor.step_ended(
            StepOutcome(
                ahead.run_id,
                ahead.workflow,
                "1",
                ahead.step,
                "w1",
                self.clock.now(),
                0.0,
                seconds,
                1,
                ok,
                "" if ok else "E",
                ahead.size,
                ahead.features,
            )
        )

    def run_maps(self, count: int, pace: Pace, noise: float = 0.1) -> None:
        """Runs of a map whose declared chunk size is 8 and whose declared width is 1."""
        for _ in range(count):
            ahead = self.ask({"chunk_size": 8.0, "width": 1.0})
            seconds = pace(self.advice.chunk_size or 8, self.advice.width or 1)
            self.tell(ahead, seconds * float(self.rng.lognormal(0.0, noise)))

    def kept(self) -> dict[Knob, float]:
        """The values that are in force, of chunk size and width."""
        tuning = self.advisor._tunings["order", "price"]
        return {knob: float(tuning.in_force(knob) or 0) for knob in (Knob.CHUNK_SIZE, Knob.WIDTH)}

    def written(self) -> list[Adaptation]:
        self.advisor.close()
        return self.advisor.store.list(limit=500)


def best_at_64_by_4(chunk: float, width: float) -> float:
    """Seconds of a map: a cost a chunk, a cost of large chunks, and no gain beyond four at once."""
    return (
        (0.01 * ITEMS / chunk + 0.01 * ITEMS * chunk / 4096) / min(width, 4) * (1 + 0.1 * max(width - 4, 0))
    )


def indifferent(chunk: float, width: float) -> float:
    return 10.0


def test_the_fastest_chunk_size_and_width_are_found(records: Database) -> None:
    engine = Simulated(records)

    engine.run_maps(700, best_at_64_by_4)

    assert engine.kept()[Knob.WIDTH] == 4
    assert 32 <= engine.kept()[Knob.CHUNK_SIZE] <= 128
    kept = [one for one in engine.written() if one.state is AdaptationState.KEPT]
    assert all(one.gain is not None and one.gain > 0.02 for one in kept)
    assert {one.knob for one in kept} == {Knob.WIDTH, Knob.CHUNK_SIZE}


def test_where_nothing_makes_a_difference_hardly_anything_is_kept(records: Database) -> None:
    engine = Simulated(records, rest=10, most_runs=120)

    engine.run_maps(1800, indifferent, noise=0.5)

    tried = engine.written()
    assert len(tried) >= 6
    assert sum(one.state is AdaptationState.KEPT for one in tried) <= 0.2 * len(tried)


def test_what_harms_is_reverted_soon(records: Database) -> None:
    engine = Simulated(records)

    engine.run_maps(400, lambda chunk, width: 10.0 * max(chunk / 8, 8 / chunk) * width**2)

    tried = engine.written()
    assert {one.state for one in tried} == {AdaptationState.REVERTED}
    assert all(one.evidence.before + one.evidence.after < 80 for one in tried)
    assert engine.kept() == {Knob.CHUNK_SIZE: 8, Knob.WIDTH: 1}


def test_what_no_longer_helps_is_reverted(records: Database) -> None:
    engine = Simulated(records, rest=100)
    engine.run_maps(250, lambda chunk, width: 10.0 / min(width, 2))
    assert engine.kept()[Knob.WIDTH] == 2

    engine.run_maps(500, lambda chunk, width: 10.0 * width)

    assert engine.kept()[Knob.WIDTH] == 1


def test_failing_counts_as_slow(records: Database) -> None:
    engine = Simulated(records)
    for _ in range(400):
        ahead = engine.ask({"chunk_size": 8.0, "width": 1.0})
        wide = (engine.advice.width or 1) > 1
        engine.tell(ahead, 5.0 if wide else 10.0, ok=not wide or bool(engine.rng.random() < 0.5))

    assert engine.kept()[Knob.WIDTH] == 1


def test_a_chunk_never_takes_longer_than_allowed(records: Database) -> None:
    engine = Simulated(records, longest_chunk_s=0.5)

    engine.run_maps(500, lambda chunk, width: 0.01 * ITEMS * (1 + 8 / chunk))

    assert (
        engine.kept()[Knob.CHUNK_SIZE] == 32
    )  # the next, 64 items of .01 s, would take longer than half a second


def test_the_step_that_takes_longest_is_tried_first(records: Database) -> None:
    engine = Simulated(records)
    for _ in range(20):
        for name, seconds in (("quick", 1.0), ("slow", 60.0)):
            engine.tell(engine.ask({"chunk_size": 8.0, "width": 1.0}, step=name), seconds)

    assert [one.step for one in engine.written()] == ["slow"]


def test_a_choice_of_places_is_measured(records: Database) -> None:
    engine = Simulated(records, places={("order", "price"): ("here", "worker")})
    for _ in range(200):
        ahead = engine.ask({})
        faster = engine.advice.where == "worker"
        engine.tell(ahead, (3.0 if faster else 6.0) * float(engine.rng.lognormal(0, 0.2)))

    assert engine.advice.where == "worker"


def test_a_person_reverts_and_it_is_not_tried_again(records: Database) -> None:
    engine = Simulated(records, rest=50)
    engine.run_maps(300, best_at_64_by_4)
    first = next(one for one in engine.advisor._in_play() if one.state is AdaptationState.KEPT)

    reverted = engine.advisor.revert(first.id, by="kim")

    assert reverted.state is AdaptationState.REVERTED
    assert engine.kept()[first.knob] == first.before
    with pytest.raises(ConflictError):
        engine.advisor.revert(first.id)
    with pytest.raises(NotFoundError):
        engine.advisor.revert("nothing")
    engine.run_maps(500, best_at_64_by_4)
    again = [one for one in engine.written() if (one.knob, one.after) == (first.knob, first.after)]
    assert [one.by for one in again] == ["kim"]


def test_another_process_may_revert(records: Database) -> None:
    engine = Simulated(records)
    engine.run_maps(300, best_at_64_by_4)
    first = next(one for one in engine.advisor._in_play() if one.state is AdaptationState.KEPT)
    engine.advisor._keeper.write("local")
    engine.advisor._keeper.written()

    other = LearningAdvisor(records, AdaptationSettings(), engine.clock, executor="other")
    other.revert(first.id, by="kim")
    other.close()
    engine.run_maps(100, best_at_64_by_4)
    engine.advisor._keeper.written()
    engine.run_maps(1, best_at_64_by_4)

    assert all(one.id != first.id for one in engine.advisor._in_play())
    assert engine.advisor.store.get(first.id).by == "kim"


def test_a_restart_goes_on_with_what_is_kept_and_on_trial(records: Database) -> None:
    engine = Simulated(records)
    engine.run_maps(100, best_at_64_by_4)
    in_force, outcomes = engine.kept(), engine.advisor.prediction.outcomes
    running = engine.advisor._tunings["order", "price"].trial
    engine.advisor.close()

    engine.advisor = engine.restarted()
    engine.advisor.close()
    engine.advisor.open()
    engine.ask({"chunk_size": 8.0, "width": 1.0})

    assert engine.kept() == in_force
    assert engine.advisor.prediction.outcomes == outcomes
    restored = engine.advisor._tunings["order", "price"].trial
    assert running is not None
    assert restored is not None
    assert (restored.id, restored.evidence) == (running.id, running.evidence)


def test_a_restart_does_not_try_again_what_did_not_help(records: Database) -> None:
    engine = Simulated(records, rest=200)
    engine.run_maps(400, lambda chunk, width: 10.0 * max(chunk / 8, 8 / chunk) * width**2)
    tried = engine.written()
    assert tried
    engine.advisor.close()

    engine.advisor = engine.restarted()
    engine.run_maps(60, lambda chunk, width: 10.0 * max(chunk / 8, 8 / chunk) * width**2)

    assert engine.written() == tried


def test_processes_of_one_name_learn_apart_and_successors_go_on(records: Database) -> None:
    first, second = (Seats(records, RealClock()) for _ in range(2))
    second._me = replace(first._me, host="elsewhere")

    assert (first.take("local"), second.take("local")) == ("local", "local-2")
    first.leave()
    assert Seats(records, RealClock()).take("local") == "local"


def test_the_seat_of_a_dead_process_is_free(records: Database) -> None:
    dead, new = (Seats(records, RealClock()) for _ in range(2))
    dead._me = replace(new._me, pid=2**22 + 1)

    assert (dead.take("local"), new.take("local")) == ("local", "local")


def test_the_seat_of_a_process_elsewhere_is_free_when_it_was_long_unseen(records: Database) -> None:
    clock = VirtualClock(START)
    far, near, late = (Seats(records, clock) for _ in range(3))
    far._me = replace(near._me, host="elsewhere")
    assert far.take("local") == "local"
    clock.set(START + timedelta(minutes=9))
    far.keep()
    clock.set(START + timedelta(minutes=11))
    assert near.take("local") == "local-2"

    near.leave()
    clock.set(START + timedelta(minutes=20))
    assert late.take("local") == "local"
    far.leave()  # it was overtaken, and frees nobody else's seat
    assert Seats(records, clock).take("local") == "local-2"


def test_switched_off_it_only_predicts(records: Database) -> None:
    engine = Simulated(records, on=False)

    engine.run_maps(100, best_at_64_by_4)

    assert engine.advice == Advice(failure_probability=engine.advice.failure_probability)
    assert engine.advice.failure_probability is not None
    assert engine.written() == []


def test_the_same_seed_and_runs_give_the_same_advice(tmp_path: Path) -> None:
    def lived(name: str, seed: int) -> list[tuple[int | None, int | None]]:
        database = Database.open(f"sqlite:///{tmp_path}/{name}.db")
        create_tables(database)
        engine = Simulated(database, seed=seed)
        found = []
        for _ in range(80):
            engine.run_maps(1, best_at_64_by_4)
            found.append((engine.advice.chunk_size, engine.advice.width))
        engine.advisor.close()
        database.close()
        return found

    assert lived("a", 1) == lived("b", 1)
    assert lived("c", 2) != lived("d", 1)


def test_a_wait_is_kept_where_it_prevents_failures(records: Database) -> None:
    engine = Simulated(records, most_runs=400)
    outcomes: list[tuple[bool, bool]] = []
    for _ in range(1500):
        load = float(engine.rng.random())
        ahead = engine.ask({"load": load}, size=10)
        waits = engine.advice.delay_s > 0
        ok = bool(engine.rng.random() < (0.1 if load > 0.8 and not waits else 0.98))
        outcomes.append((load > 0.8, ok))
        engine.tell(ahead, 1.0, ok)

    failed_late = np.mean([not ok for loaded, ok in outcomes[1000:] if loaded])
    failed_early = np.mean([not ok for loaded, ok in outcomes[:200] if loaded])
    assert failed_late < 0.4 * failed_early
    kept = [one for one in engine.written() if one.knob is Knob.DELAY]
    assert kept[0].state is AdaptationState.KEPT
    assert kept[0].gain is not None
    assert kept[0].gain > 0.3


def test_a_wait_that_prevents_nothing_is_reverted(records: Database) -> None:
    engine = Simulated(records, most_runs=60)
    for _ in range(1200):
        load = float(engine.rng.random())
        ahead = engine.ask({"load": load}, size=10)
        engine.tell(ahead, 1.0, bool(engine.rng.random() < (0.2 if load > 0.8 else 0.98)))

    delays = [one for one in engine.written() if one.knob is Knob.DELAY]
    assert delays
    assert all(one.state is AdaptationState.REVERTED for one in delays)
    assert engine.advice.delay_s == 0.0


def test_another_place_is_used_where_this_one_would_fail(records: Database) -> None:
    engine = Simulated(records, places={("order", "price"): ("here", "worker")}, delay_s=0.001)
    failures = 0
    for number in range(1500):
        big = bool(engine.rng.random() < 0.3)
        ahead = engine.ask({"memory": 0.9 if big else 0.3}, size=10)
        here = engine.advice.where != "worker"
        ok = bool(engine.rng.random() < (0.1 if big and here else 0.98))
        failures += number >= 1000 and not ok
        engine.tell(ahead, 1.0, ok)

    assert failures < 0.12 * 500


def test_what_is_hopeless_is_refused_only_when_allowed(records: Database) -> None:
    engine = Simulated(records, refuse_above=0.9, delay_s=0.001)
    refused = []
    for _ in range(1200):
        size = 10_000 if engine.rng.random() < 0.3 else 10
        ahead = engine.ask({}, size=size)
        refused.append(bool(engine.advice.refuse))
        if not engine.advice.refuse:
            engine.tell(ahead, 1.0, size < 100)

    assert sum(refused[:30]) == 0
    assert np.mean(refused[800:]) == pytest.approx(0.3, abs=0.08)
    assert {one.knob for one in engine.written()} >= {Knob.REFUSE}


def test_the_machine_is_looked_at_now_and_then() -> None:
    moments = iter([0.0, 0.1, 0.7])
    sense = MachineSense(lambda: next(moments))

    first, second, third = sense(), sense(), sense()

    assert second is first
    assert third is not first
    assert set(first) == {"load", "memory"}
    assert all(0.0 <= share <= 1.0 for told in (first, third) for share in told.values())


def test_senses_are_weighed(records: Database) -> None:
    pressure = {"memory": 0.2}
    engine = Simulated(records, senses=[lambda: dict(pressure)], delay_s=0.001)
    for _ in range(600):
        pressure["memory"] = float(engine.rng.random())
        engine.tell(engine.ask({}, size=10), 1.0, pressure["memory"] < 0.7)

    pressure["memory"] = 0.95
    engine.ask({}, size=10)
    assert (engine.advice.failure_probability or 0.0) > 0.6


def test_an_end_that_nobody_asked_about_teaches_too(records: Database) -> None:
    engine = Simulated(records)
    engine.tell(StepAhead("r", "order", "1", "price", "here", 10, {}, {}), 1.0)
    engine.advisor.run_ended(RunOutcome("r", "order", "1", "succeeded", START, 1.0))
    engine.advisor.rollback_failed("r", "work", "price", "no")

    assert engine.advisor.prediction.outcomes == 1


def test_every_kind_of_change_is_said_in_both_languages() -> None:
    values: dict[Knob, tuple[Value, Value]] = {
        Knob.WHERE: ("here", "worker"),
        Knob.REROUTE: ("worker", "here"),
        Knob.DELAY: (0.0, 90.0),
    }
    for knob in Knob:
        before, after = values.get(knob, (8, 16))
        one = Adaptation("a", "local", "order", "price", knob, before, after, START)
        shape = one.shape()
        assert shape["what"]["en"].endswith(".")
        assert shape["what"]["ko"].endswith(".")
        assert shape["state"] == "trial"


def test_adaptations_are_listed_by_workflow_and_state(records: Database) -> None:
    engine = Simulated(records)
    engine.run_maps(300, best_at_64_by_4)
    everything = engine.written()
    store = engine.advisor.store

    assert len(everything) == store.count()
    assert store.list(workflow="other") == []
    kept = store.list(workflow="order", state=AdaptationState.KEPT, limit=1)
    assert [one.state for one in kept] == [AdaptationState.KEPT]
    assert everything == sorted(everything, key=lambda one: one.at, reverse=True)


def doubled(x: int) -> int:
    return 2 * x


async def test_an_engine_is_observed_and_advised(records: Database, tmp_path: Path) -> None:
    advisor = LearningAdvisor(records, AdaptationSettings(), RealClock())
    engine = Engine(
        f"sqlite:///{tmp_path}/engine.db", EngineSettings(), RealClock(), observers=[advisor], advisor=advisor
    )
    engine.register(Graph("order", [step(doubled, name="price", each="x", of="items", chunk_size=4)]))
    await engine.launch()
    for _ in range(25):
        run_id = await engine.start("order", {"items": list(range(40))})
        assert await engine.wait(run_id) == {"price": list(range(0, 80, 2))}
    detail = await engine.inspect(run_id)
    await engine.shutdown()
    advisor.close()

    assert advisor.prediction.outcomes == 25
    assert {one.knob for one in advisor.store.list()} <= {Knob.WIDTH, Knob.CHUNK_SIZE}
    assert advisor.store.count() >= 1
    assert detail.steps[0].failure_probability is not None


def gains(seed: int, effect: float, runs: int = 200) -> Switchback:
    rng = np.random.default_rng(seed)
    trial = Switchback()
    for number in range(runs):
        after = drawn(seed, "trial", f"run-{number}", 0.5)
        trial.see(after, float(rng.normal(5.0 + effect * after, 1.0)))
    return trial


def test_bounds_hold_the_truth_at_every_look_in_most_trials() -> None:
    """Looked at after every run, 200 trials of no effect; at most 10 % may ever seem to have one."""
    wrong = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        trial = Switchback()
        for number in range(200):
            trial.see(drawn(seed, "trial", f"run-{number}", 0.5), float(rng.normal(5.0, 1.0)))
            low, high = trial.bounds(0.1)
            if low > 0.0 or high < 0.0:
                wrong += 1
                break

    assert wrong <= 20


def test_an_effect_is_estimated_and_proved() -> None:
    found = [gains(seed, effect=1.0) for seed in range(20)]

    assert np.mean([trial.gain for trial in found]) == pytest.approx(1.0, abs=0.1)
    assert all(trial.bounds(0.1)[0] > 0.0 for trial in found)


@given(st.floats(0.05, 0.95), st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_runs_are_drawn_by_share_and_always_alike(share: float, seed: int) -> None:
    ways = [drawn(seed, "trial", f"run-{number}", share) for number in range(400)]

    assert abs(np.mean(ways) - share) < 5 * math.sqrt(share * (1 - share) / 400)
    assert ways == [drawn(seed, "trial", f"run-{number}", share) for number in range(400)]


def test_nothing_is_concluded_from_a_few_runs() -> None:
    assert gains(1, effect=9.0, runs=7).bounds(0.1) == (-math.inf, math.inf)
    assert Switchback().gain == 0.0


def test_a_trial_is_kept_as_plain_data() -> None:
    trial = gains(1, effect=1.0)

    assert Switchback.of(trial.state()) == trial
