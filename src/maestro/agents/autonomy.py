"""Autonomy: how far an agent may act by itself: its own track record decides, and a person may limit it.

An agent starts in the shadow and rises one level at a time, each time on evidence collected since its last
change; it falls one level when its gains turn bad, and stops at once when it loses more than its guardrails
allow. The bets that weigh the evidence are in `evidence`. All functions are pure: a record goes in, a new
record and the change come out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from maestro.agents import evidence as bets
from maestro.agents.decision import Words
from maestro.agents.track_record import Level, LevelChange, Proof, TrackRecord
from maestro.errors import ConflictError, InputError

RULE = "rule"
"""The actor of a change that the track record made; every other actor is a person."""

ALARMS: Mapping[str, Words] = {
    "drift": {
        "en": "the data drifted away from what it learned on",
        "ko": "데이터가 학습한 것과 달라졌습니다",
    },
    "breaker": {"en": "its circuit breaker opened", "ko": "회로 차단기가 열렸습니다"},
}
"""Alarms from elsewhere that cost an agent a level, and how they are told."""


def observe(
    record: TrackRecord,
    gain: float,
    covered: Sequence[bool],
    at: datetime,
    *,
    decided_at: datetime | None = None,
) -> tuple[TrackRecord, LevelChange | None]:
    """The record after one measured cycle, and the change it brought, if any.

    Args:
        record: the record so far.
        gain: the cycle's realised gain over the baseline, divided by B, the largest loss that the guardrails
            in force allow it, in the same unit (both a decision's mean, or both a cycle's total), so that it
            lies in [-1, 1]: above 1 it counts as 1, below -1 a guardrail failed. B may differ from cycle to
            cycle, but must be fixed before the gains of its cycle are known.
        covered: for each 80 % interval that came due, whether it held what happened; may be empty.
        at: the moment of the change.
        decided_at: when the cycle was decided. Cycles decided before the last change are no evidence for the
            present level; only a failed guardrail counts from them.

    Raises:
        InputError: the gain is not a finite number.
    """
    if not math.isfinite(gain):
        raise InputError(
            f"A gain of {gain} cannot be weighed.", remedy="Leave cycles without a measured gain out."
        )
    if record.stopped:
        return record, None
    if bets.breaks_guardrail(gain):
        cause = {
            "en": f"It lost {-gain:.2f} times what its guardrails allow a cycle, so a guardrail failed.",
            "ko": f"한 주기에 허용된 손실의 {-gain:.2f}배를 잃었습니다. 안전장치가 작동하지 않았습니다.",
        }
        return stop(record, RULE, at, cause)
    if decided_at is not None and record.since is not None and decided_at < record.since:
        return record, None
    share = sum(covered) / len(covered) if covered else math.nan
    evidence = bets.weigh(record.proof.evidence(), gain, share)
    weighed = replace(record, proof=Proof.of(evidence), cycles=record.cycles + 1)
    lowest, highest = (record.level, record.level) if record.pinned else (Level.SHADOW, record.cap)
    settled, after, finding = bets.judge(evidence, record.level, lowest, highest)
    if finding < 0:
        return _lower(weighed, _DECLINE, at)
    level = Level(int(after))
    if level is record.level:
        return replace(weighed, proof=Proof.of(settled)), None
    promoted = replace(weighed, level=level, proof=Proof.of(settled), cycles=0, since=at)
    return promoted, LevelChange(at, "promoted", record.level, level, _PROVED, RULE)


_PROVED: Words = {
    "en": "It proved that it does better than its baseline and that its intervals can be trusted.",
    "ko": "기준보다 나은 성과와 예측 구간의 신뢰성이 증명되었습니다.",
}
_DECLINE: Words = {
    "en": "Its gains over the baseline have turned into losses.",
    "ko": "기준 대비 성과가 손실로 돌아섰습니다.",
}


def demote(
    record: TrackRecord, alarm: Literal["drift", "breaker"], at: datetime
) -> tuple[TrackRecord, LevelChange | None]:
    """The record after an alarm from elsewhere: one level down. A stopped agent is left as it is."""
    if record.stopped:
        return record, None
    words = ALARMS[alarm]
    return _lower(record, {"en": f"Alarm: {words['en']}.", "ko": f"경보: {words['ko']}."}, at)


def _lower(record: TrackRecord, cause: Words, at: datetime) -> tuple[TrackRecord, LevelChange]:
    after = record.level if record.pinned else Level(max(record.level - 1, Level.SHADOW))
    moved = after is not record.level
    proof = Proof.of(bets.settle(record.proof.evidence(), alarm=True, moved=moved))
    lowered = replace(record, level=after, proof=proof)
    if moved:
        lowered = replace(lowered, cycles=0, since=at)
    return lowered, LevelChange(at, "demoted" if moved else "alarm", record.level, after, cause, RULE)


def set_level(
    record: TrackRecord, level: Level, person: str, at: datetime
) -> tuple[TrackRecord, LevelChange]:
    """A person puts the agent at a level, from the start or later; evidence starts anew, the rule stays on.

    Raises:
        ConflictError: the level is above the cap.
    """
    _within_cap(record, level)
    words = {"en": f"{person} set the level.", "ko": f"{person}: 단계를 직접 정했습니다."}
    return _anew(record, level, at), LevelChange(at, "set", record.level, level, words, person)


def set_cap(record: TrackRecord, cap: Level, person: str, at: datetime) -> tuple[TrackRecord, LevelChange]:
    """A person limits how far the agent may rise; an agent above the cap comes down to it at once."""
    level = min(record.level, cap)
    capped = replace(record, cap=cap)
    if level is not record.level:
        capped = _anew(capped, level, at)
    words = {
        "en": f"{person} lets it rise to {cap.label['en']} at most.",
        "ko": f"{person}: 최고 단계를 '{cap.label['ko']}'(으)로 정했습니다.",
    }
    return capped, LevelChange(at, "capped", record.level, level, words, person)


def pin(record: TrackRecord, level: Level, person: str, at: datetime) -> tuple[TrackRecord, LevelChange]:
    """A person holds the agent at a level until `unpin`: neither proofs nor alarms move it, only a stop does.

    Raises:
        ConflictError: the level is above the cap.
    """
    _within_cap(record, level)
    held = record if level is record.level else _anew(record, level, at)
    words = {
        "en": f"{person} holds it at {level.label['en']}.",
        "ko": f"{person}: '{level.label['ko']}' 단계에 고정했습니다.",
    }
    return replace(held, pinned=True), LevelChange(at, "pinned", record.level, level, words, person)


def unpin(record: TrackRecord, person: str, at: datetime) -> tuple[TrackRecord, LevelChange]:
    """A person lets the track record move the agent again, on the evidence it has."""
    words = {"en": f"{person} lets it move again.", "ko": f"{person}: 고정을 풀었습니다."}
    return replace(record, pinned=False), LevelChange(
        at, "unpinned", record.level, record.level, words, person
    )


def stop(
    record: TrackRecord, actor: str, at: datetime, cause: Words | None = None
) -> tuple[TrackRecord, LevelChange]:
    """A person, or a loss beyond the guardrails, stops the agent; it does nothing until it is resumed."""
    words = cause or {"en": f"{actor} stopped it.", "ko": f"{actor}: 중지했습니다."}
    return replace(record, stopped=True), LevelChange(at, "stopped", record.level, record.level, words, actor)


def resume(
    record: TrackRecord, person: str, at: datetime, cause: Words | None = None
) -> tuple[TrackRecord, LevelChange]:
    """A person lets a stopped agent go on at the level it had; its evidence starts anew.

    Raises:
        ConflictError: it is not stopped.
    """
    if not record.stopped:
        raise ConflictError("This agent is not stopped.", remedy="There is nothing to resume.")
    words = cause or {"en": f"{person} let it go on.", "ko": f"{person}: 다시 시작했습니다."}
    going = replace(_anew(record, record.level, at), stopped=False)
    return going, LevelChange(at, "resumed", record.level, record.level, words, person)


def _within_cap(record: TrackRecord, level: Level) -> None:
    if level > record.cap:
        raise ConflictError(
            f"{level.word} is above this agent's cap, {record.cap.word}.", remedy="Raise the cap first."
        )


def _anew(record: TrackRecord, level: Level, at: datetime) -> TrackRecord:
    return replace(record, level=level, cycles=0, since=at, proof=Proof())
