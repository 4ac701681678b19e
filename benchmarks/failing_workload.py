"""A made-up workload of steps that fail, for causes or by chance; its maker knows every true probability.

Twelve steps of three workflows run on eight workers, one begins about every 20 seconds, and each ends some
seconds to minutes later. With causes, a step fails with the probability of its worst active cause, and with
the noise floor where none is active:

* overload: a CPU-heavy step on a worker loaded above .85 (.85);
* too large: more than the step can take (.92);
* bad hours: the bank between two and five in the morning, the carrier at noon (.88);
* bad route: route b from one zone of workers (.8);
* memory: a large input on a worker whose memory is above 75 % (.85);
* outage: a dependency that is down for some minutes; nothing tells but that others failed just now (.93).

By chance, every step fails with one probability, whatever the situation.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np

from maestro.engine.observation import StepAhead, StepOutcome

START = datetime(2026, 3, 2, tzinfo=UTC)
NOISE_FLOOR = 0.01
CHANCE = 0.15
WORKERS = 8
ZONE = {0, 1, 2}
STEPS = {
    ("order", "price"): ("catalogue", False, 6.2),
    ("order", "reserve"): ("stock", False, 6.5),
    ("order", "charge"): ("bank", False, 6.0),
    ("order", "ship"): ("carrier", False, 6.4),
    ("report", "collect"): ("stock", False, 7.6),
    ("report", "join"): ("none", True, 7.2),
    ("report", "render"): ("none", True, 6.8),
    ("report", "send"): ("mail", False, 6.9),
    ("train", "load"): ("catalogue", False, 7.8),
    ("train", "clean"): ("none", True, 7.5),
    ("train", "fit"): ("none", True, 7.0),
    ("train", "publish"): ("mail", False, 6.6),
}
"""Step -> its dependency, whether it is CPU-heavy, and the log of the largest size that it can take."""
OUTAGE_BEGINS, OUTAGE_ENDS = 0.0015, 0.04


@dataclass(frozen=True)
class Job:
    """One step of one run: how much it has to do, on which worker and by which route."""

    run_id: str
    workflow: str
    step: str
    size: int
    worker: int
    route: str


@dataclass(frozen=True)
class Begun:
    """A step that begins, and the probability with which it fails, which only the maker knows."""

    job: Job
    ahead: StepAhead
    at: datetime
    truth: float
    cause: str


class World:
    """Workers, dependencies and time; the same seed gives the same world."""

    def __init__(self, seed: int, *, causes: bool) -> None:
        self.rng = np.random.default_rng(seed)
        self.causes = causes
        self.at = START
        self.load = self.rng.uniform(0.2, 0.8, WORKERS)
        self.memory = self.rng.uniform(0.3, 0.7, WORKERS)
        self.down = dict.fromkeys(["bank", "carrier", "stock", "catalogue", "mail"], False)
        self.number = 0

    def pass_time(self) -> None:
        """Go on to the moment at which the next step begins."""
        self.at += timedelta(seconds=float(self.rng.exponential(20.0)))
        self.load = np.clip(self.load + 0.08 * (0.5 - self.load) + self.rng.normal(0, 0.1, WORKERS), 0, 1)
        self.memory = np.clip(
            self.memory + 0.04 * (0.55 - self.memory) + self.rng.normal(0, 0.05, WORKERS), 0, 1
        )
        for name, down in self.down.items():
            self.down[name] = self.rng.random() >= OUTAGE_ENDS if down else self.rng.random() < OUTAGE_BEGINS

    def begin(self) -> Begun:
        """The next step, before anything is done about it."""
        self.pass_time()
        names = list(STEPS)
        named = names[int(self.rng.integers(len(names)))]
        size = int(np.exp(self.rng.normal(5.3, 0.9)))
        worker = int(self.rng.integers(WORKERS))
        route = "b" if self.rng.random() < 0.25 else "a"
        self.number += 1
        return self.seen(Job(f"run-{self.number}", *named, size, worker, route))

    def seen(self, job: Job) -> Begun:
        """A job as it stands now."""
        workflow, step, size, worker, route = job.workflow, job.step, job.size, job.worker, job.route
        dependency = STEPS[workflow, step][0]
        features = {
            f"worker=w{worker}": 1.0,
            f"dependency={dependency}": 1.0,
            f"route={route}": 1.0,
            "load": float(self.load[worker]),
            "memory": float(self.memory[worker]),
        }
        ahead = StepAhead(job.run_id, workflow, "1", step, "worker", size, {}, features)
        cause, truth = self._truth(job) if self.causes else ("chance", CHANCE)
        return Begun(job, ahead, self.at, truth, cause)

    def _truth(self, job: Job) -> tuple[str, float]:
        dependency, heavy, largest = STEPS[job.workflow, job.step]
        size, worker, route, hour = job.size, job.worker, job.route, self.at.hour
        found = {
            "noise": NOISE_FLOOR,
            "overload": 0.85 * (heavy and self.load[worker] > 0.85),
            "too large": 0.92 * (np.log(size) > largest),
            "bad hours": 0.88
            * ((dependency == "bank" and 2 <= hour < 5) or (dependency == "carrier" and hour == 12)),
            "bad route": 0.8 * (route == "b" and worker in ZONE),
            "memory": 0.85 * (self.memory[worker] > 0.75 and np.log(size) > 5.8),
            "outage": 0.93 * self.down.get(dependency, False),
        }
        worst = max(found, key=lambda cause: found[cause])
        return worst, float(found[worst])


class Learner(Protocol):
    """What is measured: says a probability before a step, and learns after it."""

    def predict(self, begun: Begun) -> float:
        """The probability that the step fails."""
        ...

    def learn(self, begun: Begun, outcome: StepOutcome) -> None:
        """How it ended."""
        ...


def outcome_of(begun: Begun, failed: bool, seconds: float) -> StepOutcome:
    """What the engine would tell of this end."""
    ahead = begun.ahead
    return StepOutcome(
        run_id=ahead.run_id,
        workflow=ahead.workflow,
        version=ahead.version,
        step=ahead.step,
        worker=f"w{begun.job.worker}",
        started_at=begun.at,
        waited_s=0.0,
        seconds=seconds,
        attempts=1,
        ok=not failed,
        error_kind="PermanentError" if failed else "",
        size=ahead.size,
        features=ahead.features,
    )


def prequential(
    seed: int, steps: int, *, causes: bool, learners: dict[str, Learner]
) -> Iterator[tuple[Begun, bool, dict[str, float]]]:
    """Every step, how it ended and what each learner had said: predict, then learn once it has ended."""
    world = World(seed, causes=causes)
    running: list[tuple[datetime, int, Begun, StepOutcome]] = []
    for number in range(steps):
        begun = world.begin()
        while running and running[0][0] <= begun.at:
            _, _, ended, outcome = heapq.heappop(running)
            for learner in learners.values():
                learner.learn(ended, outcome)
        said = {name: learner.predict(begun) for name, learner in learners.items()}
        failed = bool(world.rng.random() < begun.truth)
        seconds = float(world.rng.lognormal(3.0, 0.7))
        ends = begun.at + timedelta(seconds=seconds)
        heapq.heappush(running, (ends, number, begun, outcome_of(begun, failed, seconds)))
        yield begun, failed, said
