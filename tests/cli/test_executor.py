"""`maestro executor`: takes workflows from modules, works on runs in a process of its own, and drains."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from maestro.clock import RealClock
from maestro.engine import Engine
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.engine.loading import load_graphs
from maestro.errors import ConfigurationError, InputError
from maestro.settings import Settings

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]

SHOP = """
from maestro.engine import Graph

def pack(number: int) -> int:
    return number + 1

ONE = Graph("one", [pack])
GRAPHS = [ONE, Graph("two", [pack])]

def both():
    return GRAPHS

def of(season, *, width=1):
    return GRAPHS

def falls():
    return 1 / 0

NOTHING = []
NUMBERS = [1, 2]
NUMBER = 3
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with workflows in the present folder."""
    (tmp_path / "some_shop.py").write_text(SHOP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return "some_shop"


@pytest.mark.parametrize(
    ("place", "names"), [("", ["one", "two"]), (":ONE", ["one"]), (":both", ["one", "two"])]
)
def test_workflows_come_from_a_list_a_graph_or_a_function(shop: str, place: str, names: list[str]) -> None:
    assert [graph.name for graph in load_graphs(shop + place)] == names


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("no_such_shop", "no module no_such_shop"),
        ("some_shop:GONE", "has no GONE"),
        ("some_shop:NOTHING", "is no workflow"),
        ("some_shop:NUMBERS", "is no workflow"),
        ("some_shop:NUMBER", "is no workflow"),
        ("some_shop:of", "some_shop:of is a function that needs season"),
        ("some_shop:falls", r"some_shop:falls gives no workflow: ZeroDivisionError.*some_shop\.py, line \d+"),
        ("", "cannot be imported"),
    ],
)
def test_a_place_without_workflows_is_refused(shop: str, place: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_graphs(place)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "import no_such_thing_at_all",
            r"No module named '.*_at_all' \(.*broken_shop\.py, line 1",
        ),
        ("x = 1\ny = = 2", r"SyntaxError: invalid syntax \(.*broken_shop\.py, line 2"),
        ("x = 1\n\ny = later", r"NameError: .*later.*\(.*broken_shop\.py, line 3"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named_with_the_line(
    shop: str, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "broken_shop.py").write_text(text)
    with pytest.raises(InputError, match=f"Module broken_shop cannot be imported: .*{words}"):
        load_graphs("broken_shop")


def test_what_a_workflow_itself_says_is_wrong_is_said_as_it_is(shop: str, tmp_path: Path) -> None:
    (tmp_path / "empty_shop.py").write_text("from maestro.engine import Graph\nGRAPHS = [Graph('none', [])]")
    with pytest.raises(ConfigurationError, match="Workflow none has no steps"):
        load_graphs("empty_shop")


def test_it_works_until_it_is_stopped_and_then_drains(shop: str, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).parent / "maestro"), "executor", "--workflows", shop]
    environment = {**os.environ, "MAESTRO_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"}
    process = subprocess.Popen(
        [*command, "--drain-s", "1"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "works on one@1, self-test@1, two@1" in line
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Left;" in out
    assert "executor drains" in err


NAP = """
import time
from pathlib import Path
from maestro.engine import Graph

def nap(folder: str) -> str:
    Path(folder, "asleep").touch()
    time.sleep(600)
    return "late"

GRAPHS = [Graph("nap", [nap])]
"""


async def begin_a_nap(settings: Settings, folder: Path) -> None:
    """Give a run, whose thread sleeps for ten minutes, to the one executor that there is."""
    onlooker = settings.engine.model_copy(update={"executor_id": "onlooker"})
    engine = Engine(settings.journal_url, onlooker, RealClock())
    for graph in load_graphs("sleepy_shop"):
        engine.register(graph)
    await engine.launch()
    (executor,) = ExecutorRegistry(engine.records, RealClock()).list()
    await engine.start("nap", {"folder": str(folder)}, run_id="nap", executor_id=executor.id)
    async with asyncio.timeout(60):
        while not (folder / "asleep").exists():
            await asyncio.sleep(0.05)
    await engine.shutdown(0)


def test_it_is_gone_soon_after_its_drain_although_a_thread_of_a_step_sleeps(
    shop: str, tmp_path: Path, maestro: Maestro
) -> None:
    (tmp_path / "sleepy_shop.py").write_text(NAP)
    command = [str(Path(sys.executable).parent / "maestro"), "executor", "--workflows", "sleepy_shop"]
    process = subprocess.Popen(
        [*command, "--drain-s", "0.5"],
        cwd=tmp_path,
        env={**os.environ, "MAESTRO_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "works on nap@1" in process.stdout.readline()
    sys.path.insert(0, str(tmp_path))
    asyncio.run(begin_a_nap(Settings.load(data_dir=tmp_path / "data"), tmp_path))
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)  # not the ten minutes of the nap
    assert process.returncode == 0, err
    assert out.endswith("Left; what was not at its end goes on elsewhere.\n")
    assert "runs left for the next launch" in err
    assert '"status":"running"' in maestro("workflow", "show", "nap", "--json").stdout


def test_it_says_what_it_needs(maestro: Maestro) -> None:
    assert maestro("executor").returncode == 2
    help_ = maestro("executor", "--help")
    assert "maestro executor --workflows shop.workflows" in help_.stdout
