"""Audit log: who did what to what, in a hash chain that shows any altered, removed or inserted row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from maestro.agents.moment import moment_text
from maestro.agents.transaction import writing
from maestro.clock import Clock
from maestro.database import Base, Database, table_of
from maestro.errors import InputError

GENESIS = "0" * 64
"""What the first row is chained to."""


class AuditRow(Base):
    """One entry. Its hash covers all its other fields and the hash of the entry before."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(320))
    action: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(320))
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Base):
    """The end of the chain, kept apart so that a cut-off tail is noticed; locked by whoever appends."""

    __tablename__ = "audit_head"

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_id: Mapped[int]
    last_hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class AuditEntry:
    """One entry as read back."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
    hash: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "id": self.id,
            "at": moment_text(self.at),
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "details": dict(self.details),
            "hash": self.hash,
        }


@dataclass(frozen=True)
class AuditPage:
    """Entries, newest first; `next_cursor` is where the next page begins, None after the last."""

    items: tuple[AuditEntry, ...]
    next_cursor: str | None
    total: int


@dataclass(frozen=True)
class Verification:
    """Whether the chain holds; if not, the id of the first entry that is altered, missing or out of place."""

    ok: bool
    rows: int
    first_broken: int | None


class AuditLog:
    """Append-only record of every decision, action and administrative change.

    It shows tampering by anyone who does not recompute the whole chain and its head; to guard against that
    too, keep `head()` somewhere else now and then and hand it to `verify`.

    Args:
        database: where it is kept.
        clock: stamps the entries.
        on_entry: told actor and action of each entry; must be quick.
    """

    def __init__(
        self, database: Database, clock: Clock, on_entry: Callable[[str, str], None] = lambda *_: None
    ) -> None:
        self.database = database
        self._clock = clock
        self._on_entry = on_entry

    def append(
        self,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, Any] | None = None,
        *,
        session: Session | None = None,
    ) -> AuditEntry:
        """Add one entry, in the caller's transaction when a session is given.

        Args:
            actor: "person:<email>", "agent:<name>" or "system".
            action: what was done, such as "decision.executed".
            subject: what it was done to, such as a decision's id.
            details: plain JSON.

        Raises:
            InputError: the details are not plain JSON; nothing is written.
        """
        plain = dict(details or {})
        with writing(self.database, session) as open_session:
            last_id, last_hash = _locked_head(open_session)
            entry_id, at = last_id + 1, self._clock.now()
            values = {
                "id": entry_id,
                "at": at,
                "actor": actor,
                "action": action,
                "subject": subject,
                "details": plain,
                "previous": last_hash,
            }
            digest = _digest(values)
            open_session.execute(_INSERT, {**values, "hash": digest})
            open_session.execute(_MOVE_HEAD, {"last_id": entry_id, "last_hash": digest})
        self._on_entry(actor, action)
        return AuditEntry(entry_id, at, actor, action, subject, plain, digest)

    def list(self, *, subject: str = "", limit: int = 50, cursor: str | None = None) -> AuditPage:
        """Entries, newest first, of one subject or of all.

        Raises:
            InputError: the limit is out of range or the cursor is not one of ours.
        """
        if not 1 <= limit <= 200:
            raise InputError(f"A page holds 1 to 200 entries, not {limit}.")
        if cursor is not None and (not cursor.isdecimal() or len(cursor) > 15):
            raise InputError("The cursor is not one of ours.", remedy="Begin again without a cursor.")
        query, count = select(AuditRow), select(func.count()).select_from(AuditRow)
        if subject:
            query, count = query.where(AuditRow.subject == subject), count.where(AuditRow.subject == subject)
        if cursor is not None:
            query = query.where(AuditRow.id < int(cursor))
        with self.database.reader() as session:
            rows = session.scalars(query.order_by(AuditRow.id.desc()).limit(limit + 1)).all()
            total = session.scalar(count) or 0
        items = tuple(
            AuditEntry(row.id, row.at, row.actor, row.action, row.subject, row.details, row.hash)
            for row in rows[:limit]
        )
        return AuditPage(items, str(items[-1].id) if len(rows) > limit else None, total)

    def head(self) -> tuple[int, str]:
        """Id and hash of the last entry; (0, "00...") while there is none."""
        with self.database.reader() as session:
            row = session.get(AuditHeadRow, 1)
        return (row.last_id, row.last_hash) if row else (0, GENESIS)

    def verify(self, anchor: tuple[int, str] | None = None) -> Verification:
        """Walk the whole chain.

        Args:
            anchor: a `head()` kept elsewhere; the entry of that id must still have that hash.
        """
        expected, previous, rows = 1, GENESIS, 0
        with self.database.reader() as session:
            if (
                self.database.dialect == "postgresql"
            ):  # rows and head of the same moment; SQLite gives no other
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            head = session.get(AuditHeadRow, 1)
            for row in _walk(session):
                values = {name: getattr(row, name) for name in _HASHED}
                sound = row.id == expected and row.previous == previous and row.hash == _digest(values)
                if not sound or (anchor and anchor[0] == row.id and anchor[1] != row.hash):
                    return Verification(False, _count(session), expected)
                expected, previous, rows = expected + 1, row.hash, rows + 1
        end = (head.last_id, head.last_hash) if head else (0, GENESIS)
        if (rows, previous) != end:
            return Verification(False, rows, min(rows, end[0]) + 1 if rows != end[0] else rows)
        if anchor and anchor[0] > rows:
            return Verification(False, rows, rows + 1)
        return Verification(True, rows, None)


_HASHED: Sequence[str] = ("id", "at", "actor", "action", "subject", "details", "previous")


def _digest(values: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON (sorted keys, no blanks, UTF-8), which holds the previous hash."""
    plain = {**values, "at": moment_text(values["at"])}
    try:
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The details of an audit entry are not plain JSON: {error}.",
            remedy="Give numbers, texts, lists and dictionaries; write moments as text and leave NaN out.",
        ) from error
    return hashlib.sha256(text.encode()).hexdigest()


_HEAD = table_of(AuditHeadRow)
_INSERT = insert(table_of(AuditRow))
_MOVE_HEAD = update(_HEAD).where(_HEAD.c.chain == 1)
_MOVE_HEAD = _MOVE_HEAD.values(last_id=bindparam("last_id"), last_hash=bindparam("last_hash"))
_LOCK_HEAD = select(_HEAD.c.last_id, _HEAD.c.last_hash).where(_HEAD.c.chain == 1).with_for_update()


def _locked_head(session: Session) -> tuple[int, str]:
    """The end of the chain, locked until the transaction ends (SQLite's writers are alone anyway)."""
    head = session.execute(_LOCK_HEAD).one_or_none()
    if head is None:
        make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        first = make(_HEAD).values(chain=1, last_id=0, last_hash=GENESIS)
        session.execute(first.on_conflict_do_nothing())
        head = session.execute(_LOCK_HEAD).one()
    return head.last_id, head.last_hash


def _walk(session: Session) -> Iterator[AuditRow]:
    """All rows in order, a thousand at a time, so that a long log needs little memory."""
    last: int | None = None
    while True:
        query = select(AuditRow).order_by(AuditRow.id).limit(1000)
        rows = session.scalars(query if last is None else query.where(AuditRow.id > last)).all()
        yield from rows
        if len(rows) < 1000:
            return
        last = rows[-1].id
        session.expunge_all()


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditRow)) or 0
