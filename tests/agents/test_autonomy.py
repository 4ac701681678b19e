"""Earned autonomy: what moves an agent up, down, or to a stop, and what a person may decide about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.agents import autonomy
from maestro.agents import evidence as bets
from maestro.agents.track_record import Level, LevelChange, Proof, TrackRecord
from maestro.errors import ConflictError, InputError

AT = datetime(2026, 1, 5, tzinfo=UTC)
GOOD, BAD = 0.3, -0.3
COVERED = [True, True, True, True, False]
Alarm = Literal["drift", "breaker"]


def live(
    record: TrackRecord, gain: float, cycles: int, covered: list[bool] | None = None
) -> tuple[TrackRecord, list[LevelChange]]:
    changes = []
    for _ in range(cycles):
        record, change = autonomy.observe(record, gain, COVERED if covered is None else covered, AT)
        changes += [change] if change else []
    return record, changes


def test_an_agent_starts_in_the_shadow_with_nothing_proved() -> None:
    record = TrackRecord()
    assert record.level is Level.SHADOW
    assert record.proof == Proof.of(bets.fresh())


def test_a_good_calibrated_agent_rises_one_level_at_a_time_each_on_fresh_evidence() -> None:
    record, changes = live(TrackRecord(), GOOD, 400)
    assert [(change.before, change.after) for change in changes] == [
        (Level.SHADOW, Level.ADVISE),
        (Level.ADVISE, Level.BOUNDED),
        (Level.BOUNDED, Level.FULL),
    ]
    assert {change.kind for change in changes} == {"promoted"}
    assert {change.actor for change in changes} == {autonomy.RULE}
    assert record.level is Level.FULL


def test_a_promotion_starts_the_evidence_anew() -> None:
    record = TrackRecord()
    while record.level is Level.SHADOW:
        record, _ = autonomy.observe(record, GOOD, COVERED, AT)
    assert record.proof == Proof()
    assert record.cycles == 0
    assert record.since == AT


def test_skill_without_calibration_is_not_promoted() -> None:
    record, changes = live(TrackRecord(), GOOD, 300, [True, True, False])
    assert changes == []
    assert record.proof.gain >= bets.PROOF


def test_calibration_without_skill_is_not_promoted() -> None:
    record, changes = live(TrackRecord(), 0.0, 300)
    assert changes == []
    assert record.proof.coverage >= bets.PROOF


def test_cycles_without_intervals_prove_no_calibration() -> None:
    _, changes = live(TrackRecord(), GOOD, 300, [])
    assert changes == []


def test_an_agent_that_turns_bad_falls_one_level_at_each_alarm() -> None:
    good, _ = live(TrackRecord(level=Level.FULL), GOOD, 300)
    record, changes = live(good, BAD, 200)
    assert [change.after for change in changes[:3]] == [Level.BOUNDED, Level.ADVISE, Level.SHADOW]
    assert {change.kind for change in changes[:3]} == {"demoted"}
    assert record.level is Level.SHADOW


def test_an_alarm_in_the_shadow_is_told_and_gives_no_second_chance() -> None:
    record, changes = live(TrackRecord(), BAD, 100)
    assert {change.kind for change in changes} == {"alarm"}
    assert record.level is Level.SHADOW
    assert record.proof.gain < 1


@pytest.mark.parametrize("level", list(Level))
def test_a_loss_beyond_the_guardrails_stops_at_once_whatever_was_earned(level: Level) -> None:
    record, change = autonomy.observe(TrackRecord(level=level, pinned=True), -1.2, COVERED, AT)
    assert record.stopped
    assert change is not None
    assert (change.kind, change.actor) == ("stopped", autonomy.RULE)
    assert "1.20 times" in change.cause["en"]
    assert "1.20배" in change.cause["ko"]


def test_a_loss_of_all_that_the_guardrails_allow_does_not_stop() -> None:
    record, _ = autonomy.observe(TrackRecord(), -1.0, COVERED, AT)
    assert not record.stopped


def test_a_stopped_agent_stays_as_it_is_until_a_person_resumes_it() -> None:
    stopped, change = autonomy.stop(TrackRecord(level=Level.BOUNDED), "ann@shop", AT)
    assert (change.kind, change.actor) == ("stopped", "ann@shop")
    assert live(stopped, GOOD, 50) == (stopped, [])
    assert autonomy.demote(stopped, "drift", AT) == (stopped, None)
    resumed, change = autonomy.resume(stopped, "ann@shop", AT)
    assert (resumed.level, resumed.stopped, resumed.proof) == (Level.BOUNDED, False, Proof())
    assert change.kind == "resumed"


def test_only_a_stopped_agent_can_be_resumed() -> None:
    with pytest.raises(ConflictError, match="not stopped"):
        autonomy.resume(TrackRecord(), "ann@shop", AT)


@pytest.mark.parametrize("alarm", ["drift", "breaker"])
def test_drift_alarms_and_open_breakers_cost_a_level(alarm: Alarm) -> None:
    proven, _ = live(TrackRecord(level=Level.BOUNDED, cap=Level.BOUNDED), GOOD, 50)
    record, change = autonomy.demote(proven, alarm, AT)
    assert (record.level, record.proof, record.cycles) == (Level.ADVISE, Proof(), 0)
    assert change is not None
    assert change.kind == "demoted"
    assert autonomy.ALARMS[alarm]["en"] in change.cause["en"]
    assert autonomy.ALARMS[alarm]["ko"] in change.cause["ko"]


def test_nobody_rises_above_the_cap_and_raising_it_lets_the_proof_count() -> None:
    capped, _ = autonomy.set_cap(TrackRecord(), Level.ADVISE, "ann@shop", AT)
    record, _ = live(capped, GOOD, 300)
    assert record.level is Level.ADVISE
    raised, change = autonomy.set_cap(record, Level.FULL, "ann@shop", AT)
    assert (change.kind, change.before, change.after) == ("capped", Level.ADVISE, Level.ADVISE)
    assert live(raised, GOOD, 1)[0].level is Level.BOUNDED


def test_a_cap_below_the_level_brings_the_agent_down_at_once() -> None:
    record, change = autonomy.set_cap(TrackRecord(level=Level.FULL), Level.ADVISE, "ann@shop", AT)
    assert record.level is Level.ADVISE
    assert (change.before, change.after) == (Level.FULL, Level.ADVISE)


def test_a_pinned_agent_neither_rises_nor_falls_but_its_alarms_are_told() -> None:
    pinned, change = autonomy.pin(TrackRecord(), Level.BOUNDED, "ann@shop", AT)
    assert (change.kind, pinned.level) == ("pinned", Level.BOUNDED)
    risen, changes = live(pinned, GOOD, 200)
    assert (risen.level, changes) == (Level.BOUNDED, [])
    fallen, changes = live(pinned, BAD, 100)
    assert fallen.level is Level.BOUNDED
    assert {told.kind for told in changes} == {"alarm"}
    assert autonomy.demote(pinned, "drift", AT)[0].level is Level.BOUNDED


def test_unpinning_lets_the_record_move_the_agent_again() -> None:
    pinned, _ = autonomy.pin(TrackRecord(), Level.SHADOW, "ann@shop", AT)
    proven, _ = live(pinned, GOOD, 200)
    free, change = autonomy.unpin(proven, "ann@shop", AT)
    assert change.kind == "unpinned"
    assert live(free, GOOD, 1)[0].level is Level.ADVISE


def test_pinning_an_agent_where_it_stands_keeps_its_evidence() -> None:
    proven, _ = live(TrackRecord(), 0.05, 20)
    assert autonomy.pin(proven, Level.SHADOW, "ann@shop", AT)[0].proof == proven.proof


def test_a_person_may_set_full_from_the_start_and_the_rule_stays_on() -> None:
    record, change = autonomy.set_level(TrackRecord(), Level.FULL, "ann@shop", AT)
    assert (record.level, change.kind, change.actor) == (Level.FULL, "set", "ann@shop")
    assert live(record, BAD, 100)[0].level < Level.FULL


def test_no_person_sets_or_pins_above_the_cap() -> None:
    capped = TrackRecord(cap=Level.ADVISE)
    with pytest.raises(ConflictError, match="above this agent's cap"):
        autonomy.set_level(capped, Level.FULL, "ann@shop", AT)
    with pytest.raises(ConflictError, match="Raise the cap first"):
        autonomy.pin(capped, Level.BOUNDED, "ann@shop", AT)


def test_cycles_decided_before_the_last_change_count_only_when_a_guardrail_failed() -> None:
    changed = TrackRecord(level=Level.ADVISE, since=AT)
    earlier = AT - timedelta(days=1)
    assert autonomy.observe(changed, GOOD, COVERED, AT, decided_at=earlier) == (changed, None)
    assert autonomy.observe(changed, -2.0, COVERED, AT, decided_at=earlier)[0].stopped
    assert autonomy.observe(changed, GOOD, COVERED, AT, decided_at=AT)[0].cycles == 1


@pytest.mark.parametrize("gain", [float("nan"), float("inf"), float("-inf")])
def test_a_gain_that_is_no_number_is_refused(gain: float) -> None:
    with pytest.raises(InputError, match="cannot be weighed"):
        autonomy.observe(TrackRecord(), gain, COVERED, AT)


@given(
    st.lists(st.tuples(st.floats(-1.1, 1.5), st.lists(st.booleans(), max_size=4)), max_size=80),
    st.sampled_from(list(Level)),
    st.sampled_from(list(Level)),
)
@settings(deadline=None, max_examples=60)
def test_whatever_happens_levels_move_by_one_within_the_cap_and_every_move_is_told(
    history: list[tuple[float, list[bool]]], level: Level, cap: Level
) -> None:
    record = TrackRecord(level=min(level, cap), cap=cap)
    for gain, covered in history:
        before = record.level
        record, change = autonomy.observe(record, gain, covered, AT)
        assert record.level <= cap
        assert abs(record.level - before) <= 1
        assert (record.level is before) or (change is not None and change.after is record.level)


def test_the_product_and_a_row_of_agents_follow_the_same_rule_to_the_last_digit() -> None:
    rng = np.random.default_rng(11)
    agents, cycles = 6, 900
    skill = np.repeat([0.08, -0.05, 0.0], 2)
    gain = np.clip(rng.normal(0, 0.2, (cycles, agents)) + skill, -1, 1)
    covered = rng.random((cycles, agents)) < 0.8
    evidence, level = bets.fresh((agents,)), np.full(agents, int(Level.ADVISE))
    records = [TrackRecord(level=Level.ADVISE) for _ in range(agents)]
    seen = set()
    for cycle in range(cycles):
        evidence = bets.weigh(evidence, gain[cycle], covered[cycle].astype(float))
        evidence, level, _ = bets.judge(evidence, level, Level.SHADOW, Level.FULL)
        for agent in range(agents):
            records[agent], _ = autonomy.observe(
                records[agent], float(gain[cycle, agent]), [bool(covered[cycle, agent])], AT
            )
        assert [int(record.level) for record in records] == level.tolist()
        seen |= set(level.tolist())
    assert [record.proof.gain for record in records] == evidence.gain.tolist()
    assert [list(record.proof.decline) for record in records] == evidence.decline.tolist()
    assert seen == {0, 1, 2, 3}


def test_the_same_history_leads_to_the_same_record_also_through_storage() -> None:
    rng = np.random.default_rng(3)
    record = stored = TrackRecord()
    for gain in rng.normal(0.05, 0.2, 300):
        record, _ = autonomy.observe(record, float(gain), COVERED, AT)
        stored = TrackRecord.from_dict(stored.to_dict())
        stored, _ = autonomy.observe(stored, float(gain), COVERED, AT)
    assert record == stored
    assert record != replace(record, cycles=-1)
