"""`maestro db`: brings tables up to date, makes a backup, restores one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.engine import make_url

from maestro import migrations
from maestro.clock import RealClock
from maestro.database import Database
from maestro.errors import InputError
from maestro.settings import Settings

app = typer.Typer(help="Tables: upgrade, downgrade, back up, restore.", no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@app.command()
def upgrade() -> None:
    """Bring the tables to the version this Maestro needs. Safe to repeat.

    Example: maestro db upgrade
    """
    settings = Settings.load()
    database = Database.open(settings.database_url, settings.database)
    before = migrations.current(database)
    migrations.upgrade(database)
    after = migrations.current(database)
    database.close()
    console.print(f"Tables are at {after}." if before == after else f"Tables went from {before} to {after}.")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Revision to go back to; 'base' removes every table.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; what is removed cannot be undone.")] = False,
) -> None:
    """Take the tables back to an older version. Make a backup first.

    Example: maestro db downgrade 0001
    """
    settings = Settings.load()
    if not yes:
        typer.confirm(
            "Columns and tables that the older version lacks are removed for good. Go on?", abort=True
        )
    database = Database.open(settings.database_url, settings.database)
    migrations.downgrade(database, revision)
    console.print(f"Tables are at {migrations.current(database) or 'the beginning: none'}.")
    database.close()


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to write; default: the data folder.")] = None,
) -> None:
    """Write a consistent copy of the database, also while Maestro runs.

    Example: maestro db backup shop.backup
    """
    settings = Settings.load()
    stamp = RealClock().now().strftime("%Y%m%d-%H%M%S")
    target = file or settings.data_dir / "backups" / f"maestro-{stamp}.backup"
    if target.exists():
        raise InputError(
            f"{target} exists already.", remedy="Choose another name; backups are never replaced."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    try:
        _write_backup(settings.database_url, partial)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    console.print(f"Backup written to {target} ({target.stat().st_size / 1e6:.1f} MB).")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup made by `maestro db backup`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; the present records are replaced.")] = False,
) -> None:
    """Replace the database by a backup; the present one is kept beside it. Stop Maestro first.

    Example: maestro db restore shop.backup
    """
    settings = Settings.load()
    if not file.is_file():
        raise InputError(f"{file} does not exist.", remedy="Name a file made by `maestro db backup`.")
    if not yes:
        typer.confirm("The present records are replaced by those of the backup. Go on?", abort=True)
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        _postgres_tool(
            "pg_restore", settings.database_url, "--clean", "--if-exists", "--single-transaction", str(file)
        )
    else:
        kept = _restore_sqlite(file, Path(url.database or ""))
        _set_aside(settings.data_dir / "engine.db")
        if kept:
            console.print(f"The database before is kept as {kept}.")
    console.print(f"Restored from {file}.")


def _write_backup(url: str, target: Path) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        _postgres_tool("pg_dump", url, "--format=custom", f"--file={target}")
        return
    source = Path(parsed.database or "")
    if not source.is_file():
        raise InputError(f"There is no database at {source} yet.", remedy="Run `maestro run` first.")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _restore_sqlite(file: Path, target: Path) -> Path | None:
    """Check the backup, copy it beside the target, then swap by an atomic rename."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ours = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name='alembic_version'"
            ).fetchone()[0]
        except sqlite3.DatabaseError:
            sound, ours = False, 0
    if not (sound and ours):
        raise InputError(
            f"{file} is not a sound Maestro backup.", remedy="Nothing was changed; choose another file."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".restoring")
    shutil.copyfile(file, partial)
    kept = None
    if target.exists():
        kept = target.with_name(target.name + ".before-restore")
        with closing(sqlite3.connect(target)) as live:
            live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.replace(target, kept)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    os.replace(partial, target)
    return kept


def _set_aside(journal: Path) -> None:
    """Put the workflows' journal out of the way: it knows runs that the restored records do not."""
    for suffix in ("-wal", "-shm"):
        journal.with_name(journal.name + suffix).unlink(missing_ok=True)
    if journal.exists():
        os.replace(journal, journal.with_name(journal.name + ".before-restore"))


def _postgres_tool(tool: str, url: str, *arguments: str) -> None:
    path = shutil.which(tool)
    if path is None:
        raise InputError(
            f"{tool} is not installed, and PostgreSQL is backed up and restored with it.",
            remedy="Install PostgreSQL's client tools (Debian: postgresql-client).",
        )
    parsed = make_url(url).set(drivername="postgresql")
    environment = {**os.environ, "PGPASSWORD": str(parsed.password or "")}
    target = parsed.set(password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - the tool was found on the path, its arguments are ours
        [path, f"--dbname={target}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    if done.returncode != 0:
        raise InputError(
            f"{tool} failed: {done.stderr.strip().splitlines()[-1]}", remedy="Nothing was changed."
        )
