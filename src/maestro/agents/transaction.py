"""Transaction: joins the caller's open session, or opens and closes one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from maestro.database import Database


@contextmanager
def writing(database: Database, session: Session | None) -> Iterator[Session]:
    """The given session, whose owner commits, or a new one that commits at the end of the block."""
    if session is not None:
        yield session
        return
    with database.session() as own:
        yield own


@contextmanager
def reading(database: Database, session: Session | None) -> Iterator[Session]:
    """The given session, so that its own writes are seen, or a new one that only reads."""
    if session is not None:
        yield session
        return
    with database.reader() as own:
        yield own
