"""Decision words: the sentences of a decision's timeline, in English and Korean."""

from __future__ import annotations

from maestro.agents.decision import Effect, GuardResult, Measured, Words

PROPOSED: Words = {"en": "Proposed.", "ko": "제안했습니다."}
SHADOWED: Words = {
    "en": "Recorded only: the agent is at level shadow.",
    "ko": "기록만 했습니다: 에이전트가 '관찰' 단계입니다.",
}
ADVISED: Words = {
    "en": "Waits for a person: the agent is at level advise.",
    "ko": "사람의 결정을 기다립니다: 에이전트가 '제안' 단계입니다.",
}
ALLOWED: Words = {
    "en": "Allowed: every guardrail passed.",
    "ko": "허용했습니다: 모든 안전장치를 통과했습니다.",
}
ALLOWED_FULL: Words = {
    "en": "Allowed: the agent is at level full and no hard limit forbids it.",
    "ko": "허용했습니다: 에이전트가 '전면 실행' 단계이고 금지하는 한도가 없습니다.",
}
STARTED: Words = {"en": "Being carried out.", "ko": "실행하고 있습니다."}
EXECUTED: Words = {"en": "Carried out.", "ko": "실행했습니다."}
UNDONE: Words = {"en": "Taken back.", "ko": "되돌렸습니다."}
EXPIRED: Words = {
    "en": "Expired: its time passed before it was carried out.",
    "ko": "만료되었습니다: 실행하기 전에 기한이 지났습니다.",
}


def with_note(words: Words, note: str) -> Words:
    """The sentence, and a person's note after it."""
    return {language: f"{sentence} {note}".strip() for language, sentence in words.items()}


def by_person(verb: str, person: str, note: str) -> Words:
    """A person approved, rejected or undid it."""
    korean = {"approved": "승인했습니다", "rejected": "거절했습니다", "undone": "되돌렸습니다"}[verb]
    english = {"approved": "Approved", "rejected": "Rejected", "undone": "Taken back"}[verb]
    return with_note({"en": f"{english} by {person}.", "ko": f"{person}: {korean}."}, note)


def guarded(opening: Words, results: tuple[GuardResult, ...]) -> Words:
    """An opening, then what each guardrail that did not pass has to say."""
    spoken = [result.words for result in results if result.verdict != "pass"]
    return {
        language: " ".join([sentence, *(words.get(language, words["en"]) for words in spoken)])
        for language, sentence in opening.items()
    }


BLOCKED: Words = {"en": "Blocked.", "ko": "차단했습니다."}
ASKED: Words = {"en": "Waits for a person.", "ko": "사람의 결정을 기다립니다."}


def refused(cause: str) -> Words:
    """An outside rule forbids the action."""
    return {"en": f"Blocked by a rule: {cause}", "ko": f"규칙에 따라 차단되었습니다: {cause}"}


def failed(cause: str) -> Words:
    """The action failed for good."""
    return {"en": f"Failed: {cause}", "ko": f"실패했습니다: {cause}"}


def postponed(cause: str, attempts: int) -> Words:
    """The action failed for now."""
    return {
        "en": f"Attempt {attempts} failed, will be tried again: {cause}",
        "ko": f"{attempts}번째 시도가 실패하여 다시 시도합니다: {cause}",
    }


def measured(outcome: Measured, predicted: Effect) -> Words:
    """The realised gain against the prediction."""
    gain, low, high = (f"{value:+,.2f}" for value in (outcome.gain, predicted.low, predicted.high))
    inside_en = "inside" if outcome.covered else "outside"
    inside_ko = "안" if outcome.covered else "밖"
    return {
        "en": f"Measured: {gain} {predicted.unit}, {inside_en} the predicted {low} to {high}.",
        "ko": f"측정 결과 {gain} {predicted.unit}: 예측 구간({low} ~ {high}) {inside_ko}입니다.",
    }
