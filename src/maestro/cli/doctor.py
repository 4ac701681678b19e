"""`maestro doctor`: checks the installation and says what to mend."""

from __future__ import annotations

import importlib
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typer
from rich.markup import escape
from rich.table import Table

import maestro
from maestro import migrations
from maestro.cli.listing import open_console
from maestro.database import Database
from maestro.engine.loading import load_graphs
from maestro.errors import MaestroError
from maestro.settings import Settings

State = Literal["ok", "note", "mend"]
_MARKS = {"ok": "[green]✓[/] fine", "note": "[yellow]![/] note", "mend": "[red]✗[/] mend"}
_LEAST_FREE_GB = 1.0
_ANSWER_S = 3.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its state, what was seen, and what to do where something is wrong."""

    subject: str
    state: State
    seen: str
    remedy: str = ""


def doctor() -> None:
    """Check the installation and say what to mend. Exit code 2 when something must be mended.

    Example: maestro doctor
    """
    console = open_console()
    findings = list(examine())
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for finding in findings:
        table.add_row(_MARKS[finding.state], finding.subject, escape(finding.seen))
        if finding.remedy:
            table.add_row("", "", f"[bold]What to do:[/] {escape(finding.remedy)}")
    console.print(table)
    wrong = sum(finding.state == "mend" for finding in findings)
    console.print("Everything is in order." if not wrong else f"{wrong} to mend.")
    if wrong:
        raise typer.Exit(2)


def examine() -> Iterator[Finding]:
    """Look at everything that Maestro stands on, one finding after another; never raises."""
    yield _python()
    try:
        settings = Settings.load()
    except MaestroError as error:
        yield Finding("Settings", "mend", error.message, error.remedy)
        return
    yield Finding("Settings", "ok", "read and valid")
    looks: list[tuple[str, Callable[[Settings], Finding]]] = [
        ("Data folder", _data_folder),
        ("Disk", _disk),
        ("Database", _database),
        ("Port", _port),
        ("Workflows", _workflows),
        ("Workers", _workers),
        ("Dashboard", _dashboard),
        ("Numerics", _numerics),
    ]
    for subject, look in looks:
        try:
            yield look(settings)
        except MaestroError as error:
            yield Finding(subject, "mend", error.message, error.remedy)
        except OSError as error:
            yield Finding(subject, "mend", str(error), "Check the path and its permissions.")


def _python() -> Finding:
    return Finding("Python", "ok", sys.version.split()[0])


def _data_folder(settings: Settings) -> Finding:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.data_dir) as probe:
        probe.write(b"probe")
    return Finding("Data folder", "ok", f"{settings.data_dir.resolve()} is writable")


def _disk(settings: Settings) -> Finding:
    free_gb = shutil.disk_usage(settings.data_dir).free / 1e9
    if free_gb < _LEAST_FREE_GB:
        return Finding("Disk", "mend", f"{free_gb:.1f} GB free", "Free some space, or move MAESTRO_DATA_DIR.")
    return Finding("Disk", "ok", f"{free_gb:.0f} GB free")


def _database(settings: Settings) -> Finding:
    database = Database.open(settings.database_url, settings.database)
    try:
        database.check()
        at, needed = migrations.current(database), migrations.newest(database)
    finally:
        database.close()
    if at is None:
        return Finding("Database", "note", "empty; `maestro run` creates the tables")
    if at != needed:
        return Finding(
            "Database", "mend", f"tables are at {at}, {needed} is needed", "Run `maestro db upgrade`."
        )
    return Finding("Database", "ok", f"{database.dialect}, tables at {at}")


def _port(settings: Settings) -> Finding:
    host, port = settings.server.host, settings.server.port
    if not port_is_free(host, port):
        return Finding(
            "Port",
            "note",
            f"{host}:{port} is in use (perhaps by a running Maestro)",
            "Stop the other program, or set MAESTRO_SERVER__PORT.",
        )
    return Finding("Port", "ok", f"{host}:{port} is free")


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _workflows(settings: Settings) -> Finding:
    """Loads them as `maestro run` would from this folder."""
    own = [graph.name for place in settings.engine.workflows for graph in load_graphs(place)]
    seen = f"{', '.join(dict.fromkeys(own))} can be loaded" if own else "none of your own"
    return Finding("Workflows", "ok", seen)


def _workers(settings: Settings) -> Finding:
    address = settings.workers.address
    if settings.workers.kind not in {"auto", "dask"} or not (address or settings.workers.kind == "dask"):
        return Finding("Workers", "ok", "of this machine")
    if not address:
        return Finding(
            "Workers", "mend", "a Dask cluster without an address", "Set MAESTRO_WORKERS__ADDRESS."
        )
    host, _, port = address.partition("://")[2].rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S).close()
    except OSError as error:
        return Finding(
            "Workers",
            "mend",
            f"no scheduler answers at {address}: {error}",
            f"Start it there: maestro worker --scheduler {address}; or correct MAESTRO_WORKERS__ADDRESS.",
        )
    return Finding("Workers", "ok", f"a scheduler answers at {address}")


def _dashboard(_: Settings) -> Finding:
    page = Path(maestro.__file__).parent / "web_dist" / "index.html"
    if page.is_file():
        return Finding("Dashboard", "ok", "built")
    return Finding("Dashboard", "mend", "not built; the API works without it", "Run `make web`.")


def _numerics(_: Settings) -> Finding:
    for module in ("lightgbm", "statsforecast", "polars", "dbos"):
        try:
            importlib.import_module(module)
        except (ImportError, OSError) as error:
            return Finding("Numerics", "mend", f"{module}: {error}", "Install again; Debian needs libgomp1.")
    return Finding("Numerics", "ok", "lightgbm, statsforecast, polars and dbos load")
