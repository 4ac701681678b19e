"""Root cause: who is blamed for what, why, and how sure recovery is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.recovery.dependencies import Component, Dependencies
from maestro.engine.recovery.random_walk import random_walk
from maestro.engine.recovery.root_cause import Change, Evidence, RootCause
from maestro.engine.recovery.signals import Anomaly, Signals
from maestro.engine.words import Words
from maestro.errors import ConfigurationError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GRAPH = Dependencies(
    [
        Component("disk", "disk"),
        Component("database", "database", ("disk",)),
        Component("cache", "cache"),
        Component("api", "api", ("database", "cache")),
    ]
)


def unusual(component: str, metric: str = "latency_s", z: float = 10.0, before_s: float = 0.0) -> Anomaly:
    return Anomaly(component, metric, NOW - timedelta(seconds=before_s), z, 5.0, 1.0)


def rank(
    *anomalies: Anomaly, changes: tuple[Change, ...] = (), symptoms: tuple[str, ...] = ("api",)
) -> list[str]:
    return [cause.component for cause in RootCause(GRAPH).rank(Evidence(symptoms, anomalies, changes, NOW))]


def test_what_others_need_and_was_unusual_first_is_blamed() -> None:
    found = rank(unusual("api"), unusual("database", before_s=1), unusual("disk", before_s=3))
    assert found[0] == "disk"


def test_a_figure_of_its_own_weighs_more_than_one_that_travels() -> None:
    found = rank(unusual("api"), unusual("database", "lock_waits", before_s=1), unusual("cache", before_s=1))
    assert found[0] == "database"


def test_a_fresh_change_makes_suspect() -> None:
    both = (unusual("api"), unusual("database"), unusual("cache"))
    change = Change(NOW - timedelta(seconds=20), "cache", Words("version 2", "버전 2"))
    assert rank(*both, changes=(change,))[0] == "cache"
    old = Change(NOW - timedelta(hours=3), "cache", Words("version 1", "버전 1"))
    assert rank(*both, changes=(old,)) == rank(*both)


def test_what_a_check_knows_for_certain_outweighs_whatever_else_is_unusual() -> None:
    known = {"cache": Words("It does not answer.", "응답하지 않습니다.")}
    loud = (unusual("disk", "used_share", z=500), unusual("database", z=500))
    change = Change(NOW - timedelta(seconds=5), "disk", Words("a new disk", "새 디스크"))
    first = RootCause(GRAPH).rank(Evidence(("cache",), loud, (change,), NOW, known))[0]
    assert first.component == "cache"
    assert first.probability > 0.99
    assert first.evidence[0] == known["cache"]


def test_evidence_is_told_in_both_languages_and_the_signature_names_the_figure() -> None:
    change = Change(NOW - timedelta(seconds=20), "database", Words("more memory", "메모리 증설"))
    anomalies = (unusual("api"), unusual("database", "lock_waits", before_s=2))
    first = RootCause(GRAPH).rank(Evidence(("api",), anomalies, (change,), NOW))[0]
    assert (first.component, first.signature) == ("database", "lock_waits after a change")
    english = " ".join(sentence.en for sentence in first.evidence)
    assert "changed 20 s before: more memory" in english
    assert "lock_waits is 5 instead of 1" in english
    assert "1 other unusual components depend on it" in english
    assert all(sentence.ko and sentence.ko != sentence.en for sentence in first.evidence)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.builds(
            unusual,
            st.sampled_from(sorted(GRAPH.components)),
            st.sampled_from(["latency_s", "memory"]),
            st.floats(-500, 500),
            st.floats(0, 60),
        ),
        max_size=8,
    )
)
def test_probabilities_sum_to_one_and_fall(anomalies: list[Anomaly]) -> None:
    causes = RootCause(GRAPH).rank(Evidence(("api",), anomalies, (), NOW))
    probabilities = [cause.probability for cause in causes]
    assert sum(probabilities) == pytest.approx(1.0)
    assert probabilities == sorted(probabilities, reverse=True)
    assert {cause.component for cause in causes} == set(GRAPH.components)


def test_the_walk_rests_where_it_is_loud_below_the_symptoms() -> None:
    loud = np.array([1.0, 0.5, 0.0, 0.5])
    share = dict(zip(GRAPH.components, random_walk(GRAPH, loud, {"api"}), strict=True))
    assert sum(share.values()) == pytest.approx(1.0)
    assert max(share, key=lambda name: share[name]) == "disk"
    assert share["cache"] < share["database"]


def test_the_graph_knows_who_needs_whom() -> None:
    assert GRAPH.needed_by("api") == {"database", "cache", "disk"}
    assert GRAPH.dependants("disk") == {"database", "api"}
    assert GRAPH.related("disk", "api")
    assert not GRAPH.related("disk", "cache")
    assert (GRAPH.kind("disk"), GRAPH.kind("other")) == ("disk", "other")


def test_a_graph_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ConfigurationError, match="needs disk"):
        Dependencies([Component("database", "database", ("disk",))])
    with pytest.raises(ConfigurationError, match="same name"):
        Dependencies([Component("disk", "disk"), Component("disk", "disk")])


def filled(values: list[float]) -> Signals:
    signals = Signals()
    for second, value in enumerate(values):
        signals.add("disk", "used", NOW + timedelta(seconds=second), value)
    return signals


def test_an_anomaly_tells_its_onset_and_what_was_normal() -> None:
    values = [1.0 + 0.01 * (second % 3) for second in range(100)] + [5.0] * 5
    found = filled(values).anomalies(NOW + timedelta(seconds=100))
    assert len(found) == 1
    assert (found[0].onset - NOW).total_seconds() == 100
    assert found[0].normal == pytest.approx(1.01)
    assert found[0].value == 5.0
    assert found[0].z > 50


def test_noise_and_a_blip_long_over_are_no_anomaly() -> None:
    generator = np.random.default_rng(3)
    noise = list(generator.normal(10, 1, size=120))
    assert filled(noise).anomalies(NOW + timedelta(seconds=118)) == []
    noise[95] = 90.0
    assert filled(noise).anomalies(NOW + timedelta(seconds=118)) == []


def test_readings_that_are_no_numbers_are_left_out() -> None:
    signals = filled([1.0, float("nan"), 2.0])
    times, values = signals.recent("disk", "used")
    assert (times.tolist(), values.tolist()) == ([0.0, 2.0], [1.0, 2.0])
    assert signals.recent("disk", "used", 1)[1].tolist() == [2.0]
    assert signals.metrics("disk") == ["used"]
    assert Signals().anomalies(NOW) == []
