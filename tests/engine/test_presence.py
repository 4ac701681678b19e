"""Presence: a process that ended is seen to have ended; one that is frozen is still there."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from maestro.engine.presence import has_ended, this_machine


def test_a_process_is_there_until_it_has_ended_whether_or_not_anybody_asked_how() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert not has_ended(process.pid)
    os.kill(process.pid, signal.SIGSTOP)
    assert not has_ended(process.pid)

    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is over, but its parent did not ask yet
    assert has_ended(process.pid)
    process.communicate()
    assert has_ended(process.pid)


def test_processes_of_one_machine_know_it_by_the_same_word() -> None:
    other = subprocess.run(
        [sys.executable, "-c", "from maestro.engine.presence import this_machine; print(this_machine())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == this_machine()


def test_where_it_cannot_be_known_it_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", nothing)
    assert this_machine() == ""
