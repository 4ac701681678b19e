"""Role: what a pack implements to put an agent to work, and what one cycle of it reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from maestro.agents.decision import Decision, Effect, Measured, Proposal


class Role(Protocol):
    """The domain's half of the decision loop. The loop keeps the record, the limits and the trust.

    All methods are synchronous. `act` and `undo` may be called from another thread when a person approves,
    never two at once; the others are called one after another.
    """

    name: str
    """Name of the agent, unique in the running system."""
    pack: str
    """Name of the pack that it comes from."""

    def observe(self, now: datetime) -> Any:
        """Everything that proposing needs; kept in memory, never stored."""
        ...

    def propose(self, observation: Any) -> Sequence[Proposal]:
        """At most one proposal a subject, the best first: guardrails judge them in this order."""
        ...

    def simulate(self, proposal: Proposal, observation: Any) -> Effect:
        """The predicted effect; asked only of proposals that do not carry theirs."""
        ...

    def act(self, decision: Decision) -> Mapping[str, Any]:
        """Do it, once: a second call with the same `decision.id` must change nothing and return the same.

        Returns:
            plain JSON: references to what was made, and what undoing needs.

        Raises:
            TemporaryError: the loop tries again in a later cycle.
            PolicyError: a rule outside forbids it: the decision is blocked and never tried again.
            MaestroError: it failed for good.
        """
        ...

    def undo(self, decision: Decision) -> Mapping[str, Any]:
        """Take the action back, once, as with `act`.

        Raises:
            ConflictError: it is too late.
        """
        ...

    def measure(self, decision: Decision, now: datetime) -> Measured | None:
        """The realised gain over the baseline, None while it is too early to tell.

        Asked of executed decisions and of shadowed ones (what would have happened), until two horizons have
        passed. Values must not depend on whether they please: a measure that comes only for good outcomes
        would fool the rule of autonomy.
        """
        ...

    def learn(self, measured: Sequence[Decision]) -> None:
        """Take what was measured into account from the next cycle on."""
        ...

    def max_loss_per_cycle(self, now: datetime) -> float:
        """B of the rule of autonomy, positive, in the unit of gains: the largest loss that the guardrails
        allow a cycle, averaged over its decisions.

        The mean gain of a cycle is divided by it. A loss beyond it means that a guardrail failed, and stops
        the agent; a figure much larger than needed slows its promotion down.
        """
        ...


@dataclass(frozen=True)
class CycleReport:
    """What one cycle did, in counts."""

    agent: str
    cycle: str
    proposed: int = 0
    shadowed: int = 0
    waiting: int = 0
    blocked: int = 0
    executed: int = 0
    failed: int = 0
    postponed: int = 0
    expired: int = 0
    measured: int = 0
    gain: float = 0.0
    level: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)
