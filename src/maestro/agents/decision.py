"""Decision: one proposal with its predicted effect, who allowed it, what was done and what came of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, Self

from maestro.agents.moment import moment_of, moment_text
from maestro.errors import ConflictError, InputError

Words = Mapping[str, str]
"""A sentence by language: {"en": "...", "ko": "..."}."""

Verdict = Literal["pass", "ask", "block"]


class Status(StrEnum):
    """Where a decision stands. The arrows are in `NEXT`."""

    PROPOSED = "proposed"
    SHADOWED = "shadowed"
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    BLOCKED = "blocked"
    EXECUTING = "executing"
    EXECUTED = "executed"
    FAILED = "failed"
    UNDONE = "undone"
    MEASURED = "measured"


NEXT: Mapping[Status, frozenset[Status]] = {
    Status.PROPOSED: frozenset({Status.SHADOWED, Status.WAITING, Status.APPROVED, Status.BLOCKED}),
    Status.SHADOWED: frozenset({Status.MEASURED}),
    Status.WAITING: frozenset({Status.APPROVED, Status.REJECTED, Status.EXPIRED}),
    Status.APPROVED: frozenset({Status.EXECUTING, Status.EXPIRED}),
    Status.EXECUTING: frozenset({Status.EXECUTED, Status.FAILED, Status.BLOCKED}),
    Status.EXECUTED: frozenset({Status.MEASURED, Status.UNDONE}),
    Status.REJECTED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.BLOCKED: frozenset(),
    Status.FAILED: frozenset(),
    Status.UNDONE: frozenset(),
    Status.MEASURED: frozenset(),
}
"""Which status may follow which; a status with no successor is final."""

OPEN = frozenset(status for status, following in NEXT.items() if following)
"""Statuses from which a decision can still move."""


@dataclass(frozen=True)
class Subject:
    """What a decision is about: a product at a place, a listing, a position.

    Args:
        kind: the noun, such as "product".
        id: unique within its kind, such as "SKU@LOC".
        label: its name as people read it.
    """

    kind: str
    id: str
    label: Words


@dataclass(frozen=True)
class Action:
    """What is done, or what the baseline would have done.

    Args:
        kind: the verb, such as "order" or "none".
        params: plain JSON; guards read `cost`, or `quantity` and `unit_cost`.
        summary: the action as a sentence.
    """

    kind: str
    params: Mapping[str, Any]
    summary: Words

    @property
    def cost(self) -> float:
        """Money that the action commits, in the shop's currency; NaN when its figures are unusable."""
        if "cost" in self.params:
            return number(self.params["cost"])
        if "unit_cost" in self.params:
            return number(self.params.get("quantity")) * number(self.params["unit_cost"])
        return 0.0


def number(value: object) -> float:
    """A finite float, or NaN for anything else, so that a guard can refuse what it cannot read."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return math.nan
    return float(value)


@dataclass(frozen=True)
class Effect:
    """The predicted gain over the baseline's action.

    Args:
        mean: expected gain, in `unit`.
        low: lower end of the interval.
        high: upper end of the interval.
        level: share of outcomes that the interval is meant to cover.
        unit: currency code or another unit of gain.
        horizon_days: days after which the gain can be measured; a waiting decision expires with them.
    """

    mean: float
    low: float
    high: float
    level: float = 0.8
    unit: str = "GBP"
    horizon_days: float = 7.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in (self.mean, self.low, self.high, self.horizon_days)):
            raise InputError("A predicted effect needs finite numbers.")
        if self.low > self.high or not 0 < self.level < 1 or self.horizon_days <= 0:
            raise InputError(
                "A predicted effect needs low <= high, a level between 0 and 1 and a positive horizon."
            )


@dataclass(frozen=True)
class GuardResult:
    """What one guardrail said: its verdict, in words, with the value that it saw and its limit."""

    guard: str
    verdict: Verdict
    words: Words
    value: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Measured:
    """The realised gain over the baseline.

    Args:
        gain: in the unit of the predicted effect.
        covered: whether the realised gain lies in the predicted interval.
        method: how it was measured, such as "common_random_numbers" or "holdout".
        at: when.
    """

    gain: float
    covered: bool
    method: str
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"gain": self.gain, "covered": self.covered, "method": self.method, "at": moment_text(self.at)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What `to_dict` wrote."""
        return cls(
            gain=data["gain"], covered=data["covered"], method=data["method"], at=moment_of(data["at"])
        )


@dataclass(frozen=True)
class Proposal:
    """What a role proposes in one cycle for one subject; the loop turns it into a decision.

    `predicted` may be left None when the role predicts the effect in `simulate`.
    """

    subject: Subject
    action: Action
    baseline: Action
    reason: Words
    evidence: Mapping[str, Any] = field(default_factory=dict)
    forecast_version: str = ""
    predicted: Effect | None = None


@dataclass(frozen=True)
class TimelineEvent:
    """One line of a decision's history, as people read it."""

    at: datetime
    event: str
    actor: str
    words: Words

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "at": moment_text(self.at),
            "event": self.event,
            "actor": self.actor,
            "words": dict(self.words),
        }


