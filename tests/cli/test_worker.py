"""`maestro worker`: joins or starts a cluster, says where it is, leaves in order, and refuses bad options."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_worker_needs_one_address(maestro: Maestro) -> None:
    for options in ([], ["--join", "tcp://127.0.0.1:1", "--scheduler", "tcp://127.0.0.1:2"]):
        result = maestro("worker", *options)
        assert result.returncode == 2
        assert "--join tcp://host:8786" in result.stderr


@pytest.mark.parametrize("resources", ["gpu", "gpu=many"])
def test_resources_are_names_with_numbers(maestro: Maestro, resources: str) -> None:
    result = maestro("worker", "--join", "tcp://127.0.0.1:1", "--resources", resources)
    assert result.returncode == 2
    assert "gpu=1,licence=2" in result.stderr


def test_an_address_that_is_taken_is_said(maestro: Maestro) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = maestro("worker", "--scheduler", f"tcp://127.0.0.1:{port}")
    assert result.returncode == 2
    assert "No scheduler can listen" in result.stderr


def test_one_command_starts_a_cluster_and_a_signal_ends_it_in_order(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).parent / "maestro"), "worker", "--scheduler", "tcp://127.0.0.1:0"]
    process = subprocess.Popen(
        [*command, "--slots", "1", "--name", "only"],
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert "Join it: maestro worker --join tcp://127.0.0.1:" in lines.get(timeout=60)
    assert "Joining" in lines.get(timeout=60)
    assert "Worker only at tcp://127.0.0.1:" in lines.get(timeout=60)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    reader.join(timeout=10)
    process.stdout.close()
    assert "Worker only has left." in "".join(lines.queue)
