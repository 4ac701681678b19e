"""App: opens the shop, lets its days pass, survives a kill, and tells everybody what happens."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maestro.agents.agent import State
from maestro.app import App
from maestro.clock import VirtualClock
from maestro.errors import NotFoundError, TemporaryError
from maestro.settings import Settings

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def settings_in(folder: Path, **changes: Any) -> Settings:
    return Settings.load(
        data_dir=folder, clock={"seconds_per_day": 0.02}, workers={"kind": "thread"}, **changes
    )


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo shop as it is opened, to copy from."""
    folder = tmp_path_factory.mktemp("demo")
    App.open(settings_in(folder), wall=VirtualClock(NOW)).close()
    return folder


@pytest.fixture
def app(opened: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(opened, tmp_path / "data")
    app = App.open(settings_in(tmp_path / "data"))
    yield app
    app.close()


def decided(folder: Path) -> list[tuple[str, str, float]]:
    with closing(sqlite3.connect(folder / "maestro.db")) as connection:
        return connection.execute("SELECT id, status, predicted_mean FROM decisions ORDER BY id").fetchall()


def worth(folder: Path) -> list[tuple[str, float, float]]:
    with closing(sqlite3.connect(folder / "maestro.db")) as connection:
        return connection.execute(
            "SELECT day, with_agents, without_agents FROM retail_worth ORDER BY day"
        ).fetchall()


async def test_a_week_passes_and_its_review_leaves_decisions(app: App) -> None:
    told: list[str] = []
    app.events.subscribe(lambda kind, payload: told.append(kind))
    await app.live(days=2)
    page = app.decisions.list(limit=200)
    assert page.total > 50
    assert {str(item.status) for item in page.items} <= {"executed", "waiting", "blocked"}
    assert {"decision", "cycle", "stock", "agent"} <= set(told)
    assert app.audit.verify().ok
    assert app.agent("replenishment").last_cycle_at == datetime(2026, 3, 2, 6, tzinfo=UTC)
    assert len(worth(app.settings.data_dir)) == 2


async def test_a_process_killed_in_the_middle_goes_on_as_if_nothing_had_happened(
    opened: Path, tmp_path: Path
) -> None:
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    for folder in (quiet, killed):
        shutil.copytree(opened, folder)
    app = App.open(settings_in(quiet))
    await app.live(days=3)
    app.close()

    program = (
        "import asyncio, sys; from pathlib import Path; from maestro.app import App\n"
        "from maestro.settings import Settings\n"
        "app = App.open(Settings.load(data_dir=Path(sys.argv[1]), clock={'seconds_per_day': 0.02}))\n"
        "asyncio.run(app.live(days=3))"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(killed)])
    while process.poll() is None and not any(status == "executed" for _, status, _ in decided(killed)):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert len(worth(killed)) < 3

    again = App.open(settings_in(killed))  # what the dead process had begun is taken over in real time
    assert again.clock.now() >= again.audit.list(limit=1).items[0].at, "time never runs backwards"
    await again.live(days=3 - len(worth(killed)))
    assert again.audit.verify().ok
    again.close()
    assert decided(killed) == decided(quiet)
    assert worth(killed) == worth(quiet)


async def test_runs_are_stamped_with_the_time_of_people_and_the_shop_stops_at_its_own(app: App) -> None:
    began = app.wall.now()
    await app.live(days=1)
    again = App.open(app.settings)
    assert again.clock.now() == app.clock.now()
    await again.runtime.launch()
    runs = await again.engine.list_runs()
    await again.runtime.shutdown()
    again.close()
    assert runs
    assert all(run.started_at and began <= run.started_at <= app.wall.now() for run in runs)


async def test_it_stops_after_the_work_in_hand(app: App) -> None:
    living = asyncio.create_task(app.live())
    while not worth(app.settings.data_dir):
        await asyncio.sleep(0.05)
    await app.stop()
    await living
    assert app.agent("replenishment").state == "stopped"


async def test_an_agent_that_keeps_failing_is_quarantined_and_the_days_go_on(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = app.agent("replenishment")

    def broken(_now: datetime) -> None:
        raise TemporaryError("the forecast service is down", delay_s=0.001)

    mended = handle.loop.role.observe
    monkeypatch.setattr(handle.loop.role, "observe", broken)
    told: list[Mapping[str, Any]] = []
    app.events.subscribe(lambda kind, payload: told.append(payload) if kind == "agent" else None)
    await app.runtime.launch()
    app.supervisor.start(handle.agent)
    while handle.agent.state is not State.RUNNING:
        await asyncio.sleep(0)
    for week in range(app.settings.agents.max_restarts + 1):
        await app.run_cycle("replenishment", NOW + timedelta(weeks=week))
    assert handle.state == "quarantined"
    assert told[-1]["state"] == "quarantined"
    await asyncio.sleep(0.05)
    assert handle.state == "quarantined", "having ended does not let it out"
    assert "the forecast service is down" in handle.last_error
    monkeypatch.setattr(handle.loop.role, "observe", mended)
    app.release("replenishment")
    while handle.state != "running":
        await asyncio.sleep(0)
    moment = app.world.next_moment()
    await app.run_cycle("replenishment", moment)
    assert (handle.failures, handle.last_cycle_at) == (0, moment)
    await app.supervisor.stop()
    await app.runtime.shutdown()


def test_an_unknown_agent_is_named_with_those_there_are(app: App) -> None:
    with pytest.raises(NotFoundError, match="replenishment"):
        app.agent("nobody")
