"""Benchmark of recovery: faults of many kinds are injected, and the product's own loop must mend them.

Simulated part: `recovery_plant.py`, twelve components on a virtual clock, 18 kinds of fault x 20 seeds in
random order. The loop, health checks, incidents, root cause, layers, playbooks and prevention are the
product's; what was learned is read back from the records at each seed. Times are seconds of the plant.

* auto_recovered: share of faults that an action of recovery has cured, verified healthy, within 600 s, with
  no person called. A fault that ends by itself, or is cured after a person was called, does not count.
* median_recovery_s: from the fault to verified healthy; a fault that creeps (memory_leak) counts from the
  moment at which it is felt. Prevented faults are not in it.
* root_cause_top1, root_cause_top3: share of incidents whose struck component stood first, or among the first
  three, in the ranking made before anything was tried.
* second_half_gain: 1 - mean recovery time of learned playbooks / of fixed ones, same faults, same way of
  finding causes, second half of the seeds; a fault not recovered counts with 600 s, a prevented one with 0.

Beside it: `fixed` (declared order of actions on the likeliest cause), `loudest` (the same, but the component
with the largest deviation is blamed). Real part (`recovery_real.py`): processes killed and frozen, database
connections cut, a bounded disk filled, on the clock of life; counted apart.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.recovery.checks import CallCheck
from maestro.engine.recovery.chronicle import Chronicle
from maestro.engine.recovery.dependencies import Dependencies
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.health import Health
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.recovery.playbook import Playbooks, situation_of
from maestro.engine.recovery.prevention import Prevention
from maestro.engine.recovery.recovery import Recovery
from maestro.engine.recovery.root_cause import Cause, Evidence, RootCause
from maestro.engine.recovery.troubleshooting import Choice, Chooser, Tries, Troubleshooting
from maestro.engine.tables import create_tables
from maestro.settings import RecoverySettings
from recovery_plant import ACTIONS, COMPONENTS, FAULTS, LIMITS, TICK_S, FaultKind, Plant
from recovery_real import real_faults

SEEDS = int(os.environ.get("MAESTRO_RECOVERY_SEEDS", "20"))
FIRST_SEED = int(os.environ.get("MAESTRO_RECOVERY_FIRST_SEED", "0"))
PATIENCE_S = 600.0
WARM_UP_S = 60.0
REST_S = 30.0
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Result:
    """What became of one fault."""

    seed: int
    kind: str
    recovered: bool = False
    prevented: bool = False
    seconds: float = PATIENCE_S
    rank: int | None = None
    probability: float = 0.0
    tried: int = 0


class FirstRanking(RootCause):
    """Root causes as the product finds them; remembers the first ranking since it was asked to."""

    first: Sequence[Cause] | None = None

    def rank(self, evidence: Evidence) -> list[Cause]:
        causes = super().rank(evidence)
        self.first = self.first or causes
        return causes


class Loudest(FirstRanking):
    """Blames the component with the largest deviation."""

    def rank(self, evidence: Evidence) -> list[Cause]:
        loud = dict.fromkeys(self.dependencies.components, 1e-6)
        for each in evidence.anomalies:
            loud[each.component] = max(loud[each.component], abs(each.z))
        total = sum(loud.values())
        causes = [Cause(name, z / total) for name, z in sorted(loud.items(), key=lambda each: -each[1])]
        self.first = self.first or causes
        return causes


class FixedPlaybook:
    """The declared order of actions on the likeliest cause, then on the next."""

    def __init__(self, plant: Plant, dependencies: Dependencies) -> None:
        self._actions = plant.actions()
        self._dependencies = dependencies

    def choose(
        self, causes: Sequence[Cause], incident_kind: str, elapsed_s: float, tries: Tries
    ) -> Choice | None:
        for most in range(1, 4):
            for cause in causes:
                kind = self._dependencies.kind(cause.component)
                for action in self._actions:
                    if kind in action.kinds and tries.count[cause.component, action.name] < most:
                        return Choice(action, cause.component, situation_of(kind, incident_kind))
        return None

    def failed(self, choice: Choice, tries: Tries) -> None:
        tries.count[choice.target, choice.action.name] += 1


@dataclass
class House:
    """One plant with the recovery that looks after it."""

    plant: Plant
    clock: VirtualClock
    recovery: Recovery
    causes: FirstRanking
    round_at: datetime = START
    called: list[Any] = field(default_factory=list)


def build(variant: str, records: Database, clock: VirtualClock, seed: int) -> House:
    """A fresh plant and a fresh process of recovery on the records of all that went before."""
    settings = RecoverySettings()
    plant = Plant(clock, np.random.default_rng([seed, 1]))
    graph = Dependencies(COMPONENTS)
    diary = Diary()
    health = Health(clock, settings.check_timeout_s)
    for each in COMPONENTS:
        health.add(CallCheck(each.name, _look(plant, each.name)))
    playbooks = Playbooks(records, np.random.default_rng([seed, 2]), diary)
    playbooks.refresh()
    causes = Loudest(graph) if variant == "loudest" else FirstRanking(graph)
    chooser: Chooser = FixedPlaybook(plant, graph)
    prevention = None
    if variant == "learned":
        chooser = Troubleshooting(plant.actions(), graph, playbooks, settings)
        prevention = Prevention(
            limits=LIMITS,
            signals=health.signals,
            actions=plant.actions(),
            dependencies=graph,
            playbooks=playbooks,
            records=records,
            diary=diary,
            clock=clock,
            settings=settings,
        )
    called: list[Any] = []
    recovery = Recovery(
        health=health,
        causes=causes,
        chooser=chooser,
        playbooks=playbooks,
        chronicle=Chronicle(IncidentStore(records, clock), diary, clock, variant, lambda *_: None),
        clock=clock,
        settings=settings,
        changes=plant.changes,
        call_person=called.append,
        prevention=prevention,
    )
    return House(plant, clock, recovery, causes, clock.now(), called)


def _look(plant: Plant, name: str) -> Any:
    async def look() -> Any:
        return plant.read(name)

    return look


async def live(house: House, seconds: float) -> None:
    """Let the plant run and recovery take its rounds when they are due."""
    until = house.clock.now() + timedelta(seconds=seconds)
    while house.clock.now() < until:
        await house.clock.advance(seconds=TICK_S)
        house.plant.step()
        if house.clock.now() >= house.round_at:
            await house.recovery.round()
            house.round_at = house.clock.now() + timedelta(seconds=house.recovery.pause_s)


async def one_fault(house: House, seed: int, kind: FaultKind) -> Result:
    """Break something and watch until it is mended, or patience ends."""
    number = FAULTS.index(kind)
    draw = np.random.default_rng([seed, 3, number])
    result = Result(seed, kind.name)
    house.causes.first = None
    house.called.clear()
    await live(house, TICK_S * int(draw.integers(1, 5)))
    fault = house.plant.strike(kind, draw)
    felt_at = None if kind.ramp_s > 10 else fault.at
    noticed = False
    while (house.clock.now() - fault.at).total_seconds() < PATIENCE_S:
        noticed = noticed or bool(house.recovery.cases)
        result.tried = max([result.tried, *(sum(c.tries.count.values()) + 1 for c in house.recovery.cases)])
        if felt_at is None and (house.plant.hurting or noticed):
            felt_at = house.clock.now()
        if house.plant.fault is None and not house.recovery.cases:
            break
        await live(house, TICK_S)
    how = house.plant.cured_by
    healthy = house.plant.fault is None and not house.recovery.cases
    result.recovered = healthy and how not in {"", "itself"} and not house.called
    result.prevented = result.recovered and not noticed
    if result.recovered and not result.prevented:
        result.seconds = (house.clock.now() - (felt_at or fault.at)).total_seconds()
    elif result.prevented:
        result.seconds = 0.0
    if house.causes.first is not None:
        order = [cause.component for cause in house.causes.first]
        result.rank = order.index(fault.target) + 1
        result.probability = house.causes.first[0].probability
    house.plant.mend(how)
    return result


async def campaign(variant: str, seeds: Sequence[int]) -> list[Result]:
    """All faults of all seeds, one after another; what is learned stays."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        records = Database.open(f"sqlite:///{folder}/engine.db")
        create_tables(records)
        clock = VirtualClock(START)
        for seed in seeds:
            house = build(variant, records, clock, seed)
            await live(house, WARM_UP_S)
            for number in np.random.default_rng([seed, 4]).permutation(len(FAULTS)):
                results.append(await one_fault(house, seed, FAULTS[number]))
                await live(house, REST_S)
            await house.recovery.stop()
            mean = np.mean([each.seconds for each in results if each.seed == seed])
            print(f"{variant}: seed {seed}, mean {mean:.1f} s", file=sys.stderr)
        records.close()
    return results


