"""Migrations: brings a database's tables to the version this code needs, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from maestro.database import Database
from maestro.errors import InputError


def migration_config(database: Database) -> Config:
    """Alembic's configuration for this database; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Create or change tables up to `revision`; does nothing where they are there already.

    Raises:
        InputError: there is no such revision, or the database was written by a newer Maestro.
    """
    _run(lambda: command.upgrade(migration_config(database), revision), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take tables back to `revision`; `base` removes them with everything in them.

    Raises:
        InputError: there is no such revision.
    """
    _run(lambda: command.downgrade(migration_config(database), revision), revision)


def current(database: Database) -> str | None:
    """The revision that the database is at; None before the first."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest(database: Database) -> str | None:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(migration_config(database)).get_current_head()


def _run(change: Callable[[], None], revision: str) -> None:
    try:
        change()
    except CommandError as error:
        raise InputError(
            f"The database cannot be brought to revision {revision}: {error}.",
            remedy="Check the revision, or install the version of Maestro that last wrote this database.",
        ) from error
