"""The `maestro` command: its help is quick, tells what each subcommand is for, and names its version."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from maestro import __version__
from maestro.cli.lazy_command import LazyCommand
from maestro.cli.main import COMMANDS, app

HEAVY = {"numba", "pandas", "lightgbm", "fastapi", "sqlalchemy", "dbos", "distributed"}


def command(name: str) -> LazyCommand:
    root: Any = get_command(app)
    found = root.commands[name]
    assert isinstance(found, LazyCommand)
    return found


def test_help_lists_every_subcommand_without_importing_any() -> None:
    program = (
        "import sys\nfrom typer.testing import CliRunner\nfrom maestro.cli.main import app\n"
        "print(CliRunner().invoke(app, ['--help']).output)\n"
        f"print('heavy:', sorted({HEAVY!r} & set(sys.modules)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert all(f" {name} " in printed for name in COMMANDS)
    assert "heavy: []" in printed


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_subcommand_what_it_says_of_itself(name: str) -> None:
    said = (command(name).load().help or "").strip().splitlines()[0]
    assert said.startswith(COMMANDS[name].purpose.rstrip("."))


def test_the_version_is_printed() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.strip() == f"maestro {__version__}"


def test_an_unknown_subcommand_is_refused() -> None:
    assert CliRunner().invoke(app, ["rum"]).exit_code == 2
