"""Incident words: the sentences of an incident, in English and Korean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

Words = dict[str, str]
"""One sentence by language: en and ko."""

_KINDS: Mapping[str, Words] = {
    "unreachable": {"en": "does not answer", "ko": "응답하지 않습니다"},
    "slow": {"en": "is slow", "ko": "느립니다"},
    "errors": {"en": "answers with errors", "ko": "오류를 돌려줍니다"},
    "full": {"en": "is running out of space", "ko": "공간이 부족합니다"},
    "stuck": {"en": "makes no progress", "ko": "진행되지 않습니다"},
    "overloaded": {"en": "has more work than it can do", "ko": "처리할 수 있는 양보다 일이 많습니다"},
    "memory": {"en": "is running out of memory", "ko": "메모리가 부족합니다"},
    "lost_workers": {"en": "has lost workers", "ko": "작업자를 잃었습니다"},
    "silent": {"en": "sends no heartbeat", "ko": "하트비트를 보내지 않습니다"},
    "rollback_failed": {"en": "could not be rolled back", "ko": "되돌리지 못했습니다"},
    "run_stuck": {"en": "has a run that does not go on", "ko": "멈춰 있는 실행이 있습니다"},
}

_LAYERS: Mapping[str, Words] = {
    "reroute": {"en": "restart or reroute", "ko": "재시작 또는 우회"},
    "alternative": {"en": "alternative resource", "ko": "대체 자원"},
    "degrade": {"en": "degrade and compensate", "ko": "축소 운영과 보상"},
    "restore": {"en": "restore and call a person", "ko": "복원과 담당자 호출"},
}

_OUTCOMES: Mapping[str, Words] = {
    "recovered": {"en": "the health check confirms it", "ko": "상태 점검으로 확인했습니다"},
    "no_effect": {"en": "the health check sees no change", "ko": "상태 점검에 변화가 없습니다"},
    "failed": {"en": "it could not be carried out", "ko": "실행하지 못했습니다"},
    "relapsed": {"en": "the trouble came back", "ko": "문제가 다시 나타났습니다"},
    "superseded": {"en": "the incident ended first", "ko": "먼저 종료되었습니다"},
}


def title(component: str, kind: str) -> Words:
    """What an incident is called."""
    words = _KINDS.get(kind, {"en": f"has trouble: {kind}", "ko": f"문제가 있습니다: {kind}"})
    return {"en": f"{component} {words['en']}", "ko": f"{component}: {words['ko']}"}


def opened(component: str, kind: str) -> Words:
    """An incident begins."""
    words = title(component, kind)
    return {"en": f"Noticed: {words['en']}.", "ko": f"발견: {words['ko']}."}


def joined(component: str, kind: str) -> Words:
    """Another component suffers too."""
    words = title(component, kind)
    return {"en": f"Also: {words['en']}.", "ko": f"함께 발견: {words['ko']}."}


def blamed(component: str, probability: float) -> Words:
    """The most likely cause."""
    percent = round(100 * probability)
    return {
        "en": f"Most likely cause: {component} ({percent} %).",
        "ko": f"가장 유력한 원인: {component} ({percent}%).",
    }


def acting(action: str, target: str, layer: str) -> Words:
    """An action begins."""
    words = _LAYERS[layer]
    return {
        "en": f"Tries {action} on {target} ({words['en']}).",
        "ko": f"{target}에 {action} 시도 ({words['ko']}).",
    }


def acted(action: str, target: str, outcome: str) -> Words:
    """An action has been judged."""
    words = _OUTCOMES[outcome]
    return {"en": f"{action} on {target}: {words['en']}.", "ko": f"{target}에 {action}: {words['ko']}."}


def resolved(seconds: float) -> Words:
    """Everything is healthy again."""
    return {
        "en": f"Healthy again after {seconds:.1f} s.",
        "ko": f"{seconds:.1f}초 만에 정상으로 돌아왔습니다.",
    }


def resolved_by(person: str, note: str) -> Words:
    """A person closed it."""
    return {
        "en": f"Closed by {person}. {note}".strip(),
        "ko": f"{person} 님이 종료했습니다. {note}".strip(),
    }


def acknowledged(person: str, note: str) -> Words:
    """A person has seen it."""
    return {
        "en": f"Acknowledged by {person}. {note}".strip(),
        "ko": f"{person} 님이 확인했습니다. {note}".strip(),
    }


ESCALATED: Words = {
    "en": "A person is called: nothing that may be done alone has helped.",
    "ko": "담당자를 호출했습니다: 스스로 할 수 있는 조치가 효과가 없었습니다.",
}

RELAPSED: Words = {
    "en": "The same trouble came back soon after it was resolved.",
    "ko": "해결된 직후 같은 문제가 다시 나타났습니다.",
}


def figure(metric: str, value: float, normal: float, since: datetime) -> Words:
    """A figure is not as it was."""
    moment = since.strftime("%H:%M:%S")
    return {
        "en": f"{metric} is {value:.4g} instead of {normal:.4g} since {moment} UTC.",
        "ko": f"{metric} 값이 {moment} UTC부터 {normal:.4g} 대신 {value:.4g}입니다.",
    }


def first_of(count: int) -> Words:
    """It became unusual before the others."""
    return {
        "en": f"It became unusual before {count} other components.",
        "ko": f"다른 구성 요소 {count}개보다 먼저 이상해졌습니다.",
    }


def explains(count: int) -> Words:
    """Others need it and suffer."""
    return {
        "en": f"{count} other unusual components depend on it.",
        "ko": f"이상한 구성 요소 {count}개가 이것에 의존합니다.",
    }


def explained_by(other: str) -> Words:
    """It needs one that was unusual no later."""
    return {
        "en": f"It depends on {other}, which was unusual no later.",
        "ko": f"늦지 않게 이상해진 {other}에 의존합니다.",
    }


def changed(seconds: float, words: Mapping[str, str]) -> Words:
    """It was changed shortly before."""
    return {
        "en": f"It was changed {seconds:.0f} s before: {words['en']}",
        "ko": f"{seconds:.0f}초 전에 변경되었습니다: {words['ko']}",
    }


def rollback_failed(run_id: str, step: str, error: str) -> Words:
    """A step of a failed run could not be undone."""
    return {
        "en": f"Run {run_id}: the step {step} could not be undone: {error}",
        "ko": f"실행 {run_id}: {step} 단계를 되돌리지 못했습니다: {error}",
    }


def run_stuck(run_id: str, reason: str) -> Words:
    """A run does not go on."""
    return {"en": f"Run {run_id} does not go on: {reason}", "ko": f"실행 {run_id} 멈춤: {reason}"}


def preventing(metric: str, limit: float, seconds: float) -> Words:
    """A figure heads for its limit."""
    return {
        "en": f"{metric} would reach {limit:.4g} in about {seconds:.0f} s.",
        "ko": f"{metric} 값이 약 {seconds:.0f}초 뒤 {limit:.4g}에 이를 것입니다.",
    }


def predicted(what: str, probability: float) -> Words:
    """Somebody predicts a failure."""
    percent = round(100 * probability)
    return {
        "en": f"{what} is predicted to fail with {percent} %.",
        "ko": f"{what} 실패 확률이 {percent}%로 예측되었습니다.",
    }
