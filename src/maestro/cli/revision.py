"""Writes a migration: compares the declared tables with an up-to-date database, for developers."""

from __future__ import annotations

import sys

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

import maestro.server.app  # noqa: F401 - declares every table
from maestro.database import Database
from maestro.migrations import migration_config
from maestro.settings import Settings


def main(message: str) -> None:
    """Write the next revision under maestro/migrations/versions."""
    settings = Settings.load()
    database = Database.open(settings.database_url, settings.database)
    config = migration_config(database)
    command.revision(config, message=message, autogenerate=True, rev_id=_next_number(config))
    database.close()


def _next_number(config: Config) -> str:
    """Revisions are numbered 0001, 0002, ..."""
    return f"{len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1:04d}"


if __name__ == "__main__":
    main(sys.argv[1])
