"""Benchmark of failure prediction: how well it ranks and how true its probabilities are, before steps start.

Every figure is prequential: each step of the made-up workload (failing_workload.py) is predicted before it
begins, and learned from once it has ended, the first steps of an empty mind included. Medians over seeds.

* auc: failures have causes; probability that a step that fails was given more than one that does not.
* auc_chance: failures are pure chance; anything but a half would be skill where there is none.
* calibration_error: mean distance between what was said and what came true, in ten groups of equal size;
  the worse of the two workloads.
* ceiling: the AUC of whoever knows every true probability, outages that nothing tells of included.
* baselines, predicted and learned in the same way: the rate of all steps so far, and of each step so far.
* acting: the second half of a run twice as long, when the advisor may delay a step by a quarter of an hour or
  refuse it; every step meets the same chance as without. `failures_avoided` is a share of the failures that
  there would have been; `false_alarms` are the delayed or refused steps that would have succeeded, a share
  of these. `saved_by_delay` is the share of rightly delayed steps that then succeeded; `waitable` the share
  of failures whose cause a wait can outlive at all (what is too large stays too large).
"""

from __future__ import annotations

import heapq
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import numpy as np

from failing_workload import (
    CHANCE,
    NOISE_FLOOR,
    START,
    Begun,
    Job,
    Learner,
    World,
    outcome_of,
    prequential,
)
from maestro.clock import RealClock, VirtualClock
from maestro.database import Database
from maestro.engine.adaptation.advisor import LearningAdvisor
from maestro.engine.adaptation.failure_prediction import FailurePrediction, Prediction
from maestro.engine.adaptation.situation import situation_ahead
from maestro.engine.observation import StepOutcome
from maestro.engine.tables import create_tables
from maestro.settings import AdaptationSettings, TelemetrySettings
from maestro.telemetry import configure_logging

STEPS, ACTED_STEPS = 8_000, 16_000
SEEDS, ACTED_SEEDS = (1, 2, 3, 4, 5), (1, 2, 3)
GROUPS = 10
WAITABLE = {"overload", "bad hours", "memory", "outage"}
DELAY_S, REFUSE_ABOVE = 900.0, 0.9


class Ours:
    """Failure prediction as the engine uses it."""

    def __init__(self, seed: int) -> None:
        self.prediction = FailurePrediction(seed)
        self.said: dict[str, Prediction] = {}
        self.longest_s = 0.0

    def predict(self, begun: Begun) -> float:
        said = self.prediction.predict(situation_ahead(begun.ahead, begun.at))
        self.said[begun.job.run_id] = said
        return said.probability

    def learn(self, begun: Begun, outcome: StepOutcome) -> None:
        origin = time.perf_counter()
        self.prediction.learn(self.said.pop(begun.job.run_id), not outcome.ok)
        self.longest_s = max(self.longest_s, time.perf_counter() - origin)


class Rate:
    """Baseline: the share that has failed so far, of all steps or of each step."""

    def __init__(self, *, each_step: bool) -> None:
        self.each_step = each_step
        self.counts: dict[str, list[int]] = {}

    def _counts(self, begun: Begun) -> list[int]:
        key = f"{begun.job.workflow}/{begun.job.step}" if self.each_step else ""
        return self.counts.setdefault(key, [0, 0])

    def predict(self, begun: Begun) -> float:
        failed, seen = self._counts(begun)
        return (failed + 1) / (seen + 10)

    def learn(self, begun: Begun, outcome: StepOutcome) -> None:
        counts = self._counts(begun)
        counts[0] += not outcome.ok
        counts[1] += 1


def auc(failed: Sequence[bool], said: Sequence[float]) -> float:
    """Area under the ROC curve by ranks, ties counted half (Mann and Whitney, 1947)."""
    yes, values = np.asarray(failed, dtype=bool), np.asarray(said)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    many, few = int(yes.sum()), int((~yes).sum())
    return float((ranks[yes].sum() - many * (many + 1) / 2) / (many * few))


def calibration_error(failed: Sequence[bool], said: Sequence[float]) -> float:
    """Expected calibration error over groups of equal size (Naeini and others, AAAI 2015)."""
    yes, values = np.asarray(failed, dtype=float), np.asarray(said)
    groups = np.array_split(np.argsort(values, kind="stable"), GROUPS)
    return float(sum(abs(yes[each].mean() - values[each].mean()) * len(each) for each in groups) / len(yes))


def measured(seed: int, *, causes: bool) -> dict[str, Any]:
    """One seed of one workload."""
    ours = Ours(seed)
    learners: dict[str, Learner] = {"ours": ours, "rate": Rate(each_step=False), "step": Rate(each_step=True)}
    origin = time.perf_counter()
    rows = list(prequential(seed, STEPS, causes=causes, learners=learners))
    seconds = time.perf_counter() - origin
    failed = [each for _, each, _ in rows]
    said = {name: [each[name] for _, _, each in rows] for name in learners}
    truth = [begun.truth for begun, _, _ in rows]
    half = STEPS // 2
    return {
        "auc": auc(failed, said["ours"]),
        "calibration_error": calibration_error(failed, said["ours"]),
        "auc_first_1000": auc(failed[:1000], said["ours"][:1000]),
        "auc_second_half": auc(failed[half:], said["ours"][half:]),
        "ceiling": auc(failed, truth),
        "auc_overall_rate": auc(failed, said["rate"]),
        "auc_step_rate": auc(failed, said["step"]),
        "failure_rate": float(np.mean(failed)),
        "microseconds_a_step": 1e6 * seconds / STEPS,
        "longest_learn_ms": 1e3 * ours.longest_s,
    }


