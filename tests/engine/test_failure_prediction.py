"""Failure prediction: finds known causes, says the base rate of pure chance, and survives a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.adaptation.boosting import Cases, Forest, Growth
from maestro.engine.adaptation.calibration import Calibration
from maestro.engine.adaptation.failure_prediction import FailurePrediction, Prediction
from maestro.engine.adaptation.situation import Situation, situation_ahead, situation_behind
from maestro.engine.observation import StepAhead, StepOutcome

MIDNIGHT = datetime(2026, 1, 5, tzinfo=UTC)


def situations(seed: int, count: int) -> list[Situation]:
    """Steps on four workers under changing load, one a minute."""
    rng = np.random.default_rng(seed)
    return [
        Situation(
            {"step": f"flow/{'abc'[rng.integers(3)]}", "worker": f"w{rng.integers(4)}"},
            {"load": float(rng.uniform()), "size": float(rng.lognormal(5, 1))},
            MIDNIGHT + timedelta(minutes=number),
        )
        for number in range(count)
    ]


def overloaded(situation: Situation) -> float:
    """Fails nine times in ten on worker w1 above a load of .6, else one time in fifty."""
    return 0.9 if situation.names["worker"] == "w1" and situation.numbers["load"] > 0.6 else 0.02


def by_chance(situation: Situation) -> float:
    return 0.2


def lived(predictor: FailurePrediction, cases: list[Situation], truth: object, seed: int = 3) -> list[float]:
    """Predict and learn each case in turn; gives what was said before."""
    rng = np.random.default_rng(seed)
    said = []
    for situation in cases:
        prediction = predictor.predict(situation)
        said.append(prediction.probability)
        predictor.learn(prediction, bool(rng.random() < truth(situation)))  # type: ignore[operator]
    return said


def at_load(load: float, worker: str = "w1") -> Situation:
    return Situation({"step": "flow/a", "worker": worker}, {"load": load, "size": 150.0}, MIDNIGHT)


@pytest.fixture(scope="module")
def experienced() -> FailurePrediction:
    predictor = FailurePrediction(seed=1)
    lived(predictor, situations(1, 1500), overloaded)
    return predictor


def test_a_known_cause_is_found_with_its_interaction(experienced: FailurePrediction) -> None:
    assert experienced.predict(at_load(0.9)).probability > 0.7
    assert experienced.predict(at_load(0.3)).probability < 0.15
    assert experienced.predict(at_load(0.9, "w2")).probability < 0.15


def test_of_pure_chance_it_says_the_base_rate() -> None:
    cases = situations(2, 1500)
    said = lived(FailurePrediction(seed=1), cases, by_chance)

    assert np.mean(said[500:]) == pytest.approx(0.2, abs=0.04)
    assert np.quantile(said[500:], 0.9) - np.quantile(said[500:], 0.1) < 0.2


def test_nothing_seen_is_no_reason_for_alarm() -> None:
    assert FailurePrediction(seed=1).predict(at_load(0.9)).probability == pytest.approx(0.1, abs=0.05)


def test_failures_of_the_last_minutes_count() -> None:
    predictor = FailurePrediction(seed=1)
    rng = np.random.default_rng(5)
    cases = situations(4, 1200)
    down = np.repeat(rng.random(60) < 0.3, 20)
    for situation, is_down in zip(cases, down, strict=True):
        predictor.learn(predictor.predict(situation), bool(rng.random() < (0.95 if is_down else 0.02)))

    def after(failed: bool) -> float:
        one = FailurePrediction(seed=0)
        one.load(predictor.dump())
        later = cases[-1].at
        for minute in range(9):
            names = {"step": f"flow/{'abc'[minute % 3]}", "worker": f"w{minute % 4}"}
            ended = Situation(names, {"load": 0.4, "size": 150.0}, later + timedelta(minutes=minute))
            one.learn(one.predict(ended), failed)
        soon = later + timedelta(minutes=10)
        return one.predict(Situation(cases[-1].names, cases[-1].numbers, soon)).probability

    assert after(failed=True) > 0.6
    assert after(failed=False) < 0.3


def test_the_same_seed_and_outcomes_say_the_same() -> None:
    cases = situations(6, 300)

    once = lived(FailurePrediction(seed=9), cases, overloaded)
    again = lived(FailurePrediction(seed=9), cases, overloaded)
    other = lived(FailurePrediction(seed=8), cases, overloaded)

    assert once == again
    assert once != other


@pytest.mark.parametrize("known", [0, 40, 260])
def test_a_restart_changes_nothing(known: int) -> None:
    cases = situations(7, 420)
    whole, before, after = (FailurePrediction(seed=9) for _ in range(3))
    lived(whole, cases[:known], overloaded)
    lived(before, cases[:known], overloaded)

    after.load(before.dump())

    assert lived(after, cases[known:], overloaded, 4) == lived(whole, cases[known:], overloaded, 4)


def test_the_window_slides_and_a_new_number_may_appear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maestro.engine.adaptation.failure_prediction.WINDOW", 128)
    predictor = FailurePrediction(seed=2)
    lived(predictor, situations(8, 200), by_chance)
    for number, situation in enumerate(situations(9, 600)):
        memory = (number % 10) / 10
        wider = Situation(situation.names, {**situation.numbers, "memory": memory}, situation.at)
        predictor.learn(predictor.predict(wider), memory > 0.75)

    def at_memory(memory: float) -> float:
        return predictor.predict(Situation({}, {"memory": memory}, MIDNIGHT)).probability

    assert at_memory(0.9) > 0.6
    assert at_memory(0.1) < 0.2


@given(st.lists(st.tuples(st.dictionaries(st.text(max_size=3), st.floats()), st.booleans()), max_size=80))
@settings(max_examples=25, deadline=None)
def test_whatever_the_numbers_a_probability_comes_out(cases: list[tuple[dict[str, float], bool]]) -> None:
    predictor = FailurePrediction(seed=1)
    for numbers, failed in cases:
        prediction = predictor.predict(Situation({"step": "a"}, numbers, MIDNIGHT))
        assert 0.0 < prediction.probability < 1.0
        predictor.learn(prediction, failed)


def test_features_that_name_something_are_names() -> None:
    ahead = StepAhead("r", "flow", "1", "pay", "here", 70, {}, {"dependency=bank": 1.0, "load": 0.5})

    situation = situation_ahead(ahead, MIDNIGHT, {"memory": 0.7})

    assert situation.names == {"workflow": "flow", "step": "flow/pay", "where": "here", "dependency": "bank"}
    assert situation.numbers == {"size": 70.0, "load": 0.5, "memory": 0.7}


def test_what_ended_unasked_is_learned_from_too() -> None:
    outcome = StepOutcome("r", "flow", "1", "pay", "w1", MIDNIGHT, 0.0, 1.5, 1, False, "E", 70, {"load": 0.5})

    situation = situation_behind(outcome)

    assert situation.names == {"workflow": "flow", "step": "flow/pay", "worker": "w1"}
    assert situation.numbers == {"size": 70.0, "load": 0.5}
    assert situation.at == MIDNIGHT


def test_elsewhere_is_another_situation() -> None:
    assert at_load(0.5).elsewhere(worker="w3").names["worker"] == "w3"


def test_overconfident_probabilities_are_made_true() -> None:
    calibration, rng = Calibration(), np.random.default_rng(1)
    for _ in range(2000):
        said = float(rng.choice([0.02, 0.98]))
        calibration.learn(said, bool(rng.random() < (0.2 if said < 0.5 else 0.7)))

    assert calibration.apply(0.02) == pytest.approx(0.2, abs=0.05)
    assert calibration.apply(0.98) == pytest.approx(0.7, abs=0.05)


def test_few_outcomes_bend_nothing() -> None:
    calibration = Calibration()
    for _ in range(60):
        calibration.learn(0.5, True)

    assert calibration.apply(0.3) == pytest.approx(0.3)


def test_a_forest_follows_a_changed_world() -> None:
    rng = np.random.default_rng(1)
    forest = Forest(Growth(trees=20), rng)
    rows = rng.uniform(size=(600, 2))
    edges = [np.linspace(0.1, 0.9, 9)] * 2
    bins = np.column_stack([edge.searchsorted(rows[:, at], "right") for at, edge in enumerate(edges)])
    named = np.zeros(2, dtype=bool)
    score = np.zeros(600)
    for column in (0, 1):
        yes = (rows[:, column] > 0.5).astype(float)
        for _ in range(40):
            score = forest.renew(Cases(rows, bins, edges, named, yes, np.ones(600)), score)

    assert np.allclose(score, forest.score(rows, named))
    assert np.mean((score > 0) == (rows[:, 1] > 0.5)) > 0.97


def test_a_prediction_keeps_what_it_rests_on() -> None:
    prediction = FailurePrediction(seed=1).predict(at_load(0.5))

    assert isinstance(prediction, Prediction)
    assert prediction.situation == at_load(0.5)
