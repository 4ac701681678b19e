"""Benchmark of earned autonomy: agents of known skill, judged by the product's own rule at every decision.

Agents start at advise with no evidence; "to bounded" is one promotion, from advise to bounded, and asks proof
of skill and of calibration. One cycle is one decision with one 80 % interval. Gains have a standard deviation
of 1 and the guardrails allow a loss of 5 a cycle (B); `mean` is in standard deviations.

* false_promotions: share of unskilled agents (mean 0, calibrated) that ever reach bounded in 2,000 decisions.
* median_decisions_to_bounded: skilled agents (mean .2, calibrated), median to the first time at bounded.
* median_decisions_to_demote: agents at full, good (mean .2) for 500 decisions, then bad (mean -.2): median
  from the turn to the first demotion.
* miscalibrated_promoted: share of skilled agents (mean .2) whose 80 % intervals cover 70 %, the edge of what
  is refuted, that ever reach bounded in 2,000 decisions.

Every figure comes from ten groups of 2,000 agents a family, because chance alone moves a share of .045 among
2,000 agents by .005 either way; `false_promotions_by_group` gives each group of 2,000. The figures at the top
are the worst over the three families below `families`. Under `beyond` stand harder or other families and
cases that the targets do not name; they count in no figure at the top.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, optimize, stats

from maestro.agents import evidence as bets
from maestro.agents.track_record import Level

AGENTS = 2_000
GROUPS = 10
HORIZON = 2_000
GOOD_DECISIONS = 500
SHORT_HORIZON = 800
LARGEST_LOSS = 5.0
CALIBRATED = 0.8
SEED = 20261101

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]
Family = Callable[[float], Draw]


def normal(mean: float) -> Draw:
    """Bell-shaped gains."""
    return lambda rng, size: rng.normal(mean, 1.0, size)


def heavy_tailed(mean: float) -> Draw:
    """Student t with 3 degrees of freedom, losses held at B by the guardrail; the mean is as stated, sd 1."""
    t3 = stats.t(3)

    def surplus(parameters: Floats) -> list[float]:
        shift, scale = parameters
        edge = (-LARGEST_LOSS - shift) / scale
        below = t3.cdf(edge)

        def moment(power: int) -> float:
            above = sum(
                integrate.quad(lambda x: (shift + scale * x) ** power * t3.pdf(x), low, high)[0]
                for low, high in ((edge, 60.0), (60.0, np.inf))
            )
            return float(above + (-LARGEST_LOSS) ** power * below)

        return [moment(1) - mean, moment(2) - mean * mean - 1.0]

    shift, scale = optimize.fsolve(surplus, [mean, 3**-0.5])
    return lambda rng, size: np.maximum(shift + scale * rng.standard_t(3, size), -LARGEST_LOSS)


def rare_big_loss(mean: float) -> Draw:
    """Always the same small win, but about one time in 18 a loss between 3 and 5."""

    def surplus(parameters: Floats) -> list[float]:
        win, chance = parameters
        return [
            (1 - chance) * win - 4 * chance - mean,
            (1 - chance) * win**2 + chance * (16 + 1 / 3) - mean * mean - 1.0,
        ]

    win, chance = optimize.fsolve(surplus, [0.25 + mean, 0.05])
    return lambda rng, size: np.where(rng.random(size) < chance, -rng.uniform(3.0, 5.0, size), win)


def rare_worst_loss(mean: float) -> Draw:
    """Two values only: a small win, or about one time in 27 the whole of B: the most skewed there is."""
    win = mean + 1 / (LARGEST_LOSS + mean)
    chance = (win - mean) / (win + LARGEST_LOSS)
    return lambda rng, size: np.where(rng.random(size) < chance, -LARGEST_LOSS, win)


def rare_big_win(mean: float) -> Draw:
    """Two values only: a small loss, or about one time in 27 a win of 5."""
    loss = 1 / (LARGEST_LOSS - mean) - mean
    chance = (mean + loss) / (LARGEST_LOSS + loss)
    return lambda rng, size: np.where(rng.random(size) < chance, LARGEST_LOSS, -loss)


def unguarded(mean: float) -> Draw:
    """Student t with 3 degrees of freedom, and no guardrail holds: losses beyond B stop the agent."""
    return lambda rng, size: mean + rng.standard_t(3, size) / 3**0.5


FAMILIES: dict[str, Family] = {
    "normal": normal,
    "heavy_tailed": heavy_tailed,
    "rare_big_loss": rare_big_loss,
}


@dataclass
class Watched:
    """A row of agents under the rule, and when each had first risen, fallen or been stopped."""

    rng: np.random.Generator
    start: Level
    coverage: float = CALIBRATED

    def __post_init__(self) -> None:
        self.level = np.full(AGENTS, int(self.start))
        self.evidence = bets.fresh((AGENTS,))
        self.decisions = 0
        self.clear()

    def clear(self) -> None:
        """Count from here."""
        self.counted_from = self.decisions
        self.risen, self.fallen, self.stopped = (np.full(AGENTS, np.inf) for _ in range(3))

    def watch(self, draw: Draw, decisions: int) -> None:
        """Let every agent decide so often, and judge it after each decision."""
        for _ in range(decisions):
            gain = draw(self.rng, AGENTS) / LARGEST_LOSS
            covered = (self.rng.random(AGENTS) < self.coverage).astype(float)
            stopped_now = bets.breaks_guardrail(gain)
            self.evidence = bets.weigh(self.evidence, gain, covered)
            before = self.level
            self.evidence, after, _ = bets.judge(self.evidence, before, Level.SHADOW, Level.FULL)
            self.decisions += 1
            count = self.decisions - self.counted_from
            self.stopped = np.where(stopped_now & np.isinf(self.stopped), count, self.stopped)
            still = np.isinf(self.stopped)
            self.level = np.where(still, after, before)
            bounded = still & (after >= Level.BOUNDED)
            self.risen = np.where(bounded & np.isinf(self.risen), count, self.risen)
            self.fallen = np.where(still & (after < before) & np.isinf(self.fallen), count, self.fallen)


def happened(first: Floats) -> float:
    """Share of agents to whom it happened."""
    return float(np.isfinite(first).mean())


def median(first: Floats) -> float | None:
    """Median decision at which it happened, those it never happened to counted last."""
    middle = float(np.quantile(first, 0.5, method="higher"))
    return middle if np.isfinite(middle) else None


def skill_proved(draw: Draw, coverage: float, decisions: int, rng: np.random.Generator) -> Floats:
    """Decisions from advise to bounded of a group of agents."""
    agents = Watched(rng, Level.ADVISE, coverage)
    agents.watch(draw, decisions)
    return agents.risen


def decline_found(good: Draw, bad: Draw, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """First alarms of a group of agents at full: while good, and from their turn for the worse."""
    agents = Watched(rng, Level.FULL)
    agents.watch(good, GOOD_DECISIONS)
    false_alarms = agents.fallen
    agents.clear()
    agents.watch(bad, SHORT_HORIZON)
    return false_alarms, agents.fallen


def figures(family: Family, rng: np.random.Generator, groups: int = GROUPS) -> dict[str, Any]:
    """The four figures of one family, and what belongs to them."""
    unskilled, skilled, bad = family(0.0), family(0.2), family(-0.2)
    wrong = [skill_proved(unskilled, CALIBRATED, HORIZON, rng) for _ in range(groups)]
    right = [skill_proved(skilled, CALIBRATED, SHORT_HORIZON, rng) for _ in range(groups)]
    careless = [skill_proved(skilled, bets.COVERAGE_REFUTED, HORIZON, rng) for _ in range(groups)]
    false_alarms, alarms = zip(*(decline_found(skilled, bad, rng) for _ in range(groups)), strict=True)
    return {
        "false_promotions": happened(np.concatenate(wrong)),
        "median_decisions_to_bounded": median(np.concatenate(right)),
        "median_decisions_to_demote": median(np.concatenate(alarms)),
        "miscalibrated_promoted": happened(np.concatenate(careless)),
        "false_promotions_by_group": [happened(group) for group in wrong],
        "skilled_bounded_within_800": happened(np.concatenate(right)),
        "false_alarms_in_500_good_decisions": happened(np.concatenate(false_alarms)),
    }


def beyond(rng: np.random.Generator) -> dict[str, object]:
    """Cases that the targets do not name."""
    idle = Watched(rng, Level.FULL)
    idle.watch(normal(0.0), 1_000)
    learner = Watched(rng, Level.ADVISE)
    learner.watch(normal(-0.2), 300)
    learner.clear()
    learner.watch(normal(0.2), HORIZON)
    broken = Watched(rng, Level.ADVISE)
    broken.watch(unguarded(0.0), HORIZON)
    return {
        "rare_worst_loss": figures(rare_worst_loss, rng, groups=2),
        "rare_big_win": figures(rare_big_win, rng, groups=2),
        "median_decisions_to_bounded_at_mean_.1": {
            name: median(skill_proved(family(0.1), CALIBRATED, HORIZON, rng))
            for name, family in FAMILIES.items()
        },
        "median_decisions_to_bounded_at_mean_.4": {
            name: median(skill_proved(family(0.4), CALIBRATED, HORIZON, rng))
            for name, family in FAMILIES.items()
        },
        "false_promotions_at_mean_-.1": happened(skill_proved(normal(-0.1), CALIBRATED, HORIZON, rng)),
        "unskilled_at_full_demoted_within_1000": happened(idle.fallen),
        "median_decisions_to_bounded_after_300_bad_ones": median(learner.risen),
        "no_guardrail_heavy_tailed_unskilled": {
            "stopped": happened(broken.stopped),
            "promoted_before": happened(broken.risen),
        },
    }


def main() -> None:
    """Print progress on stderr and one JSON object as the last line."""
    began = time.perf_counter()
    rng = np.random.default_rng(SEED)
    families: dict[str, dict[str, Any]] = {}
    for name, family in FAMILIES.items():
        families[name] = figures(family, rng)
        print(f"{name}: {families[name]}", file=sys.stderr)
    others = beyond(rng)
    print(f"beyond: {others}", file=sys.stderr)
    worst: dict[str, float | None] = {}
    for figure in (
        "false_promotions",
        "median_decisions_to_bounded",
        "median_decisions_to_demote",
        "miscalibrated_promoted",
    ):
        values = [row[figure] for row in families.values()]
        known = [value for value in values if value is not None]
        worst[figure] = max(known) if len(known) == len(values) else None
    print(
        json.dumps(
            worst
            | {
                "agents_a_group": AGENTS,
                "groups": GROUPS,
                "horizon_decisions": HORIZON,
                "from_level": Level.ADVISE.word,
                "intervals_a_decision": 1,
                "families": families,
                "beyond": others,
                "seconds": round(time.perf_counter() - began, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
