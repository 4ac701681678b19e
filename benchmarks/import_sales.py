"""Benchmark of the sales import: every row of Online Retail accounted for, how quickly, in how much memory.

Each of three runs imports the file into a fresh SQLite database in a process of its own, whose peak memory
the operating system reports.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 3
DATA = Path(os.environ.get("MAESTRO_DATA", "../shared/data")) / "online_retail.parquet"


def import_once(folder: Path) -> dict[str, object]:
    """Import into a fresh database in `folder`; figures of this process."""
    import resource  # noqa: PLC0415  the measuring parent needs none of these

    from maestro.clock import RealClock  # noqa: PLC0415
    from maestro.database import Base, Database  # noqa: PLC0415
    from maestro.packs.retail.importer import ImportOptions, import_sales  # noqa: PLC0415

    database = Database.open(f"sqlite:///{folder / 'shop.db'}")
    Base.metadata.create_all(database.engine)
    options = ImportOptions(folder / "quarantine")
    started = time.perf_counter()
    summary = import_sales(DATA, database, options, RealClock())
    seconds = time.perf_counter() - started
    again = import_sales(DATA, database, options, RealClock())
    return {
        **summary.to_json(),
        "repeated_changes_nothing": again.already_imported and again.import_id == summary.import_id,
        "import_seconds": seconds,
        "database_mb": (folder / "shop.db").stat().st_size / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measured_run() -> dict[str, object]:
    """One import in a fresh process; `seconds` counts the whole process."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, __file__, folder], check=True, stdout=subprocess.PIPE, text=True
        )
        return {**json.loads(done.stdout), "seconds": time.perf_counter() - started}


def main() -> None:
    """Run and print."""
    if not DATA.exists():
        print(f"{DATA} is missing; set MAESTRO_DATA to the folder that holds it.", file=sys.stderr)
        print(json.dumps({"skipped": "online_retail.parquet is missing"}))
        return
    runs = []
    for number in range(RUNS):
        runs.append(measured_run())
        print(f"run {number + 1} of {RUNS}: {runs[-1]['seconds']:.2f} s", file=sys.stderr)
    first = runs[0]
    told = ("rows", "imported", "quarantined", "merged", "quarantined_reasons", "merged_reasons", "notes")
    assert all(run[name] == first[name] for run in runs for name in told), "the runs differ"
    assert first["rows"] == first["imported"] + first["quarantined"] + first["merged"]  # type: ignore[operator]

    def median(name: str) -> float:
        return statistics.median(float(str(run[name])) for run in runs)

    result = {name: first[name] for name in told}
    result |= {name: first[name] for name in ("products_created", "first_day", "last_day")}
    result |= {
        "repeated_changes_nothing": all(run["repeated_changes_nothing"] for run in runs),
        "seconds": round(median("seconds"), 2),
        "import_seconds": round(median("import_seconds"), 2),
        "peak_mb": round(max(float(str(run["peak_mb"])) for run in runs)),
        "database_mb": round(median("database_mb"), 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(import_once(Path(sys.argv[1]))))
    else:
        main()
