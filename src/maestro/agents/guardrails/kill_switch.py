"""Kill switch: blocks every action of an agent that a person, or a loss beyond its limits, has stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from maestro.agents.decision import Decision, GuardResult, Words
from maestro.agents.guardrails.base import GuardContext
from maestro.errors import InputError


@dataclass(frozen=True)
class KillSwitch:
    """Every loop has one; it cannot be left out."""

    name: str = "kill_switch"
    limit: None = None
    unit: str = ""

    @property
    def words(self) -> Words:
        """What it guards."""
        return {
            "en": "Nothing is done while the agent is stopped.",
            "ko": "중지된 동안에는 아무것도 하지 않습니다.",
        }

    def with_limit(self, limit: float) -> Self:
        """A switch has no limit to set.

        Raises:
            InputError: always.
        """
        raise InputError("The kill switch has no limit.", remedy="Stop or resume the agent instead.")

    def check(self, decision: Decision, context: GuardContext) -> GuardResult:
        """Block while stopped."""
        if context.stopped:
            return GuardResult(
                self.name, "block", {"en": "The agent is stopped.", "ko": "에이전트가 중지되어 있습니다."}
            )
        return GuardResult(
            self.name, "pass", {"en": "The agent is not stopped.", "ko": "에이전트가 중지되지 않았습니다."}
        )
