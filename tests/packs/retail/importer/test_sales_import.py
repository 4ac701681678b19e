"""Importing sales: every row accounted for, nothing twice, all or nothing, also into a new shop."""

from __future__ import annotations

import csv
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from maestro.clock import VirtualClock
from maestro.database import Base, Database
from maestro.errors import ConflictError, InputError
from maestro.packs.retail import ledger, sales, stock
from maestro.packs.retail.entities import (
    DailySale,
    ImportedDay,
    Location,
    Product,
    SalesImport,
    Shop,
    StockLevel,
    Supplier,
)
from maestro.packs.retail.importer import REASONS, ImportOptions, ImportSummary, import_sales

Import = Callable[..., ImportSummary]
Invoices = Callable[..., str]

DAY = "2026-05-01 10:00"
NEXT = "2026-05-02 10:00"
CLOCK = VirtualClock(datetime(2026, 6, 1, tzinfo=UTC))


def sold(database: Database) -> dict[tuple[str, str], int]:
    """SKU and day -> pieces, where any were sold."""
    with database.reader() as session:
        rows = session.execute(
            select(Product.sku, DailySale.day, func.sum(DailySale.quantity))
            .join(Product, Product.id == DailySale.product_id)
            .group_by(Product.sku, DailySale.day)
        )
        return {(sku, day.isoformat()): int(pieces) for sku, day, pieces in rows if pieces}


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but the list of imports, to prove that nothing changed."""
    with database.reader() as session:
        return {
            table.name: [tuple(row) for row in session.execute(table.select())]
            for table in Base.metadata.sorted_tables
            if table.name.startswith("retail_") and table.name != "retail_imports"
        }


def test_lines_become_daily_sales_products_a_location_a_supplier_and_a_shop(
    run_import_anywhere: Import, any_database: Database, invoices: Invoices
) -> None:
    summary = run_import_anywhere(
        invoices(
            ("1", "a1", 2, DAY, 5.0),
            ("1", "B", 1, DAY, 2.5),
            ("2", "A1", 3, DAY, 6.0),
            ("3", "A1", 1, NEXT, 5.0),
        )
    )
    assert (summary.imported, summary.products_created, summary.locations_created) == (4, 2, 1)
    assert (summary.first_day, summary.last_day) == (date(2026, 5, 1), date(2026, 5, 2))
    assert sold(any_database) == {("A1", "2026-05-01"): 5, ("B", "2026-05-01"): 1, ("A1", "2026-05-02"): 1}
    with any_database.reader() as session:
        product = session.scalars(select(Product).where(Product.sku == "A1")).one()
        assert (product.price, product.unit_cost, product.unit_cost_assumed) == (5.0, 3.0, True)
        supplier = session.scalars(select(Supplier)).one()
        assert (supplier.assumed, supplier.lead_time_min_days, supplier.lead_time_max_days) == (True, 5, 12)
        assert product.supplier_id == supplier.id
        assert session.scalars(select(Location.code)).all() == ["MAIN"]
        assert session.scalars(select(Shop.simulated)).all() == [False]
        panel = sales.read_panel(session, until=date(2026, 5, 1))
        assert panel.revenue.tolist() == [[2 * 5.0 + 3 * 6.0], [2.5]]


def test_new_places_open_with_21_days_of_recent_sales_in_the_ledger(
    run_import: Import, database: Database, invoices: Invoices
) -> None:
    run_import(invoices(("1", "A", 28, DAY, 5.0), ("2", "B", 1, "2025-12-01", 5.0)))
    with database.reader() as session:
        rows = {row.sku: row for row in stock.stock_page(session).items}
        assert (rows["A"].on_hand, rows["A"].sold_28d, rows["B"].on_hand) == (21, 28, 0)
        assert [m.kind for m in ledger.movements(session, rows["A"].product_id)] == ["opening"]
        assert ledger.discrepancies(session) == []


def test_opening_stock_can_be_left_out(run_import: Import, database: Database, invoices: Invoices) -> None:
    run_import(invoices(("1", "A", 28, DAY, 5.0)), opening_stock_days=0)
    with database.reader() as session:
        assert session.scalars(select(StockLevel.on_hand)).all() == [0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("2", "", 1, DAY, 5.0), "bad_sku"),
        (("2", "X" * 121, 1, DAY, 5.0), "bad_sku"),
        (("2", "A", 1, "soon", 5.0), "bad_date"),
        (("2", "A", 1, "", 5.0), "bad_date"),
        (("2", "A", 1, "1901-01-01", 5.0), "bad_date"),
        (("2", "A", 1, "2026-06-03", 5.0), "future_date"),
        (("2", "A", "many", DAY, 5.0), "bad_quantity"),
        (("2", "A", 1.5, DAY, 5.0), "bad_quantity"),
        (("2", "A", 1_000_001, DAY, 5.0), "bad_quantity"),
        (("2", "A", 0, DAY, 5.0), "zero_quantity"),
        (("2", "A", 1, DAY, "free"), "bad_price"),
        (("2", "A", 1, DAY, ""), "bad_price"),
        (("2", "TEST001", 1, DAY, 5.0), "test_code"),
        (("2", "POST", 1, DAY, 5.0), "service_code"),
        (("2", "dot", 1, DAY, 5.0, "C1", "DOTCOM POSTAGE"), "service_code"),
        (("2", "M", 1, DAY, 5.0, "C1", "Manual"), "service_code"),
        (("2", "BANK CHARGES", 1, DAY, 5.0), "service_code"),
        (("2", "AMAZONFEE", -1, DAY, 5.0), "service_code"),
        (("2", "gift_0001_40", 1, DAY, 5.0), "service_code"),
        (("2", "배송비", 1, DAY, 5.0), "service_code"),
        (("2", "A", 1, DAY, -5.0), "negative_price"),
        (("2", "A", 1, DAY, 0), "zero_price"),
        (("2", "A", -1, DAY, 0), "stock_write_off"),
        (("C2", "A", -9, NEXT, 5.0), "return_without_sale"),
        (("C2", "A", -1, NEXT, 5.0, "C9"), "return_without_sale"),
        (("C2", "A", -1, "2026-04-01", 5.0), "return_without_sale"),
    ],
)
def test_a_row_that_is_no_sale_goes_to_quarantine_with_its_reason_and_number(
    run_import: Import,
    database: Database,
    invoices: Invoices,
    line: tuple[object, ...],
    reason: str,
) -> None:
    summary = run_import(invoices(("1", "A", 2, DAY, 5.0), line))
    assert summary.quarantined_reasons == {reason: 1}
    assert sold(database) == {("A", "2026-05-01"): 2}
    assert summary.quarantine_file is not None
    with summary.quarantine_file.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["row"], row["reason"], row["explanation"]) == ("3", reason, REASONS[reason]["en"])
    assert row["StockCode"] == str(line[1])


def test_a_line_with_too_many_or_too_few_fields_is_kept_as_it_stands(
    run_import: Import, invoices: Invoices
) -> None:
    content = invoices(("1", "A", 2, DAY, 5.0)) + "2,B,too,many,fields,in,this,line\n3,C\n\n"
    summary = run_import(content + "4,A,x,1,2026-05-01,5,C1\n")
    assert summary.quarantined_reasons == {"wrong_number_of_fields": 2}
    assert summary.quarantine_file is not None
    with summary.quarantine_file.open(encoding="utf-8-sig", newline="") as file:
        assert [(row["row"], row["line"]) for row in csv.DictReader(file)] == [
            ("3", "2,B,too,many,fields,in,this,line"),
            ("4", "3,C"),
        ]


def test_without_rows_left_out_there_is_no_quarantine_file(
    run_import: Import, invoices: Invoices, quarantine_dir: Path
) -> None:
    assert run_import(invoices(("1", "A", 2, DAY, 5.0))).quarantine_file is None
    assert list(quarantine_dir.iterdir()) == []


def test_a_corrected_quarantine_file_can_be_imported(run_import: Import, invoices: Invoices) -> None:
    summary = run_import(invoices(("1", "A", 2, DAY, 5.0), ("2", "A", 3, "soon", 5.0)))
    assert summary.quarantine_file is not None
    corrected = summary.quarantine_file.read_text(encoding="utf-8-sig").replace("soon", NEXT)
    assert run_import(corrected, name="corrected.csv").imported == 1


def test_a_missing_customer_is_no_obstacle_and_is_counted(run_import: Import, invoices: Invoices) -> None:
    summary = run_import(invoices(("1", "A", 2, DAY, 5.0, ""), ("2", "A", 2, DAY, 5.0)))
    assert (summary.imported, summary.notes) == (2, {"missing_customer": 1})


def test_an_exact_copy_of_an_invoice_line_counts_once(
    run_import: Import, database: Database, invoices: Invoices
) -> None:
    line = ("1", "A", 2, DAY, 5.0)
    summary = run_import(invoices(line, line, ("1", "A", 3, DAY, 5.0)))
    assert (summary.imported, summary.merged_reasons) == (2, {"duplicate_line": 1})
    assert sold(database) == {("A", "2026-05-01"): 5}


def test_without_invoice_numbers_two_equal_lines_are_two_sales(
    run_import: Import, database: Database
) -> None:
    content = "sku,qty,date\nA,1,2026-05-01\nA,1,2026-05-01\n"
    assert run_import(content).imported == 2
    assert sold(database) == {("A", "2026-05-01"): 2}
    longer = run_import(content + "A,1,2026-05-01\nB,1,2026-05-01\n", name="longer.csv")
    assert (longer.imported, longer.merged_reasons) == (2, {"already_imported": 2})
    assert sold(database) == {("A", "2026-05-01"): 3, ("B", "2026-05-01"): 1}


@pytest.mark.parametrize(("number", "reason"), [("C9", "cancellation_netted"), ("9", "return_netted")])
def test_a_return_is_taken_off_its_sale_on_the_day_of_the_sale(
    run_import: Import, database: Database, invoices: Invoices, number: str, reason: str
) -> None:
    summary = run_import(
        invoices(("1", "A", 5, DAY, 5.0), ("2", "A", 2, NEXT, 5.0), (number, "A", -5, "2026-05-03", 5.0))
    )
    assert (summary.imported, summary.merged_reasons) == (2, {reason: 1})
    assert sold(database) == {("A", "2026-05-02"): 2}


def test_the_very_same_file_changes_nothing_and_says_so(
    run_import_anywhere: Import, any_database: Database, invoices: Invoices
) -> None:
    content = invoices(("1", "A", 5, DAY, 5.0), ("C1", "A", -1, NEXT, 5.0), ("2", "POST", 1, DAY, 5.0))
    first = run_import_anywhere(content)
    before = everything(any_database)
    again = run_import_anywhere(content, name="renamed.csv")
    assert (again.already_imported, again.import_id) == (True, first.import_id)
    assert everything(any_database) == before


def test_a_longer_export_adds_only_what_is_new(
    run_import_anywhere: Import, any_database: Database, invoices: Invoices
) -> None:
    old = [("1", "A", 5, DAY, 5.0), ("2", "B", 4, DAY, 5.0), ("C1", "A", -1, NEXT, 5.0)]
    new = [("3", "A", 7, NEXT, 5.0), ("C2", "B", -4, NEXT, 5.0)]
    run_import_anywhere(invoices(*old))
    longer = run_import_anywhere(invoices(*old, *new), name="longer.csv")
    assert longer.imported == 1
    assert longer.merged_reasons == {"already_imported": 3, "cancellation_netted": 1}
    assert sold(any_database) == {("A", "2026-05-01"): 4, ("A", "2026-05-02"): 7}
    before = everything(any_database)
    reordered = run_import_anywhere(invoices(*new, *old), name="reordered.csv")
    assert (reordered.imported, reordered.merged_reasons) == (0, {"already_imported": 5})
    assert everything(any_database) == before


_LINES = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "C3", "C4"]),
        st.sampled_from(["A", "B"]),
        st.integers(-3, 3),
        st.sampled_from(["2026-05-01", "2026-05-02", "2026-05-03"]),
        st.sampled_from([0, 5]),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=12, deadline=None)
@given(lines=_LINES, cut=st.integers(0, 14))
def test_a_file_in_two_exports_gives_the_same_sales_as_in_one(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[object, ...]], cut: int
) -> None:
    lines = sorted(lines, key=lambda line: str(line[3]))
    heading = "invoice,sku,quantity,date,price"
    texts = [
        "\n".join([heading, *(",".join(map(str, line)) for line in part)]) for part in (lines[:cut], lines)
    ]
    results = []
    for parts in ([texts[1]], texts):
        folder = tmp_path_factory.mktemp("import")
        database = Database.open(f"sqlite:///{folder / 'x.db'}")
        Base.metadata.create_all(database.engine)
        for part in parts:
            path = folder / "sales.csv"
            path.write_text(part)
            try:
                summary = import_sales(path, database, ImportOptions(folder / "q"), CLOCK)
            except InputError:
                continue  # no line of this part can be used
            assert summary.rows == summary.imported + summary.merged + summary.quarantined
        with database.reader() as session:
            assert min(session.scalars(select(DailySale.quantity)), default=0) >= 0
            keys = b"".join(session.scalars(select(ImportedDay.keys).order_by(ImportedDay.day)))
        results.append((sold(database), keys))
        database.close()
    assert results[0] == results[1]


def test_a_total_instead_of_a_price_and_no_price_at_all(run_import: Import, database: Database) -> None:
    run_import("sku,qty,date,amount\nA,4,2026-05-01,10.00\n")
    run_import("sku,qty,date\nB,4,2026-05-01\n", name="plain.csv")
    with database.reader() as session:
        assert dict(session.execute(select(Product.sku, Product.price)).all()) == {"A": 2.5, "B": 0.0}


def test_a_location_column_makes_locations(run_import: Import, database: Database) -> None:
    summary = run_import("sku,qty,date,store\nA,4,2026-05-01,North\nA,2,2026-05-01,\n", location="SOUTH")
    assert summary.locations_created == 2
    with database.reader() as session:
        assert sorted(session.scalars(select(Location.code))) == ["North", "SOUTH"]
        assert len(sales.read_panel(session)) == 2


def test_parquet_and_csv_of_the_same_lines_are_the_same_lines(run_import: Import, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "InvoiceNo": ["1", "C2"],
            "StockCode": [85123.0, 85123.0],
            "Quantity": [6, -2],
            "InvoiceDate": ["2026-05-01T08:26", "2026-05-02T09:00"],
            "UnitPrice": [2.55, 2.55],
            "CustomerID": [17850.0, 17850.0],
        }
    )
    frame = frame.with_columns(pl.col("InvoiceDate").str.to_datetime())
    frame.write_parquet(tmp_path / "frame.parquet")
    first = run_import((tmp_path / "frame.parquet").read_bytes(), name="sales.parquet")
    assert (first.imported, first.merged_reasons) == (1, {"cancellation_netted": 1})
    second = run_import(frame.write_csv(), name="sales.csv")
    assert (second.imported, second.merged_reasons) == (0, {"already_imported": 2})


def test_progress_tells_every_stage_and_ends_at_one(
    database: Database, tmp_path: Path, invoices: Invoices
) -> None:
    heard: list[tuple[str, float]] = []
    path = tmp_path / "s.csv"
    path.write_text(invoices(("1", "A", 2, DAY, 5.0)))
    import_sales(path, database, ImportOptions(tmp_path / "q"), CLOCK, lambda *step: heard.append(step))
    assert list(dict.fromkeys(stage for stage, _ in heard)) == ["reading", "checking", "importing", "saving"]
    assert all(0.0 <= share <= 1.0 for _, share in heard)
    assert heard[-1] == ("saving", 1.0)


def test_the_summary_is_plain_json(run_import: Import, invoices: Invoices) -> None:
    told = run_import(invoices(("1", "A", 2, DAY, 5.0), ("2", "POST", 2, DAY, 5.0))).to_json()
    assert (told["first_day"], told["quarantined_reasons"]) == ("2026-05-01", {"service_code": 1})


# What goes wrong: the message names cause and remedy, and nothing is written.


def refused(database: Database, folder: Path, run: Callable[[], object], words: str) -> str:
    """The remedy of the refusal, after checking its words and that nothing was written."""
    before = everything(database)
    with pytest.raises(InputError, match=words) as caught:
        run()
    assert everything(database) == before
    quarantine = folder / "quarantine"
    assert not quarantine.exists() or list(quarantine.iterdir()) == []
    return caught.value.remedy


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"supplier": "NOBODY"}, "no supplier NOBODY"),
        ({"date_format": "day"}, "not a date format"),
        ({"decimal": ";"}, "not a decimal mark"),
        ({"delimiter": "ab"}, "not one character"),
        ({"service_codes": "("}, "not a regular expression"),
        ({"encoding": "klingon"}, "not a known encoding"),
        ({"columns": {"sku": "Nope"}}, "no column Nope"),
        ({"columns": {"colour": "StockCode"}}, "not a field"),
    ],
)
def test_a_wrong_option_is_refused(
    run_import: Import, database: Database, tmp_path: Path, options: dict[str, object], words: str
) -> None:
    content = "StockCode,Quantity,InvoiceDate\nA,2,2026-05-01\n"
    assert refused(database, tmp_path, lambda: run_import(content, **options), words)


def test_a_known_supplier_gets_the_new_products(
    run_import: Import, shop: Database, invoices: Invoices
) -> None:
    run_import(invoices(("1", "NEW", 2, DAY, 5.0)), supplier="ACME")
    with shop.reader() as session:
        assert session.scalars(select(Product.supplier_id).where(Product.sku == "NEW")).one() == 1


def test_mixed_and_ambiguous_dates_ask_for_the_format(
    run_import: Import, database: Database, tmp_path: Path, invoices: Invoices
) -> None:
    unclear = invoices(("1", "A", 2, "03/04/2026", 5.0))
    mixed = invoices(("1", "A", 2, "13/04/2026", 5.0), ("2", "A", 2, "04/13/2026", 5.0))
    assert refused(database, tmp_path, lambda: run_import(unclear), "03/04/2026 can be read in two ways")
    assert refused(database, tmp_path, lambda: run_import(mixed), "mixed")
    assert run_import(unclear, date_format="mdy").first_day == date(2026, 3, 4)
    assert run_import(mixed, date_format="dmy").quarantined_reasons == {"bad_date": 1}


def test_a_file_of_which_nothing_can_be_used_is_refused(
    run_import: Import, database: Database, tmp_path: Path, invoices: Invoices
) -> None:
    content = invoices(("1", "A", "many", DAY, 5.0), ("2", "A", "few", DAY, 5.0))
    assert refused(database, tmp_path, lambda: run_import(content), "None of the 2 rows.*bad_quantity")


def test_a_simulated_shop_takes_no_real_sales(
    run_import: Import, database: Database, tmp_path: Path, invoices: Invoices
) -> None:
    with database.session() as session:
        session.add(Shop(name="Demo", simulated=True, started_at=CLOCK.now()))
    content = invoices(("1", "A", 2, DAY, 5.0))
    assert refused(database, tmp_path, lambda: run_import(content), "simulated shop")


def test_another_import_that_finishes_meanwhile_stops_this_one(
    database: Database, tmp_path: Path, invoices: Invoices
) -> None:
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for number, path in enumerate(paths):
        path.write_text(invoices((str(number), "A", 2, DAY, 5.0)))
    options = ImportOptions(tmp_path / "q")

    def meanwhile(stage: str, _share: float) -> None:
        if stage == "saving" and not done:
            done.append(import_sales(paths[1], database, options, CLOCK))

    done: list[ImportSummary] = []
    with pytest.raises(ConflictError, match="Another import finished meanwhile"):
        import_sales(paths[0], database, options, CLOCK, meanwhile)
    assert sold(database) == {("A", "2026-05-01"): 2}


def test_a_full_database_disk_leaves_everything_as_it_was(
    run_import: Import, database: Database, tmp_path: Path, invoices: Invoices
) -> None:
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    database.close()
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    content = invoices(*((str(i), f"SKU{i}", 2, DAY, 5.0) for i in range(3000)), ("x", "POST", 1, DAY, 5.0))
    assert refused(database, tmp_path, lambda: run_import(content), "disk is full")


@contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """The operating system refuses to let any file grow beyond this, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_under_the_quarantine_leaves_everything_as_it_was(
    database: Database, tmp_path: Path, invoices: Invoices
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(invoices(("1", "A", 2, DAY, 5.0), *((str(i), "POST", 1, DAY, 5.0) for i in range(3000))))
    options = ImportOptions(tmp_path / "quarantine")

    def run() -> None:
        with largest_file(50_000):
            import_sales(path, database, options, CLOCK)

    assert refused(database, tmp_path, run, "disk is full")


def test_a_quarantine_folder_that_cannot_be_made_is_named(
    database: Database, tmp_path: Path, invoices: Invoices
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(invoices(("1", "A", 2, DAY, 5.0)))
    blocked = Path("/proc/no-folder-can-be-made-here")
    with pytest.raises(InputError, match="no-folder-can-be-made-here"):
        import_sales(path, database, ImportOptions(blocked), CLOCK)
    assert sold(database) == {}


def test_a_read_only_database_is_named(database: Database, tmp_path: Path, invoices: Invoices) -> None:
    path = tmp_path / "s.csv"
    path.write_text(invoices(("1", "A", 2, DAY, 5.0)))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(InputError, match="read-only"):
        import_sales(path, database, ImportOptions(tmp_path / "quarantine"), CLOCK)
    assert list((tmp_path / "quarantine").iterdir()) == []


_IMPORT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from maestro.clock import RealClock
from maestro.database import Database
from maestro.packs.retail.importer import ImportOptions, import_sales, sales_import

save = sales_import._save

def save_and_die(*arguments):
    save(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

sales_import._save = save_and_die  # between the last write and the commit
import_sales(Path(sys.argv[2]), Database.open(sys.argv[1]), ImportOptions(Path(sys.argv[3])), RealClock())
"""


def test_a_kill_before_the_commit_leaves_the_old_state_and_a_second_try_succeeds(
    database: Database, run_import: Import, tmp_path: Path, invoices: Invoices
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(invoices(("1", "A", 2, DAY, 5.0), ("2", "POST", 1, DAY, 5.0)))
    before = everything(database)
    url = database.engine.url.render_as_string()
    arguments = [sys.executable, "-c", _IMPORT_AND_DIE, url, str(path), str(tmp_path / "quarantine")]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    assert everything(database) == before
    summary = run_import(path.read_text(), name=path.name)
    assert (summary.imported, summary.already_imported) == (1, False)
    with database.reader() as session:
        assert session.scalar(select(func.count()).select_from(SalesImport)) == 1
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert [file.suffix for file in (tmp_path / "quarantine").iterdir()] == [".csv"]
