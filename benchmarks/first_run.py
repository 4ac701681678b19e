"""First run: from a clean clone to the first decision that the API serves, and the dashboard's weight.

.venv/bin/python benchmarks/first_run.py
"""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LONGEST_S = 1500.0


def call(base: str, path: str, *, body: object | None = None, token: str = "") -> Any:
    """One request to the API, with its answer as JSON."""
    headers = {"Content-Type": "application/json", "Origin": base}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clone(folder: Path) -> Path:
    """A clean clone of what is committed."""
    target = folder / "maestro"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True)
    return target


def until_served(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Read what `make run` prints until the line with the address; gives it and the sign-in token."""
    assert process.stdout is not None
    for line in process.stdout:
        print(line.rstrip(), file=sys.stderr)
        found = re.search(r"Maestro is at (\S+).*token=(\S+)", line)
        if found:
            return found[1], found[2]
    raise SystemExit("make run ended without serving anything")


def entry_kb(clone_folder: Path) -> float:
    """Gzipped kilobytes of the scripts and styles that the first page loads before any route."""
    web = clone_folder / "src" / "maestro" / "web_dist"
    page = (web / "index.html").read_text(encoding="utf-8")
    files = set(re.findall(r'(?:src|href)="/?(assets/[^"]+\.(?:js|css))"', page))
    return sum(len(gzip.compress((web / name).read_bytes(), 9)) for name in files) / 1024


def main() -> None:
    """Clone, run, sign in, wait for a decision."""
    with tempfile.TemporaryDirectory() as folder:
        target = clone(Path(folder))
        ours = ("MAESTRO_", "VIRTUAL_ENV")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        environment = {**kept, "MAESTRO_SERVER__PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
        started = time.monotonic()
        process = subprocess.Popen(
            [
                "make",
                "run",
                *([f"PYTHON={sys._base_executable}"] if hasattr(sys, "_base_executable") else []),
            ],
            cwd=target,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            stamp = target / ".make" / "run"
            while not stamp.exists() and process.poll() is None and time.monotonic() - started < LONGEST_S:
                time.sleep(0.1)
            set_up = time.monotonic()
            base, token = until_served(process)
            served = time.monotonic()
            access = call(base, "/api/v1/auth/link", body={"token": token})["access_token"]
            total = 0
            while not total and time.monotonic() - served < LONGEST_S:
                total = call(base, "/api/v1/decisions?limit=1", token=access)["total"]
                time.sleep(0.2)
            decided = time.monotonic()
            figures = {
                "seconds_setup": round(set_up - started, 1),
                "seconds_to_serving": round(served - set_up, 1),
                "seconds_to_first_decision": round(decided - set_up, 1),
                "first_decisions": total,
                "web_entry_gzip_kb": round(entry_kb(target), 1),
            }
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