def whole(variant: str, seeds: Sequence[int]) -> list[Result]:
    """A campaign from beginning to end, for a process of its own."""
    return asyncio.run(campaign(variant, seeds))


def quiet() -> None:
    """Log nothing below the critical: faults are meant to happen here."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def summary(results: Sequence[Result]) -> dict[str, float]:
    """The figures of one variant."""
    mended = [each.seconds for each in results if each.recovered and not each.prevented]
    ranked = [each for each in results if each.rank is not None]
    return {
        "auto_recovered": round(float(np.mean([each.recovered for each in results])), 4),
        "median_recovery_s": round(float(np.median(mended)), 2),
        "p95_recovery_s": round(float(np.quantile(mended, 0.95)), 2),
        "mean_recovery_s": round(float(np.mean([each.seconds for each in results])), 2),
        "root_cause_top1": round(float(np.mean([each.rank == 1 for each in ranked])), 4),
        "root_cause_top3": round(float(np.mean([(each.rank or 99) <= 3 for each in ranked])), 4),
        "prevented": round(float(np.mean([each.prevented for each in results])), 4),
        "actions_per_fault": round(float(np.mean([each.tried for each in results])), 2),
    }


def gain(better: Sequence[Result], worse: Sequence[Result], first: int) -> float:
    """Relative reduction of the mean recovery time over the seeds from `first` on."""
    means = [np.mean([each.seconds for each in results if each.seed >= first]) for results in (better, worse)]
    return round(float(1 - means[0] / means[1]), 4)


def calibration(results: Sequence[Result]) -> float:
    """Mean distance between the probability of the first suspect and how often it is right, five bins."""
    ranked = [each for each in results if each.rank is not None]
    ranked.sort(key=lambda each: each.probability)
    bins = np.array_split(np.array([[each.probability, each.rank == 1] for each in ranked], dtype=float), 5)
    return round(float(np.mean([abs(each[:, 0].mean() - each[:, 1].mean()) for each in bins])), 4)


def main() -> None:
    """Run all variants and print the figures."""
    quiet()
    started = time.perf_counter()
    seeds = range(FIRST_SEED, FIRST_SEED + SEEDS)
    half = FIRST_SEED + SEEDS // 2
    with ProcessPoolExecutor(2, initializer=quiet) as pool:
        running = {name: pool.submit(whole, name, seeds) for name in ("learned", "fixed", "loudest")}
        runs = {name: future.result() for name, future in running.items()}
    learned = runs["learned"]
    kinds = {
        kind.name: summary([each for each in learned if each.kind == kind.name])["median_recovery_s"]
        for kind in FAULTS
        if any(each.kind == kind.name and each.recovered and not each.prevented for each in learned)
    }
    with tempfile.TemporaryDirectory() as folder:
        real = asyncio.run(real_faults(Path(folder)))
    figures = {
        **summary(learned),
        "second_half_gain": gain(learned, runs["fixed"], half),
        "second_half_gain_over_loudest": gain(learned, runs["loudest"], half),
        "second_half_mean_s": summary([each for each in learned if each.seed >= half])["mean_recovery_s"],
        "first_half_mean_s": summary([each for each in learned if each.seed < half])["mean_recovery_s"],
        "root_cause_calibration_error": calibration(learned),
        "fault_kinds": len(FAULTS),
        "faults": len(learned),
        "actions_known": len(ACTIONS),
        "fixed": summary(runs["fixed"]),
        "loudest": summary(runs["loudest"]),
        "median_recovery_s_by_kind": kinds,
        "real": real,
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
