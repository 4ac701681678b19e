"""`maestro db`: upgrades, backs up and restores, and never leaves half a file behind."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

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


def test_a_backup_brings_back_what_was_there(file: Path, maestro: Maestro, tmp_path: Path) -> None:
    add(file, "Attic")
    assert maestro("db", "backup", "shop.backup").returncode == 0
    add(file, "Barn")
    journal = file.with_name("engine.db")
    journal.write_bytes(b"runs that the backup does not know")
    restored = maestro("db", "restore", "shop.backup", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert names(file) == ["Attic"]
    assert not journal.exists()
    kept = file.with_name("maestro.db.before-restore")
    assert names(kept) == ["Attic", "Barn"]


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


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_what_is_no_backup_is_refused_and_nothing_changes(
    content: bytes, file: Path, maestro: Maestro, tmp_path: Path
) -> None:
    add(file, "Attic")
    (tmp_path / "bad").write_bytes(content)
    refused = maestro("db", "restore", "bad", "--yes")
    assert refused.returncode == 2
    assert "not a sound Maestro backup" in refused.stderr
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
