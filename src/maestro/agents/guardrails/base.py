"""Guardrail base: what every limit on actions is asked, what it is told, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from maestro.agents.decision import Decision, GuardResult, Verdict, Words
from maestro.errors import InputError


def _never_acted(_since: datetime, _subject_id: str) -> int:
    return 0


@dataclass(frozen=True)
class GuardContext:
    """What a guardrail may know besides the decision.

    Args:
        now: the moment of the check.
        level: the agent's autonomy level.
        stopped: whether a person or a breaker stopped the agent, or all agents.
        spent: money that this cycle's actions commit so far, in the shop's currency.
        acted: how many actions the agent was allowed since a moment, for one subject or, with "", for all.
    """

    now: datetime
    level: str = "shadow"
    stopped: bool = False
    spent: float = 0.0
    acted: Callable[[datetime, str], int] = _never_acted


class Guardrail(Protocol):
    """A limit on actions: pure, quick, and closed when it cannot read what it judges.

    Verdicts: "pass" lets the action go; "ask" wants a person, except at level full; "block" forbids it.
    """

    @property
    def name(self) -> str:
        """Unique among the guardrails of an agent."""
        ...

    @property
    def limit(self) -> float | None:
        """The limit beyond which a person is asked, None where there is none to set."""
        ...

    @property
    def unit(self) -> str:
        """Unit of the limit."""
        ...

    @property
    def words(self) -> Words:
        """What it guards, as people read it."""
        ...

    def with_limit(self, limit: float) -> Self:
        """The same guardrail with another limit; its hard limit stays.

        Raises:
            InputError: the limit is not usable, or this guardrail has none.
        """
        ...

    def check(self, decision: Decision, context: GuardContext) -> GuardResult:
        """The verdict on one decision."""
        ...


def worst(results: tuple[GuardResult, ...]) -> Verdict:
    """The strictest verdict of all."""
    verdicts = {result.verdict for result in results}
    if "block" in verdicts:
        return "block"
    return "ask" if "ask" in verdicts else "pass"


def unreadable(guard: str, what: Words) -> GuardResult:
    """The answer of a guardrail that cannot read its value: it blocks."""
    said = {
        "en": f"The {what['en']} is missing or not a usable number.",
        "ko": f"{what['ko']} 값이 없거나 쓸 수 없는 숫자입니다.",
    }
    return GuardResult(guard=guard, verdict="block", words=said)


def checked_limit(guard: str, limit: float, hard_limit: float) -> None:
    """Refuse limits that guard nothing.

    Raises:
        InputError: a limit is negative or not a number, or lies above the hard limit.
    """
    if not 0 <= limit <= hard_limit < math.inf:
        raise InputError(
            f"The limit of {guard} must lie between 0 and its hard limit {plain_number(hard_limit)}, "
            f"not at {plain_number(limit)}.",
            remedy="Choose a limit within the hard limit, or change the hard limit in the pack's settings.",
        )


def plain_number(value: float) -> str:
    """A figure in a sentence: grouped thousands, at most two decimals."""
    if not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:,.2f}"
