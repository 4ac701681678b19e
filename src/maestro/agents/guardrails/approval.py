"""Approval: asks a person for kinds of action that are not the agent's to take alone, whatever their size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from maestro.agents.decision import Decision, GuardResult, Words
from maestro.agents.guardrails.base import GuardContext
from maestro.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Asks for every action of these kinds; an agent at level full is trusted with them.

    Args:
        kinds: kinds of action, such as {"discontinue"}.
    """

    kinds: frozenset[str]
    name: str = "approval"
    limit: None = None
    unit: str = ""

    @property
    def words(self) -> Words:
        """What it guards."""
        named = ", ".join(sorted(self.kinds))
        return {"en": f"A person approves: {named}.", "ko": f"사람의 승인이 필요한 실행: {named}."}

    def with_limit(self, limit: float) -> Self:
        """An approval has no limit to set.

        Raises:
            InputError: always.
        """
        raise InputError("This guardrail has no limit to set.", remedy="Change the kinds that it asks for.")

    def check(self, decision: Decision, context: GuardContext) -> GuardResult:
        """Ask for the kinds named, pass the others."""
        kind = decision.action.kind
        if kind in self.kinds:
            asks = {"en": f"A person decides on every {kind}.", "ko": f"'{kind}'은(는) 사람이 결정합니다."}
            return GuardResult(self.name, "ask", asks)
        free = {"en": f"No approval is needed for {kind}.", "ko": f"'{kind}'에는 승인이 필요 없습니다."}
        return GuardResult(self.name, "pass", free)
