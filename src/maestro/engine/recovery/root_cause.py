"""Root cause: which component most likely started the trouble, with the evidence for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from maestro.engine.recovery import incident_words
from maestro.engine.recovery.dependencies import Dependencies
from maestro.engine.recovery.health import ERRORS, LATENCY
from maestro.engine.recovery.random_walk import random_walk
from maestro.engine.recovery.signals import Anomaly
from maestro.engine.words import Words

TRAVELLING = frozenset({LATENCY, ERRORS})
"""Figures that travel from a component to those that need it; all others are a component's own.

The split of the RED method (requests, errors, duration: felt by whoever calls) from the USE method
(utilisation, saturation, errors of one resource); Gregg, "Systems Performance", 2nd edition, 2020.
"""

CHANGES_COUNT_S = 600.0
"""Seconds for which a change stays under suspicion."""

AFTER_A_CHANGE = "after a change"
"""How the signature of a suspect ends that was changed a short while ago."""

_ALREADY_S = 1.5
_FRESH_CHANGE_S = 150.0
_LOUD_Z = 50.0
_CERTAIN = 20.0


@dataclass(frozen=True)
class Change:
    """Something that people or agents changed: a configuration, a version, a piece of data."""

    at: datetime
    component: str
    words: Words


@dataclass(frozen=True)
class Cause:
    """A suspect.

    Args:
        component: which.
        probability: that the trouble began here; over all suspects of an incident they sum to 1.
        evidence: what speaks for it, strongest first, as sentences.
        signature: its most unusual figure, and whether it was changed lately; playbooks learn by it. Empty
            where there is neither.
    """

    component: str
    probability: float
    evidence: tuple[Words, ...] = ()
    signature: str = ""


@dataclass(frozen=True)
class Weights:
    """What each piece of evidence counts, in log-odds for a full piece.

    Fitted by conditional logit (McFadden, 1974) on injected faults of the plant in benchmarks/recovery.py,
    with other seeds than those that it reports; bounded so that each piece keeps counting as it should.
    """

    severity: float = 4.7
    own: float = 1.2
    covers: float = 0.3
    first: float = 0.3
    explained: float = -2.3
    changed: float = 1.0
    walk: float = 0.3
    symptom: float = 1.0

    def array(self) -> NDArray[np.float64]:
        """The weights in the order of the features."""
        return np.array(list(vars(self).values()), dtype=np.float64)


@dataclass(frozen=True)
class Evidence:
    """Everything that is known when a cause is asked for.

    Args:
        symptoms: components that health checks found unhealthy.
        anomalies: unusual figures of all components.
        changes: what was changed recently.
        noticed_at: when the incident was noticed.
        certain: what is wrong with components whose own checks know it for certain.
    """

    symptoms: Collection[str]
    anomalies: Sequence[Anomaly]
    changes: Sequence[Change]
    noticed_at: datetime
    certain: Mapping[str, Words] = field(default_factory=dict)


class RootCause:
    """Ranks the components of a graph as causes of an incident.

    It weighs for each component how unusual its figures are, and its own ones above all; how much of the
    trouble lies in components that need it; whether it was first; whether something that it needs explains
    it; a recent change; and where a random walk from the symptoms towards what they need comes to rest
    (Kim, Sumbaly, Shah, "Root Cause Detection in a Service-Oriented Architecture", SIGMETRICS 2013). A
    softmax turns the weighed evidence into probabilities. What a check knows for certain outweighs all of it.

    Args:
        dependencies: the graph of components.
        weights: what each piece of evidence counts.
    """

    def __init__(self, dependencies: Dependencies, weights: Weights | None = None) -> None:
        self.dependencies = dependencies
        self._weights = (weights or Weights()).array()

    def rank(self, evidence: Evidence) -> list[Cause]:
        """Every component as a suspect, most likely first."""
        names = list(self.dependencies.components)
        known = np.array([name in evidence.certain for name in names], dtype=np.float64)
        scores = self.features(evidence) @ self._weights + _CERTAIN * known
        odds = np.exp(scores - scores.max())
        probabilities = odds / odds.sum()
        by_component = _by_component(evidence.anomalies)
        causes = []
        for index in np.argsort(-probabilities, kind="stable"):
            name = names[index]
            own = by_component.get(name, [])
            sentences = self._sentences(name, by_component, evidence) if probabilities[index] > 0.01 else ()
            changed = self._change_age_s(name, evidence) <= _FRESH_CHANGE_S
            causes.append(Cause(name, float(probabilities[index]), sentences, _signature(own, changed)))
        return causes

    def features(self, evidence: Evidence) -> NDArray[np.float64]:
        """One row a component, in the order of the graph; one column a weight, in the order of Weights."""
        names = list(self.dependencies.components)
        by_component = _by_component(evidence.anomalies)
        severity = np.array([_loudness(by_component.get(name, [])) for name in names])
        own = np.array(
            [
                _loudness([a for a in by_component.get(name, []) if a.metric not in TRAVELLING])
                for name in names
            ]
        )
        onsets = _onsets(by_component)
        loud = dict(zip(names, severity, strict=True))
        total = severity.sum() or 1.0
        rows = []
        for name, its_own in zip(names, own, strict=True):
            below = self.dependencies.dependants(name) | {name}
            covers = sum(loud[other] for other in below) / total if loud[name] else 0.0
            age_s = self._change_age_s(name, evidence)
            _, explained = self._explained(name, loud, onsets)
            rows.append(
                [
                    loud[name],
                    its_own,
                    covers,
                    self._first(name, onsets),
                    explained * (1.0 - its_own),
                    float(np.exp(-age_s / (CHANGES_COUNT_S / 3))),
                    0.0,
                    1.0 if name in evidence.symptoms else 0.0,
                ]
            )
        features = np.array(rows, dtype=np.float64)
        walked = random_walk(self.dependencies, severity + own, evidence.symptoms)
        features[:, 6] = np.log(np.maximum(walked * len(names), 0.02))
        return features

    def _first(self, name: str, onsets: Mapping[str, datetime]) -> float:
        if name not in onsets:
            return 0.0
        others = [moment for other, moment in onsets.items() if other != name]
        later = [moment for moment in others if moment >= onsets[name]]
        return len(later) / len(others) if others else 1.0

    def _explained(
        self, name: str, loud: Mapping[str, float], onsets: Mapping[str, datetime]
    ) -> tuple[str, float]:
        """Which component it needs was unusual no later, and how much."""
        mine = onsets.get(name)
        if mine is None:
            return "", 0.0
        before = {
            other: loud[other]
            for other in sorted(self.dependencies.needed_by(name))
            if other in onsets and (onsets[other] - mine).total_seconds() <= _ALREADY_S
        }
        other = max(before, key=lambda key: before[key], default="")
        return other, before.get(other, 0.0)

    def _change_age_s(self, name: str, evidence: Evidence) -> float:
        change = self._last_change(name, evidence)
        return float("inf") if change is None else (evidence.noticed_at - change.at).total_seconds()

    def _last_change(self, name: str, evidence: Evidence) -> Change | None:
        mine = [
            change
            for change in evidence.changes
            if change.component == name
            and 0 <= (evidence.noticed_at - change.at).total_seconds() <= CHANGES_COUNT_S
        ]
        return max(mine, key=lambda change: change.at, default=None)

    def _sentences(
        self, name: str, by_component: Mapping[str, Sequence[Anomaly]], evidence: Evidence
    ) -> tuple[Words, ...]:
        sentences = [evidence.certain[name]] if name in evidence.certain else []
        onsets = _onsets(by_component)
        if change := self._last_change(name, evidence):
            age_s = (evidence.noticed_at - change.at).total_seconds()
            sentences.append(incident_words.changed(age_s, change.words))
        sentences.extend(
            incident_words.figure(each.metric, each.value, each.normal, each.onset)
            for each in sorted(by_component.get(name, ()), key=lambda each: -_weight(each))[:3]
        )
        later = sum(1 for other, at in onsets.items() if other != name and at > onsets.get(name, at))
        if later:
            sentences.append(incident_words.first_of(later))
        if below := self.dependencies.dependants(name) & set(onsets):
            sentences.append(incident_words.explains(len(below)))
        loud = {other: _loudness(found) for other, found in by_component.items()}
        other, _ = self._explained(name, loud, onsets)
        if other:
            sentences.append(incident_words.explained_by(other))
        return tuple(sentences)


def _by_component(anomalies: Sequence[Anomaly]) -> dict[str, list[Anomaly]]:
    found: dict[str, list[Anomaly]] = {}
    for anomaly in anomalies:
        found.setdefault(anomaly.component, []).append(anomaly)
    return found


def _onsets(by_component: Mapping[str, Sequence[Anomaly]]) -> dict[str, datetime]:
    return {name: min(each.onset for each in found) for name, found in by_component.items()}


def _loudness(anomalies: Sequence[Anomaly]) -> float:
    """From 0, nothing unusual, to 1, as loud as it gets; logarithmic in the z-score."""
    worst = max((abs(each.z) for each in anomalies), default=0.0)
    return float(min(1.0, np.log1p(worst) / np.log1p(_LOUD_Z)))


def _weight(anomaly: Anomaly) -> float:
    return abs(anomaly.z) * (0.1 if anomaly.metric in TRAVELLING else 1.0)


def _signature(anomalies: Sequence[Anomaly], changed: bool) -> str:
    figure = max(anomalies, key=_weight).metric if anomalies else ""
    return f"{figure} {AFTER_A_CHANGE}".strip() if changed else figure
