"""Sign-in sessions: refresh tokens that change at every use, and one-time sign-in links."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from maestro.clock import Clock
from maestro.database import Base, Database

REUSE_GRACE = timedelta(seconds=10)
"""Two tabs may refresh with the same token at the same moment; only a later second use means theft."""


class SignInSession(Base):
    """One sign-in on one device; its refresh tokens form a family that is revoked as a whole."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - a token must never fit a later session

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One refresh token, kept as a hash; `used_at` is set when it was exchanged for the next."""

    __tablename__ = "refresh_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sign_in_sessions.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SignInLink(Base):
    """A link that signs one person in, once; kept as a hash."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Opened:
    """A session after signing in or refreshing, with the refresh token to hand out.

    There is none for the second of two tabs: the browser has the first one's cookie already.
    """

    person_id: int
    session_id: int
    refresh_token: str | None


@dataclass(frozen=True)
class Refused:
    """Why a refresh token did not work; `stolen_session_id` is the session that was revoked for its reuse."""

    stolen_session_id: int | None = None


def _hash(token: str) -> str:
    # A random 256-bit token needs no slow hash: it cannot be guessed from its digest.
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Opens, renews and closes sign-in sessions."""

    def __init__(self, database: Database, clock: Clock, *, life: timedelta, link_life: timedelta) -> None:
        self._database = database
        self._clock = clock
        self.life = life
        self._link_life = link_life

    def open(self, person_id: int) -> Opened:
        """Begin a session; forgets expired tokens and links on the way."""
        now = self._clock.now()
        with self._database.session() as session:
            session.execute(delete(RefreshToken).where(RefreshToken.expires_at < now))
            session.execute(delete(SignInLink).where(SignInLink.expires_at < now))
            row = SignInSession(account_id=person_id, created_at=now)
            session.add(row)
            session.flush()
            return Opened(person_id, row.id, self._next_token(session, row.id))

    def refresh(self, token: str) -> Opened | Refused:
        """Exchange a refresh token for the next one.

        A token used a second time, later than the grace of two tabs, was copied: the whole session is
        revoked, so that neither the thief nor the owner goes on (RFC 9700, section 4.14.2).
        """
        now = self._clock.now()
        with self._database.session() as session:
            row = session.scalar(
                select(RefreshToken).where(RefreshToken.token_hash == _hash(token)).with_for_update()
            )
            if row is None or row.expires_at <= now:
                return Refused()
            family = session.get_one(SignInSession, row.session_id)
            if family.revoked_at is not None:
                return Refused()
            if row.used_at is not None and now - row.used_at > REUSE_GRACE:
                family.revoked_at = now
                return Refused(stolen_session_id=family.id)
            if row.used_at is not None:
                return Opened(family.account_id, family.id, None)
            row.used_at = now
            return Opened(family.account_id, family.id, self._next_token(session, family.id))

    def close(self, token: str) -> int | None:
        """Revoke the session of this refresh token; its id, or None when the token is unknown."""
        with self._database.session() as session:
            session_id = session.scalar(
                select(RefreshToken.session_id).where(RefreshToken.token_hash == _hash(token))
            )
            if session_id is not None:
                session.get_one(SignInSession, session_id).revoked_at = self._clock.now()
            return session_id

    def close_all(self, person_id: int, *, keep: int | None = None) -> None:
        """Revoke every session of a person, except the one to keep."""
        with self._database.session() as session:
            session.execute(
                update(SignInSession)
                .where(SignInSession.account_id == person_id, SignInSession.revoked_at.is_(None))
                .where(SignInSession.id != (keep or 0))
                .values(revoked_at=self._clock.now())
            )

    def new_link(self, person_id: int) -> str:
        """The token of a new one-time sign-in link."""
        token = secrets.token_urlsafe(32)
        with self._database.session() as session:
            session.add(
                SignInLink(
                    account_id=person_id,
                    token_hash=_hash(token),
                    expires_at=self._clock.now() + self._link_life,
                )
            )
        return token

    def use_link(self, token: str) -> int | None:
        """The person a link is for, the first time it is used before it expires; afterwards None."""
        now = self._clock.now()
        with self._database.session() as session:
            used = session.execute(
                update(SignInLink)
                .where(SignInLink.token_hash == _hash(token), SignInLink.used_at.is_(None))
                .where(SignInLink.expires_at > now)
                .values(used_at=now)
            )
            assert isinstance(used, CursorResult)
            if used.rowcount != 1:
                return None
            return session.scalar(select(SignInLink.account_id).where(SignInLink.token_hash == _hash(token)))

    def _next_token(self, session: Session, session_id: int) -> str:
        token = secrets.token_urlsafe(32)
        expires_at = self._clock.now() + self.life
        session.add(RefreshToken(session_id=session_id, token_hash=_hash(token), expires_at=expires_at))
        return token
