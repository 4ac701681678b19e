"""Accounts: the people who may sign in, their role, language and password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from maestro.clock import Clock
from maestro.database import Base, Database
from maestro.errors import ConflictError, InputError, NotFoundError
from maestro.server.passwords import Passwords

FIRST_OWNER = "owner@localhost"


class Account(Base):
    """One person; `version` rises whenever rights change, which voids the access tokens issued before."""

    __tablename__ = "accounts"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - a token must never fit a later person

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Person:
    """A person as the rest of the server sees one: no password, no hash."""

    id: int
    email: str
    name: str
    role: str
    language: str
    has_password: bool
    version: int
    created_at: datetime
    last_sign_in_at: datetime | None


def person_of(row: Account) -> Person:
    """The person an account row describes."""
    return Person(
        id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        language=row.language,
        has_password=row.password_hash is not None,
        version=row.version,
        created_at=row.created_at,
        last_sign_in_at=row.last_sign_in_at,
    )


def tidy_email(text: str) -> str:
    """The e-mail address as it is kept: trimmed and in lower case.

    Raises:
        InputError: it is not an address.
    """
    email = text.strip().lower()
    name, at, host = email.partition("@")
    if not (name and at and host) or "@" in host or len(email) > 254 or any(c.isspace() for c in email):
        raise InputError(f"{text[:80]!r} is not an e-mail address.", remedy="Write it as name@example.com.")
    return email


class Accounts:
    """Reads and changes accounts."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords

    def get(self, person_id: int) -> Person:
        """The person with this id.

        Raises:
            NotFoundError: there is none.
        """
        with self._database.reader() as session:
            row = session.get(Account, person_id)
            if row is None:
                raise _unknown(person_id)
            return person_of(row)

    def everyone(self) -> list[Person]:
        """All people, by name."""
        with self._database.reader() as session:
            return [
                person_of(row) for row in session.scalars(select(Account).order_by(Account.name, Account.id))
            ]

    def check_password(self, email: str, password: str) -> Person | None:
        """The person, when the address and the password belong together; takes the same time when not."""
        with self._database.reader() as session:
            row = session.scalar(select(Account).where(Account.email == email.strip().lower()))
        right = self._passwords.matches(password, row.password_hash if row else None)
        return person_of(row) if row is not None and right else None

    def first_owner(self, language: str) -> Person:
        """The oldest owner; on an empty database one is made, who first signs in by link."""
        with self._database.session() as session:
            row = session.scalar(select(Account).where(Account.role == "owner").order_by(Account.id).limit(1))
            if row is None:
                row = Account(
                    email=FIRST_OWNER,
                    name="Owner" if language != "ko" else "소유자",
                    role="owner",
                    language=language,
                    created_at=self._clock.now(),
                )
                session.add(row)
                session.flush()
            return person_of(row)

    def add(self, *, email: str, name: str, role: str, language: str, password: str | None) -> Person:
        """A new person; without a password only a sign-in link lets them in.

        Raises:
            InputError: the address or the password is not acceptable.
            ConflictError: somebody has this address already.
        """
        row = Account(
            email=tidy_email(email),
            name=name.strip(),
            role=role,
            language=language,
            password_hash=self._passwords.hash(password) if password is not None else None,
            created_at=self._clock.now(),
        )
        try:
            with self._database.session() as session:
                session.add(row)
                session.flush()
                return person_of(row)
        except IntegrityError as error:
            raise ConflictError(
                f"{row.email} has an account already.", remedy="Change the existing account instead."
            ) from error

    def change(self, person_id: int, changes: Mapping[str, Any]) -> Person:
        """Change name, language, role or password; a new role or password voids tokens issued before.

        Raises:
            NotFoundError: no such person.
            InputError: the new password is not acceptable.
            ConflictError: the last owner would lose the role.
        """
        hashed = self._passwords.hash(changes["password"]) if changes.get("password") is not None else None
        with self._database.session() as session:
            row = session.get(Account, person_id, with_for_update=True)
            if row is None:
                raise _unknown(person_id)
            if row.role == "owner" and changes.get("role", "owner") != "owner":
                _refuse_last_owner(session)
            if hashed is not None or changes.get("role", row.role) != row.role:
                row.version += 1
            row.password_hash = hashed or row.password_hash
            for field in ("name", "language", "role"):
                if changes.get(field) is not None:
                    setattr(row, field, changes[field])
            session.flush()
            return person_of(row)

    def remove(self, person_id: int) -> None:
        """Delete a person with all their sessions.

        Raises:
            NotFoundError: no such person.
            ConflictError: it is the last owner.
        """
        with self._database.session() as session:
            row = session.get(Account, person_id, with_for_update=True)
            if row is None:
                raise _unknown(person_id)
            if row.role == "owner":
                _refuse_last_owner(session)
            session.delete(row)

    def note_sign_in(self, person_id: int) -> None:
        """Remember when this person last signed in."""
        with self._database.session() as session:
            session.get_one(Account, person_id).last_sign_in_at = self._clock.now()

    def confirm_password(self, person_id: int, password: str) -> bool:
        """Whether this is the person's present password."""
        with self._database.reader() as session:
            kept = session.scalar(select(Account.password_hash).where(Account.id == person_id))
        return self._passwords.matches(password, kept)


def _refuse_last_owner(session: Session) -> None:
    owners = session.scalar(select(func.count()).select_from(Account).where(Account.role == "owner")) or 0
    if owners < 2:
        raise ConflictError(
            "This is the last owner, and somebody must own the shop.",
            remedy="Make another person owner first.",
        )


def _unknown(person_id: int) -> NotFoundError:
    return NotFoundError(f"There is no person {person_id}.", remedy="See the list of people.")
