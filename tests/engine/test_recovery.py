"""Recovery: after kill -9 another process finishes every run, and no finished step is worked again."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

PROGRAM = Path(__file__).with_name("crashing_program.py")
RUNS = 10


def begin(url: str, folder: Path, mode: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), url, str(folder), mode]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_another_process_finishes_what_a_killed_one_began(journal_url: str, tmp_path: Path) -> None:
    killed = begin(journal_url, tmp_path, "begin")
    assert killed.stdout is not None
    assert killed.stdout.readline() == "half way\n"
    killed.kill()
    killed.communicate(timeout=30)

    survivor = begin(journal_url, tmp_path, "finish")
    printed, warned = survivor.communicate(timeout=120)

    assert survivor.returncode == 0, warned
    assert json.loads(printed.splitlines()[-1]) == {f"run{n}": {"join": (n + 1) * 5} for n in range(RUNS)}
    effects = [json.loads(line) for line in (tmp_path / "effects.jsonl").read_text().splitlines()]
    worked = Counter((each["step"], each["mode"]) for each in effects)
    assert worked == {
        ("first", "begin"): RUNS,
        ("left", "begin"): RUNS,
        ("right", "begin"): RUNS,
        ("right", "finish"): RUNS,
        ("join", "finish"): RUNS,
    }
    assert all(each["key"] == f"{each['run']}/{each['step']}" for each in effects)
