"""The command line on your own shop: import sales, let it decide, approve, simulate."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

Maestro = Callable[..., "subprocess.CompletedProcess[str]"]

RUN_ONE_DAY = """
import asyncio
from maestro.app import App
from maestro.settings import Settings
app = App.open(Settings.load())
asyncio.run(app.live(days=1))
app.close()
"""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Half a year of a small shop, as a spreadsheet exports it."""
    rng = np.random.default_rng(3)
    rows = ["invoice,sku,description,quantity,date,price"]
    for day in range(180):
        when = date(2026, 1, 1) + timedelta(days=day)
        for product in range(12):
            pieces = int(rng.poisson(1 + product / 3))
            if pieces:
                rows.append(
                    f"{day}-{product},P{product:02d},Product {product},{pieces},{when},{5 + product}.50"
                )
    rows.append("odd-1,P01,Product 1,3,2026-02-01,0")
    path = tmp_path / "history.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def run_one_day(tmp_path: Path, maestro: Maestro) -> None:
    environment = {"MAESTRO_DATA_DIR": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", RUN_ONE_DAY],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_history_is_imported_decided_on_and_approved(
    maestro: Maestro, history: Path, tmp_path: Path
) -> None:
    imported = maestro("import", "sales", str(history), "--json")
    assert imported.returncode == 0, imported.stderr
    summary = json.loads(imported.stdout)
    assert summary["rows"] == summary["imported"] + summary["merged"] + summary["quarantined"]
    assert summary["quarantined"] == 1
    assert Path(tmp_path / summary["quarantine_file"]).is_file()

    again = maestro("import", "sales", str(history))
    assert "nothing was changed" in again.stdout

    assert "No decisions yet" in maestro("decisions", "list").stdout
    run_one_day(tmp_path, maestro)
    listed = maestro("decisions", "list", "--status", "waiting", "--json").stdout.splitlines()
    assert listed, "on your own shop the agent asks"
    assert all(json.loads(line)["summary"]["en"].startswith("Order ") for line in listed)
    first = json.loads(listed[0])["id"]
    assert first in maestro("decisions", "list").stdout

    approved = maestro("decisions", "approve", first, "--note", "season")
    assert approved.returncode == 0, approved.stderr
    assert "executed" in approved.stdout
    shown = maestro("decisions", "show", first)
    assert "person:command line" in shown.stdout
    assert "season" in shown.stdout
    twice = maestro("decisions", "approve", first)
    assert twice.returncode == 1
    assert "cannot become" in twice.stderr
    assert maestro("decisions", "undo", first, "--yes").returncode == 0

    if len(listed) > 1:
        second = json.loads(listed[1])["id"]
        assert "rejected" in maestro("decisions", "reject", second).stdout


def test_a_simulation_tells_what_the_agent_would_be_worth(maestro: Maestro, history: Path) -> None:
    assert maestro("import", "sales", str(history)).returncode == 0
    told = maestro("simulate", "retail", "--weeks", "2", "--futures", "2", "--json")
    assert told.returncode == 0, told.stderr
    figures = json.loads(told.stdout)
    assert figures["gain"]["mean"] == pytest.approx(figures["agent"]["profit"] - figures["rule"]["profit"])
    words = maestro("simulate", "retail", "--weeks", "1", "--futures", "1")
    assert "nothing in the shop was touched" in words.stdout
    assert "No decisions yet" in maestro("decisions", "list").stdout


def test_a_column_that_is_not_recognised_can_be_named(maestro: Maestro, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Beleg;Artikelnummerchen;Menge;Tag\n1;A;2;2026-01-05\n2;B;1;2026-01-06\n")
    refused = maestro("import", "sales", str(path))
    assert refused.returncode == 2
    assert "--column" in refused.stderr
    named = ["--column", "sku=Artikelnummerchen", "--column", "quantity=Menge", "--column", "date=Tag"]
    done = maestro("import", "sales", str(path), *named)
    assert done.returncode == 0, done.stderr
    malformed = maestro("import", "sales", str(path), "--column", "sku")
    assert malformed.returncode == 2
    assert "field=heading" in malformed.stderr


def test_an_unknown_decision_is_told(maestro: Maestro) -> None:
    refused = maestro("decisions", "show", "d_nothing")
    assert refused.returncode == 1
    assert "Error:" in refused.stderr
    assert "List the decisions to see their ids." in refused.stderr


def test_decisions_need_no_workflows_of_your_own(maestro: Maestro) -> None:
    listed = maestro("decisions", "list", MAESTRO_ENGINE__WORKFLOWS="module_of_another_folder")
    assert listed.returncode == 0, listed.stderr
    assert "No decisions yet" in listed.stdout
