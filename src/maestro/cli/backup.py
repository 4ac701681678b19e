"""Backup: one file with the records and the journal of runs of a shop on SQLite, and the way back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from maestro.engine.presence import has_ended, this_machine
from maestro.errors import InputError, TemporaryError

LOCK_S = 0.5
"""Seconds for which a writer may be held up at most, each time that one moment of both files is asked for."""

MOST_LOCKS = 20

LIVELY_S = 30.0
"""Seconds since its last heartbeat for which a process counts as one that may still write."""

_ZIP, _SQLITE, _POSTGRES = b"PK\x03\x04", b"SQLite format 3\x00", b"PGDMP"

_SIDES = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Shop:
    """The two files of a shop on SQLite: the records of agents and packs, and the journal of runs."""

    records: Path
    journal: Path

    @property
    def parts(self) -> Mapping[str, Path]:
        """Each file by its name inside a backup; the journal first."""
        return {"engine.db": self.journal, "maestro.db": self.records}


_TABLE_OF = {"engine.db": "engine_claims", "maestro.db": "alembic_version"}
"""A table that each file of a shop has."""


@dataclass(frozen=True)
class Restored:
    """What a restore did: the files that were set aside, and whether the backup held the journal of runs."""

    kept: Sequence[Path]
    with_journal: bool


def write(shop: Shop, target: Path) -> None:
    """Write both files as they are at one moment, also while Maestro runs; the target appears when complete.

    What is restored is what a power cut at that moment would have left: runs that are not at their end go on.

    Args:
        shop: what to copy; a file that does not exist yet is left out.
        target: a file that does not exist, in a folder that does.

    Raises:
        InputError: the target cannot be written; nothing is left behind.
        TemporaryError: somebody else holds one of the files.
    """
    there = {name: file for name, file in shop.parts.items() if file.is_file()}
    with _explained(f"The backup {target} cannot be written"), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(".partial", dir=target.parent)))
        for name, reader in _at_one_moment(there, stack).items():
            with closing(sqlite3.connect(folder / name)) as copy:
                reader.backup(copy)
        packed = folder / "packed"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in there:
                archive.write(folder / name, name)
        os.replace(packed, target)


def restore(file: Path, shop: Shop, stamp: str) -> Restored:
    """Put the files of a backup in place; those that are there are set aside under a name with a stamp.

    Args:
        file: made by `write`, or by an earlier Maestro: then it is the records alone.
        shop: where the files belong.
        stamp: tells this restore from others.

    Raises:
        InputError: it is no sound backup of a shop on SQLite, Maestro runs, or a file cannot be written;
            nothing is changed.
    """
    running = _who_writes(shop.journal)
    if running is not None:
        raise InputError(
            f"Maestro is running (process {running}) and would write into the restored files.",
            remedy="Stop it first; nothing was changed.",
        )
    with _explained(f"{file} cannot be restored"), ExitStack() as stack:
        ready = _unpacked(file, shop, stack)
        if "maestro.db" not in ready or not all(_is_sound(each, name) for name, each in ready.items()):
            raise InputError(
                f"{file} is not a sound Maestro backup.", remedy="Nothing was changed; choose another file."
            )
        kept = _swapped(ready, shop, stamp)
    return Restored(kept, "engine.db" in ready)


def _at_one_moment(files: Mapping[str, Path], stack: ExitStack) -> Mapping[str, sqlite3.Connection]:
    """A reader of each file, all of the same moment: nobody writes while they begin to read."""
    for _ in range(MOST_LOCKS):
        try:
            with ExitStack() as held:
                for file in files.values():
                    _opened(file, held).execute("BEGIN IMMEDIATE")
                readers = {name: _opened(file, stack) for name, file in files.items()}
                for reader in readers.values():
                    reader.execute("BEGIN")
                    reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
                return readers
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
    raise TemporaryError("The database is busy: somebody writes without an end.", remedy="Try again later.")


def _opened(file: Path, stack: ExitStack) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=LOCK_S, isolation_level=None)
    return stack.enter_context(closing(connection))


def _unpacked(file: Path, shop: Shop, stack: ExitStack) -> Mapping[str, Path]:
    """The files of a backup beside where they belong, by name; those that are not moved away are removed."""
    with file.open("rb") as opened:
        head = opened.read(16)
    if head.startswith(_POSTGRES):
        raise InputError(
            f"{file} is a backup of a PostgreSQL database.",
            remedy="Name that database in MAESTRO_DATABASE__URL; nothing was changed.",
        )
    ready: dict[str, Path] = {}
    if head == _SQLITE:
        ready["maestro.db"] = _beside(shop.records, stack)
        shutil.copyfile(file, ready["maestro.db"])
    elif head.startswith(_ZIP):
        with zipfile.ZipFile(file) as archive:
            for name in set(archive.namelist()) & set(shop.parts):
                ready[name] = _beside(shop.parts[name], stack)
                with archive.open(name) as packed, ready[name].open("wb") as target:
                    shutil.copyfileobj(packed, target)
    return ready


def _beside(part: Path, stack: ExitStack) -> Path:
    part.parent.mkdir(parents=True, exist_ok=True)
    partial = part.with_name(part.name + ".restoring")
    for side in _SIDES:
        stack.callback(partial.with_name(partial.name + side).unlink, missing_ok=True)
    return partial


def _is_sound(file: Path, name: str) -> bool:
    with closing(sqlite3.connect(file)) as connection:
        try:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            query = "SELECT count(*) FROM sqlite_master WHERE name = ?"
            return bool(sound and connection.execute(query, [_TABLE_OF[name]]).fetchone()[0])
        except sqlite3.DatabaseError:
            return False


def _swapped(ready: Mapping[str, Path], shop: Shop, stamp: str) -> Sequence[Path]:
    """Set aside what is there and put in place what is ready; where that fails, all is as it was."""
    aside = {
        part: part.with_name(f"{part.name}.before-restore-{stamp}")
        for part in shop.parts.values()
        if part.exists()
    }
    try:
        for part, kept in aside.items():
            _rename(part, kept)
        for name, each in ready.items():
            os.replace(each, shop.parts[name])
    except OSError:
        for part, kept in aside.items():
            if kept.exists():
                _rename(kept, part)
        raise
    return list(aside.values())


def _rename(old: Path, new: Path) -> None:
    """Rename a file together with what SQLite keeps beside it, so that nothing of it is lost."""
    for side in reversed(_SIDES):
        with contextlib.suppress(FileNotFoundError):
            os.replace(old.with_name(old.name + side), new.with_name(new.name + side))


def _who_writes(journal: Path) -> int | None:
    """A process of this machine that works on these files, as far as their own records tell."""
    if not journal.is_file():
        return None
    query = (
        "SELECT pid, machine FROM engine_executors WHERE state IN ('live', 'draining')"
        " AND (julianday('now') - 2440587.5) * 86400.0 - beat_s < ?"
    )
    with closing(sqlite3.connect(journal)) as connection:
        try:
            found = connection.execute(query, [LIVELY_S]).fetchall()
        except sqlite3.DatabaseError:
            return None  # not a journal, or a broken one: that is what restores are for
    here = this_machine()
    return next((pid for pid, machine in found if machine in {"", here} and not has_ended(pid)), None)


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, zipfile.BadZipFile, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{what}: {reason}.", remedy="Nothing was changed; choose another file.") from error
