"""`maestro db`: brings tables up to date, makes a backup, restores one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.engine import make_url

from maestro import migrations
from maestro.cli import backup
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


@app.command("backup")
def back_up(
    file: Annotated[Path | None, typer.Argument(help="Where to write; default: the data folder.")] = None,
) -> None:
    """Write one file with everything as it is at one moment, also while Maestro runs.

    On SQLite it holds the records and the journal of runs (maestro.db and engine.db); on PostgreSQL it is a
    dump of the database, which holds both. Keys and quarantined rows in the data folder are not in it.

    Example: maestro db backup shop.backup
    """
    settings = Settings.load()
    shop = _shop(settings)
    if shop is not None and not shop.records.is_file():
        raise InputError(f"There is no database at {shop.records} yet.", remedy="Run `maestro run` first.")
    target = file or _backups(settings) / f"maestro-{RealClock().now():%Y%m%d-%H%M%S}.backup"
    if target.exists():
        raise InputError(
            f"{target} exists already.", remedy="Choose another name; backups are never replaced."
        )
    if shop is None:
        _dump(settings.database_url, target)
    else:
        backup.write(shop, target)
    console.print(f"Backup written to {target} ({target.stat().st_size / 1e6:.1f} MB).")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup made by `maestro db backup`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; the present records are replaced.")] = False,
) -> None:
    """Replace records and journal of runs by those of a backup. Stop Maestro first.

    On SQLite the present files are kept beside the restored ones. Runs that were not at their end when the
    backup was made go on at the next start.

    Example: maestro db restore shop.backup
    """
    settings = Settings.load()
    if not file.is_file():
        raise InputError(f"{file} does not exist.", remedy="Name a file made by `maestro db backup`.")
    if not yes:
        typer.confirm("The present records and runs are replaced by those of the backup. Go on?", abort=True)
    shop = _shop(settings)
    if shop is None:
        _postgres_tool(
            "pg_restore", settings.database_url, "--clean", "--if-exists", "--single-transaction", str(file)
        )
    else:
        _restore_files(file, shop)
    console.print(f"Restored from {file}.")


def _restore_files(file: Path, shop: backup.Shop) -> None:
    done = backup.restore(file, shop, f"{RealClock().now():%Y%m%d-%H%M%S-%f}")
    if done.kept:
        console.print(f"What was there is kept as {' and '.join(map(str, done.kept))}.")
    if not done.with_journal:
        console.print(
            "This backup holds the records alone, without the journal of runs: runs, tasks, open approvals "
            "of workflows, incidents and what was learned from them begin anew."
        )


def _shop(settings: Settings) -> backup.Shop | None:
    """The files of a shop on SQLite; None on PostgreSQL."""
    if make_url(settings.database_url).get_backend_name() == "postgresql":
        return None
    records, journal = (
        Path(make_url(url).database or "") for url in (settings.database_url, settings.journal_url)
    )
    return backup.Shop(records, journal)


def _backups(settings: Settings) -> Path:
    """The folder for backups without a name."""
    folder = settings.data_dir / "backups"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be created: {error.strerror}.", remedy="Say where to write the backup."
        ) from error
    return folder


def _dump(url: str, target: Path) -> None:
    """A dump of a PostgreSQL database; the target appears when it is complete."""
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}.", remedy="Create it, or choose another place.")
    partial = target.with_name(target.name + ".partial")
    try:
        _postgres_tool("pg_dump", url, "--format=custom", f"--file={partial}")
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


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
