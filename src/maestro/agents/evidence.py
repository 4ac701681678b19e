"""Evidence: bets on and against an agent's gains, so that its skill is proved however often anyone looks.

Three processes run side by side, none of which assumes anything about the shape of the gains:

* gain: bets that the mean gain is above zero. Starting from 1, the money of an agent without skill ever
  reaches 20 with probability 1/20 at most (Ville's inequality), however long and often it is watched.
* coverage: bets that the agent's own 80 % intervals cover more than 70 % of what happens; same bound.
* decline: bets that the mean gain has fallen below zero at some unknown moment. An agent whose mean gain is
  not below zero raises the alarm after 1,000 cycles on average, or later.

Every function takes scalars as well as arrays of any shape (a row of agents), so that the product and the
benchmark run the very same rule.

Sources: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS-B 2024
(approximate GRAPA bets); Shin, Ramdas and Rinaldo, "E-detectors", 2023 (Shiryaev-Roberts form, mixed).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

PROOF = 20.0
"""Money that proves a claim: 1 / 20 is the chance that an agent without the merit ever gets there."""

GAIN_BET_LIMIT = 0.6
"""Largest share of the money staked on a gain; below 1, so that a full loss never takes all of it."""

PRIOR_SUM = 5.0
PRIOR_SQUARE_SUM = 6.0
"""The first bets rest on 100 imagined cycles of mean .05 and mean square .06, which fade too."""

MEMORY = 0.995
"""What a cycle's weight in the bets keeps from one cycle to the next: about 200 cycles are remembered."""

COVERAGE_REFUTED = 0.7
"""Coverage that an agent must prove to exceed with its 80 % intervals."""

COVERAGE_BET = 0.1 / (0.7 * 0.3)
"""The fastest-growing bet against 70 % for an agent that covers 80 % with one interval a cycle."""

COVERAGE_SAFE = 100.0
"""Money at which the coverage bet ends; until then the proof must still stand when a promotion is due."""

DECLINE_ALARM = 1_000.0
"""Decline at which autonomy is taken away: the least mean number of cycles to a false alarm."""

DECLINE_BETS: Floats = np.array([0.05, 0.3, 0.6, 0.9])
DECLINE_WEIGHTS: Floats = np.array([1.0, 1.0, 2.0, 4.0]) / 8.0
"""Bets of the decline process and their fixed weights: large bets find a steep fall, small ones a slow."""

ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Evidence:
    """What has been bet and won since the last change of level.

    Attributes:
        gain: money of the gain process, shape S; 1 at the start.
        gain_sum: sum of past gains, old ones fading, shape S; imagined ones at the start.
        gain_square_sum: sum of their squares, fading alike, shape S.
        coverage: money of the coverage process, shape S; 1 at the start.
        decline: Shiryaev-Roberts sums, one a bet, shape S + (4,); 0 at the start.
    """

    gain: Floats
    gain_sum: Floats
    gain_square_sum: Floats
    coverage: Floats
    decline: Floats


def fresh(shape: tuple[int, ...] = ()) -> Evidence:
    """No evidence yet, for one agent or for a row of agents of `shape`."""
    return Evidence(
        gain=np.ones(shape),
        gain_sum=np.full(shape, PRIOR_SUM),
        gain_square_sum=np.full(shape, PRIOR_SQUARE_SUM),
        coverage=np.ones(shape),
        decline=np.zeros((*shape, DECLINE_BETS.size)),
    )


def gain_bet(evidence: Evidence) -> Floats:
    """The share of the money staked on the next gain, in [0, 0.6], from past gains alone.

    Mean over mean square is the bet under which money grows fastest, to second order (approximate GRAPA).
    Past gains fade, so an agent that learns is soon bet on again. A proof once made is not put at risk: the
    decline process watches over it.
    """
    bet = np.clip(evidence.gain_sum / (evidence.gain_square_sum + ROUNDING), 0.0, GAIN_BET_LIMIT)
    return np.where(evidence.gain >= PROOF, 0.0, bet)


def coverage_bet(evidence: Evidence) -> Floats:
    """The share staked on the next coverage; nothing once the money is safe."""
    return np.where(evidence.coverage >= COVERAGE_SAFE, 0.0, COVERAGE_BET)


