"""Recovery: the loop that notices trouble, finds its cause, acts in layers, verifies, and learns."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from maestro.clock import Clock
from maestro.engine.recovery import incident_words
from maestro.engine.recovery.case import Case, Closed, Escalation, Trial
from maestro.engine.recovery.chronicle import Chronicle
from maestro.engine.recovery.health import Condition, Health, HealthState
from maestro.engine.recovery.incident import Outcome, Severity, Symptom
from maestro.engine.recovery.playbook import Playbooks
from maestro.engine.recovery.prevention import Prevention
from maestro.engine.recovery.root_cause import CHANGES_COUNT_S, Change, Evidence, RootCause
from maestro.engine.recovery.signals import Anomaly
from maestro.engine.recovery.troubleshooting import Choice, Chooser
from maestro.engine.words import Words
from maestro.errors import MaestroError
from maestro.settings import RecoverySettings
from maestro.telemetry import get_logger

SYMPTOMS_KEPT = 20
"""Unusual figures written down of each incident."""

YOUNG_S = 60.0
"""Seconds for which trouble is looked at more often than health."""

_log = get_logger("engine.recovery")


class Recovery:
    """Keeps a running system healthy.

    Each round asks the health checks. Trouble that is confirmed becomes an incident, or joins one that it is
    related to; its likeliest causes are found; actions are tried, one at a time, deeper with its age; each is
    judged by the health checks and learned from. What nothing could mend is handed to a person.

    Args:
        health: the checks.
        causes: finds root causes; knows the graph of components.
        chooser: chooses what to try next.
        playbooks: learns from what was tried.
        chronicle: writes the record.
        clock: the wall clock.
        settings: rhythm, layers and patience.
        changes: what was changed since a moment.
        call_person: told of an incident that recovery gives up on.
        prevention: acts before something breaks.

    Example:
        task = asyncio.create_task(recovery.run())
    """

    def __init__(
        self,
        *,
        health: Health,
        causes: RootCause,
        chooser: Chooser,
        playbooks: Playbooks,
        chronicle: Chronicle,
        clock: Clock,
        settings: RecoverySettings,
        changes: Callable[[datetime], Sequence[Change]] = lambda _: (),
        call_person: Callable[[Escalation], None] = lambda _: None,
        prevention: Prevention | None = None,
    ) -> None:
        self.health = health
        self.causes = causes
        self.playbooks = playbooks
        self.prevention = prevention
        self.cases: list[Case] = []
        self._chooser = chooser
        self._chronicle = chronicle
        self._clock = clock
        self._settings = settings
        self._changes = changes
        self._call_person = call_person
        self._closed: list[Closed] = []
        self._ending: set[asyncio.Future[None]] = set()
        self._adopted = False

    async def run(self) -> None:
        """Round after round, until cancelled; a round that fails is logged, and the next one comes."""
        try:
            while True:
                try:
                    await self.round()
                except Exception as error:
                    _log.error("a round of recovery failed", error=str(error), exc_info=error)
                await self._clock.sleep(self.pause_s)
        finally:
            await self.stop()

    @property
    def pause_s(self) -> float:
        """Seconds until the next round: less while something is wrong that is not old yet."""
        begun = [case.noticed_at for case in self.cases]
        begun += [each.since for each in self.health.conditions.values() if not each.reading.healthy]
        young = any((self._clock.now() - moment).total_seconds() < YOUNG_S for moment in begun)
        return self._settings.trouble_interval_s if young else self._settings.check_interval_s

    async def stop(self) -> None:
        """Leave alone what is being tried; its incidents stay open for the next process."""
        for case in self.cases:
            if case.trial is not None and not case.trial.task.done():
                case.trial.task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await case.trial.task
        if self._ending:
            await asyncio.gather(*self._ending, return_exceptions=True)
        if self.prevention is not None:
            await self.prevention.stop()

    async def round(self) -> None:
        """Ask every check, then move every incident on by what was found."""
        conditions = await self.health.round()
        if not self._adopted:
            with contextlib.suppress(MaestroError, SQLAlchemyError):  # tried again in the next round
                self.cases.extend(await self._chronicle.adopt(conditions))
                self._adopted = True
        self._notice(conditions)
        await self._chronicle.flush()
        for case in list(self.cases):
            self._move_on(case, conditions)
        if self.prevention is not None:
            await self.prevention.round({name for case in self.cases for name in case.members})
        await self._chronicle.flush()

    def _notice(self, conditions: Mapping[str, Condition]) -> None:
        covered = {name for case in self.cases for name in case.members}
        if self.prevention is not None:
            covered |= self.prevention.disturbed()
        confirmed = [
            condition
            for name, condition in conditions.items()
            if name not in covered
            and not condition.reading.healthy
            and condition.rounds >= self._settings.confirming_checks
        ]
        confirmed.sort(key=lambda condition: condition.reading.state is not HealthState.FAILING)
        for condition in confirmed:
            case = self._related(condition.component)
            if case is None:
                self._open(condition)
            else:
                case.members.add(condition.component)
                self._chronicle.joined(case, condition.component, condition.reading.kind)

    def _related(self, component: str) -> Case | None:
        graph = self.causes.dependencies
        for case in self.cases:
            if any(graph.related(component, member) for member in case.members):
                return case
        return None

    def _open(self, condition: Condition) -> None:
        component, kind = condition.component, condition.reading.kind
        noticed_at = condition.since
        case = Case(component, kind, noticed_at, {component})
        self.cases.append(case)
        symptoms = _symptoms(self.health.signals.anomalies(noticed_at), {component})
        self._chronicle.opened(case, self._severity(condition), symptoms)
        _log.warning("incident opened", component=component, kind=kind)
        self._take_back(case)

    def _move_on(self, case: Case, conditions: Mapping[str, Condition]) -> None:
        if self._is_over(case, conditions):
            self._close(case)
            return
        if case.resolved_elsewhere:
            self.cases.remove(case)  # what still suffers opens another one in the next round
            return
        if case.trial is not None and not self._is_vain(case, case.trial, conditions):
            return
        if case.escalated:
            return
        self._chronicle.claimed(case)
        if case.mine is False:
            return
        self._rank(case, conditions)
        if self._needs_person(case, conditions):
            self._escalate(case, incident_words.ONLY_A_PERSON)
            return
        elapsed_s = (self._clock.now() - case.noticed_at).total_seconds()
        if elapsed_s >= self._settings.degrade_until_s:
            self._escalate(case)
        choice = self._chooser.choose(case.causes, case.kind, elapsed_s, case.tries)
        if choice is None:
            self._escalate(case)
        else:
            self._try(case, choice)

    def _is_over(self, case: Case, conditions: Mapping[str, Condition]) -> bool:
        return all(
            conditions[name].reading.healthy and conditions[name].rounds >= self._settings.confirming_checks
            for name in case.members
            if name in conditions
        )

    def _needs_person(self, case: Case, conditions: Mapping[str, Condition]) -> bool:
        readings = [conditions[name].reading for name in case.members if name in conditions]
        suffering = [reading for reading in readings if not reading.healthy]
        return bool(suffering) and all(reading.needs_person for reading in suffering)

    def _is_vain(self, case: Case, trial: Trial, conditions: Mapping[str, Condition]) -> bool:
        """Whether what is being tried has been judged to be of no help; then it is over."""
        now, action = self._clock.now(), trial.choice.action
        if not trial.task.done():
            if (now - trial.started_at).total_seconds() < action.timeout_s:
                return False
            trial.task.cancel()
            self._give_up(case, trial, Outcome.FAILED)
            return True
        if trial.task.cancelled() or trial.task.exception() is not None:
            self._give_up(case, trial, Outcome.FAILED)
            return True
        if trial.ended_at is None:
            trial.ended_at = now
        waited_s = (now - trial.ended_at).total_seconds()
        settling = all(conditions[name].reading.healthy for name in case.members if name in conditions)
        if settling or waited_s < action.settle_s:
            return False
        self._give_up(case, trial, Outcome.NO_EFFECT)
        return True

    def _give_up(self, case: Case, trial: Trial, outcome: Outcome) -> None:
        seconds = (self._clock.now() - trial.started_at).total_seconds()
        self.playbooks.learn(trial.choice.situation, trial.choice.action.name, worked=False, seconds=seconds)
        self._chooser.failed(trial.choice, case.tries)
        self._chronicle.judged(case, trial, outcome)
        case.trial = None

    def _rank(self, case: Case, conditions: Mapping[str, Condition]) -> None:
        since = case.noticed_at - timedelta(seconds=CHANGES_COUNT_S)
        anomalies = self.health.signals.anomalies(case.noticed_at)
        readings = {name: conditions[name].reading for name in case.members if name in conditions}
        certain = {name: each.cause for name, each in readings.items() if each.cause is not None}
        evidence = Evidence(case.members, anomalies, self._changes(since), case.noticed_at, certain)
        case.causes = self.causes.rank(evidence)
        shown = {cause.component for cause in case.causes[:3]} | case.members
        self._chronicle.suspected(case, case.causes, _symptoms(anomalies, shown))

    def _try(self, case: Case, choice: Choice) -> None:
        task = asyncio.ensure_future(choice.action.run(choice.target))
        case.trial = Trial(choice, task, self._clock.now())
        if choice.action.afterwards is not None and choice not in case.to_end:
            case.to_end.append(choice)
        self._chronicle.tried(case, case.trial)
        _log.info("recovery acts", action=choice.action.name, target=choice.target, on=case.component)

    def _close(self, case: Case) -> None:
        trial, now = case.trial, self._clock.now()
        if trial is not None and trial.task.done():
            seconds = (now - trial.started_at).total_seconds()
            name = trial.choice.action.name
            self.playbooks.learn(trial.choice.situation, name, worked=True, seconds=seconds)
            self._chronicle.judged(case, trial, Outcome.RECOVERED)
            self._closed.append(Closed(case, trial, now, seconds))
        elif trial is not None:
            trial.task.cancel()
            self._chronicle.judged(case, trial, Outcome.SUPERSEDED)
        self._end(case)
        self._chronicle.resolved(case)
        self.cases.remove(case)
        _log.info("incident resolved", component=case.component, kind=case.kind)

    def _end(self, case: Case) -> None:
        """End holds and detours; the checks will tell if that was too early."""
        for choice in case.to_end:
            if choice.action.afterwards is not None:
                ending = asyncio.ensure_future(choice.action.afterwards(choice.target))
                self._ending.add(ending)
                ending.add_done_callback(self._ended)

    def _ended(self, ending: asyncio.Future[None]) -> None:
        self._ending.discard(ending)
        if not ending.cancelled() and (error := ending.exception()) is not None:
            _log.error("an action could not be ended", error=str(error))

    def _take_back(self, case: Case) -> None:
        """The same trouble again, so soon: what seemed to mend it had not."""
        now, limit = self._clock.now(), timedelta(seconds=self._settings.relapse_s)
        self._closed = [closed for closed in self._closed if now - closed.at < limit]
        for closed in list(self._closed):
            before, choice = closed.case, closed.trial.choice
            if (before.component, before.kind) != (case.component, case.kind):
                continue
            self.playbooks.withdraw(choice.situation, choice.action.name, closed.seconds)
            self._chooser.failed(choice, case.tries)
            self._chronicle.judged(before, closed.trial, Outcome.RELAPSED)
            self._chronicle.relapsed(case)
            self._closed.remove(closed)

    def _escalate(self, case: Case, words: Words = incident_words.ESCALATED) -> None:
        if case.escalated:
            return
        case.escalated = True
        self._chronicle.escalated(case, words)
        _log.error("a person is called", component=case.component, kind=case.kind)
        self._call_person(
            Escalation(
                case.incident_id,
                incident_words.title(case.component, case.kind),
                case.noticed_at,
                tuple(case.causes[:3]),
                tuple(case.tries.count),
            )
        )

    def _severity(self, condition: Condition) -> Severity:
        dependants = self.causes.dependencies.dependants(condition.component)
        share = len(dependants) / max(1, len(self.causes.dependencies.components) - 1)
        if condition.reading.state is HealthState.FAILING:
            return Severity.CRITICAL if share >= 0.5 else Severity.HIGH
        return Severity.MEDIUM if share >= 0.25 else Severity.LOW


def _symptoms(anomalies: Sequence[Anomaly], components: set[str]) -> list[Symptom]:
    mine = [each for each in anomalies if each.component in components]
    mine.sort(key=lambda each: -abs(each.z))
    return [
        Symptom(f"{each.component} {each.metric}", round(each.value, 4), round(each.normal, 4), each.onset)
        for each in mine[:SYMPTOMS_KEPT]
    ]
