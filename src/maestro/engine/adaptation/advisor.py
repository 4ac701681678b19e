"""Advisor: learns from measured runs and advises each step: chunk size, width, place, wait or refusal."""

from __future__ import annotations

import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from maestro.clock import Clock, RealClock
from maestro.database import Database
from maestro.engine.adaptation.adaptation import Adaptation, AdaptationState, Knob, Value
from maestro.engine.adaptation.adaptation_store import AdaptationStore
from maestro.engine.adaptation.failure_prediction import FailurePrediction, Prediction
from maestro.engine.adaptation.keeper import Keeper
from maestro.engine.adaptation.precaution import Choices, Precaution, Usual, precaution
from maestro.engine.adaptation.seat import Seats
from maestro.engine.adaptation.situation import situation_ahead, situation_behind
from maestro.engine.adaptation.switchback import Switchback, drawn
from maestro.engine.adaptation.tuning import Bounds, StepTuning
from maestro.engine.observation import Advice, RunOutcome, StepAhead, StepOutcome
from maestro.settings import AdaptationSettings
from maestro.telemetry import get_logger

CARE = frozenset({Knob.DELAY, Knob.REROUTE, Knob.REFUSE})
MOMENTARY = frozenset({"load", "memory"})
LOOK_SHARE = 0.8
LEAST_GAIN = 0.02
FAILURE_FACTOR = 10.0
KEEP_EVERY = timedelta(seconds=5)
LEARNED_EVERY = timedelta(minutes=1)
MOST_BEGUN = 10_000

Sense = Callable[[], Mapping[str, float]]
StepName = tuple[str, str]

_log = get_logger("engine.adaptation")


@dataclass(frozen=True)
class _Begun:
    """What was said of a step that has not ended: the prediction, and the way drawn for each trial."""

    prediction: Prediction
    ways: tuple[tuple[Adaptation, bool], ...]


