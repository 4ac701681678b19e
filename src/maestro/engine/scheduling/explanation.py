"""Explanation: what each part of a priority says in words, and why a task stands where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from maestro.engine.scheduling.priority import FACTORS, Floats
from maestro.engine.scheduling.task import Task
from maestro.engine.words import Words, duration_words

_NOTABLE = 0.05


@dataclass(frozen=True)
class Factor:
    """One part of a priority.

    Args:
        name: one of `maestro.engine.scheduling.priority.FACTORS`.
        value: what was found, between fixed bounds (age alone grows without one).
        weight: how much it counts.
        contribution: value times weight; the contributions of a task add up to its priority.
        words: what was found, in words.
    """

    name: str
    value: float
    weight: float
    contribution: float
    words: Words

    def shape(self) -> dict[str, object]:
        """As the API sends it."""
        return {
            "name": self.name,
            "value": self.value,
            "weight": self.weight,
            "contribution": self.contribution,
            "words": self.words.shape(),
        }


@dataclass(frozen=True)
class Findings:
    """What the factors of a task were read from; `expected_s` is None where nobody can tell yet."""

    task: Task
    now: datetime
    expected_s: float | None
    tail_s: float
    available: float
    success: float


def factor_words(name: str, found: Findings) -> Words:
    """What a factor found, as one sentence."""
    return _SENTENCES[name](found)


def placement(place: int, count: int, factors: Sequence[Factor], usual: Floats) -> Words:
    """Why a task stands at this place: what lifts it most and what holds it back most.

    Args:
        place: 1 for the first.
        count: how many wait.
        factors: its parts, in the order of FACTORS.
        usual: mean contribution of each factor over the queue, shape (8,).
    """
    apart = [each.contribution - float(mean) for each, mean in zip(factors, usual, strict=True)]
    ranked = sorted(range(len(FACTORS)), key=lambda index: -apart[index])
    lifts = [factors[index].words for index in ranked[:2] if apart[index] > _NOTABLE]
    holds = [factors[index].words for index in ranked[-1:] if apart[index] < -_NOTABLE]
    english, korean = f"Number {place} of {count}.", f"{count}개 가운데 {place}번째입니다."
    if lifts:
        english += " For it: " + " ".join(each.en for each in lifts)
        korean += " 앞당기는 이유: " + " ".join(each.ko for each in lifts)
    if holds:
        english += f" Against it: {holds[0].en}"
        korean += f" 늦추는 이유: {holds[0].ko}"
    return Words(english, korean)


def _urgency(found: Findings) -> Words:
    if found.task.deadline is None:
        return Words("It has no deadline.", "기한이 없습니다.")
    left_s = (found.task.deadline - found.now).total_seconds()
    left = duration_words(abs(left_s))
    if left_s < 0:
        return Words(f"It is {left.en} late.", f"기한을 {left.ko} 넘겼습니다.")
    if found.expected_s is None:
        return Words(f"It is due in {left.en}.", f"기한까지 {left.ko} 남았습니다.")
    needed = duration_words(found.expected_s)
    return Words(
        f"It is due in {left.en} and needs about {needed.en}.",
        f"기한까지 {left.ko} 남았고 약 {needed.ko}가 필요합니다.",
    )


def _complexity(found: Findings) -> Words:
    if found.expected_s is None:
        return Words(
            "Too few of its kind ran to tell how long it takes.",
            "같은 종류의 실행 기록이 적어 걸리는 시간을 아직 모릅니다.",
        )
    length = duration_words(found.expected_s)
    return Words(f"It takes about {length.en}.", f"약 {length.ko} 걸립니다.")


def _dependencies(found: Findings) -> Words:
    if found.tail_s <= 0:
        return Words("Nothing waits for it.", "이 작업을 기다리는 작업이 없습니다.")
    tail = duration_words(found.tail_s)
    return Words(
        f"Work of about {tail.en} waits for it.", f"약 {tail.ko} 분량의 작업이 이 작업을 기다립니다."
    )


def _resources(found: Findings) -> Words:
    if found.available >= 1:
        return Words("All that it needs is free.", "필요한 자원이 모두 비어 있습니다.")
    share = round(100 * found.available)
    return Words(f"{share} % of what it needs is free.", f"필요한 자원의 {share}%가 비어 있습니다.")


def _history(found: Findings) -> Words:
    share = round(100 * found.success)
    return Words(f"{share} % of its kind succeed.", f"같은 종류의 {share}%가 성공합니다.")


def _value(found: Findings) -> Words:
    return Words(
        f"It is worth {found.task.value:g}; 1 is usual.", f"가치는 {found.task.value:g}입니다(보통 1)."
    )


def _boost(found: Findings) -> Words:
    if found.task.boost == 0:
        return Words("Nobody moved it by hand.", "사람이 순서를 바꾸지 않았습니다.")
    if found.task.boost > 0:
        return Words("Somebody moved it ahead.", "사람이 앞으로 옮겼습니다.")
    return Words("Somebody moved it back.", "사람이 뒤로 옮겼습니다.")


def _age(found: Findings) -> Words:
    since = found.task.ready_at or found.now
    age = duration_words(max(0.0, (found.now - since).total_seconds()))
    return Words(f"It has been ready for {age.en}.", f"준비된 지 {age.ko} 지났습니다.")


_SENTENCES = {
    "urgency": _urgency,
    "complexity": _complexity,
    "dependencies": _dependencies,
    "resources": _resources,
    "history": _history,
    "value": _value,
    "boost": _boost,
    "age": _age,
}
