"""Sales import: takes a shop's own history from a CSV or Parquet file, all or nothing, and no line twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from maestro.clock import Clock
from maestro.database import Database
from maestro.errors import InputError
from maestro.packs.retail.entities import ImportedDay, SalesImport
from maestro.packs.retail.importer import load
from maestro.packs.retail.importer.columns import recognise
from maestro.packs.retail.importer.dates import DateEvidence, check_format
from maestro.packs.retail.importer.identity import Keys, LineBook, no_keys
from maestro.packs.retail.importer.numbers import DecimalEvidence, check_decimal
from maestro.packs.retail.importer.options import ImportOptions, ImportSummary, Progress
from maestro.packs.retail.importer.quarantine import Quarantine
from maestro.packs.retail.importer.reader import ROW, Source, batches, open_source
from maestro.packs.retail.importer.returns import net
from maestro.packs.retail.importer.rules import Formats, is_cancellation, judge, read_sku, read_text
from maestro.packs.retail.importer.totals import Totals, compact

_WHO = ("customer", "sku")
_KEPT = (ROW, *_WHO, "location", "day", "second", "quantity", "price")
"""What must be remembered of a sale that may have been returned."""


def import_sales(
    path: Path,
    database: Database,
    options: ImportOptions,
    clock: Clock,
    progress: Progress = lambda _stage, _share: None,
) -> ImportSummary:
    """Import a sales file. The rules for its rows are in docs/guides/import.md.

    Args:
        path: CSV or Parquet, one sales line a row; its size is limited by the disk, not by memory.
        database: where to; one transaction at the end, so that a failure leaves everything as it was.
        options: what the file does not say by itself.
        clock: dates after its today are refused.
        progress: hears how far it is.

    Raises:
        InputError: the file, an option or the data folder is not as needed; names cause and remedy.
        ConflictError: another import finished while this one was reading.
    """
    _check_options(options)
    with database.reader() as session:
        load.check_shop(session, options)
        last_seen = load.last_import_id(session)
    source = open_source(path, options, progress)
    before = _imported_before(database, source)
    if before is not None:
        return before
    columns = recognise(source.headings, options.columns)
    formats, returned = _look_over(source, columns, options, clock, progress)
    name = f"{path.stem}-{source.content_hash[:8]}.csv"
    with Quarantine(options.quarantine_dir, name, source.headings) as quarantine:
        run = _Run(formats, returned, _line_book(database, formats), quarantine)
        for frame in batches(source, on_malformed=run.add_malformed):
            run.add(frame)
            progress("importing", min(1.0, run.counts["rows"] / source.rows_about))
        run.settle_returns()
        run.check_useful(path)
        progress("saving", 0.0)
        with database.session() as session:
            load.claim(session, last_seen)
            summary = _save(session, run, source, options, clock)
        progress("saving", 1.0)
    return summary


def _check_options(options: ImportOptions) -> None:
    check_format(options.date_format)
    check_decimal(options.decimal)
    if len(options.delimiter) > 1:
        raise InputError(
            f"{options.delimiter} is not one character.", remedy="Use for example --delimiter ';'."
        )
    try:
        pl.Series([""]).str.contains(f"(?i){options.service_codes}")
    except pl.exceptions.ComputeError as error:
        raise InputError(
            f"{options.service_codes} is not a regular expression.", remedy="Use for example ^FEE."
        ) from error


def _imported_before(database: Database, source: Source) -> ImportSummary | None:
    with database.reader() as session:
        found = session.scalar(select(SalesImport).where(SalesImport.content_hash == source.content_hash))
        if found is None:
            return None
        return replace(summary_of(found), already_imported=True)


def summary_of(record: SalesImport) -> ImportSummary:
    """The summary of an earlier import."""
    details: dict[str, Any] = dict(record.details)
    for name in ("first_day", "last_day"):
        details[name] = date.fromisoformat(details[name]) if details[name] else None
    return ImportSummary(
        import_id=record.id,
        file_name=record.file_name,
        rows=record.rows,
        imported=record.imported,
        merged=record.merged,
        quarantined=record.quarantined,
        quarantine_file=Path(record.quarantine_file) if record.quarantine_file else None,
        **details,
    )


def _look_over(
    source: Source, columns: dict[str, int], options: ImportOptions, clock: Clock, progress: Progress
) -> tuple[Formats, pl.DataFrame]:
    """First pass: how dates and numbers are written, and which products went back to which customers."""
    dates, decimals = DateEvidence(), DecimalEvidence()
    pairs = [pl.DataFrame(schema=dict.fromkeys(_WHO, pl.String))]
    asked = ("invoice", "sku", "customer", "quantity", "date", "price", "amount")
    done = 0
    for frame in batches(source, sorted({columns[name] for name in asked if name in columns})):
        dates.add(frame[f"c{columns['date']}"])
        for name in ("quantity", "price", "amount"):
            if name in columns:
                decimals.add(frame[f"c{columns[name]}"])
        pairs.append(_went_back(frame, columns))
        done += frame.height
        progress("checking", min(1.0, done / source.rows_about))
    formats = Formats(
        columns=columns,
        date_order=options.date_format or dates.order(),
        decimal=options.decimal or decimals.mark(),
        location=options.location,
        service_codes=options.service_codes,
        today=clock.now().date() + timedelta(days=1),  # a shop east of here may have tomorrow already
    )
    return formats, pl.concat(pairs).unique()


def _went_back(frame: pl.DataFrame, columns: dict[str, int]) -> pl.DataFrame:
    quantity = read_text(frame, columns["quantity"])
    lines = pl.DataFrame(
        {
            "customer": read_text(frame, columns.get("customer")),
            "sku": read_sku(frame, columns),
            "invoice": read_text(frame, columns.get("invoice")),
            "minus": quantity.str.contains(r"-|^\("),
        }
    )
    back = pl.col("minus") | (is_cancellation(pl.col("invoice")) if "invoice" in columns else pl.lit(False))
    return compact(lines.filter(back).select(_WHO).unique())


def _line_book(database: Database, formats: Formats) -> LineBook:
    def known(day: int) -> Keys:
        with database.reader() as session:
            stored = session.get(ImportedDay, date(1970, 1, 1) + timedelta(days=day))
            return no_keys() if stored is None else np.frombuffer(stored.keys, dtype=no_keys().dtype)

    return LineBook(known, copies_count=not formats.has_invoice)


@dataclass
class _Run:
    """Second pass: every row gets its place, and sums grow."""

    formats: Formats
    returned: pl.DataFrame
    book: LineBook
    quarantine: Quarantine
    totals: Totals = field(default_factory=Totals)
    counts: Counter[str] = field(default_factory=Counter)
    merged: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    days: list[date] = field(default_factory=list)
    left_out_keys: list[bytes] = field(default_factory=list)
    _sales: list[pl.DataFrame] = field(default_factory=list)
    _returns: list[pl.DataFrame] = field(default_factory=list)
    _raw_returns: list[pl.DataFrame] = field(default_factory=list)

    def add_malformed(self, number: int, text: str) -> None:
        self.counts["rows"] += 1
        self.quarantined["wrong_number_of_fields"] += 1
        self.quarantine.add_malformed(number, text)

    def add(self, raw: pl.DataFrame) -> None:
        self.counts["rows"] += raw.height
        lines = judge(raw, self.formats)
        wrong = lines["reason"].is_not_null()
        if wrong.any():
            self._leave_out(raw.filter(wrong).rows(), lines["reason"].filter(wrong).to_list())
        lines = self.book.add(lines.filter(~wrong))
        self.merged["duplicate_line"] += int(lines["is_copy"].sum())
        lines = lines.filter(~pl.col("is_copy"))
        back = lines.filter(pl.col("is_return"))
        self._returns.append(compact(back))
        raw_back = raw.join(back.select(ROW), on=ROW, how="semi", maintain_order="left")
        self._raw_returns.append(compact(raw_back))
        sales = lines.filter(~pl.col("is_return"))
        self._sales.append(compact(sales.join(self.returned, on=_WHO, how="semi").select(_KEPT)))
        self.merged["already_imported"] += int(sales["is_known"].sum())
        new = sales.filter(~pl.col("is_known"))
        self.counts["imported"] += new.height
        self.counts["missing_customer"] += int((new["customer"] == "").sum())
        if new.height:
            self.totals.add(new)
            self.days += [new["day"].min(), new["day"].max()]  # type: ignore[list-item]  # a Date column's are dates

    def settle_returns(self) -> None:
        if not self._returns:
            return
        back = pl.concat(self._returns)
        netting = net(pl.concat(self._sales), back)
        self.totals.deduct(netting.deductions)
        known = back["is_known"]
        for reason, cancelled in (("cancellation_netted", True), ("return_netted", False)):
            each = netting.matched & ~known & (back["is_cancellation"] == cancelled)
            self.merged[reason] += int(each.sum())
        self.merged["already_imported"] += int((netting.matched & known).sum())
        lost = ~netting.matched
        self.left_out_keys = back.filter(lost & ~known)["key"].to_list()
        lost_rows = pl.concat(self._raw_returns).filter(lost).rows()
        self._leave_out(lost_rows, ["return_without_sale"] * len(lost_rows))

    def check_useful(self, path: Path) -> None:
        """Refuse a file of which nothing can be used: its columns were probably mistaken."""
        if self.counts["imported"] == 0 and self.merged.total() == 0:
            reason, count = self.quarantined.most_common(1)[0]
            raise InputError(
                f"None of the {self.counts['rows']} rows of {path} can be imported; "
                f"the most frequent reason ({count} rows) is {reason}.",
                remedy="Check the columns with --column and the date format with --date-format.",
            )

    def _leave_out(self, rows: list[tuple[Any, ...]], reasons: list[str]) -> None:
        self.quarantined.update(reasons)
        self.quarantine.add(rows, reasons)


def _save(session: Session, run: _Run, source: Source, options: ImportOptions, clock: Clock) -> ImportSummary:
    now = clock.now()
    reference = f"import {source.content_hash[:8]}"
    loaded = load.load(
        session,
        products=run.totals.products(),
        daily=run.totals.daily(),
        keys=run.book.days_to_store(run.left_out_keys),
        options=options,
        reference=reference,
        now=now,
    )
    file = run.quarantine.publish()
    record = SalesImport(
        content_hash=source.content_hash,
        file_name=source.path.name[-400:],
        imported_at=now,
        rows=run.counts["rows"],
        imported=run.counts["imported"],
        merged=run.merged.total(),
        quarantined=run.quarantined.total(),
        quarantine_file=str(file or ""),
        details={
            "merged_reasons": {name: count for name, count in run.merged.most_common() if count},
            "quarantined_reasons": dict(run.quarantined.most_common()),
            "notes": {"missing_customer": run.counts["missing_customer"]},
            "products_created": loaded.products_created,
            "locations_created": loaded.locations_created,
            "first_day": min(run.days).isoformat() if run.days else None,
            "last_day": max(run.days).isoformat() if run.days else None,
            "encoding": source.encoding,
            "columns": {name: source.headings[at] for name, at in run.formats.columns.items()},
        },
    )
    session.add(record)
    session.flush()
    return summary_of(record)