@dataclass
class Tally:
    """What became of the steps when something was done about predicted failures."""

    steps: int = 0
    would_fail: int = 0
    waitable: int = 0
    failed: int = 0
    delayed: int = 0
    refused: int = 0
    delayed_in_time: int = 0
    false_delays: int = 0
    false_refusals: int = 0

    def figures(self) -> dict[str, float]:
        acted = self.delayed + self.refused
        return {
            "failures_avoided": 1.0 - (self.failed + self.refused - self.false_refusals) / self.would_fail,
            "failures_refused_early": (self.refused - self.false_refusals) / self.would_fail,
            "waitable": self.waitable / self.would_fail,
            "delayed": self.delayed / self.steps,
            "saved_by_delay": self.delayed_in_time / max(self.delayed - self.false_delays, 1),
            "refused": self.refused / self.steps,
            "false_alarms": (self.false_delays + self.false_refusals) / max(acted, 1),
            "false_refusals": self.false_refusals / max(self.refused, 1),
        }


def acted(seed: int) -> dict[str, float]:
    """One seed in which the advisor is listened to; counted over the second half."""
    world, clock, tally = World(seed, causes=True), VirtualClock(START), Tally()
    later: list[tuple[datetime, int, Job, float]] = []
    running: list[tuple[datetime, int, StepOutcome]] = []
    waiting: set[int] = set()
    limits = AdaptationSettings(delay_s=DELAY_S, refuse_above=REFUSE_ABOVE)

    def start(number: int, begun: Begun, luck: float) -> None:
        failed = luck < begun.truth
        tally.failed += failed and number >= ACTED_STEPS // 2
        tally.delayed_in_time += not failed and number in waiting
        seconds = float(world.rng.lognormal(3.0, 0.7))
        end = begun.at + timedelta(seconds=seconds)
        heapq.heappush(running, (end, number, outcome_of(begun, failed, seconds)))

    with tempfile.TemporaryDirectory() as folder:
        records = Database.open(f"sqlite:///{folder}/engine.db")
        create_tables(records)
        advisor = LearningAdvisor(records, limits, clock, seed=seed)
        for number in range(ACTED_STEPS):
            begun, luck = world.begin(), float(world.rng.random())
            clock.set(begun.at)
            while running and running[0][0] <= begun.at:
                advisor.step_ended(heapq.heappop(running)[2])
            while later and later[0][0] <= begun.at:
                _, before, job, its_luck = heapq.heappop(later)
                start(before, world.seen(job), its_luck)
            advice, would_fail = advisor.before_step(begun.ahead), luck < begun.truth
            counted = number >= ACTED_STEPS // 2
            tally.steps += counted
            tally.would_fail += counted and would_fail
            tally.waitable += counted and would_fail and begun.cause in WAITABLE
            if advice.refuse:
                tally.refused += counted
                tally.false_refusals += counted and not would_fail
            elif advice.delay_s > 0:
                tally.delayed += counted
                tally.false_delays += counted and not would_fail
                if counted and would_fail:
                    waiting.add(number)
                due = begun.at + timedelta(seconds=advice.delay_s)
                heapq.heappush(later, (due, number, begun.job, luck))
            else:
                start(number, begun, luck)
        advisor.close()
        records.close()
    return tally.figures()


def medians(results: list[dict[str, Any]]) -> dict[str, float]:
    """The median over seeds of each figure."""
    return {key: round(median(each[key] for each in results), 4) for key in results[0]}


def main() -> None:
    """Measure both workloads and print one JSON object."""
    configure_logging(TelemetrySettings(log_level="error"), RealClock())
    found: dict[str, dict[str, float]] = {}
    worst: dict[str, list[float]] = {}
    for name, causes in (("causes", True), ("chance", False)):
        results = []
        for seed in SEEDS:
            results.append(measured(seed, causes=causes))
            print(f"{name}, seed {seed}: auc {results[-1]['auc']:.4f}", file=sys.stderr)
        found[name] = medians(results)
        worst[name] = [round(each["auc"], 4) for each in results]
    results = []
    for seed in ACTED_SEEDS:
        results.append(acted(seed))
        print(f"acting, seed {seed}: {results[-1]}", file=sys.stderr)
    chance = found["chance"]
    del chance["auc_step_rate"], chance["auc_overall_rate"]
    print(
        json.dumps(
            {
                "auc": found["causes"]["auc"],
                "auc_chance": chance["auc"],
                "calibration_error": max(found[name]["calibration_error"] for name in found),
                "with_causes": found["causes"],
                "pure_chance": chance,
                "acting": medians(results),
                "auc_by_seed": worst,
                "steps": STEPS,
                "seeds": len(SEEDS),
                "noise_floor": NOISE_FLOOR,
                "chance": CHANCE,
            }
        )
    )


if __name__ == "__main__":
    main()
