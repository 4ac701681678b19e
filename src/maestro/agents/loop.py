"""Loop: the one way in which every agent decides: observe, propose, simulate, guard, act, measure, learn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from maestro.agents import decision_words as words
from maestro.agents.audit_log import AuditLog
from maestro.agents.autonomy_store import AutonomyStore, Change
from maestro.agents.cycles import Cycles
from maestro.agents.decision import Decision, Proposal, Status, TimelineEvent
from maestro.agents.decision_store import DecisionStore
from maestro.agents.events import Listener
from maestro.agents.execution import Execution
from maestro.agents.guardrails.base import GuardContext, Guardrail, worst
from maestro.agents.guardrails.kill_switch import KillSwitch
from maestro.agents.journal import Journal, Move, tell_nobody
from maestro.agents.judgement import ask, judged, measured_move
from maestro.agents.moment import moment_of, moment_text
from maestro.agents.role import CycleReport, Role
from maestro.agents.track_record import Level, LevelChange
from maestro.clock import Clock
from maestro.errors import ConflictError, InputError, NotFoundError, PolicyError
from maestro.telemetry import Metrics

Counts = dict[str, Any]
"""What a step returns: a few figures as plain JSON, so that a durable workflow can store them."""


@dataclass(frozen=True)
class Cycle:
    """One turn of the loop: its name, unique for the agent, and the moment that all its steps take as now."""

    name: str
    at: datetime

    @classmethod
    def starting(cls, at: datetime) -> Cycle:
        """The cycle of a scheduled moment; the same moment gives the same cycle."""
        return cls(moment_text(at), at)

    def to_dict(self) -> dict[str, str]:
        """Plain JSON."""
        return {"name": self.name, "at": moment_text(self.at)}

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> Cycle:
        """What `to_dict` wrote."""
        return cls(data["name"], moment_of(data["at"]))


@dataclass
class _Work:
    """What the steps of the cycle in hand share in memory; lost in a crash and made again."""

    cycle: Cycle
    observation: Any
    proposals: Sequence[Proposal] | None = None


class _ActionCount:
    """How often the agent acted since a moment; asks the store once and counts on from there."""

    def __init__(self, store: DecisionStore, agent: str, session: Session) -> None:
        self._store = store
        self._agent = agent
        self._session = session
        self._counts: dict[tuple[datetime, str], int] = {}

    def __call__(self, since: datetime, subject_id: str) -> int:
        key = (since, subject_id)
        if key not in self._counts:
            self._counts[key] = self._store.acted(self._agent, since, subject_id, session=self._session)
        return self._counts[key]

    def add(self, subject_id: str) -> None:
        """One more action was allowed."""
        for key in self._counts:
            if key[1] in {"", subject_id}:
                self._counts[key] += 1


class DecisionLoop:
    """Runs one role's cycles, each step by itself, and carries out what people decide.

    Every step may be repeated, after a crash too: what is done already is not done again.

    Args:
        role: the domain's half of the loop.
        store: where decisions are kept.
        guardrails: limits on the role's actions; the kill switch is always among them.
        autonomy_store: where track records are kept; the role is registered there.
        audit: the audit log.
        clock: the time of what people do; a cycle's steps take the cycle's own moment.
        metrics: counters to keep.
        on_event: told of every decision, level change and finished cycle, after its commit.
        starting_level: level of an agent that was never seen before.
    """

    def __init__(
        self,
        role: Role,
        *,
        store: DecisionStore,
        guardrails: Iterable[Guardrail],
        autonomy_store: AutonomyStore,
        audit: AuditLog,
        clock: Clock,
        metrics: Metrics,
        on_event: Listener = tell_nobody,
        starting_level: Level = Level.SHADOW,
    ) -> None:
        self.role = role
        self.store = store
        self.autonomy = autonomy_store
        self.cycles = Cycles(store.database, autonomy_store)
        self._guardrails: tuple[Guardrail, ...] = ()
        self.guard_by(guardrails)
        self._clock = clock
        self._metrics = metrics
        self._on_event = on_event
        self._journal = Journal(store, audit, metrics, on_event)
        self._execution = Execution(role, store, autonomy_store, self._journal)
        self._work: _Work | None = None
        record = autonomy_store.register(role.name, starting_level)
        metrics.autonomy_level.labels(role.name).set(record.level)

    @property
    def guardrails(self) -> tuple[Guardrail, ...]:
        """The guardrails in force, with the limits that people set."""
        return self._in_force(None)

    def run_cycle(self, now: datetime | None = None) -> CycleReport:
        """All steps of one cycle; running the same moment again changes nothing."""
        cycle = Cycle.starting(now or self._clock.now())
        with self._metrics.cycle_seconds.labels(self.role.name).time():
            results = [
                step(cycle) for step in (self.observe, self.propose, self.simulate, self.guard, self.act)
            ]
            measured = self.measure(cycle)
            results += [measured, self.learn(cycle, measured["ids"])]
        return self.report(cycle, results)

    def observe(self, cycle: Cycle) -> Counts:
        """Let the role look; what it sees stays in memory."""
        if not self.cycles.known(self.role.name, cycle.name):
            self._work = _Work(cycle, self.role.observe(cycle.at))
        return {}

    def propose(self, cycle: Cycle) -> Counts:
        """Let the role propose."""
        if not self.cycles.known(self.role.name, cycle.name):
            self._proposals(cycle)
        return {}

    def simulate(self, cycle: Cycle) -> Counts:
        """Predict each proposal's effect and write all of them down as decisions, at once."""
        if self.cycles.known(self.role.name, cycle.name):
            return {"proposed": 0}
        proposals, observation = self._proposals(cycle)
        name, pack = self.role.name, self.role.pack
        decisions = [
            Decision.of(
                proposal,
                proposal.predicted or self.role.simulate(proposal, observation),
                agent=name,
                pack=pack,
                cycle=cycle.name,
                now=cycle.at,
                place=place,
            )
            for place, proposal in enumerate(proposals)
        ]
        max_loss = self.role.max_loss_per_cycle(cycle.at)
        with self.store.database.session() as session:
            self.cycles.begin(
                name, cycle.name, cycle.at, proposed=len(decisions), max_loss=max_loss, session=session
            )
            fresh = self.store.add(decisions, session=session)
            for decision in fresh:
                event = TimelineEvent(cycle.at, "proposed", f"agent:{name}", words.PROPOSED)
                self.store.note(decision.id, event, session=session)
        for decision in fresh:
            self._journal.announce(decision)
        self._work = None
        return {"proposed": len(fresh)}

    def guard(self, cycle: Cycle) -> Counts:
        """Ask every guardrail about every proposed decision, the best first, and settle who may allow it.

        Proposals that a crash left behind in an earlier cycle are judged too.
        """
        name = self.role.name
        counts: Counts = {"shadowed": 0, "waiting": 0, "blocked": 0}
        with self.store.database.session() as session:
            level = self.autonomy.record(name, session=session, locked=True).level
            guardrails = self._in_force(session)
            proposed = self.store.select(agent=name, status=(Status.PROPOSED,), session=session)
            spent = {
                each: self.store.spent(name, each, session=session)
                for each in {decision.cycle for decision in proposed}
            }
            moves: list[Move] = []
            acted = _ActionCount(self.store, name, session)
            context = self._context(level, cycle.at, acted, session)
            for decision in reversed(proposed):
                context = replace(context, spent=spent[decision.cycle])
                results = tuple(ask(guard, decision, context) for guard in guardrails)
                move = judged(decision, level, results, cycle.at)
                moves += self._journal.write([move], session=session)
                if worst(results) == "pass" or move.decision.status is Status.APPROVED:
                    spent[decision.cycle] += decision.action.cost
                if move.decision.status is Status.APPROVED:
                    acted.add(decision.subject.id)
                key = str(move.decision.status)
                counts[key] = counts.get(key, 0) + 1
        self._journal.tell(moves)
        counts.pop("approved", None)
        return counts

    def act(self, cycle: Cycle) -> Counts:
        """Carry out what is allowed, go on with what a crash or a failure left, expire what came too late."""
        counts: Counts = {"executed": 0, "failed": 0, "postponed": 0, "expired": self._expire(cycle.at)}
        allowed = self.store.select(agent=self.role.name, status=(Status.APPROVED, Status.EXECUTING))
        for decision in reversed(allowed):
            status = self._execution.run(decision.id, cycle.at).status
            key = "postponed" if status in {Status.APPROVED, Status.EXECUTING} else str(status)
            counts[key] = counts.get(key, 0) + 1
        return {("refused" if key == "blocked" else key): count for key, count in counts.items()}

    def measure(self, cycle: Cycle) -> Counts:
        """Ask the role for the realised gain of everything executed or shadowed that is old enough."""
        moves: list[Move] = []
        for decision in self.store.select(agent=self.role.name, status=(Status.EXECUTED, Status.SHADOWED)):
            if cycle.at >= decision.measure_until:
                continue
            measured = self.role.measure(decision, cycle.at)
            if measured is not None:
                moves.append(measured_move(decision, measured, cycle.at))
        if moves:
            with self.store.database.session() as session:
                self._journal.write(moves, session=session)
                self.cycles.count([move.decision for move in moves], session=session)
            self._journal.tell(moves)
        gain = sum(move.decision.measured.gain for move in moves if move.decision.measured)
        return {"measured": len(moves), "gain": gain, "ids": [move.decision.id for move in moves]}

    def learn(self, cycle: Cycle, measured_ids: Sequence[str]) -> Counts:
        """Let the role learn from what was measured, and the rule of autonomy weigh what is complete."""
        if measured_ids:
            self.role.learn([self.store.get(decision_id) for decision_id in measured_ids])
        for change in self.cycles.settle(self.role.name, cycle.at):
            self._announce(change)
        return {"level": self.autonomy.record(self.role.name).level.word}

    def report(self, cycle: Cycle, results: Iterable[Counts]) -> CycleReport:
        """What the steps of a cycle did, told to listeners."""
        counts: Counts = {}
        for result in results:
            counts |= result
        counts.pop("ids", None)
        report = CycleReport(
            agent=self.role.name,
            cycle=cycle.name,
            **counts | {"blocked": counts.get("blocked", 0) + counts.pop("refused", 0)},
        )
        self._on_event("cycle", report.to_dict())
        return report

    def approve(self, decision_id: str, person: str, note: str = "") -> Decision:
        """A person allows a waiting decision; it is carried out at once.

        Args:
            person: their e-mail address.

        Raises:
            NotFoundError: there is no such decision.
            ConflictError: it no longer waits, its time has passed, or the agent is stopped.
            PolicyError: a hard limit forbids it by now; it goes on waiting.
        """
        now = self._clock.now()
        decision = self.store.get(decision_id)
        approved = decision.move(Status.APPROVED, allowed_by=f"person:{person}", decided_at=now)
        if decision.due_at <= now:
            self._expire(now)
            raise ConflictError(
                "Its time has passed, so it expired.", remedy="Wait for the agent's next proposal."
            )
        if self.autonomy.stopped(decision.agent):
            raise ConflictError("This agent is stopped.", remedy="Resume the agent, then approve.")
        with self.store.database.session() as session:
            level = self.autonomy.record(decision.agent, session=session, locked=True).level
            acted = _ActionCount(self.store, decision.agent, session)
            spent = self.store.spent(decision.agent, decision.cycle, session=session)
            context = replace(self._context(level, now, acted, session), spent=spent)
            results = tuple(ask(guard, decision, context) for guard in self._in_force(session))
            forbidden = " ".join(result.words["en"] for result in results if result.verdict == "block")
            if forbidden:
                raise PolicyError(forbidden, remedy="Change the limit, or reject the decision.")
            event = TimelineEvent(
                now, "approved", f"person:{person}", words.by_person("approved", person, note)
            )
            moves = self._journal.write(
                [Move(approved, Status.WAITING, event, {"note": note})], session=session
            )
        self._journal.tell(moves)
        return self._execution.run(decision_id, now)

    def reject(self, decision_id: str, person: str, note: str = "") -> Decision:
        """A person turns a waiting decision down.

        Raises:
            NotFoundError: there is no such decision.
            ConflictError: it no longer waits.
        """
        now = self._clock.now()
        rejected = self.store.get(decision_id).move(Status.REJECTED, decided_at=now)
        event = TimelineEvent(now, "rejected", f"person:{person}", words.by_person("rejected", person, note))
        self._journal.enter(Move(rejected, Status.WAITING, event, {"note": note}))
        return rejected

    def undo(self, decision_id: str, person: str, note: str = "") -> Decision:
        """A person takes an executed decision back.

        Raises:
            NotFoundError: there is no such decision.
            ConflictError: it is not executed, or it is too late to take it back.
        """
        return self._execution.undo(decision_id, person, note, self._clock.now())

    def change(self, change: Change) -> LevelChange | None:
        """A person, or an alarm, changes the agent's autonomy by one of the functions of `autonomy`."""
        happened = self.autonomy.change(self.role.name, change)
        if happened:
            self._announce(happened)
        return happened

    def guard_by(self, guardrails: Iterable[Guardrail]) -> None:
        """Take these guardrails from now on, such as after the shop changed its choices."""
        self._guardrails = (KillSwitch(), *guardrails)

    def set_limit(self, guard: str, limit: float, person: str) -> None:
        """A person sets the limit of one of this agent's guardrails, from the next decision on.

        Raises:
            NotFoundError: this agent has no such guardrail.
            InputError: the limit is not usable.
        """
        found = [item for item in self._guardrails if item.name == guard]
        if not found:
            raise NotFoundError(f"{self.role.name} has no guardrail {guard}.")
        found[0].with_limit(limit)
        self.autonomy.set_limit(self.role.name, guard, limit, person)

    def _proposals(self, cycle: Cycle) -> tuple[Sequence[Proposal], Any]:
        if self._work is None or self._work.cycle != cycle:
            self._work = _Work(cycle, self.role.observe(cycle.at))
        if self._work.proposals is None:
            self._work.proposals = self.role.propose(self._work.observation)
        return self._work.proposals, self._work.observation

    def _in_force(self, session: Session | None) -> tuple[Guardrail, ...]:
        limits = self.autonomy.limits(self.role.name, session=session)
        return tuple(_limited(guard, limits.get(guard.name)) for guard in self._guardrails)

    def _context(self, level: Level, now: datetime, acted: _ActionCount, session: Session) -> GuardContext:
        stopped = self.autonomy.stopped(self.role.name, session=session)
        return GuardContext(now=now, level=level.word, stopped=stopped, acted=acted)

    def _expire(self, at: datetime) -> int:
        waiting = self.store.select(agent=self.role.name, status=(Status.WAITING,))
        event = TimelineEvent(at, "expired", "system", words.EXPIRED)
        moves = [
            Move(decision.move(Status.EXPIRED, decided_at=at), Status.WAITING, event)
            for decision in waiting
            if decision.due_at <= at
        ]
        if moves:
            self._journal.enter(*moves)
        return len(moves)

    def _announce(self, change: LevelChange) -> None:
        self._metrics.autonomy_level.labels(self.role.name).set(change.after)
        self._on_event(
            "agent",
            {
                "name": self.role.name,
                "kind": change.kind,
                "from": change.before.word,
                "to": change.after.word,
                "cause": dict(change.cause),
                "actor": change.actor,
                "at": moment_text(change.at),
            },
        )


def _limited(guard: Guardrail, limit: float | None) -> Guardrail:
    """The guardrail with the limit that a person set, or its own where a hard limit now forbids that."""
    if limit is None:
        return guard
    try:
        return guard.with_limit(limit)
    except InputError:
        return guard
