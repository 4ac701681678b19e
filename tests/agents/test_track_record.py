"""Track record: ordered levels, and a record that survives storage unchanged."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.agents.track_record import Level, Proof, TrackRecord
from maestro.errors import InputError

positive = st.floats(0.0, 1e12)
records = st.builds(
    TrackRecord,
    level=st.sampled_from(list(Level)),
    cap=st.sampled_from(list(Level)),
    pinned=st.booleans(),
    stopped=st.booleans(),
    cycles=st.integers(0, 10_000),
    since=st.none() | st.datetimes(timezones=st.just(UTC)),
    proof=st.builds(
        Proof,
        gain=positive,
        gain_sum=st.floats(-1e6, 1e6),
        gain_square_sum=positive,
        coverage=positive,
        decline=st.tuples(positive, positive, positive, positive),
    ),
)


def test_levels_are_ordered_from_shadow_to_full() -> None:
    assert Level.SHADOW < Level.ADVISE < Level.BOUNDED < Level.FULL


@pytest.mark.parametrize("level", list(Level))
def test_a_level_is_known_by_its_word_and_has_a_name_in_both_languages(level: Level) -> None:
    assert Level.named(level.word) is level
    assert level.label["en"] == level.word
    assert level.label["ko"]


def test_an_unknown_level_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="shadow, advise, bounded, full"):
        Level.named("boundless")


@given(records)
@settings(deadline=None, max_examples=60)
def test_a_record_survives_json_unchanged(record: TrackRecord) -> None:
    assert TrackRecord.from_dict(json.loads(json.dumps(record.to_dict()))) == record


@pytest.mark.parametrize(
    "damage",
    [
        {"level": None},
        {"level": "boundless"},
        {"proof": {"gain": 1.0}},
        {"proof": {**TrackRecord().to_dict()["proof"], "decline": [0.0]}},
        {"proof": {**TrackRecord().to_dict()["proof"], "gain": "much"}},
        {"cycles": "many"},
        {"since": "yesterday"},
    ],
)
def test_a_damaged_record_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        TrackRecord.from_dict(TrackRecord().to_dict() | damage)
