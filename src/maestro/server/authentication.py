"""Authentication: signing in by password or link, staying signed in, and telling who is asking."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from maestro.clock import Clock
from maestro.database import Database
from maestro.errors import PolicyError
from maestro.server.access_tokens import AccessTokens, Claims, signing_key
from maestro.server.accounts import Account, Accounts, Person, person_of
from maestro.server.passwords import Passwords
from maestro.server.sessions import Opened, Sessions, SignInSession
from maestro.settings import Settings
from maestro.telemetry import get_logger

REMEMBERED_FOR = timedelta(seconds=5)
"""How long rights read from the database are trusted; a change made by another process shows after it."""

MOST_REMEMBERED = 10_000
"""Sessions kept in memory."""

log = get_logger(__name__)


class NotSignedInError(PolicyError):
    """Nobody, or nobody known, is asking: sign in first."""


@dataclass(frozen=True)
class SignedIn:
    """What a successful sign-in or refresh hands out."""

    person: Person
    access_token: str
    expires_in_s: int
    refresh_token: str | None


class Authentication:
    """The front desk: everything the server needs to know about who is asking."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        server = settings.server
        self._database = database
        self._clock = clock
        self.accounts = Accounts(database, clock, Passwords())
        self.tokens = AccessTokens(
            signing_key(settings.data_dir), clock, timedelta(minutes=server.access_token_minutes)
        )
        self.sessions = Sessions(
            database,
            clock,
            life=timedelta(days=server.refresh_token_days),
            link_life=timedelta(minutes=server.sign_in_link_minutes),
        )
        self._language = settings.language
        self._known: dict[int, tuple[datetime, Person | None]] = {}
        self._lock = threading.Lock()

    def sign_in(self, email: str, password: str) -> SignedIn:
        """Sign in by password.

        Raises:
            NotSignedInError: the address and the password do not belong together; which is wrong is not told.
        """
        person = self.accounts.check_password(email, password)
        if person is None:
            raise NotSignedInError(
                "The e-mail address or the password is wrong.",
                remedy="Try again, or ask an owner for a sign-in link.",
            )
        return self._begin(person.id)

    def sign_in_with_link(self, token: str) -> SignedIn:
        """Sign in by one-time link.

        Raises:
            NotSignedInError: the link is unknown, expired or was used before.
        """
        person_id = self.sessions.use_link(token)
        if person_id is None:
            raise NotSignedInError(
                "This sign-in link has expired or was used before.",
                remedy="Ask an owner for a new one, or start `maestro run` again to print one.",
            )
        return self._begin(person_id)

    def refresh(self, refresh_token: str) -> SignedIn:
        """Exchange a refresh token for a new access token and the next refresh token.

        Raises:
            NotSignedInError: the token is unknown, expired, revoked or was used before.
        """
        outcome = self.sessions.refresh(refresh_token)
        if isinstance(outcome, Opened):
            return self._hand_out(outcome)
        if outcome.stolen_session_id is not None:
            self._forget_session(outcome.stolen_session_id)
            log.warning("refresh key used twice, session revoked", session_id=outcome.stolen_session_id)
        raise NotSignedInError("You are signed out.", remedy="Sign in again.")

    def sign_out(self, refresh_token: str) -> None:
        """End the session of this refresh token, on every part of it at once."""
        session_id = self.sessions.close(refresh_token)
        if session_id is not None:
            self._forget_session(session_id)

    def identify(self, claims: Claims) -> Person | None:
        """The person behind valid claims, or None when the session ended or the rights changed since."""
        fresh, person = self.remembered(claims)
        if fresh:
            return person
        person = self._read(claims.session_id)
        with self._lock:
            if len(self._known) > MOST_REMEMBERED:
                self._known.clear()
            self._known[claims.session_id] = (self._clock.now(), person)
        return _matching(person, claims)

    def remembered(self, claims: Claims) -> tuple[bool, Person | None]:
        """Whether memory knows the answer of `identify`, and that answer; never asks the database."""
        with self._lock:
            known = self._known.get(claims.session_id)
        if known is None or self._clock.now() - known[0] >= REMEMBERED_FOR:
            return False, None
        return True, _matching(known[1], claims)

    def expired(self, claims: Claims) -> bool:
        """Whether the time of these claims is over."""
        return claims.expires_at <= self._clock.now().timestamp()

    def forget(self, person_id: int) -> None:
        """Read this person anew at the next request; call it after any change of the account."""
        with self._lock:
            for session_id, (_, person) in list(self._known.items()):
                if person is not None and person.id == person_id:
                    del self._known[session_id]

    def owner_link(self) -> str:
        """The path of a one-time link that signs the first owner in: `/sign-in?token=...`."""
        owner = self.accounts.first_owner(self._language)
        return f"/sign-in?token={self.sessions.new_link(owner.id)}"

    def _begin(self, person_id: int) -> SignedIn:
        opened = self.sessions.open(person_id)
        self.accounts.note_sign_in(person_id)
        return self._hand_out(opened)

    def _hand_out(self, opened: Opened) -> SignedIn:
        person = self.accounts.get(opened.person_id)
        token = self.tokens.issue(person.id, opened.session_id, person.version)
        return SignedIn(person, token, int(self.tokens.life.total_seconds()), opened.refresh_token)

    def _read(self, session_id: int) -> Person | None:
        statement = (
            select(Account)
            .join(SignInSession, SignInSession.account_id == Account.id)
            .where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
        )
        with self._database.reader() as session:
            row = session.scalar(statement)
            return person_of(row) if row is not None else None

    def _forget_session(self, session_id: int) -> None:
        with self._lock:
            self._known.pop(session_id, None)


def _matching(person: Person | None, claims: Claims) -> Person | None:
    same = person is not None and (person.id, person.version) == (claims.person_id, claims.version)
    return person if same else None
