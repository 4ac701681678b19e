"""Incident words: the sentences of an incident, in English and Korean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from maestro.engine.words import Words

_KINDS: Mapping[str, Words] = {
    "unreachable": Words("does not answer", "응답하지 않습니다"),
    "slow": Words("is slow", "느립니다"),
    "errors": Words("answers with errors", "오류를 돌려줍니다"),
    "full": Words("is running out of space", "공간이 부족합니다"),
    "stuck": Words("makes no progress", "진행되지 않습니다"),
    "overloaded": Words("has more work than it can do", "처리할 수 있는 양보다 일이 많습니다"),
    "memory": Words("is running out of memory", "메모리가 부족합니다"),
    "lost_workers": Words("has lost workers", "작업자를 잃었습니다"),
    "no_workers": Words("is empty", "작업자가 없습니다"),
    "quarantined": Words("is in quarantine", "격리되었습니다"),
    "silent": Words("sends no heartbeat", "하트비트를 보내지 않습니다"),
}

_RUN_KINDS: Mapping[str, Words] = {
    "rollback_failed": Words(
        "a failed run could not be undone completely", "실패한 실행을 끝까지 되돌리지 못했습니다"
    ),
    "run_stuck": Words("a run does not go on", "실행이 멈췄습니다"),
}

_LAYERS: Mapping[str, Words] = {
    "reroute": Words("restart or reroute", "재시작 또는 우회"),
    "alternative": Words("alternative resource", "대체 자원"),
    "degrade": Words("degrade and compensate", "축소 운영과 보상"),
    "restore": Words("restore and call a person", "복원과 담당자 호출"),
}

_OUTCOMES: Mapping[str, Words] = {
    "recovered": Words("the health check confirms it", "상태 점검으로 확인했습니다"),
    "no_effect": Words("the health check sees no change", "상태 점검에 변화가 없습니다"),
    "failed": Words("it could not be carried out", "실행하지 못했습니다"),
    "relapsed": Words("the trouble came back", "문제가 다시 나타났습니다"),
    "superseded": Words("the incident ended first", "먼저 종료되었습니다"),
}


_COMPONENTS: Mapping[str, Words] = {
    "disk": Words("the disk", "디스크"),
    "memory": Words("the process", "프로세스"),
    "event loop": Words("the event loop", "이벤트 루프"),
    "journal": Words("the journal of runs", "실행 기록 저장소"),
    "executor": Words("the executor", "실행기"),
    "workers": Words("the pool of workers", "작업자 그룹"),
    "records": Words("the database", "데이터베이스"),
    "agents": Words("an agent", "에이전트"),
}

_ACTIONS: Mapping[str, Words] = {
    "reconnect": Words("reconnect", "다시 연결"),
    "reconnect_records": Words("reconnect", "다시 연결"),
    "replace_lost_workers": Words("replace lost workers", "잃은 작업자 교체"),
    "await_cluster": Words("wait for the cluster to come back", "클러스터 복귀 대기"),
    "add_a_worker": Words("add a worker", "작업자 추가"),
    "give_memory_back": Words("give memory back", "메모리 반환"),
    "give_all_memory_back": Words("give all memory back", "메모리 모두 반환"),
    "forget_old_runs": Words("forget old runs", "오래된 실행 정리"),
    "hold_new_work": Words("hold new work", "새 작업 보류"),
    "run_as_declared": Words("run workflows as declared", "워크플로를 선언대로 실행"),
}


def named(component: str) -> Words:
    """A component as people call it, with the place where it is; its own name where it has no other."""
    name, at, place = component.partition(" at ")
    words = _COMPONENTS.get(name)
    if words is None:
        return Words(component, component)
    return Words(f"{words.en}{at}{place}", f"{words.ko} ({place})" if at else words.ko)


def action_named(action: str) -> Words:
    """An action as people call it."""
    return _ACTIONS.get(action, Words(action.replace("_", " "), action.replace("_", " ")))


def title(component: str, kind: str) -> Words:
    """What an incident is called."""
    name = named(component)
    words = _KINDS.get(kind, Words(f"has trouble: {kind}", f"문제가 있습니다: {kind}"))
    return Words(f"{_begun(name.en)} {words.en}", f"{name.ko}: {words.ko}")


def _begun(name: str) -> str:
    """A name at the beginning of a sentence; only an article is written large, never a name of its own."""
    return name[0].upper() + name[1:] if name.startswith(("the ", "an ")) else name


def opened(component: str, kind: str) -> Words:
    """An incident begins."""
    words = title(component, kind)
    return Words(f"Noticed: {words.en}.", f"발견: {words.ko}.")


def joined(component: str, kind: str) -> Words:
    """Another component suffers too."""
    words = title(component, kind)
    return Words(f"Also: {words.en}.", f"함께 발견: {words.ko}.")


def blamed(component: str, probability: float) -> Words:
    """The most likely cause."""
    name, percent = named(component), round(100 * probability)
    return Words(f"Most likely cause: {name.en} ({percent} %).", f"가장 유력한 원인: {name.ko} ({percent}%).")


def acting(action: str, target: str, layer: str) -> Words:
    """An action begins."""
    name, deed, words = named(target), action_named(action), _LAYERS[layer]
    return Words(f"Tries to {deed.en} on {name.en} ({words.en}).", f"{name.ko}: {deed.ko} 시도 ({words.ko}).")


def acted(action: str, target: str, outcome: str) -> Words:
    """An action has been judged."""
    name, deed, words = named(target), action_named(action), _OUTCOMES[outcome]
    return Words(f"{_begun(name.en)}, {deed.en}: {words.en}.", f"{name.ko}, {deed.ko}: {words.ko}.")


def resolved(seconds: float) -> Words:
    """Everything is healthy again."""
    return Words(f"Healthy again after {seconds:.1f} s.", f"{seconds:.1f}초 만에 정상으로 돌아왔습니다.")


def resolved_by(person: str, note: str) -> Words:
    """A person closed it."""
    return Words(f"Closed by {person}. {note}".strip(), f"{person} 님이 종료했습니다. {note}".strip())


def acknowledged(person: str, note: str) -> Words:
    """A person has seen it."""
    return Words(f"Acknowledged by {person}. {note}".strip(), f"{person} 님이 확인했습니다. {note}".strip())


ESCALATED: Words = Words(
    "A person is called: nothing is left that may be done without one.",
    "담당자를 호출했습니다: 스스로 할 수 있는 조치가 남아 있지 않습니다.",
)

ONLY_A_PERSON: Words = Words(
    "A person is called: only a person can end this, so nothing is tried.",
    "담당자를 호출했습니다: 사람만 끝낼 수 있어 아무것도 시도하지 않습니다.",
)

RELAPSED: Words = Words(
    "The same trouble came back soon after it was resolved.", "해결된 직후 같은 문제가 다시 나타났습니다."
)


def figure(metric: str, value: float, normal: float, since: datetime) -> Words:
    """A figure is not as it was."""
    moment = since.strftime("%H:%M:%S")
    return Words(
        f"{metric} is {value:.4g} instead of {normal:.4g} since {moment} UTC.",
        f"{metric} 값이 {moment} UTC부터 {normal:.4g} 대신 {value:.4g}입니다.",
    )


def first_of(count: int) -> Words:
    """It became unusual before the others."""
    return Words(
        f"It became unusual before {count} other components.",
        f"다른 구성 요소 {count}개보다 먼저 이상해졌습니다.",
    )


def explains(count: int) -> Words:
    """Others need it and suffer."""
    return Words(
        f"{count} other unusual components depend on it.", f"이상한 구성 요소 {count}개가 이것에 의존합니다."
    )


def explained_by(other: str) -> Words:
    """It needs one that was unusual no later."""
    return Words(
        f"It depends on {named(other).en}, which was unusual no later.",
        f"늦지 않게 이상해진 {named(other).ko}에 의존합니다.",
    )


def changed(seconds: float, words: Words) -> Words:
    """It was changed shortly before."""
    return Words(
        f"It was changed {seconds:.0f} s before: {words.en}",
        f"{seconds:.0f}초 전에 변경되었습니다: {words.ko}",
    )


def run_title(workflow: str, kind: str) -> Words:
    """What an incident of a run is called."""
    words = _RUN_KINDS[kind]
    return Words(f"{workflow}: {words.en}", f"{workflow}: {words.ko}")


def undo_failed(step: str, error: str) -> Words:
    """A step of a failed run could not be undone."""
    return Words(
        f"The step {step} could not be undone: {error}", f"{step} 단계를 되돌리지 못했습니다: {error}"
    )


def run_stuck(reason: str) -> Words:
    """A run does not go on."""
    return Words(f"The run does not go on: {reason}", f"실행이 멈췄습니다: {reason}")


def preventing(metric: str, limit: float, seconds: float) -> Words:
    """A figure heads for its limit."""
    return Words(
        f"{metric} would reach {limit:.4g} in about {seconds:.0f} s.",
        f"{metric} 값이 약 {seconds:.0f}초 뒤 {limit:.4g}에 이를 것입니다.",
    )


def predicted(what: str, probability: float) -> Words:
    """Somebody predicts a failure."""
    percent = round(100 * probability)
    return Words(
        f"{what} is predicted to fail with {percent} %.", f"{what} 실패 확률이 {percent}%로 예측되었습니다."
    )
