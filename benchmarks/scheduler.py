"""Benchmark of the scheduler: a heavy-tailed, bursty trace with deadlines and values, against plain rules.

Each trace has 3,000 tasks of eight kinds on 8 workers at a mean load of 90 %, by turns quiet and flooded:
half of the tasks come in bursts of 60 on average. Lengths are lognormal, or Pareto with a tail index from 1.6
to 2, at most six hours; what is known beforehand (the inputs) explains about half of the variance of the
logarithm of a length within a kind. Four of five tasks have a deadline: three times the length that could be
foreseen, and some minutes. Work is never interrupted. The estimator, the intervals and the weights begin from
nothing on each trace and learn online, from what has ended by then, with the product's own code. Every rule
sees the same trace.

* mean_completion_vs_fifo: mean seconds from arrival to end, over that of first come first served.
* weighted_tardiness_vs_edf: lateness weighed by value, over that of earliest deadline first (tasks without a
  deadline last).
* starved: tasks for which the promise of ageing was broken, summed over all test traces: begun after another
  that came more than `patience_s` later, or later than `patience_s` plus the work that was unfinished one
  patience after their arrival, over the number of workers.
* longest_wait_vs_fifo: the longest wait of any task over that of first come first served; told beside it.
* eta_interval_coverage_80: share of 80 % intervals for the time from arrival to completion, waiting included,
  told at arrival, that held it; the first 100 tasks, of which nothing could be known, are left out.
* eta_median_error: median of |told median - truth| / truth of the same.
* length_interval_coverage_80, length_median_error: the same for the length of the work alone.
* oracle_*: shortest job first with the true lengths, which no scheduler can know: a bound for completion.
* share_of_cases: share of the test traces on which both targets (.54 and .70) are met.
* from_poor_weights: the first two test traces begun with weights that serve badly, without and with learning.
* other_loads: the same two figures at other loads, on the first two test seeds.

Figures at the top are medians over the test seeds. Development (the trace itself, the default weights, the
shape of ageing) looked at seeds 1 to 6 only: run with --development to see those.
"""

from __future__ import annotations

import heapq
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maestro.engine.scheduling import priority
from maestro.engine.scheduling.estimator import TaskEstimator, features_of, situation, starts
from maestro.engine.scheduling.forecaster import Interval
from maestro.engine.scheduling.learning import Record, learn
from maestro.engine.scheduling.priority import Floats, Queue, Weights
from maestro.engine.scheduling.replay import Score, by_least, run, score

TEST_SEEDS = (101, 102, 103, 104, 105, 106, 107)
DEVELOPMENT_SEEDS = (1, 2, 3, 4, 5, 6)
TASKS = 3_000
WORKERS = 8
LOAD = 0.9
OTHER_LOADS = (0.7, 0.98)
POOR = Weights(complexity=1.6, value=2.0, impact=2.3, lookahead=0.44)
SLACK_S = 300.0
PATIENCE_S = 4 * 3_600.0
LEARN_EVERY = 500
LEARN_FROM = 1_200
WARM_UP = 100
LONGEST_S = 6 * 3_600.0


@dataclass(frozen=True)
class Kind:
    """A kind of task: how long it takes, how much of that shows beforehand, what it is worth."""

    name: str
    share: float
    median_s: float
    rows: float
    known: float
    noise: float
    tail: float
    value: float


KINDS = (
    Kind("price", 0.26, 4.0, 200, 0.6, 0.5, 0.0, 1.0),
    Kind("forecast", 0.18, 20.0, 800, 0.8, 0.7, 0.0, 2.0),
    Kind("image", 0.14, 12.0, 30, 0.9, 0.0, 2.0, 0.5),
    Kind("report", 0.12, 45.0, 3_000, 0.9, 0.9, 0.0, 1.0),
    Kind("import", 0.10, 60.0, 20_000, 1.1, 0.8, 0.0, 3.0),
    Kind("backtest", 0.08, 120.0, 500, 1.0, 0.0, 1.6, 1.0),
    Kind("training", 0.06, 400.0, 5_000, 0.9, 0.9, 0.0, 2.0),
    Kind("crawl", 0.06, 30.0, 60, 0.7, 0.0, 1.7, 0.7),
)
"""`known` is the deviation of the logarithm that the inputs explain, `noise` (or a Pareto tail) the rest."""


