"""The second example runs as its reader would: approved, paid, and undone where the budget is too small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "02_durable_workflow.py"


def test_what_failed_is_undone_and_what_succeeded_stays() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    paid, undone = done.stdout.split("An order with a budget of 1,000:")
    assert "asked: Order for 25,125.00?" in paid
    assert "paid 25,125.00" in paid
    assert "what was done is undone" in undone
    assert "hold 1 booking(s)" in undone
