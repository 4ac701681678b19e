"""Rate limit: how many actions an agent may take in a span of time, for one subject or for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from maestro.agents.decision import Decision, GuardResult, Words
from maestro.agents.guardrails.base import GuardContext, checked_limit, plain_number


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """Counts the actions that were allowed in the last `window_days` and this one.

    Args:
        limit: actions in the window, beyond which a person is asked.
        hard_limit: actions in the window that are never exceeded, at any level.
        window_days: length of the window, in days.
        per_subject: count the decision's own subject only.
    """

    limit: float
    hard_limit: float
    window_days: float = 1.0
    per_subject: bool = False
    unit: str = "actions"
    name: str = "rate_limit"

    def __post_init__(self) -> None:
        checked_limit(self.name, self.limit, self.hard_limit)

    @property
    def words(self) -> Words:
        """What it guards."""
        days = plain_number(self.window_days)
        return {"en": f"Actions in {days} {_days(self.window_days)}.", "ko": f"{days}일 동안의 실행 횟수."}

    def with_limit(self, limit: float) -> Self:
        """The same window with another limit; its hard limit stays."""
        return replace(self, limit=limit)

    def check(self, decision: Decision, context: GuardContext) -> GuardResult:
        """Pass up to the limit, ask beyond it, block beyond the hard limit."""
        since = context.now - timedelta(days=self.window_days)
        count = context.acted(since, decision.subject.id if self.per_subject else "") + 1
        bound = self.hard_limit if count > self.hard_limit else self.limit
        figures = f"{count} / {plain_number(bound)}"
        days = plain_number(self.window_days)
        unit = _days(self.window_days)
        said = {"en": f"Action {figures} in {days} {unit}.", "ko": f"{days}일 동안 실행 {figures}."}
        if count > self.hard_limit:
            return GuardResult(self.name, "block", said, float(count), bound)
        return GuardResult(self.name, "pass" if count <= self.limit else "ask", said, float(count), bound)


def _days(number: float) -> str:
    return "day" if number == 1 else "days"
