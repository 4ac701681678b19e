"""Fixtures of the importer's tests: an importing function for small files written on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.packs.retail.importer import ImportOptions, ImportSummary, import_sales

Import = Callable[..., ImportSummary]
HEADING = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID"


@pytest.fixture
def quarantine_dir(tmp_path: Path) -> Path:
    """Where rows that are left out go."""
    return tmp_path / "quarantine"


def _importer(database: Database, folder: Path, quarantine_dir: Path) -> Import:
    clock = VirtualClock(datetime(2026, 6, 1, tzinfo=UTC))

    def run(content: str | bytes, *, name: str = "sales.csv", **options: object) -> ImportSummary:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        chosen = ImportOptions(quarantine_dir, **options)  # type: ignore[arg-type]  # tests name real options
        summary = import_sales(path, database, chosen, clock)
        assert summary.rows == summary.imported + summary.merged + summary.quarantined
        assert summary.merged == sum(summary.merged_reasons.values())
        assert summary.quarantined == sum(summary.quarantined_reasons.values())
        return summary

    return run


@pytest.fixture
def run_import(database: Database, tmp_path: Path, quarantine_dir: Path) -> Import:
    """Write a file and import it into the SQLite database, checking that every row is accounted for."""
    return _importer(database, tmp_path, quarantine_dir)


@pytest.fixture
def run_import_anywhere(any_database: Database, tmp_path: Path, quarantine_dir: Path) -> Import:
    """The same, once on SQLite and once on PostgreSQL."""
    return _importer(any_database, tmp_path, quarantine_dir)


@pytest.fixture
def invoices() -> Callable[..., str]:
    """Make a CSV file of lines: (invoice, sku, quantity, date, price[, customer[, name]])."""

    def make(*lines: tuple[object, ...]) -> str:
        rows = [HEADING]
        for line in lines:
            invoice, sku, quantity, day, price, *rest = line
            customer = rest[0] if rest else "C1"
            name = rest[1] if len(rest) > 1 else f"Thing {sku}"
            rows.append(f"{invoice},{sku},{name},{quantity},{day},{price},{customer}")
        return "\n".join(rows) + "\n"

    return make
