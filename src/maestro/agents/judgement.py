"""Judgement: what an agent's guardrails, its level and a measured gain make of a decision."""

from __future__ import annotations

import math
from datetime import datetime

from maestro.agents import decision_words as words
from maestro.agents.decision import Decision, GuardResult, Measured, Status, TimelineEvent, Verdict, Words
from maestro.agents.guardrails.base import GuardContext, Guardrail, worst
from maestro.agents.journal import Move
from maestro.agents.track_record import Level
from maestro.errors import InputError
from maestro.telemetry import get_logger


def ask(guard: Guardrail, decision: Decision, context: GuardContext) -> GuardResult:
    """A guardrail's verdict; one that breaks blocks."""
    try:
        return guard.check(decision, context)
    except Exception as error:  # a limit that cannot be checked is a limit that is not kept
        get_logger("agents").exception("guardrail broke", guard=guard.name, decision_id=decision.id)
        said = {
            "en": f"The guardrail {guard.name} could not judge this: {error}",
            "ko": f"안전장치 {guard.name}이(가) 판단하지 못했습니다: {error}",
        }
        return GuardResult(guard.name, "block", said)


def judged(decision: Decision, level: Level, results: tuple[GuardResult, ...], at: datetime) -> Move:
    """What level and guardrails together make of a proposed decision."""
    status, said = _settled(level, worst(results))
    allowed_by = f"level:{level.word}" if status is Status.APPROVED else ""
    decided_at = None if status is Status.WAITING else at
    moved = decision.move(
        status, guards=results, level=level.word, allowed_by=allowed_by, decided_at=decided_at
    )
    event = TimelineEvent(at, str(status), f"agent:{decision.agent}", words.guarded(said, results))
    verdicts = {result.guard: result.verdict for result in results}
    return Move(moved, Status.PROPOSED, event, {"level": level.word, "guards": verdicts})


def _settled(level: Level, verdict: Verdict) -> tuple[Status, Words]:
    if verdict == "block":
        return Status.BLOCKED, words.BLOCKED
    if level is Level.SHADOW:
        return Status.SHADOWED, words.SHADOWED
    if level is Level.ADVISE:
        return Status.WAITING, words.ADVISED
    if level is Level.FULL:
        return Status.APPROVED, words.ALLOWED_FULL
    return (Status.APPROVED, words.ALLOWED) if verdict == "pass" else (Status.WAITING, words.ASKED)


def measured_move(decision: Decision, measured: Measured, at: datetime) -> Move:
    """The move to measured.

    Raises:
        InputError: the gain is not a finite number.
    """
    if not math.isfinite(measured.gain):
        raise InputError(
            f"The role of {decision.agent} measured a gain of {measured.gain} for decision {decision.id}.",
            remedy="Let measure return None while the gain is not known.",
        )
    said = words.measured(measured, decision.predicted)
    event = TimelineEvent(at, "measured", f"agent:{decision.agent}", said)
    details = measured.to_dict()
    return Move(decision.move(Status.MEASURED, measured=measured), decision.status, event, details)
