"""Precaution: what to do about a step that will probably fail: elsewhere, later, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from maestro.engine.adaptation.adaptation import Knob, Value
from maestro.engine.adaptation.failure_prediction import FailurePrediction, Prediction
from maestro.engine.adaptation.situation import Situation

WORTH_IT = 0.5
"""Share of the probability that may be left for a precaution to be worth trying."""


@dataclass(frozen=True)
class Precaution:
    """What to do instead of beginning now.

    Args:
        knob: wait, go elsewhere, or refuse.
        after: seconds to wait, the other place, or the probability that is too high.
        prediction: what is expected then.
    """

    knob: Knob
    after: Value
    prediction: Prediction


@dataclass(frozen=True)
class Choices:
    """What may be done.

    Args:
        places: where else the step may run.
        delay_s: seconds of life that it may wait; 0 for not at all.
        speed: seconds of the engine's clock for one of life.
        refuse_above: probability above which it may be refused; 1 for never.
    """

    places: Sequence[str]
    delay_s: float
    speed: float
    refuse_above: float


class Usual:
    """What momentary numbers (load, memory ...) usually are: a start later or elsewhere is judged by them."""

    KEPT = 0.99

    def __init__(self) -> None:
        self._means: dict[str, float] = {}

    def see(self, numbers: Mapping[str, float]) -> None:
        """Take in how things stand now; older moments fade."""
        for name, value in numbers.items():
            mean = self._means.get(name, value)
            self._means[name] = mean + (1.0 - self.KEPT) * (value - mean)

    def later(self, situation: Situation, seconds: float) -> Situation:
        """The same step after so many seconds of the engine's clock; what is momentary is as usual again."""
        at = situation.at + timedelta(seconds=seconds)
        return replace(situation, numbers=self._usual(situation), at=at, rested=True)

    def there(self, situation: Situation, place: str) -> Situation:
        """The same step in another place, where everything momentary is as usual."""
        return replace(situation, numbers=self._usual(situation)).elsewhere(where=place)

    def _usual(self, situation: Situation) -> dict[str, float]:
        return {name: self._means.get(name, value) for name, value in situation.numbers.items()}


def precaution(
    predictor: FailurePrediction, now: Prediction, choices: Choices, usual: Usual
) -> Precaution | None:
    """The precaution after which failure is least likely; None where none would help enough.

    Args:
        predictor: what has been learned.
        now: what is expected of beginning at once.
        choices: what may be done.
        usual: what momentary numbers usually are.
    """
    situation = now.situation
    found = [
        Precaution(Knob.REROUTE, place, predictor.predict(usual.there(situation, place)))
        for place in choices.places
        if place != situation.names.get("where")
    ]
    if choices.delay_s > 0.0:
        later = usual.later(situation, choices.delay_s * choices.speed)
        found.append(Precaution(Knob.DELAY, choices.delay_s, predictor.predict(later)))
    best = min(found, key=lambda each: each.prediction.probability, default=None)
    if best is not None and best.prediction.probability <= WORTH_IT * now.probability:
        return best
    if now.probability > choices.refuse_above:
        return Precaution(Knob.REFUSE, choices.refuse_above, now)
    return None
