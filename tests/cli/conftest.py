"""Runs the `maestro` command in the test's own folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def maestro(tmp_path: Path) -> Maestro:
    """The real command in a process of its own: `maestro("db", "upgrade")`."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "maestro"), *arguments]
        settings = {
            "MAESTRO_DATA_DIR": str(tmp_path / "data"),
            "COLUMNS": "200",
            "NO_COLOR": "1",
            **environment,
        }
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, **settings},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run