@dataclass(frozen=True)
class DecisionSummary:
    """A decision as one line of a list; its fields are those of `Decision`."""

    id: str
    agent: str
    created_at: datetime
    subject: Subject
    summary: Words
    status: Status
    level: str
    allowed_by: str
    predicted: Effect
    measured: Measured | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "id": self.id,
            "agent": self.agent,
            "created_at": moment_text(self.created_at),
            "subject": {**vars(self.subject), "label": dict(self.subject.label)},
            "summary": dict(self.summary),
            "status": str(self.status),
            "level": self.level,
            "allowed_by": self.allowed_by,
            "predicted": dict(vars(self.predicted)),
            "measured": self.measured.to_dict() if self.measured else None,
        }


@dataclass(frozen=True)
class Decision:
    """The record that every agent produces. Immutable: `move` gives the next version.

    Args:
        id: time-ordered and determined by agent, cycle and subject, so that a cycle that runs again proposes
            the same decision; also the key by which its action is idempotent.
        level: the agent's autonomy level when the decision was allowed.
        allowed_by: "level:bounded", "person:<email>", or empty while nothing allowed it.
        outcome: what the action returned: references, and what is needed to undo it.
    """

    id: str
    agent: str
    pack: str
    cycle: str
    created_at: datetime
    subject: Subject
    action: Action
    baseline: Action
    reason: Words
    evidence: Mapping[str, Any]
    forecast_version: str
    predicted: Effect
    guards: tuple[GuardResult, ...] = ()
    level: str = ""
    allowed_by: str = ""
    status: Status = Status.PROPOSED
    decided_at: datetime | None = None
    executed_at: datetime | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)
    measured: Measured | None = None

    @classmethod
    def of(
        cls,
        proposal: Proposal,
        predicted: Effect,
        *,
        agent: str,
        pack: str,
        cycle: str,
        now: datetime,
        place: int = 0,
    ) -> Self:
        """The decision that a proposal becomes; `place` is its rank in its cycle, 0 the best."""
        return cls(
            id=decision_id(now, agent, cycle, proposal.subject, place),
            agent=agent,
            pack=pack,
            cycle=cycle,
            created_at=now,
            subject=proposal.subject,
            action=proposal.action,
            baseline=proposal.baseline,
            reason=proposal.reason,
            evidence=proposal.evidence,
            forecast_version=proposal.forecast_version,
            predicted=predicted,
        )

    @property
    def due_at(self) -> datetime:
        """When the horizon of the predicted effect has passed, counted from the act or from the proposal."""
        return (self.executed_at or self.created_at) + timedelta(days=self.predicted.horizon_days)

    @property
    def measure_until(self) -> datetime:
        """When nobody asks any more for the realised gain: two horizons after the act or the proposal."""
        return self.due_at + timedelta(days=self.predicted.horizon_days)

    @property
    def can(self) -> dict[str, bool]:
        """What a person may do with it now."""
        waiting = self.status is Status.WAITING
        return {"approve": waiting, "reject": waiting, "undo": self.status is Status.EXECUTED}

    @property
    def digest(self) -> DecisionSummary:
        """What a list or a live message shows of it."""
        return DecisionSummary(
            id=self.id,
            agent=self.agent,
            created_at=self.created_at,
            subject=self.subject,
            summary=self.action.summary,
            status=self.status,
            level=self.level,
            allowed_by=self.allowed_by,
            predicted=self.predicted,
            measured=self.measured,
        )

    def move(self, to: Status, **changes: Any) -> Self:
        """The same decision one status later, with other fields changed along.

        Raises:
            ConflictError: no arrow leads from the present status to that one.
        """
        if to not in NEXT[self.status]:
            raise ConflictError(
                f"Decision {self.id} is {self.status} and cannot become {to}.",
                remedy="Reload it to see what happened meanwhile.",
            )
        return replace(self, status=to, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, complete."""
        data = asdict(self)
        data |= {"status": str(self.status), "guards": [asdict(result) for result in self.guards]}
        for key in ("created_at", "decided_at", "executed_at"):
            at = getattr(self, key)
            data[key] = moment_text(at) if at else None
        data["measured"] = self.measured.to_dict() if self.measured else None
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What `to_dict` wrote."""
        fields = dict(data)
        fields["subject"] = Subject(**data["subject"])
        fields["action"] = Action(**data["action"])
        fields["baseline"] = Action(**data["baseline"])
        fields["predicted"] = Effect(**data["predicted"])
        fields["guards"] = tuple(GuardResult(**result) for result in data["guards"])
        fields["status"] = Status(data["status"])
        fields["created_at"] = moment_of(data["created_at"])
        for key in ("decided_at", "executed_at"):
            fields[key] = moment_of(data[key]) if data[key] else None
        fields["measured"] = Measured.from_dict(data["measured"]) if data["measured"] else None
        return cls(**fields)


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def decision_id(now: datetime, agent: str, cycle: str, subject: Subject, place: int = 0) -> str:
    """`d_` and 26 characters: 48 bits of milliseconds, 16 of rank, 64 that name agent, cycle and subject.

    The layout is that of a ULID (https://github.com/ulid/spec), with rank and a digest for its randomness:
    read newest first, ids give the cycles from the last to the first and the best decision of each first.
    """
    key = json.dumps([agent, cycle, subject.kind, subject.id]).encode()
    digest = int.from_bytes(hashlib.sha256(key).digest()[:8], "big")
    rank = 0xFFFF - min(max(place, 0), 0xFFFF)
    value = (int(now.timestamp() * 1000) << 80) | (rank << 64) | digest
    return "d_" + "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))
