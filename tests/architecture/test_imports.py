"""Architecture: the import contracts hold, and each of them catches a planted violation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-cache",
        "--config",
        str(root / ".importlinter"),
    ]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("web_dist", "__pycache__", "*.egg-info")
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_house_is_in_order() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("engine/graph.py", "import maestro.agents.decision", "Layers"),
        ("agents/decision.py", "import maestro.packs.retail.entities", "Layers"),
        ("packs/retail/entities.py", "import maestro.app", "Layers"),
        ("clock.py", "import maestro.settings", "Layers"),
        ("learning/forecasting/base.py", "import maestro.packs.retail.entities", "Learning knows no"),
        ("agents/decision.py", "import maestro.learning.forecasting.base", "know no models"),
        ("engine/graph.py", "import pandas", "stay light"),
        ("agents/decision.py", "import fastapi", "stay light"),
    ],
)
def test_a_planted_violation_is_caught(house: Path, room: str, line: str, contract: str) -> None:
    path = house / "src" / "maestro" / room
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint(house)
    assert result.returncode == 1
    broken = [row for row in result.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(contract in row for row in broken), result.stdout


def test_two_packs_may_not_import_each_other(house: Path) -> None:
    other = house / "src" / "maestro" / "packs" / "other"
    other.mkdir()
    (other / "__init__.py").write_text("import maestro.packs.retail.entities\n", encoding="utf-8")
    config = house / ".importlinter"
    config.write_text(config.read_text(encoding="utf-8") + "    maestro.packs.other\n", encoding="utf-8")
    assert "Packs never import each other BROKEN" in lint(house).stdout


def test_the_kernel_never_reads_the_wall_clock_itself() -> None:
    allowed = {"clock.py"}
    guilty = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "src" / "maestro").rglob("*.py")
        if path.name not in allowed
        and any(
            call in path.read_text(encoding="utf-8")
            for call in ("datetime.now(", "time.time(", "time.sleep(")
        )
    ]
    assert guilty == []
