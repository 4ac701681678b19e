"""Incident store: keeps incidents, one open for a component and kind, whichever process notices them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.recovery import incident_words
from maestro.engine.recovery.incident import (
    RUN_KINDS,
    Incident,
    IncidentDetail,
    IncidentStatus,
    Outcome,
    Severity,
    Symptom,
    TimelineEntry,
    Tried,
    cause_to_dict,
)
from maestro.engine.recovery.incident_tables import IncidentActionRow, IncidentEventRow, IncidentRow
from maestro.engine.recovery.root_cause import Cause
from maestro.engine.words import Words
from maestro.errors import ConflictError, NotFoundError

CAUSES_KEPT = 5
"""Suspects written down of each incident."""


class IncidentStore:
    """The incidents of a running system.

    Args:
        records: the engine's records, shared by all processes.
        clock: the wall clock.
    """

    def __init__(self, records: Database, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    def open(
        self,
        component: str,
        kind: str,
        severity: Severity,
        symptoms: Sequence[Symptom],
        words: Words,
        *,
        title: Words | None = None,
        at: datetime | None = None,
    ) -> tuple[Incident, bool]:
        """Open an incident, or find the one open for this component and kind; True where it is new.

        Args:
            component, kind: where and how it was noticed.
            severity: how much of the system it touches.
            symptoms: figures that were not as they should be.
            words: the first sentence of its timeline.
            title: what it is called; made of component and kind where it is None.
            at: when it began; now where it is None.
        """
        now = at or self._clock.now()
        row = {
            "kind": kind,
            "component": component,
            "open_key": f"{component}/{kind}",
            "title": (title or incident_words.title(component, kind)).shape(),
            "status": IncidentStatus.OPEN.value,
            "severity": severity.value,
            "started_at": now,
            "layer": "",
            "symptoms": [each.to_dict() for each in symptoms],
            "causes": [],
            "note": "",
            "owner": "",
        }
        try:
            with self._records.session() as session:
                incident_id = session.scalars(insert(IncidentRow).returning(IncidentRow.id), [row]).one()
                self._tell(session, incident_id, "opened", words, now)
        except IntegrityError:
            found = self.open_one(component, kind)
            if found is None:  # it was resolved meanwhile
                return self.open(component, kind, severity, symptoms, words, title=title, at=at)
            return found, False
        return self.get(str(incident_id)).incident, True

    def claim(self, incident_id: str, owner: str, for_s: float) -> bool:
        """Become, or stay, the one process that works on an incident; another's claim lasts until it ends."""
        now = self._clock.now()
        free = or_(
            IncidentRow.owner.in_(["", owner]),
            IncidentRow.owned_until < now,
            IncidentRow.owned_until.is_(None),
        )
        statement = (
            update(IncidentRow)
            .where(IncidentRow.id == _key(incident_id), IncidentRow.open_key.is_not(None), free)
            .values(owner=owner, owned_until=now + timedelta(seconds=for_s))
        )
        with self._records.session() as session:
            result = session.execute(statement)
            assert isinstance(result, CursorResult)
            return result.rowcount == 1

    def unresolved(self) -> list[Incident]:
        """Incidents that are not over, oldest first."""
        with self._records.reader() as session:
            rows = session.scalars(
                select(IncidentRow).where(IncidentRow.open_key.is_not(None)).order_by(IncidentRow.id)
            )
            return [_incident(row) for row in rows]

    def latest(
        self, *, status: Collection[str] = (), text: str = "", before: str | None = None, limit: int = 50
    ) -> tuple[list[Incident], int]:
        """The latest incidents, newest first, and how many there are.

        Args:
            status: only those of any of these; none means all.
            text: only those whose component or title holds it, in either case of letters.
            before: id of the last one already seen.
            limit: at most so many.
        """
        wanted: list[ColumnElement[bool]] = [IncidentRow.status.in_(status)] if status else []
        if text:
            places = (
                IncidentRow.component,
                IncidentRow.title["en"].as_string(),
                IncidentRow.title["ko"].as_string(),
            )
            wanted.append(or_(*(place.icontains(text, autoescape=True) for place in places)))
        older = [] if before is None else [IncidentRow.id < _key(before)]
        with self._records.reader() as session:
            total = session.scalar(select(func.count()).select_from(IncidentRow).where(*wanted)) or 0
            rows = session.scalars(
                select(IncidentRow).where(*wanted, *older).order_by(IncidentRow.id.desc()).limit(limit)
            )
            return [_incident(row) for row in rows], total

    def get(self, incident_id: str) -> IncidentDetail:
        """Everything that is known of an incident.

        Raises:
            NotFoundError: there is none of this id.
        """
        key = _key(incident_id)
        with self._records.reader() as session:
            row = session.get(IncidentRow, key)
            if row is None:
                raise NotFoundError(
                    f"There is no incident {incident_id}.", remedy="List the incidents to see their ids."
                )
            events = session.scalars(
                select(IncidentEventRow)
                .where(IncidentEventRow.incident_id == key)
                .order_by(IncidentEventRow.id)
            )
            actions = session.scalars(
                select(IncidentActionRow)
                .where(IncidentActionRow.incident_id == key)
                .order_by(IncidentActionRow.id)
            )
            return IncidentDetail(
                _incident(row),
                tuple(row.symptoms),
                tuple(row.causes),
                tuple(TimelineEntry(each.at, each.kind, Words(**each.words)) for each in events),
                tuple(_tried(each) for each in actions),
            )

    def tell(self, incident_id: str, kind: str, words: Words, *, at: datetime | None = None) -> None:
        """Add a sentence to the timeline."""
        with self._records.session() as session:
            self._tell(session, _key(incident_id), kind, words, at)

    def suspect(
        self,
        incident_id: str,
        causes: Sequence[Cause],
        symptoms: Sequence[Symptom],
        *,
        at: datetime | None = None,
    ) -> None:
        """Write down the ranked causes and the symptoms they rest on, and name the first of the causes."""
        values = {
            "causes": [cause_to_dict(cause) for cause in causes[:CAUSES_KEPT]],
            "symptoms": [each.to_dict() for each in symptoms],
        }
        with self._records.session() as session:
            row = session.get_one(IncidentRow, _key(incident_id))
            before = row.causes[0]["component"] if row.causes else None
            session.execute(update(IncidentRow).where(IncidentRow.id == row.id).values(**values))
            if causes and causes[0].component != before:
                words = incident_words.blamed(causes[0].component, causes[0].probability)
                self._tell(session, row.id, "cause", words, at)

    def explain(self, incident_id: str, cause: Cause) -> None:
        """Write down one more thing that is known for certain to be the trouble."""
        with self._records.session() as session:
            row = session.get_one(IncidentRow, _key(incident_id))
            causes = [*row.causes, cause_to_dict(cause)][:CAUSES_KEPT]
            session.execute(update(IncidentRow).where(IncidentRow.id == row.id).values(causes=causes))

    def action_started(
        self, incident_id: str, action: str, target: str, layer: str, *, at: datetime | None = None
    ) -> int:
        """An action begins; returns its number."""
        key, now = _key(incident_id), at or self._clock.now()
        row = IncidentActionRow(
            incident_id=key,
            action=action,
            target=target,
            layer=layer,
            started_at=now,
            ended_at=None,
            outcome=Outcome.RUNNING.value,
        )
        with self._records.session() as session:
            session.add(row)
            session.execute(
                update(IncidentRow)
                .where(IncidentRow.id == key, IncidentRow.open_key.is_not(None))
                .values(status=IncidentStatus.RECOVERING.value, layer=layer)
            )
            self._tell(session, key, "action", incident_words.acting(action, target, layer), now)
        return row.id

    def action_ended(self, number: int, outcome: Outcome, *, at: datetime | None = None) -> None:
        """The health checks have judged an action."""
        now = at or self._clock.now()
        with self._records.session() as session:
            row = session.get_one(IncidentActionRow, number)
            row.ended_at, row.outcome = now, outcome.value
            words = incident_words.acted(row.action, row.target, outcome.value)
            self._tell(session, row.incident_id, "action", words, now)

    def escalate(
        self, incident_id: str, words: Words = incident_words.ESCALATED, *, at: datetime | None = None
    ) -> None:
        """A person is called, for the reason that the words give; the incident stays open."""
        with self._records.session() as session:
            session.execute(
                update(IncidentRow)
                .where(IncidentRow.id == _key(incident_id), IncidentRow.open_key.is_not(None))
                .values(status=IncidentStatus.ESCALATED.value)
            )
            self._tell(session, _key(incident_id), "escalated", words, at)

    def acknowledge(self, incident_id: str, by: str, note: str = "") -> IncidentDetail:
        """A person has seen it.

        Raises:
            NotFoundError: there is none of this id.
            ConflictError: it is over.
        """
        self._by_person(incident_id, {"acknowledged_by": by}, incident_words.acknowledged(by, note), note)
        return self.get(incident_id)

    def resolve(
        self, incident_id: str, by: str = "", note: str = "", *, at: datetime | None = None
    ) -> IncidentDetail:
        """It is over: found healthy, or closed by a person.

        Raises:
            NotFoundError: there is none of this id.
            ConflictError: it was over already.
        """
        now = at or self._clock.now()
        seconds = (now - self.get(incident_id).incident.started_at).total_seconds()
        values: dict[str, object] = {
            "status": IncidentStatus.RESOLVED.value,
            "open_key": None,
            "resolved_at": now,
            "recovery_s": seconds,
        }
        words = incident_words.resolved_by(by, note) if by else incident_words.resolved(seconds)
        self._by_person(incident_id, values, words, note)
        return self.get(incident_id)

    def _by_person(self, incident_id: str, values: dict[str, object], words: Words, note: str) -> None:
        self.get(incident_id)
        changes = {**values, "note": note} if note else values
        still_open = (IncidentRow.id == _key(incident_id)) & IncidentRow.open_key.is_not(None)
        with self._records.session() as session:
            result = session.execute(update(IncidentRow).where(still_open).values(**changes))
            assert isinstance(result, CursorResult)
            if result.rowcount == 0:
                raise ConflictError(f"The incident {incident_id} is over.", remedy="Load the page again.")
            kind = "resolved" if "resolved_at" in values else "acknowledged"
            self._tell(session, _key(incident_id), kind, words)

    def _tell(self, session: Session, key: int, kind: str, words: Words, at: datetime | None = None) -> None:
        session.add(
            IncidentEventRow(incident_id=key, at=at or self._clock.now(), kind=kind, words=words.shape())
        )

    def open_one(self, component: str, kind: str) -> Incident | None:
        """The incident that is open for this component and kind, if there is one."""
        with self._records.reader() as session:
            wanted = IncidentRow.open_key == f"{component}/{kind}"
            row = session.scalars(select(IncidentRow).where(wanted)).first()
            return None if row is None else _incident(row)


def _key(incident_id: str) -> int:
    if not incident_id.isdecimal() or len(incident_id) > 15:
        raise NotFoundError(
            f"There is no incident {incident_id}.", remedy="List the incidents to see their ids."
        )
    return int(incident_id)


def _cause(row: IncidentRow) -> Words | None:
    if not row.causes:
        return None
    first = row.causes[0]
    if row.kind in RUN_KINDS:
        return Words(**first["evidence"][0])
    return incident_words.blamed(first["component"], first["probability"])


def _incident(row: IncidentRow) -> Incident:
    return Incident(
        str(row.id),
        row.kind,
        row.component,
        Words(**row.title),
        IncidentStatus(row.status),
        Severity(row.severity),
        row.started_at,
        row.resolved_at,
        None if row.kind in RUN_KINDS else row.layer or None,
        _cause(row),
        row.recovery_s,
        row.acknowledged_by,
        row.note,
    )


def _tried(row: IncidentActionRow) -> Tried:
    return Tried(
        row.id, row.action, row.target, row.layer, row.started_at, row.ended_at, Outcome(row.outcome)
    )
