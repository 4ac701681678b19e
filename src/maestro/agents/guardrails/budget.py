"""Budget: how much money a cycle's actions may commit before a person is asked, and at most."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

from maestro.agents.decision import Decision, GuardResult, Verdict, Words
from maestro.agents.guardrails.base import GuardContext, checked_limit, plain_number, unreadable


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Counts what the cycle has committed so far and this action on top.

    Args:
        limit: money a cycle, beyond which a person is asked.
        hard_limit: money a cycle that is never exceeded, at any level.
        unit: currency code.
    """

    limit: float
    hard_limit: float
    unit: str = "GBP"
    name: str = "budget"

    def __post_init__(self) -> None:
        checked_limit(self.name, self.limit, self.hard_limit)

    @property
    def words(self) -> Words:
        """What it guards."""
        return {"en": "Money that one cycle's actions commit.", "ko": "한 주기의 실행에 쓰는 금액."}

    def with_limit(self, limit: float) -> Self:
        """The same budget with another limit; its hard limit stays."""
        return replace(self, limit=limit)

    def check(self, decision: Decision, context: GuardContext) -> GuardResult:
        """Pass within the limit, ask beyond it, block beyond the hard limit; a saving always passes."""
        cost = decision.action.cost
        if math.isnan(cost) or math.isnan(context.spent):
            return unreadable(self.name, {"en": "cost", "ko": "비용"})
        total = context.spent + cost
        bound = self.limit
        verdict: Verdict
        if cost <= 0 or total <= self.limit:
            verdict, opening_en, opening_ko = "pass", "Within budget", "예산 안"
        elif total <= self.hard_limit:
            verdict, opening_en, opening_ko = "ask", "Over budget", "예산 초과"
        else:
            verdict, opening_en, opening_ko, bound = (
                "block",
                "Over the hard budget",
                "절대 예산 초과",
                self.hard_limit,
            )
        figures = f"{plain_number(total)} / {plain_number(bound)} {self.unit}"
        return GuardResult(
            self.name,
            verdict,
            {"en": f"{opening_en}: {figures} this cycle.", "ko": f"{opening_ko}: 이번 주기 {figures}."},
            total,
            bound,
        )
