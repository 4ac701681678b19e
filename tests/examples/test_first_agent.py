"""Examples: each runs as its reader would run it, and shows what it promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_first_agent_earns_full_trust() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "01_first_agent.py")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "bounded -> full" in done.stdout
    assert "audit log sound: True" in done.stdout