class LearningAdvisor:
    """Observer and advisor of an engine: adapts what measurably helps, and nothing else.

    Every adaptation begins as a trial in which each run is drawn to be done the new way or the old one. It
    is kept when the new way is proved better, reverted when it is proved worse or not worth it, and looked at
    again from time to time. At most one pace of one step of a workflow is on trial at a time, that of the
    step which takes most of the time first.

    Args:
        records: the engine's tables.
        settings: how far it may go.
        clock: the engine's clock.
        executor: name of this executor; each learns from its own runs, and of several with one name each
            takes a seat of that name.
        seed: of every draw; the same runs in the same order are advised alike.
        places: steps that may run in several places: (workflow, step) -> `here`, `worker`.
        senses: tell what is known of the moment (memory pressure, breakers ...), named like features.
        wall: the time of life; the machine's when None.

    Example:
        advisor = LearningAdvisor(engine.records, settings.adaptation, clock)
        advisor.open()
        engine = Engine(url, settings.engine, clock, observers=[advisor], advisor=advisor)
    """

    def __init__(
        self,
        records: Database,
        settings: AdaptationSettings,
        clock: Clock,
        *,
        executor: str = "local",
        seed: int = 42,
        places: Mapping[StepName, tuple[str, ...]] | None = None,
        senses: Sequence[Sense] = (),
        wall: Clock | None = None,
    ) -> None:
        self.store = AdaptationStore(records)
        self.prediction = FailurePrediction(seed)
        self._settings, self._clock, self._seed = settings, clock, seed
        self._name = self._executor = executor
        self._wall = wall or RealClock()
        self._kept_at = self._learned_at = self._wall.now()
        self._seats = Seats(records, self._wall)
        self._bounds = Bounds(settings.most_width, settings.longest_chunk_s, settings.rest)
        self._places = dict(places or {})
        self._senses = tuple(senses)
        self._usual = Usual()
        self._tunings: dict[StepName, StepTuning] = {}
        self._precautions: dict[tuple[str, str, Knob], Adaptation] = {}
        self._occasions: dict[tuple[str, str, Knob], int] = {}
        self._begun: OrderedDict[StepName, _Begun] = OrderedDict()
        self._looking: set[str] = set()
        self._numbers: dict[tuple[str, str, Knob], int] = {}
        self._keeper = Keeper(self.store)
        self._lock = threading.Lock()

    # Life

    def open(self) -> None:
        """Go on from what was kept: adaptations in force or on trial, and what was learned of failures."""
        self._executor = self._seats.take(self._name)
        for learned in (self._tunings, self._precautions, self._occasions, self._begun, self._numbers):
            learned.clear()
        data = self.store.learned(self._executor)
        if data is not None:
            self.prediction.load(data)
        for one in self.store.of_executor(self._executor):
            name = (one.workflow, one.step, one.knob)
            self._numbers[name] = self._numbers.get(name, 0) + 1
            self._restore(one)

    def close(self) -> None:
        """Write what is not written yet, and end."""
        self._keeper.write(self._executor)
        self._keep_learned()
        self._keeper.close()
        self._seats.leave()

    # Advisor

    def before_step(self, ahead: StepAhead) -> Advice:
        """How to begin a step, and how likely it fails."""
        with self._lock:
            self._obey_people()
            return self._advise(ahead)

    def _advise(self, ahead: StepAhead) -> Advice:
        moment: dict[str, float] = {}
        for sense in self._senses:
            moment |= sense()
        self._usual.see({name: ahead.features[name] for name in MOMENTARY & ahead.features.keys()} | moment)
        prediction = self.prediction.predict(situation_ahead(ahead, self._clock.now(), moment))
        advice = Advice(failure_probability=prediction.probability)
        ways: list[tuple[Adaptation, bool]] = []
        if self._settings.on:
            advice = self._tuned(ahead, advice, ways)
            advice, prediction = self._careful(ahead, advice, prediction, ways)
        if not advice.refuse:
            self._begun[ahead.run_id, ahead.step] = _Begun(prediction, tuple(ways))
            if len(self._begun) > MOST_BEGUN:
                self._begun.popitem(last=False)
        return advice

    # Observer

    def step_ended(self, outcome: StepOutcome) -> None:
        """Learn from a step that has ended."""
        with self._lock:
            self._obey_people()
            self._learn(outcome)

    def _learn(self, outcome: StepOutcome) -> None:
        begun = self._begun.pop((outcome.run_id, outcome.step), None)
        prediction = begun.prediction if begun else self.prediction.predict(situation_behind(outcome))
        self.prediction.learn(prediction, failed=not outcome.ok)
        name = (outcome.workflow, outcome.step)
        items = outcome.size if Knob.WIDTH in outcome.features else 1
        self._tuning(name).see(outcome.seconds, items)
        for one, other_way in begun.ways if begun else ():
            if one.knob in {Knob.DELAY, Knob.REROUTE}:
                value = float(outcome.ok)
            elif one.knob is Knob.REFUSE:
                value = _spared(outcome.ok, self._settings.refuse_above)
            else:
                value = -math.log(max(outcome.seconds, 1e-6) / max(items, 1))
                value -= 0.0 if outcome.ok else math.log(FAILURE_FACTOR)
            self._see(one, other_way, value)
        if self._settings.on:
            self._try_next(outcome.workflow)
        self._keep()

    def run_ended(self, outcome: RunOutcome) -> None:
        """Nothing is learned from whole runs."""

    def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
        """Nothing is learned from failed rollbacks."""

    # People

    def revert(self, adaptation_id: str, by: str = "") -> Adaptation:
        """Undo an adaptation at once, with all that was built upon it; not tried again. From any thread.

        Raises:
            NotFoundError: there is none of this id.
            ConflictError: it is reverted already.
        """
        with self._lock:
            self._keeper.write(self._executor)
        self._keeper.written()
        reverted = self.store.revert(adaptation_id, by, self._clock.now())
        with self._lock:
            self._keeper.overrule(adaptation_id)
            self._obey_people()
        return reverted

    def _obey_people(self) -> None:
        for adaptation_id in self._keeper.overruled():
            for one in self._in_play():
                if one.id == adaptation_id and one.state is not AdaptationState.REVERTED:
                    self._drop(replace(one, by="a person"))

    def _in_play(self) -> list[Adaptation]:
        found = [*self._precautions.values()]
        for tuning in self._tunings.values():
            found += [one for stack in tuning.kept.values() for one in stack]
            found += [tuning.trial] if tuning.trial else []
        return list({one.id: one for one in found}.values())

    # Pace: chunk size, width, place

    def _tuning(self, name: StepName) -> StepTuning:
        if name not in self._tunings:
            self._tunings[name] = StepTuning(self._places.get(name, ()))
        return self._tunings[name]

    def _tuned(self, ahead: StepAhead, advice: Advice, ways: list[tuple[Adaptation, bool]]) -> Advice:
        tuning = self._tuning((ahead.workflow, ahead.step))
        tuning.declare(ahead.where, ahead.features)
        values: dict[str, Value] = {
            str(knob): stack[-1].after for knob, stack in tuning.kept.items() if stack
        }
        if tuning.trial is not None:
            trial = tuning.trial
            other_way = self._drawn(trial, ahead.run_id)
            ways.append((trial, other_way))
            values[str(trial.knob)] = trial.after if other_way else trial.before
        chunk_size, width, where = (values.get(knob) for knob in (Knob.CHUNK_SIZE, Knob.WIDTH, Knob.WHERE))
        return replace(
            advice,
            chunk_size=None if chunk_size is None else int(chunk_size),
            width=None if width is None else int(width),
            where=None if where is None else str(where),
        )

    def _try_next(self, workflow: str) -> None:
        """Begin a trial at the step that takes most of the time, where none of the workflow is on trial."""
        steps = {name: each for name, each in self._tunings.items() if name[0] == workflow}
        if any(each.trial for each in steps.values()):
            return
        for name, tuning in sorted(steps.items(), key=lambda item: (-item[1].seconds, item[0])):
            if not tuning.is_known:
                return
            look = tuning.next_look(self._bounds)
            if look is not None:
                tuning.trial = replace(look, evidence=Switchback(LOOK_SHARE))
                return
            move = tuning.next_move(self._bounds)
            if move is not None:
                tuning.trial = self._new(name, move.knob, move.before, move.after)
                return

    # Care: wait, go elsewhere, refuse

    def _careful(
        self, ahead: StepAhead, advice: Advice, prediction: Prediction, ways: list[tuple[Adaptation, bool]]
    ) -> tuple[Advice, Prediction]:
        if prediction.probability < self._settings.act_above:
            return advice, prediction
        name = (ahead.workflow, ahead.step)
        places = self._places.get(name, ())
        speed = self._clock.speed or 1.0
        choices = Choices(places, self._settings.delay_s, speed, self._settings.refuse_above)
        chosen = precaution(self.prediction, prediction, choices, self._usual)
        one = None if chosen is None else self._precaution(name, chosen, ahead.where)
        if chosen is None or one is None:
            return advice, prediction
        if one.state is AdaptationState.KEPT and one.id not in self._looking:
            return _obeying(advice, chosen), chosen.prediction
        other_way = self._drawn(one, ahead.run_id)
        if other_way and chosen.knob is Knob.REFUSE:
            self._see(one, True, 0.0)
        else:
            ways.append((one, other_way))
        return (_obeying(advice, chosen), chosen.prediction) if other_way else (advice, prediction)

    def _precaution(self, name: StepName, chosen: Precaution, where: str) -> Adaptation | None:
        """The precaution of this kind at this step; None while it rests after it was of no use."""
        key = (*name, chosen.knob)
        occasions = self._occasions[key] = self._occasions.get(key, 0) + 1
        one = self._precautions.get(key)
        if one is None or (
            one.state is AdaptationState.REVERTED and not one.by and occasions > self._settings.rest
        ):
            before: Value = where if chosen.knob is Knob.REROUTE else 0.0
            one = self._precautions[key] = self._new(name, chosen.knob, before, chosen.after)
            self._occasions[key] = 0
        if one.state is AdaptationState.KEPT and occasions > self._settings.rest:
            one = self._precautions[key] = replace(one, evidence=Switchback(LOOK_SHARE))
            self._occasions[key] = 0
            self._looking.add(one.id)
        return None if one.state is AdaptationState.REVERTED else one

    # Trials

    def _new(self, name: StepName, knob: Knob, before: Value, after: Value) -> Adaptation:
        number = self._numbers[*name, knob] = self._numbers.get((*name, knob), 0) + 1
        key = f"{self._executor}/{'/'.join(name)}/{knob}/{number}"
        one = Adaptation(
            id=hashlib.sha256(key.encode()).hexdigest()[:12],
            executor=self._executor,
            workflow=name[0],
            step=name[1],
            knob=knob,
            before=before,
            after=after,
            at=self._clock.now(),
        )
        self._keeper.mark(one)
        return one

    def _drawn(self, one: Adaptation, run_id: str) -> bool:
        trial = f"{one.id}/{one.ended_at.isoformat() if one.ended_at else ''}"
        return drawn(self._seed, trial, run_id, one.evidence.share)

    def _see(self, one: Adaptation, other_way: bool, value: float) -> None:
        """Take in one run of a trial, and decide when there is enough."""
        current = self._current(one)
        if current is None or current.evidence is not one.evidence:
            return  # decided since the run began
        one.evidence.see(other_way, value)
        self._keeper.mark(one)
        verdict = self._verdict(one)
        if verdict is None:
            return
        self._looking.discard(one.id)
        settled = replace(one.evidence)
        decided = replace(one, state=verdict, gain=_gain(one), ended_at=self._clock.now(), evidence=settled)
        _log.info(
            "adaptation decided", step=one.step, what=one.what.en, state=str(verdict), gain=decided.gain
        )
        if verdict is AdaptationState.REVERTED:
            self._drop(decided)
        else:
            self._hold(decided)

    def _verdict(self, one: Adaptation) -> AdaptationState | None:
        low, high = one.evidence.bounds(self._settings.alpha)
        again = one.state is AdaptationState.KEPT
        ended = one.evidence.before + one.evidence.after >= self._settings.most_runs
        if high < (0.0 if again else LEAST_GAIN):
            return AdaptationState.REVERTED
        if low > 0.0 or (ended and again and one.evidence.gain > 0.0):
            return AdaptationState.KEPT
        return AdaptationState.REVERTED if ended else None

    def _current(self, one: Adaptation) -> Adaptation | None:
        if one.knob in CARE:
            return self._precautions.get((one.workflow, one.step, one.knob))
        return self._tuning((one.workflow, one.step)).trial

    def _hold(self, one: Adaptation) -> None:
        self._keeper.mark(one)
        if one.knob in CARE:
            self._precautions[one.workflow, one.step, one.knob] = one
            self._occasions[one.workflow, one.step, one.knob] = 0
        else:
            self._tuning((one.workflow, one.step)).keep(one)

    def _drop(self, one: Adaptation) -> None:
        dropped = replace(one, state=AdaptationState.REVERTED, ended_at=one.ended_at or self._clock.now())
        self._keeper.mark(dropped)
        if one.knob in CARE:
            self._precautions[one.workflow, one.step, one.knob] = dropped
            self._occasions[one.workflow, one.step, one.knob] = 0
            return
        for each in self._tuning((one.workflow, one.step)).drop(dropped):
            self._keeper.mark(replace(each, state=AdaptationState.REVERTED, ended_at=self._clock.now()))

    # Records

    def _restore(self, one: Adaptation) -> None:
        if one.knob in CARE:
            self._precautions[one.workflow, one.step, one.knob] = one
            return
        tuning = self._tuning((one.workflow, one.step))
        if one.state is AdaptationState.TRIAL:
            tuning.trial = one
        elif one.state is AdaptationState.KEPT:
            tuning.keep(one)
        else:
            tuning.drop(one)

    def _keep(self) -> None:
        """Write now and then; by the time of life, so that many short steps do not keep the database busy."""
        now = self._wall.now()
        if now >= self._kept_at + KEEP_EVERY:
            self._kept_at = now
            self._keeper.write(self._executor)
        if now >= self._learned_at + LEARNED_EVERY:
            self._learned_at = now
            self._keep_learned()

    def _keep_learned(self) -> None:
        outcomes, at = self.prediction.outcomes, self._clock.now()
        self._keeper.write_learned(self._executor, self.prediction.dump(), outcomes, at)
        self._keeper.submit(self._seats.keep)


def _obeying(advice: Advice, chosen: Precaution) -> Advice:
    expected = replace(advice, failure_probability=chosen.prediction.probability)
    if chosen.knob is Knob.DELAY:
        return replace(expected, delay_s=float(chosen.after))
    if chosen.knob is Knob.REROUTE:
        return replace(expected, where=str(chosen.after))
    percent = round(100 * chosen.prediction.probability)
    return replace(expected, refuse=f"It would fail with a probability of {percent} %.")


def _spared(ok: bool, refuse_above: float) -> float:
    """What beginning a step was worth that might have been refused: a loss where it failed.

    A success outweighs so many failures that refusing pays where failure is likelier than `refuse_above`.
    """
    return refuse_above / (1.0 - refuse_above) if ok else -1.0


def _gain(one: Adaptation) -> float:
    gain = one.evidence.gain
    return gain if one.knob in CARE else math.expm1(gain)
