"""`maestro run`: one line with the address and a sign-in link, clear refusals, and an orderly end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]


def test_it_prints_the_address_and_a_link_that_signs_in_once(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).parent / "maestro"), "run", "--port", "0", "--seconds-per-day", "60"]
    environment = {**os.environ, "MAESTRO_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "60"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"Maestro is at (http://127\.0\.0\.1:\d+)  Sign in once with (\S+)", line)
    assert found is not None, line
    base, token = found[1], found[2].partition("token=")[2]
    headers = {"Origin": base}
    assert httpx.get(f"{base}/api/v1/health").json()["status"] == "ok"
    assert httpx.get(base).headers["content-type"].startswith("text/html")
    first = httpx.post(f"{base}/api/v1/auth/link", json={"token": token}, headers=headers)
    second = httpx.post(f"{base}/api/v1/auth/link", json={"token": token}, headers=headers)
    assert (first.status_code, second.status_code) == (200, 401)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Stopping" in out
    assert token not in err


def test_a_port_in_use_is_refused_before_anything_is_made(maestro: Maestro, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = maestro("run", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 2
    assert "is in use" in refused.stderr
    assert "--port 0" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_broken_settings_file_is_refused(maestro: Maestro, tmp_path: Path) -> None:
    (tmp_path / "maestro.toml").write_text("[server]\nport = 'many'\n")
    refused = maestro("run")
    assert refused.returncode == 2
    assert "server.port" in refused.stderr
    assert "What to do:" in refused.stderr


def test_a_data_folder_that_cannot_be_made_is_refused(maestro: Maestro, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = maestro("run", "--port", "0", MAESTRO_DATA_DIR=str(tmp_path / "file" / "data"))
    assert refused.returncode == 2
    assert "MAESTRO_DATA_DIR" in refused.stderr


def test_help_shows_an_example(maestro: Maestro) -> None:
    for command in (["run"], ["import", "sales"], ["simulate", "retail"], ["decisions", "list"], ["doctor"]):
        shown = maestro(*command, "--help")
        assert shown.returncode == 0
        assert "Example: maestro" in shown.stdout


def test_the_version_is_printed(maestro: Maestro) -> None:
    assert re.fullmatch(r"maestro \d+\.\d+\.\d+\n", maestro("--version").stdout)
