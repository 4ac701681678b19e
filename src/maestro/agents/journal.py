"""Journal: moves decisions with their timeline and audit entries in one transaction, then tells listeners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from maestro.agents.audit_log import AuditLog
from maestro.agents.decision import Decision, Status, TimelineEvent
from maestro.agents.decision_store import DecisionStore
from maestro.agents.events import Listener
from maestro.telemetry import Metrics


def tell_nobody(_kind: str, _payload: Mapping[str, Any]) -> None:
    """The listener of a loop that nobody listens to."""


@dataclass(frozen=True)
class Move:
    """One decision's step: the version to write, the status that it must still have, what to tell.

    Args:
        details: for the audit log, plain JSON.
    """

    decision: Decision
    expected: Status
    event: TimelineEvent
    details: Mapping[str, Any] = field(default_factory=dict)


class Journal:
    """Writes what happens to decisions, so that record, timeline and audit log never disagree."""

    def __init__(self, store: DecisionStore, audit: AuditLog, metrics: Metrics, on_event: Listener) -> None:
        self._store = store
        self._audit = audit
        self._metrics = metrics
        self._on_event = on_event

    def write(self, moves: Iterable[Move], *, session: Session) -> tuple[Move, ...]:
        """Write all moves in the caller's transaction; call `tell` with them after the commit.

        Raises:
            ConflictError: one of the decisions was moved meanwhile; the transaction must not commit.
        """
        written = tuple(moves)
        for move in written:
            self._store.update(
                move.decision, expected_status=move.expected, event=move.event, session=session
            )
        for move in written:  # after all updates: whoever holds the audit chain must not wait for a decision
            details = {"agent": move.decision.agent, "status": str(move.decision.status), **move.details}
            self._audit.append(
                move.event.actor,
                f"decision.{move.event.event}",
                move.decision.id,
                details,
                session=session,
            )
        return written

    def tell(self, moves: Iterable[Move]) -> None:
        """Count and announce moves that were committed."""
        for move in moves:
            self.announce(move.decision)

    def announce(self, decision: Decision) -> None:
        """Count and announce one decision as it now is."""
        self._metrics.decisions.labels(decision.agent, str(decision.status)).inc()
        self._on_event("decision", decision.digest.to_dict())

    def enter(self, *moves: Move) -> None:
        """Write moves in a transaction of their own, then tell.

        Raises:
            ConflictError: one of the decisions was moved meanwhile; nothing is written.
        """
        with self._store.database.session() as session:
            written = self.write(moves, session=session)
        self.tell(written)
