"""Execution: carries out allowed decisions exactly once, over crashes and retries, and takes them back."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from maestro.agents import decision_words as words
from maestro.agents.autonomy_store import AutonomyStore
from maestro.agents.decision import Decision, Status, TimelineEvent
from maestro.agents.decision_store import DecisionStore
from maestro.agents.journal import Journal, Move
from maestro.agents.moment import moment_of, moment_text
from maestro.agents.role import Role
from maestro.errors import MaestroError, PolicyError, TemporaryError
from maestro.telemetry import get_logger

MAX_ATTEMPTS = 5
"""Attempts after which a temporary failure counts as final."""


class Execution:
    """Acts for one role.

    "executing" is written before acting, so that after a crash the action is repeated with the same key, the
    decision's id, which the role must honour; nothing else is ever acted twice.
    """

    def __init__(self, role: Role, store: DecisionStore, autonomy: AutonomyStore, journal: Journal) -> None:
        self._role = role
        self._store = store
        self._autonomy = autonomy
        self._journal = journal
        self._one_at_a_time = threading.RLock()

    def run(self, decision_id: str, at: datetime) -> Decision:
        """Carry out an approved decision, or go on with an executing one; any other is left alone.

        Returns:
            the decision as it now is: executed, failed, blocked, expired, or still to be tried.
        """
        with self._one_at_a_time:
            decision = self._store.get(decision_id)
            if decision.status not in {Status.APPROVED, Status.EXECUTING}:
                return decision
            if self._autonomy.stopped(decision.agent) or not _due(decision, at):
                return decision
            actor = decision.allowed_by if decision.allowed_by.startswith("person:") else ""
            actor = actor or f"agent:{decision.agent}"
            if decision.status is Status.APPROVED:
                if decision.due_at <= at:
                    late = TimelineEvent(at, "expired", actor, words.EXPIRED)
                    return self._enter(decision, Status.EXPIRED, late)
                started = TimelineEvent(at, "executing", actor, words.STARTED)
                decision = self._enter(decision, Status.EXECUTING, started)
            return self._act(decision, actor, at)

    def undo(self, decision_id: str, person: str, note: str, at: datetime) -> Decision:
        """Take an executed decision back.

        Raises:
            ConflictError: it is not executed, or the role says that it is too late.
        """
        with self._one_at_a_time:
            decision = self._store.get(decision_id)
            undone = decision.move(Status.UNDONE)
            outcome = dict(self._role.undo(decision))
            undone = replace(undone, outcome={**decision.outcome, "undo": outcome})
            event = TimelineEvent(at, "undone", f"person:{person}", words.by_person("undone", person, note))
            self._journal.enter(Move(undone, Status.EXECUTED, event, {"note": note, "outcome": outcome}))
            return undone

    def _act(self, decision: Decision, actor: str, at: datetime) -> Decision:
        try:
            outcome = dict(self._role.act(decision))
        except TemporaryError as error:
            return self._try_later(decision, actor, at, str(error), error.delay_s)
        except PolicyError as error:
            refused = TimelineEvent(at, "blocked", actor, words.refused(str(error)))
            return self._enter(decision, Status.BLOCKED, refused, {"reason": str(error)})
        except MaestroError as error:
            failed = TimelineEvent(at, "failed", actor, words.failed(str(error)))
            return self._enter(decision, Status.FAILED, failed, {"reason": str(error)})
        except Exception as error:  # one broken action must not keep the others from happening
            get_logger("agents").exception("action broke", decision_id=decision.id)
            return self._try_later(decision, actor, at, f"{type(error).__name__}: {error}", 60.0)
        done = TimelineEvent(at, "executed", actor, words.EXECUTED)
        return self._enter(decision, Status.EXECUTED, done, outcome)

    def _try_later(
        self, decision: Decision, actor: str, at: datetime, cause: str, delay_s: float
    ) -> Decision:
        attempts = int(decision.outcome.get("attempts", 0)) + 1
        if attempts >= MAX_ATTEMPTS:
            failure = {"reason": cause, "attempts": attempts}
            failed = TimelineEvent(at, "failed", actor, words.failed(cause))
            return self._enter(decision, Status.FAILED, failed, failure)
        again = at + timedelta(seconds=delay_s * 2 ** (attempts - 1))
        waiting = {"reason": cause, "attempts": attempts, "retry_at": moment_text(again)}
        postponed = replace(decision, outcome=waiting)
        event = TimelineEvent(at, "postponed", actor, words.postponed(cause, attempts))
        self._journal.enter(Move(postponed, Status.EXECUTING, event, {"outcome": waiting}))
        return postponed

    def _enter(
        self,
        decision: Decision,
        to: Status,
        event: TimelineEvent,
        outcome: Mapping[str, Any] | None = None,
    ) -> Decision:
        changes: dict[str, Any] = {} if outcome is None else {"outcome": outcome}
        if to is Status.EXECUTED:
            changes["executed_at"] = event.at
        moved = decision.move(to, **changes)
        self._journal.enter(Move(moved, decision.status, event, {"outcome": outcome or {}}))
        return moved


def _due(decision: Decision, at: datetime) -> bool:
    retry_at = decision.outcome.get("retry_at")
    return retry_at is None or moment_of(retry_at) <= at