def breaks_guardrail(gain: ArrayLike) -> NDArray[np.bool_]:
    """Whether a gain is a loss beyond the largest that the guardrails allow, which ends all betting."""
    return np.asarray(np.asarray(gain, dtype=np.float64) < -1.0 - ROUNDING)


def weigh(evidence: Evidence, gain: ArrayLike, covered_share: ArrayLike) -> Evidence:
    """The evidence after one more cycle.

    Args:
        evidence: what was known before, of shape S.
        gain: the cycle's mean gain divided by the largest loss that the guardrails allow a cycle, shape S.
            Gains above 1 count as 1, which can only slow a promotion down.
        covered_share: the share of the cycle's intervals that covered what happened, shape S; NaN where no
            interval came due. A cycle is one bet, however many intervals it holds, because they share shocks.
    """
    won = np.clip(np.asarray(gain, dtype=np.float64), -1.0, 1.0)
    share = np.asarray(covered_share, dtype=np.float64)
    surplus = np.where(np.isnan(share), 0.0, share - COVERAGE_REFUTED)
    return Evidence(
        gain=evidence.gain * (1.0 + gain_bet(evidence) * won),
        gain_sum=MEMORY * evidence.gain_sum + won,
        gain_square_sum=MEMORY * evidence.gain_square_sum + won * won,
        coverage=evidence.coverage * (1.0 + coverage_bet(evidence) * surplus),
        decline=(1.0 + evidence.decline) * (1.0 - DECLINE_BETS * won[..., None]),
    )


def proved(evidence: Evidence) -> NDArray[np.bool_]:
    """Whether skill and calibration are both proved."""
    return np.asarray((evidence.gain >= PROOF) & (evidence.coverage >= PROOF))


def declining(evidence: Evidence) -> NDArray[np.bool_]:
    """Whether the decline process raises its alarm."""
    return np.asarray(evidence.decline @ DECLINE_WEIGHTS >= DECLINE_ALARM)


def verdict(evidence: Evidence) -> NDArray[np.int64]:
    """+1 where the next level is earned, -1 where one is lost, 0 elsewhere; an alarm outweighs a proof."""
    return np.where(declining(evidence), -1, proved(evidence).astype(np.int64))


def settle(evidence: Evidence, alarm: ArrayLike, moved: ArrayLike) -> Evidence:
    """The evidence to go on with: anew where the level moved, written down where an alarm could not move it.

    Writing down takes money away and never adds any, so that an agent held at its level, or already at the
    lowest, gains no second chance from an alarm.
    """
    lost, anew = np.asarray(alarm, dtype=np.bool_), np.asarray(moved, dtype=np.bool_)
    start = fresh(anew.shape)
    return Evidence(
        gain=np.where(anew, start.gain, np.where(lost, np.minimum(evidence.gain, 1.0), evidence.gain)),
        gain_sum=np.where(anew, start.gain_sum, evidence.gain_sum),
        gain_square_sum=np.where(anew, start.gain_square_sum, evidence.gain_square_sum),
        coverage=np.where(
            anew, start.coverage, np.where(lost, np.minimum(evidence.coverage, 1.0), evidence.coverage)
        ),
        decline=np.where((anew | lost)[..., None], 0.0, evidence.decline),
    )


def judge(
    evidence: Evidence, level: ArrayLike, lowest: ArrayLike, highest: ArrayLike
) -> tuple[Evidence, NDArray[np.int64], NDArray[np.int64]]:
    """Apply the verdict: one level up, down or none, within [lowest, highest].

    Args:
        evidence: what is known, of shape S.
        level: the present level, 0 to 3, shape S.
        lowest: the lowest level allowed; the present one for a pinned agent.
        highest: the highest level allowed: the cap; the present one for a pinned agent.

    Returns:
        the evidence to go on with, the new level, and the verdict.
    """
    before = np.asarray(level, dtype=np.int64)
    finding = verdict(evidence)
    after = np.clip(before + finding, lowest, highest)
    return settle(evidence, finding < 0, after != before), after, finding


def points(money: ArrayLike) -> Floats:
    """Money as points of proof: 0 at the start or below, 100 when the claim is proved."""
    held = np.maximum(np.asarray(money, dtype=np.float64), 1.0)
    return np.asarray(np.minimum(100.0 * np.log(held) / np.log(PROOF), 100.0))
