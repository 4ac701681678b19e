"""`maestro worker`: joins or starts a cluster, says where it is, leaves in order, and refuses bad options."""

from __future__ import annotations

import asyncio
import importlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maestro.clock import RealClock
from maestro.engine.workers import Task
from maestro.engine.workers.dask_cluster import DaskCluster
from maestro.errors import TemporaryError

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_worker_needs_one_address(maestro: Maestro) -> None:
    for options in ([], ["--join", "tcp://127.0.0.1:1", "--scheduler", "tcp://127.0.0.1:2"]):
        result = maestro("worker", *options)
        assert result.returncode == 2
        assert "--join tcp://host:8786" in result.stderr


@pytest.mark.parametrize("option", ["--join", "--scheduler"])
@pytest.mark.parametrize("address", ["nonsense", "tcp://banana", "10.0.0.5:8786"])
def test_an_address_is_checked_before_anything_starts(maestro: Maestro, option: str, address: str) -> None:
    result = maestro("worker", option, address)
    assert result.returncode == 2
    assert f"'{address}' is no address" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("size", ["lots", "-1GB", "0"])
def test_a_memory_limit_is_a_size(maestro: Maestro, size: str) -> None:
    result = maestro("worker", "--join", "tcp://127.0.0.1:1", "--memory-limit", size)
    assert result.returncode == 2
    assert f"'{size}' is no size of memory" in result.stderr
    assert "4GB" in result.stderr


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


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port at which something listens that never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_where_no_scheduler_answers_it_says_so_and_goes_on_trying(tmp_path: Path, silent_port: int) -> None:
    answers = {
        "tcp://127.0.0.1:1": "No scheduler answers at tcp://127.0.0.1:1. Is `maestro worker --scheduler`",
        f"tcp://127.0.0.1:{silent_port}": f"No scheduler answers at tcp://127.0.0.1:{silent_port}.",
        "tcp://nowhere.invalid:8786": "No machine called nowhere.invalid is known here",
    }
    at_work = {each: started(tmp_path, "--join", each, "--slots", "1") for each in answers}
    for address, (process, lines) in at_work.items():
        assert "Joining" in lines.get(timeout=60)
        told = lines.get(timeout=60)
        assert answers[address] in told
        assert "Trying again until one does" in told
        assert process.poll() is None
    for process, _ in at_work.values():
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module of somebody's own, which the test's process can import."""
    folder = tmp_path / "workshop"
    folder.mkdir()
    (folder / "millwork.py").write_text("def heavy(number):\n    return number * 2\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.mark.parametrize("there", [True, False])
async def test_steps_are_imported_from_the_folder_in_which_the_worker_was_started(
    workshop: Path, tmp_path: Path, there: bool
) -> None:
    heavy = importlib.import_module("millwork").heavy
    options = ["--scheduler", "tcp://127.0.0.1:0", "--slots", "1", "--name", "only"]
    process, lines = started(workshop if there else tmp_path, *options)
    address = lines.get(timeout=60).split()[2].rstrip(".")
    pool = DaskCluster(address, RealClock(), patience_s=60)
    await pool.start()
    try:
        task = Task("a", heavy, {"number": 21})
        if there:
            assert await pool.run(task) == 42
        else:
            with pytest.raises(TemporaryError, match=r"Worker only cannot import .*'millwork'") as caught:
                await pool.run(task)
            assert "in the folder that holds millwork, or with PYTHONPATH" in caught.value.remedy
    finally:
        await pool.stop(drain_s=0)
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 60)


def test_one_command_starts_a_cluster_and_a_signal_ends_it_in_order(tmp_path: Path) -> None:
    process, lines = started(tmp_path, "--scheduler", "tcp://127.0.0.1:0", "--slots", "1", "--name", "only")
    assert "Join it: maestro worker --join tcp://127.0.0.1:" in lines.get(timeout=60)
    assert "Joining" in lines.get(timeout=60)
    assert "Worker only at tcp://127.0.0.1:" in lines.get(timeout=60)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert "Ending" in lines.get(timeout=10)
    assert "Worker only has left." in lines.get(timeout=10)


def started(folder: Path, *options: str) -> tuple[subprocess.Popen[str], queue.Queue[str]]:
    """A worker at work in a folder, and the lines that it prints; it must be ended."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "maestro"), "worker", *options],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                lines.put(line)

    threading.Thread(target=read, daemon=True).start()
    return process, lines