@dataclass(frozen=True)
class Trace:
    """Tasks in the order of their arrival."""

    kinds: list[str]
    features: list[Mapping[str, float]]
    length_s: Floats
    ready_s: Floats
    deadline_s: Floats
    value: Floats

    def queue(self, expected_s: Floats) -> Queue:
        """What the rule sees of them, given expected lengths."""
        nothing, all_of_it = np.zeros(len(self.kinds)), np.ones(len(self.kinds))
        return Queue(
            self.ready_s, expected_s, self.deadline_s, self.value, nothing, all_of_it, all_of_it, nothing
        )


def arrivals(rng: np.random.Generator, horizon_s: float) -> Floats:
    """Half one by one, more by day than by night; half in bursts within a minute or two."""
    single = rng.uniform(0, horizon_s, TASKS * 4)
    day = 1 + 0.6 * np.sin(2 * np.pi * single / 86_400)
    single = single[rng.uniform(0, 1.6, len(single)) < day][: TASKS // 2]
    bursts: list[Floats] = []
    left = TASKS - len(single)
    while left > 0:
        size = min(left, int(rng.geometric(1 / 60)))
        bursts.append(rng.uniform(0, horizon_s) + np.cumsum(rng.exponential(2.0, size)))
        left -= size
    return np.sort(np.concatenate([single, *bursts]))


def make_trace(seed: int, load: float = LOAD) -> Trace:
    """A trace of its own for each seed."""
    rng = np.random.default_rng(seed)
    of = rng.choice(len(KINDS), TASKS, p=[kind.share for kind in KINDS])
    seen, length, value = rng.normal(size=TASKS), np.empty(TASKS), np.empty(TASKS)
    features: list[Mapping[str, float]] = []
    slope = rng.uniform(0.6, 1.2, len(KINDS))
    for task, place in enumerate(of):
        kind = KINDS[place]
        rest = rng.pareto(kind.tail) + 1.0 if kind.tail else np.exp(kind.noise * rng.normal())
        length[task] = min(kind.median_s * np.exp(kind.known * seen[task]) * rest, LONGEST_S)
        rows = kind.rows * np.exp(kind.known * seen[task] / slope[place])
        features.append(
            features_of({"rows": round(rows), "depth": int(rng.integers(1, 6)), "note": "x" * 20})
        )
        value[task] = np.clip(kind.value * rng.lognormal(0.0, 0.8), 0.1, 50.0)
    ready = arrivals(rng, float(length.sum()) / (WORKERS * load))
    foreseen = np.array(
        [KINDS[place].median_s * np.exp(KINDS[place].known * seen[i]) for i, place in enumerate(of)]
    )
    slack = 3.0 * foreseen + rng.lognormal(np.log(SLACK_S), 1.0, TASKS)
    deadline = np.where(rng.uniform(size=TASKS) < 0.8, ready + slack, np.inf)
    return Trace([KINDS[place].name for place in of], features, length, ready, deadline, value)


@dataclass
class Shop:
    """Workers under the product's scheduler, in simulated time; learns from what ends."""

    trace: Trace
    rng: np.random.Generator
    learning: bool = True
    estimator: TaskEstimator = field(default_factory=TaskEstimator)
    weights: Weights = field(default_factory=Weights)
    waiting: list[int] = field(default_factory=list)
    running: list[tuple[float, int]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    gains: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.expected_s = np.zeros(TASKS)
        self.began_s = np.zeros(TASKS)
        self.lengths: dict[int, Interval] = {}
        self.completions: dict[int, tuple[Mapping[str, float], Interval]] = {}
        self.known: set[int] = set()
        self.queue = self.trace.queue(self.expected_s)

    def work(self) -> None:
        """Run the entire trace."""
        following = 0
        while following < TASKS or self.running:
            arrival = self.trace.ready_s[following] if following < TASKS else np.inf
            if self.running and self.running[0][0] <= arrival:
                now, task = heapq.heappop(self.running)
                self._end(task, now)
            else:
                now = float(arrival)
                self._arrive(following, now)
                following += 1
            while self.waiting and len(self.running) < WORKERS:
                self._begin(now)

    def _arrive(self, task: int, now: float) -> None:
        kind, features = self.trace.kinds[task], self.trace.features[task]
        self.lengths[task] = self.estimator.length(kind, features)
        self.expected_s[task] = self.lengths[task].mean
        self.waiting.append(task)
        places = np.array(self.waiting)
        totals = self._totals(places, now)
        expected = self.expected_s[places]
        left = [self._left(each, now) for _, each in self.running]
        ahead = np.flatnonzero(totals > totals[-1])
        in_order = expected[ahead[np.argsort(-totals[ahead], kind="stable")]]
        wait = starts(in_order.tolist(), left, WORKERS)[-1]
        found = situation(self.lengths[task].median, wait, float(expected[:-1].sum()) / WORKERS)
        self.completions[task] = found, self.estimator.completion(kind, found, self.lengths[task])
        if self.estimator.knows(kind):
            self.known.add(task)

    def _left(self, task: int, now: float) -> float:
        kind, features = self.trace.kinds[task], self.trace.features[task]
        return self.estimator.left(kind, features, now - float(self.began_s[task])).median

    def _totals(self, places: NDArray[np.intp], now: float) -> Floats:
        rows = priority.contributions(
            self.queue.take(places), now, self.weights, slots=WORKERS, patience_s=PATIENCE_S
        )
        total: Floats = rows.sum(axis=1)
        return total

    def _begin(self, now: float) -> None:
        places = np.array(self.waiting)
        task = self.waiting.pop(int(np.argmax(self._totals(places, now))) if len(places) > 1 else 0)
        self.began_s[task] = now
        heapq.heappush(self.running, (now + float(self.trace.length_s[task]), task))

    def _end(self, task: int, now: float) -> None:
        kind, features = self.trace.kinds[task], self.trace.features[task]
        self.estimator.ended(kind, features, float(self.trace.length_s[task]), ok=True)
        if task in self.known:
            found, told = self.completions[task]
            self.estimator.completed(kind, found, now - float(self.trace.ready_s[task]), told)
        self.ended.append(task)
        if self.learning and len(self.ended) % LEARN_EVERY == 0:
            recent = np.sort(np.array(self.ended[-LEARN_FROM:]))
            record = Record(self.queue.take(recent), self.trace.length_s[recent])
            learned = learn(record, self.weights, slots=WORKERS, patience_s=PATIENCE_S, rng=self.rng)
            self.weights = learned.weights
            self.gains.append(round(learned.gain, 3))


def unfinished(trace: Trace, began_s: Floats, moments: Floats) -> Floats:
    """Seconds of work that was there and not done at each moment."""
    found = np.empty(len(moments))
    for place, moment in enumerate(moments):
        here = trace.ready_s <= moment
        done = np.clip(moment - began_s[here], 0.0, trace.length_s[here])
        found[place] = float((trace.length_s[here] - done).sum())
    return found


def starved(trace: Trace, began_s: Floats) -> int:
    """Tasks for which the promise of ageing was broken; see the top."""
    bound = PATIENCE_S + unfinished(trace, began_s, trace.ready_s + PATIENCE_S) / WORKERS
    over = began_s - trace.ready_s > bound + 1e-6
    latest = np.maximum.accumulate(trace.ready_s[np.argsort(began_s, kind="stable")])
    order = np.argsort(began_s, kind="stable")
    overtaken = np.zeros(TASKS, dtype=bool)
    overtaken[order] = latest > trace.ready_s[order] + PATIENCE_S
    return int((over | overtaken).sum())


def told_and_true(pairs: list[tuple[Interval, float]]) -> tuple[float, float]:
    """Share of intervals that held, and the median of the relative error of the mean."""
    held = float(np.mean([told.low <= true <= told.high for told, true in pairs]))
    return held, float(np.median([abs(told.median - true) / true for told, true in pairs]))


def plain_rules(trace: Trace) -> tuple[Queue, Floats, Score, Score, Score]:
    """The queue, when first come first served began each task, and the scores of it, of earliest deadline
    first, and of shortest job first with true lengths."""
    queue = trace.queue(np.ones(TASKS))
    began = [
        run(trace.ready_s, trace.length_s, WORKERS, by_least(key))
        for key in (trace.ready_s, trace.deadline_s, trace.length_s)
    ]
    fifo, edf, oracle = (score(queue, trace.length_s, each) for each in began)
    return queue, began[0], fifo, edf, oracle


def ratios(seed: int, load: float = LOAD, *, weights: Weights, learning: bool) -> dict[str, float]:
    """The two figures that have a target, on one trace."""
    trace = make_trace(seed, load)
    queue, _, fifo, edf, _ = plain_rules(trace)
    shop = Shop(trace, np.random.default_rng(seed), learning=learning, weights=weights)
    shop.work()
    ours = score(queue, trace.length_s, shop.began_s)
    return {
        "mean_completion_vs_fifo": ours.completion_s / fifo.completion_s,
        "weighted_tardiness_vs_edf": ours.tardiness_s / edf.tardiness_s,
    }


def figures(seed: int) -> dict[str, Any]:
    """Everything that is measured on one trace."""
    trace = make_trace(seed)
    queue, first_begun, fifo, edf, oracle = plain_rules(trace)
    shop = Shop(trace, np.random.default_rng(seed))
    shop.work()
    ours = score(queue, trace.length_s, shop.began_s)
    later = range(WARM_UP, TASKS)
    done = shop.began_s + trace.length_s - trace.ready_s
    ends = told_and_true([(shop.completions[task][1], float(done[task])) for task in later])
    lengths = told_and_true([(shop.lengths[task], float(trace.length_s[task])) for task in later])
    return {
        "mean_completion_vs_fifo": ours.completion_s / fifo.completion_s,
        "weighted_tardiness_vs_edf": ours.tardiness_s / edf.tardiness_s,
        "starved": starved(trace, shop.began_s),
        "eta_interval_coverage_80": ends[0],
        "eta_median_error": ends[1],
        "length_interval_coverage_80": lengths[0],
        "length_median_error": lengths[1],
        "oracle_completion_vs_fifo": oracle.completion_s / fifo.completion_s,
        "oracle_tardiness_vs_edf": oracle.tardiness_s / edf.tardiness_s,
        "longest_wait_vs_fifo": float(
            (shop.began_s - trace.ready_s).max() / (first_begun - trace.ready_s).max()
        ),
        "fifo_completion_s": fifo.completion_s,
        "edf_tardiness_s": edf.tardiness_s,
        "times_weights_changed": float(sum(gain > 0 for gain in shop.gains)),
    }


def middle(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: round(float(np.median([row[name] for row in rows])), 4) for name in rows[0]}


def beside(seeds: Sequence[int]) -> dict[str, Any]:
    """What learning mends, and what other loads do."""
    found: dict[str, Any] = {
        "from_poor_weights": {
            name: middle([ratios(seed, weights=POOR, learning=learning) for seed in seeds])
            for name, learning in (("fixed", False), ("learned", True))
        }
    }
    found["other_loads"] = {
        str(load): middle([ratios(seed, load, weights=Weights(), learning=True) for seed in seeds])
        for load in OTHER_LOADS
    }
    return found


def main() -> None:
    """Print progress on stderr and one JSON object as the last line."""
    began = time.perf_counter()
    development = "--development" in sys.argv
    seeds = DEVELOPMENT_SEEDS if development else TEST_SEEDS
    rows: list[dict[str, Any]] = []
    for seed in seeds:
        rows.append(figures(seed))
        print(f"seed {seed}: {rows[-1]}", file=sys.stderr)
    more = beside(seeds[:2])
    print(f"beside: {more}", file=sys.stderr)
    met = [row["mean_completion_vs_fifo"] <= 0.54 and row["weighted_tardiness_vs_edf"] <= 0.7 for row in rows]
    print(
        json.dumps(
            middle(rows)
            | {
                "starved": int(sum(row["starved"] for row in rows)),
                "share_of_cases": round(float(np.mean(met)), 4),
                "patience_s": PATIENCE_S,
                "tasks_a_trace": TASKS,
                "workers": WORKERS,
                "load": LOAD,
                "seeds": list(seeds),
            }
            | more
            | {
                "seconds": round(time.perf_counter() - began, 1),
                "cpu_seconds": round(time.process_time(), 1),
            }
        )
    )


if __name__ == "__main__":
    main()
