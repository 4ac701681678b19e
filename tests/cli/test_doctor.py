"""`maestro doctor`: says what is in order and what to mend."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_a_fresh_folder_is_in_order_but_for_what_is_not_built(maestro: Maestro) -> None:
    seen = maestro("doctor", MAESTRO_SERVER__PORT=free_port())
    for subject in ("Python", "Settings", "Data folder", "Disk", "Database", "Port", "Dashboard", "Numerics"):
        assert subject in seen.stdout
    assert seen.returncode == (2 if "to mend" in seen.stdout else 0)


def test_a_broken_settings_file_is_named_and_the_exit_code_says_so(maestro: Maestro, tmp_path: Path) -> None:
    (tmp_path / "maestro.toml").write_text("seed = = 1")
    seen = maestro("doctor")
    assert seen.returncode == 2
    assert "maestro.toml" in seen.stdout
    assert "What to do:" in seen.stdout


def test_a_data_folder_that_is_a_file_is_to_be_mended(maestro: Maestro, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    seen = maestro("doctor")
    assert seen.returncode == 2
    assert "mend" in seen.stdout


def test_tables_of_another_version_are_to_be_upgraded(maestro: Maestro) -> None:
    assert maestro("db", "upgrade").returncode == 0
    assert maestro("db", "downgrade", "0001", "--yes").returncode == 0
    seen = maestro("doctor", MAESTRO_SERVER__PORT=free_port())
    assert "maestro db upgrade" in seen.stdout


def test_a_port_in_use_is_noted(maestro: Maestro) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        seen = maestro("doctor", MAESTRO_SERVER__PORT=str(taken.getsockname()[1]))
    assert "is in use" in seen.stdout


def test_workflows_of_your_own_are_loaded_and_what_is_wrong_with_them_is_said(
    maestro: Maestro, tmp_path: Path
) -> None:
    (tmp_path / "myshop.py").write_text(
        "from maestro.engine import Graph\ndef pack(): ...\nGRAPHS = [Graph('packing', [pack])]"
    )
    seen = maestro("doctor", MAESTRO_ENGINE__WORKFLOWS="myshop", MAESTRO_SERVER__PORT=free_port())
    assert "packing can be loaded" in seen.stdout
    seen = maestro("doctor", MAESTRO_ENGINE__WORKFLOWS="yourshop")
    assert "There is no module yourshop" in seen.stdout
    assert seen.returncode == 2


def test_the_scheduler_of_the_workers_is_called(maestro: Maestro) -> None:
    with socket.socket() as scheduler:
        scheduler.bind(("127.0.0.1", 0))
        scheduler.listen()
        address = f"tcp://127.0.0.1:{scheduler.getsockname()[1]}"
        seen = maestro("doctor", MAESTRO_WORKERS__ADDRESS=address)
        assert f"a scheduler answers at {address}" in seen.stdout
    seen = maestro("doctor", MAESTRO_WORKERS__ADDRESS=address)
    assert f"no scheduler answers at {address}" in seen.stdout
    assert f"maestro worker --scheduler {address}" in seen.stdout
    assert "without an address" in maestro("doctor", MAESTRO_WORKERS__KIND="dask").stdout
