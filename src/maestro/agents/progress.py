"""Progress: how much of its next level an agent has proved, in points and words, never a probability."""

from __future__ import annotations

import math
from dataclasses import dataclass

from maestro.agents import evidence as bets
from maestro.agents.decision import Words
from maestro.agents.track_record import Level, TrackRecord

PACE_CYCLES = 10
"""Cycles before the pace so far says anything about the time still needed."""


@dataclass(frozen=True)
class Progress:
    """Points of proof since the last change; 100 prove a claim.

    Args:
        points: the smaller of the two below, since a promotion needs both.
        gain_points: proof that it does better than its baseline, 0 to 100.
        calibration_points: proof that its intervals can be trusted, 0 to 100.
        towards: the next level; None when there is none to earn.
        words: all of it in a sentence.
    """

    points: float
    gain_points: float
    calibration_points: float
    towards: Level | None
    words: Words


def progress(record: TrackRecord, cycle_days: float) -> Progress:
    """How far an agent is on its way to the next level.

    Args:
        record: its track record.
        cycle_days: days from one measured cycle to the next.
    """
    gain, calibration = float(bets.points(record.proof.gain)), float(bets.points(record.proof.coverage))
    rises = not record.stopped and not record.pinned and record.level < record.cap
    towards = Level(record.level + 1) if rises else None
    points = min(gain, calibration)
    return Progress(
        points, gain, calibration, towards, evidence_in_words(record, cycle_days, points, towards)
    )


def evidence_in_words(record: TrackRecord, cycle_days: float, points: float, towards: Level | None) -> Words:
    """A sentence such as "41 of 100 points of proof; at this pace bounded in about 6 weeks"."""
    if record.stopped:
        return {"en": "Stopped until a person resumes it.", "ko": "사람이 다시 시작할 때까지 멈춰 있습니다."}
    if record.pinned:
        held = record.level.label
        return {
            "en": f"Held at {held['en']} by a person.",
            "ko": f"사람이 '{held['ko']}' 단계에 고정했습니다.",
        }
    if record.level is Level.FULL:
        return {"en": "It has earned every level.", "ko": "모든 단계를 얻었습니다."}
    if towards is None:
        cap = record.cap.label
        return {
            "en": f"It may rise to {cap['en']} at most; a person set this cap.",
            "ko": f"최고 단계가 '{cap['ko']}'입니다(사람이 정함).",
        }
    whole = math.floor(points)
    name, pace = towards.label, _pace(record, cycle_days)
    return {
        "en": f"{whole} of 100 points of proof; {pace['en'].format(name['en'])}.",
        "ko": f"증명 점수 100점 중 {whole}점, {pace['ko'].format(name['ko'])}.",
    }


def _pace(record: TrackRecord, cycle_days: float) -> Words:
    if record.cycles < PACE_CYCLES:
        return {"en": "too early to say when {0} is earned", "ko": "'{0}' 시점은 아직 알 수 없습니다"}
    remaining = 0.0
    for money in (record.proof.gain, record.proof.coverage):
        earned = float(bets.points(money))
        if earned <= 0.0:
            return {
                "en": "at this pace {0} is not in sight",
                "ko": "이 속도로는 '{0}' 단계가 보이지 않습니다",
            }
        remaining = max(remaining, (100.0 - earned) / earned * record.cycles)
    span = _span(math.ceil(remaining) * cycle_days)
    return {"en": f"at this pace {{0}} {span['en']}", "ko": f"이 속도라면 {span['ko']} '{{0}}'"}


def _span(days: float) -> Words:
    for unit_days, unit, korean in ((365.25, "year", "년"), (30.4, "month", "개월"), (7.0, "week", "주")):
        number = round(days / unit_days)
        if days >= 2 * unit_days:
            return {"en": f"in about {number} {unit}s", "ko": f"약 {number}{korean} 뒤"}
    number = max(1, math.ceil(days))
    return {"en": f"in about {number} day{'s' if number > 1 else ''}", "ko": f"약 {number}일 뒤"}
