"""Evidence by betting: without merit no money is won, whatever the gains and however often one looks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.agents import evidence as bets

gains = st.lists(st.floats(-1.0, 1.0), max_size=60)
shares = st.floats(0.0, 1.0)


def after(history: list[float], share: float = 0.8) -> bets.Evidence:
    evidence = bets.fresh()
    for gain in history:
        evidence = bets.weigh(evidence, gain, share)
    return evidence


def expected(values: list[bets.Floats], chances: list[float]) -> bets.Floats:
    return np.asarray(sum(chance * value for chance, value in zip(chances, values, strict=True)))


@given(gains, shares)
@settings(deadline=None, max_examples=60)
def test_money_is_never_negative_and_decline_neither(history: list[float], share: float) -> None:
    evidence = after(history, share)
    assert evidence.gain > 0
    assert evidence.coverage >= 0
    assert (evidence.decline >= 0).all()


@given(gains, st.floats(-1.0, -0.01), st.floats(0.01, 1.0), st.floats(0.0, 1.0))
@settings(deadline=None, max_examples=100)
def test_without_skill_money_is_not_expected_to_grow_after_any_past(
    history: list[float], loss: float, win: float, surplus: float
) -> None:
    evidence = after(history)
    chance_of_win = -loss / (win - loss) * (1.0 - surplus)  # mean gain zero, or below by the surplus
    one_on = [bets.weigh(evidence, gain, 0.8).gain for gain in (win, loss)]
    assert expected(one_on, [chance_of_win, 1 - chance_of_win]) <= evidence.gain * (1 + 1e-12)


@given(st.lists(st.booleans(), max_size=60), st.floats(0.0, bets.COVERAGE_REFUTED))
@settings(deadline=None, max_examples=60)
def test_without_calibration_money_is_not_expected_to_grow(past: list[bool], coverage: float) -> None:
    evidence = bets.fresh()
    for covered in past:
        evidence = bets.weigh(evidence, 0.0, float(covered))
    one_on = [bets.weigh(evidence, 0.0, share).coverage for share in (1.0, 0.0)]
    assert expected(one_on, [coverage, 1 - coverage]) <= evidence.coverage * (1 + 1e-12)


@given(gains, st.floats(-1.0, -0.01), st.floats(0.01, 1.0))
@settings(deadline=None, max_examples=60)
def test_decline_of_an_agent_without_loss_grows_by_one_a_cycle_at_most(
    history: list[float], loss: float, win: float
) -> None:
    evidence = after(history)
    chance_of_win = -loss / (win - loss)
    one_on = [bets.weigh(evidence, gain, 0.8).decline for gain in (win, loss)]
    grown = expected(one_on, [chance_of_win, 1 - chance_of_win])
    assert (grown <= (evidence.decline + 1.0) * (1 + 1e-12)).all()


@pytest.mark.parametrize("win", [1.0, 0.5, 0.1])
def test_all_paths_of_a_fair_game_counted_out_reach_the_proof_in_one_of_twenty_at_most(win: float) -> None:
    depth, loss = 14, -1.0
    chance_of_win = -loss / (win - loss)
    paths = np.array(list(itertools.product([True, False], repeat=depth)))
    weights = np.where(paths, chance_of_win, 1 - chance_of_win).prod(axis=1)
    evidence = bets.fresh((len(paths),))
    reached = np.zeros(len(paths), dtype=bool)
    for step in range(depth):
        evidence = bets.weigh(evidence, np.where(paths[:, step], win, loss), 0.8)
        reached |= evidence.gain >= bets.PROOF
        assert weights @ evidence.gain <= 1 + 1e-9
    assert weights @ reached <= 1 / bets.PROOF


def test_bets_rest_on_the_past_alone() -> None:
    one, other = after([0.2, -0.1]), after([0.2, -0.1])
    assert bets.gain_bet(one) == bets.gain_bet(other)
    assert bets.weigh(one, 0.9, 1.0).gain / one.gain == pytest.approx(1 + float(bets.gain_bet(one)) * 0.9)
    assert bets.weigh(one, -0.9, 1.0).gain / one.gain == pytest.approx(1 - float(bets.gain_bet(one)) * 0.9)


def test_a_losing_agent_is_no_longer_bet_on_and_a_learner_is_again() -> None:
    losing = after([-0.1] * 400)
    assert bets.gain_bet(losing) == 0
    for _ in range(250):
        losing = bets.weigh(losing, 0.1, 0.8)
    assert losing.gain >= bets.PROOF


def test_gains_above_one_count_as_one() -> None:
    assert after([7.0]).gain == after([1.0]).gain


def test_a_proof_of_skill_once_made_is_not_put_at_risk() -> None:
    proved = after([0.5] * 20)
    assert proved.gain >= bets.PROOF
    assert bets.weigh(proved, -1.0, 0.8).gain == proved.gain


def test_the_proof_of_calibration_must_still_stand_until_it_is_safe() -> None:
    evidence = bets.fresh()
    while evidence.coverage < bets.PROOF:
        evidence = bets.weigh(evidence, 0.0, 1.0)
    assert bets.weigh(evidence, 0.0, 0.0).coverage < bets.PROOF
    while evidence.coverage < bets.COVERAGE_SAFE:
        evidence = bets.weigh(evidence, 0.0, 1.0)
    assert bets.weigh(evidence, 0.0, 0.0).coverage == evidence.coverage


def test_a_cycle_without_an_interval_says_nothing_on_calibration() -> None:
    assert bets.weigh(bets.fresh(), 0.1, np.nan).coverage == 1.0


def test_a_guardrail_breaks_only_beyond_the_largest_loss() -> None:
    assert bets.breaks_guardrail([-1.0, -1.0 - 1e-12, -1.001, 3.0]).tolist() == [False, False, True, False]


def test_judging_a_row_of_agents_moves_each_by_its_own_verdict() -> None:
    proof, alarm = bets.PROOF, bets.DECLINE_ALARM
    start = bets.fresh((5,))
    evidence = bets.Evidence(
        gain=np.array([proof, proof, 1.0, proof, 5.0]),
        gain_sum=start.gain_sum,
        gain_square_sum=start.gain_square_sum,
        coverage=np.array([proof, 1.0, proof, proof, 5.0]),
        decline=np.array([0.0, 0.0, 0.0, alarm, alarm])[:, None] + np.zeros(bets.DECLINE_BETS.size),
    )
    settled, level, verdict = bets.judge(evidence, [1, 1, 1, 1, 0], 0, 3)
    assert verdict.tolist() == [1, 0, 0, -1, -1]
    assert level.tolist() == [2, 1, 1, 0, 0]
    assert settled.gain.tolist() == [1.0, proof, 1.0, 1.0, 1.0]
    assert settled.decline.max() == 0.0


def test_an_alarm_that_moves_nobody_takes_money_and_adds_none() -> None:
    poor, rich = after([-0.1] * 50), after([0.5] * 20)
    assert bets.settle(poor, alarm=True, moved=False).gain == poor.gain < 1
    assert bets.settle(rich, alarm=True, moved=False).gain == 1.0
    assert bets.settle(rich, alarm=False, moved=False).gain == rich.gain


@given(st.floats(0.0, 1e6))
@settings(deadline=None, max_examples=50)
def test_points_run_from_zero_to_a_hundred(money: float) -> None:
    assert 0.0 <= bets.points(money) <= 100.0
    assert (bets.points(money) == 100.0) == (money >= bets.PROOF)


def test_pure_noise_reports_no_skill() -> None:
    rng = np.random.default_rng(5)
    evidence = bets.fresh((500,))
    proved = np.zeros(500, dtype=bool)
    for _ in range(500):
        covered = (rng.random(500) < 0.8).astype(float)
        evidence = bets.weigh(evidence, np.clip(rng.normal(0.0, 0.2, 500), -1, 1), covered)
        proved |= bets.proved(evidence)
    assert proved.mean() <= 0.05
    assert np.median(bets.points(evidence.gain)) < 30
