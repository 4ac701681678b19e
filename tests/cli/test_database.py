"""`maestro db`: upgrades, backs up and restores, and never leaves half a file behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from maestro.cli import backup
from maestro.clock import RealClock
from maestro.database import Database
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.presence import this_machine
from maestro.engine.tables import create_tables
from maestro.errors import InputError, TemporaryError

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def file(tmp_path: Path, maestro: Maestro) -> Path:
    assert maestro("db", "upgrade").returncode == 0
    return tmp_path / "data" / "maestro.db"


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM retail_locations ORDER BY name")]


def add(file: Path, name: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO retail_locations (code, name) VALUES (?, ?)", (name, name))


def test_upgrading_twice_changes_nothing(file: Path, maestro: Maestro) -> None:
    again = maestro("db", "upgrade")
    assert again.returncode == 0
    assert "Tables are at" in again.stdout


def test_a_downgrade_asks_first(file: Path, maestro: Maestro) -> None:
    refused = maestro("db", "downgrade", "base", stdin="n\n")
    assert refused.returncode == 1
    assert names(file) == []
    done = maestro("db", "downgrade", "base", "--yes")
    assert done.returncode == 0
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        names(file)


@pytest.fixture
def shop(file: Path) -> backup.Shop:
    """A shop whose journal of runs exists too."""
    journal = file.with_name("engine.db")
    records = Database.open(f"sqlite:///{journal.as_posix()}")
    create_tables(records)
    records.close()
    return backup.Shop(file, journal)


def note_run(journal: Path, run_id: str) -> None:
    with closing(sqlite3.connect(journal)) as connection, connection:
        claim = (
            f"INSERT INTO {ClaimRow.__tablename__} (run_id, executor_id, epoch, reason) VALUES (?, '', 1, '')"
        )
        connection.execute(claim, (run_id,))


def runs(journal: Path) -> list[str]:
    with closing(sqlite3.connect(journal)) as connection:
        return [row[0] for row in connection.execute("SELECT run_id FROM engine_claims ORDER BY run_id")]


def files(folder: Path) -> list[str]:
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())


def test_a_backup_brings_back_records_and_runs_and_keeps_what_was_there(
    shop: backup.Shop, maestro: Maestro
) -> None:
    add(shop.records, "Attic")
    note_run(shop.journal, "run-1")
    assert maestro("db", "backup", "shop.backup").returncode == 0
    add(shop.records, "Barn")
    note_run(shop.journal, "run-2")
    restored = maestro("db", "restore", "shop.backup", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert names(shop.records) == ["Attic"]
    assert runs(shop.journal) == ["run-1"]
    (records,) = shop.records.parent.glob("maestro.db.before-restore-*")
    (journal,) = shop.records.parent.glob("engine.db.before-restore-*")
    assert names(records) == ["Attic", "Barn"]
    assert runs(journal) == ["run-1", "run-2"]
    assert str(records) in restored.stdout
    assert str(journal) in restored.stdout
    assert not list(shop.records.parent.glob("*.restoring*"))


def test_every_restore_keeps_what_was_there(shop: backup.Shop, maestro: Maestro) -> None:
    assert maestro("db", "backup", "shop.backup").returncode == 0
    for name in ("Attic", "Barn"):
        add(shop.records, name)
        assert maestro("db", "restore", "shop.backup", "--yes").returncode == 0
    kept = sorted(shop.records.parent.glob("maestro.db.before-restore-*"))
    assert [names(each) for each in kept] == [["Attic"], ["Barn"]]


def test_what_was_not_yet_merged_into_the_file_is_kept_too(shop: backup.Shop, maestro: Maestro) -> None:
    assert maestro("db", "backup", "shop.backup").returncode == 0
    with closing(sqlite3.connect(shop.journal)) as held:
        held.execute("SELECT count(*) FROM engine_claims").fetchone()
        note_run(shop.journal, "run-1")  # stays in the write-ahead log while somebody reads
        assert maestro("db", "restore", "shop.backup", "--yes").returncode == 0
    (journal,) = shop.records.parent.glob("engine.db.before-restore-????????-??????-??????")
    assert runs(journal) == ["run-1"]


def test_a_backup_of_the_records_alone_says_that_runs_begin_anew(
    shop: backup.Shop, maestro: Maestro, tmp_path: Path
) -> None:
    add(shop.records, "Attic")
    with closing(sqlite3.connect(shop.records)) as live, closing(sqlite3.connect(tmp_path / "old")) as copy:
        live.backup(copy)
    note_run(shop.journal, "run-1")
    restored = maestro("db", "restore", "old", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert "without the journal of runs" in restored.stdout
    assert names(shop.records) == ["Attic"]
    assert not shop.journal.exists()
    (journal,) = shop.records.parent.glob("engine.db.before-restore-*")
    assert runs(journal) == ["run-1"]


def test_both_files_are_of_the_same_moment_while_somebody_writes(shop: backup.Shop, tmp_path: Path) -> None:
    """A writer notes each location first as a run, and only then as a location."""
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            note_run(shop.journal, f"{number:06}")
            add(shop.records, f"{number:06}")

    writer = threading.Thread(target=work)
    writer.start()
    try:
        for number in range(5):
            time.sleep(0.05)
            backup.write(shop, tmp_path / f"{number}.backup")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        there = tmp_path / f"shop-{number}"
        there.mkdir()
        copy = backup.Shop(there / "maestro.db", there / "engine.db")
        backup.restore(tmp_path / f"{number}.backup", copy, "now")
        assert len(runs(copy.journal)) - len(names(copy.records)) in {0, 1}
        assert runs(copy.journal)


def test_a_backup_waits_for_a_writer_and_gives_up_on_one_without_an_end(
    shop: backup.Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "MOST_LOCKS", 2)
    monkeypatch.setattr(backup, "LOCK_S", 0.05)
    before = files(tmp_path)
    with closing(sqlite3.connect(shop.records, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(TemporaryError, match="busy"):
            backup.write(shop, tmp_path / "shop.backup")
        writer.execute("ROLLBACK")
    assert files(tmp_path) == before


def test_a_place_that_cannot_be_written_is_named_and_no_folder_appears(
    shop: backup.Shop, maestro: Maestro, tmp_path: Path
) -> None:
    refused = maestro("db", "backup", "new/folder/shop.backup")
    assert refused.returncode == 2
    assert "cannot be written: No such file or directory" in refused.stderr
    assert not (tmp_path / "new").exists()
    (tmp_path / "plain").write_text("a file")
    assert maestro("db", "backup", "plain/shop.backup").returncode == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data", "plain"]


def test_nothing_is_restored_while_maestro_runs(shop: backup.Shop, maestro: Maestro, tmp_path: Path) -> None:
    assert maestro("db", "backup", "shop.backup").returncode == 0
    records = Database.open(f"sqlite:///{shop.journal.as_posix()}")
    ExecutorRegistry(records, RealClock()).join("me", "here", os.getpid(), 3.0, [], machine=this_machine())
    records.close()
    add(shop.records, "Attic")
    refused = maestro("db", "restore", "shop.backup", "--yes")
    assert refused.returncode == 2
    assert f"Maestro is running (process {os.getpid()})" in refused.stderr
    assert names(shop.records) == ["Attic"]


def test_a_restore_that_fails_halfway_leaves_all_as_it_was(
    shop: backup.Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.write(shop, tmp_path / "shop.backup")
    add(shop.records, "Attic")
    note_run(shop.journal, "run-1")
    before, replace = files(tmp_path), os.replace

    def fail(old: Path, new: Path) -> None:
        if new == shop.records and old.name.endswith(".restoring"):
            raise OSError(28, "No space left on device")
        replace(old, new)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputError, match="No space left on device"):
        backup.restore(tmp_path / "shop.backup", shop, "now")
    assert files(tmp_path) == before
    assert names(shop.records) == ["Attic"]
    assert runs(shop.journal) == ["run-1"]


def test_a_dump_of_postgresql_is_told_from_a_backup_of_files(
    shop: backup.Shop, maestro: Maestro, tmp_path: Path
) -> None:
    (tmp_path / "dump").write_bytes(b"PGDMP and more")
    refused = maestro("db", "restore", "dump", "--yes")
    assert refused.returncode == 2
    assert "MAESTRO_DATABASE__URL" in refused.stderr


def test_a_backup_never_replaces_a_file(file: Path, maestro: Maestro, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    refused = maestro("db", "backup", "taken")
    assert refused.returncode == 2
    assert "exists already" in refused.stderr
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_backup_without_a_name_goes_to_the_data_folder(file: Path, maestro: Maestro) -> None:
    assert maestro("db", "backup").returncode == 0
    assert len(list((file.parent / "backups").iterdir())) == 1


def test_nothing_can_be_backed_up_before_the_first_run(maestro: Maestro) -> None:
    refused = maestro("db", "backup")
    assert refused.returncode == 2
    assert "What to do:" in refused.stderr


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all" * 100, b"PK\x03\x04 no archive", b"SQLite format 3\x00 broken"]
)
def test_what_is_no_backup_is_refused_and_nothing_changes(
    content: bytes, file: Path, maestro: Maestro, tmp_path: Path
) -> None:
    add(file, "Attic")
    (tmp_path / "bad").write_bytes(content)
    refused = maestro("db", "restore", "bad", "--yes")
    assert refused.returncode == 2
    assert "Nothing was changed; choose another file." in refused.stderr
    assert names(file) == ["Attic"]


def test_a_backup_that_does_not_exist_is_named(maestro: Maestro) -> None:
    refused = maestro("db", "restore", "nowhere", "--yes")
    assert refused.returncode == 2
    assert "nowhere does not exist" in refused.stderr


def test_restoring_asks_first(file: Path, maestro: Maestro) -> None:
    assert maestro("db", "backup", "one").returncode == 0
    add(file, "Barn")
    assert maestro("db", "restore", "one", stdin="n\n").returncode == 1
    assert names(file) == ["Barn"]


def test_postgresql_is_backed_up_with_its_own_tools(maestro: Maestro, postgres_url: str) -> None:
    result = maestro("db", "backup", "pg.backup", MAESTRO_DATABASE__URL=postgres_url, PATH="/nowhere")
    assert result.returncode == 2
    assert "pg_dump is not installed" in result.stderr
